// SPDX-License-Identifier: GPL-2.0-only
#include "judge/needs.h"
#include "unit.h"

#include <stdlib.h>

START_TEST(arguments_rule_out_what_is_needed)
{
	static const struct {
		const char *values, *needs;
	} ruled_out[] = {
		{ "2=0", "2=1" },
		{ "1=1,2=0", "3=1,2=1" },
		{ "nofault=1", "nofault=0" },
		{ "2=0", "2&FOO=1" },
		{ "2&FOO=1", "2&FOO=0" },
		{ "2~FOO=1,2&FOO=1", "2~BAR=1" },
		{ "2~FOO=1", "2~FOO=0" },
	}, possible[] = {
		{ "", "2=1" },
		{ "2=1", "" },
		{ "2=1", "2=1" },
		{ "12=0", "2=1" },
		{ "1=0", "12=1" },
		{ "2=@1", "2=1" },
		{ "2=!1", "2=0" },
		{ "2=0", "2&FOO=0" },
		{ "2=1", "2&FOO=1" },
		{ "2&FOO=1", "2&BAR=1" },
		{ "2=0", "2~FOO=1" },
		{ "2~FOO=1", "2~FOO=1" },
		{ "2~FOO=1", "2~BAR=0" },
		{ "3~FOO=1", "2~BAR=1" },
	};

	for (size_t i = 0; i < sizeof(ruled_out) / sizeof(*ruled_out); i++)
		ck_assert_msg(needs_contradict(ruled_out[i].values, ruled_out[i].needs), "%s: %s",
			      ruled_out[i].values, ruled_out[i].needs);
	for (size_t i = 0; i < sizeof(possible) / sizeof(*possible); i++)
		ck_assert_msg(!needs_contradict(possible[i].values, possible[i].needs), "%s: %s",
			      possible[i].values, possible[i].needs);
}
END_TEST

static void check_caller(const char *values, const char *needs, const char *wanted)
{
	char *found = needs_of_caller(values, needs);

	ck_assert_str_eq(found, wanted);
	free(found);
}

START_TEST(needs_go_up_by_what_is_passed_on)
{
	check_caller("", "2=1", "");
	check_caller("2=1", "2=1", "");
	check_caller("2=@1", "2=1", "1=1");
	check_caller("2=!1", "2=1", "1=0");
	check_caller("2=@3", "2&FOO=1,1=0", "3&FOO=1");
	check_caller("2=@3", "2~FOO=0", "3~FOO=0");
	check_caller("1=@3&FOO", "1=0", "3&FOO=0");
	check_caller("1=!3&FOO", "1=0", "3&FOO=1");
	check_caller("1=@3&FOO", "1&BAR=1", "");
	check_caller("2=!3", "2&FOO=1", "");
	check_caller("1=@2,2=@1", "1=0,2=1", "2=0,1=1");
	check_caller("1=@2", "nofault=0", "");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		arguments_rule_out_what_is_needed,
		needs_go_up_by_what_is_passed_on,
	};

	return unit_run("needs", tests, sizeof(tests) / sizeof(*tests));
}
