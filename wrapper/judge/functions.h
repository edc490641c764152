/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * functions: which function a name means in a source, and what is known of each.
 *
 * A function is known by its name and, if it is static, by its file; a static one in a header
 * counts as extern. What a question can be about stands among the functions: a member, the
 * structure that it is of, and the parameter that a function is passed as.
 */
#ifndef RESVLINT_FUNCTIONS_H
#define RESVLINT_FUNCTIONS_H

#include "base/names.h"
#include "convention/slots.h"
#include "judge/under.h"
#include "run/facts.h"
#include "run/select.h"
#include "run/survey.h"

/* What is known, on all of which a context depends. */
struct knowledge {
	struct facts *facts; /* definitions, calls and callbacks */
	struct questions *asked;
	const struct selection *selection;
	const struct slots *slots;
	const struct under *under; /* NULL: no rule asks about any lock */
};

struct function {
	const char *name;
	size_t source;                 /* of a static one, else EVERYWHERE */
	bool answered;                 /* are all its callers known? */
	const struct definition *hint; /* that expects the lock, NULL if none does */
	const struct call **calls;     /* in order: those of it, then those that pass it on */
	size_t call_count;
	const struct callback **callbacks; /* in order of their places */
	size_t callback_count;
};

struct functions {
	struct knowledge known;
	struct function *functions; /* sorted by name and source */
	size_t count;
	struct names made; /* names that no row has */
};

/*
 * The functions whose state is their callers', in calls and at the sites to be judged, and the
 * members and parameters on the ways to them. Puts what is known in order; it must outlive them.
 * functions_free() them.
 */
struct functions functions_make(const struct knowledge *known, const struct sites *sites);
void functions_free(struct functions *functions);

/* The function that a name means in a source; NULL if that is none of these. */
const struct function *functions_find(const struct functions *functions, const char *name,
				      size_t source);

/* The function that a name defines in a source; one of these if a state is inherited in it, or
 * NULL. */
const struct function *functions_defined(const struct functions *functions, const char *name,
					 size_t source);

/* What stands for the structure of a member; NULL if the member is none of the functions. */
const struct function *functions_owner(const struct functions *functions, const char *member);

/*
 * What stands for the parameter, of this number, of the function that `callee` means in a source;
 * NULL if the table says how what is passed there is entered, or nothing is passed there.
 */
const struct function *functions_parameter(const struct functions *functions, unsigned int number,
					   const char *callee, size_t source);

/* Is a definition of it known? */
bool functions_is_defined(const struct functions *functions, const struct function *function);

#endif
