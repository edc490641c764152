// SPDX-License-Identifier: GPL-2.0-only
#include "run/pool.h"

#include "base/interrupt.h"
#include "base/process.h"
#include "run/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often watchdogs and interrupts are looked after, ms. */
#define TICK 50

/* Lines of a process that are no rows. */
#define READY "resvlint\tready"
#define DONE "resvlint\tdone\t"
#define FAILED "resvlint\tfailed\t"

/* No more verbs than these can be told. */
#define SETTINGS 4

#define NOBODY SIZE_MAX

/* A request of the run. */
struct task {
	const struct request *request;
	bool begun; /* by a process that is at work on it, or has answered */
};

struct worker {
	struct pool *pool;
	size_t index;
	struct process *process; /* NULL if none runs */
	bool ready;              /* it has started up */
	struct task *task;       /* NULL: it has nothing to do */
	size_t answered;         /* requests */
	size_t told;             /* up to which of the pool's settings */
	uint64_t last_sign;      /* ms of the loop, when it was started or given a request */
	bool timed_out;
	char *excuse; /* why it gave up, and had to be killed; or NULL */
	char *rows;   /* of the request, from open_memstream() */
	size_t rows_length;
	FILE *rows_stream;
	size_t parsed; /* functions, as it has told */
	size_t again;
};

struct setting {
	const char *verb;
	char *line;
};

struct pool {
	struct pool_spec spec;
	uv_loop_t loop;
	uv_timer_t tick;
	struct worker *workers; /* as many as there are jobs */
	struct setting settings[SETTINGS];
	size_t told;   /* how often they have changed */
	size_t *owner; /* for each source, the index of the worker that parsed it; or NOBODY */
	size_t owner_count;
	struct pool_stats stats;

	/* Of a run. */
	const struct pool_client *client;
	struct task *tasks;
	size_t count;
	size_t first; /* all before it are begun */
	size_t finished;
	bool failed; /* the run is to end; `err` says why */
	struct error *err;
};

void requests_add(struct requests *requests, size_t source, char *text)
{
	requests->requests = grow(requests->requests, requests->count, sizeof(*requests->requests));
	requests->requests[requests->count++] = (struct request){ source, text };
}

void requests_free(struct requests *requests)
{
	for (size_t i = 0; i < requests->count; i++)
		free(requests->requests[i].text);
	free(requests->requests);
}

static void fill(struct pool *pool);

/* Ends the run: nothing is begun any more, and what runs is killed. */
static void fail(struct pool *pool)
{
	pool->failed = true;
	for (unsigned int i = 0; i < pool->spec.jobs; i++)
		if (pool->workers[i].process)
			process_kill(pool->workers[i].process);
}

static void begin_rows(struct worker *worker)
{
	worker->rows_stream = open_memstream(&worker->rows, &worker->rows_length);
}

/* The rows of the request, which the caller frees; there is room behind them. */
static char *take_rows(struct worker *worker)
{
	char *rows;

	for (size_t i = 0; i < TEXT_SLACK; i++)
		putc('\0', worker->rows_stream);
	fclose(worker->rows_stream);
	rows = worker->rows;
	worker->rows_stream = NULL;
	worker->rows = NULL;
	return rows;
}

/* Tells a process what has changed since it was told last, and gives it its request. */
static void give(struct worker *worker)
{
	struct pool *pool = worker->pool;

	if (worker->told != pool->told)
		for (size_t i = 0; i < SETTINGS && pool->settings[i].line; i++)
			process_write(worker->process, pool->settings[i].line);
	worker->told = pool->told;
	process_write(worker->process, worker->task->request->text);
	process_write(worker->process, "\n");
	worker->last_sign = uv_now(&pool->loop);
}

/* A request is answered, or never will be. */
static void finish(struct worker *worker)
{
	worker->task = NULL;
	worker->pool->finished++;
}

static void report_failure(struct worker *worker, const char *reason)
{
	const struct pool_client *client = worker->pool->client;

	client->failed(client->context, worker->task->request->source, reason);
	finish(worker);
}

static void take_numbers(struct worker *worker, const char *text)
{
	struct pool_stats *stats = &worker->pool->stats;
	size_t parsed, again;

	if (sscanf(text, "%zu %zu", &parsed, &again) != 2 || parsed < worker->parsed ||
	    again < worker->again)
		return;
	stats->parsed += parsed - worker->parsed;
	stats->again += again - worker->again;
	worker->parsed = parsed;
	worker->again = again;
}

static void take_answer(struct worker *worker)
{
	struct pool *pool = worker->pool;
	size_t source = worker->task->request->source;
	char *rows = take_rows(worker), *log = process_take_log(worker->process);

	worker->answered++;
	pool->owner[source] = worker->index;
	finish(worker);
	if (pool->client->done(pool->client->context, source, rows, log, pool->err))
		fail(pool);
	free(rows);
	free(log);
}

/* It gave up, and says why: a process without memory is of no more use. */
static void take_excuse(struct worker *worker, const char *why)
{
	char *reason;

	if (message_no_memory(why) || strstr(why, "Stack_overflow")) {
		worker->excuse = xstrdup(why);
		process_kill(worker->process);
		return;
	}
	free(take_rows(worker));
	free(process_take_log(worker->process));
	worker->answered++;
	reason = xasprintf("spatch failed: %s", why);
	report_failure(worker, reason);
	free(reason);
}

static void on_out(void *context, char *line)
{
	struct worker *worker = context;

	if (!worker->ready) {
		worker->ready = !strcmp(line, READY);
		if (worker->ready)
			give(worker);
		return;
	}
	if (!worker->task || worker->pool->failed)
		return;
	if (starts_with(line, DONE)) {
		take_numbers(worker, line + strlen(DONE));
		take_answer(worker);
		fill(worker->pool);
	} else if (starts_with(line, FAILED)) {
		take_excuse(worker, line + strlen(FAILED));
		fill(worker->pool);
	} else {
		fprintf(worker->rows_stream, "%s\n", line);
	}
}

/* Why a process ended before it had answered, for a person; the caller frees. */
static char *why_failed(const struct worker *worker, const struct process_end *end)
{
	const struct spatch *spatch = worker->pool->spec.spatch;
	char *last, *reason;

	if (worker->timed_out)
		return xasprintf("spatch timed out after %u s", spatch->timeout);
	if (end->flooded)
		return xstrdup("spatch printed too much");
	if (message_no_memory(worker->excuse ? worker->excuse : end->log))
		return xasprintf("spatch needed more than %u MB", spatch->memory);
	if (worker->excuse)
		return xasprintf("spatch failed: %s", worker->excuse);
	if (end->signal)
		return xasprintf("spatch was killed by signal %d", end->signal);
	last = message_last(end->log);
	reason = last ? xasprintf("spatch failed: %s", last)
		      : xasprintf("spatch failed with exit status %d", (int)end->status);
	free(last);
	return reason;
}

/* Did it end, by its own word, before it began with any source? */
static bool is_setup_error(const struct worker *worker, const struct process_end *end)
{
	return !worker->ready && !worker->timed_out && !end->signal && !end->flooded &&
	       !message_no_memory(end->log);
}

/* A process ended while it was at work. */
static void judge_end(struct worker *worker, const struct process_end *end)
{
	struct pool *pool = worker->pool;
	char *reason;

	if (is_setup_error(worker, end)) {
		spatch_setup_error(end->log, pool->err);
		fail(pool);
	} else if (worker->answered && !worker->timed_out && !end->flooded) {
		worker->task->begun = false;
		pool->first = 0;
		worker->task = NULL;
	} else {
		reason = why_failed(worker, end);
		report_failure(worker, reason);
		free(reason);
	}
}

static void on_end(void *context, struct process_end *end)
{
	struct worker *worker = context;
	struct pool *pool = worker->pool;

	if (worker->rows_stream)
		free(take_rows(worker));
	worker->process = NULL;
	if (worker->task && !pool->failed)
		judge_end(worker, end);
	free(worker->excuse);
	worker->excuse = NULL;
	free(end->out);
	free(end->log);
	if (pool->client && !pool->failed)
		fill(pool);
}

/* Starts a process, which then gets the worker's request. */
static int start(struct worker *worker)
{
	struct pool *pool = worker->pool;
	const struct spatch *spatch = pool->spec.spatch;
	struct process_spec spec = {
		.arguments = spatch_arguments(spatch),
		.environment = spatch->environment,
		.directory = pool->spec.stage->dir,
		.memory = spatch->memory,
		.takes_input = true,
		.on_out = on_out,
		.on_end = on_end,
		.context = worker,
	};

	worker->ready = worker->timed_out = false;
	worker->answered = worker->told = worker->parsed = worker->again = 0;
	worker->last_sign = uv_now(&pool->loop);
	worker->process = process_start(&pool->loop, &spec, pool->err);
	spatch_free_arguments(spec.arguments);
	pool->stats.processes++;
	return worker->process ? 0 : -1;
}

/*
 * The next request for a worker: about a source that it has parsed, else one that nobody has, else
 * the last there is; NULL if there is none.
 */
static struct task *choose(struct pool *pool, size_t worker)
{
	struct task *anew = NULL, *last = NULL;

	while (pool->first < pool->count && pool->tasks[pool->first].begun)
		pool->first++;
	for (size_t i = pool->first; i < pool->count; i++) {
		struct task *task = &pool->tasks[i];
		size_t owner = pool->owner[task->request->source];

		if (task->begun)
			continue;
		if (owner == worker)
			return task;
		if (owner == NOBODY && !anew)
			anew = task;
		last = task;
	}
	return anew ? anew : last;
}

/* Gives each worker that has nothing to do a request. */
static void fill(struct pool *pool)
{
	for (unsigned int i = 0; i < pool->spec.jobs && !pool->failed; i++) {
		struct worker *worker = &pool->workers[i];

		if (worker->task)
			continue;
		worker->task = choose(pool, i);
		if (!worker->task)
			return;
		worker->task->begun = true;
		begin_rows(worker);
		if (worker->process && worker->ready)
			give(worker);
		else if (!worker->process && start(worker))
			fail(pool);
	}
}

/* Kills what has been at a request for too long. */
static void watch(struct worker *worker)
{
	const struct pool_spec *spec = &worker->pool->spec;
	uint64_t limit = spec->spatch->timeout + (worker->ready ? 0 : spec->grace);

	if (!worker->process || !worker->task || worker->timed_out ||
	    uv_now(&worker->pool->loop) - worker->last_sign <= limit * 1000)
		return;
	worker->timed_out = true;
	process_kill(worker->process);
}

static void on_tick(uv_timer_t *timer)
{
	struct pool *pool = timer->data;

	for (unsigned int i = 0; i < pool->spec.jobs; i++)
		watch(&pool->workers[i]);
	if (interrupt_signal() && !pool->failed) {
		error_set(pool->err, "interrupted");
		fail(pool);
	}
	progress_show(pool->spec.progress, "analysing, sources", pool->finished, pool->count);
}

struct pool *pool_open(const struct pool_spec *spec)
{
	struct pool *pool = xcalloc(1, sizeof(*pool));

	*pool = (struct pool){ .spec = *spec };
	pool->workers = xcalloc(spec->jobs, sizeof(*pool->workers));
	for (unsigned int i = 0; i < spec->jobs; i++)
		pool->workers[i] = (struct worker){ .pool = pool, .index = i };
	uv_loop_init(&pool->loop);
	uv_timer_init(&pool->loop, &pool->tick);
	pool->tick.data = pool;
	return pool;
}

void pool_tell(struct pool *pool, const char *verb, const char *words)
{
	size_t i = 0;

	while (pool->settings[i].line && strcmp(pool->settings[i].verb, verb))
		i++;
	free(pool->settings[i].line);
	pool->settings[i] = (struct setting){ verb, xasprintf("%s %s\n", verb, words) };
	pool->told++;
}

/* Larger sources come first; of the same size, those that come first. */
static int compare_tasks(const void *left, const void *right, void *context)
{
	const struct selection *selection = context;
	size_t a = ((const struct task *)left)->request->source;
	size_t b = ((const struct task *)right)->request->source;
	size_t a_weight = selection->sources[a].weight, b_weight = selection->sources[b].weight;

	if (a_weight != b_weight)
		return a_weight > b_weight ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* Makes room for the sources that there are by now. */
static void grow_owners(struct pool *pool)
{
	size_t count = pool->spec.selection->count;

	pool->owner = xrealloc(pool->owner, (count + 1) * sizeof(*pool->owner));
	while (pool->owner_count < count)
		pool->owner[pool->owner_count++] = NOBODY;
}

static bool is_running(const struct pool *pool)
{
	for (unsigned int i = 0; i < pool->spec.jobs; i++)
		if (pool->workers[i].process)
			return true;
	return false;
}

int pool_run(struct pool *pool, const struct requests *requests, const struct pool_client *client,
	     struct error *err)
{
	pool->client = client;
	pool->err = err;
	pool->tasks = xcalloc(requests->count + 1, sizeof(*pool->tasks));
	pool->count = requests->count;
	pool->first = pool->finished = 0;
	pool->stats.requests += requests->count;
	for (size_t i = 0; i < requests->count; i++)
		pool->tasks[i].request = &requests->requests[i];
	if (pool->count)
		qsort_r(pool->tasks, pool->count, sizeof(*pool->tasks), compare_tasks,
			(void *)pool->spec.selection);
	grow_owners(pool);
	uv_update_time(&pool->loop);
	uv_timer_start(&pool->tick, on_tick, TICK, TICK);
	fill(pool);
	while (pool->failed ? is_running(pool) : pool->finished < pool->count)
		uv_run(&pool->loop, UV_RUN_ONCE);
	uv_timer_stop(&pool->tick);
	free(pool->tasks);
	pool->tasks = NULL;
	pool->client = NULL;
	return pool->failed ? -1 : 0;
}

struct pool_stats pool_stats(const struct pool *pool)
{
	return pool->stats;
}

void pool_close(struct pool *pool)
{
	if (!pool)
		return;
	fail(pool);
	while (is_running(pool))
		uv_run(&pool->loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&pool->tick, NULL);
	uv_run(&pool->loop, UV_RUN_DEFAULT);
	uv_loop_close(&pool->loop);
	for (size_t i = 0; i < SETTINGS; i++)
		free(pool->settings[i].line);
	free(pool->workers);
	free(pool->owner);
	free(pool);
}
