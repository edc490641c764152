// SPDX-License-Identifier: GPL-2.0-only
#include "run/facts.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define ROW                                                                                  \
	"resvlint\tfinding\timporter-locked\thigh\tinherited\tf/000001.c\t593\t7\t593\t29\t" \
	"imp_to_refs\tdma_buf_vmap\tattach -> x\t\t0\twithout `a -> b`\tno lock\tuse it\t\tnew"

/* A row of some kind, with what differs between kinds. */
#define ROW_OF(kind, confidence, state, object, lock, message, reason)                            \
	"resvlint\t" kind "\ta\t" confidence "\t" state "\tf/000001.c\t5\t3\t5\t9\tg\tf\t" object \
	"\t" lock "\t4\t" message "\t" reason "\t\t\t\n"

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
	const struct site *site;
	struct error err;

	ck_assert_int_eq(parse(ROW "\n", &facts, NULL, &err), 0);
	ck_assert_uint_eq(facts.sites.count, 1);
	site = facts.sites.rows;
	ck_assert(site->is_finding);
	ck_assert_int_eq(site->state, STATE_INHERITED);
	ck_assert_uint_eq(site->rule, 2);
	ck_assert_uint_eq(site->at.source, 1);
	ck_assert_uint_eq(site->at.line, 593);
	ck_assert_uint_eq(site->at.column, 7);
	ck_assert_str_eq(site->arguments, "attach->x");
	ck_assert_str_eq(site->lock, "");
	ck_assert_str_eq(site->message, "without a->b");
	ck_assert_str_eq(site->with, "new");
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
	ck_assert_uint_eq(facts.sites.count, 2);
	ck_assert(facts.sites.rows[0].is_of_kind);
	ck_assert(!facts.sites.rows[1].is_of_kind);
	facts_free(&facts);
}
END_TEST

START_TEST(malformed_rows_are_internal_errors)
{
	static const char *const rows[] = {
		"resvlint\tfinding\timporter-locked",
		ROW "\tmore",
		"resvlint\tfinding\tother" ROW,
		ROW_OF("pass", "high", "not held", "bo", "", "run", ""),
		ROW_OF("define", "high", "held", "", "", "", ""),
		ROW_OF("other", "high", "held", "", "", "", ""),
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
	ck_assert_uint_eq(facts.sites.count, 1);
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
	ck_assert_uint_eq(facts.lost_count, 1);
	ck_assert_uint_eq(facts.lost[0].at.line, 5);
	ck_assert_uint_eq(facts.lost[0].end_line, 9);
	facts_free(&facts);
}
END_TEST

/* A call elsewhere, in line LINE. */
#define LINK(line)                                                                         \
	"resvlint\tlink\timporter-locked\thigh\tinherited\tf/000000.c\t" line "\t1\t" line \
	"\t5\tirq\tqueue_work\t\t\t0\t\t\t\t\t\n"

START_TEST(a_link_is_one_of_the_rows_before)
{
	struct facts facts = { 0 };
	struct error err;

	ck_assert_int_eq(parse(ROW "\n" ROW "\n" LINK("7") LINK("8"), &facts, NULL, &err), 0);
	ck_assert_uint_eq(facts.sites.count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct site *site = &facts.sites.rows[i];

		ck_assert_uint_eq(site->chain_length, 2);
		ck_assert_int_eq(site->chain[1].kind, LINK_INSIDE);
		ck_assert_uint_eq(site->chain[1].at.source, 0);
		ck_assert_uint_eq(site->chain[1].at.line, 8);
		ck_assert_str_eq(site->chain[1].function, "irq");
		ck_assert_str_eq(site->chain[1].call, "queue_work");
	}
	facts_free(&facts);
}
END_TEST

/* That something is wanted, in a file of some number; or "". */
#define WANT(words, in)                                                              \
	"resvlint\twant\t-\thigh\tinherited\tf/000001.c\t0\t0\t0\t0\t" in "\t" words \
	"\t\t\t0\t\t\t\t\t\n"

START_TEST(wants_are_of_no_rule)
{
	struct facts facts = { 0 };
	struct error err;

	ck_assert_int_eq(
		parse(WANT("names lamp wq", "") WANT("in run", "f/000000.c"), &facts, NULL, &err),
		0);
	ck_assert_uint_eq(facts.wants.count, 2);
	ck_assert_uint_eq(facts.wants.rows[0].source, 1);
	ck_assert_str_eq(facts.wants.rows[0].words, "names lamp wq");
	ck_assert_uint_eq(facts.wants.rows[0].of, SIZE_MAX);
	ck_assert_uint_eq(facts.wants.rows[1].of, 0);
	ck_assert_int_eq(parse(WANT("in run", "f/000002.c"), &facts, NULL, &err), -1);
	ck_assert_int_eq(parse(WANT("in run", "run.c"), &facts, NULL, &err), -1);
	facts_free(&facts);
}
END_TEST

START_TEST(sites_are_dropped_and_taken_over)
{
	const bool first[] = { true, false }, second[] = { false, true };
	struct facts facts = { 0 }, more = { 0 };
	struct error err;

	ck_assert_int_eq(parse(ROW "\n" LINK("7"), &facts, NULL, &err), 0);
	facts_drop(&facts, 4, first);
	facts_drop(&facts, 3, second);
	ck_assert_uint_eq(facts.sites.count, 1);
	facts_drop(&facts, 4, second);
	ck_assert_uint_eq(facts.sites.count, 0);

	ck_assert_int_eq(parse(ROW "\n" LINK("7") ROW_OF("edit", "high", "held", "", "", "", ""),
			       &more, NULL, &err),
			 0);
	facts_take(&facts, &more, first);
	ck_assert_uint_eq(facts.sites.count, 0);
	ck_assert_uint_eq(facts.rewrites.count, 0);
	facts_free(&more);

	more = (struct facts){ 0 };
	ck_assert_int_eq(parse(ROW "\n" LINK("7") ROW_OF("edit", "high", "held", "", "", "", ""),
			       &more, NULL, &err),
			 0);
	facts_take(&facts, &more, second);
	facts_free(&more);
	ck_assert_uint_eq(facts.sites.count, 1);
	ck_assert_uint_eq(facts.rewrites.count, 1);
	ck_assert_str_eq(facts.sites.rows[0].operation, "dma_buf_vmap");
	ck_assert_str_eq(facts.sites.rows[0].chain[0].call, "queue_work");
	facts_free(&facts);
}
END_TEST

START_TEST(each_kind_has_its_fields)
{
	struct facts facts = { 0 };
	struct error err;

	ck_assert_int_eq(
		parse(ROW_OF("define", "low", "static", "", "", "",
			     "") ROW_OF("call", "medium", "held", "bo, 1", "bo->resv", "", "a list")
			      ROW_OF("pass", "high", "not held", "2", "", "run", "") ROW_OF(
				      "wrapper", "high", "extern", "1p", "acquire", "lock", "")
				      ROW_OF("edit", "high", "held", "", "", "", "remove"),
		      &facts, NULL, &err),
		0);
	ck_assert_uint_eq(facts.definitions.count, 1);
	ck_assert(facts.definitions.rows[0].is_static);
	ck_assert(facts.definitions.rows[0].expects_lock);
	ck_assert_uint_eq(facts.calls.count, 2);
	ck_assert_str_eq(facts.calls.rows[0].callee, "f");
	ck_assert_str_eq(facts.calls.rows[0].caller, "g");
	ck_assert_int_eq(facts.calls.rows[0].passed, PASSED_PART);
	ck_assert_uint_eq(facts.calls.rows[0].lock_line, 4);
	ck_assert(facts.calls.rows[0].from_list);
	ck_assert_ptr_null(facts.calls.rows[0].passed_to);
	ck_assert_str_eq(facts.calls.rows[1].passed_to, "run");
	ck_assert_uint_eq(facts.calls.rows[1].argument, 2);
	ck_assert_uint_eq(facts.effects.count, 1);
	ck_assert_str_eq(facts.effects.rows[0].does, "acquire");
	ck_assert_str_eq(facts.effects.rows[0].parameter, "1p");
	ck_assert_str_eq(facts.effects.rows[0].through, "lock");
	ck_assert_uint_eq(facts.effects.rows[0].through_line, 4);
	ck_assert(!facts.effects.rows[0].is_called_here);
	ck_assert_uint_eq(facts.rewrites.count, 1);
	ck_assert_uint_eq(facts.rewrites.rows[0].finding_line, 4);
	ck_assert_str_eq(facts.rewrites.rows[0].with, "");
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
				       a_link_is_one_of_the_rows_before,
				       wants_are_of_no_rule,
				       sites_are_dropped_and_taken_over,
				       each_kind_has_its_fields };

	return unit_run("facts", tests, sizeof(tests) / sizeof(*tests));
}
