// SPDX-License-Identifier: GPL-2.0-only
#include "run/callers.h"

#include "source/lexer.h"
#include "source/words.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More rounds, or more names in one, would cost more than they tell. */
#define ROUNDS 16
#define NAMES 800

/* Which of the structures that are asked about the kernel's include/ defines. */
struct definitions {
	const struct selection *selection;
	const struct questions *questions;
	atomic_bool *in_include; /* for each question */
};

/* The tag of the structure that a question is about; NULL: it is about something else. */
static const char *tag_of(const struct question *question)
{
	bool asks_structure = starts_with(question->name, STRUCT_QUESTION);

	return asks_structure ? question->name + strlen(STRUCT_QUESTION) : NULL;
}

/* Is a structure defined in the text? */
static bool defines(const char *text, size_t length, const char *tag)
{
	struct lexer lexer = lexer_make(text, length);
	struct token token;
	bool named = false;

	while (lexer_next(&lexer, &token)) {
		if (!token_is_code(token))
			continue;
		if (named && lexer_is(&lexer, token, "{"))
			return true;
		named = lexer_is(&lexer, token, tag);
	}
	return false;
}

/* A source that names some of the structures. Any thread calls it. */
static int note_definitions(void *context, size_t index, const char *text, size_t length,
			    struct error *err)
{
	const struct definitions *definitions = context;
	const struct questions *questions = definitions->questions;

	(void)err;
	if (!starts_with(definitions->selection->sources[index].file, "include/"))
		return 0;
	for (size_t i = 0; i < questions->count; i++) {
		const char *tag = tag_of(&questions->questions[i]);

		if (tag && !definitions->in_include[i] && defines(text, length, tag))
			definitions->in_include[i] = true;
	}
	return 0;
}

static int find_definitions(struct definitions *definitions, struct survey *survey,
			    struct error *err)
{
	const struct questions *questions = definitions->questions;
	const char **tags = xcalloc(questions->count, sizeof(*tags));
	struct words *words = NULL;
	size_t count = 0;
	int result = 0;

	for (size_t i = 0; i < questions->count; i++)
		if (tag_of(&questions->questions[i]))
			tags[count++] = tag_of(&questions->questions[i]);
	if (count) {
		words = words_of(tags, count, err);
		result = words ? select_find(survey->selection, survey->tree, words, survey->jobs,
					     survey->progress, note_definitions, definitions, err)
			       : -1;
	}
	words_free(words);
	free(tags);
	return result;
}

/*
 * Takes out the questions about structures that the kernel's include/ defines: the core calls
 * through their members, and the tables tell how. Returns 0, or -1 with a message.
 */
static int leave_to_tables(struct questions *questions, struct survey *survey, struct error *err)
{
	struct definitions definitions = { survey->selection, questions, NULL };
	int result;

	definitions.in_include = xcalloc(questions->count, sizeof(*definitions.in_include));
	result = find_definitions(&definitions, survey, err);
	for (size_t i = questions->count; i-- > 0;)
		if (definitions.in_include[i])
			questions_remove(questions, i);
	free(definitions.in_include);
	return result;
}

static int ask(struct callers *callers, struct survey *survey, struct questions *questions,
	       struct error *err)
{
	/* Before the rows that the names are from can go, with those of a file that fails. */
	for (size_t i = 0; i < questions->count; i++)
		questions_add(&callers->asked, questions->questions[i].name,
			      questions->questions[i].source);
	if (survey->tree->is_kernel && leave_to_tables(questions, survey, err))
		return -1;
	if (!questions->count)
		return 0;
	return survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_CALLERS),
			  questions, NULL, &callers->calls, err);
}

/* What is not known yet and has to be; none when it is more than is asked. */
static struct questions next_questions(struct callers *callers, const struct survey *survey,
				       const struct slots *slots, const struct facts *facts,
				       enum confidence least, unsigned int number)
{
	struct knowledge knowledge = { &callers->calls, &callers->asked, survey->selection, slots };
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
