// SPDX-License-Identifier: GPL-2.0-only
#include "run/messages.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char source[] = "static int fine(void) { return 0; }\n"
			     "\n"
			     "static int\n"
			     "bad(int a)\n"
			     "{\n"
			     "\tforeach(a) {{ ]\n"
			     "}\n"
			     "int other(int a)\n"
			     "{\n"
			     "\tgoto nowhere;\n"
			     "\tbreak;\n"
			     "}\n"
			     "int proto(int a) bogus;\n"
			     "int lock_proto(int a) lock bogus;\n";

/* Reads `log` as what was said of the source above, which is source 1. */
static void read_log(const char *log, struct unanalysed *unanalysed)
{
	char name[] = "a.c", dir[] = "", file[] = "g/r.cocci", word[] = "lock",
	     *tokens[] = { word };
	struct source sources[] = { { .name = name }, { .name = name } };
	struct selection selection = { .sources = sources, .count = 2 };
	struct rule rule = { .file = file, .tokens = tokens, .token_count = 1 };
	struct catalogue catalogue = { dir, &rule, 1 };
	struct convention convention = { 0 };
	struct spatch spatch = { .timeout = 60, .memory = 4096 };
	struct stage stage;
	struct error err;
	struct words *words =
		words_compile(&catalogue, 1, &convention, &(struct token_list){ 0 }, NULL, &err);
	struct message_context context = { &spatch, &stage, &selection, words, false };
	char *copy = xstrdup(log);

	*unanalysed = (struct unanalysed){ 0 };
	ck_assert_int_eq(stage_create(&stage, &err), 0);
	ck_assert_int_eq(stage_source(&stage, 1, name, source, strlen(source), &err), 0);
	messages_read(copy, 0, &context, unanalysed);
	stage_remove(&stage);
	words_free(words);
	free(copy);
}

/* Sees that a log tells of one gap alone. */
static void assert_gap(const char *log, unsigned int line, const char *function, const char *reason)
{
	struct unanalysed unanalysed;
	const struct gap *gap;

	read_log(log, &unanalysed);
	ck_assert_uint_eq(unanalysed.count, 1);
	gap = unanalysed.gaps;
	ck_assert_uint_eq(gap->source, 1);
	ck_assert_uint_eq(gap->line, line);
	ck_assert_pstr_eq(gap->function, function);
	ck_assert_str_eq(gap->reason, reason);
	unanalysed_free(&unanalysed);
}

static void assert_no_gap(const char *log)
{
	struct unanalysed unanalysed;

	read_log(log, &unanalysed);
	ck_assert_uint_eq(unanalysed.count, 0);
	unanalysed_free(&unanalysed);
}

#define AT "HANDLING: f/000001.c\n"

START_TEST(a_function_that_did_not_parse_is_named)
{
	assert_gap(AT "badcount: 6\n"
		      "bad: static int fine(void) { return 0; }\nbad: \nbad: static int\n"
		      "bad: bad(int a)\nbad: {\nBAD:!!!!! \tforeach(a) {{ ]\nbad: }\n",
		   4, "bad", "did not parse");
}
END_TEST

START_TEST(other_text_counts_if_it_has_a_word)
{
	assert_no_gap(AT "BAD:!!!!! int proto(int a) bogus;\n");
	assert_gap(AT "bad: int proto(int a) bogus;\nBAD:!!!!! int lock_proto(int a) lock bogus;\n",
		   14, NULL, "did not parse");
}
END_TEST

START_TEST(a_function_without_flow_is_named)
{
	assert_gap(AT "FLOW: can't jump to nowhere: because we can't find this label\n", 8, "other",
		   "has a flow that spatch cannot follow (can't jump to nowhere)");
	assert_gap(AT "FLOW: can't find enclosing loop: File \"f/000001.c\", line 11\n", 8, "other",
		   "has a flow that spatch cannot follow (can't find enclosing loop)");
	assert_no_gap(AT "FLOW: deadcode detected: File \"f/000001.c\", line 11\n");
}
END_TEST

START_TEST(a_file_that_failed_is_named)
{
	assert_gap(AT "EXN: Coccinelle_modules.Common.Timeout in f/000001.c\n", 0, NULL,
		   "spatch timed out after 60 s");
	assert_gap(AT "EXN: Out of memory in f/000001.c\n", 0, NULL,
		   "spatch needed more than 4096 MB");
	assert_gap(AT "EXN: Failure(\"oops\") in f/000001.c\n", 0, NULL,
		   "spatch failed: Failure(\"oops\")");
}
END_TEST

START_TEST(source_text_is_no_message)
{
	ck_assert(message_no_memory("x\nFatal error: exception Out_of_memory\n"));
	ck_assert(!message_no_memory("bad: \tpr_err(\"out of memory\");\n"));
	assert_no_gap("EXN: Failure in nothing\n");
}
END_TEST

START_TEST(the_last_message_is_found)
{
	char *last = message_last("one\ntwo\nHANDLING: f/000001.c\nbad: three\n\n");

	ck_assert_str_eq(last, "two");
	free(last);
	ck_assert_ptr_null(message_last("HANDLING: f/000001.c\n"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_function_that_did_not_parse_is_named,
				       other_text_counts_if_it_has_a_word,
				       a_function_without_flow_is_named,
				       a_file_that_failed_is_named,
				       source_text_is_no_message,
				       the_last_message_is_found };

	return unit_run("messages", tests, sizeof(tests) / sizeof(*tests));
}
