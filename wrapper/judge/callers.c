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
 * The sources with something to ask: a place, or a definition of what is asked about; and those in
 * which the graph may not have seen all.
 */
static bool *sources_to_ask(const struct uses *uses, const struct survey *survey)
{
	size_t count = survey->selection->count;
	bool *only = xcalloc(count, sizeof(*only));

	for (size_t i = 0; i < count; i++)
		only[i] = graph_is_broken(program_graph(survey->program), (uint32_t)i);
	for (size_t i = 0; i < uses->count; i++)
		only[uses->places[i].source] = true;
	for (size_t i = 0; i < uses->rows.count; i++)
		if (uses->rows.facts[i].kind == FACT_DEFINE)
			only[uses->rows.facts[i].source] = true;
	return only;
}

/* Asks for the state at the places. */
static int ask_states(struct callers *callers, struct survey *survey,
		      const struct questions *questions, const struct uses *uses, struct error *err)
{
	char *text = places_text(uses, survey->selection);
	bool *only = sources_to_ask(uses, survey);
	struct names words = words_of_places(uses);
	const struct survey_details details = { only, &words, text };
	int result = survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_CALLERS),
				questions, details, &callers->calls, err);

	names_free(&words);
	free(only);
	free(text);
	return result;
}

/* Adds where the callers whose callers decide are defined. */
static void add_definitions(struct callers *callers, const struct survey *survey, size_t first)
{
	size_t count = callers->calls.count;

	for (size_t i = first; i < count; i++) {
		const struct fact row = callers->calls.facts[i];

		if ((row.kind == FACT_CALL || row.kind == FACT_PASS) &&
		    row.state == STATE_INHERITED)
			uses_add_around(survey, row.source, row.line, &callers->calls);
	}
}

static int ask(struct callers *callers, struct survey *survey, const struct slots *slots,
	       struct questions *questions, struct error *err)
{
	struct uses uses = { 0 };
	size_t first = callers->calls.count;
	int result;

	/* Before the rows that the names are from can go, with those of a file that fails. */
	for (size_t i = 0; i < questions->count; i++)
		questions_add(&callers->asked, questions->questions[i].name,
			      questions->questions[i].source);
	result = uses_find(&uses, survey, questions, slots, err);
	if (!result && questions->count)
		result = ask_states(callers, survey, questions, &uses, err);
	if (!result)
		add_definitions(callers, survey, first);
	facts_move(&callers->calls, &uses.rows);
	uses_free(&uses);
	return result;
}

/* What is not known yet and has to be; none when it is more than is asked. */
static struct questions next_questions(struct callers *callers, const struct survey *survey,
				       const struct slots *slots, const struct facts *facts,
				       enum confidence least, unsigned int number)
{
	struct knowledge known = { &callers->calls, &callers->asked, survey->selection, slots };
	struct questions questions = contexts_questions(&known, facts, least);

	if (number <= ROUNDS && questions.count <= NAMES)
		return questions;
	if (survey->verbose && questions.count)
		fprintf(stderr, "resvlint: callers, round %u: %zu names not asked: more than %s\n",
			number, questions.count, number > ROUNDS ? "16 rounds" : "800 names");
	questions_free(&questions);
	return (struct questions){ 0 };
}

int callers_ask(struct callers *callers, struct survey *survey, const struct slots *slots,
		const struct facts *facts, enum confidence least, struct error *err)
{
	struct questions questions = next_questions(callers, survey, slots, facts, least, 1);
	int result = 0;

	if (questions.count && survey->tree->is_kernel)
		result = select_others(survey->tree, survey->selection, err);
	for (unsigned int number = 1; !result && questions.count; number++) {
		survey->round = number;
		result = ask(callers, survey, slots, &questions, err);
		questions_free(&questions);
		questions = next_questions(callers, survey, slots, facts, least, number + 1);
	}
	questions_free(&questions);
	survey_note_failures(survey);
	return result;
}

void callers_free(struct callers *callers)
{
	questions_free(&callers->asked);
	facts_free(&callers->calls);
}
