/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drivers: which driver a source belongs to. A driver is a directory of the kernel; what several
 * drivers come through is shared.
 */
#ifndef RESVLINT_DRIVERS_H
#define RESVLINT_DRIVERS_H

#include "run/survey.h"

/* Zeroed but for `survey`: drivers_find() it, or drivers_choose(); drivers_free() it. */
struct drivers {
	const struct survey *survey;
	struct names chosen;  /* those of the PATHs, where these are a part of a tree */
	bool has_shared;      /* is code that drivers share among the PATHs? */
	struct names sharing; /* those that have to do with reservation locks, or with fences */
};

/* Finds out which drivers there are. Returns 0, or -1 with a message. */
int drivers_find(struct drivers *drivers, struct error *err);
/* Finds out only those of the PATHs. */
void drivers_choose(struct drivers *drivers);
void drivers_free(struct drivers *drivers);

/* Is a source outside of the kernel? Its file says nothing of where it belongs. */
bool drivers_is_outside(const struct drivers *drivers, size_t source);

/* Is a source code that drivers share? Any of them may come through it. */
bool drivers_is_shared(const struct drivers *drivers, size_t source);

/*
 * The directory of the driver that a source belongs to, "" for code outside of a kernel. The caller
 * frees.
 */
char *drivers_of(const struct drivers *drivers, size_t source);

/* Is a source of a driver that has to do with reservation locks, or with fences? */
bool drivers_is_sharing(const struct drivers *drivers, size_t source);

/* Can code of a driver come to a source? */
bool drivers_is_near(const struct drivers *drivers, const char *driver, size_t source);

/* For each source: can code of some drivers come to it? The caller frees. */
bool *drivers_near(const struct drivers *drivers, const struct names *some);

/* Is a driver of interest? Of a part of a tree, those of others are not. */
bool drivers_is_chosen(const struct drivers *drivers, const char *driver);

/*
 * Can code of the PATHs come to a source, or that come to it, where they are a part of a tree? All
 * drivers come to code that they share.
 */
bool drivers_is_near_chosen(const struct drivers *drivers, size_t source);

/* Are contexts of a driver of interest? Those of drivers that share nothing are not. */
bool drivers_is_wanted(const struct drivers *drivers, const char *driver);

/* For each source: is it of such a driver? The caller frees. */
bool *drivers_wanted(const struct drivers *drivers);

#endif
