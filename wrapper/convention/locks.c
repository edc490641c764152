// SPDX-License-Identifier: GPL-2.0-only
#include "convention/locks.h"

#include "convention/catalogue.h"
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

/* Is a name also used where no reservation lock is? */
static bool is_common(const char *level)
{
	return !strcmp(level, "common") || !strcmp(level, "annotation");
}

static void add_row(const struct table_row *row, bool only_primitives, struct names *locks)
{
	const char *level = row->column[COLUMN_LEVEL];
	char *word;

	if (only_primitives && !strcmp(level, "wrapper"))
		return;
	word = xasprintf("%s%s", is_common(level) ? BESIDE_LOCK : "", row->column[COLUMN_FUNCTION]);
	names_add(locks, word);
	free(word);
}

int locks_load(const char *rules_dir, bool only_primitives, struct names *locks, struct error *err)
{
	char *path = path_join(rules_dir, TABLE);
	struct table table;
	int result = table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err);

	*locks = (struct names){ 0 };
	for (size_t i = 0; i < table.count && !result; i++)
		add_row(&table.rows[i], only_primitives, locks);
	table_free(&table);
	free(path);
	return result;
}
