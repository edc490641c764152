/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prefix: what stands before the colon in the subjects of a driver's patches, as its own history
 * shows it; without one, as its directory suggests.
 */
#ifndef RESVLINT_PREFIX_H
#define RESVLINT_PREFIX_H

#include "base/base.h"

/* A driver, and what is found for it. */
struct driver {
	const char *dir; /* relative to the tree, as in a unit; the caller's, as the next */
	const char *const *paths; /* those of its files that a patch changes */
	size_t path_count;

	char *prefix; /* "drm/foo", "media: foo"; ASCII, not empty */
	bool capital; /* what follows it begins with a capital letter */
};

/*
 * Finds the prefixes in a tree, an absolute path. If the tree is in a git repository, from the last
 * commits that touched the files, of a limited number of commits that are looked at; merges do not
 * count. Cannot fail. driver_free() each.
 */
void prefix_find(const char *root, struct driver *drivers, size_t count);
void driver_free(struct driver *driver);

#endif
