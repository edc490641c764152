// SPDX-License-Identifier: GPL-2.0-only
#include "base/text.h"
#include "unit.h"

#include <stdlib.h>

static void assert_printed(const char *text, const char *expected)
{
	char *printed = NULL;
	size_t length;
	FILE *out = open_memstream(&printed, &length);

	text_print(out, text);
	fclose(out);
	ck_assert_str_eq(printed, expected);
	free(printed);
}

static void assert_utf8(const char *text, const char *expected)
{
	char *utf8 = text_utf8(text);

	ck_assert_str_eq(utf8, expected);
	free(utf8);
}

START_TEST(a_name_stays_on_one_line)
{
	assert_printed("a\nb\tc.c", "a\\nb\\tc.c");
	assert_printed("\033[31mred", "\\x1b[31mred");
	assert_printed("lat\xe9in.c", "lat\xe9in.c");
}
END_TEST

START_TEST(names_become_utf8)
{
	assert_utf8("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7",
		    "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7");
	assert_utf8("lat\xe9in", "lat\\xe9in");
	assert_utf8("cut \xe2\x82", "cut \\xe2\\x82");
	assert_utf8("overlong \xc0\xaf", "overlong \\xc0\\xaf");
	assert_utf8("surrogate \xed\xa0\x80", "surrogate \\xed\\xa0\\x80");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_name_stays_on_one_line, names_become_utf8 };

	return unit_run("text", tests, sizeof(tests) / sizeof(*tests));
}
