/* SPDX-License-Identifier: GPL-2.0-only */
/* batch: the work cut into pieces for one spatch process each. */
#ifndef RESVLINT_BATCH_H
#define RESVLINT_BATCH_H

#include "run/select.h"

/* One rule, and the sources to run it on. */
struct batch {
	size_t rule;     /* index in the catalogue */
	size_t *sources; /* indexes in the selection */
	size_t count;
	size_t bytes;
};

struct batches {
	struct batch *batches;
	size_t count;
};

/*
 * Cuts the work of all rules into batches that are large enough for spatch's start not to matter
 * and small and many enough to keep `jobs` processes busy. Largest first.
 */
void batches_make(struct batches *batches, const struct selection *selection, size_t rule_count,
		  unsigned int jobs);

/*
 * Likewise for `count` sources and one rule, of which the selection need not know that they matter
 * to it.
 */
void batches_make_for(struct batches *batches, const struct selection *selection, size_t rule,
		      const size_t *sources, size_t count, unsigned int jobs);

/* Adds an empty batch. It is the last one until the next is added. */
struct batch *batches_add(struct batches *batches, size_t rule);

/* Adds a source of `bytes` bytes. */
void batch_add(struct batch *batch, size_t source, size_t bytes);
void batch_free(struct batch *batch);
void batches_free(struct batches *batches);

#endif
