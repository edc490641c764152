// SPDX-License-Identifier: GPL-2.0-only
#include "convention/operations.h"

#include "convention/table.h"

#include <stdlib.h>
#include <string.h>

#define TABLE "tables/operations.tsv"

enum column {
	COLUMN_FUNCTION,
	COLUMN_KIND,
};

static const char *const columns[] = { "function", "kind" };

static bool is_above(const char *kind)
{
	return !strcmp(kind, "mmap") || !strcmp(kind, "pages") || !strcmp(kind, "faults") ||
	       !strcmp(kind, "user");
}

int operations_load_above(const char *rules_dir, struct names *above, struct error *err)
{
	char *path = path_join(rules_dir, TABLE);
	struct table table;
	int result = table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err);

	*above = (struct names){ 0 };
	for (size_t i = 0; i < table.count && !result; i++)
		if (is_above(table.rows[i].column[COLUMN_KIND]))
			names_add(above, table.rows[i].column[COLUMN_FUNCTION]);
	table_free(&table);
	free(path);
	return result;
}
