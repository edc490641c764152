// SPDX-License-Identifier: GPL-2.0-only
#include "run/program.h"

#include <stdatomic.h>

/* One look through the tree. */
struct reading {
	struct graph *graph;
	struct selection *selection;
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

	if (source->in_graph)
		return 0;
	source->in_graph = true;
	reading->has_read = true;
	return graph_add(reading->graph, (uint32_t)index, source->file, text, length, err);
}

int program_read(struct program *program, const struct names *words, struct error *err)
{
	struct reading reading = { program->graph, program->selection, false };
	struct words *compiled;
	int result;

	if (!words->count)
		return 0;
	compiled = words_of((const char *const *)words->names, words->count, err);
	result = compiled ? select_find(program->selection, program->tree, compiled, program->jobs,
					program->progress, add, &reading, err)
			  : -1;
	words_free(compiled);
	program->is_sealed = program->is_sealed && !reading.has_read;
	return result;
}

const struct graph *program_graph(struct program *program)
{
	if (!program->is_sealed)
		graph_seal(program->graph);
	program->is_sealed = true;
	return program->graph;
}
