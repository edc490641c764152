// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"
#include "unit.h"

#include <string.h>

/* Parses a command line of words with spaces between. */
static int parse(const char *line, struct options *options, struct error *err)
{
	static char copy[256], *argv[20];
	int argc = 0;
	char *rest = strcpy(copy, line);

	while ((argv[argc] = strsep(&rest, " ")))
		argc++;
	return options_parse(argc, argv, options, err);
}

START_TEST(check_has_defaults)
{
	struct options options;
	struct error err;

	ck_assert_int_eq(parse("resvlint check", &options, &err), 0);
	ck_assert_uint_eq(options.operand_count, 1);
	ck_assert_str_eq(options.operands[0], ".");
	ck_assert_uint_eq(options.timeout, 60);
	ck_assert_uint_eq(options.memory, 4096);
	ck_assert_int_eq(options.confidence, CONFIDENCE_MEDIUM);
	ck_assert_uint_ge(options.jobs, 1);
}
END_TEST

START_TEST(options_may_stand_anywhere)
{
	struct options options;
	struct error err;

	ck_assert_int_eq(
		parse("resvlint --format json check a --jobs=3 b -q --color never", &options, &err),
		0);
	ck_assert(options.json);
	ck_assert(options.quiet);
	ck_assert_uint_eq(options.jobs, 3);
	ck_assert_int_eq(options.color, COLOR_NEVER);
	ck_assert_uint_eq(options.operand_count, 2);
	ck_assert_str_eq(options.operands[1], "b");
}
END_TEST

START_TEST(contexts_may_be_repeated)
{
	struct options options;
	struct error err;

	ck_assert_int_eq(parse("resvlint check --contexts a --contexts=b c", &options, &err), 0);
	ck_assert_uint_eq(options.context_file_count, 2);
	ck_assert_str_eq(options.context_files[0], "a");
	ck_assert_str_eq(options.context_files[1], "b");
	ck_assert_uint_eq(options.operand_count, 1);
	options_free(&options);
}
END_TEST

START_TEST(macros_are_decided)
{
	struct options options;
	struct error err;

	ck_assert_int_eq(parse("resvlint check -D A=3 a -DB -U C -UA", &options, &err), 0);
	ck_assert_uint_eq(options.operand_count, 1);
	ck_assert_uint_eq(options.macros.count, 4);
	ck_assert_uint_eq(macros_find(&options.macros, "B", 1)->number.bits, 1);
	ck_assert(!macros_find(&options.macros, "C", 1)->is_defined);
	ck_assert(!macros_find(&options.macros, "A", 1)->is_defined);
	options_free(&options);
}
END_TEST

START_TEST(convention_takes_a_tree_or_none)
{
	struct options options;
	struct error err;

	ck_assert_int_eq(parse("resvlint convention", &options, &err), 0);
	ck_assert_int_eq(options.command, COMMAND_CONVENTION);
	ck_assert_str_eq(options.operands[0], ".");
	options_free(&options);
	ck_assert_int_eq(parse("resvlint convention a", &options, &err), 0);
	ck_assert_str_eq(options.operands[0], "a");
	options_free(&options);
}
END_TEST

START_TEST(wrong_values_name_the_option)
{
	static const struct {
		const char *line;
		const char *message;
	} wrong[] = {
		{ "resvlint check --jobs 0", "--jobs" },
		{ "resvlint check --timeout 1x", "--timeout" },
		{ "resvlint check --memory -5", "--memory" },
		{ "resvlint check --format xml", "--format wants text or json, not 'xml'" },
		{ "resvlint check --confidence High", "low, medium or high" },
		{ "resvlint check --rule", "--rule wants a value" },
		{ "resvlint check -D", "-D wants a value" },
		{ "resvlint check -D 1A", "-D wants the name of a macro" },
		{ "resvlint check -U A=1", "-U wants the name of a macro, not 'A=1'" },
		{ "resvlint check --bogus", "--bogus" },
		{ "resvlint frob", "frob" },
		{ "resvlint explain", "one rule" },
		{ "resvlint convention a b", "one TREE" },
		{ "resvlint check --contexts", "--contexts wants a value" },
		{ "resvlint", "no command" },
	};
	struct options options;
	struct error err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ck_assert_int_eq(parse(wrong[i].line, &options, &err), -1);
		ck_assert_msg(strstr(err.text, wrong[i].message) != NULL, "%s", err.text);
		options_free(&options);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		check_has_defaults, options_may_stand_anywhere,      contexts_may_be_repeated,
		macros_are_decided, convention_takes_a_tree_or_none, wrong_values_name_the_option
	};

	return unit_run("options", tests, sizeof(tests) / sizeof(*tests));
}
