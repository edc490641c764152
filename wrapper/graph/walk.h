/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk: what the graph answers. Who calls a function, what it calls, and what can be reached that
 * way.
 */
#ifndef RESVLINT_GRAPH_WALK_H
#define RESVLINT_GRAPH_WALK_H

#include "base/names.h"
#include "graph/graph.h"

/* How one function comes to call another; any of them together. */
enum graph_link {
	LINK_DIRECT = 1,   /* it names it, or a macro that does */
	LINK_THROUGH = 2,  /* it calls through a member in which the other is stored */
	LINK_VARIABLE = 4, /* it calls through a variable or an array in which the other is */
	LINK_PASSED = 8,   /* it passes the other to a function that calls what it is given */
	LINK_ALL = 15,
	LINK_GUESSED = 16, /* as LINK_THROUGH, but one of the two structures is not known */
};

/* One function calls another. */
struct graph_call {
	uint32_t caller; /* item */
	uint32_t callee; /* item */
	uint32_t edge;   /* of the caller: the call, or the argument */
	uint32_t stored; /* where the callee is put into the member or variable; NONE if directly */
	enum graph_link link;
};

/* The caller frees `calls`. */
struct graph_calls {
	struct graph_call *calls; /* in the order of `edge` */
	size_t count;
};

/* Who calls a function, and whom it calls, in the ways that `links` has. Several edges may do. */
struct graph_calls graph_callers(const struct graph *graph, uint32_t item, unsigned int links);
struct graph_calls graph_callees(const struct graph *graph, uint32_t item, unsigned int links);

/* The functions that an edge calls, or passes on to be called. Adds to `calls`. */
void graph_called_by(const struct graph *graph, uint32_t edge, unsigned int links,
		     struct graph_calls *calls);

/*
 * The next edge behind `after` by which something is passed to the call of an edge; the call itself
 * comes before the first. NONE if there is none.
 */
uint32_t graph_next_passed(const struct graph *graph, uint32_t call, uint32_t after);

/* Adds names by which sources are found that give the work that a call waits for what it runs. */
void graph_add_work(const struct graph *graph, uint32_t call, struct names *names);

/*
 * The edges by which the work that a call waits for gets what it runs, in ascending order. The work
 * is a member, or what a declaration makes; `binders` are the functions and macros that such work
 * is the first argument of, and what it runs another. The caller frees.
 */
uint32_t *graph_bound(const struct graph *graph, uint32_t call, const struct names *binders,
		      size_t *count);

/* Does a function call what it is given as this argument, from 0, itself or by passing it on? */
bool graph_calls_argument(const struct graph *graph, uint32_t item, unsigned int argument);

/*
 * The functions that can be behind a member, where its structure has this tag or is not known; NONE
 * for a tag: any. Each once, the caller frees; `count` gets their number.
 */
uint32_t *graph_behind(const struct graph *graph, uint32_t tag, uint32_t member, size_t *count);

/* The calls through such a member, as edges; likewise. */
uint32_t *graph_calls_through(const struct graph *graph, uint32_t tag, uint32_t member,
			      size_t *count);

/* The members, as paths, that are or point to a structure with this tag. The caller frees. */
uint32_t *graph_fields(const struct graph *graph, uint32_t tag, size_t *count);

/* How the kernel comes to enter a function other than by its name. */
struct graph_entry {
	uint32_t edge;
	char *slot; /* STRUCT.MEMBER, .MEMBER, STRUCT.*, FUNCTION() or "" */
};

struct graph_entries {
	struct graph_entry *entries; /* in the order of edges */
	size_t count;
};

/* What a function is put into, and what it is passed to. entries_free() it. */
struct graph_entries graph_entries_of(const struct graph *graph, uint32_t item);
void graph_entries_free(struct graph_entries *entries);

/* A set of items. The caller frees `has`. */
struct graph_set {
	bool *has; /* for each item */
	size_t count;
};

struct graph_set graph_set_make(const struct graph *graph);

/* Adds an item; returns whether it is new. */
bool graph_set_add(struct graph_set *set, uint32_t item);

/* Adds all functions and macros that call one of these names, or pass it on. */
void graph_set_add_users(const struct graph *graph, const char *const *names, size_t count,
			 struct graph_set *set);

/* Adds callers of those in the set, and theirs, and so on; or callees. */
void graph_spread_up(const struct graph *graph, unsigned int links, struct graph_set *set);
void graph_spread_down(const struct graph *graph, unsigned int links, struct graph_set *set);

#define GRAPH_START SIZE_MAX

/* A function that a walk has come to. */
struct graph_step {
	uint32_t item;
	size_t from;            /* the step that led here, GRAPH_START for the first */
	struct graph_call call; /* by which it did */
};

/* The caller frees `steps`. */
struct graph_walk {
	struct graph_step *steps; /* each function once, by the fewest calls that lead to it */
	size_t count;
};

/* What a walk does with a step that it came to. */
struct graph_guide {
	unsigned int links;
	/* Does the walk end here? Also called for what it starts from. NULL: it never does. */
	bool (*stops)(void *context, const struct graph_step *step);
	void *context;
	size_t limit; /* of steps; 0: none */
};

/* Walks up from some functions, to their callers; or down, to what they call. */
struct graph_walk graph_walk_up(const struct graph *graph, const uint32_t *from, size_t count,
				const struct graph_guide *guide);
struct graph_walk graph_walk_down(const struct graph *graph, const uint32_t *from, size_t count,
				  const struct graph_guide *guide);

/* Some lines of a source. */
struct graph_lines {
	uint32_t first; /* from 1 */
	uint32_t last;
};

/*
 * The lines of a source that items of a set stand in, in order, those that overlap as one. The
 * caller frees.
 */
struct graph_lines *graph_lines_of(const struct graph *graph, uint32_t source,
				   const struct graph_set *set, size_t *count);

#endif
