/* SPDX-License-Identifier: GPL-2.0-only */
/* library: the program that spatch runs, and the OCaml that rules share, compiled for it. */
#ifndef RESVLINT_LIBRARY_H
#define RESVLINT_LIBRARY_H

#include "run/spatch.h"
#include "run/stage.h"

/*
 * Puts the program of the chosen rules into the stage; and the library's package, and lets spatch
 * find it: a copy of the one that comes with the rules, or that `make` left, if it is of the same
 * sources, spatch and OCaml; else it is compiled. The stage has the rules, and spatch_prepare() has
 * been called. Returns 0, or -1 with a message.
 */
int library_stage(const struct stage *stage, const struct catalogue *catalogue, rule_set chosen,
		  struct spatch *spatch, struct error *err);

#endif
