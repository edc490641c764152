/* SPDX-License-Identifier: GPL-2.0-only */
/* findings: sites judged, put together and in order. */
#ifndef RESVLINT_FINDINGS_H
#define RESVLINT_FINDINGS_H

#include "convention/catalogue.h"
#include "run/facts.h"
#include "run/select.h"

#include <stdint.h>

/* What all rows of one rule at one place say together. */
struct finding {
	const struct site *site; /* the strongest row; the facts own it */
	const char **reasons;    /* of all rows: sorted, each once, "" left out */
	size_t reason_count;
	const struct rewrite **rewrites; /* that its fix needs besides; the facts own them */
	size_t rewrite_count;
	uint64_t fingerprint; /* the same while the code moves: no line number goes in */
};

struct findings {
	struct finding *findings; /* sorted by file, line, column, rule */
	size_t count;
};

/* Makes the findings of the facts, whose sites are put in order, and which must outlive them. */
void findings_build(struct findings *findings, struct facts *facts,
		    const struct catalogue *catalogue, const struct selection *selection);

/* Takes out those of less confidence. */
void findings_filter(struct findings *findings, enum confidence least);
void findings_free(struct findings *findings);

#endif
