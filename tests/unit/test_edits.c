// SPDX-License-Identifier: GPL-2.0-only
#include "base/text.h"
#include "fix/edits.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define MAX_EDITS 8

/*
 * A text in which a mark stands before each name that is edited: `@` for EDIT_NAME, `$` for
 * EDIT_CALL, `~` for EDIT_REMOVE.
 */
struct row {
	const char *text;
	const char *with;     /* what the name or call is replaced by */
	const char *expected; /* the new text, or the message of a refusal */
};

struct marked {
	char *text;
	size_t length;
	struct edit edits[MAX_EDITS];
	char names[MAX_EDITS][32];
	size_t count;
};

static const char marks[] = "@$~";

/* Takes the marks off a text. The text has no byte behind it, so that reading on is found out. */
static void read_marks(struct marked *marked, const struct row *row)
{
	unsigned int line = 1, column = 0;

	*marked = (struct marked){ .text = xcalloc(strlen(row->text), 1) };
	for (const char *at = row->text; *at; at++) {
		const char *mark = strchr(marks, *at);

		if (mark) {
			enum edit_kind kind = (enum edit_kind)(mark - marks);
			char *name = marked->names[marked->count];
			size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");

			ck_assert_uint_lt(marked->count, MAX_EDITS);
			memcpy(name, at + 1, length);
			marked->edits[marked->count++] =
				(struct edit){ kind, line, column, name,
					       kind == EDIT_REMOVE ? "" : row->with };
			continue;
		}
		marked->text[marked->length++] = *at;
		column = *at == '\n' ? 0 : column + 1;
		line += *at == '\n';
	}
}

/* What comes out: the new text, or the message. The caller frees. */
static char *apply(const struct marked *marked, const struct edit *edits)
{
	struct error err = { "" };
	size_t length = 0;
	char *result =
		edits_apply(marked->text, marked->length, edits, marked->count, &length, &err);

	if (!result)
		return xstrdup(err.text);
	ck_assert_uint_eq(strlen(result), length);
	return result;
}

/* Sees that each row gives what is expected of it, whatever the order of the edits. */
static void assert_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct marked marked;
		struct edit reversed[MAX_EDITS];
		char *forward, *backward;

		read_marks(&marked, &rows[i]);
		for (size_t j = 0; j < marked.count; j++)
			reversed[j] = marked.edits[marked.count - 1 - j];
		forward = apply(&marked, marked.edits);
		backward = apply(&marked, reversed);
		ck_assert_msg(!strcmp(forward, rows[i].expected), "of:\n%s\nwanted:\n%s\ngot:\n%s",
			      rows[i].text, rows[i].expected, forward);
		ck_assert_str_eq(forward, backward);
		free(forward);
		free(backward);
		free(marked.text);
	}
}

#define ROWS(rows) assert_rows(rows, sizeof(rows) / sizeof(*(rows)))

START_TEST(a_name_is_replaced)
{
	static const struct row rows[] = {
		{ "int f(void)\n{\n\treturn @map(a, b);\n}\n", "map_unlocked",
		  "int f(void)\n{\n\treturn map_unlocked(a, b);\n}\n" },
		/* The caller decides which, by its place. */
		{ "\tmap(map, @map(map));\n", "m", "\tmap(map, m(map));\n" },
		{ "\t@a(1) + @a(2);\n", "bc", "\tbc(1) + bc(2);\n" },
		{ "\t@map /* the ( name */ (a);", "map_unlocked",
		  "\tmap_unlocked /* the ( name */ (a);" },
		{ "\t@map\n\t(a);\n", "map_unlocked", "\tmap_unlocked\n\t(a);\n" },
		{ "\t@map(a,\t b) ;  \t/* x */  \n", "m", "\tm(a,\t b) ;  \t/* x */  \n" },
		{ "\tx(\"map(\", '(', @map(\")\\\")\"));\n", "m",
		  "\tx(\"map(\", '(', m(\")\\\")\"));\n" },
		{ "\tLOG(x, @map(a));\n", "m", "\tLOG(x, m(a));\n" },
	};

	ROWS(rows);
}
END_TEST

START_TEST(lines_follow_their_parenthesis)
{
	static const struct row rows[] = {
		{ "\t@map(a,\n\t    b,\n\t    c);\n", "map_unlocked",
		  "\tmap_unlocked(a,\n\t\t     b,\n\t\t     c);\n" },
		{ "\t\tmy = @map_unlocked(a,\n\t\t\t\t  b);\n", "map",
		  "\t\tmy = map(a,\n\t\t\t b);\n" },
		/* Within other parentheses. */
		{ "\t@map(g(a,\n\t      b),\n\t    c);\n", "map_unlocked",
		  "\tmap_unlocked(g(a,\n\t\t       b),\n\t\t     c);\n" },
		{ "\tif (x &&\n\t    @map(a,\n\t\tb) &&\n\t    y)\n", "map_unlocked",
		  "\tif (x &&\n\t    map_unlocked(a,\n\t\t\t b) &&\n\t    y)\n" },
		{ "\tWARN(@map(a[x +\n\t\t   1],\n\t\t b), z,\n\t     y);\n", "mapped",
		  "\tWARN(mapped(a[x +\n\t\t      1],\n\t\t    b), z,\n\t     y);\n" },
		/* What comes after it on its line moves as well. */
		{ "\tx = @f(a) + g(b,\n\t\t     c);\n", "ff",
		  "\tx = ff(a) + g(b,\n\t\t      c);\n" },
		{ "\t@map(a, @map(b,\n\t\t   c),\n\t    d);\n", "mapped",
		  "\tmapped(a, mapped(b,\n\t\t\t c),\n\t       d);\n" },
		/* Tabs and blanks as they come: what counts is the column. */
		{ " \t@map(a,\n            b,\n    \t    c);\n", "mapped",
		  " \tmapped(a,\n\t       b,\n\t       c);\n" },
		/* What was not aligned stays. */
		{ "\t@map(a,\n\t\tb,\n\tc,\nd);\n", "mapped", "\tmapped(a,\n\t\tb,\n\tc,\nd);\n" },
		{ "\t@map(\n\t\ta);\n", "mapped", "\tmapped(\n\t\ta);\n" },
		/* A block in the arguments stays, unless its beginning moves. */
		{ "\t@map(({ x;\n\t\ty; }),\n\t    z);\n", "mapped",
		  "\tmapped(({ x;\n\t\ty; }),\n\t       z);\n" },
		{ "\t@map(a,\n\t    (struct s){\n\t\t    .b = 1,\n\t    });\n", "mapped",
		  "\tmapped(a,\n\t       (struct s){\n\t\t       .b = 1,\n\t       });\n" },
		{ "\tif (@map(a,\n\t\tb)) {\n\t\tx(c,\n\t\t  d);\n\t}\n", "mapped",
		  "\tif (mapped(a,\n\t\t   b)) {\n\t\tx(c,\n\t\t  d);\n\t}\n" },
		{ "\t@map(a,\n\t    b, ({\n\t\tif (f(c,\n\t\t      d)) "
		  "{\n\t\t\te();\n\t\t}\n\t}));\n",
		  "mapped",
		  "\tmapped(a,\n\t       b, ({\n\t\tif (f(c,\n\t\t      d)) "
		  "{\n\t\t\te();\n\t\t}\n\t}));\n" },
		{ "\t@mapabcd(a,\n\t\t({\n\tx;\n\t\t}));\n", "mapped",
		  "\tmapped(a,\n\t       ({\n\tx;\n\t       }));\n" },
		/* An array of them. */
		{ "struct x y = {\n\t.a = @f(a,\n\t       b),\n\t.c = d(e,\n\t       f),\n};\n",
		  "ff", "struct x y = {\n\t.a = ff(a,\n\t\tb),\n\t.c = d(e,\n\t       f),\n};\n" },
	};

	ROWS(rows);
}
END_TEST

START_TEST(comments_move_with_the_arguments)
{
	static const struct row rows[] = {
		{ "\t@map(a, /* one ) */\n\t    // two (\n\t    b);\n", "mapped",
		  "\tmapped(a, /* one ) */\n\t       // two (\n\t       b);\n" },
		{ "\t@map(a,\n\t    /*\n\t     * (\n\n  x\n\t     */\n\t    b);\n", "mapped",
		  "\tmapped(a,\n\t       /*\n\t\t* (\n\n     x\n\t\t*/\n\t       b);\n" },
		{ "\t@map(a, /* one\n\t\t * two */\n\t    b);\n", "mapped",
		  "\tmapped(a, /* one\n\t\t    * two */\n\t       b);\n" },
		{ "\t@mapped(a,\n\t       /*\nx\n */\n\t       b);\n", "m",
		  "\tm(a,\n\t  /*\nx\n */\n\t  b);\n" },
		{ "/* a\n * b */ @map(a,\n\t\tb);\n", "mapped",
		  "/* a\n * b */ mapped(a,\n\t\tb);\n" },
		{ "/* a\n * b */ @map(a,\n\t    b);\n", "mapped",
		  "/* a\n * b */ mapped(a,\n\t       b);\n" },
	};

	ROWS(rows);
}
END_TEST

START_TEST(ends_of_lines_stay)
{
	static const struct row rows[] = {
		{ "\t@map(a,\r\n\t    b);\r\n", "mapped", "\tmapped(a,\r\n\t       b);\r\n" },
		{ "\t@map(a,\n\t    b,\r\n\t    c);", "mapped",
		  "\tmapped(a,\n\t       b,\r\n\t       c);" },
		{ "x;\n\n\n \n\t@f();\n\n\n", "g", "x;\n\n\n \n\tg();\n\n\n" },
		{ "\t@map(a,\n\n\t \n\t    b);", "mapped", "\tmapped(a,\n\n\t \n\t       b);" },
		{ "\t@map(a, \"b\\\n  c\",\n\t    d);", "mapped",
		  "\tmapped(a, \"b\\\n  c\",\n\t       d);" },
		{ "\t@map(a, \"b\\\r\n(\",\n\t    d); \"\\", "mapped",
		  "\tmapped(a, \"b\\\r\n(\",\n\t       d); \"\\" },
		{ "f() {\r\n\ta();\r\n\r\n\t~b();\r\n\r\n\tc();\r\n}", "",
		  "f() {\r\n\ta();\r\n\r\n\tc();\r\n}" },
		{ "\x80\xff \x01 \"\xfe\";\n\t@map(\"\xc3\xa4\", a(1,\n\t\t   2));\n", "m",
		  "\x80\xff \x01 \"\xfe\";\n\tm(\"\xc3\xa4\", a(1,\n\t\t 2));\n" },
	};

	ROWS(rows);
}
END_TEST

START_TEST(bytes_of_any_value_stay)
{
	static const char text[] = "/* \0 ( */\n\tmap(a,\0\n\t    b);\0\n";
	static const char expected[] = "/* \0 ( */\n\tmapped(a,\0\n\t       b);\0\n";
	static const struct edit edit = { EDIT_NAME, 2, 1, "map", "mapped" };
	struct error err;
	size_t length;
	char *result = edits_apply(text, sizeof(text) - 1, &edit, 1, &length, &err);

	ck_assert_ptr_nonnull(result);
	ck_assert_uint_eq(length, sizeof(expected) - 1);
	ck_assert_mem_eq(result, expected, sizeof(expected));
	free(result);
}
END_TEST

START_TEST(preprocessor_lines_stay)
{
	static const struct row rows[] = {
		{ "\t@map(a,\n#ifdef B\n\t    b(\n#else\n\t    c(\n#endif\n\t      d),\n\t    "
		  "e);\n",
		  "mapped",
		  "\tmapped(a,\n#ifdef B\n\t       b(\n#else\n\t       c(\n#endif\n"
		  "\t\t d),\n\t       e);\n" },
		{ "\t@map(a,\n  # if B \\\n\t    (\n\t    b,\n#endif\n\t    c);\n", "mapped",
		  "\tmapped(a,\n  # if B \\\n\t    (\n\t       b,\n#endif\n\t       c);\n" },
		{ "\t@map(a,\n\t    #if (B)\n\t    b(c,\n\t      d),\n\t    #endif\n\t    e);\n",
		  "mapped",
		  "\tmapped(a,\n\t    #if (B)\n\t       b(c,\n\t\t d),\n\t    #endif\n\t       "
		  "e);\n" },
		/* It ends in each branch. */
		{ "\t@map(a,\n#if B\n\t    b);\n#else\n\t    c);\n#endif\n\tf(x,\n\t  y);\n",
		  "mapped",
		  "\tmapped(a,\n#if B\n\t       b);\n#else\n\t       c);\n#endif\n\tf(x,\n\t  "
		  "y);\n" },
		{ "\t@map(a,\n#if B\n\t    b);\n\tf(g(h,\n\t    i));\n#else\n\t    c);\n#endif\n",
		  "mapped",
		  "\tmapped(a,\n#if B\n\t       b);\n\tf(g(h,\n\t    i));\n#else\n\t       "
		  "c);\n#endif\n" },
		/* It begins in each: the line behind follows, if both move alike. */
		{ "#if B\n\t@map(a,\n#else\n\t@map(b,\n#endif\n\t    c);\n", "mapped",
		  "#if B\n\tmapped(a,\n#else\n\tmapped(b,\n#endif\n\t       c);\n" },
		{ "#if B\n\t@map(a,\n#else\n\tmap(b,\n#endif\n\t    c);\n", "mapped",
		  "#if B\n\tmapped(a,\n#else\n\tmap(b,\n#endif\n\t    c);\n" },
		{ "#if B\n\tmap(a,\n#else\n\t@map(b,\n#endif\n\t    c);\n", "mapped",
		  "#if B\n\tmap(a,\n#else\n\tmapped(b,\n#endif\n\t    c);\n" },
	};

	ROWS(rows);
}
END_TEST

START_TEST(macros_keep_their_shape)
{
	static const struct row rows[] = {
		{ "#define X(a) @map(a)\n", "mapped", "#define X(a) mapped(a)\n" },
		{ "#define X(a) $map(a, 1)\n", "0", "#define X(a) 0\n" },
		/* The backslash stays in its column, as long as there is room. */
		{ "#define X(a)\t\t\t\\\n\t@map(a);\t\t\\\n\ty\n", "map_unlocked",
		  "#define X(a)\t\t\t\\\n\tmap_unlocked(a);\t\\\n\ty\n" },
		{ "#define X(a)\t\t\\\n\t@map(a);\t\\\n\ty\n", "map_unlocked",
		  "#define X(a)\t\t\\\n\tmap_unlocked(a);\t\\\n\ty\n" },
		{ "#define X(a)             \\\n\t@map(a);         \\\n\ty\n", "mapped",
		  "#define X(a)             \\\n\tmapped(a);      \\\n\ty\n" },
		{ "#define X(a)\t\t\t\\\n\t@map_unlocked(a);\t\\\n\ty\n", "map",
		  "#define X(a)\t\t\t\\\n\tmap(a);\t\t\t\\\n\ty\n" },
		{ "#define X(a) \\\n\t@map(a); \\\n\ty\n", "mapped",
		  "#define X(a) \\\n\tmapped(a); \\\n\ty\n" },
		{ "#define X(a) \\\n\t@mapped(a); \\\n\ty\n", "map",
		  "#define X(a) \\\n\tmap(a); \\\n\ty\n" },
		{ "#define X(a)\\\n\t@map(a);\\\n\ty\n", "mapped",
		  "#define X(a)\\\n\tmapped(a);\\\n\ty\n" },
		{ "#define X(a)\t\t\\\n\t@map(a,\t\t\\\n\t    b);\t\t\\\n\ty\n", "mapped",
		  "#define X(a)\t\t\\\n\tmapped(a,\t\\\n\t       b);\t\\\n\ty\n" },
		/* No line is broken. */
		{ "#define X(a)\\\n\t@f(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "
		  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb); \\\n\ty\n",
		  "ggggg",
		  "#define X(a)\\\n\tggggg(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "
		  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb); \\\n\ty\n" },
	};

	ROWS(rows);
}
END_TEST

/* Sixty columns. */
#define SIXTY "sixty_columns_of_an_argument_that_has_a_rather_long_name_xxx"

START_TEST(a_line_that_gets_too_long_is_broken)
{
	static const struct row rows[] = {
		/* To columns 99 and 100, as it is; to 101, broken. */
		{ "\t@map(" SIXTY ", and_an_argument_mor);\n", "map_abc",
		  "\tmap_abc(" SIXTY ", and_an_argument_mor);\n" },
		{ "\t@map(" SIXTY ", and_an_argument_more);\n", "map_abc",
		  "\tmap_abc(" SIXTY ", and_an_argument_more);\n" },
		{ "\t@map(" SIXTY ", and_an_argument_more_);\n", "map_abc",
		  "\tmap_abc(" SIXTY ",\n\t\tand_an_argument_more_);\n" },
		/* It was too long before. */
		{ "\t@map(" SIXTY ", and_an_argument_more_than_that);\n", "map_abc",
		  "\tmap_abc(" SIXTY ", and_an_argument_more_than_that);\n" },
		/* In its first line, or in a later one; existing lines are not joined. */
		{ "\t@map(" SIXTY ", and_an_argument_more_x,\n\t    c,\n\t    d);\n", "map_abc",
		  "\tmap_abc(" SIXTY ",\n\t\tand_an_argument_more_x,\n\t\tc,\n\t\td);\n" },
		{ "\t@map(a,\n\t    " SIXTY ", an_argument_more_x, d);\n", "map_abcd",
		  "\tmap_abcd(a,\n\t\t " SIXTY ", an_argument_more_x,\n\t\t d);\n" },
		{ "\t@map(\n\t\t$f(a), " SIXTY ", an_arg, d);\n", "map_abcdefghijk",
		  "\tmap_abcdefghijk(\n\t\tmap_abcdefghijk, " SIXTY ",\n\t\tan_arg, d);\n" },
		/* Behind an argument of the innermost parenthesis that serves. */
		{ "\tx = g(aaaa, @map(b, " SIXTY ", cc, dd));\n", "map_unlocked",
		  "\tx = g(aaaa, map_unlocked(b, " SIXTY ",\n\t\t\t\t cc, dd));\n" },
		/* What moves to the next line takes what is aligned to it along. */
		{ "\tx = @map(" SIXTY ", ggggggg(hhhhhhh,\n"
		  "\t\t\t\t\t\t\t\t\t\t      ii),\n\t\tjj);\n",
		  "map_unlocked",
		  "\tx = map_unlocked(" SIXTY ",\n\t\t\t ggggggg(hhhhhhh,\n"
		  "\t\t\t\t ii),\n\t\t\t jj);\n" },
		/* Where no argument ends. */
		{ "\tif (" SIXTY "_a && @map(abcdefghi))\n", "map_unlocked",
		  "\tif (" SIXTY "_a &&\n\t    map_unlocked(abcdefghi))\n" },
		{ "\treturn " SIXTY "_a || @map(abcdefghi);\n", "map_unlocked",
		  "\treturn " SIXTY "_a ||\n\t\tmap_unlocked(abcdefghi);\n" },
		{ "\t" SIXTY " = @map(abcdefghi_abcdef);\n", "map_unlocked",
		  "\t" SIXTY " =\n\t\tmap_unlocked(abcdefghi_abcdef);\n" },
		{ "\treturn x ||\n\t       " SIXTY "_a || @map(abcdefghi);\n", "map_unlocked",
		  "\treturn x ||\n\t       " SIXTY "_a ||\n\t       map_unlocked(abcdefghi);\n" },
		/* A brace closes what was left open in it. */
		{ "\tif (x) {\n\t\ty(;\n\t}\n\t" SIXTY " = @map(abcdefghi_abcdef);\n",
		  "map_unlocked",
		  "\tif (x) {\n\t\ty(;\n\t}\n\t" SIXTY
		  " =\n\t\tmap_unlocked(abcdefghi_abcdef);\n" },
		/* Where nothing serves. */
		{ "\treturn @map(" SIXTY "_abcdefghi_abcde);\n", "map_unlocked",
		  "\treturn map_unlocked(" SIXTY "_abcdefghi_abcde);\n" },
		/* The new line ends as the line did. */
		{ "\t@map(" SIXTY ", and_an_argument_more_);\r\n", "map_abc",
		  "\tmap_abc(" SIXTY ",\r\n\t\tand_an_argument_more_);\r\n" },
		{ "x;\r\n\t@map(" SIXTY ", and_an_argument_more_);", "map_abc",
		  "x;\r\n\tmap_abc(" SIXTY ",\r\n\t\tand_an_argument_more_);" },
		{ "\t$map();\n", "g(" SIXTY ", h(" SIXTY "_and_more, " SIXTY "), a)",
		  "\tg(" SIXTY ",\n\t  h(" SIXTY "_and_more,\n\t    " SIXTY "), a);\n" },
		/* More than once. */
		{ "\t$map();\n", "g(" SIXTY ", " SIXTY ", " SIXTY ")",
		  "\tg(" SIXTY ",\n\t  " SIXTY ",\n\t  " SIXTY ");\n" },
	};

	ROWS(rows);
}
END_TEST

START_TEST(a_call_is_replaced)
{
	static const struct row rows[] = {
		{ "\tx = $get(a);\n", "a->b", "\tx = a->b;\n" },
		{ "\tx = $get(a,\n\t\tb(c,\n\t\t  d)) ; /* e */\n", "a->b",
		  "\tx = a->b ; /* e */\n" },
		{ "\t$get(a, \")\",\n\t    b), g(c,\n\t\t  d);\n", "x(y)",
		  "\tx(y), g(c,\n\t\td);\n" },
		{ "$get(a\n) + 1", "b", "b + 1" },
		{ "\t@f($get(a), $get(b),\n\t  c);\n", "e", "\te(e, e,\n\t  c);\n" },
		/* Of a call that becomes a shorter one, what stays is not touched. */
		{ "\t$lock /* a */ ( /* b */ x -> y, NULL ) ;\n", "asserted(x->y)",
		  "\tasserted /* a */ ( /* b */ x -> y ) ;\n" },
		{ "\t$lock(x(a,\n\t       b), /* c */\n\t     NULL);\n", "asserted(x(a, b))",
		  "line 1: `lock` has a comment that would be lost" },
		{ "\t$lock(x(a,\n\t       b),\n\t     c, d); /* e */\n", "asserted(x(a, b))",
		  "\tasserted(x(a,\n\t\t   b)); /* e */\n" },
		{ "\t$lock(x, y /* a */);\n", "asserted(x, z)",
		  "line 1: `lock` has a comment that would be lost" },
		{ "\t$lock(x, y);\n", "asserted(x, z)", "\tasserted(x, z);\n" },
		{ "\t$lock(x);\n", "asserted(x)", "\tasserted(x);\n" },
		{ "\t$lock(x, y);\n", "g(1) + asserted(x)", "\tg(1) + asserted(x);\n" },
	};

	ROWS(rows);
}
END_TEST

/* A function around statements. */
#define IN(body) "void f(void)\n{\n" body "}\n"

START_TEST(a_statement_is_removed)
{
	static const struct row rows[] = {
		{ IN("\ta();\n\t~lock(x);\n\tb();\n"), "", IN("\ta();\n\tb();\n") },
		{ IN("\ta();\n\t~lock(x(y),\n\t     z) ;\n\tb();\n"), "", IN("\ta();\n\tb();\n") },
		{ IN("\tif (a) {\n\t\tb();\n\t\t~lock(x);\n\t}\n"), "",
		  IN("\tif (a) {\n\t\tb();\n\t}\n") },
		{ IN("\tif (a)\n\t\tb();\n\telse\n\t\tc();\n\t~lock(x);\n"), "",
		  IN("\tif (a)\n\t\tb();\n\telse\n\t\tc();\n") },
		{ IN("\tfor (;;) {\n\t\t~lock(x);\n\t\tb();\n\t}\n"), "",
		  IN("\tfor (;;) {\n\t\tb();\n\t}\n") },
		{ IN("\t~lock(x);\n"), "", IN("") },
		/* Its lines do not count when the next is broken. */
		{ IN("\t~lock(" SIXTY ", " SIXTY ");\n\t@map(" SIXTY ", and_an_argument_more_);\n"),
		  "map_abc", IN("\tmap_abc(" SIXTY ",\n\t\tand_an_argument_more_);\n") },
		/* Comments: only one that follows on its line goes. */
		{ IN("\t/* a */\n\t~lock(x); /* b\n\t\t     * c */ // d\n\t/* e */\n\tb();\n"), "",
		  IN("\t/* a */\n\t/* e */\n\tb();\n") },
		{ IN("\t/* a */ ~lock(x); /* b */\n\tb();\n"), "",
		  IN("\t/* a */ /* b */\n\tb();\n") },
		{ IN("\ta(); ~lock(x); /* b */\n"), "", IN("\ta(); /* b */\n") },
		/* Other code on its lines stays. */
		{ IN("\ta(); ~lock(x); b();\n"), "", IN("\ta(); b();\n") },
		{ IN("\t~lock(x); b();\n"), "", IN("\tb();\n") },
		/* A variable that is still used, and one that is no variable of the function. */
		{ IN("\tstruct x *r = a->r, *s;\n\n\t~lock(r);\n\tb(r);\n"), "",
		  IN("\tstruct x *r = a->r, *s;\n\n\tb(r);\n") },
		{ IN("\tstruct x *r;\n\n\t~lock(a->r);\n\tb();\n"), "",
		  IN("\tstruct x *r;\n\n\tb();\n") },
		{ IN("\tstruct x *r = a->r;\n\n\t~lock(r);\n\tb();\n"), "",
		  "line 5: `lock` cannot be removed: `r` would be left without a use" },
		{ IN("\tstruct x *q, r;\n\n\t~lock(&r);\n\t~lock(&r);\n\tb(q, x->r);\n"), "",
		  "line 5: `lock` cannot be removed: `r` would be left without a use" },
		/* Several on one line. */
		{ IN("\ta();\n\t~lock(x); ~lock(y) ;  ~lock(z); // c\n\tb();\n"), "",
		  IN("\ta();\n\tb();\n") },
		{ IN("\t~lock(x); ~lock(y); b();\n"), "", IN("\tb();\n") },
		{ IN("\ta(); ~lock(x); ~lock(y); /* b */\n"), "", IN("\ta(); /* b */\n") },
		{ IN("\ta(); ~lock(x); b(); ~lock(y); c();\n"), "", IN("\ta(); b(); c();\n") },
		{ IN("\t~lock(x); /* a */ ~lock(y);\n\tb();\n"), "", IN("\t/* a */\n\tb();\n") },
		{ IN("\t~lock(x);\n\t~lock(y); ~lock(z);\n\tb();\n"), "", IN("\tb();\n") },
		{ IN("\ta(); ~lock(x,\n\t\t  y);\n\tb();\n"), "", IN("\ta();\n\tb();\n") },
		{ IN("\t~lock(x,\n\t     y); b(c,\n\t\t   d);\n"), "", IN("\tb(c,\n\t  d);\n") },
		{ IN("\tif (a) { ~lock(x); b(c,\n\t\t\t    d); }\n"), "",
		  IN("\tif (a) { b(c,\n\t\t   d); }\n") },
		/* Labels that keep a statement. */
		{ IN("out:\n\t~lock(x);\n\treturn a;\n"), "", IN("out:\n\treturn a;\n") },
		{ IN("out: ~lock(x);\n\ta->b = c;\n"), "", IN("out:\n\ta->b = c;\n") },
		{ IN("\tswitch (a) {\n\tcase B ? 1 : (2):\n\t\t~lock(x);\n\t\tbreak;\n\tdefault:\n"
		     "\t\t~lock(x);\n\t\tb();\n\t}\n"),
		  "",
		  IN("\tswitch (a) {\n\tcase B ? 1 : "
		     "(2):\n\t\tbreak;\n\tdefault:\n\t\tb();\n\t}\n") },
		/* Preprocessor lines around it. */
		{ IN("#ifdef A\n\t~lock(x);\n#else\n\ta();\n#endif\n\tb();\n"), "",
		  IN("#ifdef A\n#else\n\ta();\n#endif\n\tb();\n") },
		{ IN("#ifdef A\n\tif (a) {\n#else\n\tif (b) "
		     "{\n#endif\n\t\tb();\n\t}\n\t~lock(x);\n"),
		  "", IN("#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t\tb();\n\t}\n") },
		{ IN("#if A\n\ta();\n#elif B\n\tb();\n#else\n\tc();\n#endif\n\t~lock(x);\n"), "",
		  IN("#if A\n\ta();\n#elif B\n\tb();\n#else\n\tc();\n#endif\n") },
		/* Odd code elsewhere. */
		{ ")}]\n" IN("\ta();\n\t~lock(x);\n"), "", ")}]\n" IN("\ta();\n") },
		{ "X(((\nvoid f(void)\n{\n\ta();\n\t~lock(x);\n}\n", "",
		  "X(((\nvoid f(void)\n{\n\ta();\n}\n" },
	};

	ROWS(rows);
}
END_TEST

START_TEST(blank_lines_do_not_pile_up)
{
	static const struct row rows[] = {
		{ IN("\ta();\n\n\t~lock(x);\n\n\tb();\n"), "", IN("\ta();\n\n\tb();\n") },
		{ IN("\ta();\n\n\t~lock(x);\n\tb();\n"), "", IN("\ta();\n\n\tb();\n") },
		{ IN("\ta();\n\t~lock(x);\n\n\tb();\n"), "", IN("\ta();\n\n\tb();\n") },
		{ IN("\ta();\n\n\n\t~lock(x);\n\n\tb();\n"), "", IN("\ta();\n\n\n\tb();\n") },
		{ IN("\t~lock(x);\n\n\tb();\n"), "", IN("\tb();\n") },
		{ IN("\n\t~lock(x);\n\n\tb();\n"), "", IN("\n\tb();\n") },
		{ IN("\n\t~lock(x);\n\tb();\n"), "", IN("\n\tb();\n") },
		{ IN("\tb();\n\n\t~lock(x);\n"), "", IN("\tb();\n") },
		{ IN("\tb();\n\t~lock(x);\n\n"), "", IN("\tb();\n\n") },
		/* Several that go. */
		{ IN("\ta();\n\n\t~lock(x);\n\t~lock(y);\n\n\tb();\n"), "",
		  IN("\ta();\n\n\tb();\n") },
		{ IN("\ta();\n\n\t~lock(x);\n\n\t~lock(y);\n\n\tb();\n"), "",
		  IN("\ta();\n\n\tb();\n") },
		{ IN("\t~lock(x);\n\n\t~lock(y);\n\n\tb();\n"), "", IN("\tb();\n") },
		{ IN("\ta();\n\n\t~lock(x);\n\n\t~lock(y);\n"), "", IN("\ta();\n") },
	};

	ROWS(rows);
}
END_TEST

#define REMOVE "line 3: `lock` cannot be removed: "

START_TEST(what_is_not_certain_is_refused)
{
	static const struct row rows[] = {
		{ "\t@map + 1;\n", "m", "line 1: `map` is not called there" },
		{ "x;\n\t/* @map(a) */;\n", "m", "line 2: `map` is not there as code" },
		{ "\t\"@map(a)\";\n", "m", "line 1: `map` is not there as code" },
		{ "\tx@map(a);\n", "m", "line 1: `map` is not there as code" },
		{ "\t\xc3\xa4@map(a);\n", "m", "line 1: `map` is not there as code" },
		{ "\t@map(a;\n}\n", "m",
		  "line 1: `map` is called, but the call's parenthesis is not closed" },
		{ "\t@map(a;\n\t    b);\n", "m",
		  "line 1: `map` is called, but the call's parenthesis is not closed" },
		{ "\t@map(a];\n", "m",
		  "line 1: `map` is called, but the call's parenthesis is not closed" },
		{ "\t@map(a", "m",
		  "line 1: `map` is called, but the call's parenthesis is not closed" },
		{ "#define X @map(a\n\t);\n", "m",
		  "line 1: `map` is called, but the call's parenthesis is not closed" },
		{ "#define @map(a) b\n", "m", "line 1: `map` is in a preprocessor line" },
		{ "#if @map(a)\n#endif\n", "m", "line 1: `map` is in a preprocessor line" },
		{ "\t@map\n#ifdef X\n\t(a);\n#endif\n", "m", "line 1: `map` is not called there" },
		{ "\t@map(a);\n", "m n", "line 1: `map` cannot be replaced by that text" },
		{ "\t@map(a);\n", "1m", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a);\n", "m(", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a);\n", "m)]", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a);\n", "a\n", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a);\n", "a // b", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a);\n", "\"a\\\"", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a);\n", "\"a", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a);\n", "", "line 1: `map` cannot be replaced by that text" },
		{ "\tb /$map(a);\n", "*a", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a)b;\n", "a", "line 1: `map` cannot be replaced by that text" },
		{ "\t$map(a,\n#if X\n\tb,\n#endif\n\tc);\n", "m",
		  "line 1: `map` has preprocessor lines among its arguments" },
		{ "#define X $map(a,\\\n\tb)\n", "m",
		  "line 1: `map` is in a macro: only its name can be replaced" },
		{ "#define X ~map(a);\n", "",
		  "line 1: `map` is in a macro: only its name can be replaced" },
		/* Edits in edits. */
		{ "\t$map(@get(a));\n", "m", "line 1: `get` is in what another edit changes" },
		{ IN("\t~lock(\n\t\t@get(a));\n"), "m",
		  "line 4: `get` is in what another edit changes" },
		/* No statement of its own. */
		{ IN("\tif (~lock(x))\n\t\ta();\n"), "", REMOVE "no semicolon follows the call" },
		{ IN("\ta = ~lock(x);\n"), "", REMOVE "it is part of a larger statement" },
		{ IN("\t~lock(x) + 1;\n"), "", REMOVE "no semicolon follows the call" },
		{ IN("\t~lock(x), a();\n"), "", REMOVE "no semicolon follows the call" },
		{ IN("\ta ? b : ~lock(x);\n"), "", REMOVE "it is part of a larger statement" },
		{ IN("\treturn ~lock(x);\n"), "", REMOVE "it is part of a larger statement" },
		{ "\n\n~lock(x);\n", "",
		  REMOVE "it is not clear that it is a statement of a function" },
		{ IN("\ta = ({ ~lock(x); });\n"), "",
		  REMOVE "it is not clear that it is a statement of a function" },
		{ IN("\t~lock(x)\n#if A\n\t;\n#endif\n"), "",
		  REMOVE "no semicolon follows the call" },
		{ "void f(void)\n{\n\t~lock(x);\n", "", REMOVE "the block around it has no end" },
		/* A body without braces, which spans what it may. */
		{ IN("\tif (x) ~lock(x);\n"), "", REMOVE "what is before it may need a statement" },
		{ IN("\tif (x) a(); else ~lock(x);\n"), "",
		  REMOVE "what is before it may need a statement" },
		{ IN("\tdo ~lock(x); while (a);\n"), "",
		  REMOVE "what is before it may need a statement" },
		{ IN("\tfor_each(x) /* a; */ ~lock(x);\n"), "",
		  REMOVE "what is before it may need a statement" },
		{ "f(){\n#if X\n\tif (a)\n#endif\n\t\t~lock(x);\n}\n", "",
		  "line 5: `lock` cannot be removed: what is before it may need a statement" },
		{ "f(){\n#if X\n\tif (a)\n#else\n\tb();\n#endif\n\t\t~lock(x);\n}\n", "",
		  "line 7: `lock` cannot be removed: what is before it may need a statement" },
		/* All that a block has. */
		{ IN("\tif (x) { ~lock(x); }\n"), "", REMOVE "the block would be empty" },
		{ IN("\tif (x) { ~lock(x); ~lock(y); /* a */ }\n"), "",
		  REMOVE "the block would be empty" },
		{ "f()\n{ for (;;) { /* a */\n~lock(x);\n#if A\n#endif\n} }\n", "",
		  REMOVE "the block would be empty" },
		/* A label needs a statement. */
		{ IN("out: ~lock(x);\n"), "", REMOVE "the label before it needs a statement" },
		{ IN("out: ~lock(x); ~lock(y);\n"), "",
		  REMOVE "the label before it needs a statement" },
		{ IN("a: ~lock(x); int b;\n"), "", REMOVE "the label before it needs a statement" },
		{ IN("#if A\na:\n#elif B\nb:\n#endif\n~lock(x);\n"), "",
		  "line 8: `lock` cannot be removed: the label before it needs a statement" },
		{ IN("a: ~lock(x);\n#if A\n\tb();\n#endif\n"), "",
		  REMOVE "the label before it needs a statement" },
		{ IN("switch (a) { default: ~lock(x); }\n"), "",
		  REMOVE "the label before it needs a statement" },
		/* The branches of a conditional leave different braces open. */
		{ "f()\n{\n#if A\n\tif (x) {\n#endif\n\t~lock(x);\n\tb();\n}\n", "",
		  "line 6: `lock` cannot be removed: it is not clear that it is a statement of a "
		  "function" },
	};

	ROWS(rows);
}
END_TEST

START_TEST(places_that_are_not_there_are_refused)
{
	static const struct edit edits[] = {
		{ EDIT_NAME, 3, 0, "f", "g" },   { EDIT_NAME, 1, 4, "f", "g" },
		{ EDIT_NAME, 0, 0, "f", "g" },   { EDIT_NAME, 2, 0, "f", "g" },
		{ EDIT_NAME, 1, 0, "ff", "g" },  { EDIT_NAME, 1, 0, "", "g" },
		{ EDIT_NAME, 1, 1, "(", "g" },   { EDIT_NAME, ~0u, ~0u, "f", "g" },
		{ EDIT_NAME, 1, 1000, "f", "g" }
	};
	struct error err;
	size_t length;

	for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
		char *wanted = xasprintf("line %u: `%s` is not there as code", edits[i].line,
					 edits[i].name);

		ck_assert_ptr_null(edits_apply("f();\n", 5, &edits[i], 1, &length, &err));
		ck_assert_str_eq(err.text, wanted);
		free(wanted);
	}
}
END_TEST

START_TEST(an_edit_counts_once)
{
	static const struct edit edits[] = { { EDIT_NAME, 1, 0, "f", "g" },
					     { EDIT_NAME, 1, 0, "f", "g" },
					     { EDIT_NAME, 1, 0, "f", "h" } };
	struct error err;
	size_t length;
	char *text = edits_apply("f();", 4, edits, 2, &length, &err);

	ck_assert_str_eq(text, "g();");
	free(text);
	ck_assert_ptr_null(edits_apply("f();", 4, edits, 3, &length, &err));
	ck_assert_str_eq(err.text, "line 1: `f` is in what another edit changes");
	text = edits_apply("f( \r", 4, edits, 0, &length, &err);
	ck_assert_str_eq(text, "f( \r");
	free(text);
}
END_TEST

/* `count` times the text. */
static char *repeat(const char *text, size_t count, size_t *length)
{
	size_t size = strlen(text);
	char *result = xcalloc(count * size + 1, 1);

	for (size_t i = 0; i < count; i++)
		memcpy(result + i * size, text, size);
	*length = count * size;
	return result;
}

START_TEST(deep_nesting_is_refused)
{
	static const struct row rows[] = {
		{ "f(", NULL, "line 1: `f` is called, but the call's parenthesis is not closed" },
		{ "f();(((\n", NULL, "line 334: brackets are nested too deeply" },
		{ "f();\n#if A\n", NULL, "line 2002: conditionals are nested too deeply" },
	};
	static const struct edit edit = { EDIT_NAME, 1, 0, "f", "g" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error err;
		size_t length;
		char *text = repeat(rows[i].text, 5000, &length);

		ck_assert_ptr_null(edits_apply(text, length, &edit, 1, &length, &err));
		ck_assert_str_eq(err.text, rows[i].expected);
		free(text);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_name_is_replaced,
				       lines_follow_their_parenthesis,
				       comments_move_with_the_arguments,
				       ends_of_lines_stay,
				       bytes_of_any_value_stay,
				       preprocessor_lines_stay,
				       macros_keep_their_shape,
				       a_line_that_gets_too_long_is_broken,
				       a_call_is_replaced,
				       a_statement_is_removed,
				       blank_lines_do_not_pile_up,
				       what_is_not_certain_is_refused,
				       places_that_are_not_there_are_refused,
				       an_edit_counts_once,
				       deep_nesting_is_refused };

	return unit_run("edits", tests, sizeof(tests) / sizeof(*tests));
}
