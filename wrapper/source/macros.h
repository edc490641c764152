/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * macros: what is known of the macros that conditions ask for. Those that nobody has decided are
 * unknown, which is not the same as not defined.
 */
#ifndef RESVLINT_MACROS_H
#define RESVLINT_MACROS_H

#include "base/base.h"

#include <stdint.h>

/* A number of the preprocessor: 64 bits, with or without a sign. */
struct number {
	uint64_t bits;
	bool is_unsigned;
};

struct macro {
	char *name;
	bool is_defined;
	bool has_number; /* is its value a number, and is it known? */
	struct number number;
};

struct macros {
	struct macro *macros; /* of two with one name, the later one counts */
	size_t count;
};

/*
 * Decides a macro: -D NAME, which is 1, or -D NAME=VALUE. A value that is no integer is not known,
 * and only tells that the macro is defined. Returns 0, or -1 with a message. macros_free() either
 * way.
 */
int macros_define(struct macros *macros, const char *definition, struct error *err);

/* Likewise -U NAME. */
int macros_undefine(struct macros *macros, const char *name, struct error *err);

/*
 * What is known in the code for a kernel: the macros of <linux/version.h> for the version in
 * `kernel`, X.Y or X.Y.Z (NULL: one newer than any), and what `decided` has, which counts more.
 * The caller does macros_free().
 */
struct macros macros_of_kernel(const char *kernel, const struct macros *decided);
void macros_free(struct macros *macros);

/* What is known of the macro whose name is the first `length` bytes of `name`; NULL: nothing. */
const struct macro *macros_find(const struct macros *macros, const char *name, size_t length);

/* The value of KERNEL_VERSION(major, minor, sublevel). */
uint64_t kernel_version(uint64_t major, uint64_t minor, uint64_t sublevel);

/*
 * Reads the integer that `text` begins with: decimal, octal or hexadecimal, with or without
 * suffixes. Returns the number of its bytes, 0 if there is none that fits in 64 bits.
 */
size_t number_parse(const char *text, struct number *number);

#endif
