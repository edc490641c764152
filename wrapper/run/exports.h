/* SPDX-License-Identifier: GPL-2.0-only */
/* exports: the functions of a kernel tree that are exported to modules. */
#ifndef RESVLINT_EXPORTS_H
#define RESVLINT_EXPORTS_H

#include "base/names.h"
#include "run/survey.h"

/*
 * Marks the functions, of which `names` has the names, that are exported to modules. The array has
 * one flag for each, false to begin with. Returns 0, or -1 with a message.
 */
int exports_mark(const struct survey *survey, const struct names *names, bool *marked,
		 struct error *err);

#endif
