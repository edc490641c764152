/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * program: the graph of those sources of the tree that somebody asked about, by what they name. A
 * source is read into the graph once.
 */
#ifndef RESVLINT_PROGRAM_H
#define RESVLINT_PROGRAM_H

#include "base/names.h"
#include "graph/graph.h"
#include "run/select.h"

/* The selection may grow. */
struct program {
	struct selection *selection;
	const struct tree *tree;
	unsigned int jobs;
	struct progress *progress;
	struct graph *graph;
	bool is_sealed;
};

/* What looks for sources in a selection. program_free() it. */
struct program program_make(struct selection *selection, const struct tree *tree, unsigned int jobs,
			    struct progress *progress);
void program_free(struct program *program);

/*
 * Reads the sources of the tree that have one of the words and, unless it is NULL, one of `also`.
 * `only`, unless it is NULL, has a flag for each that may be read.
 * Returns 0, or -1 with a message. What the graph gave is no longer valid.
 */
int program_read(struct program *program, const struct names *words, const struct names *also,
		 const bool *only, struct error *err);

/* The graph of all that was read; it belongs to the program, and is valid until more is read. */
const struct graph *program_graph(struct program *program);

#endif
