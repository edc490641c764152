/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * workers: functions of work that come, by direct calls, to functions that rules are about.
 */
#ifndef RESVLINT_WORKERS_H
#define RESVLINT_WORKERS_H

#include "convention/slots.h"
#include "judge/drivers.h"

/* A function on such a way, or the place where the work is told what it runs, by that function. */
struct worker_part {
	size_t worker; /* the source with that place */
	size_t source;
	const char *function; /* belongs to the graph */
};

struct workers {
	struct worker_part *parts;
	size_t count;
};

/*
 * Finds the ways of the drivers that are chosen to these functions, but for those that one source
 * has all of. Returns 0, or -1 with a message. workers_free() either way.
 */
int workers_find(struct workers *workers, const struct drivers *drivers, const struct slots *slots,
		 const struct names *functions, struct error *err);
void workers_free(struct workers *workers);

#endif
