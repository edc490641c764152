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
static int compare_places(const struct site *a, const struct site *b)
{
	int order = compare_positions(&a->at, &b->at);

	return order ? order : compare_numbers(a->rule, b->rule);
}

static int compare_chains(const struct site *a, const struct site *b)
{
	int order = compare_numbers(a->chain_length, b->chain_length);

	for (size_t i = 0; !order && i < a->chain_length; i++)
		order = compare_positions(&a->chain[i].at, &b->chain[i].at);
	return order;
}

/* At one place the strongest row comes first; texts and chains only make the order a total one. */
static int compare_sites(const void *left, const void *right)
{
	const struct site *a = left, *b = right;
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
	if (!order)
		order = strcmp(a->reason, b->reason);
	return order ? order : compare_chains(a, b);
}

/* Likewise for what fixes need besides. */
static int compare_rewrites(const void *left, const void *right)
{
	const struct rewrite *a = left, *b = right;
	int order = compare_positions(&a->at, &b->at);

	if (!order)
		order = compare_numbers(a->rule, b->rule);
	return order ? order : strcmp(a->with, b->with);
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

static bool are_equal(const struct site *a, const struct site *b)
{
	return a->at.source == b->at.source && a->rule == b->rule &&
	       !strcmp(a->function, b->function) && !strcmp(a->operation, b->operation);
}

static void fingerprint(struct findings *findings, size_t index, const struct catalogue *catalogue,
			const struct selection *selection)
{
	const struct site *site = findings->findings[index].site;
	size_t ordinal = 0;
	char *text;

	/* Sorted by file: those of the same function are not far. */
	for (size_t i = index; i-- && findings->findings[i].site->at.source == site->at.source;)
		ordinal += are_equal(findings->findings[i].site, site);
	text = xasprintf("%s\n%s\n%s\n%s\n%zu", catalogue->rules[site->rule].id,
			 selection->sources[site->at.source].file, site->function, site->operation,
			 ordinal);
	findings->findings[index].fingerprint = XXH64(text, strlen(text), 0);
	free(text);
}

static bool belongs_to(const struct rewrite *rewrite, const struct finding *finding)
{
	const struct site *site = finding->site;

	return rewrite->rule == site->rule && rewrite->at.source == site->at.source &&
	       rewrite->finding_line == site->at.line && !strcmp(rewrite->function, site->function);
}

/* Gives a finding its rewrites, which are in the order of their places. */
static void add_rewrites(struct finding *finding, const struct rewrites *rewrites)
{
	for (size_t i = 0; i < rewrites->count; i++) {
		const struct rewrite *rewrite = &rewrites->rows[i];

		if (!belongs_to(rewrite, finding))
			continue;
		finding->rewrites =
			grow(finding->rewrites, finding->rewrite_count, sizeof(*finding->rewrites));
		finding->rewrites[finding->rewrite_count++] = rewrite;
	}
}

void findings_build(struct findings *findings, struct facts *facts,
		    const struct catalogue *catalogue, const struct selection *selection)
{
	const struct sites *sites = &facts->sites;
	struct finding *finding = NULL;

	*findings = (struct findings){ 0 };
	sort(sites->rows, sites->count, sizeof(*sites->rows), compare_sites);
	sort(facts->rewrites.rows, facts->rewrites.count, sizeof(*facts->rewrites.rows),
	     compare_rewrites);
	for (size_t i = 0; i < sites->count; i++) {
		const struct site *site = &sites->rows[i];

		if (!site->is_finding)
			continue;
		if (!finding || compare_places(finding->site, site)) {
			findings->findings = grow(findings->findings, findings->count,
						  sizeof(*findings->findings));
			finding = &findings->findings[findings->count++];
			*finding = (struct finding){ .site = site };
		}
		add_reason(finding, site->reason);
	}
	for (size_t i = 0; i < findings->count; i++) {
		tidy_reasons(&findings->findings[i]);
		add_rewrites(&findings->findings[i], &facts->rewrites);
		fingerprint(findings, i, catalogue, selection);
	}
}

static void finding_free(struct finding *finding)
{
	free(finding->reasons);
	free(finding->rewrites);
}

void findings_filter(struct findings *findings, enum confidence least)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->count; i++) {
		if (findings->findings[i].site->confidence < least)
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
