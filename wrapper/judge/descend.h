/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * descend: goes down from where a context begins, such as that of code which a fence needs to
 * complete, through all that is called there. What the rules have against a call in the context
 * becomes a finding, with the way that leads to it.
 */
#ifndef RESVLINT_DESCEND_H
#define RESVLINT_DESCEND_H

#include "convention/slots.h"
#include "judge/drivers.h"
#include "run/facts.h"
#include "run/survey.h"

/*
 * Adds to the facts what these rules, which judge in contexts, find in sources of the PATHs.
 * `slots` tells the callbacks with which contexts begin, of drivers that have to do with fences or
 * reservation objects. Findings of less than the least confidence are not wanted. A place is one
 * finding, with a way from each of a few beginnings. Returns 0, or -1 with a message.
 */
int descend(struct survey *survey, const struct slots *slots, const struct drivers *drivers,
	    rule_set rules, enum confidence least, struct facts *facts, struct error *err);

#endif
