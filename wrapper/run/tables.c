// SPDX-License-Identifier: GPL-2.0-only
#include "run/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The members of which the convention says how they are entered. */
struct entered {
	const struct convention *convention;
	const struct slots *slots;
};

static bool is_exporters(const struct convention *convention, const char *member)
{
	for (size_t i = 0; i < convention->count; i++) {
		const struct convention_row *row = &convention->rows[i];

		if (!strcmp(row->api, member))
			return !strcmp(row->clause, EXPORTER_FREE) ||
			       !strcmp(row->clause, EXPORTER_HELD);
	}
	return false;
}

static bool is_entered(const struct entered *entered, const char *member)
{
	enum lock_state state;

	if (starts_with(member, EXPORTER_CALLBACK))
		return is_exporters(entered->convention, member);
	return slots_find(entered->slots, member, &state) && state == STATE_HELD;
}

/* Does the function stand in the source that names it? */
static bool is_here(const struct graph *graph, const struct edge *store)
{
	uint32_t source = graph_item(graph, store->item)->source;
	struct numbers named = graph_named(graph, store->name);

	for (uint32_t i = 0; i < named.count; i++)
		if (graph_item(graph, named.at[i])->source == source)
			return true;
	return false;
}

/* The table that a function is put into, as rules name it. The caller frees. */
static char *table_of(const struct graph *graph, const struct edge *store, const char *member)
{
	const struct item *item = graph_item(graph, store->item);

	if (item->kind == ITEM_VARIABLE)
		return xstrdup(graph_text(graph, item->name));
	return xasprintf("a struct %.*s", (int)strcspn(member, "."), member);
}

/* A function that an edge puts into a member: a line of "FUNCTION STRUCT.MEMBER TABLE". */
static void print_callback(const struct graph *graph, const struct edge *store,
			   const struct entered *entered, FILE *out, struct names *callbacks)
{
	char *member = graph_member_text(graph, store->target), *table;

	if (is_entered(entered, member) && !is_here(graph, store)) {
		table = table_of(graph, store, member);
		fprintf(out, "%s %s %s\n", graph_text(graph, store->name), member, table);
		names_add(callbacks, graph_text(graph, store->name));
		free(table);
	}
	free(member);
}

/* All such lines. The caller frees. */
static char *list_callbacks(const struct graph *graph, const struct entered *entered,
			    struct names *callbacks)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (uint32_t i = 0; i < graph_edge_count(graph); i++)
		if (graph_edge(graph, i)->kind == EDGE_STORE)
			print_callback(graph, graph_edge(graph, i), entered, out, callbacks);
	fclose(out);
	return text;
}

int tables_find(const struct survey *survey, const struct names *structures,
		const struct convention *convention, const struct slots *slots,
		struct names *callbacks, struct error *err)
{
	const struct entered entered = { convention, slots };
	char *text;
	int result;

	if (program_read(survey->program, structures, NULL, NULL, err))
		return -1;
	text = list_callbacks(program_graph(survey->program), &entered, callbacks);
	result = survey_tell(survey, "enter", text, err);
	free(text);
	return result;
}
