// SPDX-License-Identifier: GPL-2.0-only
#include "base/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int caught;

static void note(int number)
{
	atomic_store(&caught, number);
}

void interrupt_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = note };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		struct sigaction old;

		/* nohup(1) is obeyed; a background job still cleans up on SIGINT. */
		if (signals[i] != SIGHUP ||
		    (!sigaction(SIGHUP, NULL, &old) && old.sa_handler != SIG_IGN))
			sigaction(signals[i], &action, NULL);
	}
}

int interrupt_signal(void)
{
	return atomic_load(&caught);
}

void interrupt_die(void)
{
	int number = interrupt_signal();

	if (!number)
		return;
	signal(number, SIG_DFL);
	raise(number);
}
