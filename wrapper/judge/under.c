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
	struct names asked;       /* what was looked for already */
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

/* The words by which the sources are found that call what was reached. */
struct wanted {
	struct names functions; /* of functions, and of those that get one as an argument */
	struct names members;   /* that are called through; and the tags of what has such */
	struct names owners;
};

static void wanted_free(struct wanted *wanted)
{
	names_free(&wanted->functions);
	names_free(&wanted->members);
	names_free(&wanted->owners);
}

/* Is something new, among what was asked for? */
static bool is_new(struct search *search, const char *word)
{
	bool found = !names_has(&search->asked, word);

	names_add_once(&search->asked, word);
	return found;
}

/* Adds what calls a function that is put into a slot, of which the table says nothing. */
static void want_slot(struct search *search, const char *slot, struct wanted *wanted)
{
	enum lock_state state;

	if (slots_find(search->slots, slot, &state) || !is_new(search, slot))
		return;
	if (ends_with(slot, "()")) {
		char *callee = xstrndup(slot, strlen(slot) - strlen("()"));

		names_add(&wanted->functions, callee);
		free(callee);
	} else if (question_is_member(slot)) {
		names_add(&wanted->members, strchr(slot, '.') + 1);
		uses_add_owners(graph_of(search), slot, &wanted->owners);
	}
}

/* What was reached, and was not asked for yet. wanted_free() it. */
static struct wanted next_wanted(struct search *search)
{
	const struct graph *graph = graph_of(search);
	struct wanted wanted = { 0 };

	for (uint32_t i = 0; i < graph_item_count(graph); i++) {
		const struct item *item = graph_item(graph, i);
		const char *name = graph_text(graph, item->name);
		struct graph_entries entries;

		if (!search->reached.has[i])
			continue;
		if (!item->is_local && is_new(search, name))
			names_add(&wanted.functions, name);
		entries = graph_entries_of(graph, i);
		for (size_t j = 0; j < entries.count; j++)
			want_slot(search, entries.entries[j].slot, &wanted);
		graph_entries_free(&entries);
	}
	return wanted;
}

/*
 * Reads what calls a function of `above` in the PATHs, and then, in all of the tree, what calls
 * that.
 */
static int read_upward(struct search *search, struct error *err)
{
	const struct survey *survey = search->drivers->survey;
	const struct selection *selection = survey->selection;
	bool goes_on = true;
	int result;

	for (size_t i = 0; i < selection->count; i++)
		search->only[i] =
			!select_is_other(selection, i) && drivers_is_sharing(search->drivers, i);
	result = program_read(survey->program, search->above, NULL, search->only, err);
	for (size_t i = 0; i < selection->count; i++)
		search->only[i] = drivers_is_sharing(search->drivers, i);
	for (unsigned int round = 0; !result && goes_on && round < DEPTH; round++) {
		struct wanted wanted;

		reach(search);
		wanted = next_wanted(search);
		goes_on = wanted.functions.count || wanted.members.count;
		result = program_read(survey->program, &wanted.functions, NULL, search->only, err);
		if (!result)
			result = program_read(survey->program, &wanted.owners, &wanted.members,
					      search->only, err);
		wanted_free(&wanted);
	}
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

/* Lets only the sources that define one of the functions matter to the rules. */
static void leave_out(const struct search *search, const struct under *under, const bool *defining)
{
	struct selection *selection = search->drivers->survey->selection;

	for (size_t i = 0; i < selection->count; i++)
		if (!defining[i])
			selection->sources[i].beside = under->rules;
}

/* Takes down what calls a function of `above` and holds a lock itself, or may be called under one.
 */
static void take_down(const struct search *search, struct under *under)
{
	const struct graph *graph = graph_of(search);
	struct graph_set holding = graph_set_make(graph), entered = graph_set_make(graph);
	bool *defining = xcalloc(search->drivers->survey->selection->count, sizeof(*defining));

	add_users(graph, search->locks, &holding);
	find_entered(search, &holding, &entered);
	for (uint32_t i = 0; i < graph_item_count(graph); i++) {
		const struct item *item = graph_item(graph, i);
		const char *name = graph_text(graph, item->name);
		char *key;

		if (item->kind != ITEM_FUNCTION || !search->reached.has[i])
			continue;
		if (search->taking.has[i] && (holding.has[i] || entered.has[i]) &&
		    !names_has(search->above, name)) {
			names_add_once(&under->functions, name);
			defining[item->source] = true;
		}
		if (!entered.has[i])
			continue;
		key = item->is_local ? xasprintf("%u %s", item->source, name)
				     : xasprintf("* %s", name);
		names_add_once(&under->entered, key);
		free(key);
	}
	leave_out(search, under, defining);
	free(defining);
	free(holding.has);
	free(entered.has);
}

int under_find(struct under *under, const struct drivers *drivers, const struct slots *slots,
	       const struct names *locks, const struct names *above, struct error *err)
{
	struct search search = { .drivers = drivers,
				 .slots = slots,
				 .locks = locks,
				 .above = above,
				 .only = xcalloc(drivers->survey->selection->count, sizeof(bool)) };
	int result = read_upward(&search, err);

	if (!result)
		take_down(&search, under);
	names_free(&search.asked);
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

void under_free(struct under *under)
{
	names_free(&under->functions);
	names_free(&under->entered);
}
