/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * facts: the rows that the rules print, read: an array for each kind. Strings in them are never
 * NULL, unless it is said; expressions are tidied.
 */
#ifndef RESVLINT_FACTS_H
#define RESVLINT_FACTS_H

#include "base/base.h"
#include "base/names.h"
#include "convention/catalogue.h"

#include <stdio.h>

struct position {
	size_t source;       /* index in the selection */
	unsigned int line;   /* from 1 */
	unsigned int column; /* bytes, from 0 */
};

/* The order of positions: negative, 0 or positive, as strcmp(). */
int compare_positions(const struct position *a, const struct position *b);

enum link_kind {
	LINK_CALL,
	LINK_WAIT,   /* a call waits for work, which runs the function */
	LINK_MEMBER, /* a function stands in a member, through which it is called */
	LINK_SLOT,   /* how a way can begin: the kernel enters a function through a slot */
	LINK_HINT,   /* likewise: nobody is known to call it, and it says that its caller holds the
			lock */
	LINK_ROOT,   /* likewise: a context begins with the function, in the slot if that is one */
	LINK_SIGNAL, /* before LINK_ROOT: the signal that the function comes to */
	LINK_OPERATION, /* how each way ends */
	LINK_INSIDE,    /* what the operation calls, or a call that it is about; behind all ways */
};

/* One step on the way to an operation. */
struct link {
	enum link_kind kind;
	struct position at;
	const char *function;    /* in which the call stands, or the slot */
	const char *call;        /* what is called */
	enum lock_state state;   /* of the lock at the call, or on entry through the slot */
	const char *lock;        /* "" if none */
	const char *kernel_file; /* the kernel's, in which `function` is, where no source has it;
				    else NULL */
};

/* An operation that a rule is about. */
struct site {
	size_t rule; /* index in the catalogue */
	struct position at;
	unsigned int end_column;
	enum confidence confidence;
	enum lock_state state;
	bool is_finding;  /* else it is one only where the callers hold the lock */
	bool is_of_kind;  /* only objects of a certain kind come there */
	bool is_presumed; /* on some of the ways to it, nothing tells the state */
	size_t visit;     /* of a context by which it was found, from 1; 0: by none */
	size_t waits; /* for a lock, by its number from 1; SIZE_MAX: by none so far; 0: for none */
	const char *function;  /* in which it is */
	const char *operation; /* the name of what is called, or the lock function */
	const char *arguments;
	const char *lock; /* the expression that the state is about, "" if none */
	const char *message;
	const char *above; /* what a function does that comes to it, as a message goes on; or "" */
	const char *reason;
	const char *hint;
	const char *with;  /* the fix: what the operation's name becomes; "" if there is none */
	const char *needs; /* what has to be where it is come to, in its function's parameters and
			      sections, as "nofault=0,2=1"; or "" */

	/*
	 * The ways, one behind the other, from where the state comes from down to the operation;
	 * then the calls inside of that, if it is not wrong by itself. Judging fills it in.
	 */
	struct link *chain;
	size_t chain_length;
};

/* A further edit that the fix of the finding in `function`, line `finding_line`, needs. */
struct rewrite {
	size_t rule;
	struct position at;
	unsigned int finding_line;
	const char *function;
	const char *callee;
	const char *with; /* what the call becomes; "": its statement goes */
};

/* A function is defined; or what else a question is about, by the question's name. */
struct definition {
	const char *name;
	struct position at;
	bool is_static;
	bool expects_lock; /* it says that its caller holds the lock, by its name or a comment */
};

/* What a call passes on, of the object that its state is about. */
enum passed {
	PASSED_OTHER,
	PASSED_PART, /* something that is found in it */
	PASSED_WHOLE,
};

/* A function is called, or passed to another one. */
struct call {
	const char *callee; /* as it is asked about */
	const char *caller;
	const char *passed_to; /* the function that gets it as an argument; NULL: it is called */
	unsigned int argument; /* the number of that, from 1 */
	struct position at;
	unsigned int end_column;
	enum lock_state state;
	enum passed passed;
	const char *arguments;
	const char *lock;       /* that is held; "" if none */
	unsigned int lock_line; /* where it was acquired, 0 if that is not known */
	bool from_list;         /* it passes on what a list yields */
	bool is_unsure;         /* of a lock that is held: it may not be */
	bool is_later;          /* likewise: all that tells is that it is released later */
	const char *values;     /* of the arguments, as far as they are known, likewise */
	const char *needs;      /* what the parameters of the caller have to be, likewise */
};

/* A function is put where the kernel, or a driver, calls it from. */
struct callback {
	const char *function;  /* as it is asked about */
	const char *slot;      /* STRUCT.MEMBER, .MEMBER, FUNCTION() that it is passed to, or "" */
	unsigned int argument; /* the number of the argument that it is to FUNCTION(); 0: none */
	struct position at;
};

/* What a function does to a lock, by its body. */
struct effect {
	const char *function;
	const char *does;      /* "acquire", "try", "assert", ...: the words of lib/effects.ml */
	const char *parameter; /* whose lock: a number, "r" for what it returns, "0" for none known;
				  then letters for how it tells success, and what it does
				  for some values of its arguments, as lib/cases.mli has it */
	const char *through;   /* the call that does it, "" if that tells nothing more */
	unsigned int through_line;
	struct position at;
	bool is_static;
	bool is_called_here; /* in its own file */
};

/* A call that a context goes down through. */
struct descent_call {
	size_t visit;        /* of the caller, from 1 */
	const char *callee;  /* as it is written */
	const char *word;    /* by which that is called, `f` of `x->ops.f`; "" if there is none */
	const char *values;  /* of the arguments, as far as they are known, likewise */
	const char *once;    /* what is not there yet on the way to what is called, likewise */
	const char *context; /* of what is called, likewise; "": that of the caller, as a whole */
	struct position at;
};

/* What rules would have to know of other sources to judge some that they were asked about together.
 */
struct want {
	size_t source;     /* the first of these */
	const char *words; /* as Program.wanted in lib/program.mli has it */
	size_t of;         /* the source in which that is to be found; SIZE_MAX: it is asked for */
};

/* Lines that spatch could not parse. */
struct lost {
	struct position at;
	unsigned int end_line;
};

struct sites {
	struct site *rows;
	size_t count;
};

struct rewrites {
	struct rewrite *rows;
	size_t count;
};

struct definitions {
	struct definition *rows;
	size_t count;
};

struct calls {
	struct call *rows;
	size_t count;
};

struct callbacks {
	struct callback *rows;
	size_t count;
};

struct effects {
	struct effect *rows;
	size_t count;
};

struct descent_calls {
	struct descent_call *rows;
	size_t count;
};

struct wants {
	struct want *rows;
	size_t count;
};

/* Zeroed: there are none. facts_free() them. */
struct facts {
	struct sites sites;
	struct rewrites rewrites;
	struct definitions definitions;
	struct calls calls;
	struct callbacks callbacks;
	struct effects effects;
	struct descent_calls steps;
	struct wants wants;
	struct lost *lost;
	size_t lost_count;
	struct names texts; /* own the strings of all rows that there ever were */
};

/*
 * Adds the rows that were printed. `source_count` is the number of sources there are. Lines that
 * are no rows go to `others`, if it is not NULL. Returns 0, or -1 with a message for a row that is
 * malformed, which is an error in a rule. `out` is cut up.
 */
int facts_parse(struct facts *facts, char *out, const struct catalogue *catalogue,
		size_t source_count, FILE *others, struct error *err);

/* Adds a row that was not printed. Its strings must live as long as the facts: facts_keep(). */
void facts_add_definition(struct facts *facts, struct definition definition);
void facts_add_call(struct facts *facts, struct call call);
void facts_add_callback(struct facts *facts, struct callback callback);

/* A copy of a string that lives as long as the facts. */
char *facts_keep(struct facts *facts, const char *string);

/* Forgets the sites, and their rewrites, of some rules in sources, each of which has a flag. */
void facts_drop(struct facts *facts, rule_set rules, const bool *sources);

/* Takes over the sites and rewrites in such sources, and all strings, from other facts. */
void facts_take(struct facts *facts, struct facts *from, const bool *sources);

void facts_free(struct facts *facts);

/* Adds to the chain of a site. */
void site_add_link(struct site *site, struct link link);

/* Ends a way: the operation itself is its last step. */
void site_end_way(struct site *site);

#endif
