/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guards: code that is not compiled, taken out of a source. Drivers outside of the kernel carry
 * code for many versions of it, between `#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)` and
 * `#else`; what is checked is the code for one of them.
 */
#ifndef RESVLINT_GUARDS_H
#define RESVLINT_GUARDS_H

#include "source/macros.h"

/*
 * Blanks, in place, the branches of conditionals that are not compiled, as far as `macros` decide
 * the conditions. All else stays at its line and column. Directives that have nothing left to
 * decide are blanked as well, and `#elif` becomes `#if` or `#else` where the branches before it or
 * behind it are gone: so spatch, which reads all branches of a conditional, but loses some behind
 * an `#if 0`, sees plain code or a plain choice. A condition that is not decided may have its first
 * number changed to a name, for the same reason.
 *
 * A conditional that has no end, or more than one `#else`, stays as it is, with all that is in it
 * and was not settled before. The text may hold any bytes. Returns whether anything has changed.
 */
bool guards_apply(char *text, size_t length, const struct macros *macros);

#endif
