/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * focus: the bodies of functions, and the values of variables, that cannot matter, blanked. spatch
 * takes far more time for one than it takes to see that none of the words asked for has to do with
 * it.
 */
#ifndef RESVLINT_FOCUS_H
#define RESVLINT_FOCUS_H

#include "words.h"

/* What else matters in a source, because something that matters does. */
enum focus_reach {
	FOCUS_CALLERS,   /* functions, variables and macros that name it, and so on */
	FOCUS_VARIABLES, /* likewise, but not what names a function that matters */
};

/*
 * Blanks, in place, the bodies of functions and what stands in braces as the value of a variable,
 * in a C source, where they do not matter: where they have none of the words, and are not reached.
 * No line moves, and nothing else changes. A text of which it is not plain where its parts end
 * stays as it is. `text` has TEXT_SLACK bytes behind its length.
 */
void focus(char *text, size_t length, const struct words *words, enum focus_reach reach);

#endif
