// SPDX-License-Identifier: GPL-2.0-only
#include "judge/takers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The word that code which takes a lock has in it: the structure, or the variable. The caller frees.
 */
static char *word_of(const char *lock)
{
	return xstrndup(lock, strcspn(lock, "."));
}

/* Does code in a context run with a spinlock held, and interrupts off? */
static bool is_held_in(const char *context)
{
	static const char *const contexts[] = { "fence-enable", "below-enable", "fence-callback",
						"below-callback" };

	for (size_t i = 0; i < sizeof(contexts) / sizeof(*contexts); i++)
		if (!strcmp(context, contexts[i]))
			return true;
	return false;
}

/* The locks, each once, in lines that ask for them. The caller frees. */
static char *questions_text(const struct sites *sites, struct questions *questions)
{
	struct names locks = { 0 };
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < sites->count; i++)
		names_add_once(&locks, sites->rows[i].lock);
	for (size_t i = 0; i < locks.count; i++) {
		char *word = word_of(locks.names[i]);

		fprintf(out, "takes %s\n", locks.names[i]);
		questions_add(questions, word, EVERYWHERE);
		free(word);
	}
	fclose(out);
	names_free(&locks);
	return text;
}

static int ask(struct descent *descent, struct error *err)
{
	struct survey *survey = descent->survey;
	const struct sites *sites = &descent->facts->lock_sites;
	struct questions questions = { 0 };
	bool *only = xcalloc(survey->selection->count, sizeof(*only));
	char *text = questions_text(sites, &questions);
	int result;

	for (size_t i = 0; i < survey->selection->count; i++)
		for (size_t j = 0; j < sites->count && !only[i]; j++)
			only[i] = drivers_is_near(&descent->drivers,
						  descent->visits[sites->rows[j].visit - 1].driver, i);
	result = survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_DESCEND),
			    &questions,
			    (struct survey_details){ .only = only, .text = text }, descent->facts,
			    err);
	questions_free(&questions);
	free(text);
	free(only);
	return result;
}

/* Is a function one that such a context comes to? It takes the lock in the same way. */
static bool is_visited(const struct descent *descent, const struct site *taker)
{
	for (size_t i = 0; i < descent->count; i++) {
		const struct visit *visit = &descent->visits[i];

		if (visit->source == taker->at.source &&
		    !strcmp(visit->function, taker->function) && is_held_in(visit->context))
			return true;
	}
	return false;
}

/* Whoever takes the lock of a site, surely if that can be said; NULL: nobody. */
static const struct site *find_taker(const struct descent *descent, const struct site *site)
{
	const struct sites *takers = &descent->facts->takers;
	const char *driver = descent->visits[site->visit - 1].driver;
	const struct site *found = NULL;

	for (size_t i = 0; i < takers->count; i++) {
		const struct site *taker = &takers->rows[i];

		if (strcmp(taker->lock, site->lock) ||
		    !drivers_is_near(&descent->drivers, driver, taker->at.source) ||
		    is_visited(descent, taker))
			continue;
		if (!found || taker->confidence > found->confidence ||
		    (taker->confidence == found->confidence &&
		     compare_positions(&taker->at, &found->at) < 0))
			found = taker;
	}
	return found;
}

/* Adds a site, of which it is known who else takes its lock; of less confidence if not how. */
static void add_finding(struct facts *facts, struct site site, const struct site *taker)
{
	char *reason = xasprintf("%s; %s() takes it, too, by %s()", site.reason, taker->function,
				 taker->operation);

	site.reason = facts_keep(facts, reason);
	site.lock = "";
	if (taker->confidence < CONFIDENCE_HIGH)
		site.confidence--;
	facts->sites.rows =
		grow(facts->sites.rows, facts->sites.count, sizeof(*facts->sites.rows));
	facts->sites.rows[facts->sites.count++] = site;
	free(reason);
}

int takers_find(struct descent *descent, struct error *err)
{
	struct sites *sites = &descent->facts->lock_sites;
	size_t kept = 0;

	for (size_t i = 0; i < sites->count; i++)
		if (sites->rows[i].confidence >= descent->least)
			sites->rows[kept++] = sites->rows[i];
	sites->count = kept;
	if (kept && ask(descent, err))
		return -1;
	for (size_t i = 0; i < kept; i++) {
		const struct site *taker = find_taker(descent, &sites->rows[i]);

		if (taker && (taker->confidence == CONFIDENCE_HIGH ||
			      sites->rows[i].confidence > descent->least))
			add_finding(descent->facts, sites->rows[i], taker);
	}
	return 0;
}
