// SPDX-License-Identifier: GPL-2.0-only
#include "base/names.h"
#include "unit.h"

START_TEST(names_are_kept_in_order)
{
	struct names names = { 0 };
	char name[] = "b";

	ck_assert(!names_has(&names, "b"));
	names_add(&names, name);
	name[0] = 'a';
	names_add(&names, name);
	names_add(&names, name);
	ck_assert_uint_eq(names.count, 3);
	ck_assert_str_eq(names.names[0], "b");
	ck_assert_str_eq(names.names[2], "a");
	ck_assert(names_has(&names, "a"));
	ck_assert(!names_has(&names, "ab"));
	names_free(&names);
}
END_TEST

START_TEST(names_can_be_added_once)
{
	struct names names = { 0 };

	names_add_once(&names, "a");
	names_add_once(&names, "b");
	names_add_once(&names, "a");
	ck_assert_uint_eq(names.count, 2);
	ck_assert_str_eq(names.names[1], "b");
	names_free(&names);
}
END_TEST

START_TEST(names_can_be_moved)
{
	struct names names = { 0 }, from = { 0 };
	const char *moved;

	names_add(&names, "a");
	names_add(&from, "b");
	moved = from.names[0];
	names_move(&names, &from);
	ck_assert_uint_eq(names.count, 2);
	ck_assert_ptr_eq(names.names[1], moved);
	ck_assert_uint_eq(from.count, 0);
	names_free(&from);
	names_free(&names);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { names_are_kept_in_order, names_can_be_added_once,
				       names_can_be_moved };

	return unit_run("names", tests, sizeof(tests) / sizeof(*tests));
}
