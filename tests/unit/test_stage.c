// SPDX-License-Identifier: GPL-2.0-only
#include "run/stage.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The content of a file in the stage; the caller frees. */
static char *read_staged(const struct stage *stage, const char *name)
{
	char *path = path_join(stage->dir, name), *text = file_read(path, NULL);

	free(path);
	return text;
}

START_TEST(the_stage_is_private_and_goes_away)
{
	char *dir = scratch_make(), *made;
	struct stage stage;
	struct error err;
	struct stat st;

	setenv("TMPDIR", dir, 1);
	ck_assert_int_eq(stage_create(&stage, &err), 0);
	made = xstrdup(stage.dir);
	ck_assert(starts_with(made, dir));
	ck_assert_int_eq(stat(made, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(stage_write(&stage, "tmp/left", "x", 1, &err), 0);
	stage_remove(&stage);
	ck_assert_int_ne(access(made, F_OK), 0);
	free(made);
	scratch_remove(dir);
}
END_TEST

START_TEST(sources_get_made_up_names_and_are_staged_anew)
{
	static const char source[] = "int f(void) { a; }\n";
	static const char *const names[] = { "a", "b" };
	static const char *const focused[] = { source, "\n" };
	static const size_t weights[] = { 14, 0 };
	struct stage stage;
	struct error err;
	struct words *words[] = { words_of(&names[0], 1, &err), words_of(&names[1], 1, &err) };
	size_t index, weight;
	char *name = stage_name(12, "x;touch PWNED;.h"), *text;

	ck_assert_str_eq(name, "f/000012.h");
	ck_assert(stage_index(name, &index));
	ck_assert_uint_eq(index, 12);
	ck_assert_int_eq(stage_create(&stage, &err), 0);
	ck_assert_int_eq(stage_source(&stage, 12, "x;touch PWNED;.h", source, strlen(source), &err),
			 0);
	text = stage_read(&stage, 12, "x;touch PWNED;.h", &weight);
	ck_assert_str_eq(text, source);
	free(text);
	ck_assert_ptr_null(read_staged(&stage, name));
	for (size_t i = 0; i < 2; i++) {
		const struct focus looked_for = { words[i], NULL, FOCUS_CALLERS };

		ck_assert_int_eq(
			stage_focus(&stage, 12, "x;touch PWNED;.h", &looked_for, &weight, &err), 0);
		text = read_staged(&stage, name);
		ck_assert_str_eq(text, focused[i]);
		ck_assert_uint_eq(weight, weights[i]);
		free(text);
		words_free(words[i]);
	}
	free(name);
	stage_remove(&stage);
}
END_TEST

START_TEST(other_names_are_no_sources)
{
	size_t index;

	ck_assert(!stage_index("f/000012.cc", &index));
	ck_assert(!stage_index("f/000012.S", &index));
	ck_assert(!stage_index("f/000012", &index));
	ck_assert(!stage_index("/etc/passwd", &index));
}
END_TEST

START_TEST(rules_are_copied)
{
	char *dir = scratch_make(), *text;
	struct stage stage;
	struct error err;

	scratch_write(dir, "g/r.cocci", "/// rule\n");
	scratch_write(dir, "lib/locks.tsv", "table\n");
	scratch_write(dir, "lib/notes.txt", "not for spatch\n");
	ck_assert_int_eq(stage_create(&stage, &err), 0);
	ck_assert_int_eq(stage_rules(&stage, dir, &err), 0);
	text = read_staged(&stage, "cocci/g/r.cocci");
	ck_assert_str_eq(text, "/// rule\n");
	free(text);
	text = read_staged(&stage, "cocci/lib/locks.tsv");
	ck_assert_str_eq(text, "table\n");
	free(text);
	ck_assert_ptr_null(read_staged(&stage, "cocci/lib/notes.txt"));
	stage_remove(&stage);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_named)
{
	struct stage stage;
	struct error err;

	setenv("TMPDIR", "/nonexistent", 1);
	ck_assert_int_eq(stage_create(&stage, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent"));
	ck_assert_ptr_nonnull(strstr(err.text, "TMPDIR"));
	stage_remove(&stage);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { the_stage_is_private_and_goes_away,
				       sources_get_made_up_names_and_are_staged_anew,
				       other_names_are_no_sources, rules_are_copied,
				       a_place_that_cannot_be_written_is_named };

	return unit_run("stage", tests, sizeof(tests) / sizeof(*tests));
}
