/* SPDX-License-Identifier: GPL-2.0-only */
/* unanalysed: what could not be checked. Silence must mean "checked". */
#ifndef RESVLINT_UNANALYSED_H
#define RESVLINT_UNANALYSED_H

#include "convention/catalogue.h"
#include "run/select.h"

/* A file, or a function or some text in one. */
struct gap {
	size_t source;     /* index in the selection */
	unsigned int line; /* from 1; 0: the whole file */
	char *function;    /* NULL if it is not known or the whole file */
	char *reason;      /* completes "FILE " or "FUNCTION() " */
	rule_set rules;    /* that it is not analysed for */
};

struct unanalysed {
	struct gap *gaps;
	size_t count;
	size_t files; /* whole ones; set by unanalysed_settle() */
};

/* Adds a whole file that failed for some rules. */
void unanalysed_add_file(struct unanalysed *unanalysed, size_t source, const char *reason,
			 rule_set rules);

/* Adds a function, or text outside of one if `function` is NULL. */
void unanalysed_add_part(struct unanalysed *unanalysed, size_t source, unsigned int line,
			 const char *function, const char *reason);

/*
 * Puts the gaps in order of file and line, each once. A file that failed for some rules only gets
 * them named in its reason.
 */
void unanalysed_settle(struct unanalysed *unanalysed, const struct catalogue *catalogue,
		       const struct selection *selection);
void unanalysed_free(struct unanalysed *unanalysed);

#endif
