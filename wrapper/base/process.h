/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * process: one child in a process group of its own, with a memory limit, what it is told, and all
 * that it prints.
 * No shell is involved anywhere.
 */
#ifndef RESVLINT_PROCESS_H
#define RESVLINT_PROCESS_H

#include "base/base.h"

#include <stdint.h>
#include <uv.h>

struct process;

/* What a process leaves behind. The strings are the receiver's to free. */
struct process_end {
	int64_t status; /* exit status */
	int signal;     /* that killed it, 0 if none */
	bool flooded;   /* it was killed because it printed too much */
	char *out;      /* stdout, but for the lines that on_out had */
	char *log;      /* stderr, since process_take_log() */
};

struct process_spec {
	char **arguments;      /* arguments[0] is the program; NULL-terminated */
	char **environment;    /* NULL: that of the front end */
	const char *directory; /* to run in; NULL: the front end's */
	unsigned int memory;   /* limit of address space, MB; 0: none */
	bool takes_input;      /* from process_write(); else stdin is empty */
	/* For each line of stdout, without its end; it may be cut up. May be NULL. */
	void (*on_out)(void *context, char *line);
	void (*on_end)(void *context, struct process_end *end); /* once, last */
	void *context;
};

/*
 * Starts a process on the loop, whose uv_run() then makes the calls. Returns NULL, with a message,
 * if it cannot be started; on_end is not called then. The process frees itself after on_end.
 */
struct process *process_start(uv_loop_t *loop, const struct process_spec *spec, struct error *err);

/* Writes to the stdin of a process that takes input. What it does not read is lost. */
void process_write(struct process *process, const char *text);

/*
 * What it has printed on stderr since the last time, which the caller frees. Counts from now on
 * whether it prints too much.
 */
char *process_take_log(struct process *process);

/* Kills the process with its whole group; on_end follows. */
void process_kill(struct process *process);

/*
 * Runs one process to its end, which is put into `end`; it is killed after `timeout` ms, which
 * looks like any other signal. on_end and context are not used. Returns 0, or -1 with a message if
 * it cannot be started.
 */
int process_run(const struct process_spec *spec, unsigned int timeout, struct process_end *end,
		struct error *err);

#endif
