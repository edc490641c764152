/* SPDX-License-Identifier: GPL-2.0-only */
/* report: all that a run found out, for each format to print. */
#ifndef RESVLINT_REPORT_H
#define RESVLINT_REPORT_H

#include "convention/catalogue.h"
#include "convention/convention.h"
#include "convention/tree.h"
#include "judge/findings.h"
#include "run/select.h"
#include "run/unanalysed.h"

struct report {
	const struct catalogue *catalogue;
	const struct tree *tree;
	const char *kernel; /* the version checked against, NULL if it is not known */
	const struct convention *convention;
	const struct selection *selection;
	const struct findings *findings;
	const struct unanalysed *unanalysed;
};

/* The number of sources in the PATHs. */
size_t report_scanned(const struct report *report);

/* The number of sources that some rule was run on. */
size_t report_selected(const struct report *report);

#endif
