// SPDX-License-Identifier: GPL-2.0-only
#include "graph/paths.h"

#include <stdlib.h>

/* A path leads to its type in fewer steps than these, or leads in a circle. */
#define STEPS 64

static uint32_t hash_of(uint32_t parent, uint32_t name)
{
	uint64_t hash = ((uint64_t)parent << 32 | name) * UINT64_C(0x9e3779b97f4a7c15);

	return (uint32_t)(hash >> 32);
}

static uint32_t place_of(const struct paths *paths, uint32_t parent, uint32_t name)
{
	uint32_t at = hash_of(parent, name) & (paths->size - 1);

	while (paths->places[at]) {
		const struct path *path = &paths->paths[paths->places[at] - 1];

		if (path->parent == parent && path->name == name)
			break;
		at = (at + 1) & (paths->size - 1);
	}
	return at;
}

static void append(struct paths *paths, uint32_t parent, uint32_t name)
{
	paths->paths = grow(paths->paths, paths->count, sizeof(*paths->paths));
	paths->paths[paths->count++] =
		(struct path){ .parent = parent, .name = name, .source = NONE };
}

static void enlarge(struct paths *paths)
{
	paths->size = paths->size ? paths->size * 2 : 256;
	free(paths->places);
	paths->places = xcalloc(paths->size, sizeof(*paths->places));
	while (paths->count < PATH_ROOTS)
		append(paths, PATH_UNKNOWN, NONE);
	for (uint32_t i = PATH_ROOTS; i < paths->count; i++)
		paths->places[place_of(paths, paths->paths[i].parent, paths->paths[i].name)] =
			i + 1;
}

uint32_t paths_intern(struct paths *paths, uint32_t parent, uint32_t name)
{
	uint32_t place;

	if (paths->count * 2 >= paths->size)
		enlarge(paths);
	place = place_of(paths, parent, name);
	if (!paths->places[place]) {
		append(paths, parent, name);
		paths->places[place] = paths->count;
	}
	return paths->places[place] - 1;
}

uint32_t paths_find(const struct paths *paths, uint32_t parent, uint32_t name)
{
	return paths->size ? paths->places[place_of(paths, parent, name)] - 1 : NONE;
}

void paths_bind(struct paths *paths, uint32_t path, uint32_t bound, uint32_t source)
{
	struct path *at = &paths->paths[path];
	bool knows_more = at->bound == PATH_UNKNOWN && bound != PATH_UNKNOWN;
	bool knows_less = at->bound != PATH_UNKNOWN && bound == PATH_UNKNOWN;

	if (path < PATH_ROOTS || knows_less || (!knows_more && at->source <= source))
		return;
	at->bound = bound;
	at->source = source;
}

/* Is it below the tags of all sources, or of one? */
static bool is_tag(const struct paths *paths, uint32_t path)
{
	uint32_t parent = paths->paths[path].parent;

	return path >= PATH_ROOTS &&
	       (parent == PATH_TAG || paths->paths[parent].parent == PATH_SOURCE);
}

bool paths_is_structure(const struct paths *paths, uint32_t path)
{
	return path >= PATH_ROOTS && (is_tag(paths, path) || paths->paths[path].bound == path);
}

static uint32_t resolve(const struct paths *paths, uint32_t path, unsigned int *left);

/* The path of a member where its structure declares it, or the path itself. */
static uint32_t declared(const struct paths *paths, uint32_t path, unsigned int *left)
{
	const struct path *at = &paths->paths[path];
	uint32_t owner, found;

	if (at->parent < PATH_ROOTS || paths_is_structure(paths, at->parent))
		return path;
	owner = resolve(paths, at->parent, left);
	found = owner < PATH_ROOTS ? NONE : paths_find(paths, owner, at->name);
	return found == NONE ? path : found;
}

static uint32_t resolve(const struct paths *paths, uint32_t path, unsigned int *left)
{
	while (path >= PATH_ROOTS && *left) {
		uint32_t bound;

		--*left;
		if (paths_is_structure(paths, path))
			return path;
		path = declared(paths, path, left);
		bound = paths->paths[path].bound;
		if (bound == path)
			return path;
		path = bound;
	}
	return path == PATH_FUNCTION || path == PATH_PLAIN ? path : PATH_UNKNOWN;
}

uint32_t paths_resolve(const struct paths *paths, uint32_t path)
{
	unsigned int left = STEPS;

	return resolve(paths, path, &left);
}

void paths_free(struct paths *paths)
{
	free(paths->paths);
	free(paths->places);
}
