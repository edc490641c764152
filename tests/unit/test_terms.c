// SPDX-License-Identifier: GPL-2.0-only
#include "convention/terms.h"
#include "unit.h"

START_TEST(names_are_read_and_printed_alike)
{
	enum confidence confidence;
	enum lock_state state;

	ck_assert(confidence_parse("medium", &confidence));
	ck_assert_str_eq(confidence_name(confidence), "medium");
	ck_assert(lock_state_parse("not held", &state));
	ck_assert_int_eq(state, STATE_NOT_HELD);
	ck_assert_str_eq(lock_state_name(STATE_INHERITED), "inherited");
}
END_TEST

START_TEST(other_words_are_refused)
{
	enum confidence confidence;
	enum lock_state state;

	ck_assert(!confidence_parse("High", &confidence));
	ck_assert(!lock_state_parse("", &state));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { names_are_read_and_printed_alike, other_words_are_refused };

	return unit_run("terms", tests, sizeof(tests) / sizeof(*tests));
}
