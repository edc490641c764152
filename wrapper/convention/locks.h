/* SPDX-License-Identifier: GPL-2.0-only */
/* locks: the functions that do something to a reservation lock, as lib/lock-functions.tsv has them.
 */
#ifndef RESVLINT_LOCKS_H
#define RESVLINT_LOCKS_H

#include "base/base.h"

struct locks {
	char **names;
	size_t count;
};

/* Which rows of the table are meant. */
enum locks_level {
	LOCKS_PRIMITIVE,
	LOCKS_WRAPPER, /* and primitives: by these files can be found */
	LOCKS_ALL,     /* also those that too many files use for other locks */
};

/*
 * Loads the table in the rules directory. Returns 0, or -1 with a message. locks_free() either way.
 */
int locks_load(const char *rules_dir, enum locks_level level, struct locks *locks,
	       struct error *err);

bool locks_has(const struct locks *locks, const char *name);

/* Adds a copy of a name. */
void locks_add(struct locks *locks, const char *name);
void locks_free(struct locks *locks);

#endif
