/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables: finds the callbacks of which the convention says how they are entered, and that stand in
 * other files than the tables that name them, so that rules know them in their own.
 */
#ifndef RESVLINT_TABLES_H
#define RESVLINT_TABLES_H

#include "base/names.h"
#include "convention/convention.h"
#include "convention/slots.h"
#include "run/survey.h"

/*
 * Looks for such callbacks in the tables, anywhere in the tree, that are one of these structures,
 * has spatch know them from now on, and adds their names to `callbacks`, some more than once.
 * Returns 0, or -1 with a message.
 */
int tables_find(const struct survey *survey, const struct names *structures,
		const struct convention *convention, const struct slots *slots,
		struct names *callbacks, struct error *err);

#endif
