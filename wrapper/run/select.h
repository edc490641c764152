/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * select: one scan of the PATHs finds the files that can matter to some rule, by the words that the
 * rules name.
 */
#ifndef RESVLINT_SELECT_H
#define RESVLINT_SELECT_H

#include "base/base.h"
#include "base/progress.h"
#include "convention/tree.h"
#include "source/guards.h"
#include "source/index.h"
#include "source/words.h"

#include <stdint.h>

/* A C source file, or a directory that could not be read. */
struct source {
	char *name;                    /* as the user gave its PATH; opens it */
	char *file;                    /* relative to the tree's root */
	size_t size;                   /* bytes */
	rule_set rules;                /* those that it can matter to */
	rule_set beside;               /* those that its words say nothing to */
	bool staged;                   /* is there a copy of it in the stage? */
	bool in_graph;                 /* was it read into the graph? */
	bool is_replaced;              /* of a kernel: a source in the PATHs stands for it */
	size_t weight;                 /* bytes of it that spatch is given, but for blanks */
	const struct text *substitute; /* looked at in place of the content of the file; or NULL */
	struct index index;            /* of its words, once it was read by select_find() */
	uint64_t hash;                 /* XXH64 of what was looked at, once it was scanned */
	char *failure;                 /* why it could not be read, NULL if it could */
};

struct selection {
	struct source *sources; /* sorted by file; behind those in the PATHs, the others */
	size_t count;
	size_t others; /* so many of them are not in the PATHs */
	size_t bytes;  /* of all sources in the PATHs */
	bool whole;    /* is the tree's root one of the PATHs? */
	bool beside;   /* are the others of a kernel tree that the PATHs are not in? */
	char **links;  /* names of the links that were not followed, sorted */
	size_t link_count;
	const struct macros
		*macros; /* decide the conditionals in the sources; NULL: nothing does */
};

/*
 * Lists the C sources in the PATHs, which are in `tree`, each once. Returns 0, or -1 with a
 * message. selection_free() either way.
 */
int select_list(char *const *paths, size_t count, const struct tree *tree,
		struct selection *selection, struct error *err);
/*
 * Adds the sources of the kernel tree that are not in the PATHs, and which no rule is to look at.
 * Does nothing if they are there already. `file` of the sources is relative to this tree's root,
 * also where it is beside that of the PATHs.
 * Returns 0, or -1 with a message.
 */
int select_others(const struct tree *tree, struct selection *selection, struct error *err);
/* Is a source, by its index, not in the PATHs? */
bool select_is_other(const struct selection *selection, size_t source);
void selection_free(struct selection *selection);

/*
 * Reads each source once, in `jobs` threads, and fills in its rules. Code that is not compiled
 * counts for nothing. `keep` is called, by any of the threads, for each one that matters, with its
 * index and its content, in which such code is blanked; it returns 0, or -1 with a message, which
 * ends the scan. The calling thread shows progress. Returns 0, or -1 with a message, also after an
 * interrupt.
 */
int select_scan(struct selection *selection, const struct words *words, unsigned int jobs,
		struct progress *progress,
		int (*keep)(void *context, size_t index, const char *text, size_t length,
			    struct error *err),
		void *context, struct error *err);

/*
 * Looks through the sources again, those not in the PATHs as well, and calls `keep` for each that
 * has one of the words; else as select_scan(). `only`, unless it is NULL, has a flag for each that
 * may be looked at. From the second time on only those are read that can have one. Of a kernel
 * tree, parts that hold no code of drivers, nor of what calls them, are not read.
 */
int select_find(struct selection *selection, const struct tree *tree, const struct words *words,
		const bool *only, unsigned int jobs, struct progress *progress,
		int (*keep)(void *context, size_t index, const char *text, size_t length,
			    struct error *err),
		void *context, struct error *err);

#endif
