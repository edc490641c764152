/* SPDX-License-Identifier: GPL-2.0-only */
/* words: the words that a file must hold for a rule to matter in it, as one compiled pattern. */
#ifndef RESVLINT_WORDS_H
#define RESVLINT_WORDS_H

#include "base/names.h"
#include "convention/catalogue.h"
#include "convention/convention.h"

struct words;

/* The names that a token stands for. */
struct token_list {
	const char *token;
	const struct names *names;
};

/*
 * Compiles the tokens of the chosen rules: TOKEN_CLAUSE and a clause is its functions in the
 * convention, one that a list has the names there, which may be none; anything else is a word. One
 * with CALLED_THROUGH before it only counts as a member that is called through, one with
 * BESIDE_LOCK in a text that is about reservation locks. A list without a token ends the lists.
 * `more`, if it is not NULL, are words of all these rules. Returns NULL, with a message, if they
 * make no sense. words_free() it.
 */
struct words *words_compile(const struct catalogue *catalogue, rule_set chosen,
			    const struct convention *convention, const struct token_list *lists,
			    const struct names *more, struct error *err);
/*
 * Likewise of `count` words, one or more, which are identifiers. Where one stands in a text,
 * words_match() gives a set that is not empty.
 */
struct words *words_of(const char *const *names, size_t count, struct error *err);
/* Likewise of names, of which there is one or more. */
struct words *words_of_names(const struct names *names, struct error *err);
void words_free(struct words *words);

/* How many words there are, and each of them, from 0; they are owned by `words`. */
size_t words_count(const struct words *words);
const char *words_at(const struct words *words, size_t index);

/* The rules of which a word stands in the text, as a whole word. Any thread may ask. */
rule_set words_match(const struct words *words, const char *text, size_t length);

#endif
