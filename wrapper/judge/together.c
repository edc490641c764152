// SPDX-License-Identifier: GPL-2.0-only
#include "judge/together.h"

#include "graph/symbols.h"
#include "judge/drivers.h"
#include "judge/wants.h"
#include "judge/workers.h"
#include "run/unparsed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More would cost more than they tell: rounds, and what the sources of a driver want to know. */
#define ROUNDS 8
#define WANTS 500

#define NOBODY SIZE_MAX

/* A source that may be looked at with others. */
struct part {
	size_t group;       /* that of its driver */
	bool is_whole;      /* it matters to the rules by itself */
	bool is_ready;      /* it is staged as it is to be looked at */
	struct names words; /* else, of what in it matters */
};

/* The sources of a driver, and of what drivers share, that belong together. */
struct group {
	struct sources sources;
	struct sources near; /* those that can; filled in where that is asked */
	size_t leader;       /* one of the driver's own, by which rules tell whom they answer */
	bool is_new;         /* they are to be asked about, or asked about again */
	bool has_failed;
	struct names known; /* what was wanted, by whom */
	struct facts facts; /* what the rules said last */
};

struct together {
	struct survey *survey;
	struct drivers drivers;
	rule_set rules;
	const struct words *words;
	struct part *parts; /* for each source */
	struct group *groups;
	size_t group_count;
	struct hunt *hunts;
	size_t *wanted_by; /* for each of them, a source */
	size_t hunt_count;
	struct facts others; /* what the rules say of single sources that are not in the PATHs */
	bool is_single;      /* these are asked about, not groups */
};

static const struct source *source_at(const struct together *together, size_t index)
{
	return &together->survey->selection->sources[index];
}

static size_t source_count(const struct together *together)
{
	return together->survey->selection->count;
}

static bool is_other(const struct together *together, size_t source)
{
	return select_is_other(together->survey->selection, source);
}

static struct group *group_of(const struct together *together, size_t source)
{
	return &together->groups[together->parts[source].group];
}

/* Finds out which driver each source is of, and which sources matter to the rules. */
static void begin(struct together *together)
{
	struct symbols drivers = { 0 };

	together->parts = xcalloc(source_count(together), sizeof(*together->parts));
	for (size_t i = 0; i < source_count(together); i++) {
		char *driver = drivers_of(&together->drivers, i);

		together->parts[i].group = symbols_intern(&drivers, driver, strlen(driver));
		together->parts[i].is_whole = source_at(together, i)->rules & together->rules;
		free(driver);
	}
	together->group_count = drivers.count;
	together->groups = xcalloc(drivers.count, sizeof(*together->groups));
	for (size_t i = 0; i < together->group_count; i++)
		together->groups[i].leader = NOBODY;
	symbols_free(&drivers);
}

static void end(struct together *together)
{
	for (size_t i = 0; i < source_count(together); i++)
		names_free(&together->parts[i].words);
	for (size_t i = 0; i < together->group_count; i++) {
		struct group *group = &together->groups[i];

		free(group->sources.at);
		free(group->near.at);
		names_free(&group->known);
		facts_free(&group->facts);
	}
	free(together->parts);
	free(together->groups);
	free(together->hunts);
	free(together->wanted_by);
	facts_free(&together->others);
	drivers_free(&together->drivers);
}

/* What belongs together. */

/* Adds a source to those of a group, and a word that tells what in it matters; NULL: none. */
static void add_source(struct together *together, struct group *group, size_t source,
		       const char *word)
{
	struct part *part = &together->parts[source];

	if (sources_add(&group->sources, source))
		group->is_new = true;
	if (group->leader == NOBODY && group_of(together, source) == group)
		group->leader = source;
	if (part->is_whole || !word || names_has(&part->words, word))
		return;
	names_add(&part->words, word);
	part->is_ready = false;
	group->is_new = true;
}

/* The sources that can have to do with those of a group. */
static const struct sources *near_of(struct together *together, struct group *group)
{
	bool is_known = group->near.count;

	for (size_t i = 0; i < source_count(together) && !is_known; i++)
		if (group_of(together, i) == group || drivers_is_shared(&together->drivers, i))
			sources_add(&group->near, i);
	return &group->near;
}

static void add_hunt(struct together *together, const char *words, size_t wanted_by)
{
	size_t count = together->hunt_count++;

	together->hunts = grow(together->hunts, count, sizeof(*together->hunts));
	together->hunts[count] = (struct hunt){ .words = words };
	together->wanted_by = grow(together->wanted_by, count, sizeof(*together->wanted_by));
	together->wanted_by[count] = wanted_by;
}

/* Takes in a want, unless it was looked for before. */
static void take_want(struct together *together, const struct want *want)
{
	struct group *group = group_of(together, want->source);
	char *key = xasprintf("%zu %s", want->source, want->words);

	if (wants_is_known(want->words) && group->known.count < WANTS &&
	    !names_has(&group->known, key)) {
		names_add(&group->known, key);
		add_hunt(together, want->words, want->source);
	}
	free(key);
}

/* Takes in what rules want to know. */
static void take_wants(struct together *together, struct wants *wants)
{
	for (size_t i = 0; i < wants->count; i++) {
		const struct want *want = &wants->rows[i];
		const char *name = strrchr(want->words, ' ');

		if (want->of == NOBODY)
			take_want(together, want);
		else if (name && !together->parts[want->of].is_whole)
			add_source(together, group_of(together, want->source), want->of, name + 1);
	}
	wants->count = 0;
}

/* Puts together a source that wants to know something, and those that tell it. */
static void take_found(struct together *together, const struct hunt *hunt, size_t wanted_by)
{
	struct group *group = group_of(together, wanted_by);

	for (size_t i = 0; i < hunt->found.count; i++) {
		if (hunt->found.at[i] == wanted_by && together->parts[wanted_by].is_whole)
			continue;
		add_source(together, group, wanted_by, NULL);
		add_source(together, group, hunt->found.at[i], hunt->word);
	}
}

static int hunt(struct together *together, struct error *err)
{
	int result;

	for (size_t i = 0; i < together->hunt_count; i++)
		together->hunts[i].near =
			near_of(together, group_of(together, together->wanted_by[i]));
	result = wants_find(together->hunts, together->hunt_count, together->survey, err);
	for (size_t i = 0; i < together->hunt_count; i++) {
		take_found(together, &together->hunts[i], together->wanted_by[i]);
		free(together->hunts[i].found.at);
		free(together->hunts[i].word);
	}
	together->hunt_count = 0;
	return result;
}

/* Puts together the sources of the ways from functions of work to what rules are about. */
static int add_workers(struct together *together, const struct slots *slots, struct error *err)
{
	struct names functions = { 0 };
	struct workers workers;
	int result;

	for (size_t i = 0; i < words_count(together->words); i++)
		names_add(&functions, words_at(together->words, i));
	result = workers_find(&workers, &together->drivers, slots, &functions, err);
	for (size_t i = 0; i < workers.count && !result; i++)
		add_source(together, group_of(together, workers.parts[i].worker),
			   workers.parts[i].source, workers.parts[i].function);
	workers_free(&workers);
	names_free(&functions);
	return result;
}

/* Staging. */

/* Keeps a source that is read. Any thread calls it, but never two for one source. */
static int keep(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct together *together = context;
	struct source *source = &together->survey->selection->sources[index];

	if (source->staged)
		return 0;
	source->staged = true;
	return stage_source(together->survey->stage, index, source->name, text, length, err);
}

/* Keeps those that have one of the words, of some sources, which have a flag each. */
static int find(struct together *together, const struct words *words, const bool *only,
		int (*keep_it)(void *context, size_t index, const char *text, size_t length,
			       struct error *err),
		struct error *err)
{
	const struct survey *survey = together->survey;

	return select_find(survey->selection, survey->tree, words, only, survey->jobs,
			   survey->progress, keep_it, together, err);
}

/* Keeps those of groups that no stage has read before. */
static int read_new(struct together *together, struct error *err)
{
	bool *only = xcalloc(source_count(together), sizeof(*only));
	struct names names = { 0 };
	struct words *words;
	int result = 0;

	for (size_t i = 0; i < source_count(together); i++) {
		const struct part *part = &together->parts[i];

		only[i] = part->words.count && !source_at(together, i)->staged;
		for (size_t j = 0; j < part->words.count && only[i]; j++)
			names_add_once(&names, part->words.names[j]);
	}
	if (names.count) {
		words = words_of_names(&names, err);
		result = words ? find(together, words, only, keep, err) : -1;
		words_free(words);
	}
	names_free(&names);
	free(only);
	return result;
}

/* Stages what matters of a source, unless it is staged so. */
static int stage(struct together *together, size_t source, struct error *err)
{
	struct part *part = &together->parts[source];
	struct words *words = NULL;
	int result = -1;

	if (part->is_ready)
		return 0;
	part->is_ready = true;
	if (!part->is_whole)
		words = words_of_names(&part->words, err);
	if (words || part->is_whole)
		result = survey_focus(together->survey, &source, 1,
				      (struct focus){
					      .words = words,
					      .reach = spatch_reach(together->survey->spatch),
				      },
				      err);
	words_free(words);
	return result;
}

/* Asking. */

/* Asks the rules about sources, `first` of which comes first. */
static void add_request(const struct together *together, const struct sources *sources,
			size_t first, struct requests *requests)
{
	const struct catalogue *catalogue = together->survey->catalogue;
	char *text = NULL, *staged = stage_name(first, source_at(together, first)->name);
	size_t length;
	FILE *out = open_memstream(&text, &length);

	fprintf(out, "rules %s", staged);
	free(staged);
	for (size_t i = 0; i < sources->count; i++) {
		if (sources->at[i] == first || !source_at(together, sources->at[i])->staged)
			continue;
		staged = stage_name(sources->at[i], source_at(together, sources->at[i])->name);
		fprintf(out, ",%s", staged);
		free(staged);
	}
	for (size_t rule = 0; rule < catalogue->count; rule++)
		if (together->rules >> rule & 1)
			fprintf(out, " %s", catalogue->rules[rule].id);
	fclose(out);
	if (together->survey->verbose)
		fprintf(stderr, "resvlint: together, round %u: %zu sources with %s\n",
			together->survey->round, sources->count, source_at(together, first)->file);
	requests_add(requests, first, text);
}

/* Takes in what spatch could not parse, of sources in the PATHs. */
static int take_lost(struct together *together, struct facts *facts, struct error *err)
{
	const struct survey *survey = together->survey;

	for (size_t i = 0; i < facts->lost_count; i++) {
		const struct lost *lost = &facts->lost[i];
		const struct part *part = &together->parts[lost->at.source];
		struct words *words = part->is_whole ? NULL : words_of_names(&part->words, err);
		const struct unparsed unparsed = { survey->stage, survey->selection,
						   part->is_whole ? together->words : words,
						   !part->is_whole };

		if (!unparsed.words)
			return -1;
		if (!is_other(together, lost->at.source) &&
		    !ends_with(source_at(together, lost->at.source)->file, ".h"))
			unparsed_add(&unparsed, lost->at.source, lost->at.line, lost->end_line,
				     survey->unanalysed);
		words_free(words);
	}
	facts->lost_count = 0;
	return 0;
}

static int take_answer(void *context, size_t source, char *rows, const char *log, struct error *err)
{
	struct together *together = context;
	struct facts *facts =
		together->is_single ? &together->others : &group_of(together, source)->facts;

	(void)log;
	return facts_parse(facts, rows, together->survey->catalogue, source_count(together), NULL,
			   err) ||
			       take_lost(together, facts, err)
		       ? -1
		       : 0;
}

/* What the rules said of its sources one by one stands then. */
static void take_failure(void *context, size_t source, const char *reason)
{
	struct together *together = context;
	struct group *group = group_of(together, source);

	if (!together->is_single)
		group->has_failed = true;
	for (size_t i = 0; i < group->sources.count && !together->is_single; i++)
		if (together->parts[group->sources.at[i]].is_whole &&
		    !is_other(together, group->sources.at[i]))
			unanalysed_add_file(together->survey->unanalysed, group->sources.at[i],
					    reason, together->rules);
}

static int run(struct together *together, const struct requests *requests, struct error *err)
{
	const struct pool_client client = { take_answer, take_failure, together };

	return pool_run(together->survey->pool, requests, &client, err);
}

/* Asks about the groups that are not as they were when they were asked about last. */
static int ask(struct together *together, struct error *err)
{
	struct requests requests = { 0 };
	int result = read_new(together, err);

	for (size_t i = 0; i < together->group_count && !result; i++) {
		struct group *group = &together->groups[i];

		for (size_t j = 0; j < group->sources.count && group->is_new && !result; j++)
			if (source_at(together, group->sources.at[j])->staged)
				result = stage(together, group->sources.at[j], err);
		if (!group->is_new || result)
			continue;
		facts_free(&group->facts);
		group->facts = (struct facts){ 0 };
		group->is_new = false;
		add_request(together, &group->sources, group->leader, &requests);
	}
	if (!result)
		result = run(together, &requests, err);
	for (size_t i = 0; i < together->group_count; i++)
		take_wants(together, &together->groups[i].facts.wants);
	requests_free(&requests);
	return result;
}

/* A source that matters to the rules. Any thread calls it, but never two for one source. */
static int keep_whole(void *context, size_t index, const char *text, size_t length,
		      struct error *err)
{
	struct together *together = context;

	together->parts[index].is_whole = true;
	return keep(context, index, text, length, err);
}

/* Asks about the sources of the PATHs' drivers that are not in the PATHs, one by one. */
static int ask_others(struct together *together, struct error *err)
{
	bool *only = xcalloc(source_count(together), sizeof(*only));
	struct requests requests = { 0 };
	int result;

	for (size_t i = 0; i < source_count(together); i++) {
		char *driver = is_other(together, i) ? drivers_of(&together->drivers, i) : NULL;

		only[i] = driver && drivers_is_chosen(&together->drivers, driver);
		free(driver);
	}
	result = find(together, together->words, only, keep_whole, err);
	for (size_t i = 0; i < source_count(together) && !result; i++) {
		if (!only[i] || !together->parts[i].is_whole)
			continue;
		result = stage(together, i, err);
		add_request(together, &(struct sources){ 0 }, i, &requests);
	}
	together->is_single = true;
	if (!result)
		result = run(together, &requests, err);
	together->is_single = false;
	take_wants(together, &together->others.wants);
	requests_free(&requests);
	free(only);
	return result;
}

/* Puts what was said of groups in the place of what was said of their sources alone. */
static void settle(struct together *together, struct facts *facts)
{
	struct selection *selection = together->survey->selection;
	bool *own = xcalloc(source_count(together), sizeof(*own));

	for (size_t i = 0; i < together->group_count; i++) {
		struct group *group = &together->groups[i];

		if (!group->sources.count || group->has_failed)
			continue;
		memset(own, 0, source_count(together) * sizeof(*own));
		for (size_t j = 0; j < group->sources.count; j++) {
			size_t source = group->sources.at[j];

			own[source] =
				group_of(together, source) == group && !is_other(together, source);
			if (own[source])
				selection->sources[source].rules |= together->rules;
		}
		facts_drop(facts, together->rules, own);
		facts_take(facts, &group->facts, own);
	}
	free(own);
}

int together_ask(struct survey *survey, const struct slots *slots, rule_set rules,
		 const struct words *words, struct facts *facts, struct error *err)
{
	struct together together = {
		.survey = survey,
		.drivers = { .survey = survey },
		.rules = rules,
		.words = words,
	};
	int result = 0;

	drivers_choose(&together.drivers);
	begin(&together);
	if (survey->selection->others)
		result = ask_others(&together, err);
	take_wants(&together, &facts->wants);
	if (!result)
		result = add_workers(&together, slots, err);
	for (unsigned int round = 1; !result && round <= ROUNDS; round++) {
		survey->round = round;
		result = hunt(&together, err) || ask(&together, err) ? -1 : 0;
	}
	if (!result)
		settle(&together, facts);
	end(&together);
	return result;
}
