/* SPDX-License-Identifier: GPL-2.0-only */
/* intake: takes in what spatch processes print: rows, and words about what they could not analyse.
 */
#ifndef RESVLINT_INTAKE_H
#define RESVLINT_INTAKE_H

#include "run/facts.h"
#include "run/messages.h"
#include "run/pool.h"

struct intake {
	const struct catalogue *catalogue;
	struct message_context messages;
	struct facts *facts;
	struct unanalysed *unanalysed;
	bool verbose; /* show on stderr what else they print */
};

/* The client by which a pool hands over what it gets. */
struct pool_client intake_client(struct intake *intake);

/*
 * Drops what a rule found in a file before it failed there, which depends on the machine. To be
 * called after the pool has run.
 */
void intake_finish(struct intake *intake);

#endif
