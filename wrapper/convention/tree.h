/* SPDX-License-Identifier: GPL-2.0-only */
/* tree: which tree the PATHs are in, and what it says of itself. */
#ifndef RESVLINT_TREE_H
#define RESVLINT_TREE_H

#include "base/base.h"

/* A kernel version as far as conventions go. */
struct version {
	unsigned int major;
	unsigned int minor;
};

/* Newer than any. */
extern const struct version version_never;

struct tree {
	char *root;        /* absolute, no links in it */
	bool is_kernel;    /* a kernel tree; otherwise just what the PATHs have in common */
	char *kernel_text; /* X.Y.Z as the top Makefile says, NULL if it is not known */
};

/*
 * Finds the tree that all of `paths` are in: the kernel tree above them or, outside of any, the
 * PATH itself (its directory if it is a file; what several have in common). Returns 0, or -1 with a
 * message if a PATH is not there or they are in different trees. tree_free() either way.
 */
int tree_find(char *const *paths, size_t count, struct tree *tree, struct error *err);

/*
 * Finds the kernel tree whose top is `dir`, for PATHs that are outside of it, in `tree`. Returns 0,
 * or -1 with a message if it is none, or in one of the PATHs, or if these are in a kernel tree
 * already. tree_free() either way.
 */
int tree_find_kernel(const char *dir, char *const *paths, size_t count, const struct tree *tree,
		     struct tree *kernel, struct error *err);
void tree_free(struct tree *tree);

/* Reads "X.Y", whatever follows the two numbers and a dot or dash. Returns whether it is one. */
bool version_parse(const char *text, struct version *version);

/* Negative, 0 or positive as `a` is older than, the same as, or newer than `b`. */
int version_compare(struct version a, struct version b);

/* Does a row that holds from `since` on, not from `until` on, hold for a version; NULL: the newest?
 */
bool version_holds(const struct version *version, struct version since, struct version until);

#endif
