/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * takers: who else takes the locks that code in a context takes.
 */
#ifndef RESVLINT_TAKERS_H
#define RESVLINT_TAKERS_H

#include "judge/visits.h"

/*
 * Asks who takes the locks of which the rules want to know that, in sources of the drivers, and
 * adds to the sites those that are findings by it. Returns 0, or -1 with a message.
 */
int takers_find(struct descent *descent, struct error *err);

#endif
