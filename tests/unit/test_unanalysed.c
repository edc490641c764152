// SPDX-License-Identifier: GPL-2.0-only
#include "run/unanalysed.h"
#include "unit.h"

static char one[] = "one", two[] = "two", three[] = "three";
static struct rule rules[] = { { .id = one }, { .id = two }, { .id = three } };
static const struct catalogue catalogue = { .rules = rules, .count = 3 };
static struct source sources[] = { { .rules = 7 }, { .rules = 2 } };
static const struct selection selection = { .sources = sources, .count = 2 };

START_TEST(a_function_is_listed_once)
{
	struct unanalysed unanalysed = { 0 };

	unanalysed_add_part(&unanalysed, 1, 30, "g", "did not parse");
	unanalysed_add_part(&unanalysed, 1, 3, "f", "did not parse");
	unanalysed_add_part(&unanalysed, 1, 30, "g", "did not parse");
	unanalysed_settle(&unanalysed, &catalogue, &selection);
	ck_assert_uint_eq(unanalysed.count, 2);
	ck_assert_uint_eq(unanalysed.files, 0);
	ck_assert_str_eq(unanalysed.gaps[0].function, "f");
	ck_assert_str_eq(unanalysed.gaps[1].function, "g");
	unanalysed_free(&unanalysed);
}
END_TEST

START_TEST(a_file_that_failed_for_some_rules_names_them)
{
	struct unanalysed unanalysed = { 0 };

	unanalysed_add_file(&unanalysed, 0, "crashed", 4);
	unanalysed_add_file(&unanalysed, 0, "timed out", 1);
	unanalysed_add_file(&unanalysed, 1, "crashed", 2);
	unanalysed_settle(&unanalysed, &catalogue, &selection);
	ck_assert_uint_eq(unanalysed.count, 2);
	ck_assert_uint_eq(unanalysed.files, 2);
	ck_assert_str_eq(unanalysed.gaps[0].reason, "timed out (one, three)");
	ck_assert_str_eq(unanalysed.gaps[1].reason, "crashed");
	unanalysed_free(&unanalysed);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_function_is_listed_once,
				       a_file_that_failed_for_some_rules_names_them };

	return unit_run("unanalysed", tests, sizeof(tests) / sizeof(*tests));
}
