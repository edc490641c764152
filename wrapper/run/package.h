/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * package: the OCaml of the rules, where it is compiled already. What fits one version
 * of spatch, of OCaml and of the sources has their stamp: cocci/lib/compile.sh, which makes
 * packages, tells of it.
 */
#ifndef RESVLINT_PACKAGE_H
#define RESVLINT_PACKAGE_H

#include "run/stage.h"

/* The stamp of the rules in the stage for a spatch that says this of its version; the caller frees.
 */
char *package_stamp(const struct stage *stage, const char *version, size_t *length);

/*
 * Copies the package in the directory `made` to NAME/resvlint in the stage, if it has this stamp.
 * `taken` tells whether: one that is replaced or goes away meanwhile is not taken. Returns 0, or -1
 * with a message.
 */
int package_take(const struct stage *stage, const char *name, const char *made,
		 const struct text *stamp, bool *taken, struct error *err);

#endif
