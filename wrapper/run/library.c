// SPDX-License-Identifier: GPL-2.0-only
#include "run/library.h"

#include "base/process.h"
#include "run/messages.h"
#include "run/package.h"

#include <stdlib.h>
#include <string.h>

/* Relative to the stage: what compiles the library, and where to. */
#define COMPILE "cocci/lib/compile.sh"
#define PACKAGES "packages"

/* Where a library that is compiled may be, relative to the rules directory. */
#define INSTALLED "compiled"
#define BUILT "../build/ocaml"

/* How long compiling may take, ms. */
#define TIMEOUT 120000

static int judge(const struct stage *stage, const struct process_end *end, struct error *err)
{
	char *why;

	if (!end->status && !end->signal)
		return 0;
	why = message_error(end->log);
	error_set(err,
		  "cannot compile the rules' OCaml library in %s (TMPDIR "
		  "names another place): %s",
		  stage->dir, why ? why : "the compiler does not say why");
	free(why);
	return -1;
}

static int compile(const struct stage *stage, const struct spatch *spatch, struct error *err)
{
	char shell[] = "/bin/sh", script[] = COMPILE, packages[] = PACKAGES;
	char *arguments[] = { shell, script, packages, NULL };
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
	return result;
}

/* Takes a package that is compiled, if there is one that fits. */
static int take(const struct stage *stage, const char *rules_dir, const struct spatch *spatch,
		bool *taken, struct error *err)
{
	static const char *const places[] = { INSTALLED, BUILT };
	size_t length;
	char *text = package_stamp(stage, spatch->version, &length);
	struct text stamp = { text, length };
	int result = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && !*taken && !result; i++) {
		char *made = path_join(rules_dir, places[i]);

		result = package_take(stage, PACKAGES, made, &stamp, taken, err);
		free(made);
	}
	free(text);
	return result;
}

int library_stage(const struct stage *stage, const char *rules_dir, struct spatch *spatch,
		  struct error *err)
{
	int result = stage_write(stage, SPATCH_SOURCE, "", 0, err);
	bool taken = false;

	spatch_use_packages(spatch, PACKAGES);
	/* Without a compiler, compiling says what is missing. */
	if (!result && spatch_has_compiler())
		result = take(stage, rules_dir, spatch, &taken, err);
	if (!result && !taken)
		result = compile(stage, spatch, err);
	return result;
}
