/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * index: which words stand in a text, so that it need not be read again to see that one does not.
 */
#ifndef RESVLINT_INDEX_H
#define RESVLINT_INDEX_H

#include "source/words.h"

#include <stdint.h>

/* The words of a text, each once, as the low bytes of their XXH3. Zeroed: none was made. */
struct index {
	uint8_t *hashes;
	size_t count;
	bool is_made;
};

/* What is looked for in many of them. */
struct index_query;

/* index_free() it. */
void index_make(struct index *index, const char *text, size_t length);
void index_free(struct index *index);

/* Looks for the words; NULL: for none as yet. index_query_free() it. */
struct index_query *index_query_make(const struct words *words);
/* Looks for one word. */
struct index_query *index_query_of(const char *word);
void index_query_free(struct index_query *query);
/* Adds all words of a text. */
void index_query_add(struct index_query *query, const struct index *index);
/* Is the word one of those? May also be true of another. */
bool index_query_has(const struct index_query *query, const char *word);

/* Can one of the words stand in the text? False only if none does. Any thread may ask. */
bool index_may_have(const struct index *index, const struct index_query *query);

#endif
