// SPDX-License-Identifier: GPL-2.0-only
#include "source/outline.h"
#include "unit.h"

#include <string.h>

static const char source[] = "#include <a.h>\n"                             /* 1 */
			     "int declared(int a);\n"                       /* 2 */
			     "static int\n"                                 /* 3 */
			     "first(struct x *a,\n"                         /* 4 */
			     "      int b) /* { */\n"                       /* 5 */
			     "{\n"                                          /* 6 */
			     "\tif (a)\n"                                   /* 7 */
			     "\t\tgoto out;\n"                              /* 8 */
			     "out:\n"                                       /* 9 */
			     "\treturn call(b);\n"                          /* 10 */
			     "}\n"                                          /* 11 */
			     "static __printf(1, 2) void second(char *f)\n" /* 12 */
			     "{\n"                                          /* 13 */
			     "\tgoto outer;\n"                              /* 14 */
			     "\tgoto out;\n"                                /* 15 */
			     "}\n"                                          /* 16 */
			     "MODULE_LICENSE(\"GPL\");\n"                   /* 17 */
			     "void __third(void) __releases(x) {}\n";       /* 18 */

START_TEST(functions_are_found)
{
	struct outline outline;

	outline_make(&outline, xstrdup(source));
	ck_assert_uint_eq(outline.count, 3);
	ck_assert_str_eq(outline.functions[0].name, "first");
	ck_assert_uint_eq(outline.functions[0].line, 4);
	ck_assert_str_eq(outline.functions[1].name, "second");
	ck_assert_str_eq(outline.functions[2].name, "__third");
	ck_assert_uint_eq(outline.line_count, 18);
	ck_assert_str_eq(outline.lines[2], "static int");
	outline_free(&outline);
}
END_TEST

START_TEST(broken_text_does_no_harm)
{
	static const char *const broken[] = {
		"", "f(", "f((\n{", "f(a) /* {", "((((\n}}}}", "f() x"
	};
	struct outline outline;

	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		outline_make(&outline, xstrdup(broken[i]));
		ck_assert_uint_le(outline.count, 1);
		outline_free(&outline);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { functions_are_found, broken_text_does_no_harm };

	return unit_run("outline", tests, sizeof(tests) / sizeof(*tests));
}
