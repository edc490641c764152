/* SPDX-License-Identifier: GPL-2.0-only */
/* names: a list of names, of functions, structures or whatever else. */
#ifndef RESVLINT_NAMES_H
#define RESVLINT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed: there are none. names_free() it. */
struct names {
	char **names; /* in the order in which they were added */
	size_t count;
};

/* Adds a copy of a name, which may be among them already. */
void names_add(struct names *names, const char *name);

/* Likewise, unless it is among them. */
void names_add_once(struct names *names, const char *name);

/* Adds all of `from`, which has none afterwards; their strings stay where they are. */
void names_move(struct names *names, struct names *from);

bool names_has(const struct names *names, const char *name);
void names_free(struct names *names);

#endif
