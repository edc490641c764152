/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * needs: what the parameters of a function have to be where something is come to, as lib/cases.mli
 * has tests, with commas between: "2=0,3&FOO=1"; and what a call says of its arguments, as
 * Operations.values in lib/operations.mli has it.
 */
#ifndef RESVLINT_NEEDS_H
#define RESVLINT_NEEDS_H

#include <stdbool.h>

/* Do the arguments of a call rule out what is needed? */
bool needs_contradict(const char *values, const char *needs);

/*
 * What the parameters of its caller have to be for what is needed of the arguments of a call, as
 * far as these are its caller's parameters. The caller frees.
 */
char *needs_of_caller(const char *values, const char *needs);

#endif
