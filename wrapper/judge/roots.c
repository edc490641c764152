// SPDX-License-Identifier: GPL-2.0-only
#include "judge/roots.h"

#include "convention/table.h"
#include "graph/walk.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* What begins a section of a function: a context of its own. */
#define SECTION "dma_fence_begin_signalling"

/* The sections of the code, and the functions that begin and end each. */
#define SECTION_TABLE "tables/sections.tsv"

enum column {
	COLUMN_SECTION,
	COLUMN_BEGINS,
	COLUMN_ENDS,
};

static const char *const columns[] = { "section", "begins", "ends" };

/* The structure of a callback, or the function that it is passed to. The caller frees. */
static char *owner_of(const struct slot *slot)
{
	return xstrndup(slot->name, strcspn(slot->name, ".("));
}

/* The calls of a function, and whatever else names it. */
static struct numbers uses_of(const struct graph *graph, const char *name)
{
	uint32_t number = graph_name(graph, name);

	return number == NONE ? (struct numbers){ 0 } : graph_uses(graph, number);
}

/*
 * Adds a function in which a context begins. `slot` is the callback that it is, "" for a section.
 */
static void add_root(struct descent *descent, uint32_t number, const char *context,
		     const char *slot)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct item *item = graph_item(graph, number);
	char *driver = drivers_of(&descent->drivers, item->source);
	const char *function = facts_keep(descent->facts, graph_text(graph, item->name));

	if (item->kind == ITEM_FUNCTION && drivers_is_wanted(&descent->drivers, driver))
		descent_add(descent,
			    (struct visit){
				    .source = item->source,
				    .line = item->name_line,
				    .function = function,
				    .context = context,
				    .values = "-",
				    .once = "-",
				    .driver = facts_keep(descent->facts, driver),
				    .confidence = CONFIDENCE_HIGH,
			    },
			    (struct entry){ NO_VISIT,
					    { .kind = LINK_ROOT,
					      .at = { item->source, item->name_line, 0 },
					      .function = slot,
					      .call = function,
					      .state = STATE_INHERITED,
					      .lock = "" } });
	free(driver);
}

/* A parameter that is passed on again and again is followed no further. */
#define PASSES 4
/* In place of the number of an argument: any. */
#define ANY_ARGUMENT UINT_MAX

/* Adds the functions that the name of an edge means, which come to be in a slot. */
static void add_meant(struct descent *descent, const struct slot *slot, const struct edge *edge)
{
	const struct graph *graph = program_graph(descent->survey->program);
	struct numbers meant =
		graph_meant(graph, edge->name, graph_item(graph, edge->item)->source);

	for (uint32_t i = 0; i < meant.count; i++)
		add_root(descent, meant.at[i], slot->context, slot->name);
}

static void add_passed(struct descent *descent, const struct slot *slot, uint32_t function,
		       unsigned int argument, unsigned int left);

/* A function's parameter comes to be in a slot: what its callers pass does. */
static void add_parameter(struct descent *descent, const struct slot *slot, const struct edge *edge,
			  unsigned int left)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct item *item = graph_item(graph, edge->item);
	const struct parameter *parameters = graph_parameters(graph, item);

	for (unsigned int i = 0; i < item->parameter_count; i++)
		if (parameters[i].name == edge->name)
			add_passed(descent, slot, item->name, i, left);
}

/*
 * A function calls another, to which it passes a variable: the functions that it puts into
 * variables come to be in the slot.
 */
static void add_variables(struct descent *descent, const struct slot *slot, uint32_t caller,
			  uint32_t function)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct item *item = graph_item(graph, caller);
	uint32_t calls = 0, passes = 0;

	for (uint32_t i = item->first_edge; i < item->first_edge + item->edge_count; i++) {
		const struct edge *edge = graph_edge(graph, i);

		calls += edge->kind == EDGE_CALL && edge->name == function;
		passes += (edge->kind == EDGE_PASS || edge->kind == EDGE_PASS_PARAMETER) &&
			  edge->target == function;
	}
	for (uint32_t i = item->first_edge;
	     calls > passes && i < item->first_edge + item->edge_count; i++)
		if (graph_edge(graph, i)->kind == EDGE_STORE_VARIABLE)
			add_meant(descent, slot, graph_edge(graph, i));
}

/* The functions that are passed to a function, by its name, which puts them into a slot. */
static void add_passed(struct descent *descent, const struct slot *slot, uint32_t function,
		       unsigned int argument, unsigned int left)
{
	const struct graph *graph = program_graph(descent->survey->program);
	struct numbers into = graph_into(graph, function), uses = graph_uses(graph, function);

	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *edge = graph_edge(graph, into.at[i]);

		if (argument != ANY_ARGUMENT && edge->argument != argument)
			continue;
		if (edge->kind == EDGE_PASS)
			add_meant(descent, slot, edge);
		else if (edge->kind == EDGE_PASS_PARAMETER && left)
			add_parameter(descent, slot, edge, left - 1);
	}
	for (uint32_t i = 0; i < uses.count; i++)
		if (graph_edge(graph, uses.at[i])->kind == EDGE_CALL)
			add_variables(descent, slot, graph_edge(graph, uses.at[i])->item, function);
}

/* Whose member does an edge put something into? A slot's: yes; of a structure that is not known:
 * perhaps. */
enum owner {
	OWNER_OTHER,
	OWNER_UNKNOWN,
	OWNER_SLOT
};

static enum owner owner_at(const struct graph *graph, const struct slot *slot,
			   const struct edge *edge)
{
	char *text = graph_member_text(graph, edge->target);
	enum owner owner = *text == '.' ? OWNER_UNKNOWN : OWNER_OTHER;

	if (!strcmp(text, slot->name))
		owner = OWNER_SLOT;
	free(text);
	return owner;
}

static bool is_store(const struct edge *edge)
{
	return edge->kind == EDGE_STORE || edge->kind == EDGE_STORE_PARAMETER;
}

/*
 * The functions that are put into a member, also by functions that they are passed to. Where it is
 * not known of which structure a member of this name is, it is the slot if no other has one.
 */
static void add_stored(struct descent *descent, const struct slot *slot, uint32_t member)
{
	const struct graph *graph = program_graph(descent->survey->program);
	struct numbers into = graph_into(graph, member);
	enum owner least = OWNER_UNKNOWN;

	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *edge = graph_edge(graph, into.at[i]);

		if (is_store(edge) && owner_at(graph, slot, edge) == OWNER_OTHER)
			least = OWNER_SLOT;
	}
	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *edge = graph_edge(graph, into.at[i]);

		if (!is_store(edge) || owner_at(graph, slot, edge) < least)
			continue;
		if (edge->kind == EDGE_STORE)
			add_meant(descent, slot, edge);
		else
			add_parameter(descent, slot, edge, PASSES);
	}
}

/* The callbacks that are entered in a context. */
static void add_callbacks(struct descent *descent)
{
	const struct slots *slots = descent->slots;
	const struct graph *graph = program_graph(descent->survey->program);

	for (size_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots->slots[i];
		const char *dot = strchr(slot->name, '.');
		char *owner = owner_of(slot);
		uint32_t name = graph_name(graph, owner);
		uint32_t member = dot ? graph_name(graph, dot + 1) : NONE;

		free(owner);
		if (!slot->context || name == NONE)
			continue;
		if (!dot)
			add_passed(descent, slot, name, ANY_ARGUMENT, PASSES);
		else if (member != NONE)
			add_stored(descent, slot, member);
	}
}

/* The functions with a section. */
static void add_sections(struct descent *descent)
{
	const struct graph *graph = program_graph(descent->survey->program);
	struct numbers uses = uses_of(graph, SECTION);

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(graph, uses.at[i]);

		if (edge->kind == EDGE_CALL)
			add_root(descent, edge->item, SECTION_CONTEXT, "");
	}
}

static bool calls(const struct graph *graph, const struct item *item, const char *name)
{
	for (uint32_t i = 0; i < item->edge_count; i++) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);

		if (edge->kind == EDGE_CALL && !strcmp(graph_text(graph, edge->name), name))
			return true;
	}
	return false;
}

/* Adds to what is asked the functions that call the one of a pair and not the other. */
static void add_wrappers(struct descent *descent, const char *name, const char *other)
{
	const struct graph *graph = program_graph(descent->survey->program);
	struct numbers uses = uses_of(graph, name);

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(graph, uses.at[i]);
		const struct item *item = graph_item(graph, edge->item);
		char *line;

		if (edge->kind != EDGE_CALL || item->kind != ITEM_FUNCTION ||
		    calls(graph, item, other))
			continue;
		line = xasprintf("wraps %s %s", graph_text(graph, item->name), name);
		names_add_once(&descent->wrappers, line);
		free(line);
	}
}

/* The words by which the sources are found in which a context or a section begins, or one ends. */
static struct names beginnings(const struct descent *descent, const struct table *sections)
{
	const struct slots *slots = descent->slots;
	struct names words = { 0 };

	for (size_t i = 0; i < sections->count; i++) {
		names_add(&words, sections->rows[i].column[COLUMN_BEGINS]);
		names_add(&words, sections->rows[i].column[COLUMN_ENDS]);
	}
	for (size_t i = 0; i < slots->count; i++) {
		if (slots->slots[i].context) {
			char *owner = owner_of(&slots->slots[i]);

			names_add_once(&words, owner);
			free(owner);
		}
	}
	return words;
}

int roots_find(struct descent *descent, struct error *err)
{
	char *path = path_join(descent->survey->catalogue->dir, SECTION_TABLE);
	struct table sections;
	struct names words = { 0 };
	int result = table_read(&sections, path, columns, sizeof(columns) / sizeof(*columns), err);

	if (!result) {
		words = beginnings(descent, &sections);
		result = program_read(descent->survey->program, &words, NULL, NULL, err);
	}
	for (size_t i = 0; i < sections.count && !result; i++) {
		const char *begins = sections.rows[i].column[COLUMN_BEGINS];
		const char *ends = sections.rows[i].column[COLUMN_ENDS];

		add_wrappers(descent, begins, ends);
		add_wrappers(descent, ends, begins);
	}
	if (!result) {
		add_callbacks(descent);
		add_sections(descent);
	}
	names_free(&words);
	table_free(&sections);
	free(path);
	return result;
}
