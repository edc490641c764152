/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * paths: the type of an expression, as far as tokens tell. `to_foo(x)->ops->get` is the path
 * RESULT to_foo, ops, get; a path may be bound to another that has its type, as RESULT to_foo is to
 * TAG foo. So the members of a structure are the paths below its tag, and what they are bound to is
 * of what type they are. A pointer has the path of what it points to.
 */
#ifndef RESVLINT_GRAPH_PATHS_H
#define RESVLINT_GRAPH_PATHS_H

#include "graph/symbols.h"

/* Where paths begin. These are paths themselves. */
enum path_root {
	PATH_UNKNOWN,  /* nothing is known of the type */
	PATH_FUNCTION, /* a function, or a pointer to one */
	PATH_PLAIN,    /* a number, void and the like */
	PATH_TAG,      /* below it: a struct or union, by its tag */
	PATH_TYPE,     /* a name that a typedef makes */
	PATH_RESULT,   /* what a function returns, or a macro stands for */
	PATH_GLOBAL,   /* a variable outside of functions */
	PATH_SOURCE,   /* below it: a source, by its number; below that: the tags of a .c file */
	PATH_ROOTS,
};

struct path {
	uint32_t parent;
	uint32_t name;
	uint32_t bound;  /* to the path of its type; itself: it is a structure without a tag */
	uint32_t source; /* which says so; NONE: nothing does */
};

/* Zeroed: there are only roots. paths_free() it. */
struct paths {
	struct path *paths;
	uint32_t count;
	uint32_t *places; /* open addressing: number + 1, or 0 */
	uint32_t size;    /* a power of two */
};

/* The path of a member of, or a name below, another; it is added if need be. */
uint32_t paths_intern(struct paths *paths, uint32_t parent, uint32_t name);

/* Likewise, but NONE if it is not there. */
uint32_t paths_find(const struct paths *paths, uint32_t parent, uint32_t name);

/* Binds a path. Of two sources that bind it, the first one counts, unless it knows less. */
void paths_bind(struct paths *paths, uint32_t path, uint32_t bound, uint32_t source);

/* Is it a structure, by its tag or without one? */
bool paths_is_structure(const struct paths *paths, uint32_t path);

/*
 * What an expression is: a structure, as its path below PATH_TAG, PATH_SOURCE or of its own,
 * PATH_FUNCTION or PATH_PLAIN; PATH_UNKNOWN if that cannot be found out.
 */
uint32_t paths_resolve(const struct paths *paths, uint32_t path);
void paths_free(struct paths *paths);

#endif
