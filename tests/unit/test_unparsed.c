// SPDX-License-Identifier: GPL-2.0-only
#include "run/unparsed.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char source[] = "static int fine(void) { return 0; }\n" /* 1 */
			     "\n"
			     "static int\n"
			     "bad(int a)\n"
			     "{\n" /* 5 */
			     "\tforeach(a) {{ ]\n"
			     "}\n"
			     "int proto(int a) bogus;\n"
			     "int lock_proto(int a) lock bogus;\n"
			     "int locked(int a)\n" /* 10 */
			     "{\n"
			     "\tlock(]\n"
			     "}\n";

/* Tells that some lines of the source above, which is source 1, did not parse. */
static void lose(unsigned int line, unsigned int end_line, bool only_words,
		 struct unanalysed *unanalysed)
{
	char name[] = "a.c";
	const char *const word[] = { "lock" };
	struct source sources[] = { { .name = name }, { .name = name } };
	struct selection selection = { .sources = sources, .count = 2 };
	struct stage stage;
	struct error err;
	struct words *words = words_of(word, 1, &err);
	struct unparsed unparsed = { &stage, &selection, words, only_words };

	*unanalysed = (struct unanalysed){ 0 };
	ck_assert_int_eq(stage_create(&stage, &err), 0);
	ck_assert_int_eq(stage_write(&stage, "f/000001.c", source, strlen(source), &err), 0);
	unparsed_add(&unparsed, 1, line, end_line, unanalysed);
	stage_remove(&stage);
	words_free(words);
}

/* Sees that lines are one gap alone. */
static void assert_gap(unsigned int first, unsigned int last, bool only_words, unsigned int line,
		       const char *function)
{
	struct unanalysed unanalysed;

	lose(first, last, only_words, &unanalysed);
	ck_assert_uint_eq(unanalysed.count, 1);
	ck_assert_uint_eq(unanalysed.gaps[0].source, 1);
	ck_assert_uint_eq(unanalysed.gaps[0].line, line);
	ck_assert_pstr_eq(unanalysed.gaps[0].function, function);
	ck_assert_str_eq(unanalysed.gaps[0].reason, "did not parse");
	unanalysed_free(&unanalysed);
}

static void assert_no_gap(unsigned int first, unsigned int last, bool only_words)
{
	struct unanalysed unanalysed;

	lose(first, last, only_words, &unanalysed);
	ck_assert_uint_eq(unanalysed.count, 0);
	unanalysed_free(&unanalysed);
}

START_TEST(a_function_is_named)
{
	assert_gap(3, 7, false, 4, "bad");
	assert_gap(10, 13, true, 10, "locked");
	assert_no_gap(3, 7, true);
}
END_TEST

START_TEST(other_text_counts_if_it_has_a_word)
{
	assert_no_gap(8, 8, false);
	assert_gap(8, 9, false, 8, NULL);
}
END_TEST

START_TEST(a_body_without_a_head_counts)
{
	assert_gap(5, 7, false, 5, NULL);
	assert_no_gap(5, 7, true);
}
END_TEST

START_TEST(lines_that_are_not_there_do_no_harm)
{
	assert_no_gap(14, 99, false);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_function_is_named, other_text_counts_if_it_has_a_word,
				       a_body_without_a_head_counts,
				       lines_that_are_not_there_do_no_harm };

	return unit_run("unparsed", tests, sizeof(tests) / sizeof(*tests));
}
