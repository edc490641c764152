/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * helpers: which sources of shared code a driver uses. It does if it names something that the
 * source defines for others, or something of shared code that does, and so on.
 */
#ifndef RESVLINT_HELPERS_H
#define RESVLINT_HELPERS_H

#include "graph/symbols.h"
#include "judge/drivers.h"

/* A source of shared code, for a driver. */
struct helper {
	const char *driver;
	uint32_t source;
	bool is_used;
};

/* Zeroed: helpers_free() it. */
struct helpers {
	struct symbols keys; /* of those that are known, or looked for */
	struct helper *helpers;
	size_t count;
	size_t known; /* the first so many */
};

/* Adds a source, and a driver whose name stays where it is, to what is to be known. */
void helpers_add(struct helpers *helpers, const char *driver, uint32_t source);

/* Finds out what was added, and reads the sources that tell it. Returns 0, or -1 with a message. */
int helpers_find(struct helpers *helpers, const struct drivers *drivers, struct error *err);

/* Does a driver use a source? It does if that is not known. */
bool helpers_is_used(const struct helpers *helpers, const char *driver, uint32_t source);
void helpers_free(struct helpers *helpers);

#endif
