// SPDX-License-Identifier: GPL-2.0-only
#include "judge/below.h"

#include <stdlib.h>
#include <string.h>

/* So many ways to one place are told. */
#define WAYS 4

/* One look after another through the visits. */
struct look {
	size_t *seen; /* for each visit, the number of the last look that came to it */
	size_t number;
};

/* Links from a place up to another. */
struct trail {
	const struct link *links[2 * LONGEST_WAY];
	size_t length;
};

struct below {
	const struct descent *descent;
	struct look ways;   /* from a site up to where contexts begin */
	struct look shared; /* from a site in shared code up to drivers */
	struct sites findings;
};

/* Starts a look through the visits, upward, that comes to each of them once. */
static void begin_look(struct look *look)
{
	look->number++;
}

/* Was a visit not come to in this look before? */
static bool come_to(const struct look *look, size_t visit)
{
	bool is_new = look->seen[visit] != look->number;

	look->seen[visit] = look->number;
	return is_new;
}

/* Does a rule say nothing of code in the directory that a file is in, or of code outside of a
 * kernel? */
static bool is_exempt(const struct descent *descent, const struct site *site)
{
	const struct rule *rule = &descent->survey->catalogue->rules[site->rule];
	const struct source *source = descent_source(descent, site->at.source);
	bool is_exempt = false;
	char *copy, *rest, *word;

	if (!rule->outside)
		return false;
	if (drivers_is_outside(descent->drivers, site->at.source))
		return true;
	rest = copy = xstrdup(rule->outside);
	while ((word = strsep(&rest, " ")))
		is_exempt = is_exempt ||
			    (starts_with(source->file, word) && source->file[strlen(word)] == '/');
	free(copy);
	return is_exempt;
}

static bool is_same_place(const struct site *a, const struct site *b)
{
	return a->rule == b->rule && !compare_positions(&a->at, &b->at);
}

/* How many ways a site has. */
static size_t ways_of(const struct site *site)
{
	size_t count = 0;

	for (size_t i = 0; i < site->chain_length; i++)
		count += site->chain[i].kind == LINK_OPERATION;
	return count;
}

/* Is it told already what the operation of a site does inside? */
static bool has_inside(const struct site *site)
{
	return site->chain_length && site->chain[site->chain_length - 1].kind == LINK_INSIDE;
}

/* Does a site have a way from this beginning already? */
static bool has_root(const struct site *site, const struct link *root)
{
	for (size_t i = 0; i < site->chain_length; i++)
		if (site->chain[i].kind == LINK_ROOT &&
		    !compare_positions(&site->chain[i].at, &root->at))
			return true;
	return false;
}

/* Adds ways into a visit, from each beginning one, with `trail` from there down to the site. */
static void add_ways(struct below *below, struct site *site, size_t number, struct trail *trail)
{
	const struct visit *visit = &below->descent->visits[number];

	for (size_t i = 0; i < visit->entry_count && trail->length <= LONGEST_WAY; i++) {
		const struct entry *entry = &visit->entries[i];

		trail->links[trail->length++] = &entry->link;
		if (entry->from != NO_VISIT && come_to(&below->ways, entry->from)) {
			add_ways(below, site, entry->from, trail);
		} else if (entry->from == NO_VISIT && ways_of(site) < WAYS &&
			   !has_root(site, &entry->link)) {
			for (size_t j = trail->length; j-- > 0;)
				site_add_link(site, *trail->links[j]);
			site_end_way(site);
		}
		trail->length--;
	}
}

/* Adds what an operation does inside: the calls of a trail, and at their end a site. */
static void add_inside(struct site *site, const struct trail *trail, const struct site *last)
{
	struct link link = { .kind = LINK_INSIDE,
			     .at = last->at,
			     .function = last->function,
			     .call = last->operation,
			     .state = STATE_INHERITED,
			     .lock = "" };

	for (size_t i = trail->length; i-- > 0;) {
		struct link call = *trail->links[i];

		call.kind = LINK_INSIDE;
		site_add_link(site, call);
	}
	site_add_link(site, link);
}

/* Adds how the lock that is waited for is held elsewhere. */
static void add_holders(struct site *site, const struct awaited *awaited)
{
	for (size_t i = 0; i < awaited->holder_count; i++)
		for (size_t j = 0; j < awaited->holders[i].link_count; j++)
			site_add_link(site, awaited->holders[i].links[j]);
}

/*
 * Adds a finding in the function of a visit, or its ways to the one of the same place. `inside`, if
 * it is not NULL, leads from there to `last`.
 */
static void add_finding(struct below *below, struct site finding, size_t number,
			const struct trail *inside, const struct site *last)
{
	const struct descent *descent = below->descent;
	struct sites *findings = &below->findings;
	struct trail trail = { .length = 0 };
	size_t same = 0;

	if (is_exempt(descent, &finding) ||
	    select_is_other(descent->survey->selection, finding.at.source))
		return;
	while (same < findings->count && !is_same_place(&findings->rows[same], &finding))
		same++;
	if (same == findings->count) {
		findings->rows = grow(findings->rows, findings->count, sizeof(*findings->rows));
		findings->rows[findings->count++] = finding;
	} else if (finding.confidence > findings->rows[same].confidence) {
		findings->rows[same].confidence = finding.confidence;
		findings->rows[same].reason = finding.reason;
	}
	begin_look(&below->ways);
	add_ways(below, &findings->rows[same], number, &trail);
	if (same + 1 == findings->count && !has_inside(&findings->rows[same])) {
		if (inside)
			add_inside(&findings->rows[same], inside, last);
		if (finding.waits)
			add_holders(&findings->rows[same], &descent->locks[finding.waits - 1]);
	}
}

/* What shared code does, at the call by which a driver's code comes to it. */
static struct site at_border(const struct descent *descent, const struct site *site,
			     const struct link *call)
{
	struct site moved = *site;
	char *message = xasprintf("%s() %s", call->call, site->above);

	moved.at = call->at;
	moved.end_column = call->at.column + (unsigned int)strlen(call->call);
	moved.function = call->function;
	moved.operation = call->call;
	moved.arguments = "";
	moved.message = facts_keep(descent->facts, message);
	free(message);
	return moved;
}

/*
 * Adds a finding for each call by which drivers' code comes to a site in shared code, and one for
 * the site if a context begins in shared code itself.
 */
static void add_at_borders(struct below *below, const struct site *site, size_t number,
			   struct trail *trail)
{
	const struct descent *descent = below->descent;

	for (size_t i = 0; i < descent->visits[number].entry_count && trail->length <= LONGEST_WAY;
	     i++) {
		const struct entry *entry = &descent->visits[number].entries[i];

		if (entry->from == NO_VISIT) {
			add_finding(below, *site, site->visit - 1, NULL, NULL);
			continue;
		}
		if (drivers_is_shared(descent->drivers, descent->visits[entry->from].source)) {
			if (!come_to(&below->shared, entry->from))
				continue;
			trail->links[trail->length++] = &entry->link;
			add_at_borders(below, site, entry->from, trail);
			trail->length--;
		} else {
			add_finding(below, at_border(descent, site, &entry->link), entry->from,
				    trail, site);
		}
	}
}

void below_find(struct descent *descent, size_t first)
{
	struct below below = { .descent = descent };
	struct sites *sites = &descent->facts->sites;

	descent_sort_sites(descent, first);
	below.ways.seen = xcalloc(descent->count, sizeof(*below.ways.seen));
	below.shared.seen = xcalloc(descent->count, sizeof(*below.shared.seen));
	for (size_t i = first; i < sites->count; i++) {
		struct site site = sites->rows[i];
		const struct visit *visit = &descent->visits[site.visit - 1];
		struct trail trail = { .length = 0 };

		site.confidence = descent_confidence(descent, &site);
		begin_look(&below.shared);
		if (drivers_is_shared(descent->drivers, visit->source))
			add_at_borders(&below, &site, site.visit - 1, &trail);
		else
			add_finding(&below, site, site.visit - 1, NULL, NULL);
	}
	sites->count = first;
	for (size_t i = 0; i < below.findings.count; i++) {
		sites->rows = grow(sites->rows, sites->count, sizeof(*sites->rows));
		sites->rows[sites->count++] = below.findings.rows[i];
	}
	free(below.findings.rows);
	free(below.ways.seen);
	free(below.shared.seen);
}
