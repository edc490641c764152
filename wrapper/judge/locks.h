/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * locks: which locks code in a context waits for, and who acquires them.
 */
#ifndef RESVLINT_JUDGE_LOCKS_H
#define RESVLINT_JUDGE_LOCKS_H

#include "judge/visits.h"

enum lock_kind {
	LOCKS_MUTEX, /* mutexes and semaphores, which code waits for asleep */
	LOCKS_SPIN,  /* spinlocks, and what has one */
};

/* A call by which a function acquires a lock. */
struct hold {
	size_t lock; /* its number */
	uint32_t item;
	uint32_t edge;
};

struct holds {
	struct hold *rows;
	size_t count;
};

/*
 * Finds the locks of a kind that the sites from `first` on wait for, those that are
 * wanted: adds them to the descent, and makes their numbers those that the sites wait for.
 * `holds` gets the calls, in the order of
 * locks, items and the text, by which code of the same driver, or shared code, acquires them: the
 * caller frees its rows. `wrappers` gets, as lines that are asked of spatch, the functions that
 * acquire or release a mutex for their callers. Returns 0, or -1 with a message.
 */
int locks_find(struct descent *descent, size_t first, enum lock_kind kind, struct holds *holds,
	       struct names *wrappers, struct error *err);

#endif
