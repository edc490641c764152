// SPDX-License-Identifier: GPL-2.0-only
#include "series/mail.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Columns of a header, of an encoded word (RFC 2047), of a line of quoted-printable. */
#define HEADER_WIDTH 78
#define WORD_WIDTH 75
#define QUOTED_WIDTH 76

/* No line of a mail may be longer (RFC 5322), in bytes. */
#define LINE_LIMIT 998

/* Nobody's name or address is longer; what is stands for something else. In bytes. */
#define ADDRESS_LIMIT 200

#define WORD_BEGIN "=?UTF-8?q?"
#define WORD_END "?="

static bool is_ascii(const char *text)
{
	while (*text && !(*text & 0x80))
		text++;
	return !*text;
}

static bool is_utf8(const char *text)
{
	size_t length;

	while (*text && (length = utf8_length(text)))
		text += length;
	return !*text;
}

static bool has_control(const char *text)
{
	while (*text && !iscntrl((unsigned char)*text))
		text++;
	return *text;
}

/* Is it LOCAL@DOMAIN, of characters that need no quotes? */
static bool is_mail(const char *text)
{
	const char *at = strchr(text, '@');

	if (!at || at == text || !at[1] || strlen(text) > ADDRESS_LIMIT)
		return false;
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("()<>,;:\\\"[]", *c) || (*c == '@' && c != at))
			return false;
	return true;
}

int address_make(struct address *address, const char *name, const char *mail, struct error *err)
{
	address->name = xstrdup(name);
	address->mail = xstrdup(mail);
	if (!is_mail(mail))
		return error_set(err, "'%s' is no mail address", mail);
	if (has_control(name) || !is_utf8(name) || strlen(name) > ADDRESS_LIMIT)
		return error_set(err, "the name of '%s' cannot stand in a mail", mail);
	return 0;
}

/* Takes off the blanks around a name, its quotes and their backslashes, in place. */
static char *unquote(char *name)
{
	char *end = name + strlen(name), *to, *from;

	while (end > name && end[-1] == ' ')
		*--end = '\0';
	name += strspn(name, " ");
	if (*name != '"')
		return name;
	for (to = name, from = name + 1; *from && *from != '"'; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return name;
}

int address_parse(struct address *address, const char *text, struct error *err)
{
	char *copy = xstrdup(text), *mail = copy, *open = strchr(copy, '<');
	const char *name = "";
	int result;

	if (open) {
		*open = '\0';
		mail = open + 1;
		mail[strcspn(mail, ">")] = '\0';
		name = unquote(copy);
	} else {
		mail += strspn(mail, " ");
		mail[strcspn(mail, " ")] = '\0';
	}
	result = address_make(address, name, mail, err);
	free(copy);
	return result;
}

void address_free(struct address *address)
{
	free(address->name);
	free(address->mail);
}

/* Prints text as encoded words, the first of which begins in a column. */
static void print_encoded(FILE *out, const char *text, size_t column)
{
	static const size_t frame = sizeof(WORD_BEGIN WORD_END) - 1;
	size_t room = WORD_WIDTH - frame - (column < WORD_WIDTH / 2 ? column : 0);

	fputs(WORD_BEGIN, out);
	while (*text) {
		size_t bytes = utf8_length(text);
		bool plain = isalnum((unsigned char)*text) && bytes == 1;
		size_t width = plain ? 1 : 3 * (bytes ? bytes : 1);

		if (width > room) {
			fputs(WORD_END "\n " WORD_BEGIN, out);
			room = WORD_WIDTH - frame;
		}
		room -= width;
		for (size_t i = 0; i < (bytes ? bytes : 1); i++)
			fprintf(out, plain ? "%c" : "=%02X", (unsigned char)text[i]);
		text += bytes ? bytes : 1;
	}
	fputs(WORD_END, out);
}

/* Prints words, and goes on in a new line where the next does not fit. */
static void print_folded(FILE *out, const char *text, size_t column)
{
	while (*text) {
		size_t length = strspn(text, " ") + strcspn(text + strspn(text, " "), " ");

		if (*text == ' ' && column + length > HEADER_WIDTH) {
			putc('\n', out);
			column = 0;
		}
		fwrite(text, 1, length, out);
		column += length;
		text += length;
	}
}

void mail_header(FILE *out, const char *field, const char *text)
{
	size_t column = strlen(field) + 2;

	fprintf(out, "%s: ", field);
	if (is_ascii(text))
		print_folded(out, text, column);
	else
		print_encoded(out, text, column);
	putc('\n', out);
}

/* Prints a name as a header needs it. */
static void print_name(FILE *out, const char *name, size_t column)
{
	const char *c = name;

	if (!is_ascii(name)) {
		print_encoded(out, name, column);
		return;
	}
	while (isalnum((unsigned char)*c) || (*c && strchr(" !#$%&'*+-/=?^_`{|}~", *c)))
		c++;
	if (!*c) {
		fputs(name, out);
		return;
	}
	putc('"', out);
	for (c = name; *c; c++)
		fprintf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	putc('"', out);
}

void mail_addresses(FILE *out, const char *field, const struct address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct address *address = &addresses[i];

		if (i)
			fputs(",\n    ", out);
		else
			fprintf(out, "%s: ", field);
		if (*address->name) {
			print_name(out, address->name, strlen(field) + 2);
			fprintf(out, " <%s>", address->mail);
		} else {
			fputs(address->mail, out);
		}
	}
	if (count)
		putc('\n', out);
}

/* What a body holds that mail has to be told of, or that it does not keep. */
struct content {
	bool eight_bit;
	bool utf8;
	bool fragile;
};

static void examine(struct content *content, const char *text, size_t length)
{
	size_t column = 0;
	const char *end = text + length;

	*content = (struct content){ .utf8 = true };
	for (; text < end; text++) {
		column = *text == '\n' ? 0 : column + 1;
		content->fragile |= *text == '\r' || !*text || column > LINE_LIMIT;
		content->eight_bit |= *text & 0x80;
	}
}

/* Is all of it UTF-8, NUL bytes aside? */
static bool all_utf8(const char *text, size_t length)
{
	char *copy = xcalloc(length + 1, 1);
	bool valid;

	memcpy(copy, text, length);
	replace_nul(copy, length);
	valid = is_utf8(copy);
	free(copy);
	return valid;
}

static bool is_quoted(unsigned char byte, bool at_end)
{
	return byte == '=' || byte > '~' || (byte < ' ' && byte != '\t') ||
	       (at_end && (byte == ' ' || byte == '\t'));
}

static void print_quoted(FILE *out, const char *text, size_t length)
{
	size_t column = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];
		bool quoted = is_quoted(byte, i + 1 == length || text[i + 1] == '\n');
		size_t width = quoted ? 3 : 1;

		if (byte == '\n') {
			putc('\n', out);
			column = 0;
			continue;
		}
		/* The last column is for the `=` that says that the line goes on. */
		if (column + width >= QUOTED_WIDTH) {
			fputs("=\n", out);
			column = 0;
		}
		fprintf(out, quoted ? "=%02X" : "%c", byte);
		column += width;
	}
}

void mail_body(FILE *out, const char *text, size_t length)
{
	struct content content;

	examine(&content, text, length);
	if (content.eight_bit)
		content.utf8 = all_utf8(text, length);
	if (content.eight_bit || content.fragile)
		fprintf(out,
			"MIME-Version: 1.0\n"
			"Content-Type: text/plain; charset=%s\n"
			"Content-Transfer-Encoding: %s\n",
			content.utf8 ? "UTF-8" : "ISO-8859-1",
			content.fragile ? "quoted-printable" : "8bit");
	putc('\n', out);
	if (content.fragile)
		print_quoted(out, text, length);
	else
		fwrite(text, 1, length, out);
}
