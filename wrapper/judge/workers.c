// SPDX-License-Identifier: GPL-2.0-only
#include "judge/workers.h"

#include "judge/reaching.h"
#include "run/program.h"

#include <stdlib.h>
#include <string.h>

struct search {
	struct workers *workers;
	const struct drivers *drivers;
	const struct slots *slots;
};

static const struct graph *graph_of(const struct search *search)
{
	return program_graph(search->drivers->survey->program);
}

/* Does a function get another one as what work runs? */
static bool is_binder(const struct search *search, const char *function)
{
	for (size_t i = 0; i < search->slots->count; i++) {
		const struct slot *slot = &search->slots->slots[i];

		if (slot_is_run_by(slot, SLOT_WORKER) && starts_with(slot->name, function) &&
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

static void add_ways(struct search *search, const struct reaching *reaching)
{
	const struct graph *graph = graph_of(search);
	struct graph_walk walk = reaching_walk(reaching);

	for (size_t i = 0; i < walk.count; i++) {
		const struct item *item = graph_item(graph, walk.steps[i].item);
		struct numbers uses = graph_uses(graph, item->name);

		for (uint32_t j = 0; j < uses.count && reaching_depth(&walk, i) <= REACHING_DEPTH;
		     j++) {
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
	const struct reaching reaching = { drivers, functions, only, false };
	struct search search = { workers, drivers, slots };
	int result = reaching_read(&reaching, err);

	*workers = (struct workers){ 0 };
	if (!result)
		add_ways(&search, &reaching);
	free(only);
	return result;
}

void workers_free(struct workers *workers)
{
	free(workers->parts);
}
