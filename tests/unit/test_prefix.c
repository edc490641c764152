// SPDX-License-Identifier: GPL-2.0-only
#include "series/prefix.h"
#include "unit.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>

/* The prefix of a driver with one or two files. */
static void assert_prefix(const char *root, const char *dir, const char *path, const char *other,
			  const char *expected)
{
	const char *const paths[] = { path, other };
	struct driver driver = { .dir = dir, .paths = paths, .path_count = other ? 2 : 1 };

	prefix_find(root, &driver, 1);
	ck_assert_str_eq(driver.prefix, expected);
	driver_free(&driver);
}

START_TEST(a_directory_suggests_a_prefix)
{
	static const struct {
		const char *dir;
		const char *path;
		const char *other;
		const char *prefix;
	} rows[] = {
		{ "drivers/gpu/drm/foo", "drivers/gpu/drm/foo/gem/x.c", NULL, "drm/foo" },
		{ "drivers/gpu/drm", "drivers/gpu/drm/drm_prime.c", NULL, "drm/prime" },
		{ "drivers/gpu/drm", "drivers/gpu/drm/a.c", "drivers/gpu/drm/b.c", "drm" },
		{ "drivers/gpu/foo1x", "drivers/gpu/foo1x/a.c", NULL, "gpu: foo1x" },
		{ "drivers/media/usb/foo", "drivers/media/usb/foo/a.c", NULL, "media: foo" },
		{ "drivers/staging/media/foo", "drivers/staging/media/foo/a.c", NULL,
		  "staging: media: foo" },
		{ "drivers/infiniband/hw/foo", "drivers/infiniband/hw/foo/a.c", NULL, "RDMA/foo" },
		{ "drivers/misc", "drivers/misc/foo.c", NULL, "misc: foo" },
		{ "drivers/xen", "drivers/xen/xen-foo.c", NULL, "xen/foo" },
		{ "sound/soc/foo", "sound/soc/foo/a.c", NULL, "ASoC: foo" },
		{ "net", "net/a.c", "net/b.c", "net" },
		{ "drivers/b d\xff", "drivers/b d\xff/x\n.c", NULL, "b_d_: x_" },
		{ "", "foo.c", NULL, "foo" },
		{ "", "foo.c", "bar.c", "my_driver" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_prefix("/nonexistent/my driver", rows[i].dir, rows[i].path, rows[i].other,
			      rows[i].prefix);
}
END_TEST

/* Puts a file into the index and commits, on top of HEAD if there is one. */
static void commit(git_repository *repository, const char *path, const char *subject)
{
	static int number;
	char *content = xasprintf("%d\n", number++);
	git_index_entry entry = { .mode = GIT_FILEMODE_BLOB, .path = path };
	git_signature *who = NULL;
	git_commit *parent = NULL;
	git_index *index = NULL;
	git_tree *tree = NULL;
	git_oid id;

	ck_assert_int_eq(git_repository_index(&index, repository), 0);
	ck_assert_int_eq(git_index_add_from_buffer(index, &entry, content, strlen(content)), 0);
	ck_assert_int_eq(git_index_write(index), 0);
	ck_assert_int_eq(git_index_write_tree(&id, index), 0);
	ck_assert_int_eq(git_tree_lookup(&tree, repository, &id), 0);
	ck_assert_int_eq(git_signature_new(&who, "A", "a@b", 1000000000 + number, 0), 0);
	if (!git_reference_name_to_id(&id, repository, "HEAD"))
		git_commit_lookup(&parent, repository, &id);
	ck_assert_int_eq(git_commit_create(&id, repository, "HEAD", who, who, NULL, subject, tree,
					   parent ? 1 : 0, (const git_commit **)&parent),
			 0);
	git_signature_free(who);
	git_commit_free(parent);
	git_tree_free(tree);
	git_index_free(index);
	free(content);
}

START_TEST(the_history_of_the_files_decides)
{
	static const char *const a[] = { "drivers/a/a.c" }, *const b[] = { "drivers/b/x.c" };
	static const char *const c[] = { "drivers/c.c" }, *const d[] = { "drivers/new.c" };
	struct driver drivers[] = {
		{ .dir = "drivers/a", .paths = a, .path_count = 1 },
		{ .dir = "drivers/b", .paths = b, .path_count = 1 },
		{ .dir = "drivers", .paths = c, .path_count = 1 },
		{ .dir = "drivers", .paths = d, .path_count = 1 },
	};
	char *dir = scratch_make();
	git_repository *repository = NULL;

	git_libgit2_init();
	ck_assert_int_eq(git_repository_init(&repository, dir, 0), 0);
	commit(repository, a[0], "imported: all of it");
	commit(repository, a[0], "sub: a: Add it");
	commit(repository, b[0], "drivers/b: add it");
	commit(repository, a[0], "treewide: do more: to all");
	commit(repository, a[0], "sub: a: Fix this: that");
	commit(repository, b[0], "Revert \"drivers/b: add it\"");
	commit(repository, b[0], "drivers/b: Try: again");
	commit(repository, b[0], "drivers/b: mend it");
	commit(repository, c[0], "no prefix at all");
	prefix_find(dir, drivers, 4);
	ck_assert_str_eq(drivers[0].prefix, "sub: a");
	ck_assert(drivers[0].capital);
	ck_assert_str_eq(drivers[1].prefix, "drivers/b");
	ck_assert(!drivers[1].capital);
	ck_assert_str_eq(drivers[2].prefix, "c");
	ck_assert_str_eq(drivers[3].prefix, "new");
	for (size_t i = 0; i < 4; i++)
		driver_free(&drivers[i]);
	git_repository_free(repository);
	git_libgit2_shutdown();
	scratch_remove(dir);
}
END_TEST

START_TEST(a_tree_may_be_a_part_of_a_repository)
{
	char *dir = scratch_make(), *part = path_join(dir, "part");
	git_repository *repository = NULL;

	git_libgit2_init();
	ck_assert_int_eq(git_repository_init(&repository, dir, 0), 0);
	scratch_write(dir, "part/a.c", "");
	commit(repository, "other.c", "first");
	commit(repository, "part/a.c", "mine: add it");
	commit(repository, "a.c", "theirs: add it");
	assert_prefix(part, "", "a.c", NULL, "mine");
	git_repository_free(repository);
	git_libgit2_shutdown();
	free(part);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_subject_with_control_characters_is_no_model)
{
	char *dir = scratch_make();
	git_repository *repository = NULL;

	git_libgit2_init();
	ck_assert_int_eq(git_repository_init(&repository, dir, 0), 0);
	commit(repository, "x.c", "first");
	commit(repository, "a.c", "e\x1b[2Jvil: add it");
	commit(repository, "a.c", "\xff: add it");
	commit(repository, "a.c", "a-prefix-that-is-longer-than-forty-letters: add it");
	assert_prefix(dir, "", "a.c", NULL, "a");
	git_repository_free(repository);
	git_libgit2_shutdown();
	scratch_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_directory_suggests_a_prefix,
				       the_history_of_the_files_decides,
				       a_tree_may_be_a_part_of_a_repository,
				       a_subject_with_control_characters_is_no_model };

	return unit_run("prefix", tests, sizeof(tests) / sizeof(*tests));
}
