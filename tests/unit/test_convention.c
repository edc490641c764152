// SPDX-License-Identifier: GPL-2.0-only
#include "convention.h"
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

/* Loads the convention for a tree of which dma-buf.c is `source`, and gives it as text. */
static char *load(const char *source, const char *kernel, struct convention *convention,
		  struct error *err)
{
	char *dir = scratch_make(), *text = NULL;

	scratch_write(dir, CONVENTION_TABLE, table);
	if (source)
		scratch_write(dir, "drivers/dma-buf/dma-buf.c", source);
	if (!convention_load(dir, dir, kernel, convention, err))
		text = convention_text(convention);
	scratch_remove(dir);
	return text;
}

static void assert_loaded(const char *source, const char *kernel, bool from_tree,
			  const char *warning, const char *expected)
{
	struct convention convention;
	struct error err;
	char *text = load(source, kernel, &convention, &err);

	ck_assert_str_eq(text, expected);
	ck_assert_int_eq(convention.from_tree, from_tree);
	if (warning)
		ck_assert_ptr_nonnull(strstr(convention.warning, warning));
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
	assert_loaded(NULL, NULL, false, NULL, newest);
	assert_loaded(NULL, "6.5", false, NULL, oldest);
	assert_loaded(NULL, "6.6", false, NULL, newest);
	assert_loaded(document, "6.5", false, NULL, oldest);
}
END_TEST

START_TEST(before_the_convention_the_first_one_serves)
{
	assert_loaded(NULL, "6.1", false, "no locking convention was in force in 6.1", oldest);
}
END_TEST

START_TEST(the_trees_own_text_is_read)
{
	assert_loaded(document, NULL, true, NULL,
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

START_TEST(a_text_without_lists_falls_back)
{
	assert_loaded("/**\n * DOC: locking convention\n *\n * Be nice.\n */\n", NULL, false,
		      "using the built-in table", newest);
	assert_loaded("/* no such comment */\n", NULL, false, NULL, newest);
}
END_TEST

START_TEST(a_bad_version_is_an_error)
{
	struct convention convention;
	struct error err;

	ck_assert_ptr_null(load(NULL, "six", &convention, &err));
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
	const TTest *const tests[] = {
		the_table_is_by_version,    before_the_convention_the_first_one_serves,
		the_trees_own_text_is_read, a_text_without_lists_falls_back,
		a_bad_version_is_an_error,  a_bad_row_is_named
	};

	return unit_run("convention", tests, sizeof(tests) / sizeof(*tests));
}
