/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * waits: calls that wait for work, as flush_work() does.
 */
#ifndef RESVLINT_WAITS_H
#define RESVLINT_WAITS_H

#include "base/names.h"
#include "graph/graph.h"

/* Reads the names of the functions that wait for work. Returns 0, or -1 with a message. */
int waits_load(const char *rules_dir, struct names *waits, struct error *err);

/* Does an edge wait for work in a member that is known? */
bool waits_for_work(const struct graph *graph, const struct edge *edge, const struct names *waits);

#endif
