// SPDX-License-Identifier: GPL-2.0-only
#include "run/pool.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOURCES 6

/* A spatch that prints the name of each source that it handles, but does `special` on some. */
#define SCRIPT(special)                           \
	"#!/bin/sh\n"                             \
	"for groups; do :; done\n"                \
	"for f in $(cat $groups); do\n"           \
	"	echo \"HANDLING: $f\" >&2\n"            \
	"	case $f in\n" special "\n	esac\n" \
	"	echo $f\n"                              \
	"done\n"

/* What the pool said. */
struct seen {
	char done[SOURCES + 1]; /* 'x' for each source that was done */
	char *reasons[SOURCES]; /* why the others failed */
	size_t failures;
};

static int done(void *context, size_t rule, char *out, char *log, struct error *err)
{
	struct seen *seen = context;
	char *line;
	size_t source;

	(void)log;
	(void)err;
	ck_assert_uint_eq(rule, 0);
	while ((line = next_line(&out)))
		if (stage_index(line, &source))
			seen->done[source] = 'x';
	return 0;
}

static void failed(void *context, size_t rule, size_t source, const char *reason)
{
	struct seen *seen = context;

	ck_assert_uint_eq(rule, 0);
	ck_assert_ptr_null(seen->reasons[source]);
	seen->reasons[source] = xstrdup(reason);
	seen->failures++;
}

/* Runs a fake spatch on one batch of all sources. */
static int run(const char *script, struct seen *seen, struct error *err)
{
	char *dir = scratch_make(), name[] = "a.c", file[] = "g/r.cocci", none[] = "";
	char *no_environment[] = { NULL };
	struct source sources[SOURCES];
	struct selection selection = { .sources = sources, .count = SOURCES };
	struct rule rule = { .file = file };
	struct catalogue catalogue = { none, &rule, 1 };
	struct batches batches = { 0 };
	struct progress progress = { 0 };
	struct stage stage = { dir };
	struct spatch spatch = { .program = path_join(dir, "fake"),
				 .timeout = 1,
				 .memory = 512,
				 .environment = no_environment };
	struct pool_work work = {
		&spatch, &stage, &catalogue, &selection, &batches, 2, 0, &progress
	};
	struct pool_client client = { done, failed, seen };
	struct batch *batch = batches_add(&batches, 0);
	size_t processes;
	int result;

	*seen = (struct seen){ .done = "------" };
	scratch_program(dir, "fake", script);
	for (size_t i = 0; i < SOURCES; i++) {
		sources[i] = (struct source){ .name = name, .rules = 1 };
		batch_add(batch, i, 1);
	}
	result = pool_run(&work, &client, &processes, err);
	batches_free(&batches);
	free(spatch.program);
	scratch_remove(dir);
	return result;
}

/* Runs a script that fails on source 3, and sees that it alone is blamed, with this reason. */
static void assert_blamed(const char *script, const char *reason)
{
	struct seen seen;
	struct error err;

	ck_assert_int_eq(run(script, &seen, &err), 0);
	ck_assert_str_eq(seen.done, "xxx-xx");
	ck_assert_uint_eq(seen.failures, 1);
	ck_assert_str_eq(seen.reasons[3], reason);
	free(seen.reasons[3]);
}

START_TEST(all_sources_are_done)
{
	struct seen seen;
	struct error err;

	ck_assert_int_eq(run(SCRIPT("*none*) ;;"), &seen, &err), 0);
	ck_assert_str_eq(seen.done, "xxxxxx");
	ck_assert_uint_eq(seen.failures, 0);
}
END_TEST

START_TEST(one_that_fails_is_found)
{
	assert_blamed(SCRIPT("*3.c) kill -SEGV $$;;"), "spatch was killed by signal 11");
	assert_blamed(SCRIPT("*3.c) echo oops >&2; exit 255;;"), "spatch failed: oops");
	assert_blamed(SCRIPT("*3.c) exit 1;;"), "spatch failed with exit status 1");
	assert_blamed(SCRIPT("*3.c) echo Fatal error: out of memory >&2; exit 2;;"),
		      "spatch needed more than 512 MB");
	assert_blamed(SCRIPT("*3.c) echo EXN: Out_of_memory in $f >&2;;"),
		      "spatch needed more than 512 MB");
}
END_TEST

START_TEST(one_that_hangs_is_killed)
{
	assert_blamed(SCRIPT("*3.c) sleep 1000;;"), "spatch timed out after 1 s");
}
END_TEST

START_TEST(one_that_crashes_without_a_word_is_found)
{
	assert_blamed("#!/bin/sh\n"
		      "for groups; do :; done\n"
		      "grep -q 3.c $groups && kill -SEGV $$\n"
		      "cat $groups\n",
		      "spatch was killed by signal 11");
}
END_TEST

/* Sees that a script ends the run with a message. */
static void assert_setup_error(const char *script, const char *message)
{
	struct seen seen;
	struct error err;

	ck_assert_int_eq(run(script, &seen, &err), -1);
	ck_assert_msg(strstr(err.text, message) != NULL, "%s", err.text);
}

START_TEST(a_setup_error_ends_the_run)
{
	assert_setup_error("#!/bin/sh\necho 'No OCaml compiler found!' >&2\nexit 255\n",
			   "apt install ocaml");
	assert_setup_error("#!/bin/sh\necho 'Error: Unbound value x' >&2\nexit 2\n",
			   "the rule g/r.cocci: Error: Unbound value x");
	assert_setup_error("#!/bin/sh\nexit 255\n", "the rule g/r.cocci");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { all_sources_are_done, one_that_fails_is_found,
				       one_that_hangs_is_killed,
				       one_that_crashes_without_a_word_is_found,
				       a_setup_error_ends_the_run };

	return unit_run("pool", tests, sizeof(tests) / sizeof(*tests));
}
