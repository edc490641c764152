/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uses: what the graph tells of functions that are asked about: where they are defined and put, and
 * the places where they are called, at which only spatch can tell the state of the lock.
 */
#ifndef RESVLINT_USES_H
#define RESVLINT_USES_H

#include "base/names.h"
#include "convention/slots.h"
#include "run/facts.h"
#include "run/survey.h"

/* A place where a function is called, by its name or otherwise, or a call that it is passed to. */
struct place {
	size_t source;
	uint32_t line;     /* from 1, where what is called begins, or the argument does */
	uint32_t column;   /* bytes, from 0 */
	char *word;        /* the last one in what is called */
	char *callee;      /* as it is asked about */
	uint32_t argument; /* it is passed as the argument of this number; 0: it is called */
};

/* uses_free() them. */
struct uses {
	struct place *places;
	size_t count;
};

/*
 * Looks for the uses, in the whole tree, of what the questions are about: the places, and the
 * definitions, callbacks, and calls in macros, which have no state, that it adds to the facts.
 * Questions about structures that the kernel's include/ defines are taken out: the core calls
 * through their members, and `slots` has how. Returns 0, or -1 with a message.
 */
int uses_find(struct uses *uses, struct facts *facts, const struct survey *survey,
	      struct questions *questions, const struct slots *slots, struct error *err);
void uses_free(struct uses *uses);

/* Adds the tags of the structure of STRUCT.MEMBER, and of those that have one. */
void uses_add_owners(const struct graph *graph, const char *member, struct names *owners);

/* Adds the definition of the function that a line of a source is in. */
void uses_add_around(const struct survey *survey, size_t source, uint32_t line,
		     struct facts *facts);

#endif
