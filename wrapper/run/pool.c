// SPDX-License-Identifier: GPL-2.0-only
#include "run/pool.h"

#include "base/interrupt.h"
#include "base/process.h"
#include "run/messages.h"

#include <stdlib.h>
#include <string.h>

/* How often watchdogs and interrupts are looked after, ms. */
#define TICK 50

struct job {
	struct pool *pool;
	struct process *process; /* NULL if the job is free */
	size_t batch;            /* index in the batches */
	size_t number;           /* of the process, which names its groups file */
	uint64_t last_sign;      /* ms of the loop, when it began with a source or was started */
	bool handling;           /* has it begun with a source? */
	size_t source;           /* if so, the last one */
	bool timed_out;
};

struct pool {
	const struct pool_work *work;
	const struct pool_client *client;
	uv_loop_t loop;
	uv_timer_t tick;
	struct job *jobs;
	size_t next;      /* the first batch that has not been started */
	size_t finished;  /* batches */
	size_t processes; /* started so far */
	bool failed;      /* the run is to end; `err` says why */
	struct error *err;
};

static void fill(struct pool *pool);

static struct batch *batch_of(const struct job *job)
{
	return &job->pool->work->batches->batches[job->batch];
}

/* Ends the run: nothing is started any more, and what runs is killed. */
static void fail(struct pool *pool)
{
	pool->failed = true;
	for (unsigned int i = 0; i < pool->work->jobs; i++)
		if (pool->jobs[i].process)
			process_kill(pool->jobs[i].process);
}

static char *groups_name(size_t number)
{
	return xasprintf("batch.%zu", number);
}

/* Writes the names of a batch's sources, each a group of its own. */
static int write_groups(const struct pool *pool, const struct batch *batch, const char *groups)
{
	size_t room = batch->count * sizeof("f/12345678901234567890.c\n\n");
	char *text = xcalloc(room + 1, 1), *end = text;
	int result;

	for (size_t i = 0; i < batch->count; i++) {
		size_t source = batch->sources[i];
		char *name = stage_name(source, pool->work->selection->sources[source].name);

		end = stpcpy(stpcpy(end, name), "\n\n");
		free(name);
	}
	result = stage_write(pool->work->stage, groups, text, pool->err);
	free(text);
	return result;
}

static void on_log(void *context, const char *line)
{
	struct job *job = context;

	if (!message_handling(line, &job->source))
		return;
	job->handling = true;
	job->last_sign = uv_now(&job->pool->loop);
}

/*
 * The place in its batch of the source at which a process stopped; the batch's count if that is not
 * known, or if it went on to the end.
 */
static size_t suspect(const struct job *job, const struct process_end *end)
{
	const struct batch *batch = batch_of(job);
	size_t i = 0;

	if (!job->handling || (!end->status && !end->signal))
		return batch->count;
	while (i < batch->count && batch->sources[i] != job->source)
		i++;
	return i;
}

static void add_part(struct batches *batches, const struct batch *whole, size_t first, size_t end,
		     size_t without)
{
	struct batch *part = batches_add(batches, whole->rule);

	for (size_t i = first; i < end; i++)
		if (i != without)
			batch_add(part, whole->sources[i], 0);
}

/* Tries a batch of several again as two: the suspect and the others, or halves if there is none. */
static void split(struct job *job, const struct process_end *end)
{
	struct batches *batches = job->pool->work->batches;
	struct batch whole = *batch_of(job);
	size_t at = suspect(job, end);

	batch_of(job)->sources = NULL;
	if (at == whole.count) {
		add_part(batches, &whole, 0, whole.count / 2, at);
		add_part(batches, &whole, whole.count / 2, whole.count, at);
	} else {
		add_part(batches, &whole, at, at + 1, whole.count);
		add_part(batches, &whole, 0, whole.count, at);
	}
	batch_free(&whole);
}

/* Why a process failed, for a person, NULL if it did not; the caller frees. */
static char *why_failed(const struct job *job, const struct process_end *end)
{
	const struct spatch *spatch = job->pool->work->spatch;
	char *last, *reason;

	if (job->timed_out)
		return xasprintf("spatch timed out after %u s", spatch->timeout);
	if (end->flooded)
		return xstrdup("spatch printed too much");
	if (message_no_memory(end->log))
		return xasprintf("spatch needed more than %u MB", spatch->memory);
	if (end->signal)
		return xasprintf("spatch was killed by signal %d", end->signal);
	if (!end->status)
		return NULL;
	last = message_last(end->log);
	reason = last ? xasprintf("spatch failed: %s", last)
		      : xasprintf("spatch failed with exit status %d", (int)end->status);
	free(last);
	return reason;
}

/* Did it fail, by its own word, before it began with any source? */
static bool is_setup_error(const struct job *job, const struct process_end *end)
{
	return !job->handling && !job->timed_out && !end->signal && !end->flooded && end->status &&
	       !message_no_memory(end->log);
}

static void judge(struct job *job, struct process_end *end)
{
	struct pool *pool = job->pool;
	const struct batch *batch = batch_of(job);
	char *reason;

	if (is_setup_error(job, end)) {
		spatch_setup_error(&pool->work->catalogue->rules[batch->rule], end->log, pool->err);
		fail(pool);
		return;
	}
	reason = why_failed(job, end);
	if (!reason) {
		if (pool->client->done(pool->client->context, batch->rule, end->out, end->log,
				       pool->err))
			fail(pool);
	} else if (batch->count > 1) {
		split(job, end);
	} else {
		pool->client->failed(pool->client->context, batch->rule, batch->sources[0], reason);
	}
	free(reason);
}

static void on_end(void *context, struct process_end *end)
{
	struct job *job = context;
	struct pool *pool = job->pool;
	char *groups = groups_name(job->number);

	job->process = NULL;
	stage_unlink(pool->work->stage, groups);
	free(groups);
	if (!pool->failed)
		judge(job, end);
	pool->finished++;
	free(end->out);
	free(end->log);
	fill(pool);
}

static int start(struct pool *pool, struct job *job)
{
	const struct pool_work *work = pool->work;
	struct process_spec spec = {
		.environment = work->spatch->environment,
		.directory = work->stage->dir,
		.memory = work->spatch->memory,
		.on_log = on_log,
		.on_end = on_end,
		.context = job,
	};
	char *groups = groups_name(pool->processes);

	*job = (struct job){
		.pool = pool,
		.batch = pool->next++,
		.number = pool->processes++,
		.last_sign = uv_now(&pool->loop),
	};
	if (!write_groups(pool, batch_of(job), groups)) {
		spec.arguments = spatch_arguments(
			work->spatch, &work->catalogue->rules[batch_of(job)->rule], groups);
		job->process = process_start(&pool->loop, &spec, pool->err);
		spatch_free_arguments(spec.arguments);
	}
	free(groups);
	return job->process ? 0 : -1;
}

/* Gives each free job a batch. When nothing is left to do, the loop may end. */
static void fill(struct pool *pool)
{
	bool busy = false;

	for (unsigned int i = 0; i < pool->work->jobs; i++) {
		struct job *job = &pool->jobs[i];

		if (!job->process && !pool->failed && pool->next < pool->work->batches->count &&
		    start(pool, job))
			fail(pool);
		busy = busy || job->process;
	}
	if (!busy)
		uv_timer_stop(&pool->tick);
}

/* Kills what has given no sign for too long. */
static void watch(struct job *job)
{
	uint64_t limit =
		(uint64_t)(job->pool->work->spatch->timeout + job->pool->work->grace) * 1000;

	if (!job->process || uv_now(&job->pool->loop) - job->last_sign <= limit)
		return;
	job->timed_out = true;
	process_kill(job->process);
}

static void on_tick(uv_timer_t *timer)
{
	struct pool *pool = timer->data;

	for (unsigned int i = 0; i < pool->work->jobs; i++)
		watch(&pool->jobs[i]);
	if (interrupt_signal() && !pool->failed) {
		error_set(pool->err, "interrupted");
		fail(pool);
	}
	progress_show(pool->work->progress, "analysing, batches", pool->finished,
		      pool->work->batches->count);
}

int pool_run(const struct pool_work *work, const struct pool_client *client, size_t *processes,
	     struct error *err)
{
	struct pool pool = {
		.work = work,
		.client = client,
		.jobs = xcalloc(work->jobs, sizeof(*pool.jobs)),
		.err = err,
	};

	for (unsigned int i = 0; i < work->jobs; i++)
		pool.jobs[i].pool = &pool;
	uv_loop_init(&pool.loop);
	uv_timer_init(&pool.loop, &pool.tick);
	pool.tick.data = &pool;
	uv_timer_start(&pool.tick, on_tick, TICK, TICK);
	fill(&pool);
	uv_run(&pool.loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&pool.tick, NULL);
	uv_run(&pool.loop, UV_RUN_DEFAULT);
	uv_loop_close(&pool.loop);
	free(pool.jobs);
	*processes = pool.processes;
	return pool.failed ? -1 : 0;
}
