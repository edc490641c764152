/* SPDX-License-Identifier: GPL-2.0-only */
/* locks: the functions that do something to a reservation lock, of lib/lock-functions.tsv. */
#ifndef RESVLINT_LOCKS_H
#define RESVLINT_LOCKS_H

#include "base/base.h"
#include "base/names.h"

/*
 * Loads the names of the functions of the table in the rules directory, without those that wrap
 * others if only primitives are wanted. Names that are used for other locks, too, have BESIDE_LOCK
 * before them. Returns 0, or -1 with a message. names_free() either way.
 */
int locks_load(const char *rules_dir, bool only_primitives, struct names *locks, struct error *err);

#endif
