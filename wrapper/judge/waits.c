// SPDX-License-Identifier: GPL-2.0-only
#include "judge/waits.h"

#include "convention/table.h"

int waits_load(const char *rules_dir, struct names *waits, struct error *err)
{
	return table_read_functions(rules_dir, "tables/waits.tsv", waits, err);
}

bool waits_for_work(const struct graph *graph, const struct edge *edge, const struct names *waits)
{
	return edge->kind == EDGE_CALL && edge->target != NONE && edge->target >= PATH_ROOTS &&
	       names_has(waits, graph_text(graph, edge->name));
}
