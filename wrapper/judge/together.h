/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * together: asks rules that see sources whole about several sources of a driver at once, where one
 * alone does not tell all: what makes a queue, and what it is used for, may be in two. The rules
 * say what they would have to know (lib/program.mli), round for round; and functions of work may
 * come to what a rule is about by way of other sources.
 */
#ifndef RESVLINT_TOGETHER_H
#define RESVLINT_TOGETHER_H

#include "convention/slots.h"
#include "run/survey.h"

/*
 * Replaces, in `facts`, what these rules said of sources alone by what they say of those that
 * belong together. `words` are those by which sources matter to the rules. Returns 0, or -1 with a
 * message.
 */
int together_ask(struct survey *survey, const struct slots *slots, rule_set rules,
		 const struct words *words, struct facts *facts, struct error *err);

#endif
