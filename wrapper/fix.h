/* SPDX-License-Identifier: GPL-2.0-only */
/* fix: the command that mends what an analysis finds, and proves that it did. */
#ifndef RESVLINT_FIX_H
#define RESVLINT_FIX_H

#include "options.h"

/*
 * Mends the findings in the PATHs of the options: prints a diff, changes the files or writes a
 * series, as the options say. Before any of it the result is analysed as the PATHs were: it has to
 * report none of what is mended and nothing new, and there must be nothing left to mend in it.
 * What is left to a person goes to stderr. Returns an exit status; with EXIT_ERROR a message is in
 * `err`, and nothing was printed or changed unless the message says so.
 */
int fix_run(const struct options *options, struct error *err);

#endif
