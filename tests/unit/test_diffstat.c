// SPDX-License-Identifier: GPL-2.0-only
#include "series/diffstat.h"
#include "unit.h"

#include <stdlib.h>

static void add(struct diffstat *stat, const char *path, size_t insertions, size_t deletions)
{
	struct patch patch = { .insertions = insertions, .deletions = deletions };

	diffstat_add(stat, path, &patch);
}

/* Prints and frees it. */
static void assert_printed(struct diffstat *stat, const char *expected)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	diffstat_print(out, stat);
	fclose(out);
	ck_assert_str_eq(text, expected);
	free(text);
	diffstat_free(stat);
}

START_TEST(files_stand_in_columns)
{
	struct diffstat stat = { 0 };

	add(&stat, "a.c", 1, 1);
	add(&stat, "b/long.c", 10, 0);
	assert_printed(&stat, " a.c      |  2 +-\n"
			      " b/long.c | 10 ++++++++++\n"
			      " 2 files changed, 11 insertions(+), 1 deletion(-)\n");
}
END_TEST

START_TEST(one_is_no_plural)
{
	struct diffstat stat = { 0 };

	add(&stat, "a.c", 1, 0);
	assert_printed(&stat, " a.c | 1 +\n 1 file changed, 1 insertion(+)\n");
}
END_TEST

START_TEST(names_are_quoted)
{
	struct diffstat stat = { 0 };

	add(&stat, "a\nb.c", 0, 2);
	assert_printed(&stat, " \"a\\nb.c\" | 2 --\n 1 file changed, 2 deletions(-)\n");
}
END_TEST

START_TEST(many_lines_are_scaled)
{
	struct diffstat stat = { 0 };

	add(&stat, "0123456789012345678901234567890123456789012345678901234567890.c", 1, 99);
	assert_printed(&stat,
		       " 0123456789012345678901234567890123456789012345678901234567890.c | 100 "
		       "+---------\n"
		       " 1 file changed, 1 insertion(+), 99 deletions(-)\n");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { files_stand_in_columns, one_is_no_plural, names_are_quoted,
				       many_lines_are_scaled };

	return unit_run("diffstat", tests, sizeof(tests) / sizeof(*tests));
}
