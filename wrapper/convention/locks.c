// SPDX-License-Identifier: GPL-2.0-only
#include "convention/locks.h"

#include "convention/table.h"

#include <stdlib.h>
#include <string.h>

#define TABLE "lib/lock-functions.tsv"

enum column {
	COLUMN_DOES,
	COLUMN_FUNCTION,
	COLUMN_OBJECT,
	COLUMN_CONTEXT,
	COLUMN_LEVEL,
};

static const char *const columns[] = { "does", "function", "object", "context", "level" };

static bool is_meant(const char *level, enum locks_level wanted)
{
	return wanted == LOCKS_ALL || !strcmp(level, "primitive") ||
	       (wanted == LOCKS_WRAPPER && !strcmp(level, "wrapper"));
}

int locks_load(const char *rules_dir, enum locks_level level, struct names *locks,
	       struct error *err)
{
	char *path = path_join(rules_dir, TABLE);
	struct table table;
	int result = table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err);

	*locks = (struct names){ 0 };
	for (size_t i = 0; i < table.count && !result; i++)
		if (is_meant(table.rows[i].column[COLUMN_LEVEL], level))
			names_add(locks, table.rows[i].column[COLUMN_FUNCTION]);
	table_free(&table);
	free(path);
	return result;
}
