// SPDX-License-Identifier: GPL-2.0-only
#include "judge/waits.h"

#include "convention/table.h"

#include <stdlib.h>
#include <string.h>

#define TABLE "tables/waits.tsv"

static const char *const columns[] = { "function" };

int waits_load(const char *rules_dir, struct names *waits, struct error *err)
{
	char *path = path_join(rules_dir, TABLE);
	struct table table;
	int result = table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err);

	for (size_t i = 0; i < table.count && !result; i++)
		names_add(waits, table.rows[i].column[0]);
	table_free(&table);
	free(path);
	return result;
}

bool waits_for_work(const struct graph *graph, const struct edge *edge, const struct names *waits)
{
	return edge->kind == EDGE_CALL && edge->target != NONE && edge->target >= PATH_ROOTS &&
	       names_has(waits, graph_text(graph, edge->name));
}
