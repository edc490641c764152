// SPDX-License-Identifier: GPL-2.0-only
#include "check.h"

#include "analysis.h"
#include "report/json.h"
#include "report/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool wants_color(const struct options *options)
{
	return options->color == COLOR_ALWAYS ||
	       (options->color == COLOR_AUTO && isatty(STDOUT_FILENO));
}

static int print(const struct options *options, const struct report *report, struct error *err)
{
	if (options->json)
		report_json(stdout, report);
	else
		report_text(stdout, report, wants_color(options));
	if (fflush(stdout) || ferror(stdout))
		return error_set(err, "cannot write to stdout: %s", strerror(errno));
	report_unanalysed(stderr, report, options->quiet);
	if (!options->quiet)
		report_summary(stderr, report);
	return 0;
}

static int exit_status(const struct options *options, const struct report *report)
{
	const struct unanalysed *unanalysed = report->unanalysed;

	if (unanalysed->files || (options->strict && unanalysed->count))
		return EXIT_NOT_ANALYSED;
	return report->findings->count ? EXIT_FINDINGS : EXIT_CLEAN;
}

int check_run(const struct options *options, struct error *err)
{
	struct analysis *analysis = analysis_run(options, NULL, 0, err);
	struct report report;
	int status;

	if (!analysis)
		return EXIT_ERROR;
	report = analysis_report(analysis);
	status = print(options, &report, err) ? EXIT_ERROR : exit_status(options, &report);
	if (options->stats)
		analysis_print_stats(analysis);
	analysis_free(analysis);
	return status;
}
