// SPDX-License-Identifier: GPL-2.0-only
#include "judge/reaching.h"

#include "run/program.h"

#include <stdlib.h>
#include <string.h>

/* What so many functions of a driver call, or more, they call for themselves: it is no part of what
 * they are for. */
#define MANY 9

static const struct graph *graph_of(const struct reaching *reaching)
{
	return program_graph(reaching->drivers->survey->program);
}

/*
 * Is a function one of those that all fences have? It signals one for the driver that says that it
 * is done: the ways to it are no ways to a signal of the driver's own.
 */
static bool is_of_core(const struct reaching *reaching, const struct item *item)
{
	const char *file = reaching->drivers->survey->selection->sources[item->source].file;

	return reaching->drivers->survey->tree->is_kernel &&
	       !drivers_is_outside(reaching->drivers, item->source) &&
	       (starts_with(file, "drivers/dma-buf/") || starts_with(file, "include/linux/"));
}

static bool is_common(const struct reaching *reaching, uint32_t item)
{
	struct graph_calls calls = graph_callers(graph_of(reaching), item, LINK_DIRECT);

	free(calls.calls);
	return calls.count >= MANY &&
	       !drivers_is_shared(reaching->drivers, graph_item(graph_of(reaching), item)->source);
}

static bool stops(void *context, const struct graph_step *step)
{
	const struct reaching *reaching = context;
	const struct item *item = graph_item(graph_of(reaching), step->item);

	return is_of_core(reaching, item) || is_common(reaching, step->item) ||
	       (reaching->without_shared && drivers_is_shared(reaching->drivers, item->source));
}

/* The functions that call one of those that rules are about, and who calls them, and so on. */
struct graph_walk reaching_walk(const struct reaching *reaching)
{
	const struct graph *graph = graph_of(reaching);
	const struct graph_guide guide = {
		.links = LINK_DIRECT,
		.stops = stops,
		.context = (void *)reaching,
	};
	struct graph_set set = graph_set_make(graph);
	uint32_t *from;
	struct graph_walk walk;
	size_t count = 0;

	graph_set_add_users(graph, (const char *const *)reaching->functions->names,
			    reaching->functions->count, &set);
	from = xcalloc(set.count, sizeof(*from));
	for (uint32_t i = 0; i < graph_item_count(graph); i++)
		if (set.has[i] && !is_of_core(reaching, graph_item(graph, i)))
			from[count++] = i;
	walk = graph_walk_up(graph, from, count, &guide);
	free(set.has);
	free(from);
	return walk;
}

/* How many calls of others there are on the way down from a step. */
unsigned int reaching_depth(const struct graph_walk *walk, size_t step)
{
	unsigned int depth = 0;

	for (; walk->steps[step].from != GRAPH_START; step = walk->steps[step].from)
		depth++;
	return depth;
}

/* Reads the sources that name the functions which a walk came to last. */
static int read_callers(const struct reaching *reaching, unsigned int depth, struct error *err)
{
	const struct graph *graph = graph_of(reaching);
	struct graph_walk walk = reaching_walk(reaching);
	struct names names = { 0 };
	int result;

	for (size_t i = 0; i < walk.count; i++) {
		const struct item *item = graph_item(graph, walk.steps[i].item);

		if (!item->is_local && reaching_depth(&walk, i) == depth)
			names_add(&names, graph_text(graph, item->name));
	}
	free(walk.steps);
	result =
		program_read(reaching->drivers->survey->program, &names, NULL, reaching->only, err);
	names_free(&names);
	return result;
}

int reaching_read(const struct reaching *reaching, struct error *err)
{
	int result = program_read(reaching->drivers->survey->program, reaching->functions, NULL,
				  reaching->only, err);

	for (unsigned int depth = 0; depth <= REACHING_DEPTH && !result; depth++)
		result = read_callers(reaching, depth, err);
	return result;
}
