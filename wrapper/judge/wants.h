/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wants: the sources that can tell what rules would have to know, as they say it: see
 * lib/program.mli.
 */
#ifndef RESVLINT_WANTS_H
#define RESVLINT_WANTS_H

#include "run/sources.h"
#include "run/survey.h"

/* What is wanted, and where it can be. */
struct hunt {
	const char *words;          /* as rules print them */
	const struct sources *near; /* that can have to do with it */
	char *word;                 /* by which it is found in these; free() it */
	struct sources found;       /* that tell it */
};

/* Is it something that can be looked for? */
bool wants_is_known(const char *words);

/* Finds the sources for each hunt. Returns 0, or -1 with a message. */
int wants_find(struct hunt *hunts, size_t count, const struct survey *survey, struct error *err);

#endif
