/* SPDX-License-Identifier: GPL-2.0-only */
/* intake: takes in what spatch answers: rows, and what could not be analysed. */
#ifndef RESVLINT_INTAKE_H
#define RESVLINT_INTAKE_H

#include "run/facts.h"
#include "run/pool.h"
#include "run/unparsed.h"

struct intake {
	const struct catalogue *catalogue;
	struct unparsed unparsed;
	rule_set rules; /* for which a source that fails is not analysed; 0: those it matters to */
	struct facts *facts;
	struct unanalysed *unanalysed;
	bool verbose; /* show on stderr what else is printed */
};

/* The client by which a pool hands over what it gets. */
struct pool_client intake_client(struct intake *intake);

#endif
