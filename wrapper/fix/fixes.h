/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fixes: which findings a program can mend, and the texts that come of it. Nothing is mended where
 * ways to a function disagree, where it is only presumed that nobody holds the lock, where the tree
 * has no such variant, or where the text leaves a doubt: what a person has to decide is told.
 */
#ifndef RESVLINT_FIXES_H
#define RESVLINT_FIXES_H

#include "fix/edits.h"
#include "report/report.h"

/* What becomes of one finding. */
struct fix {
	const struct finding *finding;
	struct edit *edits;
	size_t edit_count;
	char *why; /* it is left to a person; NULL if it is mended */
};

/* A source that changes. */
struct fixed_file {
	const struct source *source;
	char *before; /* what its file holds */
	size_t before_length;
	char *after;
	size_t after_length;
};

struct fixes {
	struct fix *fixes; /* in the order of the findings */
	size_t count;
	struct fixed_file *files; /* in the order of their names */
	size_t file_count;
};

/*
 * Works out the fixes for the findings of at least this confidence. The variants they
 * need are those of the kernel version given or, if it is NULL, those of the tree. The report must
 * outlive the fixes. Returns 0, or -1 with a message: a source cannot be read any more, or has
 * changed since it was analysed. fixes_free() either way.
 */
int fixes_make(struct fixes *fixes, const struct report *report, enum confidence least,
	       const char *kernel, struct error *err);
void fixes_free(struct fixes *fixes);

/* How many findings are mended. */
size_t fixes_mended(const struct fixes *fixes);

#endif
