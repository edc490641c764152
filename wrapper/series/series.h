/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * series: changed files as a series of mails in a directory, one patch for each driver and a cover
 * letter, named and formed as `git format-patch --cover-letter` does, so that `git am` and
 * `git send-email` take it. Nobody signs it off: that is for who sends it.
 */
#ifndef RESVLINT_SERIES_H
#define RESVLINT_SERIES_H

#include "fix/patch.h"
#include "series/letter.h"

#include <time.h>

/* One file that is to change. */
struct series_file {
	struct patch_input input;
	const struct change *changes; /* the findings that are settled in it, one or more */
	size_t change_count;
};

struct series_spec {
	const char *root; /* of the tree, absolute */
	const char *dir;  /* to write to, made if it is not there, with those above it */
	time_t now;       /* for the mails' date, in UTC */
	const struct series_file *files;
	size_t count;
};

struct series_result {
	size_t patches; /* without the cover letter */
	char *note;     /* why some have no To: and Cc:, one sentence; NULL if all have */
};

/*
 * Asks, before the work begins, whether it would be for nothing: nobody is known as the sender, or
 * the directory holds a series already. Returns 0, or -1 with a message.
 */
int series_check(const char *root, const char *dir, struct error *err);

/*
 * Writes the series: all of it, or nothing. Runs the tree's scripts/get_maintainer.pl, see
 * recipients.h. The sender is who git says: GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL, else user.name
 * and user.email of the tree's or the user's configuration.
 *
 * Returns 0, or -1 with a message: a file of a series is there already, nothing is to be changed,
 * nobody is known as the sender, a name cannot stand in a patch, a file cannot be written, or a
 * signal came. series_result_free() either way.
 */
int series_write(const struct series_spec *spec, struct series_result *result, struct error *err);
void series_result_free(struct series_result *result);

#endif
