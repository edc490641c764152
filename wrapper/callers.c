// SPDX-License-Identifier: GPL-2.0-only
#include "callers.h"

#include "intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More rounds, or more names in one, would cost more than they tell. */
#define ROUNDS 8
#define NAMES 400

/* One round: the names that are asked for, and the sources in which. */
struct round {
	struct callers *callers;
	const char **names; /* sorted, each once */
	size_t count;
	const char **everywhere; /* those that are asked in the whole tree */
	size_t everywhere_count;
	bool *wanted; /* for each source */
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts names, and keeps each once. Returns how many are left. */
static size_t tidy_names(const char **names, size_t count)
{
	size_t kept = 0;

	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++)
		if (!kept || strcmp(names[kept - 1], names[i]))
			names[kept++] = names[i];
	return kept;
}

static struct round begin_round(struct callers *callers, const struct questions *questions)
{
	struct round round = {
		.callers = callers,
		.names = xcalloc(questions->count, sizeof(*round.names)),
		.everywhere = xcalloc(questions->count, sizeof(*round.everywhere)),
		.wanted = xcalloc(callers->selection->count, sizeof(*round.wanted)),
	};

	for (size_t i = 0; i < questions->count; i++) {
		const struct question *question = &questions->questions[i];

		round.names[round.count++] = question->name;
		if (question->source == EVERYWHERE)
			round.everywhere[round.everywhere_count++] = question->name;
		else
			round.wanted[question->source] = true;
	}
	round.count = tidy_names(round.names, round.count);
	round.everywhere_count = tidy_names(round.everywhere, round.everywhere_count);
	return round;
}

static void end_round(struct round *round)
{
	free(round->names);
	free(round->everywhere);
	free(round->wanted);
}

/* A source that has one of the names. Any thread calls it, but never two for one source. */
static int keep(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct round *round = context;
	struct source *source = &round->callers->selection->sources[index];

	round->wanted[index] = true;
	if (source->staged)
		return 0;
	source->staged = true;
	return stage_source(round->callers->stage, index, source->name, text, length, err);
}

/* Finds the sources of the tree that have one of the names. */
static int find(struct round *round, struct error *err)
{
	struct callers *callers = round->callers;
	struct words *words;
	int result;

	if (!round->everywhere_count)
		return 0;
	words = words_of(round->everywhere, round->everywhere_count, err);
	result = words ? select_find(callers->selection, callers->tree, words, callers->jobs,
				     callers->progress, keep, round, err)
		       : -1;
	words_free(words);
	return result;
}

/* The names with blanks between; the caller frees. */
static char *join(const char *const *names, size_t count)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s", i ? " " : "", names[i]);
	fclose(out);
	return text;
}

/* The indexes of the sources that are wanted; the caller frees. */
static size_t *list_wanted(const struct round *round, size_t *count)
{
	size_t *sources = xcalloc(round->callers->selection->count, sizeof(*sources));

	*count = 0;
	for (size_t i = 0; i < round->callers->selection->count; i++)
		if (round->wanted[i])
			sources[(*count)++] = i;
	return sources;
}

static int run_pool(struct callers *callers, struct batches *batches, const struct words *words,
		    struct error *err)
{
	struct intake intake = {
		.catalogue = callers->catalogue,
		.messages = { callers->spatch, callers->stage, callers->selection, words, true },
		.facts = &callers->calls,
		.unanalysed = callers->unanalysed,
		.verbose = callers->verbose,
	};
	struct pool_work work = {
		.spatch = callers->spatch,
		.stage = callers->stage,
		.catalogue = callers->catalogue,
		.selection = callers->selection,
		.batches = batches,
		.jobs = callers->jobs,
		.grace = callers->grace,
		.progress = callers->progress,
	};
	struct pool_client client = intake_client(&intake);
	size_t processes;
	int result = pool_run(&work, &client, &processes, err);

	callers->processes += processes;
	intake_finish(&intake);
	return result;
}

/* Runs spatch on the sources that are wanted. */
static int analyse(const struct round *round, struct error *err)
{
	struct callers *callers = round->callers;
	struct words *words = words_of(round->names, round->count, err);
	char *names = join(round->names, round->count);
	struct batches batches = { 0 };
	size_t count, *sources = list_wanted(round, &count);
	int result = -1;

	if (words) {
		spatch_prepare(callers->spatch, callers->stage, callers->convention, names);
		batches_make_for(&batches, callers->selection, callers->catalogue->count, sources,
				 count, callers->jobs);
		result = run_pool(callers, &batches, words, err);
	}
	batches_free(&batches);
	words_free(words);
	free(sources);
	free(names);
	return result;
}

static void tell(const struct round *round, unsigned int number)
{
	size_t count, *sources = list_wanted(round, &count);

	if (round->callers->verbose)
		fprintf(stderr, "resvlint: callers, round %u: %zu names asked in %zu files\n",
			number, round->count, count);
	free(sources);
}

static void remember(struct callers *callers, const struct questions *questions)
{
	struct questions *asked = &callers->asked;

	for (size_t i = 0; i < questions->count; i++) {
		const struct question *question = &questions->questions[i];

		asked->questions = grow(asked->questions, asked->count, sizeof(*asked->questions));
		asked->questions[asked->count++] =
			(struct question){ xstrdup(question->name), question->source };
	}
}

static int ask(struct callers *callers, const struct questions *questions, unsigned int number,
	       struct error *err)
{
	struct round round = begin_round(callers, questions);
	int result = find(&round, err);

	if (!result) {
		tell(&round, number);
		/* Before the rows that the names are from can go, with those of a file that fails.
		 */
		remember(callers, questions);
		result = analyse(&round, err);
	}
	end_round(&round);
	return result;
}

/* What is not known yet and has to be; none when it is more than is asked. */
static struct questions next_questions(struct callers *callers, const struct slots *slots,
				       const struct facts *facts, unsigned int number)
{
	struct knowledge knowledge = { &callers->calls, &callers->asked, callers->selection,
				       slots };
	struct contexts *contexts = contexts_make(&knowledge, facts);
	struct questions questions = contexts_questions(contexts, facts);

	contexts_free(contexts);
	if (number <= ROUNDS && questions.count <= NAMES)
		return questions;
	if (callers->verbose && questions.count)
		fprintf(stderr, "resvlint: callers, round %u: %zu names not asked: more than %s\n",
			number, questions.count, number > ROUNDS ? "8 rounds" : "400 names");
	free(questions.questions);
	return (struct questions){ 0 };
}

/* Names the sources that could not be read: they may call anything. */
static void add_failures(const struct callers *callers)
{
	const struct selection *selection = callers->selection;

	for (size_t i = 0; i < selection->count; i++)
		if (selection->sources[i].failure)
			unanalysed_add_file(callers->unanalysed, i, selection->sources[i].failure,
					    0);
}

int callers_ask(struct callers *callers, const struct slots *slots, const struct facts *facts,
		struct error *err)
{
	struct questions questions = next_questions(callers, slots, facts, 1);
	int result = 0;

	if (questions.count && callers->tree->is_kernel)
		result = select_others(callers->tree, callers->selection, err);
	for (unsigned int number = 1; !result && questions.count; number++) {
		result = ask(callers, &questions, number, err);
		free(questions.questions);
		questions = next_questions(callers, slots, facts, number + 1);
	}
	free(questions.questions);
	add_failures(callers);
	return result;
}

void callers_free(struct callers *callers)
{
	for (size_t i = 0; i < callers->asked.count; i++)
		free((char *)callers->asked.questions[i].name);
	free(callers->asked.questions);
	facts_free(&callers->calls);
}
