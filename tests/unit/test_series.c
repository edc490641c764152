// SPDX-License-Identifier: GPL-2.0-only
#include "series/series.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct rule rule = {
	.id = (char[]){ "importer-locked" },
	.demand = (char[]){ "Importers must hold the lock when they call FUNCTIONS." },
	.found = (char[]){ "Here the lock is not held:" },
	.variant = (char[]){ "Call the _unlocked variants instead." },
};

static const struct change change = { .rule = &rule,
				      .function = "foo_map",
				      .operation = "dma_buf_vmap",
				      .replacement = "dma_buf_vmap_unlocked",
				      .reason = "no lock taken" };

static struct series_file file_of(const char *path, const char *before, const char *after)
{
	return (struct series_file){
		.input = { .path = path,
			   .before = before,
			   .before_length = strlen(before),
			   .after = after,
			   .after_length = strlen(after) },
		.changes = &change,
		.change_count = 1,
	};
}

/* The user, as git is told. */
static void be(const char *name, const char *mail)
{
	setenv("GIT_AUTHOR_NAME", name, 1);
	setenv("GIT_AUTHOR_EMAIL", mail, 1);
}

/* Makes git know nobody. */
static void forget_user(const char *home)
{
	unsetenv("GIT_AUTHOR_NAME");
	unsetenv("GIT_AUTHOR_EMAIL");
	setenv("HOME", home, 1);
	setenv("XDG_CONFIG_HOME", home, 1);
}

static int write_series(const char *root, const char *dir, const struct series_file *files,
			size_t count, char **note, struct error *err)
{
	const struct series_spec spec = {
		.root = root, .dir = dir, .now = 1000000000, .files = files, .count = count
	};
	struct series_result result;
	int status = series_write(&spec, &result, err);

	if (note)
		*note = result.note ? xstrdup(result.note) : NULL;
	series_result_free(&result);
	return status;
}

static char *read_mail(const char *dir, const char *name)
{
	char *path = path_join(dir, name), *text = file_read(path, NULL);

	ck_assert_msg(text, "%s", path);
	free(path);
	return text;
}

START_TEST(a_mail_is_as_git_writes_it)
{
	struct series_file file = file_of("drivers/gpu/drm/foo/a.c", "dma_buf_vmap();\n",
					  "dma_buf_vmap_unlocked();\n");
	char *root = scratch_make(), *dir = path_join(root, "out"), *text, *note;
	struct error err;

	be("Ann B", "a@b.org");
	scratch_write(
		root, "scripts/get_maintainer.pl",
		"print qq(\"J\xc3\xb6rg\" <j\\@x.org> (maintainer:X)\\nl\\@x.org (open list)\\n)");
	ck_assert_msg(!write_series(root, dir, &file, 1, &note, &err), "%s", err.text);
	ck_assert_ptr_null(note);
	text = read_mail(dir, "0001-drm-foo-use-dma_buf_vmap_unlocked.patch");
	ck_assert_str_eq(text,
			 "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n"
			 "From: Ann B <a@b.org>\n"
			 "Date: Sun, 9 Sep 2001 01:46:40 +0000\n"
			 "Subject: [PATCH] drm/foo: use dma_buf_vmap_unlocked()\n"
			 "To: =?UTF-8?q?J=C3=B6rg?= <j@x.org>\n"
			 "Cc: l@x.org\n"
			 "\n"
			 "Importers must hold the lock when they call dma_buf_vmap().\n"
			 "\n"
			 "Here the lock is not held:\n"
			 "\n"
			 " - foo_map() calls dma_buf_vmap(): no lock taken\n"
			 "\n"
			 "Call the _unlocked variants instead.\n"
			 "\n"
			 "Found by resvlint (rule importer-locked).\n"
			 "---\n"
			 " drivers/gpu/drm/foo/a.c | 2 +-\n"
			 " 1 file changed, 1 insertion(+), 1 deletion(-)\n"
			 "\n"
			 "diff --git a/drivers/gpu/drm/foo/a.c b/drivers/gpu/drm/foo/a.c\n"
			 "index be968c6b0e84..5632e4ec84a4 100644\n"
			 "--- a/drivers/gpu/drm/foo/a.c\n"
			 "+++ b/drivers/gpu/drm/foo/a.c\n"
			 "@@ -1 +1 @@\n"
			 "-dma_buf_vmap();\n"
			 "+dma_buf_vmap_unlocked();\n"
			 "-- \n"
			 "resvlint " VERSION "\n"
			 "\n");
	free(text);
	free(dir);
	scratch_remove(root);
}
END_TEST

/* Is the text in a mail? */
static void assert_says(const char *dir, const char *name, const char *expected)
{
	char *text = read_mail(dir, name);

	ck_assert_msg(strstr(text, expected), "%s", text);
	free(text);
}

START_TEST(each_driver_has_its_patch)
{
	const struct series_file files[] = {
		file_of("drivers/gpu/drm/b/x.c", "a\n", "b\n"),
		file_of("drivers/gpu/drm/a/x.c", "a\n", "b\n"),
		file_of("drivers/gpu/drm/b/y/z.c", "a\n", "b\n"),
		file_of("drivers/gpu/drm/c/same.c", "a\n", "a\n"),
	};
	char *root = scratch_make(), *dir = path_join(root, "out"), *note;
	struct error err;

	be("J\xc3\xb6rg, X.", "j@x.org");
	scratch_write(root, "MAINTAINERS", "B\nF:\tdrivers/gpu/drm/b/\n");
	ck_assert_int_eq(write_series(root, dir, files, 4, &note, &err), 0);
	ck_assert_ptr_nonnull(strstr(note, "the tree has no scripts/get_maintainer.pl"));
	assert_says(dir, "0001-drm-b-use-dma_buf_vmap_unlocked.patch",
		    "Subject: [PATCH 1/2] drm/b: use dma_buf_vmap_unlocked()\n\n");
	assert_says(dir, "0001-drm-b-use-dma_buf_vmap_unlocked.patch", " 2 files changed");
	assert_says(dir, "0002-drm-a-use-dma_buf_vmap_unlocked.patch",
		    "Subject: [PATCH 2/2] drm/a:");
	assert_says(dir, "0000-cover-letter.patch",
		    "From: =?UTF-8?q?J=C3=B6rg=2C=20X=2E?= <j@x.org>\n");
	assert_says(
		dir, "0000-cover-letter.patch",
		"Subject: [PATCH 0/2] dma-buf: use dma_buf_vmap_unlocked()\nMIME-Version: 1.0\n");
	assert_says(dir, "0000-cover-letter.patch",
		    "J\xc3\xb6rg, X. (2):\n  drm/b: use dma_buf_vmap_unlocked()\n  drm/a: use");
	assert_says(dir, "0000-cover-letter.patch", " 3 files changed");
	free(note);
	free(dir);
	scratch_remove(root);
}
END_TEST

START_TEST(long_subjects_make_short_names)
{
	struct series_file file =
		file_of("drivers/media/usb/a-driver-with-a-name..that-is-long/a.c", "a\n", "b\n");
	char *root = scratch_make(), *dir = path_join(root, "out");
	struct error err;

	be("Ann B", "a@b.org");
	ck_assert_int_eq(write_series(root, dir, &file, 1, NULL, &err), 0);
	assert_says(dir, "0001-media-a-driver-with-a-name.that-is-long-use-dma_buf_.patch",
		    "Subject: [PATCH] media: a-driver-with-a-name..that-is-long: use\n"
		    " dma_buf_vmap_unlocked()\n");
	free(dir);
	scratch_remove(root);
}
END_TEST

/* A refusal that leaves no directory. */
static void assert_refused(const struct series_file *file, const char *expected)
{
	char *root = scratch_make(), *dir = path_join(root, "out");
	struct error err;

	ck_assert_int_eq(write_series(root, dir, file, 1, NULL, &err), -1);
	ck_assert_msg(strstr(err.text, expected), "%s", err.text);
	ck_assert_int_ne(access(dir, F_OK), 0);
	free(dir);
	scratch_remove(root);
}

START_TEST(what_cannot_be_sent_is_refused)
{
	struct series_file good = file_of("a.c", "a\n", "b\n");
	struct series_file same = file_of("a.c", "a\n", "a\n");
	struct series_file bad = file_of("../a.c", "a\n", "b\n");

	be("Ann B", "a@b.org");
	assert_refused(&same, "nothing to change");
	assert_refused(&bad, "'../a.c'");
	be("Ann\nBcc: x@y.org", "a@b.org");
	assert_refused(&good, "the name of 'a@b.org' cannot stand in a mail");
	be("Ann", "a@b\nBcc: x@y.org");
	assert_refused(&good, "is no mail address");
	forget_user("/nonexistent");
	assert_refused(&good, "user.name and user.email");
	setenv("GIT_AUTHOR_NAME", "Ann", 1);
	assert_refused(&good, "set user.email with");
}
END_TEST

START_TEST(the_users_configuration_tells_the_sender)
{
	struct series_file file = file_of("a.c", "a\n", "b\n");
	char *root = scratch_make(), *dir = path_join(root, "out");
	struct error err;

	forget_user(root);
	ck_assert_int_eq(series_check(root, dir, &err), -1);
	scratch_write(root, ".gitconfig", "[user]\n\tname = Ann\n\temail = a@b.org\n");
	ck_assert_int_eq(series_check(root, dir, &err), 0);
	ck_assert_int_eq(write_series(root, dir, &file, 1, NULL, &err), 0);
	assert_says(dir, "0000-cover-letter.patch", "From: Ann <a@b.org>\n");
	ck_assert_int_eq(series_check(root, dir, &err), -1);
	ck_assert_int_eq(write_series(root, dir, &file, 1, NULL, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "is there already"));
	free(dir);
	scratch_remove(root);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_mail_is_as_git_writes_it, each_driver_has_its_patch,
				       long_subjects_make_short_names,
				       what_cannot_be_sent_is_refused,
				       the_users_configuration_tells_the_sender };

	return unit_run("series", tests, sizeof(tests) / sizeof(*tests));
}
