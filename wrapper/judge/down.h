/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * down: from visits to what they call, and so on.
 */
#ifndef RESVLINT_DOWN_H
#define RESVLINT_DOWN_H

#include "judge/visits.h"

/*
 * Goes down from the visits from `first` on, which are so many calls deep: one level. Those that
 * are left are not gone down from. Returns as down_go().
 */
int down_level(struct descent *descent, size_t first, unsigned int depth, struct error *err);

/*
 * Goes down from the visits there are, level by level: adds visits of what is called, and to the
 * facts what the rules have against calls there. Ways of low confidence are gone last, and not at
 * all if such findings are not wanted. Returns 0, or -1 with a message.
 */
int down_go(struct descent *descent, struct error *err);

#endif
