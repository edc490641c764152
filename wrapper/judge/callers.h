/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * callers: asks who calls the functions in which a state is inherited, who calls those, and so on,
 * a round for each step upward.
 */
#ifndef RESVLINT_CALLERS_H
#define RESVLINT_CALLERS_H

#include "judge/contexts.h"
#include "run/survey.h"

struct callers {
	struct facts facts;        /* definitions, calls and callbacks */
	struct questions asked;    /* owns the names */
	const struct under *under; /* as of struct knowledge; set before they are asked */
};

/*
 * Asks until nothing more needs to be known for the sites, or it gets too much: what is not asked
 * then stays unknown. Findings of less than the least confidence are not wanted. Returns 0, or -1
 * with a message. callers_free() either way.
 */
int callers_ask(struct callers *callers, struct survey *survey, const struct slots *slots,
		const struct sites *sites, enum confidence least, struct error *err);
void callers_free(struct callers *callers);

#endif
