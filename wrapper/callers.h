/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * callers: asks spatch who calls the functions in which a state is inherited, who calls those, and
 * so on, a round for each step upward.
 */
#ifndef RESVLINT_CALLERS_H
#define RESVLINT_CALLERS_H

#include "contexts.h"
#include "convention.h"
#include "progress.h"
#include "spatch.h"
#include "stage.h"
#include "tree.h"
#include "unanalysed.h"

struct callers {
	/* what it works with; the selection grows by the sources outside of the PATHs */
	const struct catalogue *catalogue;
	const struct convention *convention;
	const struct tree *tree;
	const struct stage *stage;
	struct spatch *spatch;
	struct selection *selection;
	unsigned int jobs;
	unsigned int grace; /* as the pool has it */
	bool verbose;       /* tell of the rounds on stderr */
	struct progress *progress;

	/* what it finds out */
	struct facts calls;
	struct questions asked; /* owns the names */
	struct unanalysed *unanalysed;
	size_t processes;
};

/*
 * Asks until nothing more needs to be known for the facts, or it gets too much: what is not asked
 * then stays unknown. Returns 0, or -1 with a message. callers_free() either way.
 */
int callers_ask(struct callers *callers, const struct slots *slots, const struct facts *facts,
		struct error *err);
void callers_free(struct callers *callers);

#endif
