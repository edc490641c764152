// SPDX-License-Identifier: GPL-2.0-only
#include "run/select.h"
#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lists `paths` from within `dir`, where they are relative to. */
static int list(const char *dir, char **paths, size_t count, struct selection *selection,
		struct error *err)
{
	struct tree tree;
	int result;

	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(tree_find(paths, count, &tree, err), 0);
	result = select_list(paths, count, &tree, selection, err);
	tree_free(&tree);
	return result;
}

static void assert_source(const struct selection *selection, size_t index, const char *name,
			  const char *file)
{
	ck_assert_uint_lt(index, selection->count);
	ck_assert_str_eq(selection->sources[index].name, name);
	ck_assert_str_eq(selection->sources[index].file, file);
}

START_TEST(a_directory_is_walked)
{
	char *dir = scratch_make(), here[] = ".", *paths[] = { here };
	struct selection selection;
	struct error err;

	scratch_write(dir, "b.c", "");
	scratch_write(dir, "a/x.h", "");
	scratch_write(dir, "a/x.S", "");
	scratch_write(dir, ".git/y.c", "");
	scratch_link(dir, "link.c", "b.c");
	scratch_fifo(dir, "fifo.c");
	ck_assert_int_eq(list(dir, paths, 1, &selection, &err), 0);
	ck_assert_uint_eq(selection.count, 3);
	assert_source(&selection, 0, "a/x.h", "a/x.h");
	assert_source(&selection, 1, "b.c", "b.c");
	assert_source(&selection, 2, "fifo.c", "fifo.c");
	ck_assert_str_eq(selection.sources[2].failure, "not a regular file");
	ck_assert_uint_eq(selection.link_count, 1);
	ck_assert_str_eq(selection.links[0], "link.c");
	selection_free(&selection);
	scratch_remove(dir);
}
END_TEST

START_TEST(names_are_as_the_user_gave_them)
{
	char *dir = scratch_make(), sub[] = "./sub/", link[] = "link.c", *paths[] = { sub, link };
	struct selection selection;
	struct error err;

	scratch_write(dir, "sub/x.c", "");
	scratch_write(dir, "y.c", "");
	scratch_link(dir, "link.c", "y.c");
	ck_assert_int_eq(list(dir, paths, 2, &selection, &err), 0);
	ck_assert_uint_eq(selection.count, 2);
	assert_source(&selection, 0, "./sub/x.c", "sub/x.c");
	assert_source(&selection, 1, "link.c", "y.c");
	selection_free(&selection);
	scratch_remove(dir);
}
END_TEST

START_TEST(paths_that_overlap_give_a_file_once)
{
	char *dir = scratch_make(), here[] = ".", file[] = "sub/x.c", *paths[] = { file, here };
	struct selection selection;
	struct error err;

	scratch_write(dir, "sub/x.c", "");
	ck_assert_int_eq(list(dir, paths, 2, &selection, &err), 0);
	ck_assert_uint_eq(selection.count, 1);
	selection_free(&selection);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_file_that_is_no_source_is_an_error)
{
	char *dir = scratch_make(), file[] = "notes.txt", *paths[] = { file };
	struct selection selection;
	struct error err;

	scratch_write(dir, "notes.txt", "");
	ck_assert_int_eq(list(dir, paths, 1, &selection, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "notes.txt"));
	selection_free(&selection);
	scratch_remove(dir);
}
END_TEST

/* What was kept, by name. */
struct kept {
	pthread_mutex_t mutex;
	const struct selection *selection;
	size_t count;
	bool refuse;
	const struct macros *macros; /* for the selection */
	const char *text;            /* what is to be kept, NULL: anything */
};

static int keep(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct kept *kept = context;

	pthread_mutex_lock(&kept->mutex);
	kept->count++;
	pthread_mutex_unlock(&kept->mutex);
	ck_assert_str_eq(kept->selection->sources[index].name, "b.c");
	ck_assert_uint_eq(strlen(text), length);
	if (kept->text)
		ck_assert_str_eq(text, kept->text);
	return kept->refuse ? error_set(err, "the disk is full") : 0;
}

/* Scans `dir` for the word "lock" of rule 0 and gives the result of select_scan(). */
static int scan(const char *dir, struct selection *selection, struct kept *kept, struct error *err)
{
	char here[] = ".", *paths[] = { here }, cocci[] = "", file[] = "g/r.cocci", word[] = "lock";
	char *tokens[] = { word };
	struct rule rule = { .file = file, .tokens = tokens, .token_count = 1 };
	struct catalogue catalogue = { cocci, &rule, 1 };
	struct convention convention = { 0 };
	struct progress progress = { 0 };
	struct words *words =
		words_compile(&catalogue, 1, &convention, &(struct token_list){ 0 }, NULL, err);
	int result;

	ck_assert_int_eq(list(dir, paths, 1, selection, err), 0);
	kept->selection = selection;
	selection->macros = kept->macros;
	result = select_scan(selection, words, 4, &progress, keep, kept, err);
	words_free(words);
	return result;
}

START_TEST(files_with_a_word_are_kept)
{
	char *dir = scratch_make();
	struct kept kept = { .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct selection selection;
	struct error err;

	scratch_write(dir, "a.c", "unlock");
	scratch_write(dir, "b.c", "lock()");
	scratch_write(dir, "c.c", "");
	ck_assert_int_eq(scan(dir, &selection, &kept, &err), 0);
	ck_assert_uint_eq(kept.count, 1);
	ck_assert_uint_eq(selection.sources[0].rules, 0);
	ck_assert_uint_eq(selection.sources[1].rules, 1);
	selection_free(&selection);
	scratch_remove(dir);
}
END_TEST

START_TEST(code_that_is_not_compiled_counts_for_nothing)
{
	const struct macros none = { 0 };
	struct macros macros = macros_of_kernel("6.2", &none);
	struct kept kept = {
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.macros = &macros,
		.text = "     \n      \n      \nlock()\n",
	};
	char *dir = scratch_make();
	struct selection selection;
	struct error err;

	scratch_write(dir, "a.c", "#if 0\nlock()\n#endif\n");
	scratch_write(dir, "b.c", "#if 0\nlock()\n#endif\nlock()\n");
	ck_assert_int_eq(scan(dir, &selection, &kept, &err), 0);
	ck_assert_uint_eq(kept.count, 1);
	ck_assert_uint_eq(selection.sources[0].rules, 0);
	ck_assert_uint_eq(selection.sources[1].rules, 1);
	selection_free(&selection);
	macros_free(&macros);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_file_that_cannot_be_kept_ends_the_scan)
{
	char *dir = scratch_make();
	struct kept kept = { .mutex = PTHREAD_MUTEX_INITIALIZER, .refuse = true };
	struct selection selection;
	struct error err;

	scratch_write(dir, "b.c", "lock()");
	ck_assert_int_eq(scan(dir, &selection, &kept, &err), -1);
	ck_assert_str_eq(err.text, "the disk is full");
	selection_free(&selection);
	scratch_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_directory_is_walked,
				       names_are_as_the_user_gave_them,
				       paths_that_overlap_give_a_file_once,
				       a_file_that_is_no_source_is_an_error,
				       files_with_a_word_are_kept,
				       code_that_is_not_compiled_counts_for_nothing,
				       a_file_that_cannot_be_kept_ends_the_scan };

	return unit_run("select", tests, sizeof(tests) / sizeof(*tests));
}
