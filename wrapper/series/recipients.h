/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recipients: who is to get a patch, as the tree's own scripts/get_maintainer.pl says.
 *
 * That is a program of the tree, which is run here: in the tree, with the user's rights, for a
 * limited time and with limited memory. It gets its arguments as they are, no shell is between. But
 * it hands names of files to a shell itself, to ask git for them; so it is only asked about
 * files whose names are made of letters, digits and `_ . + - / ,`.
 */
#ifndef RESVLINT_RECIPIENTS_H
#define RESVLINT_RECIPIENTS_H

#include "series/mail.h"

struct recipients {
	struct address *to; /* maintainers */
	size_t to_count;
	struct address *cc; /* reviewers and lists */
	size_t cc_count;
};

/*
 * Asks who is to get a patch of these files, paths relative to the tree. Returns 0, or -1 with a
 * message if the script cannot be run or fails; lines that are no addresses are passed over.
 * recipients_free() either way.
 */
int recipients_find(struct recipients *recipients, const char *root, const char *const *paths,
		    size_t count, struct error *err);

/* Adds those of `more` that are not among them yet. */
void recipients_add(struct recipients *recipients, const struct recipients *more);
void recipients_free(struct recipients *recipients);

#endif
