// SPDX-License-Identifier: GPL-2.0-only
#include "judge/wrappers.h"

#include "base/text.h"
#include "run/exports.h"
#include "run/nearby.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A wrapper of wrappers of wrappers... has not been seen as deep as this. */
#define ROUNDS 8

/* Can only its own file call it? */
static bool is_local(const struct fact *fact, const struct selection *selection)
{
	return fact->is_static && !ends_with(selection->sources[fact->source].file, ".h");
}

/* Where a function can be called. */
static size_t scope_of(const struct fact *fact, const struct selection *selection)
{
	return is_local(fact, selection) ? fact->source : EVERYWHERE;
}

static int compare_facts(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int order = strcmp(a->operation, b->operation);

	if (!order)
		order = a->source < b->source ? -1 : a->source > b->source;
	if (!order)
		order = strcmp(a->lock, b->lock);
	return order ? order : strcmp(a->object, b->object);
}

static bool is_same(const struct fact *a, const struct fact *b)
{
	return !strcmp(a->lock, b->lock) && !strcmp(a->object, b->object);
}

/*
 * Is there another function of the same name that files can mean as well, and that does something
 * else? Then a call does not tell which it is.
 */
static bool is_ambiguous(const struct facts *facts, size_t index, const struct selection *selection)
{
	const struct fact *fact = &facts->facts[index];

	if (is_local(fact, selection))
		return false;
	for (size_t i = index; i-- > 0 && !strcmp(facts->facts[i].operation, fact->operation);)
		if (!is_local(&facts->facts[i], selection) && !is_same(&facts->facts[i], fact))
			return true;
	for (size_t i = index + 1;
	     i < facts->count && !strcmp(facts->facts[i].operation, fact->operation); i++)
		if (!is_local(&facts->facts[i], selection) && !is_same(&facts->facts[i], fact))
			return true;
	return false;
}

static void drop_ambiguous(struct facts *facts, const struct selection *selection)
{
	bool *drop = xcalloc(facts->count, sizeof(*drop));

	for (size_t i = 0; i < facts->count; i++)
		drop[i] = is_ambiguous(facts, i, selection);
	facts_drop_marked(facts, drop);
	free(drop);
}

/* Writes what is known to where rules read it. */
static int tell_spatch(const struct wrappers *wrappers, struct survey *survey, struct error *err)
{
	const struct facts *facts = &wrappers->facts;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	int result;

	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->facts[i];
		const struct source *source = &survey->selection->sources[fact->source];
		char *file = is_local(fact, survey->selection)
				     ? stage_name(fact->source, source->name)
				     : xstrdup("*");

		fprintf(out, "%s %s %s %s\n", fact->lock, fact->operation, fact->object, file);
		free(file);
	}
	for (size_t i = 0; i < wrappers->kernel.count; i++) {
		const struct kernel_function *function = &wrappers->kernel.functions[i];

		fprintf(out, "%s %s %s *\n", function->does, function->name, function->object);
		if (function->asserts_until)
			fprintf(out, "asserted-until %s %s *\n", function->name,
				function->asserts_until);
	}
	fclose(out);
	result = survey_tell(survey, "know", text, err);
	free(text);
	return result;
}

/*
 * Does it tell that a function of which something was known does nothing to a lock after all?
 * `context` is nothing.
 */
static bool is_nothing(const void *context, const struct fact *fact)
{
	(void)context;
	return !strcmp(fact->lock, "nothing");
}

static bool is_same_function(const struct fact *a, const struct fact *b)
{
	return a->source == b->source && !strcmp(a->operation, b->operation);
}

/* Is something told of the same function, in `context`, which is facts? */
static bool is_told(const void *context, const struct fact *fact)
{
	const struct facts *facts = context;

	for (size_t i = 0; i < facts->count; i++)
		if (is_same_function(&facts->facts[i], fact))
			return true;
	return false;
}

/* Was this known before, in the same way? */
static bool was_known(const struct facts *before, const struct fact *fact,
		      const struct selection *selection)
{
	for (size_t i = 0; i < before->count; i++)
		if (!strcmp(before->facts[i].operation, fact->operation) &&
		    is_same(&before->facts[i], fact) &&
		    scope_of(&before->facts[i], selection) == scope_of(fact, selection))
			return true;
	return false;
}

/* Is it not what was known? spatch does not know in which file a function was one that did more. */
static bool is_news(const struct facts *before, const struct fact *fact,
		    const struct selection *selection)
{
	return is_nothing(NULL, fact) ? is_told(before, fact) : !was_known(before, fact, selection);
}

/*
 * Can a call of such a function change what the one around is? One that may do something does not
 * make that one such too: it would be half the kernel.
 */
static bool passes_on(const char *does)
{
	return strcmp(does, "require") && !starts_with(does, "may-");
}

/* Does it count for callers what a function does now, or that it does not do what it did? */
static bool concerns_callers(const struct facts *before, const struct fact *fact)
{
	for (size_t i = 0; i < before->count; i++)
		if (is_same_function(&before->facts[i], fact) && passes_on(before->facts[i].lock))
			return true;
	return passes_on(fact->lock);
}

/* Asks who calls a function: its own file only if that does. */
static void ask(struct questions *questions, const struct fact *fact,
		const struct selection *selection)
{
	if (*fact->reason)
		questions_add(questions, fact->operation, scope_of(fact, selection));
	else if (!is_local(fact, selection))
		questions_add_but(questions, fact->operation, fact->source);
}

/* Asks who calls what was not known before, from the table or from an earlier round. */
static struct questions new_questions(const struct facts *before, const struct facts *facts,
				      const struct names *locks, const struct selection *selection)
{
	struct questions questions = { 0 };

	for (size_t i = 0; i < facts->count; i++)
		if (concerns_callers(before, &facts->facts[i]) &&
		    !names_has(locks, facts->facts[i].operation) &&
		    is_news(before, &facts->facts[i], selection))
			ask(&questions, &facts->facts[i], selection);
	return questions;
}

/*
 * What was told before of functions that nothing is told of now stays: spatch only sees those that
 * call what was asked about. Takes over both.
 */
static struct facts merge(struct facts *before, struct facts *now)
{
	struct facts all;

	facts_drop(before, is_told, now);
	facts_drop(now, is_nothing, NULL);
	all = *now;
	facts_move(&all, before);
	free(before->facts);
	if (all.count)
		qsort(all.facts, all.count, sizeof(*all.facts), compare_facts);
	return all;
}

/* One round. Returns the questions of the next, none after an error. */
static struct questions infer_round(struct wrappers *wrappers, struct survey *survey,
				    const struct names *locks, const struct questions *questions,
				    const bool *nearby, int *result, struct error *err)
{
	struct questions next = { 0 };
	struct facts now = { 0 }, all;

	*result = survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_WRAPPERS),
			     questions, (struct survey_details){ .only = nearby }, &now, err);
	if (!*result)
		next = new_questions(&wrappers->facts, &now, locks, survey->selection);
	all = merge(&wrappers->facts, &now);
	drop_ambiguous(&all, survey->selection);
	wrappers->facts = all;
	if (!*result)
		*result = tell_spatch(wrappers, survey, err);
	return next;
}

/* Of what is not in the PATHs, only what is nearby can do something for these. As nearby_find(). */
static bool *find_nearby(const struct survey *survey, const struct questions *questions,
			 struct error *err)
{
	struct names names = { 0 };
	bool *nearby;

	for (size_t i = 0; i < questions->count; i++)
		names_add(&names, questions->questions[i].name);
	nearby = nearby_find(survey, &names, err);
	names_free(&names);
	return nearby;
}

static void add_known(struct names *known, const struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		names_add_once(known, facts->facts[i].operation);
}

/* Do the sources define such a function or macro for all of them? */
static bool is_defined(const struct graph *graph, const char *name)
{
	uint32_t number = graph_name(graph, name);
	struct numbers items = { 0 };

	if (number != NONE)
		items = graph_named(graph, number);
	for (uint32_t i = 0; i < items.count; i++)
		if (!graph_item(graph, items.at[i])->is_local)
			return true;
	return false;
}

/* Takes out of the kernel's functions those that the sources define themselves. */
static int forget_defined(struct kernel_functions *kernel, struct program *program,
			  struct error *err)
{
	bool *defined = xcalloc(kernel->count, sizeof(*defined));
	struct names names = { 0 };
	int result;

	for (size_t i = 0; i < kernel->count; i++)
		names_add(&names, kernel->functions[i].name);
	result = program_read(program, &names, NULL, err);
	names_free(&names);
	for (size_t i = 0; i < kernel->count && !result; i++)
		defined[i] = is_defined(program_graph(program), kernel->functions[i].name);
	kernel_functions_drop(kernel, defined);
	free(defined);
	return result;
}

int wrappers_know_kernel(struct wrappers *wrappers, struct kernel_functions *kernel,
			 struct survey *survey, struct names *known, struct error *err)
{
	wrappers->kernel = *kernel;
	*kernel = (struct kernel_functions){ 0 };
	if (forget_defined(&wrappers->kernel, survey->program, err))
		return -1;
	for (size_t i = 0; i < wrappers->kernel.count; i++)
		names_add_once(known, wrappers->kernel.functions[i].name);
	return tell_spatch(wrappers, survey, err);
}

int wrappers_infer(struct wrappers *wrappers, struct survey *survey, const struct names *locks,
		   const struct convention *convention, struct names *known, struct error *err)
{
	struct questions questions = { 0 };
	bool *nearby = NULL;
	int result = 0;

	for (size_t i = 0; i < locks->count; i++)
		questions_add(&questions, locks->names[i], EVERYWHERE);
	for (size_t i = 0; i < convention->count; i++)
		if (!strcmp(convention->rows[i].clause, IMPORTER_FREE))
			questions_add(&questions, convention->rows[i].api, EVERYWHERE);

	for (size_t i = 0; i < wrappers->kernel.count; i++)
		if (passes_on(wrappers->kernel.functions[i].does))
			questions_add(&questions, wrappers->kernel.functions[i].name, EVERYWHERE);

	if (survey->selection->others) {
		nearby = find_nearby(survey, &questions, err);
		result = nearby ? 0 : -1;
	}
	survey->settled = true;
	for (unsigned int round = 1; !result && questions.count && round <= ROUNDS; round++) {
		struct questions next;

		survey->round = round;
		next = infer_round(wrappers, survey, locks, &questions, nearby, &result, err);
		add_known(known, &wrappers->facts);
		questions_free(&questions);
		questions = next;
	}
	if (!result && questions.count && survey->verbose)
		fprintf(stderr, "resvlint: wrappers: %zu names not asked: more than %u rounds\n",
			questions.count, ROUNDS);
	questions_free(&questions);
	free(nearby);
	return result;
}

void wrappers_free(struct wrappers *wrappers)
{
	kernel_functions_free(&wrappers->kernel);
	facts_free(&wrappers->facts);
}

static bool is_one_of(const char *does, const char *const *list)
{
	for (size_t i = 0; list[i]; i++)
		if (!strcmp(list[i], does))
			return true;
	return false;
}

void wrappers_add_names(const struct wrappers *wrappers, const char *const *does,
			const struct selection *selection, struct names *locks)
{
	for (size_t i = 0; i < wrappers->facts.count; i++) {
		const struct fact *fact = &wrappers->facts.facts[i];

		if (!is_local(fact, selection) && is_one_of(fact->lock, does))
			names_add(locks, fact->operation);
	}
	for (size_t i = 0; i < wrappers->kernel.count; i++)
		if (is_one_of(wrappers->kernel.functions[i].does, does) ||
		    (wrappers->kernel.functions[i].asserts_until && is_one_of("require", does)))
			names_add(locks, wrappers->kernel.functions[i].name);
}

/* Is it defined in a header that code outside of the kernel can include? */
static bool is_inline(const struct fact *fact, const struct selection *selection)
{
	const char *file = selection->sources[fact->source].file;

	return starts_with(file, "include/") && ends_with(file, ".h");
}

/* Was it before this one, in the same source, in another branch of a conditional? */
static bool is_repeated(const struct facts *facts, size_t index)
{
	return index && !strcmp(facts->facts[index - 1].operation, facts->facts[index].operation);
}

int wrappers_exported(const struct wrappers *wrappers, const struct survey *survey,
		      const struct names *known, struct kernel_functions *functions,
		      struct error *err)
{
	const struct facts *facts = &wrappers->facts;
	struct names names = { 0 };
	bool *marked;
	int result;

	*functions = (struct kernel_functions){ 0 };
	for (size_t i = 0; i < facts->count; i++)
		names_add(&names, facts->facts[i].operation);
	marked = xcalloc(names.count, sizeof(*marked));
	result = exports_mark(survey, &names, marked, err);
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->facts[i];

		if ((marked[i] || is_inline(fact, survey->selection)) &&
		    !is_local(fact, survey->selection) && !is_repeated(facts, i) &&
		    !names_has(known, fact->operation))
			kernel_functions_add(functions, fact->operation, fact->lock, fact->object,
					     *fact->message ? fact->message : "-",
					     survey->selection->sources[fact->source].file);
	}
	names_free(&names);
	free(marked);
	return result;
}

void wrappers_print(const struct wrappers *wrappers, const struct selection *selection)
{
	for (size_t i = 0; i < wrappers->facts.count; i++) {
		const struct fact *fact = &wrappers->facts.facts[i];

		fprintf(stderr, "resvlint: inferred: %s() %s, ", fact->operation, fact->lock);
		if (*fact->object == 'r')
			fputs("what it returns, ", stderr);
		else if (strcmp(fact->object, "0"))
			fprintf(stderr, "parameter %.*s, ", (int)strspn(fact->object, "0123456789"),
				fact->object);
		text_print(stderr, selection->sources[fact->source].name);
		fprintf(stderr, ":%u\n", fact->line);
	}
}

/* Does a function take the lock inside, or call what wants it free? */
static bool has_inside(const char *does)
{
	return !strcmp(does, "locks") || starts_with(does, "wants-free");
}

/* What is known of the function that a name means in a source; NULL if that is nothing. */
static const struct fact *find(const struct wrappers *wrappers, const char *name, size_t source,
			       const struct selection *selection)
{
	const struct fact *found = NULL;

	for (size_t i = 0; i < wrappers->facts.count; i++) {
		const struct fact *fact = &wrappers->facts.facts[i];

		if (strcmp(fact->operation, name))
			continue;
		if (fact->source == source)
			return fact;
		if (!is_local(fact, selection))
			found = fact;
	}
	return found;
}

/*
 * The call by which the function that a name means in a source does so inside; its `call`
 * is "" if that is not known. Returns whether it does.
 */
static bool find_inside(const struct wrappers *wrappers, const char *name, size_t source,
			const struct selection *selection, struct link *inside)
{
	const struct fact *fact = find(wrappers, name, source, selection);
	const struct kernel_function *function =
		fact ? NULL : kernel_functions_find(&wrappers->kernel, name);

	*inside = (struct link){ .kind = LINK_INSIDE, .source = source, .lock = "" };
	if (fact) {
		inside->source = fact->source;
		inside->line = fact->lock_line;
		inside->function = fact->operation;
		inside->call = fact->message;
	} else if (function) {
		inside->kernel_file = function->file;
		inside->function = function->name;
		inside->call = strcmp(function->calls, "-") ? function->calls : "";
	}
	return (fact && has_inside(fact->lock)) || (function && has_inside(function->does));
}

static void explain(const struct wrappers *wrappers, struct fact *fact,
		    const struct selection *selection)
{
	struct link inside;
	bool more = find_inside(wrappers, fact->operation, fact->source, selection, &inside);

	if (!more ||
	    (fact->chain_length && fact->chain[fact->chain_length - 1].kind == LINK_INSIDE))
		return;
	if (!fact->chain_length)
		fact_end_way(fact);
	for (size_t i = 0; i < ROUNDS && more && *inside.call; i++) {
		fact_add_link(fact, inside);
		more = find_inside(wrappers, inside.call, inside.source, selection, &inside);
	}
}

void wrappers_explain(const struct wrappers *wrappers, const struct selection *selection,
		      struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->facts[i].kind == FACT_FINDING)
			explain(wrappers, &facts->facts[i], selection);
}
