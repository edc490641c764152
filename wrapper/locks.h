/* SPDX-License-Identifier: GPL-2.0-only */
/* locks: the functions that do something to a reservation lock, as lib/lock-functions.tsv has them.
 */
#ifndef RESVLINT_LOCKS_H
#define RESVLINT_LOCKS_H

#include "base.h"

struct locks {
	char **names; /* without those that too many files use for other locks to look for them */
	size_t count;
};

/*
 * Loads the table in the rules directory; of it, only the primitives if `primitives` says so.
 * Returns 0, or -1 with a message. locks_free() either way.
 */
int locks_load(const char *rules_dir, bool primitives, struct locks *locks, struct error *err);

bool locks_has(const struct locks *locks, const char *name);

/* Adds a copy of a name. */
void locks_add(struct locks *locks, const char *name);
void locks_free(struct locks *locks);

#endif
