// SPDX-License-Identifier: GPL-2.0-only
#include "graph/names.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define BYTES_LIMIT (UINT32_C(1) << 30)

static uint32_t hash_of(const char *word, size_t length)
{
	return (uint32_t)XXH3_64bits(word, length);
}

static bool is_name(const struct names *names, uint32_t name, const char *word, size_t length)
{
	const char *text = names_text(names, name);

	return !strncmp(text, word, length) && !text[length];
}

/* Where a word is in the table, or would be. */
static uint32_t place_of(const struct names *names, const char *word, size_t length)
{
	uint32_t at = hash_of(word, length) & (names->size - 1);

	while (names->places[at] && !is_name(names, names->places[at] - 1, word, length))
		at = (at + 1) & (names->size - 1);
	return at;
}

static void enlarge(struct names *names)
{
	names->size = names->size ? names->size * 2 : 1024;
	free(names->places);
	names->places = xcalloc(names->size, sizeof(*names->places));
	for (uint32_t i = 0; i < names->count; i++) {
		const char *text = names_text(names, i);

		names->places[place_of(names, text, strlen(text))] = i + 1;
	}
}

static uint32_t append(struct names *names, const char *word, size_t length)
{
	while (names->room < names->used + length + 1) {
		names->room = names->room ? names->room * 2 : 1 << 14;
		names->bytes = xrealloc(names->bytes, names->room);
	}
	memcpy(names->bytes + names->used, word, length);
	names->bytes[names->used + length] = '\0';
	names->starts = grow(names->starts, names->count, sizeof(*names->starts));
	names->starts[names->count] = names->used;
	names->used += (uint32_t)length + 1;
	return names->count++;
}

uint32_t names_intern(struct names *names, const char *word, size_t length)
{
	uint32_t place;

	if (length > BYTES_LIMIT || names->used > BYTES_LIMIT - length)
		return NONE;
	if (names->count * 2 >= names->size)
		enlarge(names);
	place = place_of(names, word, length);
	if (!names->places[place])
		names->places[place] = append(names, word, length) + 1;
	return names->places[place] - 1;
}

uint32_t names_find(const struct names *names, const char *word, size_t length)
{
	return names->size ? names->places[place_of(names, word, length)] - 1 : NONE;
}

const char *names_text(const struct names *names, uint32_t name)
{
	return names->bytes + names->starts[name];
}

void names_free(struct names *names)
{
	free(names->bytes);
	free(names->starts);
	free(names->places);
}
