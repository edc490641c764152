// SPDX-License-Identifier: GPL-2.0-only
#include "base/progress.h"

#include <stdio.h>
#include <unistd.h>
#include <uv.h>

#define QUIET_NS 2000000000u
#define INTERVAL_NS 200000000u

void progress_begin(struct progress *progress)
{
	*progress = (struct progress){
		.enabled = isatty(STDERR_FILENO),
		.begin = uv_hrtime(),
	};
}

void progress_show(struct progress *progress, const char *what, size_t done, size_t total)
{
	uint64_t now;

	if (!progress->enabled)
		return;
	now = uv_hrtime();
	if (now - progress->begin < QUIET_NS || now - progress->last < INTERVAL_NS)
		return;
	fprintf(stderr, "\rresvlint: %s: %zu of %zu\033[K", what, done, total);
	fflush(stderr);
	progress->shown = true;
	progress->last = now;
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
