/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nearby: which sources outside of the PATHs matter to those in them: they define functions that
 * these name, or that others nearby do.
 */
#ifndef RESVLINT_NEARBY_H
#define RESVLINT_NEARBY_H

#include "run/survey.h"

/*
 * Looks among the sources that have one of the words. Those in the PATHs and all headers are
 * nearby. Returns a flag for each source of the selection, which the caller frees; NULL, with a
 * message, after an error.
 */
bool *nearby_find(const struct survey *survey, const struct names *words, struct error *err);

#endif
