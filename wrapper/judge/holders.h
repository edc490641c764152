/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * holders: what others do with the locks held that code in a context waits for.
 */
#ifndef RESVLINT_HOLDERS_H
#define RESVLINT_HOLDERS_H

#include "judge/visits.h"

/*
 * Of the sites of the facts from `first` on, those that wait for a lock are kept if a rule has
 * something against what is done with that lock held, anywhere in the driver or in code that
 * drivers share; what that is, is added to their messages, and to the locks of the descent. Returns
 * 0, or -1 with a message.
 */
int holders_find(struct descent *descent, size_t first, struct error *err);

#endif
