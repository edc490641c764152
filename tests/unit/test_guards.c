// SPDX-License-Identifier: GPL-2.0-only
#include "source/guards.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *text;
	const char *expected; /* blanks at the ends of its lines are left out; NULL: as `text` */
};

/* What the tests know: a 6.2 kernel, that YES is 1, and that NO is not defined. */
static struct macros known(void)
{
	struct macros decided = { 0 }, macros;
	struct error err;

	ck_assert_int_eq(macros_define(&decided, "YES", &err), 0);
	ck_assert_int_eq(macros_undefine(&decided, "NO", &err), 0);
	macros = macros_of_kernel("6.2", &decided);
	macros_free(&decided);
	return macros;
}

/*
 * What guards_apply() makes of a text. Sees that no byte behind the text is looked at, that all
 * that is not blanked stays in its place, and that to do it again changes nothing.
 */
static char *apply(const char *text, size_t length)
{
	struct macros macros = known();
	char *copy = xcalloc(length, 1), *again = xcalloc(length, 1);
	bool changed;

	memcpy(copy, text, length);
	changed = guards_apply(copy, length, &macros);
	ck_assert_int_eq(changed, memcmp(copy, text, length) != 0);
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\n' || text[i] == '\r')
			ck_assert_msg(copy[i] == text[i], "%s", text);
	memcpy(again, copy, length);
	guards_apply(again, length, &macros);
	ck_assert_msg(!memcmp(again, copy, length), "%s", text);
	free(again);
	macros_free(&macros);
	return copy;
}

/* Takes the blanks off the ends of lines. Returns the length. */
static size_t strip(char *text, size_t length)
{
	size_t kept = 0;

	for (size_t i = 0; i < length; i++) {
		while (text[i] == '\n' && kept && text[kept - 1] == ' ')
			kept--;
		text[kept++] = text[i];
	}
	while (kept && text[kept - 1] == ' ')
		kept--;
	return kept;
}

static void assert_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *expected = rows[i].expected ? rows[i].expected : rows[i].text;
		char *text = apply(rows[i].text, strlen(rows[i].text));
		size_t length = strip(text, strlen(rows[i].text));

		ck_assert_msg(length == strlen(expected) && !memcmp(text, expected, length),
			      "of:\n%s\nwanted:\n%s\ngot:\n%.*s", rows[i].text, expected,
			      (int)length, text);
		free(text);
	}
}

START_TEST(a_conditional_that_is_decided_goes)
{
	static const struct row rows[] = {
		{ "#if 0\na\n#endif\nz\n", "\n\n\nz\n" },
		{ "#if 1\na\n#endif\nz\n", "\na\n\nz\n" },
		{ "#if 0\na\n#else\nb\n#endif\n", "\n\n\nb\n\n" },
		{ "#if 1\na\n#else\nb\n#endif\n", "\na\n\n\n\n" },
		{ "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0)\n\ta;\n#else\n\tb;\n#endif\n",
		  "\n\ta;\n\n\n\n" },
		{ "#if LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,1)\n\ta;\n#else\n\tb;\n#endif\n",
		  "\n\n\n\tb;\n\n" },
		{ "#if 0\na\n#elif 1\nb\n#elif 1\nc\n#else\nd\n#endif\n", "\n\n\nb\n\n\n\n\n\n" },
		{ "#if 0\na\n#elif 0\nb\n#endif\n", "\n\n\n\n\n" },
		{ "#if 1\na\n#elif X\nb\n#else\nc\n#endif\n", "\na\n\n\n\n\n\n" },
		{ "#if 0\n#endif", "\n" },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(names_decide)
{
	static const struct row rows[] = {
		{ "#ifdef YES\na\n#else\nb\n#endif\n", "\na\n\n\n\n" },
		{ "#ifdef NO\na\n#else\nb\n#endif\n", "\n\n\nb\n\n" },
		{ "#ifndef YES\na\n#else\nb\n#endif\n", "\n\n\nb\n\n" },
		{ "#ifndef NO\na\n#endif\n", "\na\n\n" },
		{ "#ifdef X\na\n#else\nb\n#endif\n", NULL },
		{ "#ifndef X\na\n#endif\n", NULL },
		{ "#ifndef LINUX_VERSION_CODE\na\n#endif\n", "\n\n\n" },
		{ "#ifdef NO\na\n#elifdef YES\nb\n#elifndef YES\nc\n#endif\n", "\n\n\nb\n\n\n\n" },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(what_is_not_decided_stays)
{
	static const struct row rows[] = {
		{ "#if X\na\n#else\nb\n#endif\n", NULL },
		{ "#if X\na\n#elif Y\nb\n#else\nc\n#endif\n", NULL },
		{ "#if X\na\n#elif 0\nb\n#else\nc\n#endif\n", "#if X\na\n\n\n#else\nc\n#endif\n" },
		{ "#if X\na\n#elif 1\nb\n#else\nc\n#endif\n", "#if X\na\n#else\nb\n\n\n#endif\n" },
		{ "#if X\na\n#elif 1\nb\n#elif Y\nc\n#endif\n",
		  "#if X\na\n#else\nb\n\n\n#endif\n" },
		{ "#if X\na\n#elif 0\nb\n#endif\n", "#if X\na\n\n\n#endif\n" },
		{ "#if 0\na\n#elif X\nb\n#else\nc\n#endif\n",
		  "\n\n#if   X\nb\n#else\nc\n#endif\n" },
		{ "#if 0\na\n#elif X\nb\n#endif\n", "\n\n#if   X\nb\n#endif\n" },
		{ "#if 0\na\n#elifdef X\nb\n#endif\n", "\n\n#ifdef   X\nb\n#endif\n" },
		{ "#if 0\na\n# elifndef X // c\nb\n#endif\n",
		  "\n\n# ifndef   X // c\nb\n#endif\n" },
		{ "#if 0 || X\na\n#endif\n", "#if _ || X\na\n#endif\n" },
		{ "#if 0\na\n#elif /* c */ 0x1 == X\nb\n#endif\n",
		  "\n\n#if   /* c */ _x1 == X\nb\n#endif\n" },
		{ "#if X\na\n#elif 1 && X\nb\n#endif\n", NULL },
		{ "#if X\na\n#elifdef YES\nb\n#endif\n", "#if X\na\n#else\nb\n#endif\n" },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(conditionals_nest)
{
	static const struct row rows[] = {
		{ "#if X\n#if 0\na\n#else\nb\n#endif\n#endif\n", "#if X\n\n\n\nb\n\n#endif\n" },
		{ "#if 0\n#if X\na\n#else\nb\n#endif\n#else\nc\n#endif\n", "\n\n\n\n\n\n\nc\n\n" },
		{ "#if 1\n#if X\na\n#else\nb\n#endif\n#else\nc\n#endif\n",
		  "\n#if X\na\n#else\nb\n#endif\n\n\n\n" },
		{ "#if 0\n#if 1\na\n#endif\nb\n#endif\nc\n", "\n\n\n\n\n\nc\n" },
		{ "#if 0\n#else\n#if 0\na\n#endif\nb\n#endif\nc\n", "\n\n\n\n\nb\n\nc\n" },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(directives_may_look_odd)
{
	static const struct row rows[] = {
		{ " \t# \tif 0 \na\n\f#\tendif x\nz\n", " \t\n\n\nz\n" },
		{ "#if 0 /* c */\na\n#endif /* 0 */\nz\n", "\n\n\nz\n" },
		{ "#if 0 // c\na\n#else // d\nz\n#endif // e\n", "\n\n\nz\n\n" },
		{ "#if/* c */0\na\n#endif\nz\n", "\n\n\nz\n" },
		{ "#/* c */if 0\na\n#endif\nz\n", "\n\n\nz\n" },
		{ "/* c */ #if 0\na\n#endif\nz\n", "/* c */\n\n\nz\n" },
		{ "/* c\n */ #if 0\na\n#endif\nz\n", "/* c\n */\n\n\nz\n" },
		{ "#if 0 /* c\n c */\na\n#endif\nz\n", "\n\n\n\nz\n" },
		{ "#if 1 /* c\n c */ && 0\na\n#endif\nz\n", "\n\n\n\nz\n" },
		{ "#if 0\na\n#else /* c\n#endif\n */\nb\n#endif\nz\n", "\n\n\n\n\nb\n\nz\n" },
		{ "#if 0 \\\n || 0\na\n#endif\nz\n", "\n\n\n\nz\n" },
		{ "#if 0 \\ \n || 1\na\n#endif\nz\n", "\n\na\n\nz\n" },
		{ "#i\\\nf 0\na\n#endif\nz\n", "\n\n\n\nz\n" },
		{ "\\\n#if 0\na\n#endif\nz\n", "\\\n\n\n\nz\n" },
		{ "#if X \\\n && 1\na\n#elif 1 \\\n && 1\nb\n#endif\nz\n",
		  "#if X \\\n && 1\na\n#else\n\nb\n#endif\nz\n" },
		{ "#if '\"' == 34 || 1\na\n#else\nb\n#endif\n", NULL },
		{ "#if 0\r\na\r\n#else\r\nb\r\n#endif\r\n",
		  "     \r\n \r\n     \r\nb\r\n      \r\n" },
		{ "#if 0 \\\r\n || 1\r\na\r\n#endif\r\n", "       \r\n     \r\na\r\n      \r\n" },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(what_looks_like_a_directive_is_none)
{
	static const struct row rows[] = {
		{ "/*\n#if 0\n*/\na\n/*\n#endif\n*/\n", NULL },
		{ "// \\\n#if 0\na\n// \\\n#endif\n", NULL },
		{ "/\\\n*\n#if 0\n*\\\n/\na\n", NULL },
		{ "a #if 0\nb\n#endif\n", NULL },
		{ "a \\\n#if 0\nb\n#endif\n", NULL },
		{ "/* *\\\n/\n#if 0\nb\n#endif\n", "/* *\\\n/\n\n\n\n" },
		{ "\"\\\n#if 0\\\n\"\na\n#endif\n", NULL },
		{ "#define A \\\n#if 0\na\n#endif\n", NULL },
		{ "#iffy 0\na\n#endif\n", NULL },
		{ "#if0\na\n#endif\n", NULL },
		{ "#\n#if 0\na\n#endif\n", "#\n\n\n\n" },
		{ "#include <a.h>\n#if 0\na\n#endif\n", "#include <a.h>\n\n\n\n" },
		{ "char *s = \"/*\";\n#if 0\na\n#endif\n", "char *s = \"/*\";\n\n\n\n" },
		{ "char *s = \"\\\"/*\";\n#if 0\na\n#endif\n", "char *s = \"\\\"/*\";\n\n\n\n" },
		{ "char c = '\"';\n#if 0\na\n#endif\n", "char c = '\"';\n\n\n\n" },
		{ "char c = '\\'';\n#if 0\na\n#endif\n", "char c = '\\'';\n\n\n\n" },
		{ "char *s = \"//\"; /* \" */\n#if 0\na\n#endif\n",
		  "char *s = \"//\"; /* \" */\n\n\n\n" },
		{ "#error don't\n#if 0\na\n#endif\n", "#error don't\n\n\n\n" },
		{ "#if 0\ndon't \"do\n#endif\nz\n", "\n\n\nz\n" },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(what_makes_no_sense_stays)
{
	static const struct row rows[] = {
		{ "#if 0\na\n", NULL },
		{ "#if 0", NULL },
		{ "#if 0\na\n#else\nb\n", NULL },
		{ "#if 0\n#if 0\na\n#endif\nb\n", NULL },
		{ "#if 1\n#if 0\na\n#endif\nb\n", "#if 1\n\n\n\nb\n" },
		{ "#if 0\na\n#else\nb\n#else\nc\n#endif\n#if 0\nd\n#endif\n",
		  "#if 0\na\n#else\nb\n#else\nc\n#endif\n\n\n\n" },
		{ "#if 0\na\n#else\nb\n#elif 0\nc\n#endif\n", NULL },
		{ "#if 0\na\n#el\\\nif X\nb\n#endif\n", NULL },
		{ "#else\na\n#elif 0\nb\n#endif\n#if 0\nc\n#endif\n",
		  "#else\na\n#elif 0\nb\n#endif\n\n\n\n" },
		{ "#if\na\n#endif\n", NULL },
		{ "#ifdef\na\n#endif\n", NULL },
		{ "#if 0 because\na\n#endif\n", "#if _ because\na\n#endif\n" },
		{ "#if 0 /* c\na\n#endif\n", NULL },
		{ "", NULL },
		{ "#", NULL },
		{ "\\", NULL },
		{ "/*", NULL },
		{ "/", NULL },
		{ "\"\\", NULL },
	};

	assert_rows(rows, sizeof(rows) / sizeof(*rows));
}
END_TEST

START_TEST(any_byte_may_stand_there)
{
	static const char text[] =
		"#if 0\n\0\xff\x01\n#el\0se\n#else\n\0z\n#endif\n#if 0\0\na\n#endif\n";
	static const char wanted[] = "     \n   \n      \n     \n\0z\n      \n      \n \n      \n";
	char *got = apply(text, sizeof(text) - 1);

	ck_assert_uint_eq(sizeof(text), sizeof(wanted));
	ck_assert_mem_eq(got, wanted, sizeof(wanted) - 1);
	free(got);
}
END_TEST

START_TEST(columns_stay)
{
	static const char text[] = "#if 0\n\ta;\n#else\n\tb; /* é */\n#endif\n\tc;\n";
	static const char wanted[] = "     \n   \n     \n\tb; /* é */\n      \n\tc;\n";
	char *got = apply(text, strlen(text));

	ck_assert_mem_eq(got, wanted, strlen(wanted));
	free(got);
}
END_TEST

/* `count` times a text, in one; the caller frees. */
static char *repeat(const char *text, size_t count)
{
	char *all = xcalloc(count * strlen(text) + 1, 1), *end = all;

	for (size_t i = 0; i < count; i++)
		end = stpcpy(end, text);
	return all;
}

/* A text that is large takes no longer than its size makes it. */
START_TEST(size_does_no_harm)
{
	static const char *const units[] = { "#if 0\n",     "#if X\n",     "#if 1\na\n",
					     "#elif X\n",   "\\\n",        "\\ ",
					     "#if 0 \\\n",  "/*",          "\"",
					     "'\n",         "#if (((((\n", "#if 0\n#endif\n",
					     "#else\n#if\n" };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		char *middle = repeat(units[i], 50000), *end = repeat("\n#endif", 50000);
		char *text = xasprintf("#if X\n%s%s", middle, end), *got;

		got = apply(text, strlen(text));
		free(got);
		free(text);
		free(end);
		free(middle);
	}
}
END_TEST

/* The next of a row of numbers that only look random. */
static uint32_t scramble(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Text made of pieces that mean something, in any order: apply() looks at the result. */
START_TEST(pieces_in_any_order)
{
	static const char *const pieces[] = {
		"#",           "if ",       "#if 0\n", "#if 1\n",    "#if X\n",
		"#elif 0\n",   "#elif 1\n", "#elif X", "#ifdef YES", "#else\n",
		"#endif\n",    "/*",        "*/",      "//",         "\"",
		"'",           "\\",        "\\\n",    "\n",         "\r\n",
		"(",           ")",         "defined", " && ",       "KERNEL_VERSION(6,2,",
		"0)",          "a;",        " ",       "?",          "el",
		"ifndef NO\n",
	};
	uint32_t state = 1;

	for (unsigned int round = 0; round < 20000; round++) {
		char text[800] = "", *end = text, *got;

		for (uint32_t left = scramble(&state) % 40; left; left--)
			end = stpcpy(end,
				     pieces[scramble(&state) % (sizeof(pieces) / sizeof(*pieces))]);
		got = apply(text, strlen(text));
		free(got);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_conditional_that_is_decided_goes,
				       names_decide,
				       what_is_not_decided_stays,
				       conditionals_nest,
				       directives_may_look_odd,
				       what_looks_like_a_directive_is_none,
				       what_makes_no_sense_stays,
				       any_byte_may_stand_there,
				       columns_stay,
				       size_does_no_harm,
				       pieces_in_any_order };

	return unit_run("guards", tests, sizeof(tests) / sizeof(*tests));
}
