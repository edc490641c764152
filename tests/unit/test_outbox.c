// SPDX-License-Identifier: GPL-2.0-only
#include "series/outbox.h"
#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* How many entries a directory has. */
static size_t count_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static int write_two(const char *dir, struct error *err)
{
	char cover[] = "0000-cover-letter.patch", patch[] = "0001-a.patch";
	char text[] = "text\n", longer[] = "a longer text\n";
	const struct message messages[] = { { cover, text, 5 }, { patch, longer, 14 } };

	return outbox_write(dir, messages, 2, err);
}

static void assert_written(const char *dir)
{
	char *path = path_join(dir, "0001-a.patch"), *text = file_read(path, NULL);

	ck_assert_str_eq(text, "a longer text\n");
	ck_assert_uint_eq(count_entries(dir), 2);
	free(text);
	free(path);
}

START_TEST(directories_are_made)
{
	static const char *const names[] = { "a/b/c", "d/", "e//f", "." };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *dir = scratch_make(), *out = path_join(dir, names[i]);
		struct error err;

		ck_assert_msg(!write_two(out, &err), "%s", err.text);
		assert_written(out);
		free(out);
		scratch_remove(dir);
	}
}
END_TEST

START_TEST(relative_directories_are_made)
{
	char *dir = scratch_make();
	struct error err;

	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(write_two("a/b", &err), 0);
	assert_written("a/b");
	ck_assert_int_eq(chdir("/"), 0);
	scratch_remove(dir);
}
END_TEST

START_TEST(another_series_is_left_alone)
{
	char *dir = scratch_make(), *path = path_join(dir, "0017-other.patch"), *text;
	struct error err;

	scratch_write(dir, "0017-other.patch", "other\n");
	scratch_write(dir, "notes.patch", "no part of a series\n");
	ck_assert_int_eq(outbox_check(dir, &err), -1);
	ck_assert_int_eq(write_two(dir, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_uint_eq(count_entries(dir), 2);
	text = file_read(path, NULL);
	ck_assert_str_eq(text, "other\n");
	free(text);
	unlink(path);
	ck_assert_int_eq(outbox_check(dir, &err), 0);
	ck_assert_int_eq(write_two(dir, &err), 0);
	ck_assert_uint_eq(count_entries(dir), 3);
	free(path);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_file_is_no_directory)
{
	char *dir = scratch_make(), *path = path_join(dir, "file"), *below = path_join(path, "x");
	struct error err;

	scratch_write(dir, "file", "");
	ck_assert_int_eq(write_two(path, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_int_eq(write_two(below, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	ck_assert_int_eq(write_two("", &err), -1);
	ck_assert_uint_eq(count_entries(dir), 1);
	free(path);
	free(below);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_full_disk_leaves_nothing_behind)
{
	char *dir = scratch_make(), *out = path_join(dir, "a/b");
	struct rlimit full = { 10, RLIM_INFINITY }, before;
	struct error err;
	int result;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	full.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &full);
	result = write_two(out, &err);
	setrlimit(RLIMIT_FSIZE, &before);
	ck_assert_int_eq(result, -1);
	ck_assert_ptr_nonnull(strstr(err.text, "0001-a.patch"));
	ck_assert_uint_eq(count_entries(dir), 0);
	free(out);
	scratch_remove(dir);
}
END_TEST

START_TEST(what_was_renamed_is_removed_again)
{
	char *dir = scratch_make(), *taken = path_join(dir, "taken"), *content;
	char cover[] = "0000-cover-letter.patch", name[] = "taken", text[] = "new";
	const struct message messages[] = { { cover, text, 3 }, { name, text, 3 } };
	struct error err;

	scratch_write(dir, "taken", "old");
	ck_assert_int_eq(outbox_write(dir, messages, 2, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, taken));
	ck_assert_uint_eq(count_entries(dir), 1);
	content = file_read(taken, NULL);
	ck_assert_str_eq(content, "old");
	free(content);
	free(taken);
	scratch_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { directories_are_made,
				       relative_directories_are_made,
				       another_series_is_left_alone,
				       a_file_is_no_directory,
				       a_full_disk_leaves_nothing_behind,
				       what_was_renamed_is_removed_again };

	return unit_run("outbox", tests, sizeof(tests) / sizeof(*tests));
}
