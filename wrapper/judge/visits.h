/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * visits: functions that are entered in a context, with what is known there, and how.
 */
#ifndef RESVLINT_VISITS_H
#define RESVLINT_VISITS_H

#include "convention/slots.h"
#include "graph/symbols.h"
#include "judge/drivers.h"
#include "run/facts.h"

/* The context of code between dma_fence_begin_signalling() and its end: of what such code calls,
 * all. */
#define SECTION_CONTEXT "section"

/* Where a way begins. */
#define NO_VISIT SIZE_MAX

/* A way is of no more calls than this. */
#define LONGEST_WAY 6

/* How a visit comes about. */
struct entry {
	size_t from;      /* the visit that makes the call; NO_VISIT where the context begins */
	struct link link; /* the call, or what the context begins with */
};

/* A function that is entered in a context, with what is known of its parameters. */
struct visit {
	uint32_t source;
	uint32_t line; /* of its name, from 1 */
	const char *function;
	const char *context;
	const char *values; /* of its parameters, as lib/descend.mli has them */
	const char *once;   /* what is not there yet on the way to it, likewise */
	const char *driver; /* the directory in which the context begins */
	struct entry *entries;
	size_t entry_count;
	unsigned int depth; /* calls on the shortest way to it */
	/* That it is entered: high if all calls on that way are by name. */
	enum confidence confidence;
};

/* Goes down from where contexts begin. Zeroed but for the first five; descent_free() it. */
struct descent {
	struct survey *survey;
	const struct slots *slots;
	enum confidence least; /* what is less sure need not be found */
	struct facts *facts;
	struct drivers drivers;
	struct visit *visits; /* each once, in the order in which they were come to */
	size_t count;
	struct symbols keys;   /* of the visits there are */
	struct names wrappers; /* of what begins and ends sections, as lines of what is asked */
};

const struct source *descent_source(const struct descent *descent, size_t index);

/*
 * Adds a visit with a way into it, or that way to the visit of the same function with the same
 * values for the same driver. What would be too many is left out.
 */
void descent_add(struct descent *descent, struct visit visit, struct entry entry);
void descent_free(struct descent *descent);

#endif
