/* SPDX-License-Identifier: GPL-2.0-only */
/* facts: the command that prints what the functions of kernels do, as the table for code outside.
 */
#ifndef RESVLINT_FACTS_COMMAND_H
#define RESVLINT_FACTS_COMMAND_H

#include "options.h"

/*
 * Prints the table that the TREEs of the options make together: a row holds since the oldest of
 * them that says so, until behind the newest. Returns an exit status, with a message if that is
 * EXIT_ERROR.
 */
int facts_run(const struct options *options, struct error *err);

#endif
