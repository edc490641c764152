// SPDX-License-Identifier: GPL-2.0-only
#include "judge/wants.h"
#include "unit.h"

START_TEST(wants_are_a_kind_and_names)
{
	static const char *const right[] = { "names lamp", "names lamp reset wq", "sets lamp wq",
					     "defines lamp_run", "header LAMP_TIMEOUT" };
	static const char *const wrong[] = {
		"",        "names",   "names ",       "names lamp  wq", "names lamp ",
		"in lamp", "lamp wq", "names la.*mp", "names (lamp",    "defines f()"
	};

	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
		ck_assert_msg(wants_is_known(right[i]), "%s", right[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		ck_assert_msg(!wants_is_known(wrong[i]), "%s", wrong[i]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { wants_are_a_kind_and_names };

	return unit_run("wants", tests, sizeof(tests) / sizeof(*tests));
}
