/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contract: the dma-fence cross-driver contract by its sentences, each with the rules that look for
 * code that breaks it, and where the tree's own `DOC: fence cross-driver contract` has it.
 */
#ifndef RESVLINT_CONTRACT_H
#define RESVLINT_CONTRACT_H

#include "convention/table.h"
#include "convention/tree.h"

#define CONTRACT_TABLE "tables/contract.tsv"

/* The file of a kernel tree that holds its text. */
#define CONTRACT_SOURCE "drivers/dma-buf/dma-fence.c"

/* One sentence. The strings are the table's. */
struct contract_row {
	const char *clause;
	const char *rules; /* their ids, with commas between */
	const char *sentence;
	unsigned int line; /* of CONTRACT_SOURCE; 0: the text does not have it, or there is none */
};

struct contract {
	struct table table;
	bool from_tree; /* does the tree have a text? */
	struct contract_row *rows;
	size_t count;
};

/*
 * Reads the table in the rules directory, and looks for its sentences in the text of a kernel tree;
 * NULL: in none. Returns 0, or -1 with a message. contract_free() either way.
 */
int contract_load(const char *rules_dir, const struct tree *tree, struct contract *contract,
		  struct error *err);
void contract_free(struct contract *contract);

#endif
