/* SPDX-License-Identifier: GPL-2.0-only */
/* sources: some of the sources of a selection, by their indexes. */
#ifndef RESVLINT_SOURCES_H
#define RESVLINT_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed: there are none. free() the array. */
struct sources {
	size_t *at; /* in order, each once */
	size_t count;
};

/* Adds one; returns whether it is new. */
bool sources_add(struct sources *sources, size_t source);

bool sources_has(const struct sources *sources, size_t source);

#endif
