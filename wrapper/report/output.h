/* SPDX-License-Identifier: GPL-2.0-only */
/* output: what a run prints. */
#ifndef RESVLINT_OUTPUT_H
#define RESVLINT_OUTPUT_H

#include "convention/catalogue.h"
#include "convention/convention.h"
#include "convention/tree.h"
#include "judge/findings.h"
#include "run/select.h"
#include "run/unanalysed.h"

#include <stdio.h>

/* All that a run found out. */
struct report {
	const struct catalogue *catalogue;
	const struct tree *tree;
	const char *kernel; /* the version checked against, NULL if it is not known */
	const struct convention *convention;
	const struct selection *selection;
	const struct findings *findings;
	const struct unanalysed *unanalysed;
};

/* The findings for people, editors and CI: one line each, and what explains it indented below. */
void output_text(FILE *out, const struct report *report, bool color);

/* How a finding is reached, a line each, with names of files relative to the tree. */
void output_chain(FILE *out, const struct report *report, const struct fact *fact);

/* The report as one JSON object. Its bytes depend on nothing but what it says. */
void output_json(FILE *out, const struct report *report);

/* What was not analysed, a line each; `files_only` leaves out functions. */
void output_unanalysed(FILE *out, const struct report *report, bool files_only);

/* One line of counts. */
void output_summary(FILE *out, const struct report *report);

/* The convention in force in a tree as a table: a heading, the columns' names, a line for each row.
 */
void output_convention(FILE *out, const struct tree *tree, const struct convention *convention);

/* The same as one JSON object. */
void output_convention_json(FILE *out, const struct tree *tree,
			    const struct convention *convention);

/*
 * What is to be said of the convention, a line each: its warning unless `quiet`, and how the tree's
 * text and the built-in table differ if `verbose`.
 */
void output_notes(FILE *out, const struct convention *convention, bool quiet, bool verbose);

#endif
