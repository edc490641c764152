// SPDX-License-Identifier: GPL-2.0-only
#include "run/unanalysed.h"

#include <stdlib.h>
#include <string.h>

static void add(struct unanalysed *unanalysed, struct gap gap)
{
	unanalysed->gaps = grow(unanalysed->gaps, unanalysed->count, sizeof(*unanalysed->gaps));
	unanalysed->gaps[unanalysed->count++] = gap;
}

void unanalysed_add_file(struct unanalysed *unanalysed, size_t source, const char *reason,
			 rule_set rules)
{
	add(unanalysed,
	    (struct gap){ .source = source, .reason = xstrdup(reason), .rules = rules });
}

void unanalysed_add_part(struct unanalysed *unanalysed, size_t source, unsigned int line,
			 const char *function, const char *reason)
{
	add(unanalysed, (struct gap){
				.source = source,
				.line = line,
				.function = function ? xstrdup(function) : NULL,
				.reason = xstrdup(reason),
			});
}

/* Of one file, first what is said for the first rule, so that it does not depend on the run. */
static int compare(const void *left, const void *right)
{
	const struct gap *a = left, *b = right;
	rule_set a_first = a->rules & -a->rules, b_first = b->rules & -b->rules;
	int order = strcmp(a->function ? a->function : "", b->function ? b->function : "");

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (order)
		return order;
	if (a_first != b_first)
		return a_first < b_first ? -1 : 1;
	return strcmp(a->reason, b->reason);
}

/* Are they one gap? A whole file is listed once, whatever the reasons. */
static bool is_same(const struct gap *a, const struct gap *b)
{
	if (a->source != b->source || a->line != b->line)
		return false;
	if (!a->line)
		return true;
	return !strcmp(a->function ? a->function : "", b->function ? b->function : "") &&
	       !strcmp(a->reason, b->reason);
}

static void gap_free(struct gap *gap)
{
	free(gap->function);
	free(gap->reason);
}

static void merge(struct unanalysed *unanalysed)
{
	size_t kept = 0;

	for (size_t i = 0; i < unanalysed->count; i++) {
		struct gap *gap = &unanalysed->gaps[i];

		if (kept && is_same(&unanalysed->gaps[kept - 1], gap)) {
			unanalysed->gaps[kept - 1].rules |= gap->rules;
			gap_free(gap);
		} else {
			unanalysed->gaps[kept++] = *gap;
		}
	}
	unanalysed->count = kept;
}

/* Adds the names of the rules to the reason of a file. */
static void name_rules(struct gap *gap, const struct catalogue *catalogue)
{
	const char *separator = " (";

	for (size_t i = 0; i < catalogue->count + COLLECTOR_COUNT; i++) {
		char *longer;

		if (!(gap->rules >> i & 1))
			continue;
		longer = xasprintf("%s%s%s", gap->reason, separator, catalogue->rules[i].id);
		free(gap->reason);
		gap->reason = longer;
		separator = ", ";
	}
	gap->reason = xrealloc(gap->reason, strlen(gap->reason) + 2);
	strcat(gap->reason, ")");
}

void unanalysed_settle(struct unanalysed *unanalysed, const struct catalogue *catalogue,
		       const struct selection *selection)
{
	if (unanalysed->count)
		qsort(unanalysed->gaps, unanalysed->count, sizeof(*unanalysed->gaps), compare);
	merge(unanalysed);
	for (size_t i = 0; i < unanalysed->count; i++) {
		struct gap *gap = &unanalysed->gaps[i];

		if (gap->line)
			continue;
		unanalysed->files++;
		if (gap->rules != selection->sources[gap->source].rules)
			name_rules(gap, catalogue);
	}
}

void unanalysed_free(struct unanalysed *unanalysed)
{
	for (size_t i = 0; i < unanalysed->count; i++)
		gap_free(&unanalysed->gaps[i]);
	free(unanalysed->gaps);
}
