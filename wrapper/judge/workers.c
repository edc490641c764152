// SPDX-License-Identifier: GPL-2.0-only
#include "judge/workers.h"

#include "graph/walk.h"
#include "run/program.h"

#include <stdlib.h>
#include <string.h>

/* No way that was found true is longer than this, in calls. */
#define DEPTH 4

/* What so many functions of a driver call, or more, they call for themselves: it is no part of what
 * work is for. */
#define MANY 9

struct search {
	struct workers *workers;
	const struct drivers *drivers;
	const struct slots *slots;
	const struct names *functions;
	const bool *only; /* the sources that can be read; NULL: any */
};

static const struct graph *graph_of(const struct search *search)
{
	return program_graph(search->drivers->survey->program);
}

/*
 * Is a function one of those that all fences have? It signals one for the driver that says that it
 * is done: the ways to it are no ways to a signal of the driver's own.
 */
static bool is_of_core(const struct search *search, const struct item *item)
{
	const char *file = search->drivers->survey->selection->sources[item->source].file;

	return search->drivers->survey->tree->is_kernel &&
	       !drivers_is_outside(search->drivers, item->source) &&
	       (starts_with(file, "drivers/dma-buf/") || starts_with(file, "include/linux/"));
}

static bool is_common(const struct search *search, uint32_t item)
{
	struct graph_calls calls = graph_callers(graph_of(search), item, LINK_DIRECT);

	free(calls.calls);
	return calls.count >= MANY &&
	       !drivers_is_shared(search->drivers, graph_item(graph_of(search), item)->source);
}

static bool stops(void *context, const struct graph_step *step)
{
	return is_of_core(context, graph_item(graph_of(context), step->item)) ||
	       is_common(context, step->item);
}

/* The functions that call one of those that rules are about, and who calls them, and so on. */
static struct graph_walk walk_up(struct search *search)
{
	const struct graph *graph = graph_of(search);
	const struct graph_guide guide = {
		.links = LINK_DIRECT,
		.stops = stops,
		.context = search,
	};
	struct graph_set set = graph_set_make(graph);
	uint32_t *from;
	struct graph_walk walk;
	size_t count = 0;

	graph_set_add_users(graph, (const char *const *)search->functions->names,
			    search->functions->count, &set);
	from = xcalloc(set.count, sizeof(*from));
	for (uint32_t i = 0; i < graph_item_count(graph); i++)
		if (set.has[i] && !is_of_core(search, graph_item(graph, i)))
			from[count++] = i;
	walk = graph_walk_up(graph, from, count, &guide);
	free(set.has);
	free(from);
	return walk;
}

/* How many calls of others there are on the way down from a step. */
static unsigned int depth_of(const struct graph_walk *walk, size_t step)
{
	unsigned int depth = 0;

	for (; walk->steps[step].from != GRAPH_START; step = walk->steps[step].from)
		depth++;
	return depth;
}

/* Reads the sources that name the functions which a walk came to last. */
static int read_callers(struct search *search, unsigned int depth, struct error *err)
{
	const struct graph *graph = graph_of(search);
	struct graph_walk walk = walk_up(search);
	struct names names = { 0 };
	int result;

	for (size_t i = 0; i < walk.count; i++) {
		const struct item *item = graph_item(graph, walk.steps[i].item);

		if (!item->is_local && depth_of(&walk, i) == depth)
			names_add(&names, graph_text(graph, item->name));
	}
	free(walk.steps);
	result = program_read(search->drivers->survey->program, &names, NULL, search->only, err);
	names_free(&names);
	return result;
}

/* Does a function get another one as what work runs? */
static bool is_binder(const struct search *search, const char *function)
{
	for (size_t i = 0; i < search->slots->count; i++) {
		const struct slot *slot = &search->slots->slots[i];

		if (slot->context && !strcmp(slot->context, SLOT_WORKER) &&
		    starts_with(slot->name, function) &&
		    !strcmp(slot->name + strlen(function), "()"))
			return true;
	}
	return false;
}

static void add_part(struct workers *workers, size_t worker, size_t source, const char *function)
{
	workers->parts = grow(workers->parts, workers->count, sizeof(*workers->parts));
	workers->parts[workers->count++] = (struct worker_part){ worker, source, function };
}

/* Does all of a way stand in one source, which tells it then by itself? */
static bool is_in_one(const struct search *search, const struct graph_walk *walk, size_t step,
		      size_t source)
{
	for (; step != GRAPH_START; step = walk->steps[step].from)
		if (graph_item(graph_of(search), walk->steps[step].item)->source != source)
			return false;
	return true;
}

/* Adds a way that begins with a function which work is told of in some source. */
static void add_way(struct search *search, const struct graph_walk *walk, size_t step,
		    size_t worker)
{
	const struct graph *graph = graph_of(search);
	const struct item *item = graph_item(graph, walk->steps[step].item);

	add_part(search->workers, worker, worker, graph_text(graph, item->name));
	for (; step != GRAPH_START; step = walk->steps[step].from) {
		item = graph_item(graph, walk->steps[step].item);
		add_part(search->workers, worker, item->source, graph_text(graph, item->name));
	}
}

static bool is_chosen(const struct drivers *drivers, size_t source)
{
	char *driver = drivers_of(drivers, source);
	bool is_chosen = drivers_is_chosen(drivers, driver);

	free(driver);
	return is_chosen;
}

static void add_ways(struct search *search)
{
	const struct graph *graph = graph_of(search);
	struct graph_walk walk = walk_up(search);

	for (size_t i = 0; i < walk.count; i++) {
		const struct item *item = graph_item(graph, walk.steps[i].item);
		struct numbers uses = graph_uses(graph, item->name);

		for (uint32_t j = 0; j < uses.count && depth_of(&walk, i) <= DEPTH; j++) {
			const struct edge *edge = graph_edge(graph, uses.at[j]);
			size_t source = graph_item(graph, edge->item)->source;

			if (edge->kind == EDGE_PASS &&
			    (!item->is_local || item->source == source) &&
			    is_binder(search, graph_text(graph, edge->target)) &&
			    !is_in_one(search, &walk, i, source) &&
			    is_chosen(search->drivers, source))
				add_way(search, &walk, i, source);
		}
	}
	free(walk.steps);
}

/* Of a part of a tree, its drivers, and what all drivers come through. NULL: all of the sources. */
static bool *list_readable(const struct drivers *drivers)
{
	const struct selection *selection = drivers->survey->selection;
	bool *only;

	if (!selection->others)
		return NULL;
	only = xcalloc(selection->count, sizeof(*only));
	for (size_t i = 0; i < selection->count; i++)
		only[i] = drivers_is_shared(drivers, i) || is_chosen(drivers, i);
	return only;
}

int workers_find(struct workers *workers, const struct drivers *drivers, const struct slots *slots,
		 const struct names *functions, struct error *err)
{
	bool *only = list_readable(drivers);
	struct search search = { workers, drivers, slots, functions, only };
	int result = program_read(drivers->survey->program, functions, NULL, only, err);

	*workers = (struct workers){ 0 };
	for (unsigned int depth = 0; depth <= DEPTH && !result; depth++)
		result = read_callers(&search, depth, err);
	if (!result)
		add_ways(&search);
	free(only);
	return result;
}

void workers_free(struct workers *workers)
{
	free(workers->parts);
}
