// SPDX-License-Identifier: GPL-2.0-only
#include "run/library.h"

#include "base/process.h"
#include "run/messages.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Relative to the stage: what compiles the library, and where to. */
#define COMPILE "cocci/lib/compile.sh"
#define PACKAGES "packages"

/* Where a library that is compiled may be, relative to the rules directory. */
#define INSTALLED "compiled"
#define BUILT "../build/ocaml"

/* How long compiling may take, ms. */
#define TIMEOUT 120000

static bool has_library(const struct stage *stage)
{
	char *path = path_join(stage->dir, COMPILE);
	bool found = !access(path, R_OK);

	free(path);
	return found;
}

/* The first line of the compiler's error, after the place; else the last line. The caller frees. */
static char *complaint(const char *log)
{
	const char *error = strstr(log, "\nError: "), *place = strstr(log, "File \"");

	if (!error || !place || place > error)
		return message_last(log);
	error++;
	return xasprintf("%.*s %.*s", (int)strcspn(place, "\n"), place, (int)strcspn(error, "\n"),
			 error);
}

static int judge(const struct stage *stage, const struct process_end *end, struct error *err)
{
	char *why;

	if (!end->status && !end->signal)
		return 0;
	why = complaint(end->log);
	error_set(err,
		  "cannot compile the rules' OCaml library in %s (TMPDIR "
		  "names another place): %s",
		  stage->dir, why ? why : "the compiler does not say why");
	free(why);
	return -1;
}

static int compile(const struct stage *stage, const char *rules_dir, const struct spatch *spatch,
		   struct error *err)
{
	char shell[] = "/bin/sh", script[] = COMPILE, packages[] = PACKAGES;
	char *installed = path_join(rules_dir, INSTALLED), *built = path_join(rules_dir, BUILT);
	char *arguments[] = { shell, script, packages, installed, built, NULL };
	struct process_spec spec = {
		.arguments = arguments,
		.environment = spatch->environment,
		.directory = stage->dir,
	};
	struct process_end end = { 0 };
	int result = process_run(&spec, TIMEOUT, &end, err);

	if (!result)
		result = judge(stage, &end, err);
	free(end.out);
	free(end.log);
	free(built);
	free(installed);
	return result;
}

int library_stage(const struct stage *stage, const char *rules_dir, struct spatch *spatch,
		  struct error *err)
{
	char *absolute;
	int result;

	if (!has_library(stage))
		return 0;
	absolute = realpath(rules_dir, NULL);
	spatch_use_packages(spatch, PACKAGES);
	result = compile(stage, absolute ? absolute : rules_dir, spatch, err);
	free(absolute);
	return result;
}
