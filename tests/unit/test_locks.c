// SPDX-License-Identifier: GPL-2.0-only
#include "convention/catalogue.h"
#include "convention/locks.h"
#include "unit.h"

#include <string.h>

#define HEADING "does\tfunction\tobject\tcontext\tlevel\n"
#define ROWS                                                      \
	"acquire\tdma_resv_lock\t1\t2\tprimitive\n"               \
	"acquire\tttm_bo_reserve\t1\t4\twrapper\n"                \
	"assert\tlockdep_assert_held\t&1->lock.base\t-\tcommon\n" \
	"assert\t__must_hold\t1\t-\tannotation\n"

static int load(const char *text, bool only_primitives, struct names *locks, struct error *err)
{
	char *dir = scratch_make();
	int result;

	scratch_write(dir, "lib/lock-functions.tsv", text);
	result = locks_load(dir, only_primitives, locks, err);
	scratch_remove(dir);
	return result;
}

START_TEST(common_names_count_beside_locks)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(load(HEADING ROWS, false, &locks, &err), 0);
	ck_assert_uint_eq(locks.count, 4);
	ck_assert(names_has(&locks, "dma_resv_lock"));
	ck_assert(names_has(&locks, "ttm_bo_reserve"));
	ck_assert(names_has(&locks, BESIDE_LOCK "lockdep_assert_held"));
	ck_assert(names_has(&locks, BESIDE_LOCK "__must_hold"));
	names_free(&locks);
}
END_TEST

START_TEST(primitives_can_be_all)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(load(HEADING ROWS, true, &locks, &err), 0);
	ck_assert_uint_eq(locks.count, 3);
	ck_assert(names_has(&locks, "dma_resv_lock"));
	ck_assert(!names_has(&locks, "ttm_bo_reserve"));
	names_free(&locks);
}
END_TEST

START_TEST(a_bad_row_is_named)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(load(HEADING ROWS "acquire\tx\n", false, &locks, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "lock-functions.tsv:6: "));
	names_free(&locks);
}
END_TEST

START_TEST(a_missing_table_is_an_error)
{
	struct names locks;
	struct error err;

	ck_assert_int_eq(locks_load("/nonexistent", false, &locks, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/lib/lock-functions.tsv"));
	names_free(&locks);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { common_names_count_beside_locks, primitives_can_be_all,
				       a_bad_row_is_named, a_missing_table_is_an_error };

	return unit_run("locks", tests, sizeof(tests) / sizeof(*tests));
}
