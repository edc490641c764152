/* SPDX-License-Identifier: GPL-2.0-only */
/* text: a report in lines, for people, editors and CI. */
#ifndef RESVLINT_REPORT_TEXT_H
#define RESVLINT_REPORT_TEXT_H

#include "report/report.h"

#include <stdio.h>

/* The findings: one line each, and what explains it indented below. */
void report_text(FILE *out, const struct report *report, bool color);

/* How a finding is reached, a line each, with names of files relative to the tree. */
void report_chain(FILE *out, const struct report *report, const struct site *site);

/* What was not analysed, a line each; `files_only` leaves out functions. */
void report_unanalysed(FILE *out, const struct report *report, bool files_only);

/* One line of counts. */
void report_summary(FILE *out, const struct report *report);

#endif
