/* SPDX-License-Identifier: GPL-2.0-only */
/* check: the command that runs all stages, in the order of the data flow. */
#ifndef RESVLINT_CHECK_H
#define RESVLINT_CHECK_H

#include "options.h"

/* Exit statuses. */
enum {
	EXIT_CLEAN,
	EXIT_FINDINGS,
	EXIT_ERROR,
	EXIT_NOT_ANALYSED,
};

/*
 * Checks the PATHs of the options and prints the report. Returns an exit status; with EXIT_ERROR a
 * message is in `err`, and nothing was printed on stdout unless writing to it is what failed.
 */
int check_run(const struct options *options, struct error *err);

#endif
