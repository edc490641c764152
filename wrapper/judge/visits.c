// SPDX-License-Identifier: GPL-2.0-only
#include "judge/visits.h"

#include <stdlib.h>
#include <string.h>

/* More visits would cost more than they tell. */
#define VISITS 40000
/* So many ways into a function are known. */
#define ENTRIES 16

bool context_is_atomic(const char *context)
{
	return starts_with(context, "fence-enable") || starts_with(context, "fence-callback");
}

const struct source *descent_source(const struct descent *descent, size_t index)
{
	return &descent->survey->selection->sources[index];
}

/* Adds a way into a visit, unless there are enough already. */
static void add_entry(struct visit *visit, struct entry entry)
{
	if (visit->entry_count == ENTRIES)
		return;
	visit->entries = grow(visit->entries, visit->entry_count, sizeof(*visit->entries));
	visit->entries[visit->entry_count++] = entry;
}

void descent_add(struct descent *descent, struct visit visit, struct entry entry)
{
	char *key = xasprintf("%u %u %s %s %s %s", visit.source, visit.line, visit.context,
			      visit.values, visit.once, visit.driver);
	uint32_t number = symbols_intern(&descent->keys, key, strlen(key));

	if (number == descent->count && descent->count < VISITS) {
		descent->visits = grow(descent->visits, descent->count, sizeof(*descent->visits));
		descent->visits[descent->count++] = visit;
	}
	if (number < descent->count) {
		descent->visits[number].is_resumed &= visit.is_resumed;
		add_entry(&descent->visits[number], entry);
	}
	free(key);
}

void descent_add_later(struct descent *descent, struct visit visit, struct entry entry)
{
	if (descent->least > CONFIDENCE_LOW)
		return;
	descent->later = grow(descent->later, descent->later_count, sizeof(*descent->later));
	descent->later[descent->later_count++] = (struct way_down){ visit, entry };
}

void descent_take_later(struct descent *descent)
{
	for (size_t i = 0; i < descent->later_count; i++)
		descent_add(descent, descent->later[i].visit, descent->later[i].entry);
	descent->later_count = 0;
}

bool context_is_before_signal(const char *context)
{
	return !strcmp(context, UNTIL_CONTEXT) || !strcmp(context, BEFORE_CONTEXT);
}

enum confidence descent_confidence(const struct descent *descent, const struct site *site)
{
	const struct visit *visit = &descent->visits[site->visit - 1];
	enum confidence most = *visit->once == '=' ? CONFIDENCE_LOW : visit->confidence;

	if (site->waits && context_is_before_signal(visit->context))
		most = CONFIDENCE_LOW;
	return most < site->confidence ? most : site->confidence;
}

static int compare_sites(const void *a, const void *b)
{
	const struct site *left = a, *right = b;

	if (left->visit != right->visit)
		return left->visit < right->visit ? -1 : 1;
	return compare_positions(&left->at, &right->at);
}

void descent_sort_sites(struct descent *descent, size_t first)
{
	struct sites *sites = &descent->facts->sites;

	sort(sites->rows + first, sites->count - first, sizeof(*sites->rows), compare_sites);
}

void descent_free(struct descent *descent)
{
	symbols_free(&descent->keys);
	names_free(&descent->wrappers);
	waits_free(&descent->waits);
	resumes_free(&descent->resumes);
	helpers_free(&descent->helpers);
	signals_free(&descent->signals);
	for (size_t i = 0; i < descent->count; i++)
		free(descent->visits[i].entries);
	free(descent->visits);
	free(descent->later);
	for (size_t i = 0; i < descent->lock_count; i++) {
		free(descent->locks[i].lock);
		for (size_t j = 0; j < descent->locks[i].holder_count; j++)
			free(descent->locks[i].holders[j].links);
	}
	free(descent->locks);
}
