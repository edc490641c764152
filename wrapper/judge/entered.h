/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * entered: the functions that the kernel comes to by a slot: by a member that they are put into, or
 * a function that they are passed to.
 */
#ifndef RESVLINT_ENTERED_H
#define RESVLINT_ENTERED_H

#include "convention/slots.h"
#include "graph/walk.h"

struct entered {
	uint32_t *items; /* functions; one may be there twice */
	size_t count;
	/* Other words that matter: functions that put there what their callers pass to them, and
	 * those that were put there but are not defined in what was read. */
	struct names words;
};

/*
 * Finds the functions of a slot, also those that others pass on. Where it is not known of which
 * structure a member is, it is the slot's if no other structure has one of its name; of what code
 * assigns to it, that are functions which take the slot's structure.
 */
void entered_find(const struct graph *graph, const struct slot *slot, struct entered *entered);
void entered_free(struct entered *entered);

/* The structure of a slot, or the function that callbacks are passed to. The caller frees. */
char *entered_owner(const struct slot *slot);

#endif
