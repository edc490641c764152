// SPDX-License-Identifier: GPL-2.0-only
#include "judge/down.h"

#include "graph/walk.h"
#include "run/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * No way that was found true is longer than these, in calls: most that are lead to what is made
 * once. Ways of calls by name alone may be.
 */
#define DEPTH 4
#define LIKELY_DEPTH 5
#define SURE_DEPTH LONGEST_WAY
/* A call through a member that as many functions can be behind, or more, tells little. */
#define MANY 9

/* What is asked of spatch. */

/* The context of a visit, as it is asked about. The caller frees. */
static char *context_text(const struct descent *descent, const struct visit *visit)
{
	const struct graph *graph = program_graph(descent->survey->program);
	uint32_t number;
	char *signals, *text;

	if (strcmp(visit->context, UNTIL_CONTEXT) != 0)
		return xstrdup(visit->context);
	number = graph_function_at(graph, visit->source, visit->line);
	signals = signals_text(&descent->signals, descent->drivers, visit->driver, number,
			       visit->depth);
	text = xasprintf("%s:%s", visit->context, signals);
	free(signals);
	return text;
}

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
		char *file, *context;

		if (visit->is_left)
			continue;
		file = stage_name(visit->source, descent_source(descent, visit->source)->name);
		context = context_text(descent, visit);
		fprintf(out, "below %s %s %zu %s %s %s\n", file, visit->function, i + 1, context,
			visit->values, visit->once);
		free(context);
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
	const struct survey_details details = { .only = only,
						.text = text,
						.is_about_bodies = true };
	int result;

	for (size_t i = first; i < descent->count; i++) {
		if (descent->visits[i].is_left)
			continue;
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

/* The first edge of the function of a visit, of `*count`. */
static uint32_t edges_of(const struct descent *descent, size_t visit, uint32_t *count)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct visit *at = &descent->visits[visit - 1];
	uint32_t number = graph_function_at(graph, at->source, at->line);

	*count = number == NONE ? 0 : graph_item(graph, number)->edge_count;
	return number == NONE ? NONE : graph_item(graph, number)->first_edge;
}

/* Does an edge of its function make the call of a step? */
static bool makes(const struct graph *graph, const struct edge *edge,
		  const struct descent_call *step)
{
	return edge->line == step->at.line && !strcmp(graph_text(graph, edge->name), step->word);
}

/* May what a step passes on be called at once, as kref_put() does with the last reference? */
static bool calls_back(const struct descent *descent, const struct descent_call *step)
{
	enum lock_state state;
	char *slot = xasprintf("%s()", step->word);
	bool is_called = slots_find(descent->slots, slot, &state) && state == STATE_INHERITED;

	free(slot);
	return is_called;
}

/* Adds the name of a function that an edge passes on, if no source defines one. */
static void add_undefined(const struct graph *graph, uint32_t edge, struct names *words)
{
	uint32_t name = graph_edge(graph, edge)->name;

	if (!graph_named(graph, name).count)
		names_add_once(words, graph_text(graph, name));
}

static void add_runs(const struct descent *descent, uint32_t call, struct names *words)
{
	const struct graph *graph = program_graph(descent->survey->program);
	size_t count;
	uint32_t *runs = graph_bound(graph, call, &descent->waits.binders, &count);

	for (size_t i = 0; i < count; i++)
		add_undefined(graph, runs[i], words);
	free(runs);
}

/*
 * Adds the words by which the sources are found that define what is called where a step passes it
 * on, or waits for work that runs it. `is_work_read`: what says which functions these are is read.
 */
static void add_passed(const struct descent *descent, const struct descent_call *step,
		       bool is_work_read, struct names *words)
{
	const struct graph *graph = program_graph(descent->survey->program);
	bool is_passed = calls_back(descent, step);
	uint32_t count, first;

	if (!is_passed && !names_has(&descent->waits.functions, step->word))
		return;
	first = edges_of(descent, step->visit, &count);
	for (uint32_t i = first; i < first + count; i++) {
		if (!makes(graph, graph_edge(graph, i), step))
			continue;
		for (uint32_t j = i; is_passed && (j = graph_next_passed(graph, i, j)) != NONE;)
			add_undefined(graph, j, words);
		if (!is_passed && is_work_read)
			add_runs(descent, i, words);
		else if (!is_passed)
			graph_add_work(graph, i, words);
	}
}

/* Likewise for a step that resumes a device. */
static void add_resumed(const struct descent *descent, const struct descent_call *step,
			bool is_work_read, struct names *words)
{
	if (!names_has(&descent->resumes.functions, step->word))
		return;
	if (is_work_read)
		resumes_add_undefined(&descent->resumes, program_graph(descent->survey->program),
				      descent->drivers, descent->visits[step->visit - 1].driver,
				      words);
	else
		resumes_add_words(&descent->resumes, words);
}

/*
 * Reads the sources that define what is called where steps wait for work, or resume a device, and
 * once more: what resumes a device is told from others by what it calls.
 */
static int read_waited(struct descent *descent, size_t first_step, const bool *only,
		       struct error *err)
{
	int result = 0;

	for (unsigned int round = 0; round < 2 && !result; round++) {
		struct names words = { 0 };

		for (size_t i = first_step; i < descent->facts->steps.count; i++) {
			add_passed(descent, &descent->facts->steps.rows[i], true, &words);
			add_resumed(descent, &descent->facts->steps.rows[i], true, &words);
		}
		if (words.count)
			result = program_read(descent->survey->program, &words, NULL, only, err);
		names_free(&words);
	}
	return result;
}

/* Reads the sources that can define, or hold in a structure, what is called. */
static int read_callees(struct descent *descent, size_t first_step, struct error *err)
{
	const struct descent_calls *steps = &descent->facts->steps;
	struct names words = { 0 }, drivers = { 0 };
	struct symbols seen = { 0 };
	bool *only;
	int result;

	for (size_t i = first_step; i < steps->count; i++) {
		const struct descent_call *step = &steps->rows[i];
		uint32_t count = seen.count;

		names_add_once(&drivers, descent->visits[step->visit - 1].driver);
		symbols_intern(&seen, step->word, strlen(step->word));
		if (*step->word && seen.count > count)
			names_add(&words, step->word);
		add_passed(descent, step, false, &words);
		add_resumed(descent, step, false, &words);
	}
	only = drivers_near(descent->drivers, &drivers);
	result = program_read(descent->survey->program, &words, NULL, only, err) ||
				 read_waited(descent, first_step, only, err)
			 ? -1
			 : 0;
	symbols_free(&seen);
	names_free(&drivers);
	names_free(&words);
	free(only);
	return result;
}

/* The context of what is called in another. */
static const char *context_below(struct facts *facts, const char *context,
				 const struct descent_call *step)
{
	const char *colon = strchr(context, ':'), *kept;
	char *whole;

	if (*step->context)
		return step->context;
	if (!colon || !strcmp(context, BEFORE_CONTEXT))
		return context;
	whole = xstrndup(context, (size_t)(colon - context));
	kept = facts_keep(facts, whole);
	free(whole);
	return kept;
}

/* How long a way may be of which all calls are as sure as this. */
static unsigned int longest_way(enum confidence confidence)
{
	if (confidence < CONFIDENCE_MEDIUM)
		return DEPTH;
	return confidence < CONFIDENCE_HIGH ? LIKELY_DEPTH : SURE_DEPTH + 1;
}

/*
 * Does a call in a visit count for how deep a way is, of this confidence? On those of low
 * confidence, such as that from a last reference to what frees the object, what drivers share leads
 * only back to the driver.
 */
static bool counts(const struct descent *descent, const struct visit *visit,
		   enum confidence confidence)
{
	return confidence > CONFIDENCE_LOW || !drivers_is_shared(descent->drivers, visit->source);
}

/* `confidence` is that the call is one of this function, or waits for it. */
static void add_callee(struct descent *descent, const struct descent_call *step, uint32_t number,
		       enum link_kind kind, enum confidence confidence)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct item *callee = graph_item(graph, number);
	const struct visit visit = descent->visits[step->visit - 1];
	enum confidence least = confidence < visit.confidence ? confidence : visit.confidence;
	struct visit next;
	struct entry entry;

	if (*step->once == '=' ||
	    (confidence < CONFIDENCE_HIGH && context_is_before_signal(visit.context)))
		least = CONFIDENCE_LOW;
	if (visit.depth >= longest_way(least))
		return;
	if (callee->kind != ITEM_FUNCTION ||
	    !drivers_is_near(descent->drivers, visit.driver, callee->source))
		return;
	/* A function whose signal is too far off has no part in the context. */
	if (!strcmp(step->context, UNTIL_CONTEXT) &&
	    !signals_by(&descent->signals, graph, number, visit.depth + 1))
		return;
	next = (struct visit){
		.source = callee->source,
		.line = callee->name_line,
		.function = facts_keep(descent->facts, graph_text(graph, callee->name)),
		.context = context_below(descent->facts, visit.context, step),
		.values = step->values,
		.once = step->once,
		.driver = visit.driver,
		.depth = visit.depth + counts(descent, &visit, least),
		.confidence = least,
		.is_resumed =
			visit.is_resumed || names_has(&descent->resumes.functions, step->word),
	};
	entry = (struct entry){
		.from = step->visit - 1,
		.link = { .kind = kind,
			  .at = step->at,
			  .function = visit.function,
			  .call = step->callee,
			  .state = STATE_INHERITED,
			  .lock = "" },
	};
	if (least > CONFIDENCE_LOW)
		descent_add(descent, next, entry);
	else
		descent_add_later(descent, next, entry);
}

/* The source of the table that puts a function where it is called from; of the function itself if
 * none does. */
static size_t table_of(const struct descent *descent, const struct graph_call *call)
{
	const struct graph *graph = program_graph(descent->survey->program);
	uint32_t item = call->stored == NONE ? call->callee : graph_edge(graph, call->stored)->item;

	return graph_item(graph, item)->source;
}

/* A macro may stand in others, so many deep. */
#define MACROS 4

/* Is something of code that a driver comes to? What a macro fills in is of where the macro stands.
 */
static bool is_of_driver(const struct descent *descent, const char *driver, uint32_t number,
			 unsigned int left)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const struct item *item = graph_item(graph, number);
	struct numbers uses;

	if (!drivers_is_near(descent->drivers, driver, item->source))
		return false;
	if (item->kind != ITEM_MACRO)
		return true;
	uses = graph_uses(graph, item->name);
	for (uint32_t i = 0; i < uses.count && left; i++)
		if (is_of_driver(descent, driver, graph_edge(graph, uses.at[i])->item, left - 1))
			return true;
	return false;
}

/* Can code of a driver come to a function by a call? Not to one that another driver put there. */
static bool is_possible(const struct descent *descent, const char *driver,
			const struct graph_call *call)
{
	const struct graph *graph = program_graph(descent->survey->program);

	return drivers_is_near(descent->drivers, driver, graph_item(graph, call->callee)->source) &&
	       (call->stored == NONE ||
		is_of_driver(descent, driver, graph_edge(graph, call->stored)->item, MACROS));
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
	if (possible >= MANY || drivers_is_shared(descent->drivers, table_of(descent, call)))
		return CONFIDENCE_LOW;
	return CONFIDENCE_MEDIUM;
}

/* Does shared code put a function where it is called, for drivers that ask for that? */
static bool is_helper(const struct descent *descent, const struct graph_call *call)
{
	return call->stored != NONE && drivers_is_shared(descent->drivers, table_of(descent, call));
}

/* Adds the sources of shared code that put there what a step may call. */
static void add_helpers(struct descent *descent, const struct descent_call *step)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const char *driver = descent->visits[step->visit - 1].driver;
	uint32_t count, first = edges_of(descent, step->visit, &count);

	for (uint32_t i = first; i < first + count; i++) {
		struct graph_calls calls = { 0 };

		if (makes(graph, graph_edge(graph, i), step))
			graph_called_by(graph, i, LINK_THROUGH | LINK_VARIABLE, &calls);
		for (size_t j = 0; j < calls.count; j++)
			if (is_helper(descent, &calls.calls[j]) &&
			    is_possible(descent, driver, &calls.calls[j]))
				helpers_add(&descent->helpers, driver,
					    (uint32_t)table_of(descent, &calls.calls[j]));
		free(calls.calls);
	}
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
		if (is_possible(descent, driver, &calls.calls[i]) &&
		    (!is_helper(descent, &calls.calls[i]) ||
		     helpers_is_used(&descent->helpers, driver,
				     (uint32_t)table_of(descent, &calls.calls[i]))))
			add_callee(descent, step, calls.calls[i].callee, LINK_CALL,
				   confidence_behind(descent, &calls.calls[i], possible));
	free(calls.calls);
}

/* The functions that a call passes on, and that may be called at once. */
static void follow_passed(struct descent *descent, const struct descent_call *step, uint32_t call)
{
	const struct graph *graph = program_graph(descent->survey->program);

	for (uint32_t i = call; (i = graph_next_passed(graph, call, i)) != NONE;) {
		const struct edge *edge = graph_edge(graph, i);
		struct numbers meant =
			graph_meant(graph, edge->name, graph_item(graph, edge->item)->source);

		for (uint32_t j = 0; j < meant.count; j++)
			add_callee(descent, step, meant.at[j], LINK_CALL, CONFIDENCE_LOW);
	}
}

/* What work runs that a call waits for. */
static void follow_waited(struct descent *descent, const struct descent_call *step, uint32_t call)
{
	const struct graph *graph = program_graph(descent->survey->program);
	const char *driver = descent->visits[step->visit - 1].driver;
	size_t count;
	uint32_t *runs = graph_bound(graph, call, &descent->waits.binders, &count);

	for (size_t i = 0; i < count; i++) {
		const struct edge *pass = graph_edge(graph, runs[i]);
		uint32_t source = graph_item(graph, pass->item)->source;
		struct numbers meant = graph_meant(graph, pass->name, source);

		for (uint32_t j = 0; j < meant.count; j++)
			if (drivers_is_near(descent->drivers, driver, source))
				add_callee(descent, step, meant.at[j], LINK_WAIT,
					   CONFIDENCE_MEDIUM);
	}
	free(runs);
}

/* What is called to resume a device. */
static void follow_resumed(struct descent *descent, const struct descent_call *step, uint32_t call)
{
	size_t count;
	struct resumed *resumed = resumes_find(
		&descent->resumes, program_graph(descent->survey->program), descent->drivers,
		descent->visits[step->visit - 1].driver, call, &count);

	for (size_t i = 0; i < count; i++)
		add_callee(descent, step, resumed[i].item, LINK_CALL, resumed[i].confidence);
	free(resumed);
}

/* The functions that a call in a visit can call, by the graph. */
static void follow(struct descent *descent, const struct descent_call *step)
{
	const struct graph *graph = program_graph(descent->survey->program);
	uint32_t count, first = edges_of(descent, step->visit, &count);

	for (uint32_t i = first; i < first + count; i++) {
		const struct edge *edge = graph_edge(graph, i);

		if (!makes(graph, edge, step))
			continue;
		if (waits_for_work(&descent->waits, graph, edge)) {
			follow_waited(descent, step, i);
			continue;
		}
		if (calls_back(descent, step))
			follow_passed(descent, step, i);
		if (names_has(&descent->resumes.functions, step->word))
			follow_resumed(descent, step, i);
		follow_edge(descent, step, i);
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

int down_level(struct descent *descent, size_t first, unsigned int depth, struct error *err)
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
	for (size_t i = first_step;
	     i < descent->facts->steps.count && descent->least == CONFIDENCE_LOW; i++)
		add_helpers(descent, &descent->facts->steps.rows[i]);
	if (helpers_find(&descent->helpers, descent->drivers, err))
		return -1;
	for (size_t i = first_step; i < descent->facts->steps.count; i++)
		follow(descent, &descent->facts->steps.rows[i]);
	return 0;
}

int down_go(struct descent *descent, struct error *err)
{
	size_t first = 0;
	int result = 0;

	for (unsigned int depth = 0; !result && first < descent->count && depth <= SURE_DEPTH;
	     depth++) {
		size_t next = descent->count;

		result = down_level(descent, first, depth, err);
		first = next;
	}
	for (unsigned int depth = 1; !result && descent->later_count && depth <= SURE_DEPTH;
	     depth++) {
		first = descent->count;
		descent_take_later(descent);
		result = down_level(descent, first, depth, err);
	}
	return result;
}
