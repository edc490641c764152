/* SPDX-License-Identifier: GPL-2.0-only */
/* convention: the convention in force in a tree, and the contract, in lines. */
#ifndef RESVLINT_REPORT_CONVENTION_H
#define RESVLINT_REPORT_CONVENTION_H

#include "convention/contract.h"
#include "convention/convention.h"
#include "convention/tree.h"

#include <stdio.h>

/* The convention as a table: a heading, the columns' names, a line for each row. */
void report_convention(FILE *out, const struct tree *tree, const struct convention *convention);

/* Likewise the contract; what a row has last is its sentence. */
void report_contract(FILE *out, const struct tree *tree, const struct contract *contract);

/*
 * What is to be said of the convention, a line each: its warning unless `quiet`, and how the tree's
 * text and the built-in table differ if `verbose`.
 */
void report_convention_notes(FILE *out, const struct convention *convention, bool quiet,
			     bool verbose);

#endif
