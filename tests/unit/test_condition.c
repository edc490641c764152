// SPDX-License-Identifier: GPL-2.0-only
#include "source/condition.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *text;
	enum truth truth;
};

#define T TRUTH_TRUE
#define F TRUTH_FALSE
#define U TRUTH_UNKNOWN

/* What the tests know: a 6.2 kernel, and some macros decided. */
static struct macros known(void)
{
	struct macros decided = { 0 }, macros;
	struct error err;

	ck_assert_int_eq(macros_define(&decided, "YES", &err), 0);
	ck_assert_int_eq(macros_define(&decided, "TEN=10", &err), 0);
	ck_assert_int_eq(macros_define(&decided, "WORD=word", &err), 0);
	ck_assert_int_eq(macros_define(&decided, "CONFIG_Y", &err), 0);
	ck_assert_int_eq(macros_define(&decided, "CONFIG_M_MODULE", &err), 0);
	ck_assert_int_eq(macros_undefine(&decided, "CONFIG_M", &err), 0);
	ck_assert_int_eq(macros_undefine(&decided, "CONFIG_N", &err), 0);
	ck_assert_int_eq(macros_undefine(&decided, "CONFIG_N_MODULE", &err), 0);
	ck_assert_int_eq(macros_undefine(&decided, "CONFIG_HALF", &err), 0);
	ck_assert_int_eq(macros_undefine(&decided, "NO", &err), 0);
	macros = macros_of_kernel("6.2", &decided);
	macros_free(&decided);
	return macros;
}

static void assert_rows(const struct row *rows, size_t count)
{
	struct macros macros = known();

	for (size_t i = 0; i < count; i++)
		ck_assert_msg(condition_truth(rows[i].text, &macros) == rows[i].truth, "%s",
			      rows[i].text);
	macros_free(&macros);
}

START_TEST(versions)
{
	static const struct row rows[] = {
		{ " LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0)", T },
		{ "LINUX_VERSION_CODE<KERNEL_VERSION(6,2,0)", F },
		{ "LINUX_VERSION_CODE > KERNEL_VERSION ( 6 , 1 , 300 )\r", T },
		{ "KERNEL_VERSION(4,9,255) == KERNEL_VERSION(4,9,300)", T },
		{ "(LINUX_VERSION_CODE >> 16) == 6", T },
		{ "LINUX_VERSION_CODE == 0x060200", T },
		{ "KERNEL_VERSION(6,2,X) > 1", U },
		{ "KERNEL_VERSION(6,2)", U },
		{ "KERNEL_VERSION(6,2,0", U },
		{ "KERNEL_VERSION", U },
		{ "VERSION(6,2,0) > 1", U },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(names)
{
	static const struct row rows[] = {
		{ "YES", T },
		{ "NO", F },
		{ "TEN == 10", T },
		{ "WORD", U },
		{ "OTHER", U },
		{ "YES(1)", U },
		{ "defined YES", T },
		{ "defined(WORD)", T },
		{ "defined ( NO )", F },
		{ "!defined(NO)", T },
		{ "defined(OTHER)", U },
		{ "defined(LINUX_VERSION_CODE) && defined(KERNEL_VERSION)", T },
		{ "defined", U },
		{ "defined(", U },
		{ "defined(YES", U },
		{ "defined(1)", U },
		{ "defined_YES", U },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(configuration)
{
	static const struct row rows[] = {
		{ "IS_ENABLED(CONFIG_Y)", T }, { "IS_ENABLED(CONFIG_M)", T },
		{ "IS_ENABLED(CONFIG_N)", F }, { "IS_ENABLED(CONFIG_HALF)", U },
		{ "IS_ENABLED(CONFIG_X)", U }, { "IS_ENABLED()", U },
		{ "IS_ENABLED(CONFIG_Y", U },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(unknown_operands)
{
	static const struct row rows[] = {
		{ "0 && X", F },
		{ "X && 0", F },
		{ "1 && X", U },
		{ "1 || X", T },
		{ "X || 1", T },
		{ "0 || X", U },
		{ "X || X", U },
		{ "X && X", U },
		{ "!X", U },
		{ "-X", U },
		{ "X == X", U },
		{ "X + 1 > X", U },
		{ "0 && FOO(a, (b), <c.h>)", F },
		{ "__has_include(<linux/iosys-map.h>)", U },
		{ "1 || __has_include(\"a.h\")", T },
		{ "X ? 1 : 1", U },
		{ "1 ? 1 : X", T },
		{ "0 ? X : 0", F },
		{ "1 / 0", U },
		{ "1 % 0", U },
		{ "0 && 1 / 0", F },
		{ "'a'", U },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(operators)
{
	static const struct row rows[] = {
		{ "0", F },
		{ "1", T },
		{ "2 + 3 * 4 == 14", T },
		{ "(2 + 3) * 4 == 20", T },
		{ "20 - 5 - 5 == 10", T },
		{ "64 / 4 / 4 == 4", T },
		{ "17 % 5 == 2", T },
		{ "-7 / 2 == -3", T },
		{ "1 << 3 == 8", T },
		{ "-8 >> 1 == -4", T },
		{ "1 << 64", U },
		{ "1 << -1", U },
		{ "1 < 2 == 1", T },
		{ "2 <= 2 && 2 >= 2 && !(2 < 2) && !(2 > 2) && 1 != 2", T },
		{ "6 & 3 ^ 1 | 8", T },
		{ "(6 & 3 ^ 1 | 8) == 11", T },
		{ "6 & 3 == 3", F },
		{ "~0 == -1", T },
		{ "- -1 == +1", T },
		{ "!!5 == 1", T },
		{ "0 || 1 && 0", F },
		{ "1 || 0 && 0", T },
		{ "0 ? 0 : 1 ? 2 : 0", T },
		{ "(0 ? 1 : 0 ? 2 : 3) == 3", T },
		{ "-1 > 0", F },
		{ "-1 > 0u", T },
		{ "0u - 1 > 0", T },
		{ "(-1 >> 63) == -1 && (~0u >> 63) == 1", T },
		{ "-1 / 2u > 1", T },
		{ "9223372036854775807 + 1 < 0", T },
		{ "(-9223372036854775807 - 1) / -1", U },
		{ "(-9223372036854775807 - 1) % -1", U },
		{ "9223372036854775807 * 9223372036854775807 == 1", T },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(nonsense_is_unknown)
{
	static const char *const rows[] = {
		"",      " ",    "1 +", "(1",    "1)",    "1 1",  "0 because", "? 1 : 0",
		"1 ? 2", "= 1",  "1 =", "1 , 1", "FOO(1", "@",    "\"1\"",     "08",
		"1.0",   "&& 1", "()",  "!",     "0;",    "\xff", "F(\")\")",
	};
	struct macros macros = known();

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ck_assert_msg(condition_truth(rows[i], &macros) == U, "%s", rows[i]);
	macros_free(&macros);
}
END_TEST

/* The truth of LEFT, many times, and RIGHT, as often. */
static enum truth truth_nested(const char *left, const char *middle, const char *right,
			       size_t depth)
{
	size_t unit = strlen(left) + strlen(right);
	char *text = xcalloc(depth * unit + strlen(middle) + 1, 1), *end = text;
	struct macros macros = known();
	enum truth truth;

	for (size_t i = 0; i < depth; i++)
		end = stpcpy(end, left);
	end = stpcpy(end, middle);
	for (size_t i = 0; i < depth; i++)
		end = stpcpy(end, right);
	truth = condition_truth(text, &macros);
	macros_free(&macros);
	free(text);
	return truth;
}

START_TEST(depth_is_limited_and_length_is_not)
{
	ck_assert_int_eq(truth_nested("(", "1", ")", 50), T);
	ck_assert_int_eq(truth_nested("(", "1", ")", 100000), U);
	ck_assert_int_eq(truth_nested("!", "1", "", 50), T);
	ck_assert_int_eq(truth_nested("!", "1", "", 100000), U);
	ck_assert_int_eq(truth_nested("1 ? ", "1", " : 0", 100000), U);
	ck_assert_int_eq(truth_nested("0 ? 1 : ", "1", "", 100000), U);
	ck_assert_int_eq(truth_nested("KERNEL_VERSION(", "1", ",0,0)", 100000), U);
	ck_assert_int_eq(truth_nested("F(", "1", ")", 100000), U);
	ck_assert_int_eq(truth_nested("0 || ", "1", "", 100000), T);
	ck_assert_int_eq(truth_nested("1 + ", "1 == 100001", "", 100000), T);
}
END_TEST

START_TEST(definedness)
{
	struct macros macros = known();

	ck_assert_int_eq(condition_defined(" YES", &macros), T);
	ck_assert_int_eq(condition_defined("YES and more", &macros), T);
	ck_assert_int_eq(condition_defined("NO\r", &macros), F);
	ck_assert_int_eq(condition_defined("OTHER", &macros), U);
	ck_assert_int_eq(condition_defined("LINUX_VERSION_CODE", &macros), T);
	ck_assert_int_eq(condition_defined("", &macros), U);
	ck_assert_int_eq(condition_defined("1", &macros), U);
	ck_assert_int_eq(condition_defined("(YES)", &macros), U);
	macros_free(&macros);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { versions,
				       names,
				       configuration,
				       unknown_operands,
				       operators,
				       nonsense_is_unknown,
				       depth_is_limited_and_length_is_not,
				       definedness };

	return unit_run("condition", tests, sizeof(tests) / sizeof(*tests));
}
