// SPDX-License-Identifier: GPL-2.0-only
#include "convention/table.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "what\tsince\tuntil\n"

static const char *const columns[] = { "what", "since", "until" };

static int load(const char *text, struct table *table, struct error *err)
{
	char *dir = scratch_make(), *path = path_join(dir, "t.tsv");
	int result;

	scratch_write(dir, "t.tsv", text);
	result = table_read(table, path, columns, 3, err);
	free(path);
	scratch_remove(dir);
	return result;
}

START_TEST(rows_are_cut_into_columns)
{
	struct table table;
	struct error err;

	ck_assert_int_eq(load(HEAD "a b\t-\t6.6\nc\t6.2\t-", &table, &err), 0);
	ck_assert_uint_eq(table.count, 2);
	ck_assert_str_eq(table.rows[0].column[0], "a b");
	ck_assert_uint_eq(table.rows[0].line, 2);
	ck_assert_str_eq(table.rows[1].column[2], "-");
	ck_assert_uint_eq(table.rows[1].line, 3);
	table_free(&table);
	ck_assert_int_eq(load(HEAD, &table, &err), 0);
	ck_assert_uint_eq(table.count, 0);
	table_free(&table);
}
END_TEST

START_TEST(a_table_may_have_more_columns)
{
	struct table table;
	struct error err;

	ck_assert_int_eq(load("what\tsince\tuntil\twhy\na\t-\t-\tso\n", &table, &err), 0);
	ck_assert_uint_eq(table.width, 4);
	ck_assert_str_eq(table.rows[0].column[3], "so");
	table_free(&table);
	ck_assert_int_eq(load("what\tsince\tuntil\twhy\na\t-\t-\n", &table, &err), -1);
	ck_assert(ends_with(err.text, "t.tsv:2: 3 columns: 4 are wanted, with one tab between: "
				      "what, since, until, why"));
	table_free(&table);
}
END_TEST

START_TEST(what_is_no_table_is_named_with_its_line)
{
	static const struct {
		const char *text;
		const char *message;
	} bad[] = {
		{ "",
		  "t.tsv:1: the first line must name what, since, until, with one tab between" },
		{ "what\tsince\n", "t.tsv:1: the first line must name" },
		{ "what\tsince\tuntil\t\n", "t.tsv:1: the first line must name" },
		{ "what\tsince\tuntil\t4\t5\t6\t7\t8\t9\n", "t.tsv:1: the first line must name" },
		{ HEAD "a\t-\t-\nb\t-\n",
		  "t.tsv:3: 2 columns: 3 are wanted, with one tab between: what, since, until" },
		{ HEAD "a\n", "t.tsv:2: 1 column: 3 are wanted" },
		{ HEAD "a\t-\t-\t-\n", "t.tsv:2: more than 3 columns: 3 are wanted" },
		{ HEAD "a\t\t-\n", "t.tsv:2: an empty column: 3 are wanted" },
		{ HEAD "\n", "t.tsv:2: an empty column: 3 are wanted" },
	};
	struct table table;
	struct error err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ck_assert_int_eq(load(bad[i].text, &table, &err), -1);
		ck_assert_msg(strstr(err.text, bad[i].message) != NULL, "%s", err.text);
		table_free(&table);
	}
	ck_assert_int_eq(table_read(&table, "/nonexistent/t.tsv", columns, 3, &err), -1);
	ck_assert_str_eq(err.text, "cannot read '/nonexistent/t.tsv': No such file or directory");
	table_free(&table);
}
END_TEST

START_TEST(rows_hold_for_versions)
{
	struct version since, until;
	struct table table;
	struct error err;

	ck_assert_int_eq(load(HEAD "a\t-\t-\nb\t6.2\t6.6\nc\t6.6\t6.6\nd\tnew\t-\n", &table, &err),
			 0);
	ck_assert_int_eq(table_versions(&table, &table.rows[0], 1, &since, &until, &err), 0);
	ck_assert_uint_eq(since.major, 0);
	ck_assert_int_eq(version_compare(until, version_never), 0);
	ck_assert_int_eq(table_versions(&table, &table.rows[1], 1, &since, &until, &err), 0);
	ck_assert_uint_eq(since.minor, 2);
	ck_assert_uint_eq(until.minor, 6);
	ck_assert_int_eq(table_versions(&table, &table.rows[2], 1, &since, &until, &err), -1);
	ck_assert(ends_with(err.text, "t.tsv:4: until, 6.6, is not after since, 6.6"));
	ck_assert_int_eq(table_versions(&table, &table.rows[3], 1, &since, &until, &err), -1);
	ck_assert(ends_with(err.text, "t.tsv:5: 'new' is no version such as 6.12, nor -"));
	table_free(&table);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { rows_are_cut_into_columns, a_table_may_have_more_columns,
				       what_is_no_table_is_named_with_its_line,
				       rows_hold_for_versions };

	return unit_run("table", tests, sizeof(tests) / sizeof(*tests));
}
