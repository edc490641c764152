// SPDX-License-Identifier: GPL-2.0-only
#include "judge/descend.h"

#include "convention/table.h"
#include "graph/symbols.h"
#include "graph/walk.h"
#include "run/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * No way that was found true is longer than this, in calls: most that are lead to what is made
 * once. Ways of calls by name alone may be.
 */
#define DEPTH 4
#define SURE_DEPTH 6
/* More would cost more than they tell. */
#define VISITS 40000
/* A call through a member that as many functions can be behind, or more, tells little. */
#define MANY 9
/* So many ways to one place are told, and so many ways into a function are known. */
#define WAYS 4
#define ENTRIES 16

#define NO_VISIT SIZE_MAX

/* What begins a section of a function: a context of its own. */
#define SECTION "dma_fence_begin_signalling"
#define SECTION_CONTEXT "section"

/* The sections of the code, and the functions that begin and end each. */
#define SECTION_TABLE "tables/sections.tsv"

enum column {
	COLUMN_SECTION,
	COLUMN_BEGINS,
	COLUMN_ENDS,
};

static const char *const columns[] = { "section", "begins", "ends" };

/* How a visit comes about. */
struct entry {
	size_t from;      /* the visit that makes the call; NO_VISIT where the context begins */
	struct link link; /* the call, or what the context begins with */
};

/* A function that is entered in a context, with what is known of its parameters. */
struct visit {
	uint32_t source;
	uint32_t line; /* of its name, from 1 */
	const char *function;
	const char *context;
	const char *values; /* of its parameters, as lib/descend.mli has them */
	const char *once;   /* what is not there yet on the way to it, likewise */
	const char *driver; /* the directory in which the context begins */
	struct entry *entries;
	size_t entry_count;
	unsigned int depth; /* calls on the shortest way to it */
	/* That it is entered: high if all calls on that way are by name. */
	enum confidence confidence;
};

/* One look after another through the visits. */
struct look {
	size_t *seen; /* for each visit, the number of the last look that came to it */
	size_t number;
};

struct descent {
	struct survey *survey;
	const struct slots *slots;
	struct facts *facts;
	struct visit *visits;
	size_t count;
	struct look ways;      /* from a site up to where contexts begin */
	struct look shared;    /* from a site in shared code up to drivers */
	struct symbols keys;   /* of the visits there are */
	struct names wrappers; /* of what begins and ends sections, as lines of what is asked */
	struct names drivers;  /* of the PATHs, where these are a part of a tree */
	struct names sharing;  /* drivers that have to do with reservation locks, or with fences */
};

static const struct source *source_at(const struct descent *descent, size_t index)
{
	return &descent->survey->selection->sources[index];
}

/* Where code is that drivers share: any of them may come through it. */
static bool is_shared(const char *file)
{
	static const char *const shared[] = { "drivers/dma-buf/", "drivers/gpu/drm/scheduler/",
					      "drivers/gpu/drm/ttm/", "drivers/gpu/drm/display/",
					      "include/drm/" };
	static const char drm[] = "drivers/gpu/drm/";

	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if (starts_with(file, shared[i]))
			return true;
	return starts_with(file, drm) && !strchr(file + strlen(drm), '/');
}

/* Is a source outside of the kernel? Its file says nothing of where it belongs. */
static bool is_outside(const struct descent *descent, size_t source)
{
	const struct selection *selection = descent->survey->selection;

	return !descent->survey->tree->is_kernel ||
	       (selection->beside && !select_is_other(selection, source));
}

static bool is_in_shared(const struct descent *descent, size_t source)
{
	return !is_outside(descent, source) && is_shared(source_at(descent, source)->file);
}

/* The end of the first `count` directories of a file's name; all of them if there are fewer. */
static size_t directories(const char *file, size_t count)
{
	const char *end = file, *slash;

	while (count-- && (slash = strchr(end == file ? file : end + 1, '/')))
		end = slash;
	return (size_t)(end - file);
}

/* The directory of the driver that a file belongs to, "" for code outside of a kernel. The caller
 * frees. */
static char *driver_of(const struct descent *descent, size_t source)
{
	const char *file = source_at(descent, source)->file;

	if (is_outside(descent, source))
		return xstrdup("");
	return xstrndup(file, directories(file, starts_with(file, "drivers/gpu/") ? 4 : 3));
}

/* Can code of a driver come to a source? */
static bool is_near(const struct descent *descent, const char *driver, size_t source)
{
	char *own;
	bool is_same;

	if (is_in_shared(descent, source))
		return true;
	own = driver_of(descent, source);
	is_same = !strcmp(own, driver);
	free(own);
	return is_same;
}

/* The calls of a function, and whatever else names it. */
static struct numbers uses_of(const struct graph *graph, const char *name)
{
	uint32_t number = graph_name(graph, name);

	return number == NONE ? (struct numbers){ 0 } : graph_uses(graph, number);
}

/* Adds a way into a visit, unless there are enough already. */
static void add_entry(struct visit *visit, struct entry entry)
{
	if (visit->entry_count == ENTRIES)
		return;
	visit->entries = grow(visit->entries, visit->entry_count, sizeof(*visit->entries));
	visit->entries[visit->entry_count++] = entry;
}

/*
 * Adds a visit with a way into it, or that way to the visit of the same function with the same
 * values for the same driver.
 */
static void add_visit(struct descent *descent, struct visit visit, struct entry entry)
{
	char *key = xasprintf("%u %u %s %s %s %s", visit.source, visit.line, visit.context,
			      visit.values, visit.once, visit.driver);
	uint32_t number = symbols_intern(&descent->keys, key, strlen(key));

	if (number == descent->count && descent->count < VISITS) {
		descent->visits = grow(descent->visits, descent->count, sizeof(*descent->visits));
		descent->visits[descent->count++] = visit;
	}
	if (number < descent->count)
		add_entry(&descent->visits[number], entry);
	free(key);
}

/* Where contexts begin. */

/* Of a part of a tree, contexts of other drivers are of no interest, nor of those that share
 * nothing. */
static bool is_wanted_driver(const struct descent *descent, const char *driver)
{
	return (!descent->survey->selection->others || names_has(&descent->drivers, driver)) &&
	       names_has(&descent->sharing, driver);
}

/* Marks a source in an array of flags. Threads call it, for several sources at a time. */
static int mark(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	bool *marked = context;

	(void)text;
	(void)length;
	(void)err;
	marked[index] = true;
	return 0;
}

/* Finds the drivers that name fences, reservation objects, or what has such. */
static int find_sharing(struct descent *descent, struct error *err)
{
	static const char *const shared[] = {
		"dma_fence",     "dma_fence_wait", "dma_fence_wait_timeout",
		"dma_resv",      "dma_resv_lock",  "dma_resv_wait_timeout",
		"drm_sched_job", "drm_gem_object", "ttm_buffer_object"
	};
	const struct survey *survey = descent->survey;
	bool *marked = xcalloc(survey->selection->count, sizeof(*marked));
	struct names names = { 0 };
	struct words *words;
	int result;

	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		names_add(&names, shared[i]);
	words = words_of_names(&names, err);
	result = words ? select_find(survey->selection, survey->tree, words, NULL, survey->jobs,
				     survey->progress, mark, marked, err)
		       : -1;
	for (size_t i = 0; i < survey->selection->count && !result; i++) {
		char *driver = marked[i] ? driver_of(descent, i) : NULL;

		if (driver)
			names_add_once(&descent->sharing, driver);
		free(driver);
	}
	words_free(words);
	names_free(&names);
	free(marked);
	return result;
}

/* Adds a function in which a context begins. `slot` is the callback that it is, "" for a section.
 */
static void add_root(struct descent *descent, uint32_t number, const char *context,
		     const char *slot)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct item *item = graph_item(graph, number);
	char *driver = driver_of(descent, item->source);
	const char *function = facts_keep(descent->facts, graph_text(graph, item->name));

	if (item->kind == ITEM_FUNCTION && is_wanted_driver(descent, driver))
		add_visit(descent,
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

/* The callbacks that are entered in a context. */
static void add_callbacks(struct descent *descent)
{
	const struct slots *slots = descent->slots;
	const struct graph *graph = program_graph(descent->survey->program);

	for (size_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots->slots[i];
		const char *dot = strchr(slot->name, '.');
		char *structure = xstrndup(slot->name, dot ? (size_t)(dot - slot->name) : 0);
		uint32_t tag, member, *items;
		size_t count = 0;

		tag = graph_name(graph, structure);
		member = dot ? graph_name(graph, dot + 1) : NONE;
		free(structure);
		if (!slot->context || tag == NONE || member == NONE)
			continue;
		items = graph_behind(graph, tag, member, &count);
		for (size_t j = 0; j < count; j++)
			add_root(descent, items[j], slot->context, slot->name);
		free(items);
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
			char *structure =
				xstrndup(slots->slots[i].name, strcspn(slots->slots[i].name, "."));

			names_add_once(&words, structure);
			free(structure);
		}
	}
	return words;
}

/* Finds where contexts begin, and what wraps the functions that begin and end sections. */
static int find_roots(struct descent *descent, struct error *err)
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

/* What is asked of spatch. */

/* The visits from `first` on, a line each. The caller frees. */
static char *visits_text(const struct descent *descent, size_t first)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < descent->wrappers.count; i++)
		fprintf(out, "%s\n", descent->wrappers.names[i]);
	for (size_t i = first; i < descent->count; i++) {
		const struct visit *visit = &descent->visits[i];
		char *file = stage_name(visit->source, source_at(descent, visit->source)->name);

		fprintf(out, "below %s %s %zu %s %s %s\n", file, visit->function, i + 1,
			visit->context, visit->values, visit->once);
		free(file);
	}
	fclose(out);
	return text;
}

static int ask(struct descent *descent, size_t first, struct error *err)
{
	struct survey *survey = descent->survey;
	struct questions questions = { 0 };
	bool *only = xcalloc(survey->selection->count, sizeof(*only));
	char *text = visits_text(descent, first);
	const struct survey_details details = { .only = only, .text = text };
	int result;

	for (size_t i = first; i < descent->count; i++) {
		questions_add(&questions, descent->visits[i].function, EVERYWHERE);
		only[descent->visits[i].source] = true;
	}
	result = survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_DESCEND),
			    &questions, details, descent->facts, err);
	questions_free(&questions);
	free(text);
	free(only);
	return result;
}

/* From the calls to what they call. */

/* Reads the sources that can define, or hold in a structure, what is called. */
static int read_callees(struct descent *descent, size_t first_step, struct error *err)
{
	const struct descent_calls *steps = &descent->facts->steps;
	const struct selection *selection = descent->survey->selection;
	struct names words = { 0 }, drivers = { 0 };
	struct symbols seen = { 0 };
	bool *only = xcalloc(selection->count, sizeof(*only));
	int result;

	for (size_t i = first_step; i < steps->count; i++) {
		const struct descent_call *step = &steps->rows[i];
		uint32_t count = seen.count;

		names_add_once(&drivers, descent->visits[step->visit - 1].driver);
		symbols_intern(&seen, step->word, strlen(step->word));
		if (*step->word && seen.count > count)
			names_add(&words, step->word);
	}
	for (size_t i = 0; i < selection->count; i++)
		for (size_t j = 0; j < drivers.count && !only[i]; j++)
			only[i] = is_near(descent, drivers.names[j], i);
	result = program_read(descent->survey->program, &words, NULL, only, err);
	symbols_free(&seen);
	names_free(&drivers);
	names_free(&words);
	free(only);
	return result;
}

/* `confidence` is that the call is one of this function. */
static void add_callee(struct descent *descent, const struct descent_call *step, uint32_t number,
		       enum confidence confidence)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct item *callee = graph_item(graph, number);
	const struct visit visit = descent->visits[step->visit - 1];

	if (visit.depth >= DEPTH && (visit.confidence < CONFIDENCE_HIGH ||
				     confidence < CONFIDENCE_HIGH || *step->once == '='))
		return;
	if (callee->kind != ITEM_FUNCTION || !is_near(descent, visit.driver, callee->source))
		return;
	add_visit(
		descent,
		(struct visit){
			.source = callee->source,
			.line = callee->name_line,
			.function = facts_keep(descent->facts, graph_text(graph, callee->name)),
			.context = strcmp(visit.context, SECTION_CONTEXT) ? visit.context
									  : "signalling",
			.values = step->values,
			.once = step->once,
			.driver = visit.driver,
			.depth = visit.depth + 1,
			.confidence = confidence < visit.confidence ? confidence : visit.confidence,
		},
		(struct entry){ step->visit - 1,
				{ .kind = LINK_CALL,
				  .at = step->at,
				  .function = visit.function,
				  .call = step->callee,
				  .state = STATE_INHERITED,
				  .lock = "" } });
}

/* The source of the table that puts a function where it is called from; of the function itself if
 * none does. */
static size_t table_of(const struct descent *descent, const struct graph_call *call)
{
	const struct graph *graph = program_graph(descent->survey->program);
	uint32_t item = call->stored == NONE ? call->callee : graph_edge(graph, call->stored)->item;

	return graph_item(graph, item)->source;
}

/* Can code of a driver come to a function by a call? Not to one that another driver put there. */
static bool is_possible(const struct descent *descent, const char *driver,
			const struct graph_call *call)
{
	const struct graph *graph = program_graph(descent->survey->program);

	return is_near(descent, driver, graph_item(graph, call->callee)->source) &&
	       is_near(descent, driver, table_of(descent, call));
}

/*
 * How sure a call is one of a function that is behind a member: little if much can be behind that,
 * or if shared code put it there, for drivers that ask for it.
 */
static enum confidence confidence_behind(const struct descent *descent,
					 const struct graph_call *call, size_t possible)
{
	if (call->link == LINK_DIRECT)
		return CONFIDENCE_HIGH;
	if (possible >= MANY || is_in_shared(descent, table_of(descent, call)))
		return CONFIDENCE_LOW;
	return CONFIDENCE_MEDIUM;
}

/* The functions behind an edge of a visit's function. */
static void follow_edge(struct descent *descent, const struct descent_call *step, uint32_t edge)
{
	const char *driver = descent->visits[step->visit - 1].driver;
	struct graph_calls calls = { 0 };
	size_t possible = 0;

	graph_called_by(program_graph(descent->survey->program), edge,
			LINK_DIRECT | LINK_THROUGH | LINK_VARIABLE, &calls);
	for (size_t i = 0; i < calls.count; i++)
		possible += is_possible(descent, driver, &calls.calls[i]);
	for (size_t i = 0; i < calls.count; i++)
		if (is_possible(descent, driver, &calls.calls[i]))
			add_callee(descent, step, calls.calls[i].callee,
				   confidence_behind(descent, &calls.calls[i], possible));
	free(calls.calls);
}

/*
 * The function that an edge passes to one that may call what it is given at once, as kref_put()
 * does with the last reference.
 */
static void follow_passed(struct descent *descent, const struct descent_call *step,
			  const struct edge *edge)
{
	const struct graph *graph = program_graph(descent->survey->program);
	char *slot = xasprintf("%s()", step->word);
	enum lock_state state;
	struct numbers meant;

	if (slots_find(descent->slots, slot, &state) && state == STATE_INHERITED) {
		meant = graph_meant(graph, edge->name, graph_item(graph, edge->item)->source);
		for (uint32_t i = 0; i < meant.count; i++)
			add_callee(descent, step, meant.at[i], CONFIDENCE_LOW);
	}
	free(slot);
}

/* The functions that a call in a visit can call, by the graph. */
static void follow(struct descent *descent, const struct descent_call *step)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct visit *visit = &descent->visits[step->visit - 1];
	uint32_t number = graph_function_at(graph, visit->source, visit->line);
	const struct item *item = number == NONE ? NULL : graph_item(graph, number);

	for (uint32_t i = 0; item && i < item->edge_count; i++) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);
		bool is_here = edge->line == step->at.line;

		if (is_here && !strcmp(graph_text(graph, edge->name), step->word))
			follow_edge(descent, step, item->first_edge + i);
		else if (is_here && edge->kind == EDGE_PASS &&
			 !strcmp(graph_text(graph, edge->target), step->word))
			follow_passed(descent, step, edge);
	}
}

/* In the order of visits, and in each of the text: answers come in any. */
static int compare_steps(const void *a, const void *b)
{
	const struct descent_call *left = a, *right = b;

	if (left->visit != right->visit)
		return left->visit < right->visit ? -1 : 1;
	return compare_positions(&left->at, &right->at);
}

static int compare_sites(const void *a, const void *b)
{
	const struct site *left = a, *right = b;

	if (left->visit != right->visit)
		return left->visit < right->visit ? -1 : 1;
	return compare_positions(&left->at, &right->at);
}

/* One level of calls. */
static int go_down(struct descent *descent, size_t first, unsigned int depth, struct error *err)
{
	size_t first_step = descent->facts->steps.count;

	descent->survey->round = depth + 1;
	if (ask(descent, first, err))
		return -1;
	sort(descent->facts->steps.rows + first_step, descent->facts->steps.count - first_step,
	     sizeof(*descent->facts->steps.rows), compare_steps);
	if (depth == SURE_DEPTH)
		return 0;
	if (read_callees(descent, first_step, err))
		return -1;
	for (size_t i = first_step; i < descent->facts->steps.count; i++)
		follow(descent, &descent->facts->steps.rows[i]);
	return 0;
}

/* Findings. */

/* Starts a look through the visits, upward, that comes to each of them once. */
static void begin_look(struct look *look)
{
	look->number++;
}

/* Was a visit not come to in this look before? */
static bool come_to(const struct look *look, size_t visit)
{
	bool is_new = look->seen[visit] != look->number;

	look->seen[visit] = look->number;
	return is_new;
}

/* Links from a place up to another. */
struct trail {
	const struct link *links[2 * SURE_DEPTH];
	size_t length;
};

/* Does a rule say nothing of code in the directory that a file is in, or of code outside of a
 * kernel? */
static bool is_exempt(const struct descent *descent, const struct site *site)
{
	const struct rule *rule = &descent->survey->catalogue->rules[site->rule];
	const struct source *source = source_at(descent, site->at.source);
	bool is_exempt = false;
	char *copy, *rest, *word;

	if (!rule->outside)
		return false;
	if (is_outside(descent, site->at.source))
		return true;
	rest = copy = xstrdup(rule->outside);
	while ((word = strsep(&rest, " ")))
		is_exempt = is_exempt ||
			    (starts_with(source->file, word) && source->file[strlen(word)] == '/');
	free(copy);
	return is_exempt;
}

static bool is_same_place(const struct site *a, const struct site *b)
{
	return a->rule == b->rule && !compare_positions(&a->at, &b->at);
}

/* How many ways a site has. */
static size_t ways_of(const struct site *site)
{
	size_t count = 0;

	for (size_t i = 0; i < site->chain_length; i++)
		count += site->chain[i].kind == LINK_OPERATION;
	return count;
}

/* Is it told already what the operation of a site does inside? */
static bool has_inside(const struct site *site)
{
	return site->chain_length && site->chain[site->chain_length - 1].kind == LINK_INSIDE;
}

/* Does a site have a way from this beginning already? */
static bool has_root(const struct site *site, const struct link *root)
{
	for (size_t i = 0; i < site->chain_length; i++)
		if (site->chain[i].kind == LINK_ROOT &&
		    !compare_positions(&site->chain[i].at, &root->at))
			return true;
	return false;
}

/* Adds ways into a visit, from each beginning one, with `trail` from there down to the site. */
static void add_ways(const struct descent *descent, struct site *site, size_t number,
		     struct trail *trail)
{
	const struct visit *visit = &descent->visits[number];

	for (size_t i = 0; i < visit->entry_count && trail->length <= SURE_DEPTH; i++) {
		const struct entry *entry = &visit->entries[i];

		trail->links[trail->length++] = &entry->link;
		if (entry->from != NO_VISIT && come_to(&descent->ways, entry->from)) {
			add_ways(descent, site, entry->from, trail);
		} else if (entry->from == NO_VISIT && ways_of(site) < WAYS &&
			   !has_root(site, &entry->link)) {
			for (size_t j = trail->length; j-- > 0;)
				site_add_link(site, *trail->links[j]);
			site_end_way(site);
		}
		trail->length--;
	}
}

/* Adds what an operation does inside: the calls of a trail, and at their end a site. */
static void add_inside(struct site *site, const struct trail *trail, const struct site *last)
{
	struct link link = { .kind = LINK_INSIDE,
			     .at = last->at,
			     .function = last->function,
			     .call = last->operation,
			     .state = STATE_INHERITED,
			     .lock = "" };

	for (size_t i = trail->length; i-- > 0;) {
		struct link call = *trail->links[i];

		call.kind = LINK_INSIDE;
		site_add_link(site, call);
	}
	site_add_link(site, link);
}

/*
 * Adds a finding in the function of a visit, or its ways to the one of the same place. `inside`, if
 * it is not NULL, leads from there to `last`.
 */
static void add_finding(struct descent *descent, struct sites *findings, struct site finding,
			size_t number, const struct trail *inside, const struct site *last)
{
	struct trail trail = { .length = 0 };
	size_t same = 0;

	if (is_exempt(descent, &finding) ||
	    select_is_other(descent->survey->selection, finding.at.source))
		return;
	while (same < findings->count && !is_same_place(&findings->rows[same], &finding))
		same++;
	if (same == findings->count) {
		findings->rows = grow(findings->rows, findings->count, sizeof(*findings->rows));
		findings->rows[findings->count++] = finding;
	} else if (finding.confidence > findings->rows[same].confidence) {
		findings->rows[same].confidence = finding.confidence;
		findings->rows[same].reason = finding.reason;
	}
	begin_look(&descent->ways);
	add_ways(descent, &findings->rows[same], number, &trail);
	if (inside && same + 1 == findings->count && !has_inside(&findings->rows[same]))
		add_inside(&findings->rows[same], inside, last);
}

/* What shared code does, at the call by which a driver's code comes to it. */
static struct site at_border(struct descent *descent, const struct site *site,
			     const struct link *call)
{
	struct site moved = *site;
	char *message = xasprintf("%s() %s", call->call, site->above);

	moved.at = call->at;
	moved.end_column = call->at.column + (unsigned int)strlen(call->call);
	moved.function = call->function;
	moved.operation = call->call;
	moved.arguments = "";
	moved.message = facts_keep(descent->facts, message);
	free(message);
	return moved;
}

/*
 * Adds a finding for each call by which drivers' code comes to a site in shared code, and one for
 * the site if a context begins in shared code itself.
 */
static void add_at_borders(struct descent *descent, struct sites *findings, const struct site *site,
			   size_t number, struct trail *trail)
{
	for (size_t i = 0; i < descent->visits[number].entry_count && trail->length <= SURE_DEPTH;
	     i++) {
		const struct entry *entry = &descent->visits[number].entries[i];

		if (entry->from == NO_VISIT) {
			add_finding(descent, findings, *site, site->visit - 1, NULL, NULL);
			continue;
		}
		if (is_in_shared(descent, descent->visits[entry->from].source)) {
			if (!come_to(&descent->shared, entry->from))
				continue;
			trail->links[trail->length++] = &entry->link;
			add_at_borders(descent, findings, site, entry->from, trail);
			trail->length--;
		} else {
			add_finding(descent, findings, at_border(descent, site, &entry->link),
				    entry->from, trail, site);
		}
	}
}

/* Makes one finding of what was found at a place, in the place of the sites. */
static void put_together(struct descent *descent)
{
	struct sites *sites = &descent->facts->sites, findings = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < sites->count; i++) {
		struct site site = sites->rows[i];
		const struct visit *visit = site.visit ? &descent->visits[site.visit - 1] : NULL;
		enum confidence most;
		struct trail trail = { .length = 0 };

		if (!visit) {
			sites->rows[kept++] = site;
			continue;
		}
		most = *visit->once == '=' ? CONFIDENCE_LOW : visit->confidence;
		site.confidence = site.confidence < most ? site.confidence : most;
		begin_look(&descent->shared);
		if (is_in_shared(descent, visit->source))
			add_at_borders(descent, &findings, &site, site.visit - 1, &trail);
		else
			add_finding(descent, &findings, site, site.visit - 1, NULL, NULL);
	}
	sites->count = kept;
	for (size_t i = 0; i < findings.count; i++) {
		sites->rows = grow(sites->rows, sites->count, sizeof(*sites->rows));
		sites->rows[sites->count++] = findings.rows[i];
	}
	free(findings.rows);
}

/* Of a part of a tree, only the contexts of the drivers in it are of interest. */
static void note_drivers(struct descent *descent)
{
	const struct selection *selection = descent->survey->selection;

	for (size_t i = 0; i < selection->count - selection->others && selection->others; i++) {
		char *driver = driver_of(descent, i);

		names_add_once(&descent->drivers, driver);
		free(driver);
	}
}

/* What the rules were asked about in the PATHs is analysed for them. */
static void note_analysed(const struct descent *descent, rule_set rules)
{
	struct selection *selection = descent->survey->selection;

	for (size_t i = 0; i < descent->count; i++)
		if (!select_is_other(selection, descent->visits[i].source))
			selection->sources[descent->visits[i].source].rules |= rules;
}

int descend(struct survey *survey, const struct slots *slots, rule_set rules, struct facts *facts,
	    struct error *err)
{
	struct descent descent = { .survey = survey, .slots = slots, .facts = facts };
	size_t first = 0, first_site = facts->sites.count;
	int result;

	note_drivers(&descent);
	result = find_sharing(&descent, err) || find_roots(&descent, err) ? -1 : 0;
	for (unsigned int depth = 0; !result && first < descent.count && depth <= SURE_DEPTH;
	     depth++) {
		size_t next = descent.count;

		result = go_down(&descent, first, depth, err);
		first = next;
	}
	sort(facts->sites.rows + first_site, facts->sites.count - first_site,
	     sizeof(*facts->sites.rows), compare_sites);
	note_analysed(&descent, rules);
	descent.ways.seen = xcalloc(descent.count, sizeof(*descent.ways.seen));
	descent.shared.seen = xcalloc(descent.count, sizeof(*descent.shared.seen));
	put_together(&descent);
	symbols_free(&descent.keys);
	names_free(&descent.drivers);
	names_free(&descent.wrappers);
	names_free(&descent.sharing);
	for (size_t i = 0; i < descent.count; i++)
		free(descent.visits[i].entries);
	free(descent.ways.seen);
	free(descent.shared.seen);
	free(descent.visits);
	return result;
}
