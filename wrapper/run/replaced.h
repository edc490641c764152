/* SPDX-License-Identifier: GPL-2.0-only */
/* replaced: the sources of a kernel for which others stand, that are outside of its tree. */
#ifndef RESVLINT_REPLACED_H
#define RESVLINT_REPLACED_H

#include "run/select.h"

/*
 * Marks, of the kernel tree beside that of the PATHs, the sources that define a function which a
 * source in the PATHs defines, too: they cannot be linked together. Where the PATHs are in the
 * kernel tree, that marks none. Returns 0, or -1 with a message.
 */
int replaced_mark(struct selection *selection, const struct tree *kernel, unsigned int jobs,
		  struct progress *progress, struct error *err);

#endif
