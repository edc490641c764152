/* SPDX-License-Identifier: GPL-2.0-only */
/* proof: the analysis of what the fixes made has to say what is expected of it. */
#ifndef RESVLINT_PROOF_H
#define RESVLINT_PROOF_H

#include "fix/fixes.h"

/*
 * Compares the report of the fixed sources, of findings of any confidence, with the one that the
 * fixes were made for: of at least this confidence it has none of what is fixed and nothing new, no
 * more than before was not analysed, and fixes_make() would change nothing in it. Returns 0, or -1
 * with a message that names what is not so.
 */
int proof_check(const struct report *before, const struct report *after, const struct fixes *fixes,
		enum confidence least, const char *kernel, struct error *err);

#endif
