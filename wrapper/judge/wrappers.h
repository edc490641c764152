/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wrappers: finds the functions that take, try, assert or drop a reservation lock for their caller,
 * or may do so, that take it inside, or that call what wants it free, by their bodies. Those of one
 * round are what the next knows, until no more come up. What one round tells of a function may turn
 * out to be wrong in the next, when more is known of those that it calls: each is looked at again
 * when that changes, so that the order of rounds does not count.
 */
#ifndef RESVLINT_WRAPPERS_H
#define RESVLINT_WRAPPERS_H

#include "base/names.h"
#include "convention/convention.h"
#include "convention/kernel.h"
#include "run/survey.h"

struct wrappers {
	struct facts facts; /* effects, in order */
	/* What the kernel does, where its own sources are not among those of the selection. */
	struct kernel_functions kernel;
};

/*
 * Has spatch know what functions of the kernel do, of which `kernel` is taken over, but for those
 * that sources of the selection define themselves. Adds their names to `known`. Returns 0, or -1
 * with a message.
 */
int wrappers_know_kernel(struct wrappers *wrappers, struct kernel_functions *kernel,
			 struct survey *survey, struct names *known, struct error *err);

/*
 * Finds the wrappers of these lock functions, and of those that the convention wants called without
 * the lock, in the sources of the selection, and has spatch know them from now on. Adds the names
 * of all to `known`, with which the survey works. Returns 0, or -1 with a message. wrappers_free()
 * either way.
 */
int wrappers_infer(struct wrappers *wrappers, struct survey *survey, const struct names *locks,
		   const struct convention *convention, struct names *known, struct error *err);
void wrappers_free(struct wrappers *wrappers);

/*
 * Adds the names of those that other files than their own can call, and that do one of the things
 * in `does`, a NULL-terminated list such as "acquire", "try".
 */
void wrappers_add_names(const struct wrappers *wrappers, const char *const *does,
			const struct selection *selection, struct names *locks);

/*
 * Adds to the chain of each finding about a call of a function that takes the lock inside, or that
 * calls what wants it free, the calls by which it does so. The strings are those of the wrappers.
 */
void wrappers_explain(const struct wrappers *wrappers, const struct selection *selection,
		      struct sites *sites);

/*
 * What those do that code outside of the kernel tree can call, but for those of `known`. Returns 0,
 * or -1 with a message. kernel_functions_free() either way.
 */
int wrappers_exported(const struct wrappers *wrappers, const struct survey *survey,
		      const struct names *known, struct kernel_functions *functions,
		      struct error *err);

/* Lists the wrappers on stderr, a line each. */
void wrappers_print(const struct wrappers *wrappers, const struct selection *selection);

#endif
