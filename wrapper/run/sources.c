// SPDX-License-Identifier: GPL-2.0-only
#include "run/sources.h"

#include "base/base.h"

#include <string.h>

/* Where a source is, or would be. */
static size_t place_of(const struct sources *sources, size_t source)
{
	size_t low = 0, high = sources->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sources->at[middle] < source)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool sources_has(const struct sources *sources, size_t source)
{
	size_t place = place_of(sources, source);

	return place < sources->count && sources->at[place] == source;
}

bool sources_add(struct sources *sources, size_t source)
{
	size_t place = place_of(sources, source);

	if (place < sources->count && sources->at[place] == source)
		return false;
	sources->at = grow(sources->at, sources->count, sizeof(*sources->at));
	memmove(sources->at + place + 1, sources->at + place,
		(sources->count - place) * sizeof(*sources->at));
	sources->at[place] = source;
	sources->count++;
	return true;
}
