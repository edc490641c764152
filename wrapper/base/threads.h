/* SPDX-License-Identifier: GPL-2.0-only */
/* threads: the same work on each of many things, in several threads at once. */
#ifndef RESVLINT_THREADS_H
#define RESVLINT_THREADS_H

#include "base/progress.h"

#include "base/base.h"

struct threads_work {
	/* Does the work on one. Any thread calls it. Returns 0, or -1 with a message. */
	int (*take)(void *context, size_t index, struct error *err);
	void *context;
	size_t count;
	struct progress *progress; /* the calling thread shows it; NULL: none */
	const char *doing;         /* as progress_show() */
};

/*
 * Calls `take` for each index below `count`, in `jobs` threads, of which the calling one is one.
 * Returns 0, or -1 with the message of the first that failed, which ends the work; also after an
 * interrupt.
 */
int threads_run(const struct threads_work *work, unsigned int jobs, struct error *err);

#endif
