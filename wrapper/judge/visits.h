/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * visits: functions that are entered in a context, with what is known there, and how.
 */
#ifndef RESVLINT_VISITS_H
#define RESVLINT_VISITS_H

#include "convention/slots.h"
#include "graph/symbols.h"
#include "judge/drivers.h"
#include "judge/helpers.h"
#include "judge/resumes.h"
#include "judge/signals.h"
#include "judge/waits.h"
#include "run/facts.h"

/*
 * Contexts are words of lib/descend.mli. What stands behind a colon says which part of a function
 * is in one; of what is called there, all is.
 */
#define SECTION_CONTEXT "signalling:section"
#define HOLDER_CONTEXT "holder"
#define RELEASE_CONTEXT "fence-release"
/* What a signal of a fence can come after, by calls that are added where it is asked about; and
 * what is called there. */
#define UNTIL_CONTEXT "signalling:until"
#define BEFORE_CONTEXT "signalling:before"

/* Is code in a context called with a spinlock held, and interrupts off? */
bool context_is_atomic(const char *context);

/*
 * Does code in a context come before a signal? What signals, and for whom, is only likely: another
 * thing that is only likely makes little of it.
 */
bool context_is_before_signal(const char *context);

/* Where a way begins. */
#define NO_VISIT SIZE_MAX

/* A way is of no more calls than this. */
#define LONGEST_WAY 6

/* How a visit comes about. */
struct entry {
	size_t from;      /* the visit that makes the call; NO_VISIT where the context begins */
	struct link link; /* the call, or what the context begins with */
	const struct link *signal; /* in UNTIL_CONTEXT, where that begins; else NULL */
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
	bool is_resumed; /* all ways to it resume a device */
	bool is_left;    /* nothing of interest can be below it */
};

/* A function that holds a lock, and does with it held what a rule has something against. */
struct holder {
	const char *function;
	const char *does; /* what that is, as a message goes on */
	enum confidence confidence;
	struct link *links; /* how it acquires the lock, and the calls from there on */
	size_t link_count;
};

/* So many functions are told that hold a lock. */
#define HOLDERS 3

/* A lock that code in a context waits for. */
struct awaited {
	char *lock; /* its place, as graph_place() has it */
	const char *driver;
	enum confidence most; /* of what waits for it */
	bool is_atomic;       /* that is called with a spinlock held, and interrupts off */
	bool is_irqsafe;      /* some take it with interrupts off, so all may */
	struct holder holders[HOLDERS]; /* the most sure first; of these, by fewest calls */
	size_t holder_count;
};

/* A way to a visit. */
struct way_down {
	struct visit visit;
	struct entry entry;
};

/* Goes down from where contexts begin. Zeroed but for the first five; descent_free() it. */
struct descent {
	struct survey *survey;
	const struct slots *slots;
	struct facts *facts;
	const struct drivers *drivers;
	enum confidence least; /* of findings that are wanted */
	struct visit *visits;  /* each once, in the order in which they were come to */
	size_t count;
	struct way_down *later; /* ways of low confidence, which are gone when no others are left */
	size_t later_count;
	struct symbols keys;   /* of the visits there are */
	struct names wrappers; /* of what begins and ends sections, as lines of what is asked */
	struct signals signals;
	struct waits waits;
	struct resumes resumes;
	struct helpers helpers; /* of low confidence */
	struct awaited *locks;
	size_t lock_count;
};

const struct source *descent_source(const struct descent *descent, size_t index);

/*
 * Adds a visit with a way into it, or that way to the visit of the same function with the same
 * values for the same driver. What would be too many is left out.
 */
void descent_add(struct descent *descent, struct visit visit, struct entry entry);

/* Likewise for a way of low confidence, when it is taken, if such are wanted. */
void descent_add_later(struct descent *descent, struct visit visit, struct entry entry);
void descent_take_later(struct descent *descent);

/* How sure it is that a site is come to, and what its rule says of that. */
enum confidence descent_confidence(const struct descent *descent, const struct site *site);

/* Puts the sites of the facts from `first` on in the order of visits, and in each of the text. */
void descent_sort_sites(struct descent *descent, size_t first);
void descent_free(struct descent *descent);

#endif
