// SPDX-License-Identifier: GPL-2.0-only
#include "judge/holders.h"

#include "convention/table.h"
#include "graph/walk.h"
#include "judge/down.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The functions that acquire and release mutexes and semaphores. */
#define MUTEX_TABLE "tables/mutexes.tsv"

/* In calls: no way below a function that holds a lock is looked at that is longer. */
#define HOLDER_DEPTH 4

enum column {
	COLUMN_DOES,
	COLUMN_FUNCTION,
};

static const char *const columns[] = { "does", "function" };

/* What such locks are, in structures. */
static const char *const types[] = { "mutex", "rw_semaphore", "semaphore" };

struct holders {
	struct descent *descent; /* of the code that waits for locks */
	struct descent below;    /* of the code that holds them */
	struct names acquiring;
	struct names releasing;
	struct names wrapping; /* functions that acquire for their callers */
	bool *near;            /* sources, of the drivers that wait */
	enum confidence least; /* of findings that are wanted */
	size_t *lock_of; /* for each visit below with which a context begins, the number of its lock
			  */
	size_t root_count;
	bool *seen;
};

/* The word by which a function of the table is called; guard(mutex) is by "guard". */
static void add_function(struct names *names, const char *function)
{
	char *word = xstrndup(function, strcspn(function, "("));

	names_add_once(names, word);
	if (!strcmp(word, "guard"))
		names_add_once(names, "scoped_guard");
	free(word);
}

static int load_functions(struct holders *holders, struct error *err)
{
	char *path = path_join(holders->descent->survey->catalogue->dir, MUTEX_TABLE);
	struct table table;
	int result = table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err);

	for (size_t i = 0; i < table.count && !result; i++) {
		const char *const *row = table.rows[i].column;

		add_function(strcmp(row[COLUMN_DOES], "release") != 0 ? &holders->acquiring
								      : &holders->releasing,
			     row[COLUMN_FUNCTION]);
	}
	table_free(&table);
	free(path);
	return result;
}

static const char *driver_of(const struct holders *holders, const struct site *site)
{
	return holders->descent->visits[site->visit - 1].driver;
}

/* Marks the sources of the drivers that wait for locks, and those that drivers share. Are there
 * any? */
static bool mark_near(struct holders *holders, size_t first)
{
	const struct sites *sites = &holders->descent->facts->sites;
	const struct selection *selection = holders->descent->survey->selection;
	struct names drivers = { 0 };
	bool is_any;

	for (size_t i = first; i < sites->count; i++)
		if (sites->rows[i].waits)
			names_add_once(&drivers, driver_of(holders, &sites->rows[i]));
	holders->near = xcalloc(selection->count, sizeof(*holders->near));
	for (size_t i = 0; i < selection->count; i++)
		for (size_t j = 0; j < drivers.count && !holders->near[i]; j++)
			holders->near[i] =
				drivers_is_near(&holders->descent->drivers, drivers.names[j], i);
	is_any = drivers.count;
	names_free(&drivers);
	return is_any;
}

/* Reads the sources in which such locks are, or are acquired. */
static int read_locks(struct holders *holders, struct error *err)
{
	struct names words = { 0 };
	int result;

	for (size_t i = 0; i < holders->acquiring.count; i++)
		names_add(&words, holders->acquiring.names[i]);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		names_add(&words, types[i]);
	result = program_read(holders->descent->survey->program, &words, NULL, holders->near, err);
	names_free(&words);
	return result;
}

static const struct graph *graph_of(const struct holders *holders)
{
	return program_graph(holders->descent->survey->program);
}

/*
 * The lock that a call acquires, as STRUCT.MEMBER; NULL if the graph does not know of which
 * structure that is a member. The caller frees.
 */
static char *lock_of_call(const struct graph *graph, const struct edge *edge)
{
	return edge->kind == EDGE_CALL && edge->target != NONE ? graph_place(graph, edge->target)
							       : NULL;
}

/* The lock that a site waits for, likewise. */
static char *lock_of_site(const struct holders *holders, const struct site *site)
{
	const struct graph *graph = graph_of(holders);
	const struct visit *visit = &holders->descent->visits[site->visit - 1];
	uint32_t number = graph_function_at(graph, visit->source, visit->line);
	const struct item *item = number == NONE ? NULL : graph_item(graph, number);
	char *lock = NULL;

	for (uint32_t i = 0; item && i < item->edge_count && !lock; i++) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);

		if (edge->line == site->at.line &&
		    names_has(&holders->acquiring, graph_text(graph, edge->name)))
			lock = lock_of_call(graph, edge);
	}
	return lock;
}

/* The number, from 1, of a lock that some code of a driver waits for; 0: none does. */
static size_t find_lock(const struct descent *descent, const char *driver, const char *lock)
{
	size_t i = 0;

	while (i < descent->lock_count && (strcmp(descent->locks[i].lock, lock) != 0 ||
					   strcmp(descent->locks[i].driver, driver) != 0))
		i++;
	return i < descent->lock_count ? i + 1 : 0;
}

/* How sure a site is one, by the way that leads to it. */
static enum confidence confidence_of(const struct descent *descent, const struct site *site)
{
	const struct visit *visit = &descent->visits[site->visit - 1];
	enum confidence most = *visit->once == '=' ? CONFIDENCE_LOW : visit->confidence;

	return most < site->confidence ? most : site->confidence;
}

/* Finds out which locks the sites wait for. */
static void find_locks(struct holders *holders, size_t first)
{
	struct descent *descent = holders->descent;
	struct sites *sites = &descent->facts->sites;

	for (size_t i = first; i < sites->count; i++) {
		struct site *site = &sites->rows[i];
		char *lock = site->waits ? lock_of_site(holders, site) : NULL;
		struct awaited *awaited;
		enum confidence most;

		if (!site->waits)
			continue;
		most = confidence_of(descent, site);
		if (!lock || most < holders->least) {
			site->waits = SIZE_MAX;
			free(lock);
			continue;
		}
		site->waits = find_lock(descent, driver_of(holders, site), lock);
		if (!site->waits) {
			descent->locks =
				grow(descent->locks, descent->lock_count, sizeof(*descent->locks));
			descent->locks[descent->lock_count++] =
				(struct awaited){ .lock = xstrdup(lock),
						  .driver = driver_of(holders, site) };
			site->waits = descent->lock_count;
		}
		awaited = &descent->locks[site->waits - 1];
		awaited->most = awaited->most > most ? awaited->most : most;
		free(lock);
	}
}

/* Where holders begin. */

/* A call by which a function acquires a lock. */
struct hold {
	size_t lock; /* its number */
	uint32_t item;
	uint32_t edge;
};

struct holds {
	struct hold *rows;
	size_t count;
};

static int compare_holds(const void *a, const void *b)
{
	const struct hold *left = a, *right = b;

	if (left->lock != right->lock)
		return left->lock < right->lock ? -1 : 1;
	return left->edge < right->edge ? -1 : left->edge > right->edge;
}

static bool calls_one_of(const struct graph *graph, const struct item *item,
			 const struct names *names)
{
	for (uint32_t i = 0; i < item->edge_count; i++) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);

		if (edge->kind == EDGE_CALL && names_has(names, graph_text(graph, edge->name)))
			return true;
	}
	return false;
}

static void add_hold(struct holds *holds, size_t lock, uint32_t item, uint32_t edge)
{
	holds->rows = grow(holds->rows, holds->count, sizeof(*holds->rows));
	holds->rows[holds->count++] = (struct hold){ lock, item, edge };
}

/* Is a guard() acquired by this word? It is released at the end of the block. */
static bool is_guard(const char *word)
{
	return !strcmp(word, "guard") || !strcmp(word, "scoped_guard");
}

/* The calls of a function by its name. */
static struct numbers uses_of(const struct graph *graph, const char *name)
{
	uint32_t number = graph_name(graph, name);

	return number == NONE ? (struct numbers){ 0 } : graph_uses(graph, number);
}

static bool is_awaited(const struct descent *descent, const char *lock)
{
	size_t i = 0;

	while (i < descent->lock_count && strcmp(descent->locks[i].lock, lock) != 0)
		i++;
	return i < descent->lock_count;
}

/*
 * Adds to what is asked of spatch the functions that do for their callers, with a lock that some
 * code waits for, what a function does which acquires or releases it: they call none of `others`.
 */
static void find_wrappers(struct holders *holders, const char *function, const struct names *others,
			  struct names *wrapping)
{
	const struct graph *graph = graph_of(holders);
	struct numbers uses = uses_of(graph, function);

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(graph, uses.at[i]);
		const struct item *item = graph_item(graph, edge->item);
		const char *name = graph_text(graph, item->name);
		char *lock = item->kind == ITEM_FUNCTION ? lock_of_call(graph, edge) : NULL;

		if (lock && is_awaited(holders->descent, lock) &&
		    !calls_one_of(graph, item, others)) {
			char *line = xasprintf("wraps %s %s", name, function);

			names_add_once(&holders->below.wrappers, line);
			names_add_once(wrapping, name);
			free(line);
		}
		free(lock);
	}
}

/* Finds the functions that acquire and release the locks for their callers, and reads these. */
static int read_wrappers(struct holders *holders, struct error *err)
{
	struct names releasing = { 0 };
	int result = 0;

	for (size_t i = 0; i < holders->acquiring.count; i++)
		if (!is_guard(holders->acquiring.names[i]))
			find_wrappers(holders, holders->acquiring.names[i], &holders->releasing,
				      &holders->wrapping);
	for (size_t i = 0; i < holders->releasing.count; i++)
		find_wrappers(holders, holders->releasing.names[i], &holders->acquiring,
			      &releasing);
	if (holders->wrapping.count)
		result = program_read(holders->descent->survey->program, &holders->wrapping, NULL,
				      holders->near, err);
	names_free(&releasing);
	return result;
}

/* The calls of a function that acquires a lock for its callers. */
static void add_callers(const struct holders *holders, struct holds *holds, size_t lock,
			uint32_t number)
{
	const struct graph *graph = graph_of(holders);
	struct graph_calls calls = graph_callers(graph, number, LINK_DIRECT);
	const char *driver = holders->descent->locks[lock - 1].driver;

	for (size_t i = 0; i < calls.count; i++) {
		const struct item *caller = graph_item(graph, calls.calls[i].caller);

		if (drivers_is_near(&holders->descent->drivers, driver, caller->source))
			add_hold(holds, lock, calls.calls[i].caller, calls.calls[i].edge);
	}
	free(calls.calls);
}

/* The calls that acquire one of the locks that some code waits for. */
static void find_holds(const struct holders *holders, const char *acquiring, struct holds *holds)
{
	const struct graph *graph = graph_of(holders);
	const struct descent *descent = holders->descent;
	struct numbers uses = uses_of(graph, acquiring);

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(graph, uses.at[i]);
		const struct item *item = graph_item(graph, edge->item);
		char *lock = item->kind == ITEM_FUNCTION ? lock_of_call(graph, edge) : NULL;

		for (size_t j = 0; lock && j < descent->lock_count; j++) {
			const struct awaited *awaited = &descent->locks[j];

			if (strcmp(awaited->lock, lock) != 0 ||
			    !drivers_is_near(&descent->drivers, awaited->driver, item->source))
				continue;
			add_hold(holds, j + 1, edge->item, uses.at[i]);
			if (names_has(&holders->wrapping, graph_text(graph, item->name)))
				add_callers(holders, holds, j + 1, edge->item);
		}
		free(lock);
	}
}

/*
 * Is a function entered in the context itself? What it does there is a finding of its own, and not
 * what others wait for.
 */
static bool is_in_context(const struct descent *descent, const struct item *item)
{
	for (size_t i = 0; i < descent->count; i++)
		if (descent->visits[i].source == item->source &&
		    descent->visits[i].line == item->name_line &&
		    !strchr(descent->visits[i].context, ':'))
			return true;
	return false;
}

/* Adds a visit of a function with the lines in which it acquires a lock. */
static void add_holder(struct holders *holders, const struct hold *holds, size_t count)
{
	const struct graph *graph = graph_of(holders);
	struct descent *below = &holders->below;
	const struct item *item = graph_item(graph, holds->item);
	const struct edge *edge = graph_edge(graph, holds->edge);
	const char *function = facts_keep(below->facts, graph_text(graph, item->name));
	size_t before = below->count;
	char *lines;

	if (is_in_context(holders->descent, item))
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
				  .lock = "" } });
	free(lines);
	if (below->count == before)
		return;
	holders->lock_of = grow(holders->lock_of, before, sizeof(*holders->lock_of));
	holders->lock_of[before] = holds->lock;
}

static void find_holders(struct holders *holders)
{
	struct holds holds = { 0 };
	size_t first = 0;

	for (size_t i = 0; i < holders->acquiring.count; i++)
		find_holds(holders, holders->acquiring.names[i], &holds);
	sort(holds.rows, holds.count, sizeof(*holds.rows), compare_holds);
	while (first < holds.count) {
		size_t end = first;

		while (end < holds.count && holds.rows[end].lock == holds.rows[first].lock &&
		       holds.rows[end].item == holds.rows[first].item)
			end++;
		add_holder(holders, &holds.rows[first], end - first);
		first = end;
	}
	holders->root_count = holders->below.count;
	free(holds.rows);
}

/* What is done with the locks held. */

/* Takes note of what a site says of the lock with which a context begins, if nothing worse is
 * known. */
static void note_site(struct holders *holders, const struct site *site, enum confidence confidence,
		      size_t root, const struct link *const *trail, size_t length)
{
	struct awaited *awaited = &holders->descent->locks[holders->lock_of[root] - 1];
	const struct visit *visit = &holders->below.visits[root];

	if (awaited->holder && awaited->confidence >= confidence)
		return;
	free(awaited->links);
	awaited->links = xcalloc(length + 2, sizeof(*awaited->links));
	awaited->link_count = 0;
	awaited->confidence = confidence;
	awaited->holder = visit->function;
	awaited->does = site->above;
	awaited->links[awaited->link_count++] = visit->entries[0].link;
	for (size_t i = length; i-- > 0;)
		awaited->links[awaited->link_count++] = *trail[i];
	awaited->links[awaited->link_count++] = (struct link){ .at = site->at,
							       .function = site->function,
							       .call = site->operation,
							       .state = STATE_INHERITED,
							       .lock = "" };
	for (size_t i = 0; i < awaited->link_count; i++)
		awaited->links[i].kind = LINK_INSIDE;
}

/* Goes up from a site to the functions that hold a lock. */
static void go_up(struct holders *holders, const struct site *site, enum confidence confidence,
		  size_t number, const struct link **trail, size_t length)
{
	const struct visit *visit = &holders->below.visits[number];

	if (holders->seen[number] || length > LONGEST_WAY)
		return;
	holders->seen[number] = true;
	if (number < holders->root_count)
		note_site(holders, site, confidence, number, trail, length);
	for (size_t i = 0; i < visit->entry_count; i++) {
		if (visit->entries[i].from == NO_VISIT)
			continue;
		trail[length] = &visit->entries[i].link;
		go_up(holders, site, confidence, visit->entries[i].from, trail, length + 1);
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
		go_up(holders, site, confidence_of(&holders->below, site), site->visit - 1, trail,
		      0);
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

		if (!awaited->holder || awaited->confidence < awaited->most)
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
		if (!awaited || !awaited->holder)
			continue;
		above = xasprintf("waits for %s %s; %s() holds that lock and %s", awaited->lock,
				  site.above, awaited->holder, awaited->does);
		message = xasprintf("%s() %s", site.operation, above);
		site.above = facts_keep(descent->facts, above);
		site.message = facts_keep(descent->facts, message);
		if (site.confidence > awaited->confidence)
			site.confidence = awaited->confidence;
		sites->rows[kept++] = site;
		free(above);
		free(message);
	}
	sites->count = kept;
}

int holders_find(struct descent *descent, size_t first, enum confidence least, struct error *err)
{
	struct holders holders = {
		.descent = descent,
		.least = least,
		.below = { .survey = descent->survey,
			   .slots = descent->slots,
			   .facts = descent->facts,
			   .drivers = { .survey = descent->survey } },
	};
	struct sites *sites = &descent->facts->sites;
	size_t end = sites->count;
	int result = 0;

	if (mark_near(&holders, first)) {
		for (size_t i = 0; i < descent->wrappers.count; i++)
			names_add(&holders.below.wrappers, descent->wrappers.names[i]);
		result = load_functions(&holders, err) || read_locks(&holders, err) ? -1 : 0;
		if (!result) {
			find_locks(&holders, first);
			result = read_wrappers(&holders, err);
		}
		if (!result) {
			find_holders(&holders);
			result = go_down(&holders, err);
		}
		sites->count = end;
		keep_sites(descent, first);
	}
	free(holders.near);
	names_free(&holders.wrapping);
	names_free(&holders.acquiring);
	names_free(&holders.releasing);
	free(holders.lock_of);
	free(holders.seen);
	descent_free(&holders.below);
	return result;
}
