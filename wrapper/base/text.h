/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text: foreign text made fit to be shown. Names and expressions come from somebody else's code and
 * may hold any byte.
 */
#ifndef RESVLINT_TEXT_H
#define RESVLINT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Can the byte be part of a C identifier? */
static inline bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/*
 * Prints `text` on one line: control characters as \n, \t, \xNN, so that no line is broken and no
 * escape sequence reaches a terminal; all other bytes as they are.
 */
void text_print(FILE *out, const char *text);

/*
 * `text` as valid UTF-8: each byte that is not part of valid UTF-8 is written as the four
 * characters \xNN. The caller frees.
 */
char *text_utf8(const char *text);

/* The length in bytes of the valid UTF-8 character at `text`, a string; 0 if there is none. */
size_t utf8_length(const char *text);

#endif
