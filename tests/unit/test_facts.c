// SPDX-License-Identifier: GPL-2.0-only
#include "run/facts.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define ROW                                                                                  \
	"resvlint\tfinding\timporter-locked\thigh\tinherited\tf/000001.c\t593\t7\t593\t29\t" \
	"imp_to_refs\tdma_buf_vmap\tattach -> x\t\t0\twithout `a -> b`\tno lock\tuse it\told\tnew"

static int parse(const char *row, struct facts *facts, FILE *others, struct error *err)
{
	char *copy = xstrdup(row), dir[] = "", ids[][16] = { "importer-locked", "a", "b", "c" };
	struct rule rules[] = { { .id = ids[1] }, { .id = ids[2] }, { .id = ids[0] },
				{ .id = ids[3] }, { .id = ids[3] }, { .id = ids[3] } };
	struct catalogue catalogue = { dir, rules, 3 };
	int result = facts_parse(facts, copy, &catalogue, 2, others, err);

	free(copy);
	return result;
}

START_TEST(a_row_is_read)
{
	struct facts facts = { 0 };
	const struct fact *fact;
	struct error err;

	ck_assert_int_eq(parse(ROW "\n", &facts, NULL, &err), 0);
	ck_assert_uint_eq(facts.count, 1);
	fact = facts.facts;
	ck_assert_int_eq(fact->kind, FACT_FINDING);
	ck_assert_int_eq(fact->state, STATE_INHERITED);
	ck_assert_uint_eq(fact->rule, 2);
	ck_assert_uint_eq(fact->source, 1);
	ck_assert_uint_eq(fact->line, 593);
	ck_assert_uint_eq(fact->column, 7);
	ck_assert_str_eq(fact->object, "attach->x");
	ck_assert_str_eq(fact->lock, "");
	ck_assert_str_eq(fact->message, "without a->b");
	ck_assert_str_eq(fact->with, "new");
	facts_free(&facts);
}
END_TEST

START_TEST(a_row_of_a_kind_is_one_of_the_rows_before)
{
	static const char rows[] = ROW
		"\n"
		"resvlint\tkind\timporter-locked\thigh\tinherited\tf/000001.c\t593\t7\t593\t29\t"
		"imp_to_refs\tdma_buf_vmap\t\t\t0\t\ta->b == C\t\t\t\n"
		"resvlint\tfinding\timporter-locked\thigh\tinherited\tf/000001.c\t594\t7\t594\t29\t"
		"imp_to_refs\tdma_buf_vmap\t\t\t0\twithout\tno lock\t\t\t\n";
	struct facts facts = { 0 };
	struct error err;

	ck_assert_int_eq(parse(rows, &facts, NULL, &err), 0);
	ck_assert_uint_eq(facts.count, 2);
	ck_assert(facts.facts[0].is_of_kind);
	ck_assert(!facts.facts[1].is_of_kind);
	facts_free(&facts);
}
END_TEST

START_TEST(malformed_rows_are_internal_errors)
{
	static const char *const rows[] = {
		"resvlint\tfinding\timporter-locked",
		ROW "\tmore",
		"resvlint\tfinding\tother" ROW,
	};
	struct facts facts = { 0 };
	struct error err;
	char *row;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ck_assert_int_eq(parse(rows[i], &facts, NULL, &err), -1);
		ck_assert(starts_with(err.text, "internal error: the rules"));
	}
	row = xstrdup(ROW);
	memcpy(strstr(row, "000001"), "000002", 6);
	ck_assert_int_eq(parse(row, &facts, NULL, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "its file is unknown"));
	free(row);
	facts_free(&facts);
}
END_TEST

START_TEST(other_lines_are_passed_on)
{
	struct facts facts = { 0 };
	struct error err;
	char *text = NULL;
	size_t length;
	FILE *others = open_memstream(&text, &length);

	ck_assert_int_eq(parse("diff\n" ROW "\n\nx\033\n", &facts, others, &err), 0);
	fclose(others);
	ck_assert_str_eq(text, "resvlint: diff\n"
			       "resvlint: x\\x1b\n");
	ck_assert_uint_eq(facts.count, 1);
	free(text);
	facts_free(&facts);
}
END_TEST

START_TEST(what_did_not_parse_is_of_no_rule)
{
	struct facts facts = { 0 };
	struct error err;

	ck_assert_int_eq(parse("resvlint\tlost\t-\thigh\tinherited\tf/000001.c\t5\t0\t9\t0"
			       "\t\t\t\t\t0\t\t\t\t\t\n",
			       &facts, NULL, &err),
			 0);
	ck_assert_int_eq(facts.facts[0].kind, FACT_LOST);
	ck_assert_uint_eq(facts.facts[0].line, 5);
	ck_assert_uint_eq(facts.facts[0].end_line, 9);
	facts_free(&facts);
}
END_TEST

static bool is_at_line(const void *line, const struct fact *fact)
{
	return fact->line == *(const unsigned int *)line;
}

START_TEST(facts_can_be_dropped)
{
	struct facts facts = { 0 };
	struct error err;
	unsigned int line = 593;

	ck_assert_int_eq(parse(ROW "\n" ROW "\n", &facts, NULL, &err), 0);
	facts.facts[0].line = 1;
	facts_drop(&facts, is_at_line, &line);
	ck_assert_uint_eq(facts.count, 1);
	ck_assert_uint_eq(facts.facts[0].line, 1);
	facts_free(&facts);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_row_is_read,
				       a_row_of_a_kind_is_one_of_the_rows_before,
				       malformed_rows_are_internal_errors,
				       other_lines_are_passed_on,
				       what_did_not_parse_is_of_no_rule,
				       facts_can_be_dropped };

	return unit_run("facts", tests, sizeof(tests) / sizeof(*tests));
}
