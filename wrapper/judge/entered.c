// SPDX-License-Identifier: GPL-2.0-only
#include "judge/entered.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A parameter that is passed on again and again is followed no further. */
#define PASSES 4
/* In place of the number of an argument: any. */
#define ANY_ARGUMENT UINT_MAX

struct search {
	const struct graph *graph;
	const struct slot *slot;
	struct entered *entered;
};

char *entered_owner(const struct slot *slot)
{
	return xstrndup(slot->name, strcspn(slot->name, ".("));
}

/* Has a function a parameter that is, or points to, a structure? */
static bool takes(const struct graph *graph, uint32_t function, uint32_t tag)
{
	const struct item *item = graph_item(graph, function);
	const struct parameter *parameters = graph_parameters(graph, item);

	for (unsigned int i = 0; i < item->parameter_count; i++)
		if (graph_tag(graph, parameters[i].path) == tag)
			return true;
	return false;
}

/* Adds the functions that the name of an edge means, where it stands: those that take a structure
 * with this tag, NONE: all. */
static void add_meant(const struct search *search, const struct edge *edge, uint32_t tag)
{
	struct entered *entered = search->entered;
	struct numbers meant = graph_meant(search->graph, edge->name,
					   graph_item(search->graph, edge->item)->source);

	if (!meant.count)
		names_add_once(&entered->words, graph_text(search->graph, edge->name));
	for (uint32_t i = 0; i < meant.count; i++) {
		if (tag != NONE && !takes(search->graph, meant.at[i], tag))
			continue;
		entered->items = grow(entered->items, entered->count, sizeof(*entered->items));
		entered->items[entered->count++] = meant.at[i];
	}
}

static void add_passed(const struct search *search, uint32_t function, unsigned int argument,
		       unsigned int left);

/* A function puts its parameter into the slot: what its callers pass comes to be there. */
static void add_parameter(const struct search *search, const struct edge *edge, unsigned int left)
{
	const struct item *item = graph_item(search->graph, edge->item);
	const struct parameter *parameters = graph_parameters(search->graph, item);

	if (!left)
		return;
	names_add_once(&search->entered->words, graph_text(search->graph, item->name));
	for (unsigned int i = 0; i < item->parameter_count; i++)
		if (parameters[i].name == edge->name)
			add_passed(search, item->name, i, left - 1);
}

/*
 * Where a function passes a variable to another: what it puts into variables. It is a variable if
 * fewer functions are passed than calls are made.
 */
static void add_variables(const struct search *search, uint32_t caller, uint32_t function)
{
	const struct item *item = graph_item(search->graph, caller);
	uint32_t calls = 0, passes = 0;

	for (uint32_t i = 0; i < item->edge_count; i++) {
		const struct edge *edge = graph_edge(search->graph, item->first_edge + i);

		calls += edge->kind == EDGE_CALL && edge->name == function;
		passes += (edge->kind == EDGE_PASS || edge->kind == EDGE_PASS_PARAMETER) &&
			  edge->target == function;
	}
	for (uint32_t i = 0; i < item->edge_count && calls > passes; i++) {
		const struct edge *edge = graph_edge(search->graph, item->first_edge + i);

		if (edge->kind == EDGE_STORE_VARIABLE)
			add_meant(search, edge, NONE);
	}
}

/* What is passed to a function, by its name, as this argument. */
static void add_passed(const struct search *search, uint32_t function, unsigned int argument,
		       unsigned int left)
{
	struct numbers into = graph_into(search->graph, function);
	struct numbers uses = graph_uses(search->graph, function);

	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *edge = graph_edge(search->graph, into.at[i]);

		if (argument != ANY_ARGUMENT && edge->argument != argument)
			continue;
		if (edge->kind == EDGE_PASS)
			add_meant(search, edge, NONE);
		else if (edge->kind == EDGE_PASS_PARAMETER)
			add_parameter(search, edge, left);
	}
	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(search->graph, uses.at[i]);

		if (edge->kind == EDGE_CALL)
			add_variables(search, edge->item, function);
	}
}

/* Is the member that an edge puts something into the slot? Where its structure is not known: that
 * may be. */
enum owner {
	OWNER_OTHER,
	OWNER_UNKNOWN,
	OWNER_SLOT,
};

static enum owner owner_at(const struct search *search, const struct edge *edge)
{
	char *text = graph_member_text(search->graph, edge->target);
	enum owner owner = *text == '.' ? OWNER_UNKNOWN : OWNER_OTHER;

	if (!strcmp(text, search->slot->name))
		owner = OWNER_SLOT;
	free(text);
	return owner;
}

static bool is_store(const struct edge *edge)
{
	return edge->kind == EDGE_STORE || edge->kind == EDGE_STORE_PARAMETER;
}

/* Does a table have a function, and not code that assigns it? */
static bool is_in_table(const struct search *search, const struct edge *edge)
{
	return graph_item(search->graph, edge->item)->kind != ITEM_FUNCTION;
}

static void add_stored(const struct search *search, uint32_t tag, uint32_t member)
{
	struct numbers into = graph_into(search->graph, member);
	enum owner least = OWNER_UNKNOWN;

	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *edge = graph_edge(search->graph, into.at[i]);

		if (is_store(edge) && owner_at(search, edge) == OWNER_OTHER)
			least = OWNER_SLOT;
	}
	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *edge = graph_edge(search->graph, into.at[i]);

		enum owner owner;

		if (!is_store(edge) || (owner = owner_at(search, edge)) < least)
			continue;
		if (edge->kind == EDGE_STORE_PARAMETER)
			add_parameter(search, edge, PASSES);
		else
			add_meant(search, edge,
				  owner == OWNER_SLOT || is_in_table(search, edge) ? NONE : tag);
	}
}

void entered_find(const struct graph *graph, const struct slot *slot, struct entered *entered)
{
	const struct search search = { graph, slot, entered };
	const char *dot = strchr(slot->name, '.');
	char *owner = entered_owner(slot);
	uint32_t name = graph_name(graph, owner);
	uint32_t member = dot ? graph_name(graph, dot + 1) : NONE;

	*entered = (struct entered){ 0 };
	free(owner);
	if (!dot && name != NONE)
		add_passed(&search, name, ANY_ARGUMENT, PASSES);
	else if (name != NONE && member != NONE)
		add_stored(&search, name, member);
}

void entered_free(struct entered *entered)
{
	free(entered->items);
	names_free(&entered->words);
}
