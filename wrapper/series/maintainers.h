/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * maintainers: what a tree's MAINTAINERS says of who a file belongs to, so that each maintainer
 * gets one patch. It is somebody else's text: what is malformed in it matches nothing.
 */
#ifndef RESVLINT_MAINTAINERS_H
#define RESVLINT_MAINTAINERS_H

#include "base/base.h"

struct maintainers;

/* What goes into one patch. */
struct unit {
	char *name; /* title of the section; where that is too wide, or there is none, `dir` */
	char *dir;  /* the directory it is about, without a slash behind it; "" is the tree */
};

/*
 * Reads MAINTAINERS in a tree; without one, each directory is a unit. Cannot fail.
 * maintainers_free() it.
 */
struct maintainers *maintainers_read(const char *root);
void maintainers_free(struct maintainers *maintainers);

/*
 * The unit of a file, a path relative to the tree: the section whose F: pattern is the narrowest,
 * as scripts/get_maintainer.pl ranks them, unless an X: pattern of it matches; else one with an N:
 * pattern that does. A section of a whole subsystem (its directory holds the files of many other
 * sections) is none: there the unit is the directory below it that no section has a part in. "THE
 * REST" is none either. unit_free() it.
 */
void maintainers_unit(const struct maintainers *maintainers, const char *path, struct unit *unit);
void unit_free(struct unit *unit);

#endif
