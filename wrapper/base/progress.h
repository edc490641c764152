/* SPDX-License-Identifier: GPL-2.0-only */
/* progress: one line on the terminal that tells how far a long run is. */
#ifndef RESVLINT_PROGRESS_H
#define RESVLINT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool enabled;
	bool shown;     /* is there a line on the terminal? */
	uint64_t begin; /* ns, of uv_hrtime() */
	uint64_t last;  /* when the line was written */
};

/* Begins, silent for two seconds. Nothing is ever shown if stderr is no terminal. */
void progress_begin(struct progress *progress);

/* Shows "WHAT: DONE of TOTAL", a few times in a second at most. */
void progress_show(struct progress *progress, const char *what, size_t done, size_t total);

/* Wipes the line out. */
void progress_end(struct progress *progress);

#endif
