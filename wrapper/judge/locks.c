// SPDX-License-Identifier: GPL-2.0-only
#include "judge/locks.h"

#include "convention/table.h"
#include "graph/walk.h"

#include <stdlib.h>
#include <string.h>

/* The functions that acquire and release locks of a kind, and what such locks are, in structures.
 */
static const struct {
	const char *table;
	const char *types[5];
} kinds[] = {
	[LOCKS_MUTEX] = { "tables/mutexes.tsv", { "mutex", "rw_semaphore", "semaphore" } },
	[LOCKS_SPIN] = { "tables/atomic.tsv",
			 { "spinlock_t", "raw_spinlock_t", "rwlock_t", "xarray" } },
};

enum column {
	COLUMN_DOES,
	COLUMN_FUNCTION,
};

static const char *const columns[] = { "does", "function" };

struct locks {
	struct descent *descent;
	enum lock_kind kind;
	struct names acquiring;
	struct names releasing;
	struct names irqsafe; /* that acquire one with interrupts off, or turn them on: no guards */
	struct names guards;  /* the classes of guards that do */
	struct names wrapping; /* functions that acquire for their callers */
	struct names *wrappers;
	bool *near; /* sources, of the drivers that wait */
};

/* The word by which a function of the table is called; guard(mutex) is by each macro for guards. */
static void add_function(struct names *names, const char *function)
{
	char *word = xstrndup(function, strcspn(function, "("));

	names_add_once(names, word);
	for (size_t i = 0; graph_is_guard(word) && graph_guards[i]; i++)
		names_add_once(names, graph_guards[i]);
	free(word);
}

/* The functions that do the same as one of a table; NULL where that does not matter. */
static struct names *functions_of(struct locks *locks, const char *does)
{
	const struct {
		const char *does;
		struct names *names;
	} lists[] = {
		{ "acquire", &locks->acquiring },  { "try", &locks->acquiring },
		{ "release", &locks->releasing },  { "locks", &locks->acquiring },
		{ "locks-bh", &locks->acquiring }, { "locks-irq", &locks->irqsafe },
		{ "irqs-on", &locks->irqsafe },    { "locks-irqsave", &locks->irqsafe },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (!strcmp(does, lists[i].does))
			return lists[i].names;
	return NULL;
}

/* Adds a function of the table to those that do the same: guard(CLASS) with interrupts off by its
 * class, since other guards do something else. */
static void add_to(struct locks *locks, struct names *names, const char *function)
{
	static const char guard[] = "guard(";
	size_t begins = sizeof(guard) - 1;

	if (names == &locks->irqsafe && starts_with(function, guard)) {
		char *class = xstrndup(function + begins, strcspn(function + begins, ")"));

		names_add_once(&locks->guards, class);
		free(class);
	} else {
		add_function(names, function);
	}
}

static int load_functions(struct locks *locks, struct error *err)
{
	char *path = path_join(locks->descent->survey->catalogue->dir, kinds[locks->kind].table);
	struct table table;
	int result = table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err);

	for (size_t i = 0; i < table.count && !result; i++) {
		const char *const *row = table.rows[i].column;
		struct names *names = functions_of(locks, row[COLUMN_DOES]);

		if (names)
			add_to(locks, names, row[COLUMN_FUNCTION]);
	}
	table_free(&table);
	free(path);
	return result;
}

static enum lock_kind kind_of(const struct descent *descent, const struct site *site)
{
	return context_is_atomic(descent->visits[site->visit - 1].context) ? LOCKS_SPIN
									   : LOCKS_MUTEX;
}

/* Does a site wait for a lock of the kind, and is it wanted? */
static bool is_waiting(const struct locks *locks, const struct site *site)
{
	return site->waits == SIZE_MAX && kind_of(locks->descent, site) == locks->kind &&
	       descent_confidence(locks->descent, site) >= locks->descent->least;
}

static const char *driver_of(const struct locks *locks, const struct site *site)
{
	return locks->descent->visits[site->visit - 1].driver;
}

/* Marks the sources of the drivers that wait for locks, and those that drivers share. Are there
 * any? */
static bool mark_near(struct locks *locks, size_t first)
{
	const struct sites *sites = &locks->descent->facts->sites;
	struct names drivers = { 0 };
	bool is_any;

	for (size_t i = first; i < sites->count; i++)
		if (is_waiting(locks, &sites->rows[i]))
			names_add_once(&drivers, driver_of(locks, &sites->rows[i]));
	locks->near = drivers_near(locks->descent->drivers, &drivers);
	is_any = drivers.count;
	names_free(&drivers);
	return is_any;
}

/* Reads the sources in which such locks are, or are acquired. */
static int read_locks(struct locks *locks, struct error *err)
{
	struct names words = { 0 };
	int result;

	for (size_t i = 0; i < locks->acquiring.count; i++)
		names_add(&words, locks->acquiring.names[i]);
	for (size_t i = 0; i < locks->irqsafe.count; i++)
		names_add(&words, locks->irqsafe.names[i]);
	for (size_t i = 0; i < locks->guards.count; i++)
		names_add(&words, locks->guards.names[i]);
	for (size_t i = 0; kinds[locks->kind].types[i]; i++)
		names_add(&words, kinds[locks->kind].types[i]);
	result = program_read(locks->descent->survey->program, &words, NULL, locks->near, err);
	names_free(&words);
	return result;
}

static const struct graph *graph_of(const struct locks *locks)
{
	return program_graph(locks->descent->survey->program);
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
static char *lock_of_site(const struct locks *locks, const struct site *site)
{
	const struct graph *graph = graph_of(locks);
	const struct visit *visit = &locks->descent->visits[site->visit - 1];
	uint32_t number = graph_function_at(graph, visit->source, visit->line);
	const struct item *item = number == NONE ? NULL : graph_item(graph, number);
	char *lock = NULL;

	for (uint32_t i = 0; item && i < item->edge_count && !lock; i++) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);

		if (edge->line == site->at.line &&
		    names_has(&locks->acquiring, graph_text(graph, edge->name)))
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

/* Finds out which locks the sites wait for. */
static void find_locks(struct locks *locks, size_t first)
{
	struct descent *descent = locks->descent;
	struct sites *sites = &descent->facts->sites;

	for (size_t i = first; i < sites->count; i++) {
		struct site *site = &sites->rows[i];
		char *lock = is_waiting(locks, site) ? lock_of_site(locks, site) : NULL;
		struct awaited *awaited;
		enum confidence most;

		if (!lock)
			continue;
		most = descent_confidence(descent, site);
		site->waits = find_lock(descent, driver_of(locks, site), lock);
		if (!site->waits) {
			descent->locks =
				grow(descent->locks, descent->lock_count, sizeof(*descent->locks));
			descent->locks[descent->lock_count++] =
				(struct awaited){ .lock = xstrdup(lock),
						  .driver = driver_of(locks, site),
						  .is_atomic = locks->kind == LOCKS_SPIN };
			site->waits = descent->lock_count;
		}
		awaited = &descent->locks[site->waits - 1];
		awaited->most = awaited->most > most ? awaited->most : most;
		free(lock);
	}
}

/* Notes that some code acquires a lock with interrupts off. */
static void note_irqsafe(struct locks *locks, const struct edge *edge)
{
	struct descent *descent = locks->descent;
	char *lock = lock_of_call(graph_of(locks), edge);

	for (size_t i = 0; lock && i < descent->lock_count; i++)
		if (descent->locks[i].is_atomic && !strcmp(descent->locks[i].lock, lock))
			descent->locks[i].is_irqsafe = true;
	free(lock);
}

/* The call that a class of guards is passed to: guard(CLASS)(&lock), scoped_guard(CLASS, &lock).
 * NULL if there is none. */
static const struct edge *guard_of(const struct graph *graph, uint32_t number)
{
	const struct edge *class = graph_edge(graph, number);
	const struct item *item = graph_item(graph, class->item);

	if (class->kind != EDGE_PASS || !graph_is_guard(graph_text(graph, class->target)))
		return NULL;
	while (number-- > item->first_edge) {
		const struct edge *edge = graph_edge(graph, number);

		if (edge->kind == EDGE_CALL && edge->name == class->target)
			return edge;
	}
	return NULL;
}

/* Notes which of the locks some code acquires with interrupts off. */
static void find_irqsafe(struct locks *locks)
{
	const struct graph *graph = graph_of(locks);

	for (size_t i = 0; i < locks->irqsafe.count; i++) {
		struct numbers uses = graph_uses(graph, graph_name(graph, locks->irqsafe.names[i]));

		for (uint32_t j = 0; j < uses.count; j++)
			note_irqsafe(locks, graph_edge(graph, uses.at[j]));
	}
	for (size_t i = 0; i < locks->guards.count; i++) {
		struct numbers uses = graph_uses(graph, graph_name(graph, locks->guards.names[i]));

		for (uint32_t j = 0; j < uses.count; j++) {
			const struct edge *guard = guard_of(graph, uses.at[j]);

			if (guard)
				note_irqsafe(locks, guard);
		}
	}
}

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
static void find_wrappers(struct locks *locks, const char *function, const struct names *others,
			  struct names *wrapping)
{
	const struct graph *graph = graph_of(locks);
	struct numbers uses = graph_uses(graph, graph_name(graph, function));

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(graph, uses.at[i]);
		const struct item *item = graph_item(graph, edge->item);
		const char *name = graph_text(graph, item->name);
		char *lock = item->kind == ITEM_FUNCTION ? lock_of_call(graph, edge) : NULL;

		if (lock && is_awaited(locks->descent, lock) &&
		    !calls_one_of(graph, item, others)) {
			char *line = xasprintf("wraps %s %s", name, function);

			names_add_once(locks->wrappers, line);
			names_add_once(wrapping, name);
			free(line);
		}
		free(lock);
	}
}

/* Finds the functions that acquire and release the locks for their callers, and reads these. */
static int read_wrappers(struct locks *locks, struct error *err)
{
	struct names releasing = { 0 };
	int result = 0;

	for (size_t i = 0; i < locks->acquiring.count; i++)
		if (!graph_is_guard(locks->acquiring.names[i]))
			find_wrappers(locks, locks->acquiring.names[i], &locks->releasing,
				      &locks->wrapping);
	for (size_t i = 0; i < locks->releasing.count; i++)
		find_wrappers(locks, locks->releasing.names[i], &locks->acquiring, &releasing);
	if (locks->wrapping.count)
		result = program_read(locks->descent->survey->program, &locks->wrapping, NULL,
				      locks->near, err);
	names_free(&releasing);
	return result;
}

/* The calls of a function that acquires a lock for its callers. */
static void add_callers(const struct locks *locks, struct holds *holds, size_t lock,
			uint32_t number)
{
	const struct graph *graph = graph_of(locks);
	struct graph_calls calls = graph_callers(graph, number, LINK_DIRECT);
	const char *driver = locks->descent->locks[lock - 1].driver;

	for (size_t i = 0; i < calls.count; i++) {
		const struct item *caller = graph_item(graph, calls.calls[i].caller);

		if (drivers_is_near(locks->descent->drivers, driver, caller->source))
			add_hold(holds, lock, calls.calls[i].caller, calls.calls[i].edge);
	}
	free(calls.calls);
}

/* The calls that acquire one of the locks that some code waits for. */
static void find_holds(const struct locks *locks, const char *acquiring, struct holds *holds)
{
	const struct graph *graph = graph_of(locks);
	const struct descent *descent = locks->descent;
	struct numbers uses = graph_uses(graph, graph_name(graph, acquiring));

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(graph, uses.at[i]);
		const struct item *item = graph_item(graph, edge->item);
		char *lock = item->kind == ITEM_FUNCTION ? lock_of_call(graph, edge) : NULL;

		for (size_t j = 0; lock && j < descent->lock_count; j++) {
			const struct awaited *awaited = &descent->locks[j];

			if (strcmp(awaited->lock, lock) != 0 ||
			    !drivers_is_near(descent->drivers, awaited->driver, item->source))
				continue;
			add_hold(holds, j + 1, edge->item, uses.at[i]);
			if (names_has(&locks->wrapping, graph_text(graph, item->name)))
				add_callers(locks, holds, j + 1, edge->item);
		}
		free(lock);
	}
}

int locks_find(struct descent *descent, size_t first, enum lock_kind kind, struct holds *holds,
	       struct names *wrappers, struct error *err)
{
	struct locks locks = { .descent = descent, .kind = kind, .wrappers = wrappers };
	int result = 0;

	if (mark_near(&locks, first)) {
		result = load_functions(&locks, err) || read_locks(&locks, err) ? -1 : 0;
		if (!result) {
			find_locks(&locks, first);
			find_irqsafe(&locks);
			result = kind == LOCKS_MUTEX ? read_wrappers(&locks, err) : 0;
		}
		for (size_t i = 0; i < locks.acquiring.count && !result; i++)
			find_holds(&locks, locks.acquiring.names[i], holds);
		sort(holds->rows, holds->count, sizeof(*holds->rows), compare_holds);
	}
	free(locks.near);
	names_free(&locks.wrapping);
	names_free(&locks.acquiring);
	names_free(&locks.releasing);
	names_free(&locks.irqsafe);
	names_free(&locks.guards);
	return result;
}
