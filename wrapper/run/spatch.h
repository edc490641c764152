/* SPDX-License-Identifier: GPL-2.0-only */
/* spatch: the program, how it is called, and what it needs. */
#ifndef RESVLINT_SPATCH_H
#define RESVLINT_SPATCH_H

#include "base/base.h"
#include "convention/catalogue.h"
#include "convention/convention.h"
#include "convention/slots.h"
#include "run/stage.h"

/* In the stage: the program that its processes run, and a source to begin with. */
#define SPATCH_PROGRAM "cocci/lib/serve.cocci"
#define SPATCH_SOURCE "empty.c"

struct spatch {
	char *program;        /* absolute */
	char *version;        /* what it says of itself */
	unsigned int timeout; /* seconds for each source */
	unsigned int memory;  /* MB for each process */
	char **environment;   /* of its processes */
	bool has_macros;      /* does the rules directory have a macro file? */
	bool inferred;        /* is all known that functions do to locks? */
};

/*
 * Finds spatch, by SPATCH in the environment or in PATH, and sees that it is new enough and has
 * OCaml. Returns 0, or -1 with a message. spatch_free() either way.
 */
int spatch_find(struct spatch *spatch, struct error *err);

/* Makes the environment that its processes get from now on: all they write is in the stage. */
void spatch_prepare(struct spatch *spatch, const struct stage *stage,
		    const struct convention *convention, const struct slots *slots);

/* What a source needs to have besides what is asked for: all from which rules infer, if they do. */
enum focus_reach spatch_reach(const struct spatch *spatch);

/* Rules are to know the primitives alone by name, not the wrappers that the table lists. */
void spatch_forget_listed(struct spatch *spatch);

/* Is there the OCaml compiler that spatch needs for the rules, and what finds packages for it? */
bool spatch_has_compiler(void);

/* OCaml packages are looked for in this directory of the stage first. */
void spatch_use_packages(struct spatch *spatch, const char *directory);
void spatch_free(struct spatch *spatch);

/* The arguments for a process. The array is NULL-terminated; spatch_free_arguments() it. */
char **spatch_arguments(const struct spatch *spatch);
void spatch_free_arguments(char **arguments);

/*
 * The set-up error that the words of a process which ended before it was ready tell of, for a
 * person.
 */
void spatch_setup_error(const char *log, struct error *err);

#endif
