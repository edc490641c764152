// SPDX-License-Identifier: GPL-2.0-only
#include "series/mail.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* What a header of a text is printed as; the caller frees. */
static char *header(const char *text)
{
	char *printed = NULL;
	size_t length;
	FILE *out = open_memstream(&printed, &length);

	mail_header(out, "Subject", text);
	fclose(out);
	return printed;
}

static void assert_header(const char *text, const char *expected)
{
	char *printed = header(text);

	ck_assert_str_eq(printed, expected);
	free(printed);
}

START_TEST(headers_are_folded_and_encoded)
{
	assert_header("[PATCH] drm: use it", "Subject: [PATCH] drm: use it\n");
	assert_header(
		"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789",
		"Subject: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
		" 0123456789\n");
	assert_header("gr\xc3\xbc\xc3\x9f =?", "Subject: =?UTF-8?q?gr=C3=BC=C3=9F=20=3D=3F?=\n");
}
END_TEST

START_TEST(no_encoded_word_is_too_long_or_cuts_a_character)
{
	char text[61], *printed, *rest, *line;

	for (size_t i = 0; i < 30; i++)
		memcpy(text + 2 * i, "\xc3\xa4", 3);
	rest = printed = header(text);
	while ((line = next_line(&rest))) {
		char *word = strstr(line, "=?UTF-8?q?");

		ck_assert_ptr_nonnull(word);
		ck_assert(ends_with(word, "=A4?="));
		ck_assert_uint_le(strlen(line), 76);
	}
	free(printed);
}
END_TEST

/* An address in a header, from what get_maintainer.pl prints. */
static void assert_address(const char *text, const char *expected)
{
	struct address address;
	struct error err;
	char *printed = NULL;
	size_t length;
	FILE *out = open_memstream(&printed, &length);

	ck_assert_int_eq(address_parse(&address, text, &err), 0);
	mail_addresses(out, "To", &address, 1);
	fclose(out);
	ck_assert_str_eq(printed, expected);
	free(printed);
	address_free(&address);
}

START_TEST(addresses_are_written_as_mail_wants_them)
{
	assert_address("Ann B <a@b.org> (maintainer:X (Y))", "To: Ann B <a@b.org>\n");
	assert_address("list@b.org (open list:X)", "To: list@b.org\n");
	assert_address("\"Ann B.\" <a+c@b.org>", "To: \"Ann B.\" <a+c@b.org>\n");
	assert_address("Ann (B), C <a@b.org>", "To: \"Ann (B), C\" <a@b.org>\n");
	assert_address("\"Q \\\"R\\\"\" <a@b.org>", "To: \"Q \\\"R\\\"\" <a@b.org>\n");
	assert_address("\"J\xc3\xb6rg, X\" <j@b.org>",
		       "To: =?UTF-8?q?J=C3=B6rg=2C=20X?= <j@b.org>\n");
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	static const char *const bad[] = { "",
					   "Ann",
					   "Ann <a>",
					   "Ann <a@b@c>",
					   "Ann <@b>",
					   "Ann <a@>",
					   "Ann <a b@c>",
					   "Ann <a@b,c@d>",
					   "A\rBcc: x@y.org <a@b>",
					   "A\x1b[2J <a@b>",
					   "A\xff <a@b>",
					   "A <\xc3\xa4@b>" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct address address;
		struct error err;

		ck_assert_msg(address_parse(&address, bad[i], &err) == -1, "%s", bad[i]);
		address_free(&address);
	}
}
END_TEST

START_TEST(several_addresses_stand_below_each_other)
{
	char ann[] = "Ann", none[] = "", mail[] = "a@b", other[] = "c@d";
	const struct address addresses[] = { { ann, mail }, { none, other } };
	char *printed = NULL;
	size_t length;
	FILE *out = open_memstream(&printed, &length);

	mail_addresses(out, "Cc", addresses, 2);
	mail_addresses(out, "To", addresses, 0);
	fclose(out);
	ck_assert_str_eq(printed, "Cc: Ann <a@b>,\n    c@d\n");
	free(printed);
}
END_TEST

static void assert_body(const char *text, size_t length, const char *expected)
{
	char *printed = NULL;
	size_t printed_length;
	FILE *out = open_memstream(&printed, &printed_length);

	mail_body(out, text, length);
	fclose(out);
	ck_assert_str_eq(printed, expected);
	free(printed);
}

#define MIME(charset, encoding)                           \
	"MIME-Version: 1.0\n"                             \
	"Content-Type: text/plain; charset=" charset "\n" \
	"Content-Transfer-Encoding: " encoding "\n\n"

START_TEST(a_body_has_the_mime_it_needs)
{
	assert_body("plain\n", 6, "\nplain\n");
	assert_body("\xc3\xa4\n", 3, MIME("UTF-8", "8bit") "\xc3\xa4\n");
	assert_body("\xe4\n", 2, MIME("ISO-8859-1", "8bit") "\xe4\n");
	assert_body("a=b\r\nc \n", 8, MIME("UTF-8", "quoted-printable") "a=3Db=0D\nc=20\n");
	assert_body("a\0b\n", 4, MIME("UTF-8", "quoted-printable") "a=00b\n");
}
END_TEST

START_TEST(lines_too_long_for_mail_are_cut)
{
	char *text = xcalloc(1000, 1), *printed = NULL, *rest, *line;
	size_t length, sum = 0;
	FILE *out = open_memstream(&printed, &length);

	memset(text, 'x', 999);
	mail_body(out, text, 999);
	fclose(out);
	rest = strstr(printed, "\n\n") + 2;
	while ((line = next_line(&rest))) {
		ck_assert_uint_le(strlen(line), 76);
		sum += strspn(line, "x");
	}
	ck_assert_uint_eq(sum, 999);
	free(printed);
	free(text);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		headers_are_folded_and_encoded,
		no_encoded_word_is_too_long_or_cuts_a_character,
		addresses_are_written_as_mail_wants_them,
		what_is_no_address_is_refused,
		several_addresses_stand_below_each_other,
		a_body_has_the_mime_it_needs,
		lines_too_long_for_mail_are_cut,
	};

	return unit_run("mail", tests, sizeof(tests) / sizeof(*tests));
}
