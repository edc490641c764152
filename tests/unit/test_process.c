// SPDX-License-Identifier: GPL-2.0-only
#include "base/process.h"
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* What a process left, and its lines of stderr so far. */
struct seen {
	struct process_end end;
	char lines[100];
	bool ended;
};

static void on_log(void *context, const char *line)
{
	struct seen *seen = context;

	strcat(strcat(seen->lines, line), "|");
}

static void on_end(void *context, struct process_end *end)
{
	struct seen *seen = context;

	seen->end = *end;
	seen->ended = true;
}

/* Runs a shell script to its end. */
static void run(const char *script, unsigned int memory, struct seen *seen)
{
	char shell[] = "/bin/sh", option[] = "-c", *text = xstrdup(script);
	char *arguments[] = { shell, option, text, NULL };
	struct process_spec spec = { .arguments = arguments,
				     .memory = memory,
				     .on_log = on_log,
				     .on_end = on_end,
				     .context = seen };
	struct error err;
	uv_loop_t loop;

	*seen = (struct seen){ 0 };
	uv_loop_init(&loop);
	ck_assert_ptr_nonnull(process_start(&loop, &spec, &err));
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert(seen->ended);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	free(text);
}

static void forget(struct seen *seen)
{
	free(seen->end.out);
	free(seen->end.log);
}

START_TEST(output_and_status_are_kept)
{
	struct seen seen;

	run("echo out; echo one >&2; echo two >&2; printf end >&2; exit 7", 0, &seen);
	ck_assert_str_eq(seen.end.out, "out\n");
	ck_assert_str_eq(seen.end.log, "one\ntwo\nend");
	ck_assert_str_eq(seen.lines, "one|two|");
	ck_assert_int_eq(seen.end.status, 7);
	ck_assert_int_eq(seen.end.signal, 0);
	forget(&seen);
}
END_TEST

START_TEST(nul_bytes_cut_nothing_off)
{
	struct seen seen;

	run("printf 'a\\0b\\nc\\n'", 0, &seen);
	ck_assert_str_eq(seen.end.out, "a b\nc\n");
	forget(&seen);
}
END_TEST

START_TEST(a_signal_is_told)
{
	struct seen seen;

	run("kill -SEGV $$", 0, &seen);
	ck_assert_int_eq(seen.end.signal, SIGSEGV);
	forget(&seen);
}
END_TEST

START_TEST(what_it_leaves_running_is_killed)
{
	struct seen seen;

	run("sleep 1000 & echo done", 0, &seen);
	ck_assert_str_eq(seen.end.out, "done\n");
	forget(&seen);
}
END_TEST

START_TEST(memory_is_limited)
{
	struct seen seen;

	run("sleep 0.1; ulimit -v", 512, &seen);
	ck_assert_str_eq(seen.end.out, "524288\n");
	forget(&seen);
}
END_TEST

START_TEST(the_stack_is_as_large_as_may_be)
{
	struct seen seen;
	struct rlimit before, after, low;

	ck_assert_int_eq(getrlimit(RLIMIT_STACK, &before), 0);
	low = (struct rlimit){ 8 << 20, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_STACK, &low), 0);
	run("test \"$(ulimit -Ss)\" = \"$(ulimit -Hs)\" && echo all", 0, &seen);
	ck_assert_str_eq(seen.end.out, "all\n");
	forget(&seen);
	ck_assert_int_eq(getrlimit(RLIMIT_STACK, &after), 0);
	ck_assert_uint_eq(after.rlim_cur, low.rlim_cur);
	setrlimit(RLIMIT_STACK, &before);
}
END_TEST

START_TEST(a_flood_is_stopped)
{
	struct seen seen;

	run("yes", 0, &seen);
	ck_assert(seen.end.flooded);
	ck_assert_int_eq(seen.end.signal, SIGKILL);
	forget(&seen);
}
END_TEST

START_TEST(a_program_that_is_not_there_is_an_error)
{
	char program[] = "/nonexistent/program", *arguments[] = { program, NULL };
	struct process_spec spec = { .arguments = arguments, .on_end = on_end };
	struct error err;
	uv_loop_t loop;

	uv_loop_init(&loop);
	ck_assert_ptr_null(process_start(&loop, &spec, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/program"));
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

START_TEST(one_process_runs_to_its_end_or_is_late)
{
	char shell[] = "/bin/sh", option[] = "-c", quick[] = "echo out; exit 3",
	     late[] = "sleep 1000";
	char *arguments[] = { shell, option, quick, NULL }, nowhere[] = "/nonexistent/program";
	struct process_spec spec = { .arguments = arguments };
	struct process_end end;
	struct error err;

	ck_assert_int_eq(process_run(&spec, 10000, &end, &err), 0);
	ck_assert_str_eq(end.out, "out\n");
	ck_assert_int_eq(end.status, 3);
	free(end.out);
	free(end.log);
	arguments[2] = late;
	ck_assert_int_eq(process_run(&spec, 50, &end, &err), 0);
	ck_assert_int_eq(end.signal, SIGKILL);
	free(end.out);
	free(end.log);
	arguments[0] = nowhere;
	ck_assert_int_eq(process_run(&spec, 50, &end, &err), -1);
	ck_assert_ptr_null(end.out);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { output_and_status_are_kept,
				       nul_bytes_cut_nothing_off,
				       a_signal_is_told,
				       what_it_leaves_running_is_killed,
				       memory_is_limited,
				       the_stack_is_as_large_as_may_be,
				       a_flood_is_stopped,
				       a_program_that_is_not_there_is_an_error,
				       one_process_runs_to_its_end_or_is_late };

	return unit_run("process", tests, sizeof(tests) / sizeof(*tests));
}
