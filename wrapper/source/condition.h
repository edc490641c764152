/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * condition: what the preprocessor makes of a condition, as far as the macros in it are known. A
 * condition that the known part does not decide, or that makes no sense, is unknown.
 */
#ifndef RESVLINT_CONDITION_H
#define RESVLINT_CONDITION_H

#include "source/macros.h"

enum truth {
	TRUTH_UNKNOWN,
	TRUTH_FALSE,
	TRUTH_TRUE,
};

/* What `!` makes of it. */
enum truth truth_negate(enum truth truth);

/* The truth of what follows `#if`, without comments and on one line. */
enum truth condition_truth(const char *text, const struct macros *macros);

/* The truth of what follows `#ifdef`, likewise: is this macro defined? */
enum truth condition_defined(const char *text, const struct macros *macros);

#endif
