/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * below: findings of what visits come to.
 */
#ifndef RESVLINT_BELOW_H
#define RESVLINT_BELOW_H

#include "judge/visits.h"

/*
 * Makes one finding of what was found at a place, from the site `first` on: with a way from each of
 * a few beginnings. What shared code does is a finding at the call by which a driver comes to it.
 */
void below_find(struct descent *descent, size_t first);

#endif
