/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * outline: where the functions of a C source begin, by its look alone. It is for text that spatch
 * could not parse, and only serves to name what was lost.
 */
#ifndef RESVLINT_OUTLINE_H
#define RESVLINT_OUTLINE_H

#include "base/base.h"

struct outline_function {
	unsigned int line; /* of its name, from 1 */
	char *name;
};

struct outline {
	char *text;   /* the source, cut into lines */
	char **lines; /* line N is lines[N - 1] */
	size_t line_count;
	struct outline_function *functions; /* in the source's order */
	size_t count;
};

/* Takes over `text`, which free() can free. */
void outline_make(struct outline *outline, char *text);
void outline_free(struct outline *outline);

#endif
