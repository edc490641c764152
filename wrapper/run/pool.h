/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pool: runs spatch on batches, several at a time, each with limits. A batch that fails is tried
 * again in parts, until the one source that makes it fail is known.
 */
#ifndef RESVLINT_POOL_H
#define RESVLINT_POOL_H

#include "base/progress.h"
#include "convention/catalogue.h"
#include "run/batch.h"
#include "run/spatch.h"
#include "run/stage.h"

/* Who gets the results. */
struct pool_client {
	/*
	 * What spatch printed for one batch, which it may cut up. Returns 0, or -1 with a message,
	 * which ends the run.
	 */
	int (*done)(void *context, size_t rule, char *out, char *log, struct error *err);

	/* A source on which spatch failed for a rule, and why. */
	void (*failed)(void *context, size_t rule, size_t source, const char *reason);
	void *context;
};

/* What runs, and on what. */
struct pool_work {
	const struct spatch *spatch;
	const struct stage *stage;
	const struct catalogue *catalogue;
	const struct selection *selection;
	struct batches *batches; /* the parts of those that fail are added */
	unsigned int jobs;
	unsigned int grace; /* seconds beyond spatch's own timeout until it is killed */
	struct progress *progress;
};

/*
 * Runs all batches. Returns 0, or -1 with a message after a set-up error or an interrupt; no child
 * is left then. `processes` gets the number of processes run.
 */
int pool_run(const struct pool_work *work, const struct pool_client *client, size_t *processes,
	     struct error *err);

#endif
