// SPDX-License-Identifier: GPL-2.0-only
#include "convention/convention.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char table[] = "clause\tapi\tsince\tuntil\tvariant\n"
			    "importer-1\tdma_buf_vmap\t6.2\t-\tdma_buf_vmap_unlocked\n"
			    "importer-1\tdma_buf_pin\t6.2\t-\t-\n"
			    "exporter-1\tdma_buf_ops.mmap\t6.6\t-\t-\n"
			    "exporter-2\tdma_buf_ops.mmap\t6.2\t6.6\t-\n";

/* As the kernel has it, with the clauses in another order, a new function and the known typo. */
static const char document[] =
	"/**\n * DOC: locking convention\n *\n * Some words.\n *\n"
	" * Convention for importers\n *\n"
	" * 1. Importers must not hold the dma-buf reservation lock when calling these\n"
	" *    functions:\n *\n *     - dma_buf_export(\n *     - dma_buf_frob_unlocked()\n *\n"
	" * 2. Importers must hold the dma-buf reservation lock when calling these\n"
	" *    functions:\n *\n *     - dma_buf_pin()\n *     - dma_buf_vmap()\n *     - "
	"dma_buf_frob()\n *\n"
	" * Convention for exporters\n *\n"
	" * 1. These &dma_buf_ops callbacks are invoked with unlocked dma-buf\n"
	" *    reservation and exporter can take the lock:\n *\n *     - &dma_buf_ops.mmap()\n *\n"
	" * 2. These &dma_buf_ops callbacks are invoked with locked dma-buf\n"
	" *    reservation and exporter can't take the lock:\n *\n *     - &dma_buf_ops.pin()\n *\n"
	" * 3. Exporters must hold the dma-buf reservation lock when calling these\n"
	" *    functions:\n *\n *     - dma_buf_move_notify()\n */\n"
	"/** - dma_buf_not_of_it() */\n";

/*
 * Loads the convention for a kernel tree of this version (NULL: no kernel tree) of which dma-buf.c
 * is `source` (NULL: there is none), and gives it as text.
 */
static char *load(const char *version, const char *source, const char *kernel,
		  struct convention *convention, struct error *err)
{
	char *dir = scratch_make(), *text = NULL;
	struct tree tree = { dir, version != NULL, (char *)version };

	scratch_write(dir, CONVENTION_TABLE, table);
	if (source)
		scratch_write(dir, CONVENTION_SOURCE, source);
	if (!convention_load(dir, &tree, kernel, convention, err))
		text = convention_text(convention);
	scratch_remove(dir);
	return text;
}

static void assert_loaded(const char *version, const char *source, const char *kernel,
			  const char *warning, const char *expected)
{
	struct convention convention;
	struct error err;
	char *text = load(version, source, kernel, &convention, &err);

	ck_assert_str_eq(text, expected);
	if (warning)
		ck_assert_msg(convention.warning && strstr(convention.warning, warning), "%s",
			      convention.warning);
	else
		ck_assert_ptr_null(convention.warning);
	free(text);
	convention_free(&convention);
}

static const char newest[] = "importer-1 dma_buf_vmap dma_buf_vmap_unlocked\n"
			     "importer-1 dma_buf_pin -\n"
			     "exporter-1 dma_buf_ops.mmap -\n";
static const char oldest[] = "importer-1 dma_buf_vmap dma_buf_vmap_unlocked\n"
			     "importer-1 dma_buf_pin -\n"
			     "exporter-2 dma_buf_ops.mmap -\n";

START_TEST(the_table_is_by_version)
{
	assert_loaded(NULL, NULL, NULL, NULL, newest);
	assert_loaded(NULL, NULL, "6.5", NULL, oldest);
	assert_loaded(NULL, NULL, "6.6", NULL, newest);
	assert_loaded("6.12.1", document, "6.5", NULL, oldest);
	assert_loaded(NULL, document, NULL, NULL, newest);
}
END_TEST

START_TEST(before_the_convention_the_first_one_serves)
{
	assert_loaded(NULL, NULL, "6.1", "no locking convention was in force in 6.1", oldest);
}
END_TEST

START_TEST(the_trees_own_text_is_read)
{
	assert_loaded("6.12.1", document, NULL, NULL,
		      "importer-2 dma_buf_export -\n"
		      "importer-2 dma_buf_frob_unlocked -\n"
		      "importer-1 dma_buf_pin -\n"
		      "importer-1 dma_buf_vmap dma_buf_vmap_unlocked\n"
		      "importer-1 dma_buf_frob dma_buf_frob_unlocked\n"
		      "exporter-1 dma_buf_ops.mmap -\n"
		      "exporter-2 dma_buf_ops.pin -\n"
		      "exporter-3 dma_buf_move_notify -\n");
}
END_TEST

START_TEST(a_tree_without_its_text_gets_the_table_of_its_version)
{
	static const char without[] = "/* no such comment */\n";
	static const char bad[] = "/**\n * DOC: locking convention\n *\n * Be nice.\n */\n";

	assert_loaded("6.5.0", without, NULL, "has no 'DOC: locking convention'", oldest);
	assert_loaded("6.5.0", without, NULL, "using the built-in table for 6.5 ", oldest);
	assert_loaded("6.5.0", bad, NULL, "dma-buf.c:2: cannot make out the lists", oldest);
	assert_loaded("6.5.0", NULL, NULL, "cannot read /", oldest);
	assert_loaded("6.12.1", bad, NULL, "using the built-in table for 6.12 ", newest);
}
END_TEST

START_TEST(a_tree_from_before_the_convention_gets_the_newest)
{
	assert_loaded("6.1.9", "", NULL, "using the built-in table for 6.6 and later ", newest);
}
END_TEST

START_TEST(text_and_table_are_compared)
{
	struct convention convention;
	struct error err;

	free(load("6.2.0", document, NULL, &convention, &err));
	ck_assert(convention.from_tree);
	ck_assert_str_eq(convention.version, "6.2.0");
	ck_assert_str_eq(
		convention.comparison, CONVENTION_SOURCE
		":11: dma_buf_export is in importer-2, and not in the built-in table for "
		"6.2\n" CONVENTION_SOURCE ":12: dma_buf_frob_unlocked is in importer-2, and not in "
		"the built-in table for 6.2\n" CONVENTION_SOURCE
		":19: dma_buf_frob is in importer-1, and not in the built-in table for "
		"6.2\n" CONVENTION_SOURCE ":26: dma_buf_ops.mmap is in exporter-1, in the built-in "
		"table for 6.2 in exporter-2\n" CONVENTION_SOURCE
		":31: dma_buf_ops.pin is in exporter-2, and not in the built-in table for "
		"6.2\n" CONVENTION_SOURCE ":36: dma_buf_move_notify is in exporter-3, and not in "
		"the built-in table for 6.2\n");
	convention_free(&convention);
	free(load("6.6.3", document, NULL, &convention, &err));
	ck_assert_ptr_null(strstr(convention.comparison, "mmap"));
	convention_free(&convention);
}
END_TEST

/* The document with one piece of text in place of another. */
static char *edited(const char *from, const char *to)
{
	const char *place = strstr(document, from);

	ck_assert_ptr_nonnull(place);
	return xasprintf("%.*s%s%s", (int)(place - document), document, to, place + strlen(from));
}

START_TEST(what_the_text_does_not_list_is_told)
{
	char *source = edited(" *     - dma_buf_vmap()\n", "");
	struct convention convention;
	struct error err;

	free(load("6.12.1", source, NULL, &convention, &err));
	ck_assert_ptr_nonnull(
		strstr(convention.comparison, CONVENTION_SOURCE
		       ": does not list dma_buf_vmap, in the built-in table for 6.12 in "
		       "importer-1\n"));
	convention_free(&convention);
	free(source);
}
END_TEST

START_TEST(items_that_are_left_out_are_told)
{
	char *source = edited("- dma_buf_pin()", "- the usual ones\n * - dma_buf_pin()");

	assert_loaded("6.12.1", source, NULL,
		      CONVENTION_SOURCE ":17: cannot make out this item of the locking convention: "
					"not checked (1 such)",
		      "importer-2 dma_buf_export -\n"
		      "importer-2 dma_buf_frob_unlocked -\n"
		      "importer-1 dma_buf_pin -\n"
		      "importer-1 dma_buf_vmap dma_buf_vmap_unlocked\n"
		      "importer-1 dma_buf_frob dma_buf_frob_unlocked\n"
		      "exporter-1 dma_buf_ops.mmap -\n"
		      "exporter-2 dma_buf_ops.pin -\n"
		      "exporter-3 dma_buf_move_notify -\n");
	free(source);
}
END_TEST

START_TEST(rows_say_where_they_come_from)
{
	struct convention convention;
	struct error err;

	free(load("6.12.1", document, NULL, &convention, &err));
	ck_assert_uint_eq(convention.rows[0].line, 11);
	convention_free(&convention);
	free(load(NULL, NULL, "6.5", &convention, &err));
	ck_assert_str_eq(convention.version, "6.5");
	ck_assert_uint_eq(convention.rows[2].line, 0);
	ck_assert_uint_eq(convention.rows[2].since.minor, 2);
	ck_assert_uint_eq(convention.rows[2].until.minor, 6);
	ck_assert_int_eq(version_compare(convention.rows[0].until, version_never), 0);
	convention_free(&convention);
}
END_TEST

START_TEST(a_bad_version_is_an_error)
{
	struct convention convention;
	struct error err;

	ck_assert_ptr_null(load(NULL, NULL, "six", &convention, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "--kernel"));
	convention_free(&convention);
}
END_TEST

START_TEST(a_bad_row_is_named)
{
	char *dir = scratch_make();
	struct convention convention;
	struct error err;

	scratch_write(dir, CONVENTION_TABLE, "clause\tapi\tsince\tuntil\tvariant\na\tb\tc\n");
	ck_assert_int_eq(convention_load(dir, NULL, NULL, &convention, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "convention.tsv:2:"));
	convention_free(&convention);
	scratch_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { the_table_is_by_version,
				       before_the_convention_the_first_one_serves,
				       the_trees_own_text_is_read,
				       a_tree_without_its_text_gets_the_table_of_its_version,
				       a_tree_from_before_the_convention_gets_the_newest,
				       text_and_table_are_compared,
				       what_the_text_does_not_list_is_told,
				       items_that_are_left_out_are_told,
				       rows_say_where_they_come_from,
				       a_bad_version_is_an_error,
				       a_bad_row_is_named };

	return unit_run("convention", tests, sizeof(tests) / sizeof(*tests));
}
