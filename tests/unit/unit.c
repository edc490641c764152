// SPDX-License-Identifier: GPL-2.0-only
#include "unit.h"

#include <fts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int unit_run(const char *module, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(module);
	TCase *tcase = tcase_create(module);
	SRunner *runner;
	int failed;

	/* As in main(). */
	signal(SIGPIPE, SIG_IGN);
	tcase_set_timeout(tcase, 30);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

char *scratch_make(void)
{
	char *dir = xstrdup("/tmp/resvlint-unit.XXXXXX"), *real;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	real = realpath(dir, NULL);
	free(dir);
	return real;
}

static void write_file(const char *dir, const char *name, const char *text, mode_t mode)
{
	char *path = path_join(dir, name);
	FILE *file;

	for (char *slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	chmod(path, mode);
	free(path);
}

void scratch_write(const char *dir, const char *name, const char *text)
{
	write_file(dir, name, text, 0600);
}

void scratch_program(const char *dir, const char *name, const char *text)
{
	write_file(dir, name, text, 0700);
}

void scratch_link(const char *dir, const char *name, const char *target)
{
	char *path = path_join(dir, name);

	ck_assert_int_eq(symlink(target, path), 0);
	free(path);
}

void scratch_fifo(const char *dir, const char *name)
{
	char *path = path_join(dir, name);

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	free(path);
}

void scratch_remove(char *dir)
{
	char *const roots[] = { dir, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	while ((entry = fts_read(walk)))
		if (entry->fts_info != FTS_D)
			remove(entry->fts_path);
	fts_close(walk);
	free(dir);
}
