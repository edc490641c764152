// SPDX-License-Identifier: GPL-2.0-only
#include "run/pool.h"
#include "run/select.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOURCES 6

/* A spatch that answers each request with the name of its source, but does `special` on some. */
#define SCRIPT(special)                                 \
	"#!/bin/sh\n"                                   \
	"t='\t'\n"                                      \
	"echo \"resvlint${t}ready\"\n"                  \
	"while read -r verb f; do\n"                    \
	"	[ $verb = look ] || { told=$f; continue; }\n" \
	"	case $f in\n" special "\n	esac\n"       \
	"	echo $f $told\n"                              \
	"	echo \"resvlint${t}done${t}2${t}1\"\n"        \
	"done\n"

/* What the pool said. */
struct seen {
	char done[SOURCES + 1]; /* 'x' for each source that was done */
	char *reasons[SOURCES]; /* why the others failed */
	char told[16];          /* what the process was told before the last one */
	size_t failures;
	struct pool_stats stats;
};

static int done(void *context, size_t source, char *rows, const char *log, struct error *err)
{
	struct seen *seen = context;
	char name[16];

	(void)log;
	(void)err;
	ck_assert_uint_lt(source, SOURCES);
	ck_assert_int_ge(sscanf(rows, "%15s %15s", name, seen->told), 1);
	ck_assert_int_eq(name[strlen("f/00000")], '0' + (int)source);
	ck_assert_int_eq(seen->done[source], '-');
	seen->done[source] = 'x';
	return 0;
}

static void failed(void *context, size_t source, const char *reason)
{
	struct seen *seen = context;

	ck_assert_ptr_null(seen->reasons[source]);
	seen->reasons[source] = xstrdup(reason);
	seen->failures++;
}

/* Seconds, which no machine is too busy for. */
#define ENOUGH 120

/* Has a fake spatch answer about all sources, as often as `runs` says. */
static int run_within(unsigned int timeout, const char *script, unsigned int jobs, int runs,
		      struct seen *seen, struct error *err)
{
	char *dir = scratch_make(), name[] = "a.c";
	char *no_environment[] = { NULL };
	struct source sources[SOURCES];
	struct selection selection = { .sources = sources, .count = SOURCES };
	struct requests requests = { 0 };
	struct progress progress = { 0 };
	struct stage stage = { dir };
	struct spatch spatch = { .program = path_join(dir, "fake"),
				 .timeout = timeout,
				 .memory = 512,
				 .environment = no_environment };
	struct pool_client client = { done, failed, seen };
	struct pool *pool;
	int result = 0;

	scratch_program(dir, "fake", script);
	for (size_t i = 0; i < SOURCES; i++) {
		char *staged = stage_name(i, name);

		sources[i] = (struct source){ .name = name, .weight = i };
		requests_add(&requests, i, xasprintf("look %s", staged));
		free(staged);
	}
	pool = pool_open(&(struct pool_spec){ &spatch, &stage, &selection, jobs, 0, &progress });
	for (int i = 0; i < runs && !result; i++) {
		*seen = (struct seen){ .done = "------" };
		pool_tell(pool, "know", i ? "second" : "first");
		result = pool_run(pool, &requests, &client, err);
	}
	seen->stats = pool_stats(pool);
	pool_close(pool);
	requests_free(&requests);
	free(spatch.program);
	scratch_remove(dir);
	return result;
}

static int run(const char *script, unsigned int jobs, int runs, struct seen *seen,
	       struct error *err)
{
	return run_within(ENOUGH, script, jobs, runs, seen, err);
}

/* Runs a script that fails on source 3, and sees that it alone is blamed, with this reason. */
static void assert_blamed_within(unsigned int timeout, const char *script, const char *reason)
{
	struct seen seen;
	struct error err;

	ck_assert_int_eq(run_within(timeout, script, 2, 1, &seen, &err), 0);
	ck_assert_str_eq(seen.done, "xxx-xx");
	ck_assert_uint_eq(seen.failures, 1);
	ck_assert_str_eq(seen.reasons[3], reason);
	free(seen.reasons[3]);
}

static void assert_blamed(const char *script, const char *reason)
{
	assert_blamed_within(ENOUGH, script, reason);
}

START_TEST(all_sources_are_done_by_the_same_processes)
{
	struct seen seen;
	struct error err;

	ck_assert_int_eq(run(SCRIPT("*none*) ;;"), 2, 3, &seen, &err), 0);
	ck_assert_str_eq(seen.done, "xxxxxx");
	ck_assert_uint_eq(seen.failures, 0);
	ck_assert_str_eq(seen.told, "second");
	ck_assert_uint_eq(seen.stats.processes, 2);
	ck_assert_uint_eq(seen.stats.requests, 3 * SOURCES);
}
END_TEST

START_TEST(what_was_parsed_is_counted)
{
	struct seen seen;
	struct error err;

	ck_assert_int_eq(run(SCRIPT("*none*) ;;"), 1, 2, &seen, &err), 0);
	ck_assert_uint_eq(seen.stats.parsed, 2);
	ck_assert_uint_eq(seen.stats.again, 1);
}
END_TEST

START_TEST(one_that_fails_is_named)
{
	assert_blamed(SCRIPT("*3.c) kill -SEGV $$;;"), "spatch was killed by signal 11");
	assert_blamed(SCRIPT("*3.c) echo oops >&2; exit 255;;"), "spatch failed: oops");
	assert_blamed(SCRIPT("*3.c) exit 1;;"), "spatch failed with exit status 1");
	assert_blamed(SCRIPT("*3.c) echo Fatal error: out of memory >&2; exit 2;;"),
		      "spatch needed more than 512 MB");
	assert_blamed(SCRIPT("*3.c) echo \"resvlint${t}failed${t}Out_of_memory\"; read x;;"),
		      "spatch needed more than 512 MB");
	assert_blamed(SCRIPT("*3.c) echo \"resvlint${t}failed${t}Stack_overflow\"; read x;;"),
		      "spatch failed: Stack_overflow");
	assert_blamed(SCRIPT("*3.c) echo \"resvlint${t}failed${t}Not_found\"; continue;;"),
		      "spatch failed: Not_found");
}
END_TEST

START_TEST(one_that_hangs_is_killed)
{
	assert_blamed_within(1, SCRIPT("*3.c) sleep 1000;;"), "spatch timed out after 1 s");
}
END_TEST

START_TEST(one_that_only_tires_a_process_is_tried_again)
{
	struct seen seen;
	struct error err;

	ck_assert_int_eq(run(SCRIPT("*3.c) [ -z \"$old\" ] || kill -SEGV $$;; *) old=1;;"), 1, 1,
			     &seen, &err),
			 0);
	ck_assert_str_eq(seen.done, "xxxxxx");
	ck_assert_uint_eq(seen.stats.processes, 2);
}
END_TEST

START_TEST(too_much_is_not_taken)
{
	assert_blamed(SCRIPT("*3.c) head -c 80000000 /dev/zero | tr '\\0' y;;"),
		      "spatch printed too much");
}
END_TEST

/* Sees that a script ends the run with a message. */
static void assert_setup_error(const char *script, const char *message)
{
	struct seen seen;
	struct error err;

	ck_assert_int_eq(run(script, 2, 1, &seen, &err), -1);
	ck_assert_msg(strstr(err.text, message) != NULL, "%s", err.text);
}

START_TEST(a_setup_error_ends_the_run)
{
	assert_setup_error("#!/bin/sh\necho 'No OCaml compiler found!' >&2\nexit 255\n",
			   "apt install ocaml");
	assert_setup_error("#!/bin/sh\necho 'Error: Unbound value x' >&2\nexit 2\n",
			   "the rules: Error: Unbound value x");
	assert_setup_error("#!/bin/sh\nexit 255\n", "the rules");
	assert_setup_error("#!/bin/sh\nexit 0\n", "the rules");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { all_sources_are_done_by_the_same_processes,
				       what_was_parsed_is_counted,
				       one_that_fails_is_named,
				       one_that_hangs_is_killed,
				       one_that_only_tires_a_process_is_tried_again,
				       too_much_is_not_taken,
				       a_setup_error_ends_the_run };

	return unit_run("pool", tests, sizeof(tests) / sizeof(*tests));
}
