/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * graph: what sources define and who calls, passes on or stores whom. Sources are added, by any
 * number of threads, and then the graph is sealed; until more are added it does not change, and any
 * thread may ask. Items and edges are known by their numbers: items in the order of sources and
 * lines, edges in the order of items and positions; sealing the graph again makes new numbers.
 * Nothing depends on the order in which sources came.
 */
#ifndef RESVLINT_GRAPH_GRAPH_H
#define RESVLINT_GRAPH_GRAPH_H

#include "graph/items.h"

struct graph;

/* Numbers, sorted; they belong to the graph. */
struct numbers {
	const uint32_t *at;
	uint32_t count;
};

/* graph_free() it. */
struct graph *graph_make(void);
void graph_free(struct graph *graph);

/*
 * Reads a source and adds it. `source` is the number by which the caller knows it, each once;
 * `file` is its name, which tells a header. The text is only read, as items_read() has it. Returns
 * 0, or -1 with a message if the graph is full.
 */
int graph_add(struct graph *graph, uint32_t source, const char *file, const char *text,
	      size_t length, struct error *err);

/* Puts the graph in order, with what was added since it was sealed last. */
void graph_seal(struct graph *graph);

/* Has a source a bracket without a partner? Not all that it defines and calls may be known then. */
bool graph_is_broken(const struct graph *graph, uint32_t source);

uint32_t graph_item_count(const struct graph *graph);
uint32_t graph_edge_count(const struct graph *graph);
const struct item *graph_item(const struct graph *graph, uint32_t item);
const struct edge *graph_edge(const struct graph *graph, uint32_t edge);
const struct parameter *graph_parameters(const struct graph *graph, const struct item *item);
const char *graph_text(const struct graph *graph, uint32_t name);
/*
 * The macros of <linux/cleanup.h> to which a class is passed, NULL behind the last: the lock, as in
 * guard(CLASS)(&lock) and scoped_guard(CLASS, &lock), is released at the end of the block.
 */
extern const char *const graph_guards[];
/* Is a word one of these? */
bool graph_is_guard(const char *word);

const struct paths *graph_paths(const struct graph *graph);

/* The number of a name, NONE if no source has it where it counts. */
uint32_t graph_name(const struct graph *graph, const char *name);

/*
 * The tag of the structure that a path is or points to, NONE if that is not known; of one without a
 * tag, that of the structure it is in.
 */
uint32_t graph_tag(const struct graph *graph, uint32_t path);

/*
 * "STRUCT.MEMBER" for the path of a member, ".MEMBER" if its structure is not known, "STRUCT.*"
 * if the member is not. The caller frees.
 */
char *graph_member_text(const struct graph *graph, uint32_t path);

/*
 * The place that the path of a member is, by the tag of the structure and the members that lead
 * there through structures without tags: "foo.heap.lock". NULL if the structure is not known. The
 * caller frees.
 */
char *graph_place(const struct graph *graph, uint32_t path);

/* The items that a source defines: from `*first` on, as many as it returns. */
uint32_t graph_items_of(const struct graph *graph, uint32_t source, uint32_t *first);

/* The function or macro that a line of a source is in, NONE if it is in none. */
uint32_t graph_function_at(const struct graph *graph, uint32_t source, uint32_t line);

/* The functions and macros with a name, whoever can call them. */
struct numbers graph_named(const struct graph *graph, uint32_t name);

/*
 * Likewise those that the name means in a source: its own local one, else all that are not local.
 */
struct numbers graph_meant(const struct graph *graph, uint32_t name, uint32_t source);

/* The definitions of a structure. */
struct numbers graph_structures(const struct graph *graph, uint32_t tag);

/* The edges whose `name` it is: calls of a function or through a member, places that store it. */
struct numbers graph_uses(const struct graph *graph, uint32_t name);

/*
 * The edges by which functions come to be somewhere: EDGE_STORE and EDGE_BIND_WORK by the name of
 * the member, EDGE_STORE_VARIABLE by that of the variable, EDGE_PASS by that of the function they
 * are passed to.
 */
struct numbers graph_into(const struct graph *graph, uint32_t name);

#endif
