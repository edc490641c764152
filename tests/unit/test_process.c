// SPDX-License-Identifier: GPL-2.0-only
#include "base/process.h"
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* What a process left, and the lines that it has printed so far. */
struct seen {
	struct process_end end;
	char lines[100];
	bool ended;
};

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
	struct process_spec spec = {
		.arguments = arguments, .memory = memory, .on_end = on_end, .context = seen
	};
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
	ck_assert_int_eq(seen.end.status, 7);
	ck_assert_int_eq(seen.end.signal, 0);
	forget(&seen);
}
END_TEST

/* A process that is told something once it has printed `ready`. */
struct dialogue {
	struct process *process;
	struct seen seen;
	char *log; /* when it had answered */
};

static void on_line(void *context, char *line)
{
	struct dialogue *dialogue = context;

	strcat(strcat(dialogue->seen.lines, line), "|");
	if (!strcmp(line, "ready")) {
		process_write(dialogue->process, "one ");
		process_write(dialogue->process, "two\n");
	} else {
		dialogue->log = process_take_log(dialogue->process);
		process_kill(dialogue->process);
	}
}

static void on_dialogue_end(void *context, struct process_end *end)
{
	on_end(&((struct dialogue *)context)->seen, end);
}

START_TEST(it_answers_what_it_is_told)
{
	char shell[] = "/bin/sh", option[] = "-c",
	     text[] = "echo ready; read a; echo log >&2; sleep 0.2; echo got $a; read b";
	char *arguments[] = { shell, option, text, NULL };
	struct dialogue dialogue = { 0 };
	struct process_spec spec = { .arguments = arguments,
				     .takes_input = true,
				     .on_out = on_line,
				     .on_end = on_dialogue_end,
				     .context = &dialogue };
	struct seen *seen = &dialogue.seen;
	struct error err;
	uv_loop_t loop;

	uv_loop_init(&loop);
	dialogue.process = process_start(&loop, &spec, &err);
	ck_assert_ptr_nonnull(dialogue.process);
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert(seen->ended);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	ck_assert_str_eq(seen->lines, "ready|got one two|");
	ck_assert_str_eq(dialogue.log, "log\n");
	ck_assert_str_eq(seen->end.log, "");
	ck_assert_str_eq(seen->end.out, "");
	free(dialogue.log);
	forget(seen);
}
END_TEST

START_TEST(what_is_told_to_the_dead_is_lost)
{
	char shell[] = "/bin/sh", option[] = "-c", text[] = "exit 3";
	char *arguments[] = { shell, option, text, NULL };
	struct seen seen = { 0 };
	struct process_spec spec = {
		.arguments = arguments, .takes_input = true, .on_end = on_end, .context = &seen
	};
	struct process *process;
	struct error err;
	uv_loop_t loop;

	uv_loop_init(&loop);
	process = process_start(&loop, &spec, &err);
	ck_assert_ptr_nonnull(process);
	usleep(100000);
	process_write(process, "anything\n");
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert_int_eq(seen.end.status, 3);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
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
				       it_answers_what_it_is_told,
				       what_is_told_to_the_dead_is_lost,
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
