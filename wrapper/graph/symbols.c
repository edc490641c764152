// SPDX-License-Identifier: GPL-2.0-only
#include "graph/symbols.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define BYTES_LIMIT (UINT32_C(1) << 30)

static uint32_t hash_of(const char *word, size_t length)
{
	return (uint32_t)XXH3_64bits(word, length);
}

/* Where a word is in the table, or would be. */
static uint32_t place_of(const struct symbols *symbols, const char *word, size_t length,
			 uint32_t hash)
{
	uint32_t at = hash & (symbols->size - 1);

	for (; symbols->places[at].number; at = (at + 1) & (symbols->size - 1)) {
		const char *text;

		if (symbols->places[at].hash != hash)
			continue;
		text = symbols_text(symbols, symbols->places[at].number - 1);
		if (!strncmp(text, word, length) && !text[length])
			break;
	}
	return at;
}

static void enlarge(struct symbols *symbols)
{
	struct symbols_place *old = symbols->places;
	uint32_t old_size = symbols->size;

	symbols->size = old_size ? old_size * 2 : 1024;
	symbols->places = xcalloc(symbols->size, sizeof(*symbols->places));
	for (uint32_t i = 0; i < old_size; i++) {
		uint32_t at = old[i].hash & (symbols->size - 1);

		if (!old[i].number)
			continue;
		while (symbols->places[at].number)
			at = (at + 1) & (symbols->size - 1);
		symbols->places[at] = old[i];
	}
	free(old);
}

static uint32_t append(struct symbols *symbols, const char *word, size_t length)
{
	while (symbols->room < symbols->used + length + 1) {
		symbols->room = symbols->room ? symbols->room * 2 : 1 << 14;
		symbols->bytes = xrealloc(symbols->bytes, symbols->room);
	}
	memcpy(symbols->bytes + symbols->used, word, length);
	symbols->bytes[symbols->used + length] = '\0';
	symbols->starts = grow(symbols->starts, symbols->count, sizeof(*symbols->starts));
	symbols->starts[symbols->count] = symbols->used;
	symbols->used += (uint32_t)length + 1;
	return symbols->count++;
}

uint32_t symbols_intern(struct symbols *symbols, const char *word, size_t length)
{
	uint32_t hash = hash_of(word, length);
	struct symbols_place *place;

	if (length > BYTES_LIMIT || symbols->used > BYTES_LIMIT - length)
		return NONE;
	if (symbols->count + symbols->count / 2 >= symbols->size)
		enlarge(symbols);
	place = &symbols->places[place_of(symbols, word, length, hash)];
	if (!place->number)
		*place = (struct symbols_place){ hash, append(symbols, word, length) + 1 };
	return place->number - 1;
}

uint32_t symbols_find(const struct symbols *symbols, const char *word, size_t length)
{
	uint32_t hash = hash_of(word, length);

	return symbols->size ? symbols->places[place_of(symbols, word, length, hash)].number - 1
			     : NONE;
}

static void *copy(const void *from, size_t size)
{
	void *to = xrealloc(NULL, size);

	memcpy(to, from, size);
	return to;
}

struct symbols symbols_copy(const struct symbols *symbols)
{
	struct symbols copied = *symbols;

	if (!symbols->count)
		return (struct symbols){ 0 };
	copied.room = symbols->used;
	copied.bytes = copy(symbols->bytes, symbols->used);
	copied.places = copy(symbols->places, symbols->size * sizeof(*symbols->places));
	/* As large as grow() has made it. */
	copied.starts = NULL;
	for (uint32_t i = 0; i < symbols->count; i++) {
		copied.starts = grow(copied.starts, i, sizeof(*copied.starts));
		copied.starts[i] = symbols->starts[i];
	}
	return copied;
}

const char *symbols_text(const struct symbols *symbols, uint32_t name)
{
	return symbols->bytes + symbols->starts[name];
}

void symbols_free(struct symbols *symbols)
{
	free(symbols->bytes);
	free(symbols->starts);
	free(symbols->places);
}
