// SPDX-License-Identifier: GPL-2.0-only
#include "run/batch.h"
#include "unit.h"

#include <stdlib.h>

/* Makes the batches of `count` sources that weigh `weight` each, which matter to `rules`. */
static void make(struct batches *batches, size_t count, size_t weight, rule_set rules,
		 unsigned int jobs)
{
	struct source *sources = xcalloc(count, sizeof(*sources));
	struct selection selection = { .sources = sources, .count = count };

	for (size_t i = 0; i < count; i++)
		sources[i] = (struct source){ .weight = weight + i, .rules = rules };
	batches_make(batches, &selection, 2, jobs);
	free(sources);
}

START_TEST(each_source_is_in_one_batch_of_each_rule)
{
	unsigned int seen[2][100] = { 0 };
	struct batches batches;

	make(&batches, 100, 20000, 3, 2);
	for (size_t b = 0; b < batches.count; b++)
		for (size_t i = 0; i < batches.batches[b].count; i++)
			seen[batches.batches[b].rule][batches.batches[b].sources[i]]++;
	for (size_t i = 0; i < 100; i++) {
		ck_assert_uint_eq(seen[0][i], 1);
		ck_assert_uint_eq(seen[1][i], 1);
	}
	batches_free(&batches);
}
END_TEST

START_TEST(no_job_idles)
{
	struct batches batches;

	make(&batches, 8, 100, 1, 4);
	ck_assert_uint_ge(batches.count, 4);
	batches_free(&batches);
	make(&batches, 2, 100, 1, 4);
	ck_assert_uint_eq(batches.count, 2);
	batches_free(&batches);
	make(&batches, 0, 0, 0, 4);
	ck_assert_uint_eq(batches.count, 0);
	batches_free(&batches);
}
END_TEST

START_TEST(batches_are_bounded_and_largest_first)
{
	struct batches batches;

	make(&batches, 100, 30000, 1, 2);
	for (size_t b = 0; b < batches.count; b++) {
		ck_assert_uint_le(batches.batches[b].bytes, 900000);
		ck_assert(!b || batches.batches[b - 1].bytes >= batches.batches[b].bytes);
	}
	batches_free(&batches);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { each_source_is_in_one_batch_of_each_rule, no_job_idles,
				       batches_are_bounded_and_largest_first };

	return unit_run("batch", tests, sizeof(tests) / sizeof(*tests));
}
