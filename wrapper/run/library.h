/* SPDX-License-Identifier: GPL-2.0-only */
/* library: the OCaml of the rules, compiled for spatch. */
#ifndef RESVLINT_LIBRARY_H
#define RESVLINT_LIBRARY_H

#include "run/spatch.h"
#include "run/stage.h"

/*
 * Puts the library's package into the stage, and lets spatch find it: a copy of the one that comes
 * with the rules in `rules_dir`, or that `make` left, if it is of the same sources, spatch and
 * OCaml; else it is compiled. The stage has the rules, and spatch_prepare() has been called.
 * Returns 0, or -1 with a message.
 */
int library_stage(const struct stage *stage, const char *rules_dir, struct spatch *spatch,
		  struct error *err);

#endif
