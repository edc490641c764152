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

/* What a macro that stands before a statement does: its parameter is the macro's text. */
#define BLOCK "block"

/* What a function does that does something for some values of its arguments alone. */
#define DEPENDS "depends"

/* Before what a prototype says that its function does. */
#define SAYS "says-"

/* Can only its own file call it? */
static bool is_local(const struct effect *effect, const struct selection *selection)
{
	return effect->is_static && !ends_with(selection->sources[effect->at.source].file, ".h");
}

/* Where a function can be called. */
static size_t scope_of(const struct effect *effect, const struct selection *selection)
{
	return is_local(effect, selection) ? effect->at.source : EVERYWHERE;
}

static int compare_effects(const void *left, const void *right)
{
	const struct effect *a = left, *b = right;
	int order = strcmp(a->function, b->function);

	if (!order)
		order = a->at.source < b->at.source ? -1 : a->at.source > b->at.source;
	if (!order)
		order = strcmp(a->does, b->does);
	return order ? order : strcmp(a->parameter, b->parameter);
}

static bool is_same(const struct effect *a, const struct effect *b)
{
	return !strcmp(a->does, b->does) && !strcmp(a->parameter, b->parameter);
}

/* Is it what a prototype says, not what a body does? The function that is meant has its own row. */
static bool is_said(const struct effect *effect)
{
	return starts_with(effect->does, SAYS);
}

/* Does what can be called by the same name in any file do something else? */
static bool is_other(const struct effect *effect, const struct effect *of,
		     const struct selection *selection)
{
	return !is_local(effect, selection) && !is_same(effect, of) &&
	       is_said(effect) == is_said(of);
}

/*
 * Is there another function of the same name that files can mean as well, and that does something
 * else? Then a call does not tell which it is.
 */
static bool is_ambiguous(const struct effects *effects, size_t index,
			 const struct selection *selection)
{
	const struct effect *rows = effects->rows, *effect = &rows[index];

	if (is_local(effect, selection))
		return false;
	for (size_t i = index; i-- > 0 && !strcmp(rows[i].function, effect->function);)
		if (is_other(&rows[i], effect, selection))
			return true;
	for (size_t i = index + 1;
	     i < effects->count && !strcmp(rows[i].function, effect->function); i++)
		if (is_other(&rows[i], effect, selection))
			return true;
	return false;
}

static void drop_ambiguous(struct effects *effects, const struct selection *selection)
{
	bool *drop = xcalloc(effects->count, sizeof(*drop));
	size_t kept = 0;

	for (size_t i = 0; i < effects->count; i++)
		drop[i] = is_ambiguous(effects, i, selection);
	for (size_t i = 0; i < effects->count; i++)
		if (!drop[i])
			effects->rows[kept++] = effects->rows[i];
	effects->count = kept;
	free(drop);
}

/* Writes what is known to where rules read it. */
static int tell_spatch(const struct wrappers *wrappers, struct survey *survey, struct error *err)
{
	const struct effects *effects = &wrappers->facts.effects;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	int result;

	for (size_t i = 0; i < effects->count; i++) {
		const struct effect *effect = &effects->rows[i];
		const struct source *source = &survey->selection->sources[effect->at.source];
		char *file = is_local(effect, survey->selection)
				     ? stage_name(effect->at.source, source->name)
				     : xstrdup("*");

		fprintf(out, "%s %s %s %s\n", effect->does, effect->function, effect->parameter,
			file);
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

/* Does a function of which something was known do nothing to a lock after all? */
static bool is_nothing(const struct effect *effect)
{
	return !strcmp(effect->does, "nothing");
}

static bool is_same_function(const struct effect *a, const struct effect *b)
{
	return a->at.source == b->at.source && !strcmp(a->function, b->function);
}

/* Is an effect of the same function among some? */
static bool has_function(const struct effects *effects, const struct effect *effect)
{
	for (size_t i = 0; i < effects->count; i++)
		if (is_same_function(&effects->rows[i], effect))
			return true;
	return false;
}

/* Was this known before, in the same way? */
static bool was_known(const struct effects *before, const struct effect *effect,
		      const struct selection *selection)
{
	for (size_t i = 0; i < before->count; i++)
		if (!strcmp(before->rows[i].function, effect->function) &&
		    is_same(&before->rows[i], effect) &&
		    scope_of(&before->rows[i], selection) == scope_of(effect, selection))
			return true;
	return false;
}

/* Is it not what was known? spatch does not know in which file a function was one that did more. */
static bool is_news(const struct effects *before, const struct effect *effect,
		    const struct selection *selection)
{
	return is_nothing(effect) ? has_function(before, effect)
				  : !was_known(before, effect, selection);
}

/* Does it depend on the values of its arguments what a function does? */
static bool has_cases(const struct effect *effect)
{
	return strchr(effect->parameter, ';');
}

/*
 * Can a call of what does this change what the one around is? One that may do something does not
 * make that one such too: it would be half the kernel.
 */
static bool passes_on(const char *does)
{
	if (starts_with(does, SAYS))
		does += strlen(SAYS);
	return strcmp(does, "must-hold") && !starts_with(does, "may-");
}

static bool is_passed_on(const struct effect *effect)
{
	return passes_on(effect->does) || has_cases(effect);
}

/* Does it count for callers what a function does now, or that it does not do what it did? */
static bool concerns_callers(const struct effects *before, const struct effect *effect)
{
	for (size_t i = 0; i < before->count; i++)
		if (is_same_function(&before->rows[i], effect) && is_passed_on(&before->rows[i]))
			return true;
	return is_passed_on(effect);
}

/* Asks who calls a function: its own file only if that does. */
static void ask(struct questions *questions, const struct effect *effect,
		const struct selection *selection)
{
	if (effect->is_called_here)
		questions_add(questions, effect->function, scope_of(effect, selection));
	else if (!is_local(effect, selection))
		questions_add_but(questions, effect->function, effect->at.source);
}

/* Asks who calls what was not known before, from the table or from an earlier round. */
static struct questions new_questions(const struct effects *before, const struct effects *now,
				      const struct names *locks, const struct selection *selection)
{
	struct questions questions = { 0 };

	for (size_t i = 0; i < now->count; i++) {
		const struct effect *effect = &now->rows[i];

		if (concerns_callers(before, effect) && !names_has(locks, effect->function) &&
		    is_news(before, effect, selection))
			ask(&questions, effect, selection);
	}
	return questions;
}

/*
 * Puts together the effects that were known before with those of a round, which are behind them.
 * What was known of functions that nothing is told of now stays: spatch only sees those that call
 * what was asked about.
 */
static void merge(struct effects *effects, const struct effects *before, const struct effects *now)
{
	size_t kept = 0;

	for (size_t i = 0; i < before->count; i++)
		if (!has_function(now, &before->rows[i]))
			effects->rows[kept++] = before->rows[i];
	for (size_t i = 0; i < now->count; i++)
		if (!is_nothing(&now->rows[i]))
			effects->rows[kept++] = now->rows[i];
	effects->count = kept;
	sort(effects->rows, kept, sizeof(*effects->rows), compare_effects);
}

/* One round. Returns the questions of the next, none after an error. */
static struct questions infer_round(struct wrappers *wrappers, struct survey *survey,
				    const struct names *locks, const struct questions *questions,
				    const bool *nearby, int *result, struct error *err)
{
	struct effects *effects = &wrappers->facts.effects, before = *effects, now;
	struct questions next = { 0 };

	*result = survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_WRAPPERS),
			     questions, (struct survey_details){ .only = nearby }, &wrappers->facts,
			     err);
	before.rows = effects->rows;
	now = (struct effects){ effects->rows + before.count, effects->count - before.count };
	if (!*result)
		next = new_questions(&before, &now, locks, survey->selection);
	merge(effects, &before, &now);
	drop_ambiguous(effects, survey->selection);
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

static void add_known(struct names *known, const struct effects *effects)
{
	for (size_t i = 0; i < effects->count; i++)
		names_add_once(known, effects->rows[i].function);
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
	result = program_read(program, &names, NULL, NULL, err);
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
		add_known(known, &wrappers->facts.effects);
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

/* Does a function do one of some things, for some values of its arguments at least? */
static bool can_do(const struct effect *effect, const char *const *does)
{
	bool found = is_one_of(effect->does, does);

	for (size_t i = 0; does[i] && !found && has_cases(effect); i++) {
		char *word = xasprintf(":%s:", does[i]);

		found = strstr(effect->parameter, word);
		free(word);
	}
	return found;
}

void wrappers_add_names(const struct wrappers *wrappers, const char *const *does,
			const struct selection *selection, struct names *locks)
{
	for (size_t i = 0; i < wrappers->facts.effects.count; i++) {
		const struct effect *effect = &wrappers->facts.effects.rows[i];

		if (!is_local(effect, selection) && can_do(effect, does))
			names_add(locks, effect->function);
	}
	for (size_t i = 0; i < wrappers->kernel.count; i++)
		if (is_one_of(wrappers->kernel.functions[i].does, does) ||
		    (wrappers->kernel.functions[i].asserts_until && is_one_of("must-hold", does)))
			names_add(locks, wrappers->kernel.functions[i].name);
}

/* Is it defined in a header that code outside of the kernel can include? */
static bool is_inline(const struct effect *effect, const struct selection *selection)
{
	const char *file = selection->sources[effect->at.source].file;

	return starts_with(file, "include/") && ends_with(file, ".h");
}

/* Was it before this one, in the same source, in another branch of a conditional? */
static bool is_repeated(const struct effects *effects, size_t index)
{
	return index && !strcmp(effects->rows[index - 1].function, effects->rows[index].function);
}

/* Is it a function of which the table tells? What depends on values alone is not. */
static bool is_told(const struct effects *effects, size_t index, const struct names *known,
		    const struct selection *selection)
{
	const struct effect *effect = &effects->rows[index];

	return !is_local(effect, selection) && !is_repeated(effects, index) &&
	       strcmp(effect->does, BLOCK) && strcmp(effect->does, DEPENDS) &&
	       !names_has(known, effect->function);
}

static void add_exported(struct kernel_functions *functions, const struct effect *effect,
			 const struct selection *selection)
{
	char *object = xstrndup(effect->parameter, strcspn(effect->parameter, ";"));

	kernel_functions_add(functions, effect->function,
			     effect->does + (is_said(effect) ? strlen(SAYS) : 0), object,
			     *effect->through ? effect->through : "-",
			     selection->sources[effect->at.source].file);
	free(object);
}

int wrappers_exported(const struct wrappers *wrappers, const struct survey *survey,
		      const struct names *known, struct kernel_functions *functions,
		      struct error *err)
{
	const struct effects *effects = &wrappers->facts.effects;
	struct names names = { 0 };
	bool *marked;
	int result;

	*functions = (struct kernel_functions){ 0 };
	for (size_t i = 0; i < effects->count; i++)
		names_add(&names, effects->rows[i].function);
	marked = xcalloc(names.count, sizeof(*marked));
	result = exports_mark(survey, &names, marked, err);
	for (size_t i = 0; i < effects->count; i++)
		if ((marked[i] || is_inline(&effects->rows[i], survey->selection)) &&
		    is_told(effects, i, known, survey->selection))
			add_exported(functions, &effects->rows[i], survey->selection);
	names_free(&names);
	free(marked);
	return result;
}

void wrappers_print(const struct wrappers *wrappers, const struct selection *selection)
{
	for (size_t i = 0; i < wrappers->facts.effects.count; i++) {
		const struct effect *effect = &wrappers->facts.effects.rows[i];

		fprintf(stderr, "resvlint: inferred: %s() %s, ", effect->function, effect->does);
		if (*effect->parameter == 'r')
			fputs("what it returns, ", stderr);
		else if (strcmp(effect->parameter, "0") && strcmp(effect->does, BLOCK))
			fprintf(stderr, "parameter %.*s, ",
				(int)strspn(effect->parameter, "0123456789"), effect->parameter);
		text_print(stderr, selection->sources[effect->at.source].name);
		fprintf(stderr, ":%u\n", effect->at.line);
	}
}

/* Does a function take the lock inside, or call what wants it free, for some values at least? */
static bool has_inside(const char *does)
{
	return !strcmp(does, "acquire-inside") || !strcmp(does, DEPENDS) ||
	       starts_with(does, "must-not-hold");
}

/* What is known of the function that a name means in a source; NULL if that is nothing. */
static const struct effect *find(const struct wrappers *wrappers, const char *name, size_t source,
				 const struct selection *selection)
{
	const struct effect *found = NULL;

	for (size_t i = 0; i < wrappers->facts.effects.count; i++) {
		const struct effect *effect = &wrappers->facts.effects.rows[i];

		if (strcmp(effect->function, name))
			continue;
		if (effect->at.source == source)
			return effect;
		if (!is_local(effect, selection))
			found = effect;
	}
	return found;
}

/*
 * The call by which the function that a name means in a source does so inside; its `call` is "" if
 * that is not known. Returns whether it does.
 */
static bool find_inside(const struct wrappers *wrappers, const char *name, size_t source,
			const struct selection *selection, struct link *inside)
{
	const struct effect *effect = find(wrappers, name, source, selection);
	const struct kernel_function *function =
		effect ? NULL : kernel_functions_find(&wrappers->kernel, name);

	*inside = (struct link){ .kind = LINK_INSIDE, .at = { source, 0, 0 }, .lock = "" };
	if (effect) {
		inside->at = (struct position){ effect->at.source, effect->through_line, 0 };
		inside->function = effect->function;
		inside->call = effect->through;
	} else if (function) {
		inside->kernel_file = function->file;
		inside->function = function->name;
		inside->call = strcmp(function->calls, "-") ? function->calls : "";
	}
	return (effect && has_inside(effect->does)) || (function && has_inside(function->does));
}

static void explain(const struct wrappers *wrappers, struct site *site,
		    const struct selection *selection)
{
	struct link inside;
	bool more = site->state == STATE_HELD &&
		    find_inside(wrappers, site->operation, site->at.source, selection, &inside);

	if (!more ||
	    (site->chain_length && site->chain[site->chain_length - 1].kind == LINK_INSIDE))
		return;
	if (!site->chain_length)
		site_end_way(site);
	for (size_t i = 0; i < ROUNDS && more && *inside.call; i++) {
		site_add_link(site, inside);
		more = find_inside(wrappers, inside.call, inside.at.source, selection, &inside);
	}
}

void wrappers_explain(const struct wrappers *wrappers, const struct selection *selection,
		      struct sites *sites)
{
	for (size_t i = 0; i < sites->count; i++)
		if (sites->rows[i].is_finding)
			explain(wrappers, &sites->rows[i], selection);
}
