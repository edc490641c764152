// SPDX-License-Identifier: GPL-2.0-only
#include "base/names.h"

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

void names_add(struct names *names, const char *name)
{
	names->names = grow(names->names, names->count, sizeof(*names->names));
	names->names[names->count++] = xstrdup(name);
}

void names_add_once(struct names *names, const char *name)
{
	if (!names_has(names, name))
		names_add(names, name);
}

void names_move(struct names *names, struct names *from)
{
	for (size_t i = 0; i < from->count; i++) {
		names->names = grow(names->names, names->count, sizeof(*names->names));
		names->names[names->count++] = from->names[i];
	}
	from->count = 0;
}

bool names_has(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->names[i], name))
			return true;
	return false;
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
}
