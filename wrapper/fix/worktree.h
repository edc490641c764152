/* SPDX-License-Identifier: GPL-2.0-only */
/* worktree: the git tree that a tree of sources is in, if it is in one. */
#ifndef RESVLINT_WORKTREE_H
#define RESVLINT_WORKTREE_H

#include "base/base.h"

/*
 * Sees that files known to git are as they were committed; others do not matter. Returns 0, also
 * where there is no git tree, or -1 with a message that names one that is not.
 */
int worktree_check(const char *dir, struct error *err);

/*
 * The root of the git tree that a directory, an absolute path without links, is in. NULL if it is
 * in none, or in `/` itself. The caller frees.
 */
char *worktree_root(const char *dir);

#endif
