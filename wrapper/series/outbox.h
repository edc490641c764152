/* SPDX-License-Identifier: GPL-2.0-only */
/* outbox: the directory that a series is written to: all of its files come to be there, or none. */
#ifndef RESVLINT_OUTBOX_H
#define RESVLINT_OUTBOX_H

#include "base/base.h"

/* A mail that is to become a file. Both are the caller's. */
struct message {
	char *name;
	char *text;
	size_t length;
};

/* Would the directory be refused, as it is now? Returns 0, or -1 with the message of
 * outbox_write(). */
int outbox_check(const char *dir, struct error *err);

/*
 * Writes the messages to a directory, which is made if it is not there, with those above it.
 * Returns 0, or -1 with a message that names the file: there is a series already (a file named as
 * its patches are, whichever), or it cannot be written. What was made until then is gone then.
 */
int outbox_write(const char *dir, const struct message *messages, size_t count, struct error *err);

#endif
