/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * roots: where contexts begin.
 */
#ifndef RESVLINT_ROOTS_H
#define RESVLINT_ROOTS_H

#include "judge/visits.h"

/*
 * Adds a visit for each function with which a context begins: callbacks, by the slots, and
 * functions with a section. Finds what wraps the functions that begin and end sections, too.
 * Of what is of low confidence wherever it is found, none are added unless that is wanted. Returns
 * 0, or -1 with a message.
 */
int roots_find(struct descent *descent, struct error *err);

#endif
