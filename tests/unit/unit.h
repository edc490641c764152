/* SPDX-License-Identifier: GPL-2.0-only */
/* unit: what all unit tests share. */
#ifndef RESVLINT_UNIT_H
#define RESVLINT_UNIT_H

#include "base/base.h"

#include <check.h>

/* Runs the tests. Returns an exit status: 0 if all pass. */
int unit_run(const char *module, const TTest *const *tests, size_t count);

/* A new temporary directory, which goes away with scratch_remove(). */
char *scratch_make(void);

/* Writes DIR/NAME, with the directories above it. */
void scratch_write(const char *dir, const char *name, const char *text);

/* Likewise, and makes it executable. */
void scratch_program(const char *dir, const char *name, const char *text);

/* Makes DIR/NAME a link to `target`, or a FIFO. */
void scratch_link(const char *dir, const char *name, const char *target);
void scratch_fifo(const char *dir, const char *name);

/* Removes the directory with all that is in it, and frees its name. */
void scratch_remove(char *dir);

#endif
