// SPDX-License-Identifier: GPL-2.0-only
#include "convention/tree.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char makefile[] =
	"# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\nEXTRAVERSION =\n";

START_TEST(a_kernel_tree_is_found_from_below)
{
	char *dir = scratch_make(), *file = path_join(dir, "drivers/x/a.c");
	char *paths[] = { file, dir };
	struct tree tree;
	struct error err;

	scratch_write(dir, "Makefile", makefile);
	scratch_write(dir, "Kconfig", "");
	scratch_write(dir, "drivers/x/a.c", "");
	scratch_write(dir, "drivers/x/Makefile", "obj-y += a.o\n");
	ck_assert_int_eq(tree_find(paths, 2, &tree, &err), 0);
	ck_assert_str_eq(tree.root, dir);
	ck_assert(tree.is_kernel);
	ck_assert_str_eq(tree.kernel_text, "6.12.3");
	tree_free(&tree);
	free(file);
	scratch_remove(dir);
}
END_TEST

START_TEST(elsewhere_the_path_is_the_root)
{
	char *dir = scratch_make(), *file = path_join(dir, "a.c"), *below = path_join(dir, "sub");
	char *both[] = { below, file };
	struct tree tree;
	struct error err;

	scratch_write(dir, "a.c", "");
	scratch_write(dir, "sub/b.c", "");
	ck_assert_int_eq(tree_find(both, 1, &tree, &err), 0);
	ck_assert_str_eq(tree.root, below);
	ck_assert(!tree.is_kernel);
	tree_free(&tree);
	ck_assert_int_eq(tree_find(both, 2, &tree, &err), 0);
	ck_assert_str_eq(tree.root, dir);
	tree_free(&tree);
	free(below);
	free(file);
	scratch_remove(dir);
}
END_TEST

START_TEST(two_trees_are_refused)
{
	char *dir = scratch_make(), *one = path_join(dir, "one"), *two = path_join(dir, "two");
	char *paths[] = { one, two };
	struct tree tree;
	struct error err;

	scratch_write(dir, "one/Makefile", makefile);
	scratch_write(dir, "one/Kbuild", "");
	scratch_write(dir, "two/Makefile", makefile);
	scratch_write(dir, "two/Kbuild", "");
	ck_assert_int_eq(tree_find(paths, 2, &tree, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "another tree"));
	tree_free(&tree);
	free(one);
	free(two);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_path_that_is_not_there_is_named)
{
	char path[] = "/nonexistent/x.c", *paths[] = { path };
	struct tree tree;
	struct error err;

	ck_assert_int_eq(tree_find(paths, 1, &tree, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "'/nonexistent/x.c': No such file"));
	tree_free(&tree);
}
END_TEST

START_TEST(versions_order_by_number)
{
	struct version old, new, other;

	ck_assert(version_parse("6.2", &old));
	ck_assert(version_parse("6.12.3-rc1", &new));
	ck_assert_int_lt(version_compare(old, new), 0);
	ck_assert_int_eq(version_compare(old, old), 0);
	ck_assert(!version_parse("6", &other));
	ck_assert(!version_parse("6.x", &other));
	ck_assert(!version_parse("6.2x", &other));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_kernel_tree_is_found_from_below,
				       elsewhere_the_path_is_the_root, two_trees_are_refused,
				       a_path_that_is_not_there_is_named,
				       versions_order_by_number };

	return unit_run("tree", tests, sizeof(tests) / sizeof(*tests));
}
