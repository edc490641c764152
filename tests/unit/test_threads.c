// SPDX-License-Identifier: GPL-2.0-only
#include "base/threads.h"
#include "unit.h"

#include <stdatomic.h>

#define COUNT 1000

static atomic_int taken[COUNT];

static int take(void *context, size_t index, struct error *err)
{
	const size_t *bad = context;

	atomic_fetch_add(&taken[index], 1);
	return bad && index == *bad ? error_set(err, "number %zu", index) : 0;
}

static int run(size_t *bad, size_t count, unsigned int jobs, struct error *err)
{
	const struct threads_work work = { .take = take, .context = bad, .count = count };

	for (size_t i = 0; i < COUNT; i++)
		taken[i] = 0;
	return threads_run(&work, jobs, err);
}

START_TEST(each_is_taken_once)
{
	struct error err;

	for (unsigned int jobs = 1; jobs < 9; jobs += 3) {
		ck_assert_int_eq(run(NULL, COUNT, jobs, &err), 0);
		for (size_t i = 0; i < COUNT; i++)
			ck_assert_int_eq(taken[i], 1);
	}
	ck_assert_int_eq(run(NULL, 0, 4, &err), 0);
}
END_TEST

START_TEST(an_error_ends_the_work)
{
	size_t bad = 10;
	struct error err;

	ck_assert_int_eq(run(&bad, COUNT, 1, &err), -1);
	ck_assert_str_eq(err.text, "number 10");
	ck_assert_int_eq(taken[10], 1);
	ck_assert_int_eq(taken[11], 0);
	ck_assert_int_eq(run(&bad, COUNT, 4, &err), -1);
	ck_assert_str_eq(err.text, "number 10");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { each_is_taken_once, an_error_ends_the_work };

	return unit_run("threads", tests, sizeof(tests) / sizeof(*tests));
}
