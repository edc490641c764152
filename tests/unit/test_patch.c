// SPDX-License-Identifier: GPL-2.0-only
#include "fix/patch.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static struct patch_input input_of(const char *path, const char *before, const char *after)
{
	return (struct patch_input){ .path = path,
				     .before = before,
				     .before_length = strlen(before),
				     .after = after,
				     .after_length = strlen(after) };
}

static void assert_patch(const struct patch_input *input, const char *expected)
{
	struct patch patch;
	struct error err;

	ck_assert_int_eq(patch_make(&patch, input, &err), 0);
	ck_assert_str_eq(patch.text, expected);
	ck_assert_uint_eq(patch.length, strlen(expected));
	patch_free(&patch);
}

START_TEST(a_patch_is_as_git_writes_it)
{
	struct patch_input input =
		input_of("drivers/a.c", "1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\nnew\n6\n7\n");

	assert_patch(&input, "diff --git a/drivers/a.c b/drivers/a.c\n"
			     "index 06e567b11dfd..fa2601ca0baf 100644\n"
			     "--- a/drivers/a.c\n"
			     "+++ b/drivers/a.c\n"
			     "@@ -2,6 +2,6 @@\n"
			     " 2\n"
			     " 3\n"
			     " 4\n"
			     "-5\n"
			     "+new\n"
			     " 6\n"
			     " 7\n");
}
END_TEST

START_TEST(lines_are_counted)
{
	struct patch_input input = input_of("a.c", "1\n2\n", "1\nx\ny\nz\n");
	struct patch patch;
	struct error err;

	ck_assert_int_eq(patch_make(&patch, &input, &err), 0);
	ck_assert_uint_eq(patch.insertions, 3);
	ck_assert_uint_eq(patch.deletions, 1);
	patch_free(&patch);
}
END_TEST

START_TEST(what_does_not_change_has_no_patch)
{
	struct patch_input input = input_of("a.c", "same\n", "same\n");

	assert_patch(&input, "");
}
END_TEST

/* The part of a patch behind its header; both must be the same file's. */
static void assert_hunks(const struct patch_input *input, const char *expected)
{
	struct patch patch;
	struct error err;

	ck_assert_int_eq(patch_make(&patch, input, &err), 0);
	ck_assert_str_eq(strstr(patch.text, "@@"), expected);
	patch_free(&patch);
}

START_TEST(carriage_returns_and_missing_ends_are_kept)
{
	struct patch_input crlf = input_of("a.c", "a\r\nb\r\n", "a\r\nc\r\n");
	struct patch_input open = input_of("a.c", "a\nb", "a\nc");
	struct patch_input closed = input_of("a.c", "a\nb", "c\nb");

	assert_hunks(&crlf, "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n");
	assert_hunks(&open, "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
			    "+c\n\\ No newline at end of file\n");
	assert_hunks(&closed, "@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n");
}
END_TEST

START_TEST(a_nul_byte_makes_no_binary_file)
{
	static const char before[] = "/*\0*/\nf();\n", after[] = "/*\0*/\ng();\n";
	static const char hunk[] = " /*\0*/\n-f();\n+g();\n";
	struct patch_input input = { .path = "a.c",
				     .before = before,
				     .before_length = sizeof(before) - 1,
				     .after = after,
				     .after_length = sizeof(after) - 1 };
	struct patch patch;
	struct error err;

	ck_assert_int_eq(patch_make(&patch, &input, &err), 0);
	ck_assert_ptr_nonnull(memmem(patch.text, patch.length, hunk, sizeof(hunk) - 1));
	ck_assert_uint_eq(patch.insertions, 1);
	patch_free(&patch);
}
END_TEST

START_TEST(the_mode_is_told)
{
	struct patch_input input = input_of("a.c", "a\n", "b\n");
	struct patch patch;
	struct error err;

	input.executable = true;
	ck_assert_int_eq(patch_make(&patch, &input, &err), 0);
	ck_assert_ptr_nonnull(strstr(patch.text, " 100755\n"));
	patch_free(&patch);
}
END_TEST

/* The header's lines for a name: `diff --git` and `+++`. */
static void assert_names(const char *path, const char *git, const char *plus)
{
	struct patch_input input = input_of(path, "a\n", "b\n");
	struct patch patch;
	struct error err;

	ck_assert_int_eq(patch_make(&patch, &input, &err), 0);
	ck_assert_msg(starts_with(patch.text, git), "%s", patch.text);
	ck_assert_msg(strstr(patch.text, plus), "%s", patch.text);
	patch_free(&patch);
}

START_TEST(odd_names_are_quoted_or_ended)
{
	assert_names("a b.c", "diff --git a/a b.c b/a b.c\n", "\n+++ b/a b.c\t\n");
	assert_names("a\nb.c", "diff --git \"a/a\\nb.c\" \"b/a\\nb.c\"\n", "\n+++ \"b/a\\nb.c\"\n");
	assert_names("a\"b\\.c", "diff --git \"a/a\\\"b\\\\.c\" ", "\n+++ \"b/a\\\"b\\\\.c\"\n");
	assert_names("\xff \a\x1b.c", "diff --git \"a/\\377 \\a\\033.c\" ",
		     "\n+++ \"b/\\377 \\a\\033.c\"\n");
	assert_names("-x.c", "diff --git a/-x.c b/-x.c\n", "\n+++ b/-x.c\n");
}
END_TEST

START_TEST(names_that_no_patch_can_tell_are_refused)
{
	static const char *const bad[] = { "", "/etc/x.c", "../x.c", "a/../x.c", "..", "x.c " };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct patch_input input = input_of(bad[i], "a\n", "b\n");
		struct patch patch;
		struct error err;

		ck_assert_int_eq(patch_make(&patch, &input, &err), -1);
		ck_assert_ptr_nonnull(strstr(err.text, bad[i]));
		ck_assert_ptr_nonnull(strstr(err.text, "no patch can tell that name"));
		patch_free(&patch);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_patch_is_as_git_writes_it,       lines_are_counted,
		what_does_not_change_has_no_patch, carriage_returns_and_missing_ends_are_kept,
		a_nul_byte_makes_no_binary_file,   the_mode_is_told,
		odd_names_are_quoted_or_ended,     names_that_no_patch_can_tell_are_refused,
	};

	return unit_run("patch", tests, sizeof(tests) / sizeof(*tests));
}
