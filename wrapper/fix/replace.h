/* SPDX-License-Identifier: GPL-2.0-only */
/* replace: files get new content, each in one step, and none that somebody else has changed. */
#ifndef RESVLINT_REPLACE_H
#define RESVLINT_REPLACE_H

#include "base/base.h"

/* A file, what it has to hold still, and what it is to hold. All of it is the caller's. */
struct replacement {
	const char *name;
	struct text before;
	struct text after;
};

/*
 * Replaces the contents. First all are written beside the files, under names that begin with a dot
 * and have `.resvlint-` in them, with the same mode; only then is one after the other renamed.
 * Whatever happens, each file is as it was or as it is to be; a hard link stays what it was.
 *
 * Returns 0, or -1 with a message: one cannot be written, is no regular file any more or has
 * changed, or a signal came. `*replaced` gets the number of files, from the first, that have the
 * new content.
 */
int replace_files(const struct replacement *replacements, size_t count, size_t *replaced,
		  struct error *err);

#endif
