/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * messages: what spatch says on stderr of files that it could not, or not wholly, analyse. The
 * words are those of Coccinelle 1.1.1 to 1.3.0.
 */
#ifndef RESVLINT_MESSAGES_H
#define RESVLINT_MESSAGES_H

#include "run/spatch.h"
#include "run/stage.h"
#include "run/unanalysed.h"
#include "source/words.h"

/* Which source a line says that spatch begins with. Returns whether it says so. */
bool message_handling(const char *line, size_t *source);

/* Does the text say that spatch could not get more memory? */
bool message_no_memory(const char *log);

/* The last line that says something, for a person; NULL if none does. The caller frees. */
char *message_last(const char *log);

/* The first error told of, with the line that explains it; else as message_last(). */
char *message_error(const char *log);

/* What it takes to make sense of a log. */
struct message_context {
	const struct spatch *spatch;
	const struct stage *stage;
	const struct selection *selection;
	const struct words *words;
	bool only_words; /* functions, too, count only if they have one of the words */
};

/*
 * Adds to `unanalysed` what one process said for a rule: files that failed, and functions that did
 * not parse or whose flow spatch could not follow. Text outside of functions, such as prototypes
 * and macros, counts only if it has one of the words. Places are found in the staged
 * sources. `log` is cut up.
 */
void messages_read(char *log, size_t rule, const struct message_context *context,
		   struct unanalysed *unanalysed);

#endif
