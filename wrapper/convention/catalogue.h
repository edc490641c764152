/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * catalogue: the rules there are, as the headers of their .cocci files tell: `///`, `//#` and `//:`
 * lines, and fields, `// Key: value`, that go on in lines with more than one blank behind the `//`.
 */
#ifndef RESVLINT_CATALOGUE_H
#define RESVLINT_CATALOGUE_H

#include "base/base.h"
#include "convention/terms.h"

#include <stdint.h>

/*
 * The tokens of rules that are no plain words. The functions of a clause come from the convention,
 * the other names from the stages of a run: headers and stages have to agree on how they are
 * called.
 */
#define TOKEN_CLAUSE "clause:"                /* and a clause: its functions */
#define TOKEN_LOCK_FUNCTIONS "lock-functions" /* that acquire a lock, or try to */
#define TOKEN_MUST_HOLD "must-hold"           /* functions that assert it */
#define TOKEN_MUST_NOT_HOLD "must-not-hold"   /* functions that must be called without it */
#define TOKEN_ENTERED_HELD "entered-held" /* structures with callbacks that are entered with it */
#define TOKEN_ENTERED_FREE "entered-free" /* not a token: callbacks that are entered without it */
#define TOKEN_CALLBACKS "callbacks"       /* that tables in other files name */
#define TOKEN_CALLED_HELD "called-held"   /* calls through members that are entered with it */
/* Functions that may be called with any lock held, and take what stands above it. */
#define TOKEN_UNDER_LOCK "under-lock"
#define TOKEN_WHOLE_SOURCE "whole-source" /* not a token: the rule sees sources whole */

/* Words of this list are behind one that stands before them in the text of a call. */
#define BESIDE_LOCK "&" /* before a word that also stands where no reservation lock is */
#define CALLED_THROUGH "->"

/* A set of rules: bit i is the catalogue's rule i. */
typedef uint64_t rule_set;

struct rule {
	char *id;      /* the file's name without .cocci */
	char *file;    /* GROUP/ID.cocci, relative to the rules directory */
	char *summary; /* the first /// line */
	char *clause;  /* "-" if the header names none */
	enum confidence confidence;
	char **tokens; /* as the header has them: see above, or plain words */
	size_t token_count;
	char *outside; /* directories with blanks between, in which it says nothing; or NULL */
	char *context; /* in which it judges calls, by going down from where that begins; or NULL */

	/* What patches say; each NULL without such a field. */
	char *demand;  /* what the clause wants, FUNCTIONS for those that are called wrongly */
	char *found;   /* what introduces the list of findings */
	char *variant; /* what a fix does that calls a variant of the function */
	char *remedy;  /* what any other fix does */
	char *subject; /* of a patch that calls variants of several functions */

	char *explanation; /* the //: lines, each with its newline; "" if there are none */
	char *limits;      /* the //# lines, when the rule is wrong, likewise */
};

/* Not rules: what tells facts that rules are judged by, in the OCaml library. */
enum collector {
	COLLECTOR_CALLERS,  /* who calls what */
	COLLECTOR_WRAPPERS, /* which functions take, try, assert or drop a lock for their caller */
	COLLECTOR_DESCEND, /* what is called, and what is forbidden, in the contexts of functions */
	COLLECTOR_COUNT,
};
#define RULE_SET_SIZE (64 - COLLECTOR_COUNT)

struct catalogue {
	char *dir;
	struct rule *rules; /* sorted by file; behind them, the collectors */
	size_t count;       /* without the collectors */
};

/*
 * Finds the rules directory: `option` (from --rules) if not NULL, RESVLINT_RULES, `cocci` beside
 * the executable, or the installed one. Returns its path, which the caller frees, or NULL with a
 * message.
 */
char *catalogue_find(const char *option, struct error *err);

/* Reads DIR/GROUP/ID.cocci. Returns 0, or -1 with a message. catalogue_free() either way. */
int catalogue_load(const char *dir, struct catalogue *catalogue, struct error *err);
void catalogue_free(struct catalogue *catalogue);

/* The index of a collector among the rules, as facts name it. */
size_t catalogue_collector(const struct catalogue *catalogue, enum collector collector);

/* Finds the index of a rule or collector by its id. Returns whether there is one. */
bool catalogue_find_id(const struct catalogue *catalogue, const char *id, size_t *index);

/* Finds a rule by its id. Returns its index, or -1 with a message that lists the ids. */
int catalogue_index(const struct catalogue *catalogue, const char *id, struct error *err);

/* Those of the chosen rules that judge in a context. */
rule_set catalogue_in_context(const struct catalogue *catalogue, rule_set chosen);

/* Those of the chosen rules that have a token. */
rule_set catalogue_asking(const struct catalogue *catalogue, rule_set chosen, const char *token);

/*
 * The set of rules that --rule names, with commas between, each an id or a pattern of the shell's
 * for ids; all of them if `ids` is NULL.
 * Returns 0, or -1 with a message.
 */
int catalogue_choose(const struct catalogue *catalogue, const char *ids, rule_set *chosen,
		     struct error *err);

#endif
