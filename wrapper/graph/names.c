// SPDX-License-Identifier: GPL-2.0-only
#include "graph/names.h"

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
static uint32_t place_of(const struct names *names, const char *word, size_t length, uint32_t hash)
{
	uint32_t at = hash & (names->size - 1);

	for (; names->places[at].number; at = (at + 1) & (names->size - 1)) {
		const char *text;

		if (names->places[at].hash != hash)
			continue;
		text = names_text(names, names->places[at].number - 1);
		if (!strncmp(text, word, length) && !text[length])
			break;
	}
	return at;
}

static void enlarge(struct names *names)
{
	struct names_place *old = names->places;
	uint32_t old_size = names->size;

	names->size = old_size ? old_size * 2 : 1024;
	names->places = xcalloc(names->size, sizeof(*names->places));
	for (uint32_t i = 0; i < old_size; i++) {
		uint32_t at = old[i].hash & (names->size - 1);

		if (!old[i].number)
			continue;
		while (names->places[at].number)
			at = (at + 1) & (names->size - 1);
		names->places[at] = old[i];
	}
	free(old);
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
	uint32_t hash = hash_of(word, length);
	struct names_place *place;

	if (length > BYTES_LIMIT || names->used > BYTES_LIMIT - length)
		return NONE;
	if (names->count + names->count / 2 >= names->size)
		enlarge(names);
	place = &names->places[place_of(names, word, length, hash)];
	if (!place->number)
		*place = (struct names_place){ hash, append(names, word, length) + 1 };
	return place->number - 1;
}

uint32_t names_find(const struct names *names, const char *word, size_t length)
{
	uint32_t hash = hash_of(word, length);

	return names->size ? names->places[place_of(names, word, length, hash)].number - 1 : NONE;
}

static void *copy(const void *from, size_t size)
{
	void *to = xrealloc(NULL, size);

	memcpy(to, from, size);
	return to;
}

struct names names_copy(const struct names *names)
{
	struct names copied = *names;

	if (!names->count)
		return (struct names){ 0 };
	copied.room = names->used;
	copied.bytes = copy(names->bytes, names->used);
	copied.places = copy(names->places, names->size * sizeof(*names->places));
	/* As large as grow() has made it. */
	copied.starts = NULL;
	for (uint32_t i = 0; i < names->count; i++) {
		copied.starts = grow(copied.starts, i, sizeof(*copied.starts));
		copied.starts[i] = names->starts[i];
	}
	return copied;
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
