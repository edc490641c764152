// SPDX-License-Identifier: GPL-2.0-only
#include "convention/locks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TABLE "lib/lock-functions.tsv"

enum column {
	COLUMN_DOES,
	COLUMN_FUNCTION,
	COLUMN_OBJECT,
	COLUMN_CONTEXT,
	COLUMN_LEVEL,
	COLUMN_COUNT,
};

void locks_add(struct locks *locks, const char *name)
{
	locks->names = grow(locks->names, locks->count, sizeof(*locks->names));
	locks->names[locks->count++] = xstrdup(name);
}

bool locks_has(const struct locks *locks, const char *name)
{
	for (size_t i = 0; i < locks->count; i++)
		if (!strcmp(locks->names[i], name))
			return true;
	return false;
}

static int take_row(struct locks *locks, char *line, enum locks_level level)
{
	char *column[COLUMN_COUNT];

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (!(column[i] = strsep(&line, "\t")) || !*column[i])
			return -1;
	if (level == LOCKS_ALL || !strcmp(column[COLUMN_LEVEL], "primitive") ||
	    (level == LOCKS_WRAPPER && !strcmp(column[COLUMN_LEVEL], "wrapper")))
		locks_add(locks, column[COLUMN_FUNCTION]);
	return 0;
}

int locks_load(const char *rules_dir, enum locks_level level, struct locks *locks,
	       struct error *err)
{
	char *path = path_join(rules_dir, TABLE), *text = file_read(path, NULL), *rest = text,
	     *line;
	unsigned int number = 1;
	int result = 0;

	*locks = (struct locks){ 0 };
	if (text)
		next_line(&rest);
	else
		result = error_set(err, "cannot read %s: %s", path, strerror(errno));
	while (!result && (line = next_line(&rest))) {
		number++;
		if (take_row(locks, line, level))
			result = error_set(err, "%s:%u: not a row of five columns", path, number);
	}
	free(text);
	free(path);
	return result;
}

void locks_free(struct locks *locks)
{
	for (size_t i = 0; i < locks->count; i++)
		free(locks->names[i]);
	free(locks->names);
}
