// SPDX-License-Identifier: GPL-2.0-only
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

START_TEST(lines_are_cut_one_by_one)
{
	char text[] = "one\n\nlast", *rest = text;

	ck_assert_str_eq(next_line(&rest), "one");
	ck_assert_str_eq(next_line(&rest), "");
	ck_assert_str_eq(next_line(&rest), "last");
	ck_assert_ptr_null(next_line(&rest));
}
END_TEST

START_TEST(arrays_grow_without_loss)
{
	size_t *numbers = NULL;

	for (size_t i = 0; i < 1000; i++) {
		numbers = grow(numbers, i, sizeof(*numbers));
		numbers[i] = i;
	}
	for (size_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(numbers[i], i);
	free(numbers);
}
END_TEST

START_TEST(only_regular_files_are_read)
{
	char *dir = scratch_make(), *fifo = path_join(dir, "fifo"), *file = path_join(dir, "file");
	char *text;
	size_t length;

	scratch_write(dir, "file", "content\n");
	text = file_read(file, &length);
	ck_assert_str_eq(text, "content\n");
	ck_assert_uint_eq(length, 8);
	free(text);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_ptr_null(file_read(fifo, NULL));
	ck_assert_int_eq(errno, ENODEV);
	free(file);
	free(fifo);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_file_is_never_written_over)
{
	char *dir = scratch_make(), *file = path_join(dir, "file");

	ck_assert_int_eq(file_write(file, "a", 1), 0);
	ck_assert_int_eq(file_write(file, "b", 1), -1);
	ck_assert_int_eq(errno, EEXIST);
	free(file);
	scratch_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { lines_are_cut_one_by_one, arrays_grow_without_loss,
				       only_regular_files_are_read, a_file_is_never_written_over };

	return unit_run("base", tests, sizeof(tests) / sizeof(*tests));
}
