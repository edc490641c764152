// SPDX-License-Identifier: GPL-2.0-only
#include "source/focus.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/*
 * What focus() leaves of a text, where `take` is the word that matters and `known` a head. Sees
 * that lines stay in their places, and that to do it again changes nothing. The caller frees.
 */
static char *leave(const char *text, enum focus_reach reach)
{
	const char *const names[] = { "take" }, *const known[] = { "known" };
	size_t length = strlen(text);
	char *left = xcalloc(length + TEXT_SLACK, 1), *again = xcalloc(length + TEXT_SLACK, 1);
	struct error err;
	struct words *words = words_of(names, 1, &err), *heads = words_of(known, 1, &err);
	const struct focus looked_for = { words, heads, reach };

	memcpy(left, text, length);
	focus(left, length, &looked_for);
	memcpy(again, left, length);
	focus(again, length, &looked_for);
	ck_assert_str_eq(again, left);
	for (size_t i = 0; i < length; i++)
		ck_assert_msg(left[i] == text[i] || (left[i] == ' ' && text[i] != '\n'), "%s",
			      text);
	words_free(words);
	words_free(heads);
	free(again);
	return left;
}

/* The n-th word that begins with `start`, each of which is a letter and a digit. */
static const char *nth(const char *text, char start, size_t n)
{
	for (; *text; text++)
		if (*text == start && text[1] >= '0' && text[1] <= '9' && !n--)
			return text;
	return NULL;
}

/* In a text, K and a digit are words that have to stay, B and a digit words that have to go. */
static void check(const char *text, enum focus_reach reach)
{
	char *left = leave(text, reach);
	const char *at;

	for (size_t n = 0; (at = nth(text, 'K', n)); n++)
		ck_assert_msg(left[at - text] == 'K', "%.2s went from\n%s", at, text);
	for (size_t n = 0; (at = nth(text, 'B', n)); n++)
		ck_assert_msg(left[at - text] == ' ', "%.2s stays in\n%s", at, text);
	free(left);
}

static void check_both(const char *text)
{
	check(text, FOCUS_CALLERS);
	check(text, FOCUS_VARIABLES);
}

START_TEST(bodies_without_the_words_go)
{
	check_both("static int f(int x)\n{\n\tB1();\n\tif (x) { B2; }\n}\n"
		   "void g(void)\n{\n\tK2(take(x));\n}\n"
		   "int h(struct x *take)\n{\n\treturn K3;\n}\n"
		   "int i(void) { return untake(B3); }\n");
	check_both("int __attribute__((cold)) f(void) __must_hold(&x) __cold\n{ B1(); }\n");
	check_both("struct x *f(struct y *p)\n{\n\tB1(\"}\", '}'); /* } */ B2; // }\n\tB3;\n}\n");
	check_both("int f(void)\r\n{\r\n\tB1;\r\n}\r\n");
}
END_TEST

START_TEST(heads_that_tell_no_type_go)
{
	check_both("static int __init f(int B1)\n{\n}\nbool g(struct B2 *x, int (*y)(int));\n"
		   "MODULE_LICENSE(B3);\nEXPORT_SYMBOL(B4);\nint h(int K1, int take);\n");
	check_both("struct K1 *f(int K2)\n{\n\tB1;\n}\nvoid *g(int K3);\n"
		   "struct x *__must_check h(int K4);\nint (*i(int K5))(int);\n"
		   "int (*p)(struct K6 *);\ntypedef int f_t(struct K7);\n"
		   "struct x v __aligned(8), K8;\nstruct x K9 __aligned(8);\nint u = "
		   "K9(1);\nstruct y { int K0; } z __aligned(4);\n");
}
END_TEST

START_TEST(heads_that_have_to_be_seen_stay)
{
	check_both(
		"static int known(int K1)\n{\n\tB1;\n}\nstatic int f(int B2)\n{\n\tknown();\n}\n");
}
END_TEST

START_TEST(what_goes_takes_its_comment_along)
{
	check_both("#include <B1.h>\n/* K2: what stays has one */\nstruct x *p; /* B3 */\n"
		   "/* B4 */\nint f(void)\n{ /* B5 */\n}\n"
		   "/* K6 */\nint g(void)\n{ /* K7 */\n\ttake();\n}\n/* K8 */\n");
}
END_TEST

START_TEST(values_without_the_words_go)
{
	check_both("static const struct ops K1 = { .m = B1, .n = { B2 } };\n"
		   "static const struct ops K2 = { .m = take, .n = { K3 } }, K4 = { K5 };\n"
		   "static const u32 K6[] __initconst = {\n\tB3,\n#ifdef X\n\tB4,\n#endif\n};\n"
		   "int K7[] = {\n#include \"K8.h\"\n};\n"
		   "int f(void) { int K9 = { take }; }\n");
}
END_TEST

START_TEST(only_bodies_and_values_go)
{
	check_both("struct K1 { int K2; };\nenum { K3 = F(1) };\n"
		   "static const struct ops K4 = F(K5);\n"
		   "typedef struct { int K6; } t;\nunion u { int K7; } v = { 1 };\n"
		   "struct __packed __aligned(4) { int K8; } w;\n"
		   "int (*p)(int) = K9;\n");
	check_both("#define M(x) do { K1(x); } while (0)\n#define N(x) \\\n\tK2(x)\n");
	check_both("extern \"C\" {\nint f(void)\n{\n\tK1;\n}\n}\n");
}
END_TEST

START_TEST(callers_of_what_matters_stay_if_asked)
{
	static const char text[] = "static int f(void);\n"
				   "static int g(void)\n{\n\treturn N1 + f();\n}\n"
				   "static int f(void)\n{\n\treturn take();\n}\n"
				   "static int h(void)\n{\n\treturn N2 + g();\n}\n"
				   "static int i(void)\n{\n\treturn N3;\n}\n";
	char *left = leave(text, FOCUS_CALLERS);

	ck_assert_ptr_nonnull(strstr(left, "N1 + f()"));
	ck_assert_ptr_nonnull(strstr(left, "N2 + g()"));
	ck_assert_ptr_null(strstr(left, "N3"));
	free(left);
	left = leave(text, FOCUS_VARIABLES);
	ck_assert_ptr_null(strstr(left, "N1"));
	ck_assert_ptr_null(strstr(left, "N2"));
	ck_assert_ptr_nonnull(strstr(left, "take()"));
	free(left);
}
END_TEST

START_TEST(users_of_what_matters_go_if_asked)
{
	char *left =
		leave("int take(int i)\n{\n\tN1;\n}\nint f(void)\n{\n\treturn N2 + take(1);\n}\n"
		      "static const struct ops o = { .take = take, .other = N3 };\n"
		      "int g(void)\n{\n\treturn N4 + run(&o);\n}\n",
		      FOCUS_NOTHING);

	ck_assert_ptr_nonnull(strstr(left, "N1"));
	ck_assert_ptr_null(strstr(left, "N2"));
	ck_assert_ptr_nonnull(strstr(left, "N3"));
	ck_assert_ptr_null(strstr(left, "N4"));
	free(left);
}
END_TEST

START_TEST(what_uses_variables_and_macros_that_matter_stays)
{
	check_both("static int (*const table[])(struct x *) = { take, other };\n"
		   "int f(int i)\n{\n\treturn K1 + table[i](x);\n}\n"
		   "int g(int i)\n{\n\treturn B1 + i;\n}\n");
	check_both("static handler_t h = take, k = other, l;\n"
		   "int f(void) { return K1 + h(); }\nint g(void) { return K2 + k(); }\n");
	check_both("#define M(x) take(x)\n#define N(x) M(x)\n"
		   "int f(void) { return K1 + N(2); }\nint g(void) { return B1; }\n");
	check_both("static u32 x __read_mostly = take;\n"
		   "int f(void) { K1(x); }\nint g(u32 y) { static u32 B1; }\n");
}
END_TEST

START_TEST(a_body_that_tells_others_something_stays)
{
	check_both("int f(void)\n{\n#define M K1\n}\n");
	check_both("int f(void)\n{\n#include \"K1.h\"\n\tK2;\n}\n");
	check_both("int f(void)\n{\n#define M(x) take(x)\n}\nint g(void) { return K1 + M(1); }\n");
	check_both("int f(void)\n{\n#ifdef X\n\tB1;\n#else\n\tB2;\n#endif\n}\n");
}
END_TEST

START_TEST(a_text_that_is_not_plain_stays)
{
	/* Where the branches of a conditional open bodies of their own. */
	check_both("#ifdef X\nint f(void)\n{\n#else\nint f(int x)\n{\n#endif\n\tK1;\n}\n"
		   "int g(void)\n{\n\tK2;\n}\n");
	check_both("int f(void)\n{\n\tif (x) {\n#ifdef X\n\tK1; }\n#else\n\tK2; }\n#endif\n}\n");
	check_both("int f(void)\n{\n\tK1; } }\nint g(void) { K2; }\n");
	check_both("int f(void) { K1; }\nint g(void)\n{\n\tK2;\n");
	check_both("#if X\nint f(void) { K1; }\n");
	check_both("#endif\nint f(void) { K1; }\n");
	check_both("#else\nint f(void) { K1; }\n");
	check_both("int f(void) { K1(; }\nint g(void) { K2; }\n");
}
END_TEST

START_TEST(any_text_is_looked_at)
{
	static const char *const texts[] = {
		"",      "{",  "}",  "#", "#define", "=",   "#define",
		"f() {", "\"", "/*", ";", "take",    ") {", "#define\n#define x"
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check_both(texts[i]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		bodies_without_the_words_go,
		heads_that_tell_no_type_go,
		heads_that_have_to_be_seen_stay,
		what_goes_takes_its_comment_along,
		values_without_the_words_go,
		only_bodies_and_values_go,
		callers_of_what_matters_stay_if_asked,
		users_of_what_matters_go_if_asked,
		what_uses_variables_and_macros_that_matter_stays,
		a_body_that_tells_others_something_stays,
		a_text_that_is_not_plain_stays,
		any_text_is_looked_at,
	};

	return unit_run("focus", tests, sizeof(tests) / sizeof(*tests));
}
