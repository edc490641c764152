// SPDX-License-Identifier: GPL-2.0-only
#include "base/interrupt.h"
#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(a_signal_is_noted_and_then_kills)
{
	int status;
	pid_t child = fork();

	if (!child) {
		interrupt_catch();
		raise(SIGTERM);
		if (interrupt_signal() == SIGTERM)
			interrupt_die();
		_exit(1);
	}
	waitpid(child, &status, 0);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
}
END_TEST

START_TEST(without_a_signal_nothing_dies)
{
	interrupt_catch();
	ck_assert_int_eq(interrupt_signal(), 0);
	interrupt_die();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_signal_is_noted_and_then_kills,
				       without_a_signal_nothing_dies };

	return unit_run("interrupt", tests, sizeof(tests) / sizeof(*tests));
}
