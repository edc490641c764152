/* SPDX-License-Identifier: GPL-2.0-only */
/* facts: the rows that the rules print, read. */
#ifndef RESVLINT_FACTS_H
#define RESVLINT_FACTS_H

#include "base/base.h"
#include "convention/catalogue.h"

#include <stdio.h>

#define EDIT_ROW_CALL "call"
#define EDIT_ROW_REMOVE "remove"

enum fact_kind {
	FACT_FINDING,
	FACT_SITE, /* a finding if the callers hold the lock, where its state is theirs */
	/*
	 * what the finding of `function` in line `lock_line` takes besides to be mended: the call
	 * of `operation` becomes `with` (`reason` is EDIT_ROW_CALL), or its statement goes
	 * (EDIT_ROW_REMOVE)
	 */
	FACT_EDIT,

	/*
	 * only objects of a certain kind come to the operation of the finding in the rows before,
	 * by the test `reason`; to that of a site, only buffers that are imported. None is kept,
	 * but what it says of these.
	 */
	FACT_KIND,

	/* what run/uses.c and lib/callers.ml tell of the function that `operation` names */
	FACT_DEFINE, /* `function` is defined here; low confidence: says that its caller holds the
			lock */
	FACT_CALL, /* `function` calls it; low confidence: a lock of something else; `reason` is not
		      empty if it passes on what a list yields */
	FACT_PASS, /* it is passed to the function `message`, as argument number `object`; all
		      else as for a call */
	FACT_SLOT, /* it is put into `lock`: STRUCT.MEMBER, .MEMBER, FUNCTION(), or "" */

	/*
	 * what lib/wrappers.ml tells: `operation` takes, tries, asserts or drops the lock of its
	 * parameter number `object`, or calls what wants it free; `lock` says which. `message` is
	 * by which call, in `lock_line`, where that tells more; `reason` is not empty if its own
	 * file calls it
	 */
	FACT_WRAPPER,

	FACT_LOST, /* lines that spatch could not parse; of no rule */
};

enum link_kind {
	LINK_CALL,
	LINK_MEMBER, /* a function stands in a member, through which it is called */
	LINK_SLOT,   /* how a way can begin: the kernel enters a function through a slot */
	LINK_HINT,   /* likewise: nobody is known to call it, and it says that its caller holds the
			lock */
	LINK_OPERATION, /* how each way ends */
	LINK_INSIDE,    /* what the operation calls, and so on; behind all ways */
};

/* One step on the way to an operation. */
struct link {
	enum link_kind kind;
	size_t source; /* index in the selection */
	unsigned int line;
	const char *function;  /* in which the call stands, or the slot */
	const char *call;      /* what is called */
	enum lock_state state; /* of the lock at the call, or on entry through the slot */
	const char *lock;      /* "" if none */
};

/*
 * One row. The strings point into `text`; expressions in them are tidied. The chain is filled in by
 * the contexts stage: the ways, one behind the other, from where the state comes from down to the
 * operation; then the calls inside of that, if it is not wrong by itself.
 */
struct fact {
	char *text;
	char *made[2]; /* strings that were made later, NULL if none were; freed with it */
	enum fact_kind kind;
	enum confidence confidence;
	enum lock_state state; /* inherited, for a definition */
	bool is_static;        /* of a definition or a wrapper */
	bool is_of_kind;       /* only objects of a certain kind come there */
	bool is_presumed;    /* on some of the ways to it, nothing tells whether the lock is held */
	size_t rule;         /* index in the catalogue */
	size_t source;       /* index in the selection */
	unsigned int line;   /* from 1 */
	unsigned int column; /* bytes, from 0 */
	unsigned int end_line;
	unsigned int end_column;
	const char *function;
	const char *operation;
	const char *object;     /* "" if none, as all below */
	const char *lock;       /* the expression that the state is about */
	unsigned int lock_line; /* where it was taken or released, 0 if it is not known */
	const char *message;
	const char *reason;
	const char *hint;
	const char *replace; /* the text to be replaced, and by what */
	const char *with;
	struct link *chain;
	size_t chain_length;
};

struct facts {
	struct fact *facts;
	size_t count;
};

/*
 * Adds the rows that were printed. `source_count` is the number of sources there are. Lines that
 * are no rows go to `others`, if it is not NULL. Returns 0, or -1 with a message for a row that is
 * malformed, which is an error in a rule. `out` is cut up.
 */
int facts_parse(struct facts *facts, char *out, const struct catalogue *catalogue,
		size_t source_count, FILE *others, struct error *err);

/*
 * Adds a row that was not printed, of which `function`, `operation` and `lock` are copied; the
 * other strings are none.
 */
void facts_add(struct facts *facts, const struct fact *row);

/* Moves all rows behind those of others. */
void facts_move(struct facts *to, struct facts *from);

/* Is it about an operation in a state that the callers of its function decide? */
bool fact_is_open(const struct fact *fact);

/* Adds to the chain of a fact. */
void fact_add_link(struct fact *fact, struct link link);

/* Ends a way: the operation itself is its last step. */
void fact_end_way(struct fact *fact);

/* Takes out the facts for which `drop` says so. */
void facts_drop(struct facts *facts, bool (*drop)(const void *context, const struct fact *fact),
		const void *context);
/* Likewise those whose index is marked in an array. */
void facts_drop_marked(struct facts *facts, const bool *marked);
void facts_free(struct facts *facts);

#endif
