// SPDX-License-Identifier: GPL-2.0-only
#include "judge/signals.h"

#include "convention/table.h"
#include "judge/reaching.h"
#include "run/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What signals a fence. */
#define SIGNAL_TABLE "tables/signals.tsv"

/* A signal that is further off, in calls, is seldom of a fence that waits for the function. */
#define FAR 3

static const struct graph *graph_of(const struct drivers *drivers)
{
	return program_graph(drivers->survey->program);
}

static char *key_of(const struct item *item)
{
	return xasprintf("%u %u", item->source, item->name_line);
}

const struct signaller *signals_by(const struct signals *signals, const struct graph *graph,
				   uint32_t item, unsigned int depth)
{
	char *key = key_of(graph_item(graph, item));
	uint32_t number = symbols_find(&signals->keys, key, strlen(key));

	free(key);
	return number == NONE || signals->found[number].calls + depth > FAR
		       ? NULL
		       : &signals->found[number];
}

static bool is_signal(const struct signals *signals, const struct graph *graph,
		      const struct edge *edge)
{
	return edge->kind == EDGE_CALL && names_has(&signals->words, graph_text(graph, edge->name));
}

/* The call of a function that signals a fence. */
static struct link link_of(const struct signals *signals, const struct graph *graph,
			   const struct item *item, struct facts *facts)
{
	struct link link = { .kind = LINK_SIGNAL,
			     .at = { item->source, item->name_line, 0 },
			     .function = facts_keep(facts, graph_text(graph, item->name)),
			     .call = "",
			     .state = STATE_INHERITED,
			     .lock = "" };

	for (uint32_t i = item->edge_count; i-- > 0;) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);

		if (!is_signal(signals, graph, edge))
			continue;
		link.at.line = edge->line;
		link.at.column = edge->column;
		link.call = facts_keep(facts, graph_text(graph, edge->name));
	}
	return link;
}

/* Adds the function of a step of a walk, if it is one that comes to a signal for a driver. */
static void add(struct signals *signals, const struct drivers *drivers,
		const struct graph_walk *walk, size_t step, struct facts *facts)
{
	const struct graph *graph = graph_of(drivers);
	const struct item *item = graph_item(graph, walk->steps[step].item);
	unsigned int calls = reaching_depth(walk, step);
	char *key, *driver;

	if (item->kind != ITEM_FUNCTION || item->returns_pointer || calls > FAR ||
	    drivers_is_shared(drivers, item->source))
		return;
	key = key_of(item);
	if (symbols_intern(&signals->keys, key, strlen(key)) == signals->count) {
		while (walk->steps[step].from != GRAPH_START)
			step = walk->steps[step].from;
		signals->found = grow(signals->found, signals->count, sizeof(*signals->found));
		signals->found[signals->count++] = (struct signaller){
			calls,
			link_of(signals, graph, graph_item(graph, walk->steps[step].item), facts)
		};
		driver = drivers_of(drivers, item->source);
		names_add_once(&signals->drivers, driver);
		free(driver);
	}
	free(key);
}

int signals_find(struct signals *signals, const struct drivers *drivers, struct facts *facts,
		 struct error *err)
{
	bool *wanted = drivers_wanted(drivers);
	const struct reaching reaching = { drivers, &signals->words, wanted, true };
	int result = table_read_functions(drivers->survey->catalogue->dir, SIGNAL_TABLE,
					  &signals->words, err) ||
				     reaching_read(&reaching, err)
			     ? -1
			     : 0;

	if (!result) {
		struct graph_walk walk = reaching_walk(&reaching);

		for (size_t i = 0; i < walk.count; i++)
			add(signals, drivers, &walk, i, facts);
		free(walk.steps);
	}
	free(wanted);
	return result;
}

void signals_free(struct signals *signals)
{
	names_free(&signals->words);
	names_free(&signals->drivers);
	symbols_free(&signals->keys);
	free(signals->found);
}

/* Does an edge of a function of a driver come to a signal? */
static bool comes_to_signal(const struct signals *signals, const struct drivers *drivers,
			    const char *driver, uint32_t number, unsigned int depth)
{
	const struct graph *graph = graph_of(drivers);
	struct graph_calls calls = { 0 };
	bool found = is_signal(signals, graph, graph_edge(graph, number));

	graph_called_by(graph, number, LINK_DIRECT, &calls);
	for (size_t i = 0; i < calls.count && !found; i++) {
		uint32_t callee = calls.calls[i].callee;

		found = signals_by(signals, graph, callee, depth + 1) &&
			drivers_is_near(drivers, driver, graph_item(graph, callee)->source);
	}
	free(calls.calls);
	return found;
}

char *signals_text(const struct signals *signals, const struct drivers *drivers, const char *driver,
		   uint32_t item, unsigned int depth)
{
	const struct graph *graph = graph_of(drivers);
	const struct item *at = graph_item(graph, item);
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	const char *between = "";

	for (uint32_t i = 0; i < at->edge_count; i++) {
		const struct edge *edge = graph_edge(graph, at->first_edge + i);

		if (!comes_to_signal(signals, drivers, driver, at->first_edge + i, depth))
			continue;
		fprintf(out, "%s%u=%s", between, edge->line, graph_text(graph, edge->name));
		between = ",";
	}
	if (!*between)
		putc('-', out);
	fclose(out);
	return text;
}
