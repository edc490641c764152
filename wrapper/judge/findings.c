// SPDX-License-Identifier: GPL-2.0-only
#include "judge/findings.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* Sources and rules are sorted, so that their indexes order as their names do. */
static int compare_places(const struct fact *a, const struct fact *b)
{
	int order = compare_numbers(a->source, b->source);

	if (!order)
		order = compare_numbers(a->line, b->line);
	if (!order)
		order = compare_numbers(a->column, b->column);
	return order ? order : compare_numbers(a->rule, b->rule);
}

/* At one place the strongest row comes first; the texts only make the order a total one. */
static int compare_facts(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int order = compare_places(a, b);

	if (!order)
		order = compare_numbers(b->state, a->state);
	if (!order)
		order = compare_numbers(b->confidence, a->confidence);
	if (!order)
		order = strcmp(a->message, b->message);
	if (!order)
		order = strcmp(a->hint, b->hint);
	if (!order)
		order = strcmp(a->lock, b->lock);
	return order ? order : strcmp(a->reason, b->reason);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the reasons and keeps one of equal ones. */
static void tidy_reasons(struct finding *finding)
{
	size_t kept = 0;

	if (!finding->reason_count)
		return;
	qsort(finding->reasons, finding->reason_count, sizeof(*finding->reasons), compare_strings);
	for (size_t i = 0; i < finding->reason_count; i++)
		if (!kept || strcmp(finding->reasons[kept - 1], finding->reasons[i]))
			finding->reasons[kept++] = finding->reasons[i];
	finding->reason_count = kept;
}

static void add_reason(struct finding *finding, const char *reason)
{
	if (!*reason)
		return;
	finding->reasons = grow(finding->reasons, finding->reason_count, sizeof(*finding->reasons));
	finding->reasons[finding->reason_count++] = reason;
}

static bool are_equal(const struct fact *a, const struct fact *b)
{
	return a->source == b->source && a->rule == b->rule && !strcmp(a->function, b->function) &&
	       !strcmp(a->operation, b->operation);
}

static void fingerprint(struct findings *findings, size_t index, const struct catalogue *catalogue,
			const struct selection *selection)
{
	const struct fact *fact = findings->findings[index].fact;
	size_t ordinal = 0;
	char *text;

	/* Sorted by file: those of the same function are not far. */
	for (size_t i = index; i-- && findings->findings[i].fact->source == fact->source;)
		ordinal += are_equal(findings->findings[i].fact, fact);
	text = xasprintf("%s\n%s\n%s\n%s\n%zu", catalogue->rules[fact->rule].id,
			 selection->sources[fact->source].file, fact->function, fact->operation,
			 ordinal);
	findings->findings[index].fingerprint = XXH64(text, strlen(text), 0);
	free(text);
}

static bool belongs_to(const struct fact *edit, const struct finding *finding)
{
	const struct fact *fact = finding->fact;

	return edit->rule == fact->rule && edit->source == fact->source &&
	       edit->lock_line == fact->line && !strcmp(edit->function, fact->function);
}

/* Gives a finding its edits, which are in the order of their places. */
static void add_edits(struct finding *finding, const struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *edit = &facts->facts[i];

		if (edit->kind != FACT_EDIT || !belongs_to(edit, finding))
			continue;
		finding->edits = grow(finding->edits, finding->edit_count, sizeof(*finding->edits));
		finding->edits[finding->edit_count++] = edit;
	}
}

void findings_build(struct findings *findings, struct facts *facts,
		    const struct catalogue *catalogue, const struct selection *selection)
{
	struct finding *finding = NULL;

	*findings = (struct findings){ 0 };
	if (facts->count)
		qsort(facts->facts, facts->count, sizeof(*facts->facts), compare_facts);
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->facts[i];

		if (fact->kind != FACT_FINDING)
			continue;
		if (!finding || compare_places(finding->fact, fact)) {
			findings->findings = grow(findings->findings, findings->count,
						  sizeof(*findings->findings));
			finding = &findings->findings[findings->count++];
			*finding = (struct finding){ .fact = fact };
		}
		add_reason(finding, fact->reason);
	}
	for (size_t i = 0; i < findings->count; i++) {
		tidy_reasons(&findings->findings[i]);
		add_edits(&findings->findings[i], facts);
		fingerprint(findings, i, catalogue, selection);
	}
}

static void finding_free(struct finding *finding)
{
	free(finding->reasons);
	free(finding->edits);
}

void findings_filter(struct findings *findings, enum confidence least)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->count; i++) {
		if (findings->findings[i].fact->confidence < least)
			finding_free(&findings->findings[i]);
		else
			findings->findings[kept++] = findings->findings[i];
	}
	findings->count = kept;
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		finding_free(&findings->findings[i]);
	free(findings->findings);
}
