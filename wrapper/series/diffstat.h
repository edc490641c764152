/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diffstat: how much each file of a patch changes, in the form that git gives it in mails. That of
 * libgit2 leaves names unquoted, so that a newline in one breaks the line, and has no least room
 * for the signs.
 */
#ifndef RESVLINT_DIFFSTAT_H
#define RESVLINT_DIFFSTAT_H

#include "fix/patch.h"

#include <stdio.h>

struct stat_line {
	char *name; /* as diffs write it */
	size_t insertions;
	size_t deletions;
};

struct diffstat {
	struct stat_line *lines; /* in the order in which they were added */
	size_t count;
};

/* Adds a file, of which all is copied. Start with a zeroed diffstat; diffstat_free() it. */
void diffstat_add(struct diffstat *stat, const char *path, const struct patch *patch);

/* Prints a line for each file, and their sum. */
void diffstat_print(FILE *out, const struct diffstat *stat);
void diffstat_free(struct diffstat *stat);

#endif
