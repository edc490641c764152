// SPDX-License-Identifier: GPL-2.0-only
#include "source/index.h"

#include "base/text.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* So many bytes of a hash are looked at: in a kernel, few files are read for nothing. */
#define BYTES 3
#define MASK ((UINT32_C(1) << BYTES * 8) - 1)

/* Nearly all that is not looked for is told by the fewer bits, which stay in a cache. */
#define FEW 0xffff

struct index_query {
	uint8_t few[(FEW + 1) / 8];
	uint8_t bits[(MASK + 1) / 8];
};

/* The hashes met so far, by open addressing; 0 is an empty place. */
struct set {
	uint32_t *places;
	size_t size; /* a power of two */
	size_t count;
};

static uint32_t hash_of(const char *word, size_t length)
{
	uint32_t hash = (uint32_t)XXH3_64bits(word, length) & MASK;

	return hash ? hash : 1;
}

static bool put(struct set *set, uint32_t hash)
{
	size_t at = hash & (set->size - 1);

	while (set->places[at] && set->places[at] != hash)
		at = (at + 1) & (set->size - 1);
	if (set->places[at])
		return false;
	set->places[at] = hash;
	return true;
}

static void enlarge(struct set *set)
{
	struct set larger = { .size = set->size ? set->size * 2 : 512 };

	larger.places = xcalloc(larger.size, sizeof(*larger.places));
	for (size_t i = 0; i < set->size; i++)
		if (set->places[i])
			put(&larger, set->places[i]);
	larger.count = set->count;
	free(set->places);
	*set = larger;
}

static void add(struct set *set, uint32_t hash)
{
	if (set->count * 2 >= set->size)
		enlarge(set);
	set->count += put(set, hash);
}

static void store(uint8_t *at, uint32_t hash)
{
	for (size_t i = 0; i < BYTES; i++)
		at[i] = (uint8_t)(hash >> 8 * i);
}

/* The hashes have a byte of slack behind them. */
static uint32_t load(const struct index *index, size_t number)
{
	uint32_t hash;

	memcpy(&hash, index->hashes + number * BYTES, sizeof(hash));
	return le32toh(hash) & MASK;
}

void index_make(struct index *index, const char *text, size_t length)
{
	struct set set = { 0 };
	size_t at = 0;

	while (at < length) {
		size_t start;

		while (at < length && !is_word(text[at]))
			at++;
		for (start = at; at < length && is_word(text[at]); at++)
			;
		if (at > start)
			add(&set, hash_of(text + start, at - start));
	}
	*index = (struct index){ .is_made = true };
	index->hashes = xcalloc(set.count * BYTES + 1, 1);
	for (size_t i = 0; i < set.size; i++)
		if (set.places[i])
			store(index->hashes + index->count++ * BYTES, set.places[i]);
	free(set.places);
}

void index_free(struct index *index)
{
	free(index->hashes);
}

static void set_bit(struct index_query *query, uint32_t hash)
{
	query->few[(hash & FEW) / 8] |= (uint8_t)(1u << hash % 8);
	query->bits[hash / 8] |= (uint8_t)(1u << hash % 8);
}

static bool has_bit(const struct index_query *query, uint32_t hash)
{
	return query->few[(hash & FEW) / 8] >> hash % 8 & 1 &&
	       query->bits[hash / 8] >> hash % 8 & 1;
}

struct index_query *index_query_make(const struct words *words)
{
	struct index_query *query = xcalloc(1, sizeof(*query));

	for (size_t i = 0; words && i < words_count(words); i++) {
		const char *word = words_at(words, i);

		set_bit(query, hash_of(word, strlen(word)));
	}
	return query;
}

struct index_query *index_query_of(const char *word)
{
	struct index_query *query = xcalloc(1, sizeof(*query));

	set_bit(query, hash_of(word, strlen(word)));
	return query;
}

void index_query_free(struct index_query *query)
{
	free(query);
}

void index_query_add(struct index_query *query, const struct index *index)
{
	for (size_t i = 0; i < index->count; i++)
		set_bit(query, load(index, i));
}

bool index_query_has(const struct index_query *query, const char *word)
{
	return has_bit(query, hash_of(word, strlen(word)));
}

bool index_may_have(const struct index *index, const struct index_query *query)
{
	for (size_t i = 0; i < index->count; i++)
		if (has_bit(query, load(index, i)))
			return true;
	return false;
}
