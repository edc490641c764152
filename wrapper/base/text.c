// SPDX-License-Identifier: GPL-2.0-only
#include "base/text.h"

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

void text_print(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '\n')
			fputs("\\n", out);
		else if (byte == '\t')
			fputs("\\t", out);
		else if (byte < 0x20 || byte == 0x7f)
			fprintf(out, "\\x%02x", byte);
		else
			putc(byte, out);
	}
}

size_t utf8_length(const char *string)
{
	const unsigned char *text = (const unsigned char *)string;
	size_t length = text[0] < 0x80   ? 1
			: text[0] < 0xc2 ? 0
			: text[0] < 0xe0 ? 2
			: text[0] < 0xf0 ? 3
			: text[0] < 0xf5 ? 4
					 : 0;

	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what lies above U+10FFFF. */
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

char *text_utf8(const char *text)
{
	char *result = xcalloc(4 * strlen(text) + 1, 1), *end = result;

	while (*text) {
		size_t length = utf8_length(text);

		if (length) {
			end = mempcpy(end, text, length);
			text += length;
		} else {
			end += sprintf(end, "\\x%02x", (unsigned char)*text++);
		}
	}
	return result;
}
