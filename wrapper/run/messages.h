/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * messages: what spatch says on stderr of why it ended. The words are those of Coccinelle 1.1.1 to
 * 1.3.0.
 */
#ifndef RESVLINT_MESSAGES_H
#define RESVLINT_MESSAGES_H

#include <stdbool.h>

/* Does the text say that spatch could not get more memory? */
bool message_no_memory(const char *log);

/* The last line that says something, for a person; NULL if none does. The caller frees. */
char *message_last(const char *log);

/*
 * The first error told of, with the place before it and the line that explains it; else as
 * message_last(). The caller frees.
 */
char *message_error(const char *log);

#endif
