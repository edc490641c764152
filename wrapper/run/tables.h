/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables: finds the functions that tables of callbacks name and that stand in other files than
 * these, so that rules know them in their own.
 */
#ifndef RESVLINT_TABLES_H
#define RESVLINT_TABLES_H

#include "base/names.h"
#include "run/survey.h"

struct tables {
	struct facts slots; /* of the kind FACT_SLOT; `object` is the table */
};

/*
 * Looks for them in the tables, anywhere in the tree, that are one of these structures, and has
 * spatch know them from now on. Returns 0, or -1 with a message. tables_free() either way.
 */
int tables_ask(struct tables *tables, struct survey *survey, const struct names *structures,
	       struct error *err);
void tables_free(struct tables *tables);

/* Adds the names of the functions, some more than once. */
void tables_add_names(const struct tables *tables, struct names *names);

#endif
