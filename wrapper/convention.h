/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * convention: the dma-buf locking convention in force. It is what the checked tree says in its own
 * `DOC: locking convention`, or the built-in table of the rules directory.
 */
#ifndef RESVLINT_CONVENTION_H
#define RESVLINT_CONVENTION_H

#include "base.h"

#define CONVENTION_TABLE "lib/convention.tsv"

/* One function or callback and the clause it stands in. */
struct convention_row {
	char *clause;  /* importer-1, importer-2, exporter-1, exporter-2, exporter-3 */
	char *api;     /* a function, or dma_buf_ops.MEMBER */
	char *variant; /* its *_unlocked variant, NULL if there is none */
};

struct convention {
	bool from_tree;
	struct convention_row *rows;
	size_t count;
	char *warning; /* for the user, NULL if there is nothing to say */
};

/*
 * Works out the convention for the kernel tree at `tree_root` (NULL: no kernel tree) or, if
 * `kernel` is not NULL, for that kernel version by the built-in table. Returns 0, or -1 with a
 * message. convention_free() either way.
 */
int convention_load(const char *rules_dir, const char *tree_root, const char *kernel,
		    struct convention *convention, struct error *err);
void convention_free(struct convention *convention);

/* The rows as rules get them: lines of "CLAUSE API VARIANT", "-" if none. The caller frees. */
char *convention_text(const struct convention *convention);

#endif
