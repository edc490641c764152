// SPDX-License-Identifier: GPL-2.0-only
#include "judge/callers.h"

#include "run/uses.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More rounds, or more names in one, would cost more than they tell. */
#define ROUNDS 16
#define NAMES 800

/* The places as the collector gets them. The caller frees. */
static char *places_text(const struct uses *uses, const struct selection *selection)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < uses->count; i++) {
		const struct place *place = &uses->places[i];
		char *file = stage_name(place->source, selection->sources[place->source].name);

		fprintf(out, "%s %s %u %u %s %s", place->argument ? "pass" : "at", file,
			place->line, place->column, place->word, place->callee);
		if (place->argument)
			fprintf(out, " %u", place->argument);
		putc('\n', out);
		free(file);
	}
	fclose(out);
	return text;
}

/* The words by which the calls at the places can be found. */
static struct names words_of_places(const struct uses *uses)
{
	struct names words = { 0 };

	for (size_t i = 0; i < uses->count; i++)
		names_add(&words, uses->places[i].word);
	return words;
}

/*
 * The sources in which the graph may not have seen all, and something is named that is asked about:
 * of a member, also a structure with it.
 */
static int mark_broken(const struct questions *questions, const struct survey *survey, bool *only,
		       struct error *err)
{
	const struct selection *selection = survey->selection;
	const struct graph *graph = program_graph(survey->program);
	struct names names = { 0 };
	struct index_query *query;
	struct words *words;

	for (size_t i = 0; i < questions->count; i++)
		if (question_is_member(questions->questions[i].name))
			uses_add_owners(graph, questions->questions[i].name, &names);
		else
			names_add(&names, question_subject(questions->questions[i].name));
	words = words_of_names(&names, err);
	query = words ? index_query_make(words) : NULL;
	for (size_t i = 0; i < selection->count && query; i++)
		only[i] = graph_is_broken(graph, (uint32_t)i) &&
			  index_may_have(&selection->sources[i].index, query);
	index_query_free(query);
	words_free(words);
	names_free(&names);
	return words ? 0 : -1;
}

/*
 * Marks the sources with something to ask: a place, or a definition of what is asked about, which
 * are those from the index `first` on.
 */
static void mark_seen(const struct uses *uses, const struct definitions *definitions, size_t first,
		      bool *only)
{
	for (size_t i = 0; i < uses->count; i++)
		only[uses->places[i].source] = true;
	for (size_t i = first; i < definitions->count; i++)
		only[definitions->rows[i].at.source] = true;
}

/* Asks for the state at the places in some sources, which have a flag each. */
static int ask_states(struct callers *callers, struct survey *survey,
		      const struct questions *questions, const struct uses *uses, const bool *only,
		      struct error *err)
{
	char *text = places_text(uses, survey->selection);
	struct names words = words_of_places(uses);
	const struct survey_details details = { .only = only, .words = &words, .text = text };
	int result = survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_CALLERS),
				questions, details, &callers->facts, err);

	names_free(&words);
	free(text);
	return result;
}

/* Adds where the callers whose callers decide are defined, for the calls from an index on. */
static void add_definitions(struct callers *callers, const struct survey *survey, size_t first)
{
	for (size_t i = first; i < callers->facts.calls.count; i++) {
		const struct call *call = &callers->facts.calls.rows[i];

		if (call->state == STATE_INHERITED)
			uses_add_around(survey, call->at.source, call->at.line, &callers->facts);
	}
}

static int ask(struct callers *callers, struct survey *survey, const struct slots *slots,
	       struct questions *questions, struct error *err)
{
	size_t first_definition = callers->facts.definitions.count, first_call;
	struct uses uses = { 0 };
	int result;

	for (size_t i = 0; i < questions->count; i++)
		questions_add(&callers->asked, questions->questions[i].name,
			      questions->questions[i].source);
	result = uses_find(&uses, &callers->facts, survey, questions, slots, err);
	first_call = callers->facts.calls.count;
	if (!result && questions->count) {
		bool *only = xcalloc(survey->selection->count, sizeof(*only));

		result = mark_broken(questions, survey, only, err);
		mark_seen(&uses, &callers->facts.definitions, first_definition, only);
		if (!result)
			result = ask_states(callers, survey, questions, &uses, only, err);
		free(only);
	}
	if (!result)
		add_definitions(callers, survey, first_call);
	uses_free(&uses);
	return result;
}

/* What is not known yet and has to be; none when it is more than is asked. */
static struct questions next_questions(struct callers *callers, const struct survey *survey,
				       const struct slots *slots, const struct sites *sites,
				       enum confidence least, unsigned int number)
{
	struct knowledge known = { &callers->facts, &callers->asked, survey->selection, slots,
				   callers->under };
	struct questions questions = contexts_questions(&known, sites, least);

	if (number <= ROUNDS && questions.count <= NAMES)
		return questions;
	if (survey->verbose && questions.count)
		fprintf(stderr, "resvlint: callers, round %u: %zu names not asked: more than %s\n",
			number, questions.count, number > ROUNDS ? "16 rounds" : "800 names");
	questions_free(&questions);
	return (struct questions){ 0 };
}

int callers_ask(struct callers *callers, struct survey *survey, const struct slots *slots,
		const struct sites *sites, enum confidence least, struct error *err)
{
	struct questions questions = next_questions(callers, survey, slots, sites, least, 1);
	int result = 0;

	if (questions.count && survey->tree->is_kernel)
		result = select_others(survey->tree, survey->selection, err);
	for (unsigned int number = 1; !result && questions.count; number++) {
		survey->round = number;
		result = ask(callers, survey, slots, &questions, err);
		questions_free(&questions);
		questions = next_questions(callers, survey, slots, sites, least, number + 1);
	}
	questions_free(&questions);
	survey_note_failures(survey);
	return result;
}

void callers_free(struct callers *callers)
{
	questions_free(&callers->asked);
	facts_free(&callers->facts);
}
