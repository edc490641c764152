// SPDX-License-Identifier: GPL-2.0-only
#include "run/spatch.h"

#include "base/process.h"
#include "run/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MACRO_FILE "lib/macros.h"
#define INSTALL "install it (apt install coccinelle) or set SPATCH"

/* How long `spatch --version` may take, ms. */
#define VERSION_TIMEOUT 10000

/* The path of a program in PATH, NULL if there is none; the caller frees. */
static char *search_path(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = xstrdup(path ? path : "/usr/bin:/bin"), *rest = copy, *dir, *found = NULL;

	while (!found && (dir = strsep(&rest, ":"))) {
		char *candidate = path_join(*dir ? dir : ".", name);

		if (!access(candidate, X_OK))
			found = realpath(candidate, NULL);
		free(candidate);
	}
	free(copy);
	return found;
}

static char *find_program(struct error *err)
{
	const char *name = getenv("SPATCH");
	char *program;

	if (!name || !*name)
		name = "spatch";
	program = strchr(name, '/') ? realpath(name, NULL) : search_path(name);
	if (program && !access(program, X_OK))
		return program;
	free(program);
	error_set(err, "no spatch ('%s') here: " INSTALL, name);
	return NULL;
}

/* What `spatch --version` prints; NULL, with a message, if it cannot run. */
static char *ask_version(char *program, struct error *err)
{
	char option[] = "--version", *arguments[] = { program, option, NULL };
	struct process_spec spec = { .arguments = arguments };
	struct process_end end = { 0 };

	process_run(&spec, VERSION_TIMEOUT, &end, err);
	free(end.log);
	return end.out;
}

static int check_version(const char *program, const char *text, struct error *err)
{
	unsigned int major = 0, minor = 0, patch = 0;
	int fields = sscanf(text, "spatch version %u.%u.%u", &major, &minor, &patch);

	if (fields < 2)
		return error_set(err, "%s --version does not tell its version: " INSTALL, program);
	if (major * 1000000 + minor * 1000 + patch < 1001001)
		return error_set(err,
				 "%s is version %u.%u.%u, and 1.1.1 or newer is needed: " INSTALL,
				 program, major, minor, patch);
	if (strstr(text, "OCaml scripting support: no"))
		return error_set(
			err, "%s is built without OCaml scripting, which the rules need: " INSTALL,
			program);
	return 0;
}

int spatch_find(struct spatch *spatch, struct error *err)
{
	spatch->program = find_program(err);
	if (!spatch->program)
		return -1;
	spatch->version = ask_version(spatch->program, err);
	return spatch->version ? check_version(spatch->program, spatch->version, err) : -1;
}

static size_t count_variables(const struct spatch *spatch)
{
	size_t count = 0;

	while (spatch->environment && spatch->environment[count])
		count++;
	return count;
}

/* Sets a variable of the environment that spatch gets; takes it out if the value is NULL. */
static void set_variable(struct spatch *spatch, const char *name, const char *value)
{
	size_t count = count_variables(spatch), length = strlen(name), kept = 0;

	for (size_t i = 0; i < count; i++) {
		char *variable = spatch->environment[i];

		if (!strncmp(variable, name, length) && variable[length] == '=')
			free(variable);
		else
			spatch->environment[kept++] = variable;
	}
	spatch->environment =
		xrealloc(spatch->environment, (kept + 2) * sizeof(*spatch->environment));
	if (value)
		spatch->environment[kept++] = xasprintf("%s=%s", name, value);
	spatch->environment[kept] = NULL;
}

void spatch_prepare(struct spatch *spatch, const struct stage *stage,
		    const struct convention *convention, const struct slots *slots)
{
	char *clauses = convention_text(convention), *entered = slots_text(slots);
	char *text = xasprintf("%s%s", clauses, entered);
	char *macros = path_join(stage->dir, "cocci/" MACRO_FILE);
	size_t count = 0;

	while (environ[count])
		count++;
	spatch->environment = xcalloc(count + 1, sizeof(*spatch->environment));
	for (size_t i = 0; i < count; i++)
		spatch->environment[i] = xstrdup(environ[i]);
	set_variable(spatch, "HOME", stage->dir);
	set_variable(spatch, "PWD", NULL);
	/* spatch hands names in TMPDIR to a shell, and the stage's name may hold any character. */
	set_variable(spatch, "TMPDIR", "tmp");
	set_variable(spatch, "LC_ALL", "C");
	/* For the script that compiles the rules' library. */
	set_variable(spatch, "SPATCH", spatch->program);
	set_variable(spatch, "SPATCH_VERSION", spatch->version);
	set_variable(spatch, "RESVLINT_CONVENTION", text);
	set_variable(spatch, "RESVLINT_PRIMITIVES", NULL);
	spatch->has_macros = !access(macros, R_OK);
	free(macros);
	free(text);
	free(entered);
	free(clauses);
}

bool spatch_has_compiler(void)
{
	char *finder = search_path("ocamlfind"), *compiler = search_path("ocamlopt");
	bool both = finder && compiler;

	free(compiler);
	free(finder);
	return both;
}

enum focus_reach spatch_reach(const struct spatch *spatch)
{
	return spatch->inferred ? FOCUS_VARIABLES : FOCUS_CALLERS;
}

void spatch_forget_listed(struct spatch *spatch)
{
	set_variable(spatch, "RESVLINT_PRIMITIVES", "1");
}

void spatch_use_packages(struct spatch *spatch, const char *directory)
{
	const char *others = getenv("OCAMLPATH");
	char *path = others && *others ? xasprintf("%s:%s", directory, others) : xstrdup(directory);

	set_variable(spatch, "OCAMLPATH", path);
	free(path);
}

void spatch_free(struct spatch *spatch)
{
	if (spatch->environment)
		spatch_free_arguments(spatch->environment);
	free(spatch->version);
	free(spatch->program);
}

static void add_argument(char ***arguments, size_t *count, char *argument)
{
	*arguments = grow(*arguments, *count, sizeof(**arguments));
	(*arguments)[(*count)++] = argument;
}

char **spatch_arguments(const struct spatch *spatch)
{
	static const char *const options[] = { "-D", "serve", "--very-quiet", "--no-includes",
					       "--no-saved-typedefs" };
	char **arguments = NULL;
	size_t count = 0;

	add_argument(&arguments, &count, xstrdup(spatch->program));
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		add_argument(&arguments, &count, xstrdup(options[i]));
	if (spatch->has_macros) {
		add_argument(&arguments, &count, xstrdup("--macro-file"));
		add_argument(&arguments, &count, xstrdup("cocci/" MACRO_FILE));
	}
	add_argument(&arguments, &count, xstrdup("--cocci-file"));
	add_argument(&arguments, &count, xstrdup(SPATCH_PROGRAM));
	add_argument(&arguments, &count, xstrdup(SPATCH_SOURCE));
	add_argument(&arguments, &count, NULL);
	return arguments;
}

void spatch_free_arguments(char **arguments)
{
	for (size_t i = 0; arguments[i]; i++)
		free(arguments[i]);
	free(arguments);
}

void spatch_setup_error(const char *log, struct error *err)
{
	char *text = message_error(log);

	if (strstr(log, "No OCaml compiler found"))
		error_set(err, "spatch finds no OCaml compiler, which the rules need: "
			       "install it (apt install ocaml)");
	else
		error_set(err, "spatch cannot use the rules: %s",
			  text ? text : "it does not say why");
	free(text);
}
