/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edits: changes of calls, made in the original text of a C source, where only the tokens change
 * that must. What cannot be changed with certainty is refused: a person decides.
 */
#ifndef RESVLINT_EDITS_H
#define RESVLINT_EDITS_H

#include "base/base.h"

/* What an edit changes of the call that begins at its place. */
enum edit_kind {
	EDIT_NAME,   /* the name of the function is replaced */
	EDIT_CALL,   /* the call, NAME(...), is replaced */
	EDIT_REMOVE, /* the statement that the call is, NAME(...);, is taken out */
};

struct edit {
	enum edit_kind kind;
	unsigned int line;   /* of the name, from 1 */
	unsigned int column; /* of the name's first byte, in bytes from 0 */
	const char *name;    /* the identifier that stands there now */
	const char *with;    /* the new text, on one line: an identifier for EDIT_NAME, "" for
				EDIT_REMOVE */
};

/*
 * Makes all the edits, which may be in any order; of equal ones, one counts. The text may hold any
 * bytes. Around the edits the layout is kept as layout_replace() does it.
 *
 * A statement that is removed goes with its lines, and the comment behind it on the last of them,
 * if there is nothing else on them. A blank line then goes as well that would follow another, or
 * `{`, or come before `}`.
 *
 * Returns the new text, followed by a NUL; the caller frees. `*new_length` gets its length without
 * the NUL. Returns NULL, with a message that names the line and what is unclear, if one of the
 * edits cannot be made with certainty:
 * - the name is not there as code, or is not called, or its parenthesis is not closed;
 * - it is in a preprocessor line, other than a name, or a call on one line, in a macro's body;
 * - a call to be replaced has comments, other than in what stays when only arguments at its end go;
 * - preprocessor lines are in the call, and more than the name is to change;
 * - the call to be removed is no statement of its own within a function, or is all that a block
 *   inside the function has, or a label would be left without a statement, or a variable
 *   of the function without a use;
 * - edits overlap.
 */
char *edits_apply(const char *text, size_t length, const struct edit *edits, size_t count,
		  size_t *new_length, struct error *err);

#endif
