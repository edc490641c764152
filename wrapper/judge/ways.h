/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ways: all call chains upward from a function whose state is its callers', to where the state of
 * the lock is decided. One that leads back to where it came from adds nothing.
 *
 * A function that is passed to another, of which the table says nothing, is called by that one if
 * it calls its parameter: in a state of its own or, where it inherits that, in the state in which
 * it was passed the function. What calls through a member of a driver's own structure, of which the
 * table says nothing, calls all that is put into it.
 */
#ifndef RESVLINT_WAYS_H
#define RESVLINT_WAYS_H

#include "judge/functions.h"

/* How the state comes to be what it is at the beginning of a way. */
enum way {
	WAY_HELD,       /* a caller holds the lock, and passes on what it belongs to, where that
			  matters */
	WAY_HELD_OTHER, /* it is held, perhaps for something else */
	WAY_EXPORTED, /* a callback of an exporter, who passes on what its buffer's private data has
		       */
	WAY_CALLED,   /* a caller does not hold it */
	WAY_ENTERED,  /* the kernel enters through a slot without it */
	WAY_EITHER,   /* it enters in one state or the other, or it is not known in which */
	WAY_PRESUMED, /* nothing tells: it is presumed that nobody holds it */
	WAY_HINTED,   /* nothing tells, but it says of itself that its caller holds the lock */
	WAY_COUNT,
};

#define NOWHERE SIZE_MAX

/* A step upward. The first one is at the function that the walk is from. */
struct step {
	const struct function *function; /* reached by it; NULL: a way begins here, or the state is
					    that of those that call this one */
	size_t below;                    /* the step before, NOWHERE for the first one */
	const struct call *call;         /* by which it is taken; NULL: by none */
	const char *needs; /* what the parameters of the function have to be, as of sites */
	struct link link;  /* by what, as a chain tells it; zeroed: by nothing known */
};

/* A way that begins, in a step. */
struct begin {
	enum way way;
	size_t step;
};

struct ways {
	struct step *steps;
	size_t count;
	size_t first[WAY_COUNT]; /* where a shortest way of each kind begins, NOWHERE if there is
				    none: from that step on, those below lead to the operation */
	struct begin *begins; /* of all ways that end at one who is at fault, as they were found */
	size_t begin_count;
	struct names made; /* needs that no row has */
};

/* How a walk differs from one that goes by the object that a site is about; any of them together.
 */
enum ways_kind {
	WAYS_BY_NAME = 1,  /* calls that pass on what a list yields are left out */
	WAYS_ANY_LOCK = 2, /* whosever lock is held is as good as that of the object */
	WAYS_FAULTS = 4,   /* calls where no page fault is served are left out */
};

/*
 * All ways upward from one of the functions, of these kinds; `needs` tells what its parameters have
 * to be, as of sites. The strings of the links are those of what is known. ways_free() them.
 */
struct ways ways_find(const struct functions *functions, const struct function *function,
		      unsigned int kinds, const char *needs);
void ways_free(struct ways *ways);

#endif
