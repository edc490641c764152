/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * convention: the dma-buf locking convention in force. It is what the checked tree says in its own
 * `DOC: locking convention`, or the built-in table of the rules directory.
 */
#ifndef RESVLINT_CONVENTION_H
#define RESVLINT_CONVENTION_H

#include "base/base.h"
#include "base/names.h"
#include "convention/terms.h"
#include "convention/tree.h"

#define CONVENTION_TABLE "lib/convention.tsv"

/* The file of a kernel tree that holds its text. */
#define CONVENTION_SOURCE "drivers/dma-buf/dma-buf.c"

/* One function or callback and the clause it stands in. */
struct convention_row {
	char *clause;
	char *api;            /* a function, or EXPORTER_CALLBACK and a member */
	char *variant;        /* its *_unlocked variant, NULL if there is none */
	unsigned int line;    /* of CONVENTION_SOURCE; 0: the row is of the built-in table */
	struct version since; /* of a row of the table: the first version with it */
	struct version until; /* and the first one without it, version_never if there is none */
};

struct convention {
	bool from_tree;
	char *version; /* the kernel whose convention it is, "7.1 and later" for the newest known */
	struct convention_row *rows;
	size_t count;
	char *warning;    /* for the user, NULL if there is nothing to say */
	char *comparison; /* if from_tree: lines on how the text and the built-in table differ */
};

/*
 * Works out the convention for a tree (NULL: none) or, if `kernel` is not NULL, for that kernel
 * version by the built-in table. Where a kernel tree has no text that can be read, the table serves
 * for the tree's version, and for the newest known if that is older than the convention; there is a
 * warning then. Returns 0, or -1 with a message. convention_free() either way.
 */
int convention_load(const char *rules_dir, const struct tree *tree, const char *kernel,
		    struct convention *convention, struct error *err);
void convention_free(struct convention *convention);

/* Adds the words that tell of calls through the callbacks of EXPORTER_HELD or EXPORTER_FREE. */
void convention_add_called(const struct convention *convention, const char *clause,
			   struct names *names);

/* The rows as rules get them: lines of "CLAUSE API VARIANT", "-" if none. The caller frees. */
char *convention_text(const struct convention *convention);

#endif
