/* SPDX-License-Identifier: GPL-2.0-only */
/* operations: the kernel's functions of tables/operations.tsv, by what they do. */
#ifndef RESVLINT_OPERATIONS_H
#define RESVLINT_OPERATIONS_H

#include "base/base.h"
#include "base/names.h"

/*
 * Loads the names of those that take what stands above reservation locks in the locking hierarchy:
 * mmap_lock, itself or for a fault of user memory. Returns 0, or -1 with a message. names_free()
 * either way.
 */
int operations_load_above(const char *rules_dir, struct names *above, struct error *err);

#endif
