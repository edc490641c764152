/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pool: processes of spatch that answer requests about sources, several at a time, each with
 * limits. lib/serve.mli tells of the requests and their answers. A source stays with the process
 * that has parsed it before, if that has time. A process that fails is started anew for the next
 * request; one that had answered other requests before is given the benefit of the doubt, and
 * the source is tried again in a new one.
 */
#ifndef RESVLINT_POOL_H
#define RESVLINT_POOL_H

#include "base/progress.h"
#include "run/select.h"
#include "run/spatch.h"
#include "run/stage.h"

struct request {
	size_t source; /* index in the selection */
	char *text;    /* one line, without its end */
};

struct requests {
	struct request *requests;
	size_t count;
};

/* Adds a request; its text, from malloc(), is the receiver's. */
void requests_add(struct requests *requests, size_t source, char *text);
void requests_free(struct requests *requests);

/* Who gets the answers. */
struct pool_client {
	/*
	 * What spatch printed about a source: its rows, which may be cut up, and what it said
	 * on stderr. Returns 0, or -1 with a message, which ends the run.
	 */
	int (*done)(void *context, size_t source, char *rows, const char *log, struct error *err);

	/* A source on which spatch failed, and why. */
	void (*failed)(void *context, size_t source, const char *reason);
	void *context;
};

/* What runs, and on what. All of it outlives the pool. */
struct pool_spec {
	const struct spatch *spatch;
	const struct stage *stage;
	const struct selection *selection; /* may grow between two runs */
	unsigned int jobs;
	unsigned int grace; /* seconds beyond the timeout that a process may take to start */
	struct progress *progress;
};

/* So far. */
struct pool_stats {
	size_t processes;
	size_t requests;
	size_t parsed; /* functions */
	size_t again;  /* of these, not for the first time in their process */
};

struct pool;

/* No process is started before there is a request. pool_close() it. */
struct pool *pool_open(const struct pool_spec *spec);

/*
 * Each process is told a line "VERB WORDS" before its next request, in place of the one of that
 * verb before.
 */
void pool_tell(struct pool *pool, const char *verb, const char *words);

/*
 * Has all requests answered, those about the largest sources first. Returns 0, or -1 with a message
 * after a set-up error or an interrupt.
 */
int pool_run(struct pool *pool, const struct requests *requests, const struct pool_client *client,
	     struct error *err);

struct pool_stats pool_stats(const struct pool *pool);

/* Ends all processes: none is left. */
void pool_close(struct pool *pool);

#endif
