/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * focus: what cannot matter in a source, blanked: the bodies of functions, the values of variables,
 * and functions, prototypes and includes as a whole. spatch takes far more time for one than it
 * takes to see that none of the words asked for has to do with it.
 */
#ifndef RESVLINT_FOCUS_H
#define RESVLINT_FOCUS_H

#include "source/words.h"

/* What else matters in a source, because something that matters does. */
enum focus_reach {
	FOCUS_CALLERS,   /* functions, variables and macros that name it, and so on */
	FOCUS_VARIABLES, /* likewise, but not what names a function that matters */
	FOCUS_NOTHING,   /* and a function that has a word in its body alone does not matter */
};

/* What is looked for. */
struct focus {
	const struct words *words;
	/* Functions that one has to see are defined there, if they are; NULL: none. */
	const struct words *heads;
	enum focus_reach reach;
};

/*
 * Blanks, in place, in a C source, what does not matter: what has none of the words, and is not
 * reached. Of functions it is the body and of variables what stands in braces as their value, if
 * they tell of what type a pointer is, or are one of the heads; else it is all of them, with the
 * comment above. Types and macros stay. No line moves, and nothing else changes. A text of which it
 * is not plain where its parts end stays as it is. `text` has TEXT_SLACK bytes behind its length.
 */
void focus(char *text, size_t length, const struct focus *focus);

#endif
