// SPDX-License-Identifier: GPL-2.0-only
#include "graph/walk.h"

#include <stdlib.h>
#include <string.h>

/* An argument that is passed on again and again is followed no further. */
#define PASSES 8

static void add_call(struct graph_calls *calls, struct graph_call call)
{
	calls->calls = grow(calls->calls, calls->count, sizeof(*calls->calls));
	calls->calls[calls->count++] = call;
}

static uint32_t source_of(const struct graph *graph, const struct edge *edge)
{
	return graph_item(graph, edge->item)->source;
}

/* Does the name of an edge mean an item, where it stands? */
static bool means(const struct graph *graph, const struct edge *edge, uint32_t item)
{
	struct numbers meant = graph_meant(graph, edge->name, source_of(graph, edge));

	for (uint32_t i = 0; i < meant.count; i++)
		if (meant.at[i] == item)
			return true;
	return false;
}

/* Does an item call its parameter, or pass it on to what does? */
static bool calls_parameter(const struct graph *graph, uint32_t number, unsigned int argument,
			    unsigned int left);

/* Is a function that is an argument of NAME() called there, by what that means in a source? */
static bool is_called_back(const struct graph *graph, uint32_t name, uint32_t source,
			   unsigned int argument, unsigned int left)
{
	struct numbers meant = graph_meant(graph, name, source);

	for (uint32_t i = 0; i < meant.count; i++)
		if (calls_parameter(graph, meant.at[i], argument, left))
			return true;
	return false;
}

static bool calls_parameter(const struct graph *graph, uint32_t number, unsigned int argument,
			    unsigned int left)
{
	const struct item *item = graph_item(graph, number);
	uint32_t name;

	if (argument >= item->parameter_count || !left)
		return false;
	name = graph_parameters(graph, item)[argument].name;
	for (uint32_t i = 0; i < item->edge_count; i++) {
		const struct edge *edge = graph_edge(graph, item->first_edge + i);

		if (edge->name != name)
			continue;
		if (edge->kind == EDGE_CALL_VARIABLE && edge->argument == argument + 1)
			return true;
		if (edge->kind == EDGE_PASS_PARAMETER &&
		    is_called_back(graph, edge->target, item->source, edge->argument, left - 1))
			return true;
	}
	return false;
}

bool graph_calls_argument(const struct graph *graph, uint32_t item, unsigned int argument)
{
	return calls_parameter(graph, item, argument, PASSES);
}

/* The structure that an edge's member is of; PATH_UNKNOWN if that is not known. */
static uint32_t owner_of(const struct graph *graph, const struct edge *edge)
{
	const struct paths *paths = graph_paths(graph);

	return edge->target < PATH_ROOTS ? (uint32_t)PATH_UNKNOWN
					 : paths_resolve(paths, paths->paths[edge->target].parent);
}

/* Is a structure only declared, by its tag, and defined where others cannot know it? */
static bool is_opaque(const struct graph *graph, uint32_t structure)
{
	const struct path *path = &graph_paths(graph)->paths[structure];

	return path->parent == PATH_TAG && path->bound != structure;
}

/*
 * How members of one name, of two structures, are the same, if that is one of `links`: for sure, or
 * for all that is known. 0: they are not.
 */
static enum graph_link same_member(const struct graph *graph, uint32_t left, uint32_t right,
				   unsigned int links)
{
	if (left < PATH_ROOTS || right < PATH_ROOTS)
		return links & LINK_GUESSED;
	if (left == right || ((is_opaque(graph, left) || is_opaque(graph, right)) &&
			      graph_tag(graph, left) == graph_tag(graph, right)))
		return links & LINK_THROUGH;
	return 0;
}

/* Is it a structure with a tag, as far as it is known? */
static bool may_have_tag(const struct graph *graph, uint32_t structure, uint32_t tag)
{
	return tag == NONE || structure < PATH_ROOTS || graph_tag(graph, structure) == tag;
}

/* Adds what is called through a member. */
static void add_behind(const struct graph *graph, uint32_t number, unsigned int links,
		       struct graph_calls *calls)
{
	const struct edge *call = graph_edge(graph, number);
	struct numbers into = graph_into(graph, call->name);
	uint32_t owner = owner_of(graph, call);

	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *store = graph_edge(graph, into.at[i]);
		struct numbers meant;
		enum graph_link link = 0;

		if (store->kind == EDGE_STORE)
			link = same_member(graph, owner, owner_of(graph, store), links);
		if (!link)
			continue;
		meant = graph_meant(graph, store->name, source_of(graph, store));
		for (uint32_t j = 0; j < meant.count; j++)
			add_call(calls, (struct graph_call){ call->item, meant.at[j], number,
							     into.at[i], link });
	}
}

/* Can a variable that one item names be the one that another one does? */
static bool may_share(const struct graph *graph, uint32_t left, uint32_t right)
{
	const struct item *a = graph_item(graph, left), *b = graph_item(graph, right);

	if (left == right)
		return true;
	return a->source == b->source && (a->kind == ITEM_VARIABLE || b->kind == ITEM_VARIABLE);
}

/* Adds what is called through a variable. */
static void add_variable(const struct graph *graph, uint32_t number, struct graph_calls *calls)
{
	const struct edge *call = graph_edge(graph, number);
	struct numbers into = graph_into(graph, call->name);

	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *store = graph_edge(graph, into.at[i]);
		struct numbers meant;

		if (store->kind != EDGE_STORE_VARIABLE ||
		    !may_share(graph, call->item, store->item))
			continue;
		meant = graph_meant(graph, store->name, source_of(graph, store));
		for (uint32_t j = 0; j < meant.count; j++)
			add_call(calls, (struct graph_call){ call->item, meant.at[j], number,
							     into.at[i], LINK_VARIABLE });
	}
}

static void add_meant(const struct graph *graph, uint32_t number, enum graph_link link,
		      struct graph_calls *calls)
{
	const struct edge *edge = graph_edge(graph, number);
	struct numbers meant = graph_meant(graph, edge->name, source_of(graph, edge));

	for (uint32_t i = 0; i < meant.count; i++)
		add_call(calls, (struct graph_call){ edge->item, meant.at[i], number, NONE, link });
}

void graph_called_by(const struct graph *graph, uint32_t number, unsigned int links,
		     struct graph_calls *calls)
{
	const struct edge *edge = graph_edge(graph, number);

	if (edge->kind == EDGE_CALL && links & LINK_DIRECT)
		add_meant(graph, number, LINK_DIRECT, calls);
	else if (edge->kind == EDGE_CALL_MEMBER && links & (LINK_THROUGH | LINK_GUESSED))
		add_behind(graph, number, links, calls);
	else if (edge->kind == EDGE_CALL_VARIABLE && links & LINK_VARIABLE)
		add_variable(graph, number, calls);
	else if (edge->kind == EDGE_PASS && links & LINK_PASSED &&
		 is_called_back(graph, edge->target, source_of(graph, edge), edge->argument,
				PASSES))
		add_meant(graph, number, LINK_PASSED, calls);
}

struct graph_calls graph_callees(const struct graph *graph, uint32_t item, unsigned int links)
{
	const struct item *at = graph_item(graph, item);
	struct graph_calls calls = { 0 };

	for (uint32_t i = 0; i < at->edge_count; i++)
		graph_called_by(graph, at->first_edge + i, links, &calls);
	return calls;
}

/* Adds the calls through the member that an edge puts an item into. */
static void add_calls_through(const struct graph *graph, uint32_t item, uint32_t number,
			      unsigned int links, struct graph_calls *calls)
{
	const struct edge *store = graph_edge(graph, number);
	struct numbers uses;
	uint32_t owner;

	if (store->target < PATH_ROOTS)
		return;
	owner = owner_of(graph, store);
	uses = graph_uses(graph, graph_paths(graph)->paths[store->target].name);
	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *call = graph_edge(graph, uses.at[i]);
		enum graph_link link = 0;

		if (call->kind == EDGE_CALL_MEMBER)
			link = same_member(graph, owner, owner_of(graph, call), links);
		if (link)
			add_call(calls,
				 (struct graph_call){ call->item, item, uses.at[i], number, link });
	}
}

/* Adds the calls through the variable that an edge puts an item into. */
static void add_calls_of_variable(const struct graph *graph, uint32_t item, uint32_t number,
				  struct graph_calls *calls)
{
	const struct edge *store = graph_edge(graph, number);
	struct numbers uses = graph_uses(graph, store->target);

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *call = graph_edge(graph, uses.at[i]);

		if (call->kind == EDGE_CALL_VARIABLE && may_share(graph, call->item, store->item))
			add_call(calls, (struct graph_call){ call->item, item, uses.at[i], number,
							     LINK_VARIABLE });
	}
}

static int compare_calls(const void *left, const void *right)
{
	const struct graph_call *a = left, *b = right;

	if (a->edge != b->edge)
		return a->edge < b->edge ? -1 : 1;
	return (a->stored > b->stored) - (a->stored < b->stored);
}

/* Adds the callers that one edge, which names an item, tells of. */
static void add_callers(const struct graph *graph, uint32_t item, uint32_t number,
			unsigned int links, struct graph_calls *calls)
{
	const struct edge *edge = graph_edge(graph, number);

	if (edge->kind == EDGE_CALL && links & LINK_DIRECT)
		add_call(calls, (struct graph_call){ edge->item, item, number, NONE, LINK_DIRECT });
	else if (edge->kind == EDGE_PASS && links & LINK_PASSED &&
		 is_called_back(graph, edge->target, source_of(graph, edge), edge->argument,
				PASSES))
		add_call(calls, (struct graph_call){ edge->item, item, number, NONE, LINK_PASSED });
	else if (edge->kind == EDGE_STORE && links & (LINK_THROUGH | LINK_GUESSED))
		add_calls_through(graph, item, number, links, calls);
	else if (edge->kind == EDGE_STORE_VARIABLE && links & LINK_VARIABLE)
		add_calls_of_variable(graph, item, number, calls);
}

struct graph_calls graph_callers(const struct graph *graph, uint32_t item, unsigned int links)
{
	struct numbers uses = graph_uses(graph, graph_item(graph, item)->name);
	struct graph_calls calls = { 0 };

	for (uint32_t i = 0; i < uses.count; i++)
		if (means(graph, graph_edge(graph, uses.at[i]), item))
			add_callers(graph, item, uses.at[i], links, &calls);
	if (calls.count)
		qsort(calls.calls, calls.count, sizeof(*calls.calls), compare_calls);
	return calls;
}

static void add_number(uint32_t **numbers, size_t *count, uint32_t number)
{
	*numbers = grow(*numbers, *count, sizeof(**numbers));
	(*numbers)[(*count)++] = number;
}

static int compare_numbers(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* Sorts numbers and keeps each once. */
static void tidy(uint32_t *numbers, size_t *count)
{
	size_t kept = 0;

	if (!*count)
		return;
	qsort(numbers, *count, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < *count; i++)
		if (!kept || numbers[kept - 1] != numbers[i])
			numbers[kept++] = numbers[i];
	*count = kept;
}

uint32_t *graph_behind(const struct graph *graph, uint32_t tag, uint32_t member, size_t *count)
{
	struct numbers into = graph_into(graph, member);
	uint32_t *found = NULL;

	*count = 0;
	for (uint32_t i = 0; i < into.count; i++) {
		const struct edge *store = graph_edge(graph, into.at[i]);
		struct numbers meant;

		if (store->kind != EDGE_STORE || !may_have_tag(graph, owner_of(graph, store), tag))
			continue;
		meant = graph_meant(graph, store->name, source_of(graph, store));
		for (uint32_t j = 0; j < meant.count; j++)
			add_number(&found, count, meant.at[j]);
	}
	tidy(found, count);
	return found;
}

uint32_t *graph_calls_through(const struct graph *graph, uint32_t tag, uint32_t member,
			      size_t *count)
{
	struct numbers uses = graph_uses(graph, member);
	uint32_t *found = NULL;

	*count = 0;
	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *call = graph_edge(graph, uses.at[i]);

		if (call->kind == EDGE_CALL_MEMBER &&
		    may_have_tag(graph, owner_of(graph, call), tag))
			add_number(&found, count, uses.at[i]);
	}
	return found;
}

uint32_t graph_next_passed(const struct graph *graph, uint32_t call, uint32_t after)
{
	const struct edge *edge = graph_edge(graph, call);
	const struct item *item = graph_item(graph, edge->item);

	for (uint32_t i = after + 1; i < item->first_edge + item->edge_count; i++) {
		const struct edge *next = graph_edge(graph, i);

		if (next->kind == EDGE_CALL && next->name == edge->name)
			return NONE;
		if (next->kind == EDGE_PASS && next->target == edge->name)
			return i;
	}
	return NONE;
}

/* The work that a call waits for, or gives a function to. */
struct work {
	uint32_t member; /* its path; NONE: it is no member */
	uint32_t name;   /* of what a declaration makes; NONE: it is no such work */
	uint32_t item;   /* with the call or declaration */
};

static bool is_member(const struct edge *call)
{
	return call->kind == EDGE_CALL && call->target != NONE && call->target >= PATH_ROOTS;
}

/* What a call waits for. */
static struct work waited_by(const struct graph *graph, uint32_t number)
{
	const struct edge *call = graph_edge(graph, number);
	uint32_t passed = is_member(call) ? NONE : graph_next_passed(graph, number, number);

	return (struct work){ is_member(call) ? call->target : NONE,
			      passed == NONE ? NONE : graph_edge(graph, passed)->name, call->item };
}

/* What gets a function by the edge that passes it. */
static struct work given_by(const struct graph *graph, uint32_t number)
{
	const struct edge *pass = graph_edge(graph, number);
	struct work work = { NONE, NONE, pass->item };

	for (uint32_t i = number; i-- > graph_item(graph, pass->item)->first_edge;) {
		const struct edge *edge = graph_edge(graph, i);

		if (edge->kind == EDGE_PASS && edge->target == pass->target && !edge->argument) {
			work.name = edge->name;
			break;
		}
		if (edge->kind == EDGE_CALL && edge->name == pass->target) {
			work.member = is_member(edge) ? edge->target : NONE;
			break;
		}
	}
	return work;
}

/* Are two paths of members the same one? */
static bool is_same_path(const struct graph *graph, uint32_t left, uint32_t right)
{
	const struct paths *paths = graph_paths(graph);

	return paths->paths[left].name == paths->paths[right].name &&
	       same_member(graph, paths_resolve(paths, paths->paths[left].parent),
			   paths_resolve(paths, paths->paths[right].parent), LINK_THROUGH);
}

/* Is what waits in a member that of this path, or in it, as the work is in delayed work? */
static bool is_in(const struct graph *graph, uint32_t waits, uint32_t path)
{
	uint32_t parent = graph_paths(graph)->paths[waits].parent;

	return is_same_path(graph, waits, path) ||
	       (parent >= PATH_ROOTS && graph_paths(graph)->paths[parent].parent >= PATH_ROOTS &&
		is_same_path(graph, parent, path));
}

static bool is_same_work(const struct graph *graph, struct work waited, struct work given)
{
	const struct item *declarer = graph_item(graph, given.item);

	if (waited.member != NONE)
		return given.member != NONE && is_in(graph, waited.member, given.member);
	return waited.name != NONE && waited.name == given.name &&
	       (!declarer->is_local || declarer->source == graph_item(graph, waited.item)->source);
}

void graph_add_work(const struct graph *graph, uint32_t call, struct names *names)
{
	const struct path *paths = graph_paths(graph)->paths;
	struct work waited = waited_by(graph, call);
	uint32_t at = waited.member;

	if (waited.name != NONE)
		names_add_once(names, graph_text(graph, waited.name));
	for (; at != NONE && at >= PATH_ROOTS && paths[at].parent >= PATH_ROOTS;
	     at = paths[at].parent)
		names_add_once(names, graph_text(graph, paths[at].name));
}

uint32_t *graph_bound(const struct graph *graph, uint32_t call, const struct names *binders,
		      size_t *count)
{
	struct work waited = waited_by(graph, call);
	uint32_t *found = NULL;

	*count = 0;
	for (size_t i = 0; i < binders->count; i++) {
		struct numbers into = graph_into(graph, graph_name(graph, binders->names[i]));

		for (uint32_t j = 0; j < into.count; j++) {
			const struct edge *pass = graph_edge(graph, into.at[j]);

			if (pass->kind == EDGE_PASS && pass->argument &&
			    is_same_work(graph, waited, given_by(graph, into.at[j])))
				add_number(&found, count, into.at[j]);
		}
	}
	tidy(found, count);
	return found;
}

/* The names of a path, from its root on, and then its number, make an order that does not depend
 * on which source came first. */
static int compare_fields(const struct graph *graph, uint32_t left, uint32_t right)
{
	const struct path *a = &graph_paths(graph)->paths[left];
	const struct path *b = &graph_paths(graph)->paths[right];
	uint32_t left_tag = graph_tag(graph, a->parent), right_tag = graph_tag(graph, b->parent);
	int order = 0;

	if (left_tag != NONE && right_tag != NONE)
		order = strcmp(graph_text(graph, left_tag), graph_text(graph, right_tag));
	if (!order)
		order = strcmp(graph_text(graph, a->name), graph_text(graph, b->name));
	return order ? order : (a->source > b->source) - (a->source < b->source);
}

/* Puts a field where it belongs among those found: there are few. */
static void insert_field(const struct graph *graph, uint32_t **fields, size_t *count,
			 uint32_t field)
{
	size_t at = *count;

	add_number(fields, count, field);
	for (; at && compare_fields(graph, field, (*fields)[at - 1]) < 0; at--)
		(*fields)[at] = (*fields)[at - 1];
	(*fields)[at] = field;
}

uint32_t *graph_fields(const struct graph *graph, uint32_t tag, size_t *count)
{
	const struct paths *paths = graph_paths(graph);
	uint32_t *found = NULL;

	*count = 0;
	for (uint32_t i = PATH_ROOTS; i < paths->count; i++) {
		const struct path *path = &paths->paths[i];

		if (path->bound >= PATH_ROOTS && path->bound != i &&
		    paths_is_structure(paths, path->parent) && graph_tag(graph, i) == tag)
			insert_field(graph, &found, count, i);
	}
	return found;
}

/* The slot of a function that a macro puts into some member of a structure. The caller frees. */
static char *any_member(const struct graph *graph, uint32_t path)
{
	uint32_t tag = graph_tag(graph, graph_paths(graph)->paths[path].parent);

	return xasprintf("%s.*", tag == NONE ? "" : graph_text(graph, tag));
}

/* The slot that an edge puts a function into; NULL: none. The caller frees. */
static char *slot_of(const struct graph *graph, const struct edge *edge)
{
	switch ((enum edge_kind)edge->kind) {
	case EDGE_STORE:
		return graph_member_text(graph, edge->target);
	case EDGE_STORE_MACRO:
		return any_member(graph, edge->target);
	case EDGE_PASS:
		return xasprintf("%s()", graph_text(graph, edge->target));
	case EDGE_PASS_MEMBER:
	case EDGE_STORE_VARIABLE:
	case EDGE_MENTION:
		return xstrdup("");
	default:
		return NULL;
	}
}

struct graph_entries graph_entries_of(const struct graph *graph, uint32_t item)
{
	struct numbers uses = graph_uses(graph, graph_item(graph, item)->name);
	struct graph_entries entries = { 0 };

	for (uint32_t i = 0; i < uses.count; i++) {
		const struct edge *edge = graph_edge(graph, uses.at[i]);
		char *slot = means(graph, edge, item) ? slot_of(graph, edge) : NULL;

		if (!slot)
			continue;
		entries.entries = grow(entries.entries, entries.count, sizeof(*entries.entries));
		entries.entries[entries.count++] = (struct graph_entry){ uses.at[i], slot };
	}
	return entries;
}

void graph_entries_free(struct graph_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		free(entries->entries[i].slot);
	free(entries->entries);
}

struct graph_set graph_set_make(const struct graph *graph)
{
	return (struct graph_set){ xcalloc((size_t)graph_item_count(graph) + 1, sizeof(bool)), 0 };
}

bool graph_set_add(struct graph_set *set, uint32_t item)
{
	if (set->has[item])
		return false;
	set->has[item] = true;
	set->count++;
	return true;
}

static bool is_code(const struct graph *graph, uint32_t item)
{
	uint8_t kind = graph_item(graph, item)->kind;

	return kind == ITEM_FUNCTION || kind == ITEM_MACRO;
}

void graph_set_add_users(const struct graph *graph, const char *const *names, size_t count,
			 struct graph_set *set)
{
	for (size_t i = 0; i < count; i++) {
		struct numbers uses = graph_uses(graph, graph_name(graph, names[i]));

		for (uint32_t j = 0; j < uses.count; j++) {
			const struct edge *edge = graph_edge(graph, uses.at[j]);

			if ((edge->kind == EDGE_CALL || edge->kind == EDGE_CALL_MEMBER ||
			     edge->kind == EDGE_PASS) &&
			    is_code(graph, edge->item))
				graph_set_add(set, edge->item);
		}
	}
}

/* The other end of a call. */
static uint32_t end_of(const struct graph_call *call, bool is_up)
{
	return is_up ? call->caller : call->callee;
}

static void add_step(const struct graph *graph, struct graph_walk *walk, struct graph_set *reached,
		     struct graph_step step, size_t limit)
{
	if ((limit && walk->count >= limit) || !is_code(graph, step.item) ||
	    !graph_set_add(reached, step.item))
		return;
	walk->steps = grow(walk->steps, walk->count, sizeof(*walk->steps));
	walk->steps[walk->count++] = step;
}

static struct graph_walk walk(const struct graph *graph, const uint32_t *from, size_t count,
			      const struct graph_guide *guide, bool is_up,
			      struct graph_set *reached)
{
	struct graph_walk found = { 0 };

	for (size_t i = 0; i < count; i++)
		add_step(graph, &found, reached,
			 (struct graph_step){ .item = from[i], .from = GRAPH_START }, 0);
	for (size_t at = 0; at < found.count; at++) {
		struct graph_calls calls;

		if (guide->stops && guide->stops(guide->context, &found.steps[at]))
			continue;
		calls = is_up ? graph_callers(graph, found.steps[at].item, guide->links)
			      : graph_callees(graph, found.steps[at].item, guide->links);
		for (size_t i = 0; i < calls.count; i++)
			add_step(graph, &found, reached,
				 (struct graph_step){ end_of(&calls.calls[i], is_up), at,
						      calls.calls[i] },
				 guide->limit);
		free(calls.calls);
	}
	return found;
}

static struct graph_walk walk_alone(const struct graph *graph, const uint32_t *from, size_t count,
				    const struct graph_guide *guide, bool is_up)
{
	struct graph_set reached = graph_set_make(graph);
	struct graph_walk found = walk(graph, from, count, guide, is_up, &reached);

	free(reached.has);
	return found;
}

struct graph_walk graph_walk_up(const struct graph *graph, const uint32_t *from, size_t count,
				const struct graph_guide *guide)
{
	return walk_alone(graph, from, count, guide, true);
}

struct graph_walk graph_walk_down(const struct graph *graph, const uint32_t *from, size_t count,
				  const struct graph_guide *guide)
{
	return walk_alone(graph, from, count, guide, false);
}

static void spread(const struct graph *graph, unsigned int links, struct graph_set *set, bool is_up)
{
	const struct graph_guide guide = { .links = links };
	struct graph_set reached = graph_set_make(graph);
	struct graph_walk found;
	uint32_t *from = NULL;
	size_t count = 0;

	for (uint32_t i = 0; i < graph_item_count(graph); i++)
		if (set->has[i])
			add_number(&from, &count, i);
	found = walk(graph, from, count, &guide, is_up, &reached);
	for (size_t i = 0; i < found.count; i++)
		graph_set_add(set, found.steps[i].item);
	free(from);
	free(found.steps);
	free(reached.has);
}

void graph_spread_up(const struct graph *graph, unsigned int links, struct graph_set *set)
{
	spread(graph, links, set, true);
}

void graph_spread_down(const struct graph *graph, unsigned int links, struct graph_set *set)
{
	spread(graph, links, set, false);
}

struct graph_lines *graph_lines_of(const struct graph *graph, uint32_t source,
				   const struct graph_set *set, size_t *count)
{
	uint32_t first, items = graph_items_of(graph, source, &first);
	struct graph_lines *lines = NULL;

	*count = 0;
	for (uint32_t i = first; i < first + items; i++) {
		const struct item *item = graph_item(graph, i);

		if (!set->has[i])
			continue;
		if (*count && item->line <= lines[*count - 1].last) {
			if (item->end_line > lines[*count - 1].last)
				lines[*count - 1].last = item->end_line;
			continue;
		}
		lines = grow(lines, *count, sizeof(*lines));
		lines[(*count)++] = (struct graph_lines){ item->line, item->end_line };
	}
	return lines;
}
