/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * waits: calls that wait for work, as flush_work() does, and what that work runs.
 */
#ifndef RESVLINT_WAITS_H
#define RESVLINT_WAITS_H

#include "convention/slots.h"
#include "graph/walk.h"

/* Zeroed: waits_load() it, waits_free() it. */
struct waits {
	struct names functions; /* that wait for work */
	struct names binders;   /* what gives work the function that it runs, by the slots */
};

/* Reads the table of what waits for work. Returns 0, or -1 with a message. */
int waits_load(struct waits *waits, const char *rules_dir, const struct slots *slots,
	       struct error *err);
void waits_free(struct waits *waits);

/* Does an edge call what waits for work? */
bool waits_for_work(const struct waits *waits, const struct graph *graph, const struct edge *edge);

#endif
