// SPDX-License-Identifier: GPL-2.0-only
#include "judge/holders.h"

#include "judge/down.h"
#include "judge/locks.h"

#include <stdlib.h>
#include <string.h>

/* In calls: no way below a function that holds a lock is looked at that is longer. */
#define HOLDER_DEPTH 4

struct holders {
	struct descent *descent; /* of the code that waits for locks */
	struct descent below;    /* of the code that holds them */
	size_t *lock_of; /* for each visit below with which a context begins, the number of its lock
			  */
	size_t root_count;
	bool *seen;
};

/*
 * Is a function entered in the context of what waits for a lock? What it does there is a finding of
 * its own, and not what others wait for. What only the resuming of a device leads to runs for
 * others, too: whoever comes first resumes it.
 */
static bool is_in_context(const struct descent *descent, const struct awaited *awaited,
			  const struct item *item)
{
	for (size_t i = 0; i < descent->count; i++) {
		const struct visit *visit = &descent->visits[i];

		if (visit->source == item->source && visit->line == item->name_line &&
		    !visit->is_resumed && strcmp(visit->context, SECTION_CONTEXT) != 0 &&
		    context_is_atomic(visit->context) == awaited->is_atomic)
			return true;
	}
	return false;
}

/* Adds a visit of a function with the lines in which it acquires a lock. */
static void add_holder(struct holders *holders, const struct hold *holds, size_t count)
{
	struct descent *below = &holders->below;
	const struct graph *graph = program_graph(below->survey->program);
	const struct item *item = graph_item(graph, holds->item);
	const struct edge *edge = graph_edge(graph, holds->edge);
	const char *function = facts_keep(below->facts, graph_text(graph, item->name));
	size_t before = below->count;
	char *lines;

	if (is_in_context(holders->descent, &holders->descent->locks[holds->lock - 1], item))
		return;
	lines = xasprintf("%s:%u", HOLDER_CONTEXT, (unsigned int)edge->line);

	for (size_t i = 1; i < count; i++) {
		char *more = xasprintf("%s,%u", lines,
				       (unsigned int)graph_edge(graph, holds[i].edge)->line);

		free(lines);
		lines = more;
	}
	descent_add(
		below,
		(struct visit){
			.source = item->source,
			.line = item->name_line,
			.function = function,
			.context = facts_keep(below->facts, lines),
			.values = "-",
			.once = "-",
			.driver = holders->descent->locks[holds->lock - 1].driver,
			.confidence = CONFIDENCE_HIGH,
		},
		(struct entry){ NO_VISIT,
				{ .kind = LINK_INSIDE,
				  .at = { item->source, edge->line, edge->column },
				  .function = function,
				  .call = facts_keep(below->facts, graph_text(graph, edge->name)),
				  .state = STATE_INHERITED,
				  .lock = "" },
				NULL });
	free(lines);
	if (below->count == before)
		return;
	holders->lock_of = grow(holders->lock_of, before, sizeof(*holders->lock_of));
	holders->lock_of[before] = holds->lock;
}

/* Adds a visit for each function that holds a lock. */
static void add_holders(struct holders *holders, const struct holds *holds)
{
	size_t first = 0;

	while (first < holds->count) {
		size_t end = first;

		while (end < holds->count && holds->rows[end].lock == holds->rows[first].lock &&
		       holds->rows[end].item == holds->rows[first].item)
			end++;
		add_holder(holders, &holds->rows[first], end - first);
		first = end;
	}
	holders->root_count = holders->below.count;
}

/* What is done with the locks held. */

/* The calls from where a function acquires a lock to a site: those of a trail, which leads up. */
static void add_links(struct holder *holder, const struct link *acquires,
		      const struct link *const *trail, size_t length, const struct site *site)
{
	holder->links = xcalloc(length + 2, sizeof(*holder->links));
	holder->links[holder->link_count++] = *acquires;
	for (size_t i = length; i-- > 0;)
		holder->links[holder->link_count++] = *trail[i];
	if (length || compare_positions(&site->at, &acquires->at) != 0)
		holder->links[holder->link_count++] = (struct link){ .at = site->at,
								     .function = site->function,
								     .call = site->operation,
								     .state = STATE_INHERITED,
								     .lock = "" };
	for (size_t i = 0; i < holder->link_count; i++)
		holder->links[i].kind = LINK_INSIDE;
}

static void remove_holder(struct awaited *awaited, size_t number)
{
	free(awaited->holders[number].links);
	awaited->holder_count--;
	for (size_t i = number; i + 1 < HOLDERS; i++)
		awaited->holders[i] = awaited->holders[i + 1];
}

/* Makes room for a holder in the order of confidence. Returns where, or HOLDERS if there is none.
 */
static size_t make_room(struct awaited *awaited, const char *function, enum confidence confidence)
{
	size_t at = 0;

	for (size_t i = 0; i < awaited->holder_count; i++) {
		if (strcmp(awaited->holders[i].function, function) != 0)
			continue;
		if (awaited->holders[i].confidence >= confidence)
			return HOLDERS;
		remove_holder(awaited, i);
	}
	while (at < awaited->holder_count && awaited->holders[at].confidence >= confidence)
		at++;
	if (at == HOLDERS)
		return HOLDERS;
	if (awaited->holder_count == HOLDERS)
		free(awaited->holders[HOLDERS - 1].links);
	else
		awaited->holder_count++;
	for (size_t i = HOLDERS - 1; i > at; i--)
		awaited->holders[i] = awaited->holders[i - 1];
	return at;
}

/* Takes note of a site for the lock that is held in a visit with which the context begins. */
static void note_site(struct holders *holders, const struct site *site, size_t root,
		      const struct link *const *trail, size_t length)
{
	struct awaited *awaited = &holders->descent->locks[holders->lock_of[root] - 1];
	const struct visit *visit = &holders->below.visits[root];
	enum confidence confidence = descent_confidence(&holders->below, site);
	size_t at = HOLDERS;

	if (!awaited->is_irqsafe || confidence == CONFIDENCE_HIGH)
		at = make_room(awaited, visit->function, confidence);
	if (at == HOLDERS)
		return;
	awaited->holders[at] = (struct holder){ .function = visit->function,
						.does = site->above,
						.confidence = confidence };
	add_links(&awaited->holders[at], &visit->entries[0].link, trail, length, site);
}

/* Goes up from a site to the functions that hold a lock. */
static void go_up(struct holders *holders, const struct site *site, size_t number,
		  const struct link **trail, size_t length)
{
	const struct visit *visit = &holders->below.visits[number];

	if (holders->seen[number] || length > LONGEST_WAY)
		return;
	holders->seen[number] = true;
	if (number < holders->root_count)
		note_site(holders, site, number, trail, length);
	for (size_t i = 0; i < visit->entry_count; i++) {
		if (visit->entries[i].from == NO_VISIT)
			continue;
		trail[length] = &visit->entries[i].link;
		go_up(holders, site, visit->entries[i].from, trail, length + 1);
	}
}

/* Looks at the sites that were found below. */
static void look_at_sites(struct holders *holders, size_t first)
{
	const struct sites *sites = &holders->descent->facts->sites;

	for (size_t i = first; i < sites->count; i++) {
		const struct site *site = &sites->rows[i];
		const struct link *trail[LONGEST_WAY + 1];

		memset(holders->seen, 0, holders->below.count * sizeof(*holders->seen));
		go_up(holders, site, site->visit - 1, trail, 0);
	}
}

/* Is more to be known of some lock with which a way to a visit begins? */
static bool is_open(struct holders *holders, size_t number)
{
	const struct visit *visit = &holders->below.visits[number];

	if (holders->seen[number])
		return false;
	holders->seen[number] = true;
	if (number < holders->root_count) {
		const struct awaited *awaited =
			&holders->descent->locks[holders->lock_of[number] - 1];

		if (!awaited->holder_count || awaited->holders[0].confidence < awaited->most)
			return true;
	}
	for (size_t i = 0; i < visit->entry_count; i++)
		if (visit->entries[i].from != NO_VISIT && is_open(holders, visit->entries[i].from))
			return true;
	return false;
}

/* Goes down from the functions that hold locks, until enough is known of each. */
static int go_down(struct holders *holders, struct error *err)
{
	struct descent *below = &holders->below;
	size_t first = 0;
	int result = 0;

	for (unsigned int depth = 0; !result && first < below->count && depth <= HOLDER_DEPTH;
	     depth++) {
		size_t next = below->count, first_site = below->facts->sites.count;

		result = down_level(below, first, depth, err);
		descent_take_later(below);
		free(holders->seen);
		holders->seen = xcalloc(below->count, sizeof(*holders->seen));
		descent_sort_sites(below, first_site);
		look_at_sites(holders, first_site);
		for (size_t i = next; i < below->count; i++) {
			memset(holders->seen, 0, below->count * sizeof(*holders->seen));
			below->visits[i].is_left = !is_open(holders, i);
		}
		first = next;
	}
	return result;
}

/* Keeps the sites that wait for a lock with which something forbidden is done. */
static void keep_sites(struct descent *descent, size_t first)
{
	struct sites *sites = &descent->facts->sites;
	size_t kept = first;

	for (size_t i = first; i < sites->count; i++) {
		struct site site = sites->rows[i];
		const struct awaited *awaited;
		char *above, *message;

		if (!site.waits) {
			sites->rows[kept++] = site;
			continue;
		}
		awaited = site.waits == SIZE_MAX ? NULL : &descent->locks[site.waits - 1];
		if (!awaited || !awaited->holder_count)
			continue;
		above = xasprintf("waits for %s %s; %s() holds that lock and %s", awaited->lock,
				  site.above, awaited->holders[0].function,
				  awaited->holders[0].does);
		message = xasprintf("%s() %s", site.operation, above);
		site.above = facts_keep(descent->facts, above);
		site.message = facts_keep(descent->facts, message);
		if (site.confidence > awaited->holders[0].confidence)
			site.confidence = awaited->holders[0].confidence;
		sites->rows[kept++] = site;
		free(above);
		free(message);
	}
	sites->count = kept;
}

/* Finds out what is done with the locks of a kind held. */
static int find_holders(struct descent *descent, size_t first, enum lock_kind kind,
			struct error *err)
{
	struct holders holders = {
		.descent = descent,
		.below = { .survey = descent->survey,
			   .slots = descent->slots,
			   .facts = descent->facts,
			   .drivers = descent->drivers,
			   .least = descent->least },
	};
	struct holds holds = { 0 };
	size_t end = descent->facts->sites.count;
	int result;

	for (size_t i = 0; i < descent->wrappers.count; i++)
		names_add(&holders.below.wrappers, descent->wrappers.names[i]);
	result = locks_find(descent, first, kind, &holds, &holders.below.wrappers, err);
	if (!result) {
		add_holders(&holders, &holds);
		result = go_down(&holders, err);
	}
	descent->facts->sites.count = end;
	free(holds.rows);
	free(holders.lock_of);
	free(holders.seen);
	descent_free(&holders.below);
	return result;
}

int holders_find(struct descent *descent, size_t first, struct error *err)
{
	if (find_holders(descent, first, LOCKS_MUTEX, err) ||
	    find_holders(descent, first, LOCKS_SPIN, err))
		return -1;
	keep_sites(descent, first);
	return 0;
}
