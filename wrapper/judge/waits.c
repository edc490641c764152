// SPDX-License-Identifier: GPL-2.0-only
#include "judge/waits.h"

#include "convention/table.h"

#include <stdlib.h>
#include <string.h>

#define WAIT_TABLE "tables/waits.tsv"

int waits_load(struct waits *waits, const char *rules_dir, const struct slots *slots,
	       struct error *err)
{
	for (size_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots->slots[i];

		if (slot_is_run_by(slot, SLOT_WORKER) || slot_is_run_by(slot, SLOT_THREAD)) {
			char *binder = xstrndup(slot->name, strcspn(slot->name, "("));

			names_add(&waits->binders, binder);
			free(binder);
		}
	}
	return table_read_functions(rules_dir, WAIT_TABLE, &waits->functions, err);
}

void waits_free(struct waits *waits)
{
	names_free(&waits->functions);
	names_free(&waits->binders);
}

bool waits_for_work(const struct waits *waits, const struct graph *graph, const struct edge *edge)
{
	return edge->kind == EDGE_CALL &&
	       names_has(&waits->functions, graph_text(graph, edge->name));
}
