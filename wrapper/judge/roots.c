// SPDX-License-Identifier: GPL-2.0-only
#include "judge/roots.h"

#include "convention/table.h"
#include "judge/entered.h"

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

/*
 * Adds a function in which a context begins. `slot` is the callback that it is, "" for a section.
 * `signal` is what it comes to, if that is why one begins.
 */
static void add_root(struct descent *descent, uint32_t number, const char *context,
		     const char *slot, const struct link *signal)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct item *item = graph_item(graph, number);
	char *driver = drivers_of(descent->drivers, item->source);
	const char *function = facts_keep(descent->facts, graph_text(graph, item->name));

	if (item->kind == ITEM_FUNCTION && drivers_is_wanted(descent->drivers, driver))
		descent_add(descent,
			    (struct visit){
				    .source = item->source,
				    .line = item->name_line,
				    .function = function,
				    .context = context,
				    .values = "-",
				    .once = "-",
				    .driver = facts_keep(descent->facts, driver),
				    .confidence = signal ? CONFIDENCE_MEDIUM : CONFIDENCE_HIGH,
			    },
			    (struct entry){ NO_VISIT,
					    { .kind = LINK_ROOT,
					      .at = { item->source, item->name_line, 0 },
					      .function = slot,
					      .call = function,
					      .state = STATE_INHERITED,
					      .lock = "" },
					    signal });
	free(driver);
}

/* Does a context begin with a slot if what is entered by it comes to a signal? */
static bool is_until(const struct slot *slot)
{
	return slot_is_run_by(slot, SLOT_WORKER) || slot_is_run_by(slot, SLOT_THREAD) ||
	       (slot->context && !strcmp(slot->context, UNTIL_CONTEXT));
}

/* Does one begin, whatever is entered by it? */
static bool is_beginning(const struct slot *slot)
{
	return slot->context && !is_until(slot) && !slot_is_run_by(slot, SLOT_TIMER);
}

/* Is all that is found in a context of low confidence, which is not wanted? */
static bool is_left(const struct descent *descent, const char *context)
{
	return descent->least > CONFIDENCE_LOW && starts_with(context, RELEASE_CONTEXT);
}

/* Adds the functions that come to a signal and are entered by a slot. */
static void add_signalling(struct descent *descent, const struct slot *slot)
{
	const struct graph *graph = program_graph(descent->survey->program);
	struct entered entered;

	entered_find(graph, slot, &entered);
	for (size_t i = 0; i < entered.count; i++) {
		const struct signaller *by =
			signals_by(&descent->signals, graph, entered.items[i], 0);

		if (by)
			add_root(descent, entered.items[i], UNTIL_CONTEXT, slot->name, &by->signal);
	}
	entered_free(&entered);
}

/* Adds the callbacks that are entered in a context. */
static void add_callbacks(struct descent *descent)
{
	const struct slots *slots = descent->slots;

	for (size_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots->slots[i];
		struct entered entered;

		if (!is_beginning(slot) || is_left(descent, slot->context))
			continue;
		entered_find(program_graph(descent->survey->program), slot, &entered);
		for (size_t j = 0; j < entered.count; j++)
			add_root(descent, entered.items[j], slot->context, slot->name, NULL);
		entered_free(&entered);
	}
}

/* Reads sources of the drivers that are wanted. */
static int read_wanted(struct descent *descent, const struct names *words, struct error *err)
{
	bool *only = drivers_wanted(descent->drivers);
	int result = program_read(descent->survey->program, words, NULL, only, err);

	free(only);
	return result;
}

/*
 * Finds what signals, and reads the sources of such drivers that may tell what a function that does
 * is entered by.
 */
static int find_signals(struct descent *descent, struct error *err)
{
	const struct selection *selection = descent->survey->selection;
	const struct slots *slots = descent->slots;
	struct names words = { 0 };
	bool *only = xcalloc(selection->count, sizeof(*only));
	int result = signals_find(&descent->signals, descent->drivers, descent->facts, err);

	for (size_t i = 0; i < selection->count; i++) {
		char *driver = drivers_of(descent->drivers, i);

		only[i] = names_has(&descent->signals.drivers, driver);
		free(driver);
	}
	for (size_t i = 0; i < slots->count; i++) {
		char *owner = entered_owner(&slots->slots[i]);

		if (is_until(&slots->slots[i]))
			names_add_once(&words, owner);
		free(owner);
	}
	if (!result)
		result = program_read(descent->survey->program, &words, NULL, only, err);
	names_free(&words);
	free(only);
	return result;
}

/*
 * Reads the sources that define callbacks, or call functions which pass them on, and so on. `words`
 * are those by which sources were read.
 */
static int read_entered(struct descent *descent, struct names *words, struct error *err)
{
	const struct slots *slots = descent->slots;
	struct names more = { 0 };
	int result = 0;

	for (size_t i = 0; i < slots->count; i++) {
		struct entered entered;

		if (!is_beginning(&slots->slots[i]))
			continue;
		entered_find(program_graph(descent->survey->program), &slots->slots[i], &entered);
		for (size_t j = 0; j < entered.words.count; j++)
			if (!names_has(words, entered.words.names[j]))
				names_add_once(&more, entered.words.names[j]);
		entered_free(&entered);
	}
	for (size_t i = 0; i < more.count; i++)
		names_add(words, more.names[i]);
	if (more.count)
		result = read_wanted(descent, &more, err);
	if (more.count && !result)
		result = read_entered(descent, words, err);
	names_free(&more);
	return result;
}

/* The functions with a section. */
static void add_sections(struct descent *descent)
{
	const struct graph *graph = program_graph(descent->survey->program);
	struct numbers uses = graph_uses(graph, graph_name(graph, SECTION));

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(graph, uses.at[i]);

		if (edge->kind == EDGE_CALL)
			add_root(descent, edge->item, SECTION_CONTEXT, "", NULL);
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
	struct numbers uses = graph_uses(graph, graph_name(graph, name));

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
		if (is_beginning(&slots->slots[i])) {
			char *owner = entered_owner(&slots->slots[i]);

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
		result = program_read(descent->survey->program, &words, NULL, NULL, err) ||
					 read_entered(descent, &words, err) ||
					 find_signals(descent, err)
				 ? -1
				 : 0;
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
		for (size_t i = 0; i < descent->slots->count; i++)
			if (is_until(&descent->slots->slots[i]))
				add_signalling(descent, &descent->slots->slots[i]);
	}
	names_free(&words);
	table_free(&sections);
	free(path);
	return result;
}
