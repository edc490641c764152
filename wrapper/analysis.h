/* SPDX-License-Identifier: GPL-2.0-only */
/* analysis: the stages that lead from PATHs to findings, in the order of the data flow. */
#ifndef RESVLINT_ANALYSIS_H
#define RESVLINT_ANALYSIS_H

#include "convention/kernel.h"
#include "options.h"
#include "report/report.h"

/* The text of a source that is looked at in place of the one in its file. */
struct substitute {
	const char *file; /* relative to the tree's root */
	struct text text;
};

struct analysis;

/*
 * Analyses the PATHs of the options. What is put in place of sources is kept by the caller, as the
 * options are, until analysis_free(). Returns NULL with a message if it cannot be done or was
 * interrupted; what could not be analysed is told in the report.
 */
struct analysis *analysis_run(const struct options *options, const struct substitute *substitutes,
			      size_t count, struct error *err);
void analysis_free(struct analysis *analysis);

/*
 * Finds out what the functions of a kernel tree, the one PATH of the options, do to locks, as far
 * as code outside of the tree can call them and no other table tells, and the tree's version.
 * Returns 0, or -1 with a message. kernel_functions_free() either way.
 */
int analysis_kernel(const struct options *options, struct kernel_functions *functions,
		    struct version *version, struct error *err);

/* What was found out; all that it points to is the analysis's. */
struct report analysis_report(const struct analysis *analysis);

/* Prints on stderr what the analysis cost. */
void analysis_print_stats(const struct analysis *analysis);

#endif
