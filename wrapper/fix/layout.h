/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout: pieces of a C source replaced, with the layout around them kept as the kernel wants it.
 * All that is not replaced, and does not have to move, stays byte for byte.
 */
#ifndef RESVLINT_LAYOUT_H
#define RESVLINT_LAYOUT_H

#include "base/base.h"

/* A piece of the text, from one end of a token to another, and what takes its place. */
struct replacement {
	size_t start;
	size_t end;       /* behind its last byte */
	const char *text; /* on one line, with all its parentheses closed; may be "" */
};

/*
 * Replaces pieces of `text`, which are in order and do not overlap; the brackets in each are in
 * pairs, and no preprocessor line begins in it.
 *
 * Columns are as seen with tabs of 8. A line that was aligned to an open bracket follows the
 * bracket; one that was not follows the line that the bracket is on. The further lines of a comment
 * follow its first. New indentation is tabs, then blanks. The backslash of a line of a macro stays
 * in its column if there is room. A line that passes 100 columns, and did not before, is broken
 * behind an argument, else behind `&&`, `||` or `=`; lines are never joined.
 *
 * Returns the new text, followed by a NUL; the caller frees. `*new_length` gets its length. Returns
 * NULL with a message that names the line if brackets or conditionals are nested too deeply.
 */
char *layout_replace(const char *text, size_t length, const struct replacement *replacements,
		     size_t count, size_t *new_length, struct error *err);

#endif
