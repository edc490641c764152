/* SPDX-License-Identifier: GPL-2.0-only */
/* json: what resvlint prints as JSON. The bytes depend on nothing but what they say. */
#ifndef RESVLINT_REPORT_JSON_H
#define RESVLINT_REPORT_JSON_H

#include "convention/contract.h"
#include "report/report.h"

#include <stdio.h>

/* The report as one JSON object. */
void report_json(FILE *out, const struct report *report);

/* The convention in force in a tree, and the contract, as one JSON object. */
void report_convention_json(FILE *out, const struct tree *tree, const struct convention *convention,
			    const struct contract *contract);

#endif
