// SPDX-License-Identifier: GPL-2.0-only
#include "run/survey.h"

#include "base/threads.h"
#include "run/intake.h"
#include "source/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run: the names that are asked for, and the sources in which. */
struct run {
	struct survey *survey;
	size_t collector;
	struct survey_details details;
	struct facts *facts;
	const char **names; /* the words that are asked about, sorted, each once */
	size_t count;
	struct names everywhere; /* the words by which sources are found in the whole tree */
	bool *wanted;            /* for each source */
	const struct questions *questions;
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

/* The word in what a question is about: a function, a member or the tag of a structure. */
static const char *word_of(const struct question *question)
{
	const char *subject = question_subject(question->name), *dot = strchr(subject, '.');

	return dot ? dot + 1 : subject;
}

/* Takes in the questions. end_run() afterwards. */
static void take_questions(struct run *run, const struct questions *questions)
{
	const struct names *more = run->details.words;
	size_t more_count = more ? more->count : 0;

	run->questions = questions;
	run->names = xcalloc(questions->count + more_count, sizeof(*run->names));
	run->wanted = xcalloc(run->survey->selection->count, sizeof(*run->wanted));
	for (size_t i = 0; i < questions->count; i++) {
		const struct question *question = &questions->questions[i];

		run->names[run->count++] = word_of(question);
		if (question->source != EVERYWHERE)
			run->wanted[question->source] = true;
		else
			names_add(&run->everywhere, word_of(question));
	}
	for (size_t i = 0; i < more_count; i++)
		run->names[run->count++] = more->names[i];
	run->count = tidy_names(run->names, run->count);
}

static void end_run(struct run *run)
{
	free(run->names);
	names_free(&run->everywhere);
	free(run->wanted);
}

/* Is a question not asked in a source that may have its word? */
static bool skips(const struct question *question, size_t index)
{
	return question->source == EVERYWHERE && question->but_one && question->skipped == index;
}

/* Does a word that is asked about in a source stand in its text? */
static bool has_asked_word(const struct run *run, size_t index, const char *text, size_t length)
{
	struct names asked = { 0 };
	struct error err;
	struct words *words;
	bool found = false;

	for (size_t i = 0; i < run->questions->count; i++) {
		const struct question *question = &run->questions->questions[i];

		if (question->source == EVERYWHERE && !skips(question, index))
			names_add(&asked, word_of(question));
	}
	if (asked.count) {
		words = words_of_names(&asked, &err);
		found = !words || words_match(words, text, length);
		words_free(words);
	}
	names_free(&asked);
	return found;
}

/* Is there something to ask in the source, which has one of the words by which it was found? */
static bool matters(const struct run *run, size_t index, const char *text, size_t length)
{
	for (size_t i = 0; i < run->questions->count; i++)
		if (skips(&run->questions->questions[i], index))
			return has_asked_word(run, index, text, length);
	return true;
}

/* A source that has one of the names. Any thread calls it, but never two for one source. */
static int keep(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct run *run = context;
	struct source *source = &run->survey->selection->sources[index];

	if (!matters(run, index, text, length))
		return 0;
	run->wanted[index] = true;
	if (source->staged)
		return 0;
	source->staged = true;
	return stage_source(run->survey->stage, index, source->name, text, length, err);
}

/* Finds the sources of the tree that have one of the names. */
static int find(struct run *run, struct error *err)
{
	struct survey *survey = run->survey;
	struct words *words;
	int result;

	if (!run->everywhere.count)
		return 0;
	words = words_of_names(&run->everywhere, err);
	result = words ? select_find(survey->selection, survey->tree, words, run->details.only,
				     survey->jobs, survey->progress, keep, run, err)
		       : -1;
	words_free(words);
	return result;
}

/* What the collector is asked, a line each. The caller frees. */
static char *ask_text(const struct run *run)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < run->questions->count; i++)
		fprintf(out, "%s\n", run->questions->questions[i].name);
	if (run->details.text)
		fputs(run->details.text, out);
	fclose(out);
	return text;
}

/* The indexes of the sources that are wanted; the caller frees. */
static size_t *list_wanted(const struct run *run, size_t *count)
{
	size_t *sources = xcalloc(run->survey->selection->count, sizeof(*sources));

	*count = 0;
	for (size_t i = 0; i < run->survey->selection->count; i++)
		if (run->wanted[i])
			sources[(*count)++] = i;
	return sources;
}

/* Sources to stage, and what is looked for in them. */
struct staging {
	const struct survey *survey;
	const size_t *sources;
	struct focus looked_for;
};

static int focus_one(void *context, size_t index, struct error *err)
{
	const struct staging *staging = context;
	const struct survey *survey = staging->survey;
	struct source *source = &survey->selection->sources[staging->sources[index]];

	return stage_focus(survey->stage, staging->sources[index], source->name,
			   &staging->looked_for, &source->weight, err);
}

int survey_focus(const struct survey *survey, const size_t *sources, size_t count,
		 struct focus looked_for, struct error *err)
{
	struct staging staging = { survey, sources, looked_for };
	const struct threads_work work = { .take = focus_one, .context = &staging, .count = count };

	return threads_run(&work, survey->jobs, err);
}

/* The words of the names, and of what counts beside them. */
static struct words *asked_words(const struct run *run, struct error *err)
{
	const struct names *known = run->survey->known;
	size_t more = run->survey->settled ? 0 : known->count;
	const char **names = xcalloc(run->count + more, sizeof(*names));
	struct words *words;

	memcpy(names, run->names, run->count * sizeof(*names));
	if (more)
		memcpy(names + run->count, known->names, more * sizeof(*names));
	words = words_of(names, run->count + more, err);
	free(names);
	return words;
}

/* Stages what has to do with them. */
static int stage_wanted(const struct run *run, const size_t *sources, size_t count,
			struct error *err)
{
	const struct survey *survey = run->survey;
	enum focus_reach reach =
		run->details.is_about_bodies ? FOCUS_NOTHING : spatch_reach(survey->spatch);
	struct words *words, *heads = words_of_names(survey->known, err);
	int result;

	words = heads ? asked_words(run, err) : NULL;
	result = words ? survey_focus(survey, sources, count, (struct focus){ words, heads, reach },
				      err)
		       : -1;
	words_free(words);
	words_free(heads);
	return result;
}

static const char *collector_of(const struct run *run)
{
	return run->survey->catalogue->rules[run->collector].id;
}

static int run_pool(const struct run *run, const struct requests *requests,
		    const struct words *words, struct error *err)
{
	struct survey *survey = run->survey;
	struct intake intake = {
		.catalogue = survey->catalogue,
		.unparsed = { survey->stage, survey->selection, words, true },
		.rules = (rule_set)1 << run->collector,
		.facts = run->facts,
		.unanalysed = survey->unanalysed,
		.verbose = survey->verbose,
	};
	struct pool_client client = intake_client(&intake);

	return pool_run(survey->pool, requests, &client, err);
}

/* Writes to where the collector reads it what it is asked about. */
static int tell_questions(const struct run *run, struct error *err)
{
	char *text = ask_text(run);
	int result = survey_tell(run->survey, "ask", text, err);

	free(text);
	return result;
}

/* Has spatch look at the sources that are wanted. */
static int analyse(const struct run *run, const size_t *sources, size_t count, struct error *err)
{
	struct words *words = words_of(run->names, run->count, err);
	struct requests requests = { 0 };
	int result = -1;

	for (size_t i = 0; i < count; i++) {
		char *staged =
			stage_name(sources[i], run->survey->selection->sources[sources[i]].name);

		requests_add(&requests, sources[i], xasprintf("%s %s", collector_of(run), staged));
		free(staged);
	}
	if (words && !tell_questions(run, err))
		result = run_pool(run, &requests, words, err);
	requests_free(&requests);
	words_free(words);
	return result;
}

static int run_survey(struct run *run, struct error *err)
{
	size_t count, *sources;
	int result;

	if (find(run, err))
		return -1;
	sources = list_wanted(run, &count);
	if (run->survey->verbose)
		fprintf(stderr, "resvlint: %s, round %u: %zu names asked in %zu files\n",
			collector_of(run), run->survey->round, run->count, count);
	result = stage_wanted(run, sources, count, err);
	if (!result)
		result = analyse(run, sources, count, err);
	free(sources);
	return result;
}

int survey_ask(struct survey *survey, size_t collector, const struct questions *questions,
	       struct survey_details details, struct facts *facts, struct error *err)
{
	struct run run = {
		.survey = survey,
		.collector = collector,
		.details = details,
		.facts = facts,
	};
	int result;

	take_questions(&run, questions);
	result = run_survey(&run, err);
	end_run(&run);
	return result;
}

int survey_tell(const struct survey *survey, const char *verb, const char *text, struct error *err)
{
	pool_tell(survey->pool, verb, verb);
	return stage_write(survey->stage, verb, text, strlen(text), err);
}

void survey_note_failures(const struct survey *survey)
{
	const struct selection *selection = survey->selection;

	for (size_t i = 0; i < selection->count; i++)
		if (selection->sources[i].failure)
			unanalysed_add_file(survey->unanalysed, i, selection->sources[i].failure,
					    0);
}

bool question_is_structure(const char *name)
{
	return starts_with(name, STRUCT_QUESTION);
}

bool question_is_parameter(const char *name)
{
	return starts_with(name, PARAMETER_QUESTION) && strchr(name, ':');
}

bool question_is_member(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot && dot != name && strcmp(dot, ".*");
}

const char *question_subject(const char *name)
{
	bool has_kind = question_is_structure(name) || question_is_parameter(name);

	return has_kind ? strchr(name, ':') + 1 : name;
}

static void add(struct questions *questions, struct question question)
{
	questions->questions =
		grow(questions->questions, questions->count, sizeof(*questions->questions));
	questions->questions[questions->count++] = question;
}

void questions_add(struct questions *questions, const char *name, size_t source)
{
	add(questions, (struct question){ .name = xstrdup(name), .source = source });
}

void questions_add_but(struct questions *questions, const char *name, size_t skipped)
{
	add(questions, (struct question){ .name = xstrdup(name),
					  .source = EVERYWHERE,
					  .but_one = true,
					  .skipped = skipped });
}

void questions_remove(struct questions *questions, size_t index)
{
	free((char *)questions->questions[index].name);
	questions->count--;
	memmove(&questions->questions[index], &questions->questions[index + 1],
		(questions->count - index) * sizeof(*questions->questions));
}

void questions_free(struct questions *questions)
{
	for (size_t i = 0; i < questions->count; i++)
		free((char *)questions->questions[i].name);
	free(questions->questions);
}
