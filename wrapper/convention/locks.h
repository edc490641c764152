/* SPDX-License-Identifier: GPL-2.0-only */
/* locks: the functions that do something to a reservation lock, of lib/lock-functions.tsv. */
#ifndef RESVLINT_LOCKS_H
#define RESVLINT_LOCKS_H

#include "base/base.h"
#include "base/names.h"

/* Which rows of the table are meant. */
enum locks_level {
	LOCKS_PRIMITIVE,
	LOCKS_WRAPPER, /* and primitives: by these files can be found */
	LOCKS_ALL,     /* also those that too many files use for other locks */
};

/*
 * Loads the names of the functions of the table in the rules directory. Returns 0, or -1 with a
 * message. names_free() either way.
 */
int locks_load(const char *rules_dir, enum locks_level level, struct names *locks,
	       struct error *err);

#endif
