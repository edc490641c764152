// SPDX-License-Identifier: GPL-2.0-only
#include "convention/document.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define BEGIN "/**\n * DOC: locking convention\n"
#define IMPORTERS                                         \
	" * Convention for importers\n"                   \
	" * 1. Importers must hold the lock:\n * - a()\n" \
	" * 2. Importers must not hold the lock:\n * - b()\n"
#define EXPORTERS                                                                 \
	" * Convention for exporters\n"                                           \
	" * 1. These are invoked with unlocked dma-buf:\n * - &dma_buf_ops.c()\n" \
	" * 2. These are invoked with locked dma-buf:\n * - &dma_buf_ops.d()\n"   \
	" * 3. Exporters must hold the lock:\n * - e()\n"
#define END " */\n"

/* Reads a text from a file. Returns the problem, as document_read() does. */
static char *read_text(const char *text, struct document *document)
{
	char *dir = scratch_make(), *path = path_join(dir, "a.c"), *problem;

	scratch_write(dir, "a.c", text);
	problem = document_read(path, document);
	free(path);
	scratch_remove(dir);
	return problem;
}

static void assert_problem(const char *text, const char *expected)
{
	struct document document;
	char *problem = read_text(text, &document);

	ck_assert_msg(problem && strstr(problem, expected), "%s", problem);
	free(problem);
	document_free(&document);
}

START_TEST(the_smallest_text_has_an_item_of_each_clause)
{
	static const struct item items[] = {
		{ "importer-1", "a", 5 },
		{ "importer-2", "b", 7 },
		{ "exporter-1", "dma_buf_ops.c", 10 },
		{ "exporter-2", "dma_buf_ops.d", 12 },
		{ "exporter-3", "e", 14 },
	};
	struct document document;

	ck_assert_ptr_null(read_text(BEGIN IMPORTERS EXPORTERS END "/* - f() */\n", &document));
	ck_assert_uint_eq(document.count, sizeof(items) / sizeof(*items));
	ck_assert_uint_eq(document.left_out, 0);
	for (size_t i = 0; i < document.count; i++) {
		ck_assert_str_eq(document.items[i].clause, items[i].clause);
		ck_assert_str_eq(document.items[i].api, items[i].api);
		ck_assert_uint_eq(document.items[i].line, items[i].line);
	}
	document_free(&document);
}
END_TEST

START_TEST(a_text_that_lacks_a_clause_is_not_understood)
{
	static const char bad[] = "a.c:2: cannot make out the lists";

	assert_problem(BEGIN END, bad);
	assert_problem(BEGIN IMPORTERS END, bad);
	assert_problem(BEGIN EXPORTERS END, bad);
	assert_problem(BEGIN IMPORTERS EXPORTERS, bad);
	assert_problem("int i;\n", "a.c: has no 'DOC: locking convention'");
}
END_TEST

START_TEST(a_text_without_end_is_not_understood)
{
	size_t length = 20000;
	char *filler = xcalloc(length + 1, 1), *text;

	memset(filler, '-', length);
	text = xasprintf(BEGIN IMPORTERS EXPORTERS "%s\n" END, filler);
	assert_problem(text, "cannot make out");
	free(text);
	free(filler);
}
END_TEST

/* How many items are left out of a text with one more. */
static size_t left_out(const char *before, const char *item)
{
	char *text = xasprintf(BEGIN "%s * - %s\n" IMPORTERS EXPORTERS END, before, item);
	struct document document;
	size_t count;

	ck_assert_ptr_null(read_text(text, &document));
	count = document.left_out;
	if (count)
		ck_assert_uint_eq(document.left_out_first, *before ? 5 : 3);
	document_free(&document);
	free(text);
	return count;
}

START_TEST(items_that_name_nothing_to_check_are_left_out)
{
	static const char importers[] = " * Convention for importers\n * 7. They must hold it:\n";
	static const char exporters[] = " * Convention for exporters\n * 7. invoked with locked:\n";
	static const char neither[] = " * Convention for importers\n * 7. They may hold it:\n";
	char longest[102];

	memset(longest, 'a', sizeof(longest));
	longest[101] = '\0';
	ck_assert_uint_eq(left_out(importers, longest), 1);
	ck_assert_uint_eq(left_out(importers, longest + 1), 0);
	ck_assert_uint_eq(left_out(importers, "f("), 0);
	ck_assert_uint_eq(left_out(importers, "f() and more"), 0);
	ck_assert_uint_eq(left_out(importers, "f and more"), 1);
	ck_assert_uint_eq(left_out(importers, "&dma_buf_ops.pin()"), 1);
	ck_assert_uint_eq(left_out(importers, "9f()"), 1);
	ck_assert_uint_eq(left_out(importers, "()"), 1);
	ck_assert_uint_eq(left_out(importers, ""), 1);
	ck_assert_uint_eq(left_out(exporters, "&dma_buf_ops.f()"), 0);
	ck_assert_uint_eq(left_out(exporters, "&dma_buf_ops.f.g()"), 1);
	ck_assert_uint_eq(left_out(exporters, "&dma_buf_ops.()"), 1);
	ck_assert_uint_eq(left_out(exporters, "&dma_buf_attach_ops.move_notify()"), 1);
	ck_assert_uint_eq(left_out(exporters, "pin()"), 1);
	ck_assert_uint_eq(left_out(neither, "f()"), 1);
	ck_assert_uint_eq(left_out("", "prose before the convention"), 0);
}
END_TEST

START_TEST(what_cannot_be_read_is_told)
{
	char *dir = scratch_make(), *path = path_join(dir, "a.c"), *problem;
	struct document document;

	scratch_fifo(dir, "a.c");
	problem = document_read(path, &document);
	ck_assert_ptr_nonnull(strstr(problem, "it is no regular file"));
	free(problem);
	document_free(&document);
	scratch_remove(dir);
	free(path);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_smallest_text_has_an_item_of_each_clause,
		a_text_that_lacks_a_clause_is_not_understood,
		a_text_without_end_is_not_understood,
		items_that_name_nothing_to_check_are_left_out,
		what_cannot_be_read_is_told,
	};

	return unit_run("document", tests, sizeof(tests) / sizeof(*tests));
}
