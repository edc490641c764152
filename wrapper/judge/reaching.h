/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reaching: the functions of drivers that come, by direct calls, to some others.
 */
#ifndef RESVLINT_REACHING_H
#define RESVLINT_REACHING_H

#include "graph/walk.h"
#include "judge/drivers.h"

/* No way that was found true is longer than this, in calls of functions that are in between. */
#define REACHING_DEPTH 4

struct reaching {
	const struct drivers *drivers;
	const struct names *functions; /* those that are come to */
	const bool *only;              /* the sources that can be read; NULL: any */
	bool without_shared;           /* not by way of code that drivers share */
};

/* Reads the sources with the ways to the functions. Returns 0, or -1 with a message. */
int reaching_read(const struct reaching *reaching, struct error *err);

/* The functions that call them, and who calls these, and so on. The caller frees `steps`. */
struct graph_walk reaching_walk(const struct reaching *reaching);

/* How many functions there are on the way down from a step, without that itself. */
unsigned int reaching_depth(const struct graph_walk *walk, size_t step);

#endif
