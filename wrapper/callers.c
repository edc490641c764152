// SPDX-License-Identifier: GPL-2.0-only
#include "callers.h"

#include <stdio.h>
#include <stdlib.h>

/* More rounds, or more names in one, would cost more than they tell. */
#define ROUNDS 16
#define NAMES 800

static int ask(struct callers *callers, struct survey *survey, const struct questions *questions,
	       struct error *err)
{
	/* Before the rows that the names are from can go, with those of a file that fails. */
	for (size_t i = 0; i < questions->count; i++)
		questions_add(&callers->asked, questions->questions[i].name,
			      questions->questions[i].source);
	return survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_CALLERS),
			  questions, NULL, &callers->calls, err);
}

/* What is not known yet and has to be; none when it is more than is asked. */
static struct questions next_questions(struct callers *callers, const struct survey *survey,
				       const struct slots *slots, const struct facts *facts,
				       enum confidence least, unsigned int number)
{
	struct knowledge knowledge = { &callers->calls, &callers->asked, survey->selection, slots,
				       survey->tree->is_kernel };
	struct contexts *contexts = contexts_make(&knowledge, facts);
	struct questions questions = contexts_questions(contexts, facts, least);

	contexts_free(contexts);
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
		result = ask(callers, survey, &questions, err);
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
