// SPDX-License-Identifier: GPL-2.0-only
#include "run/sources.h"
#include "unit.h"

#include <stdlib.h>

START_TEST(sources_are_in_order_and_each_once)
{
	static const size_t added[] = { 5, 2, 9, 2, 0, 5, 7 }, wanted[] = { 0, 2, 5, 7, 9 };
	struct sources sources = { 0 };
	size_t count = 0;

	ck_assert(!sources_has(&sources, 5));
	for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++)
		count += sources_add(&sources, added[i]);
	ck_assert_uint_eq(count, 5);
	ck_assert_uint_eq(sources.count, 5);
	for (size_t i = 0; i < 5; i++) {
		ck_assert_uint_eq(sources.at[i], wanted[i]);
		ck_assert(sources_has(&sources, wanted[i]));
	}
	ck_assert(!sources_has(&sources, 1));
	ck_assert(!sources_has(&sources, 10));
	free(sources.at);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { sources_are_in_order_and_each_once };

	return unit_run("sources", tests, sizeof(tests) / sizeof(*tests));
}
