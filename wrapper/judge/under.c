// SPDX-License-Identifier: GPL-2.0-only
#include "judge/under.h"

#include "graph/walk.h"
#include "run/uses.h"

#include <stdlib.h>
#include <string.h>

/* No way that was found true is longer than this, in calls. */
#define DEPTH 6

struct search {
	const struct drivers *drivers;
	const struct slots *slots;
	const struct names *locks;
	const struct names *above;
	bool *only;               /* for each source: may it be read? */
	struct names asked;       /* functions that were looked for */
	struct names members;     /* through which what was reached may be called */
	struct names owners;      /* tags of structures with these, and of what has such */
	struct graph_set taking;  /* what calls a function of `above` */
	struct graph_set reached; /* that, and what calls it, and so on */
};

static const struct graph *graph_of(const struct search *search)
{
	return program_graph(search->drivers->survey->program);
}

static void add_users(const struct graph *graph, const struct names *names, struct graph_set *set)
{
	graph_set_add_users(graph, (const char *const *)names->names, names->count, set);
}

/* A walk upward, with how many calls each item that it came to is away from its end. */
struct climb {
	unsigned int *calls;
};

/* Takes down how far away a step is, and says whether that is as far as it may be. */
static bool is_far(void *context, const struct graph_step *step)
{
	unsigned int *calls = ((struct climb *)context)->calls;

	if (step->from != GRAPH_START)
		calls[step->item] = calls[step->call.callee] + 1;
	return calls[step->item] == DEPTH;
}

/* Adds to what was reached the callers of what calls a function of `above`, and theirs. */
static void spread_up(struct search *search)
{
	const struct graph *graph = graph_of(search);
	size_t count = 0, limit = (size_t)graph_item_count(graph) + 1;
	struct climb climb = { xcalloc(limit, sizeof(*climb.calls)) };
	const struct graph_guide guide = { LINK_ALL | LINK_GUESSED, is_far, &climb, 0 };
	uint32_t *from = xcalloc(limit, sizeof(*from));
	struct graph_walk walk;

	for (uint32_t i = 0; i < graph_item_count(graph); i++)
		if (search->taking.has[i])
			from[count++] = i;
	walk = graph_walk_up(graph, from, count, &guide);
	for (size_t i = 0; i < walk.count; i++)
		graph_set_add(&search->reached, walk.steps[i].item);
	free(walk.steps);
	free(from);
	free(climb.calls);
}

/* Finds what calls a function of `above`, and the callers of that, in the sources that were read.
 */
static void reach(struct search *search)
{
	const struct graph *graph = graph_of(search);

	free(search->taking.has);
	free(search->reached.has);
	search->taking = graph_set_make(graph);
	search->reached = graph_set_make(graph);
	add_users(graph, search->above, &search->taking);
	spread_up(search);
}

/* Adds a word to some, and returns whether it is new. */
static bool add_new(struct names *words, const char *word)
{
	size_t before = words->count;

	names_add_once(words, word);
	return words->count > before;
}

/* Looks for what calls a function that is put into a slot of which the table says nothing. */
static bool want_slot(struct search *search, const char *slot, struct names *functions)
{
	struct names owners = { 0 };
	enum lock_state state;
	bool is_new = false;

	if (slots_find(search->slots, slot, &state))
		return false;
	if (ends_with(slot, "()")) {
		char *callee = xstrndup(slot, strlen(slot) - strlen("()"));

		is_new = add_new(&search->asked, callee);
		if (is_new)
			names_add(functions, callee);
		free(callee);
	} else if (question_is_member(slot)) {
		is_new = add_new(&search->members, strchr(slot, '.') + 1);
		uses_add_owners(graph_of(search), slot, &owners);
		for (size_t i = 0; i < owners.count; i++)
			is_new |= add_new(&search->owners, owners.names[i]);
		names_free(&owners);
	}
	return is_new;
}

/*
 * Looks for what calls what was reached. Adds the functions to look for, those that are called and
 * those that get one as an argument, and returns whether there is anything new.
 */
static bool want_callers(struct search *search, struct names *functions)
{
	const struct graph *graph = graph_of(search);
	struct names slots = { 0 };
	bool is_new = false;

	for (uint32_t i = 0; i < graph_item_count(graph); i++) {
		const struct item *item = graph_item(graph, i);
		const char *name = graph_text(graph, item->name);
		struct graph_entries entries;

		if (!search->reached.has[i])
			continue;
		if (!item->is_local && add_new(&search->asked, name)) {
			names_add(functions, name);
			is_new = true;
		}
		entries = graph_entries_of(graph, i);
		for (size_t j = 0; j < entries.count; j++)
			if (add_new(&slots, entries.entries[j].slot))
				is_new |= want_slot(search, entries.entries[j].slot, functions);
		graph_entries_free(&entries);
	}
	names_free(&slots);
	return is_new;
}

/* Reads what calls a function of `above`, and what calls that. */
static int read_upward(struct search *search, struct error *err)
{
	const struct survey *survey = search->drivers->survey;
	const struct selection *selection = survey->selection;
	bool goes_on = true;
	int result;

	for (size_t i = 0; i < selection->count; i++)
		search->only[i] = drivers_is_sharing(search->drivers, i) &&
				  drivers_is_near_chosen(search->drivers, i);
	result = program_read(survey->program, search->above, NULL, search->only, err);
	for (unsigned int round = 0; !result && goes_on && round < DEPTH; round++) {
		struct names functions = { 0 };

		reach(search);
		goes_on = want_callers(search, &functions);
		result = program_read(survey->program, &functions, NULL, search->only, err);
		if (!result && goes_on)
			result = program_read(survey->program, &search->owners, &search->members,
					      search->only, err);
		names_free(&functions);
	}
	reach(search);
	return result;
}

/* May the kernel enter a function with a lock held, through something that it is put into? */
static bool may_be_entered(const struct search *search, uint32_t item)
{
	struct graph_entries entries = graph_entries_of(graph_of(search), item);
	enum lock_state state;
	bool found = false;

	for (size_t i = 0; i < entries.count && !found; i++)
		found = slots_find(search->slots, entries.entries[i].slot, &state) &&
			state != STATE_NOT_HELD;
	graph_entries_free(&entries);
	return found;
}

/* Adds what an item calls, of what was reached, and returns whether anything is new. */
static bool add_called(const struct search *search, uint32_t item, struct graph_set *set)
{
	struct graph_calls calls = graph_callees(graph_of(search), item, LINK_ALL | LINK_GUESSED);
	size_t before = set->count;

	for (size_t i = 0; i < calls.count; i++)
		if (search->reached.has[calls.calls[i].callee])
			graph_set_add(set, calls.calls[i].callee);
	free(calls.calls);
	return set->count > before;
}

/* Adds what was reached, and is called by what may hold a lock, or be entered with one held. */
static void find_entered(const struct search *search, const struct graph_set *holding,
			 struct graph_set *entered)
{
	const struct graph *graph = graph_of(search);
	struct graph_set done = graph_set_make(graph);
	bool goes_on = true;

	for (uint32_t i = 0; i < graph_item_count(graph); i++)
		if (search->reached.has[i] && may_be_entered(search, i))
			graph_set_add(entered, i);
	while (goes_on) {
		goes_on = false;
		for (uint32_t i = 0; i < graph_item_count(graph); i++)
			if (search->reached.has[i] && (holding->has[i] || entered->has[i]) &&
			    graph_set_add(&done, i))
				goes_on |= add_called(search, i, entered);
	}
	free(done.has);
}

/* Does an item stand in a source of the PATHs? */
static bool is_own(const struct search *search, uint32_t item)
{
	return !select_is_other(search->drivers->survey->selection,
				graph_item(graph_of(search), item)->source);
}

/* Adds a function that may be entered with a lock held. */
static void add_entered(struct under *under, const struct item *item, const char *name)
{
	char *key =
		item->is_local ? xasprintf("%u %s", item->source, name) : xasprintf("* %s", name);

	names_add_once(&under->entered, key);
	free(key);
}

/*
 * Takes down what calls a function of `above` and holds a lock itself, or may be called under one:
 * in the PATHs, and elsewhere if it is code of the PATHs that holds it.
 */
static void take_down(const struct search *search, struct under *under)
{
	const struct graph *graph = graph_of(search);
	struct graph_set holding = graph_set_make(graph), entered = graph_set_make(graph),
			 own = graph_set_make(graph), from_own = graph_set_make(graph);

	add_users(graph, search->locks, &holding);
	for (uint32_t i = 0; i < graph_item_count(graph); i++)
		if (holding.has[i] && is_own(search, i))
			graph_set_add(&own, i);
	find_entered(search, &holding, &entered);
	find_entered(search, &own, &from_own);
	for (uint32_t i = 0; i < graph_item_count(graph); i++) {
		const struct item *item = graph_item(graph, i);
		const char *name = graph_text(graph, item->name);
		bool is_under =
			is_own(search, i) ? holding.has[i] || entered.has[i] : from_own.has[i];

		if (item->kind != ITEM_FUNCTION || !search->reached.has[i])
			continue;
		if (entered.has[i])
			add_entered(under, item, name);
		if (search->taking.has[i] && is_under && !names_has(search->above, name)) {
			names_add_once(&under->functions, name);
			under->sources[item->source] = true;
		}
	}
	free(holding.has);
	free(entered.has);
	free(own.has);
	free(from_own.has);
}

int under_find(struct under *under, const struct drivers *drivers, const struct slots *slots,
	       const struct names *locks, const struct names *above, struct error *err)
{
	struct search search = { .drivers = drivers,
				 .slots = slots,
				 .locks = locks,
				 .above = above,
				 .only = xcalloc(drivers->survey->selection->count, sizeof(bool)) };
	struct selection *selection = drivers->survey->selection;
	int result = read_upward(&search, err);

	under->sources = xcalloc(selection->count, sizeof(*under->sources));
	if (!result)
		take_down(&search, under);
	for (size_t i = 0; i < selection->count; i++)
		if (!under->sources[i])
			selection->sources[i].beside = under->rules;
	names_free(&search.asked);
	names_free(&search.members);
	names_free(&search.owners);
	free(search.taking.has);
	free(search.reached.has);
	free(search.only);
	return result;
}

bool under_is_entered(const struct under *under, size_t source, const char *function)
{
	char *local = xasprintf("%zu %s", source, function), *global = xasprintf("* %s", function);
	bool found = names_has(&under->entered, local) || names_has(&under->entered, global);

	free(local);
	free(global);
	return found;
}

void under_drop_free(const struct under *under, struct sites *sites)
{
	size_t kept = 0;

	for (size_t i = 0; i < sites->count; i++) {
		const struct site *site = &sites->rows[i];

		if (site->is_finding || !(under->rules >> site->rule & 1) ||
		    under_is_entered(under, site->at.source, site->function))
			sites->rows[kept++] = *site;
	}
	sites->count = kept;
}

void under_settle(const struct under *under, struct selection *selection, struct sites *sites)
{
	size_t kept = 0;

	for (size_t i = 0; i < sites->count; i++) {
		const struct site *site = &sites->rows[i];
		rule_set rule = under->rules & (rule_set)1 << site->rule;

		if (rule && select_is_other(selection, site->at.source)) {
			free(site->chain);
			continue;
		}
		if (site->is_finding)
			selection->sources[site->at.source].rules |= rule;
		sites->rows[kept++] = *site;
	}
	sites->count = kept;
}

void under_free(struct under *under)
{
	free(under->sources);
	names_free(&under->functions);
	names_free(&under->entered);
}
