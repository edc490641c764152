/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * signals: which functions of drivers come to the signal of a fence, by direct calls.
 */
#ifndef RESVLINT_SIGNALS_H
#define RESVLINT_SIGNALS_H

#include "graph/symbols.h"
#include "judge/drivers.h"
#include "run/facts.h"

/* A function that comes to a signal. */
struct signaller {
	unsigned int calls; /* on the shortest way, without that which signals */
	struct link signal; /* the call that does */
};

/* Zeroed: signals_find() it, signals_free() it. */
struct signals {
	struct names words;      /* of the functions that signal a fence, by the table */
	struct symbols keys;     /* of the functions that come to a signal */
	struct signaller *found; /* these */
	size_t count;
	struct names drivers; /* that have such functions */
};

/*
 * Finds the functions of drivers that come to a signal. What shared code signals is no fence of a
 * driver's own. Nor is that which a function signals that returns a pointer: such a function makes
 * something, or looks it up. The facts get the texts. Returns 0, or -1 with a message.
 */
int signals_find(struct signals *signals, const struct drivers *drivers, struct facts *facts,
		 struct error *err);
void signals_free(struct signals *signals);

/*
 * The function with this number in the graph, if it comes to a signal by few calls, as seen from
 * `depth` calls above; else NULL.
 */
const struct signaller *signals_by(const struct signals *signals, const struct graph *graph,
				   uint32_t item, unsigned int depth);

/*
 * The calls of a function of a driver that come to a signal, as lib/descend.mli has them. A context
 * begins `depth` calls above it. The caller frees.
 */
char *signals_text(const struct signals *signals, const struct drivers *drivers, const char *driver,
		   uint32_t item, unsigned int depth);

#endif
