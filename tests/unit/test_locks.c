// SPDX-License-Identifier: GPL-2.0-only
#include "convention/locks.h"
#include "unit.h"

#include <string.h>

#define HEADING "does\tfunction\tobject\tcontext\tlevel\n"
#define ROWS                                        \
	"acquire\tdma_resv_lock\t1\t2\tprimitive\n" \
	"acquire\tttm_bo_reserve\t1\t4\twrapper\n"  \
	"assert\tlockdep_assert_held\t&1->lock.base\t-\tcommon\n"

static int load(const char *text, enum locks_level level, struct names *locks, struct error *err)
{
	char *dir = scratch_make();
	int result;

	scratch_write(dir, "lib/lock-functions.tsv", text);
	result = locks_load(dir, level, locks, err);
	scratch_remove(dir);
	return result;
}

START_TEST(common_names_are_not_looked_for)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(load(HEADING ROWS, LOCKS_WRAPPER, &locks, &err), 0);
	ck_assert_uint_eq(locks.count, 2);
	ck_assert(names_has(&locks, "dma_resv_lock"));
	ck_assert(names_has(&locks, "ttm_bo_reserve"));
	ck_assert(!names_has(&locks, "lockdep_assert_held"));
	names_free(&locks);
}
END_TEST

START_TEST(common_names_can_be_had)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(load(HEADING ROWS, LOCKS_ALL, &locks, &err), 0);
	ck_assert_uint_eq(locks.count, 3);
	ck_assert(names_has(&locks, "lockdep_assert_held"));
	names_free(&locks);
}
END_TEST

START_TEST(primitives_can_be_all)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(load(HEADING ROWS, LOCKS_PRIMITIVE, &locks, &err), 0);
	ck_assert_uint_eq(locks.count, 1);
	ck_assert_str_eq(locks.names[0], "dma_resv_lock");
	names_free(&locks);
}
END_TEST

START_TEST(a_bad_row_is_named)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(load(HEADING ROWS "acquire\tx\n", LOCKS_WRAPPER, &locks, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "lock-functions.tsv:5: "));
	names_free(&locks);
}
END_TEST

START_TEST(a_missing_table_is_an_error)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(locks_load("/nonexistent", LOCKS_WRAPPER, &locks, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/lib/lock-functions.tsv"));
	names_free(&locks);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { common_names_are_not_looked_for, common_names_can_be_had,
				       primitives_can_be_all, a_bad_row_is_named,
				       a_missing_table_is_an_error };

	return unit_run("locks", tests, sizeof(tests) / sizeof(*tests));
}
