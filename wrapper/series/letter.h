/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * letter: what a patch says of itself to a maintainer: its subject and its message, made of the
 * findings it settles and of what the headers of their rules say. All of it is ASCII, whatever the
 * code says, and no line has more than 75 columns unless a single name does.
 */
#ifndef RESVLINT_LETTER_H
#define RESVLINT_LETTER_H

#include "base/base.h"
#include "convention/catalogue.h"

#include <stdio.h>

/* One finding that a patch settles. Strings and rule are the caller's, and stay. */
struct change {
	const struct rule *rule;
	const char *function;    /* in which it is, without parentheses */
	const char *operation;   /* what is called there, likewise */
	const char *replacement; /* what is called instead; "" for a fix of another kind */
	const char *reason;      /* how it was found to be wrong; "" if there is nothing to say */
	const char *const
		*chain; /* the calls that lead there, one line each, as findings show them */
	size_t chain_length;
};

/* The subject without its prefix, imperative, not capitalised. The caller frees. */
char *letter_subject(const struct change *const *changes, size_t count);

/* The message: paragraphs, without a sign-off, ending in one newline. The caller frees. */
char *letter_message(const struct change *const *changes, size_t count);

/* What the cover letter says of all changes, likewise. The caller frees. */
char *letter_cover(const struct change *const *changes, size_t count, size_t file_count);

#endif
