/* SPDX-License-Identifier: GPL-2.0-only */
/* symbols: words, each kept once and known by its number. */
#ifndef RESVLINT_GRAPH_SYMBOLS_H
#define RESVLINT_GRAPH_SYMBOLS_H

#include "base/base.h"

#include <stdint.h>

/* No name, item, edge or path. */
#define NONE UINT32_MAX

/* Where a word is in a table by open addressing. */
struct symbols_place {
	uint32_t hash;
	uint32_t number; /* + 1; 0: nothing is here */
};

/* Zeroed: there are none. symbols_free() it. */
struct symbols {
	char *bytes; /* each with a NUL behind it */
	uint32_t used;
	uint32_t room;
	uint32_t *starts; /* of each name in `bytes` */
	uint32_t count;
	struct symbols_place *places;
	uint32_t size; /* of the table: a power of two */
};

/* The number of a word, which is added if need be. NONE if there are too many bytes already. */
uint32_t symbols_intern(struct symbols *symbols, const char *word, size_t length);

/* The number of a word, NONE if it was never added. */
uint32_t symbols_find(const struct symbols *symbols, const char *word, size_t length);

/* The same names, to which others can be added. */
struct symbols symbols_copy(const struct symbols *symbols);

/* The word with this number. Adding may move it. */
const char *symbols_text(const struct symbols *symbols, uint32_t name);
void symbols_free(struct symbols *symbols);

#endif
