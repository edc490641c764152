// SPDX-License-Identifier: GPL-2.0-only
#include "base/threads.h"

#include "base/interrupt.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* What the threads share. */
struct shared {
	const struct threads_work *work;
	atomic_size_t next; /* the first index that no thread has taken yet */
	atomic_bool failed;
	struct error *err; /* the first thread to fail writes it */
};

/* Takes what is left until there is nothing more; `progress`, if not NULL, tells of all threads. */
static void take_all(struct shared *shared, struct progress *progress)
{
	const struct threads_work *work = shared->work;
	struct error err;
	size_t index;

	while (!atomic_load(&shared->failed) && !interrupt_signal() &&
	       (index = atomic_fetch_add(&shared->next, 1)) < work->count) {
		if (work->take(work->context, index, &err) &&
		    !atomic_exchange(&shared->failed, true))
			*shared->err = err;
		if (progress)
			progress_show(progress, work->doing, index, work->count);
	}
}

static void *thread(void *shared)
{
	take_all(shared, NULL);
	return NULL;
}

int threads_run(const struct threads_work *work, unsigned int jobs, struct error *err)
{
	struct shared shared = { .work = work, .err = err };
	pthread_t *threads = xcalloc(jobs, sizeof(*threads));
	unsigned int started = 0;

	while (started < jobs - 1 && !pthread_create(&threads[started], NULL, thread, &shared))
		started++;
	take_all(&shared, work->progress);
	for (unsigned int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	if (interrupt_signal())
		return error_set(err, "interrupted");
	return shared.failed ? -1 : 0;
}
