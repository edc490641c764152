// SPDX-License-Identifier: GPL-2.0-only
#include "run/program.h"

#include <stdatomic.h>
#include <stdlib.h>

/* One look through the tree. */
struct reading {
	struct graph *graph;
	struct selection *selection;
	const struct words *also; /* NULL: any */
	atomic_bool has_read;
};

struct program program_make(struct selection *selection, const struct tree *tree, unsigned int jobs,
			    struct progress *progress)
{
	return (struct program){
		.selection = selection,
		.tree = tree,
		.jobs = jobs,
		.progress = progress,
		.graph = graph_make(),
	};
}

void program_free(struct program *program)
{
	if (program->graph)
		graph_free(program->graph);
}

/* A source that has one of the words. Any thread calls it, but never two for one source. */
static int add(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct reading *reading = context;
	struct source *source = &reading->selection->sources[index];

	if (reading->also && !words_match(reading->also, text, length))
		return 0;
	source->in_graph = true;
	reading->has_read = true;
	return graph_add(reading->graph, (uint32_t)index, source->file, text, length, err);
}

/*
 * Marks the sources that are not in the graph, of those in `only` unless that is NULL. The caller
 * frees.
 */
static bool *mark_unread(const struct selection *selection, const bool *only)
{
	bool *unread = xcalloc(selection->count, sizeof(*unread));

	for (size_t i = 0; i < selection->count; i++)
		unread[i] = !selection->sources[i].in_graph && (!only || only[i]);
	return unread;
}

static int look(struct program *program, const struct words *words, const struct words *also,
		const bool *only, struct error *err)
{
	struct reading reading = { program->graph, program->selection, also, false };
	bool *unread = mark_unread(program->selection, only);
	int result = select_find(program->selection, program->tree, words, unread, program->jobs,
				 program->progress, add, &reading, err);

	program->is_sealed = program->is_sealed && !reading.has_read;
	free(unread);
	return result;
}

int program_read(struct program *program, const struct names *words, const struct names *also,
		 const bool *only, struct error *err)
{
	struct words *first, *second = NULL;
	int result = -1;

	if (!words->count)
		return 0;
	first = words_of_names(words, err);
	if (first && also)
		second = words_of_names(also, err);
	if (first && (second || !also))
		result = look(program, first, second, only, err);
	words_free(first);
	words_free(second);
	return result;
}

const struct graph *program_graph(struct program *program)
{
	if (!program->is_sealed)
		graph_seal(program->graph);
	program->is_sealed = true;
	return program->graph;
}
