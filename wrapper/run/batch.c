// SPDX-License-Identifier: GPL-2.0-only
#include "run/batch.h"

#include <stdlib.h>

/* A process takes about 0.4 s to start, and then a few seconds for so much source. */
#define BATCH_BYTES 800000
#define BATCH_SOURCES 200

struct batch *batches_add(struct batches *batches, size_t rule)
{
	struct batch *batch;

	batches->batches = grow(batches->batches, batches->count, sizeof(*batches->batches));
	batch = &batches->batches[batches->count++];
	*batch = (struct batch){ .rule = rule };
	return batch;
}

void batch_add(struct batch *batch, size_t source, size_t bytes)
{
	batch->sources = grow(batch->sources, batch->count, sizeof(*batch->sources));
	batch->sources[batch->count++] = source;
	batch->bytes += bytes;
}

static bool matters(const struct source *source, size_t rule)
{
	return source->rules >> rule & 1;
}

/* The weight of all sources, each as often as it is to be analysed. */
static size_t total_bytes(const struct selection *selection, size_t rule_count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < selection->count; i++)
		for (size_t rule = 0; rule < rule_count; rule++)
			if (matters(&selection->sources[i], rule))
				bytes += selection->sources[i].weight;
	return bytes;
}

static int compare_weights(const void *left, const void *right, void *sources)
{
	size_t a = *(const size_t *)left, b = *(const size_t *)right;
	size_t a_weight = ((const struct source *)sources)[a].weight;
	size_t b_weight = ((const struct source *)sources)[b].weight;

	if (a_weight != b_weight)
		return a_weight > b_weight ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int compare_batches(const void *left, const void *right)
{
	const struct batch *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* How many batches a rule's work is cut into. */
static size_t count_batches(const struct batch *all, size_t most_bytes)
{
	size_t by_bytes = (all->bytes + most_bytes - 1) / most_bytes;
	size_t by_count = (all->count + BATCH_SOURCES - 1) / BATCH_SOURCES;
	size_t count = by_bytes > by_count ? by_bytes : by_count;

	return count < all->count ? count : all->count;
}

static struct batch *smallest(struct batch *batches, size_t count)
{
	struct batch *found = batches;

	for (size_t i = 1; i < count; i++)
		if (batches[i].bytes < found->bytes)
			found = &batches[i];
	return found;
}

/* Cuts the work of one rule, which is `all`: the largest source left goes to the smallest batch. */
static void cut(struct batches *batches, const struct batch *all, const struct selection *selection,
		size_t most_bytes)
{
	size_t first = batches->count, count = count_batches(all, most_bytes);

	if (!all->count)
		return;
	qsort_r(all->sources, all->count, sizeof(*all->sources), compare_weights,
		selection->sources);
	for (size_t i = 0; i < count; i++)
		batches_add(batches, all->rule);
	for (size_t i = 0; i < all->count; i++)
		batch_add(smallest(batches->batches + first, count), all->sources[i],
			  selection->sources[all->sources[i]].weight);
}

/* The most bytes in a batch, if `jobs` processes are to come to an end of so many together. */
static size_t share_of(size_t bytes, unsigned int jobs)
{
	size_t batches_each = bytes / jobs / BATCH_BYTES + 1;

	return bytes / jobs / batches_each + 1;
}

static void put_in_order(struct batches *batches)
{
	if (batches->count)
		qsort(batches->batches, batches->count, sizeof(*batches->batches), compare_batches);
}

void batches_make(struct batches *batches, const struct selection *selection, size_t rule_count,
		  unsigned int jobs)
{
	size_t most_bytes = share_of(total_bytes(selection, rule_count), jobs);

	*batches = (struct batches){ 0 };
	for (size_t rule = 0; rule < rule_count; rule++) {
		struct batch all = { .rule = rule };

		for (size_t i = 0; i < selection->count; i++)
			if (matters(&selection->sources[i], rule))
				batch_add(&all, i, selection->sources[i].weight);
		cut(batches, &all, selection, most_bytes);
		batch_free(&all);
	}
	put_in_order(batches);
}

void batches_make_for(struct batches *batches, const struct selection *selection, size_t rule,
		      const size_t *sources, size_t count, unsigned int jobs)
{
	struct batch all = { .rule = rule };

	*batches = (struct batches){ 0 };
	for (size_t i = 0; i < count; i++)
		batch_add(&all, sources[i], selection->sources[sources[i]].weight);
	cut(batches, &all, selection, share_of(all.bytes, jobs));
	batch_free(&all);
	put_in_order(batches);
}

void batch_free(struct batch *batch)
{
	free(batch->sources);
}

void batches_free(struct batches *batches)
{
	for (size_t i = 0; i < batches->count; i++)
		batch_free(&batches->batches[i]);
	free(batches->batches);
}
