/* SPDX-License-Identifier: GPL-2.0-only */
/* catalogue: the rules there are, as the headers of their .cocci files tell. */
#ifndef RESVLINT_CATALOGUE_H
#define RESVLINT_CATALOGUE_H

#include "base.h"
#include "terms.h"

#include <stdint.h>

/* A set of rules: bit i is the catalogue's rule i. */
typedef uint64_t rule_set;
#define RULE_SET_SIZE 63 /* one bit is the collector's */

struct rule {
	char *id;      /* the file's name without .cocci */
	char *file;    /* GROUP/ID.cocci, relative to the rules directory */
	char *summary; /* the first /// line */
	char *clause;  /* "-" if the header names none */
	enum confidence confidence;
	char **tokens; /* words as the header has them: clause:X, iso:FILE, or a plain word */
	size_t token_count;
	char *explanation; /* the //: lines, each with its newline; "" if there are none */
	char *limits;      /* the //# lines, when the rule is wrong, likewise */
};

/* Not a rule: it tells who calls what. */
#define COLLECTOR "lib/callers.cocci"

struct catalogue {
	char *dir;
	struct rule
		*rules; /* sorted by file; one more, rules[count], is the collector of callers */
	size_t count;
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

/* Finds a rule by its id. Returns its index, or -1 with a message that lists the ids. */
int catalogue_index(const struct catalogue *catalogue, const char *id, struct error *err);

/*
 * The set of rules that --rule names, with commas between; all of them if `ids` is NULL.
 * Returns 0, or -1 with a message.
 */
int catalogue_choose(const struct catalogue *catalogue, const char *ids, rule_set *chosen,
		     struct error *err);

#endif
