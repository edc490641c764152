// SPDX-License-Identifier: GPL-2.0-only
#include "judge/resumes.h"

#include "convention/table.h"

#include <stdlib.h>
#include <string.h>

#define RESUME_TABLE "tables/resumes.tsv"

/* The member that is called, and its structure. */
#define OPS "dev_pm_ops"
#define MEMBER "runtime_resume"

enum column {
	COLUMN_FUNCTION,
	COLUMN_ARGUMENT, /* "-" for a function that resumes a device */
};

static const char *const columns[] = { "function", "argument" };

static void add_row(struct resumes *resumes, const struct table_row *row)
{
	const char *argument = row->column[COLUMN_ARGUMENT];

	if (!strcmp(argument, "-")) {
		names_add(&resumes->functions, row->column[COLUMN_FUNCTION]);
		return;
	}
	resumes->arguments =
		grow(resumes->arguments, resumes->macros.count, sizeof(*resumes->arguments));
	resumes->arguments[resumes->macros.count] = (uint32_t)strtoul(argument, NULL, 10) - 1;
	names_add(&resumes->macros, row->column[COLUMN_FUNCTION]);
}

int resumes_load(struct resumes *resumes, const char *rules_dir, struct error *err)
{
	char *path = path_join(rules_dir, RESUME_TABLE);
	struct table table;
	int result = table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err);

	for (size_t i = 0; i < table.count && !result; i++)
		add_row(resumes, &table.rows[i]);
	table_free(&table);
	free(path);
	return result;
}

void resumes_free(struct resumes *resumes)
{
	names_free(&resumes->functions);
	names_free(&resumes->macros);
	free(resumes->arguments);
}

void resumes_add_words(const struct resumes *resumes, struct names *words)
{
	names_add_once(words, MEMBER);
	for (size_t i = 0; i < resumes->macros.count; i++)
		names_add_once(words, resumes->macros.names[i]);
}

/* Numbers, each once: of items, or the tags of structures. */
struct set {
	uint32_t *at;
	size_t count;
};

static bool has(const struct set *set, uint32_t number)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->at[i] == number)
			return true;
	return false;
}

/* Adds a number, unless it is NONE. */
static void add(struct set *set, uint32_t number)
{
	if (number == NONE || has(set, number))
		return;
	set->at = grow(set->at, set->count, sizeof(*set->at));
	set->at[set->count++] = number;
}

/* What is looked for, and found. */
struct look {
	const struct graph *graph;
	const struct drivers *drivers;
	const char *driver;
	struct names *undefined; /* NULL: these are of no interest */
	struct set items;
};

/* Adds what an edge of the driver's own puts there. */
static void add_edge(struct look *look, const struct edge *edge)
{
	uint32_t source = graph_item(look->graph, edge->item)->source;
	struct numbers meant = graph_meant(look->graph, edge->name, source);

	if (drivers_is_shared(look->drivers, source) ||
	    !drivers_is_near(look->drivers, look->driver, source))
		return;
	if (!meant.count && look->undefined)
		names_add_once(look->undefined, graph_text(look->graph, edge->name));
	for (uint32_t i = 0; i < meant.count; i++)
		if (graph_item(look->graph, meant.at[i])->kind == ITEM_FUNCTION)
			add(&look->items, meant.at[i]);
}

static bool is_ops(const struct graph *graph, const struct edge *store)
{
	char *text = graph_member_text(graph, store->target);
	bool is_ops = !strcmp(text, OPS "." MEMBER);

	free(text);
	return is_ops;
}

/* Finds what the driver has for that, of any of its devices. */
static void look_for_all(const struct resumes *resumes, struct look *look)
{
	const struct graph *graph = look->graph;
	struct numbers into = graph_into(graph, graph_name(graph, MEMBER));

	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *edge = graph_edge(graph, into.at[i]);

		if (edge->kind == EDGE_STORE && is_ops(graph, edge))
			add_edge(look, edge);
	}
	for (size_t i = 0; i < resumes->macros.count; i++) {
		into = graph_into(graph, graph_name(graph, resumes->macros.names[i]));
		for (uint32_t j = 0; j < into.count; j++) {
			const struct edge *edge = graph_edge(graph, into.at[j]);

			if ((edge->kind == EDGE_PASS || edge->kind == EDGE_STORE_MACRO) &&
			    edge->argument == resumes->arguments[i])
				add_edge(look, edge);
		}
	}
}

static void add_undefined_calls(const struct graph *graph, const struct item *item,
				struct names *words)
{
	for (uint32_t i = 0; i < item->edge_count; i++) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);

		if (edge->kind == EDGE_CALL && !graph_named(graph, edge->name).count)
			names_add_once(words, graph_text(graph, edge->name));
	}
}

void resumes_add_undefined(const struct resumes *resumes, const struct graph *graph,
			   const struct drivers *drivers, const char *driver, struct names *words)
{
	struct look look = {
		.graph = graph, .drivers = drivers, .driver = driver, .undefined = words
	};

	look_for_all(resumes, &look);
	for (size_t i = 0; i < look.items.count; i++)
		add_undefined_calls(graph, graph_item(graph, look.items.at[i]), words);
	free(look.items.at);
}

/* Adds the structures that the path of a member leads through. */
static void add_path(struct set *tags, const struct graph *graph, uint32_t path)
{
	const struct path *paths = graph_paths(graph)->paths;

	for (; path != NONE && path >= PATH_ROOTS; path = paths[path].parent)
		add(tags, graph_tag(graph, paths[path].parent));
}

/* Adds the structures that the functions of an edge have parameters of. */
static void add_parameters(struct set *tags, const struct graph *graph, const struct edge *edge)
{
	struct numbers meant =
		graph_meant(graph, edge->name, graph_item(graph, edge->item)->source);

	for (uint32_t i = 0; i < meant.count; i++) {
		const struct item *item = graph_item(graph, meant.at[i]);
		const struct parameter *parameters = graph_parameters(graph, item);

		for (unsigned int j = 0; j < item->parameter_count; j++)
			add(tags, graph_tag(graph, parameters[j].path));
	}
}

/* The structures whose members a function names in calls, or that it passes on. */
static struct set tags_of(const struct graph *graph, uint32_t number)
{
	const struct item *item = graph_item(graph, number);
	struct set tags = { 0 };

	for (uint32_t i = 0; i < item->edge_count; i++) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);

		if (edge->kind == EDGE_CALL || edge->kind == EDGE_CALL_MEMBER)
			add_path(&tags, graph, edge->target);
		if (edge->kind == EDGE_CALL)
			add_parameters(&tags, graph, edge);
	}
	return tags;
}

/* Has a function to do with one of the structures: is that known, and so? */
enum answer {
	ANSWER_NO,
	ANSWER_UNKNOWN,
	ANSWER_YES,
};

static enum answer is_about(const struct graph *graph, uint32_t item, const struct set *wanted)
{
	struct set tags = tags_of(graph, item);
	enum answer answer = tags.count && wanted->count ? ANSWER_NO : ANSWER_UNKNOWN;

	for (size_t i = 0; i < tags.count; i++)
		if (has(wanted, tags.at[i]))
			answer = ANSWER_YES;
	free(tags.at);
	return answer;
}

struct resumed *resumes_find(const struct resumes *resumes, const struct graph *graph,
			     const struct drivers *drivers, const char *driver, uint32_t call,
			     size_t *count)
{
	struct look look = { .graph = graph, .drivers = drivers, .driver = driver };
	struct resumed *found = NULL;
	struct set tags = { 0 };

	*count = 0;
	look_for_all(resumes, &look);
	add_path(&tags, graph, graph_edge(graph, call)->target);
	for (size_t i = 0; i < look.items.count; i++) {
		uint32_t item = look.items.at[i];
		enum answer answer = is_about(graph, item, &tags);

		if (answer == ANSWER_NO || (answer == ANSWER_UNKNOWN && look.items.count > 1))
			continue;
		found = grow(found, *count, sizeof(*found));
		found[(*count)++] = (struct resumed){ item, answer == ANSWER_YES ? CONFIDENCE_MEDIUM
										 : CONFIDENCE_LOW };
	}
	for (size_t i = 0; *count > 1 && i < *count; i++)
		found[i].confidence = CONFIDENCE_LOW;
	free(tags.at);
	free(look.items.at);
	return found;
}
