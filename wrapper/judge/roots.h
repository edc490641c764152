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
 * What is of less than the least confidence, wherever it is found, is left out. Returns 0, or -1
 * with a message.
 */
int roots_find(struct descent *descent, enum confidence least, struct error *err);

#endif
