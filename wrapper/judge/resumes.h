/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * resumes: calls that resume a device, as pm_runtime_get_sync() does, and what drivers have for
 * that.
 */
#ifndef RESVLINT_RESUMES_H
#define RESVLINT_RESUMES_H

#include "graph/walk.h"
#include "judge/drivers.h"

/* Zeroed: resumes_load() it, resumes_free() it. */
struct resumes {
	struct names functions; /* that resume a device */
	struct names macros;    /* that put a function where it is called for that */
	uint32_t *arguments;    /* of each of these, the number of the argument, from 0 */
};

/* Reads the table. Returns 0, or -1 with a message. */
int resumes_load(struct resumes *resumes, const char *rules_dir, struct error *err);
void resumes_free(struct resumes *resumes);

/* Adds the words by which the sources are found that say what is called for a driver's devices. */
void resumes_add_words(const struct resumes *resumes, struct names *words);

/*
 * Adds the names that no source defines of functions which are called to resume a device of a
 * driver, and of those that these call.
 */
void resumes_add_undefined(const struct resumes *resumes, const struct graph *graph,
			   const struct drivers *drivers, const char *driver, struct names *words);

/* A function that is called where a device is resumed. */
struct resumed {
	uint32_t item;
	enum confidence confidence; /* that it is this device's */
};

/*
 * The functions that a call of a driver, an edge, may call to resume its device: those that have to
 * do with a structure in which the call finds the device, or the driver's only one if that is not
 * known of both. The caller frees.
 */
struct resumed *resumes_find(const struct resumes *resumes, const struct graph *graph,
			     const struct drivers *drivers, const char *driver, uint32_t call,
			     size_t *count);

#endif
