/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * under: the functions that take what stands above reservation locks in the locking hierarchy, and
 * that may be called with one held, as far as the graph tells: it knows who calls whom, and not in
 * which state.
 */
#ifndef RESVLINT_UNDER_H
#define RESVLINT_UNDER_H

#include "convention/slots.h"
#include "judge/drivers.h"
#include "run/facts.h"

/* Zeroed but for `rules`: under_find() it, under_free() it. */
struct under {
	rule_set rules;         /* that are about any reservation lock, whosever it is */
	struct names functions; /* that call such, and may hold a lock themselves or be called with
				   one held */
	struct names entered; /* what may be called with one held, and comes to such a call, also by
				 others: "SOURCE FUNCTION", "* FUNCTION" of what other sources can
				 call */
	bool *sources; /* for each source: does it define one of the functions? Those not in the
			  PATHs matter where code in these holds a lock */
};

/*
 * Finds the functions of the drivers that share something; no other sources in the PATHs matter to
 * the rules. `locks` are the functions by which a lock comes to be held, `above` those that must
 * not be called then, and `slots` tells how callbacks are entered. Returns 0, or -1 with a message.
 */
int under_find(struct under *under, const struct drivers *drivers, const struct slots *slots,
	       const struct names *locks, const struct names *above, struct error *err);
void under_free(struct under *under);

/* May a function of a source be called with a lock held? */
bool under_is_entered(const struct under *under, size_t source, const char *function);

/*
 * Drops the sites of these rules, which are wrong only if callers hold a lock, in functions that
 * are never called with one held.
 */
void under_drop_free(const struct under *under, struct sites *sites);

/*
 * Of these rules, drops what is in no source of the PATHs; those in which there is a finding were
 * analysed for it.
 */
void under_settle(const struct under *under, struct selection *selection, struct sites *sites);

#endif
