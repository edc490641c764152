/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel: what the kernel's own functions and macros do to the lock of an argument, for code
 * outside of any kernel tree. `resvlint facts` makes the table of the bodies in kernel trees.
 */
#ifndef RESVLINT_KERNEL_H
#define RESVLINT_KERNEL_H

#include "base/base.h"
#include "convention/tree.h"

#define KERNEL_TABLE "tables/kernel.tsv"

/* The names of its columns, in their order, as one line. */
#define KERNEL_COLUMNS "function\tdoes\tobject\tsince\tuntil\tcalls\tfile"

struct kernel_function {
	char *name;
	char *does;   /* a word of lib/locks.ml */
	char *object; /* which argument, as lib/locks.mli has it */
	char *calls;  /* the function by which it takes the lock inside, "-" if that says nothing */
	char *file;   /* of the kernel, in which it is defined */
	/* Of an unknown kernel: the version before which it asserted the lock; NULL if never. */
	char *asserts_until;
};

/* By name. kernel_functions_free() it. */
struct kernel_functions {
	struct kernel_function *functions;
	size_t count;
};

/*
 * Loads the rows of the table in the rules directory that hold for a version. NULL, one that is not
 * known: those of the newest, and of functions that it has no longer what they did last.
 * Returns 0, or -1 with a message. kernel_functions_free() either way.
 */
int kernel_functions_load(const char *rules_dir, const struct version *version,
			  struct kernel_functions *functions, struct error *err);
/* Adds a function, of copies of these strings, behind the others: they are no longer by name. */
void kernel_functions_add(struct kernel_functions *functions, const char *name, const char *does,
			  const char *object, const char *calls, const char *file);

/* What is known of a function or macro of this name, NULL if that is nothing. */
const struct kernel_function *kernel_functions_find(const struct kernel_functions *functions,
						    const char *name);

/* Takes out those whose index is marked in an array. */
void kernel_functions_drop(struct kernel_functions *functions, const bool *marked);

void kernel_functions_free(struct kernel_functions *functions);

#endif
