// SPDX-License-Identifier: GPL-2.0-only
#include "convention/terms.h"

#include <stddef.h>
#include <string.h>

static const char *const confidences[] = { "low", "medium", "high" };
static const char *const states[] = { "inherited", "held", "not held" };

/* The index of `name` among three names, or -1. */
static int find(const char *const names[3], const char *name)
{
	for (int i = 0; i < 3; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

const char *confidence_name(enum confidence confidence)
{
	return confidences[confidence];
}

const char *lock_state_name(enum lock_state state)
{
	return states[state];
}

bool confidence_parse(const char *name, enum confidence *confidence)
{
	int index = find(confidences, name);

	if (index >= 0)
		*confidence = (enum confidence)index;
	return index >= 0;
}

bool lock_state_parse(const char *name, enum lock_state *state)
{
	int index = find(states, name);

	if (index >= 0)
		*state = (enum lock_state)index;
	return index >= 0;
}
