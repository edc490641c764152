/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * patch: what changed in one file, as a unified diff that `patch -p1 --fuzz=0`, `git apply` and
 * `git am` take. Bytes stay as they are: CRLF, NUL, whatever the encoding.
 */
#ifndef RESVLINT_PATCH_H
#define RESVLINT_PATCH_H

#include "base/base.h"

/* One file, before and after. All of it is the caller's, and stays. */
struct patch_input {
	const char *path; /* relative to the tree, with `/` */
	const char *before;
	size_t before_length;
	const char *after;
	size_t after_length;
	bool executable; /* git wants to know */
};

struct patch {
	char *text; /* header and hunks; may hold NUL bytes; "" if nothing changed */
	size_t length;
	size_t insertions; /* lines */
	size_t deletions;
};

/*
 * Makes the diff. Returns 0, or -1 with a message: the name is one that a diff cannot tell, or
 * libgit2 failed. patch_free() either way.
 */
int patch_make(struct patch *patch, const struct patch_input *input, struct error *err);
void patch_free(struct patch *patch);

/*
 * `prefix` and `path` put together as git writes names: between double quotes, with escapes, if it
 * holds quotes, backslashes, control characters or bytes that are not ASCII. The caller frees.
 */
char *patch_quote(const char *prefix, const char *path);

#endif
