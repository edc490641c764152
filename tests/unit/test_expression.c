// SPDX-License-Identifier: GPL-2.0-only
#include "source/expression.h"
#include "unit.h"

#include <string.h>

/* Tidies a copy, and tidies it again to see that it stays. */
static void assert_tidied(const char *expression, const char *expected)
{
	char copy[200];

	expression_tidy(strcpy(copy, expression));
	ck_assert_str_eq(copy, expected);
	expression_tidy(copy);
	ck_assert_str_eq(copy, expected);
}

START_TEST(members_and_calls_are_joined)
{
	assert_tidied("attach -> dmabuf -> resv", "attach->dmabuf->resv");
	assert_tidied("& obj -> base . resv", "&obj->base.resv");
	assert_tidied("to_bo ( obj ) -> resv", "to_bo(obj)->resv");
	assert_tidied("bos [ i ] . tbo", "bos[i].tbo");
	assert_tidied("f(a, & b, * c)", "f(a, &b, *c)");
	assert_tidied("! * p", "!*p");
	assert_tidied("(struct foo * ) x", "(struct foo *) x");
}
END_TEST

START_TEST(operators_keep_their_spaces)
{
	assert_tidied("a & b", "a & b");
	assert_tidied("a * b", "a * b");
	assert_tidied("a && b", "a && b");
	assert_tidied("a != b", "a != b");
	assert_tidied("(a) == (b)", "(a) == (b)");
	assert_tidied("a > b ? c : d", "a > b ? c : d");
}
END_TEST

START_TEST(strings_are_left_alone)
{
	assert_tidied("f ( \"a -> b \\\" ( c\" )", "f(\"a -> b \\\" ( c\")");
}
END_TEST

START_TEST(only_quoted_text_is_tidied)
{
	char text[] = "hold `attach -> resv`, or ( see `a . b` ) this";
	char open[] = "a ` alone -> stays";

	expression_tidy_quoted(text);
	ck_assert_str_eq(text, "hold attach->resv, or ( see a.b ) this");
	expression_tidy_quoted(open);
	ck_assert_str_eq(open, "a ` alone -> stays");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { members_and_calls_are_joined, operators_keep_their_spaces,
				       strings_are_left_alone, only_quoted_text_is_tidied };

	return unit_run("expression", tests, sizeof(tests) / sizeof(*tests));
}
