/* SPDX-License-Identifier: GPL-2.0-only */
/* unparsed: what was lost with the parts of a source that spatch could not parse. */
#ifndef RESVLINT_UNPARSED_H
#define RESVLINT_UNPARSED_H

#include "run/stage.h"
#include "run/unanalysed.h"
#include "source/words.h"

/* What it takes to tell. */
struct unparsed {
	const struct stage *stage;
	const struct selection *selection;
	const struct words *words;
	bool only_words; /* functions, too, count only if the part has one of the words */
};

/*
 * Adds to `unanalysed` what begins in some lines of a source: functions; or else text outside of
 * functions, such as prototypes and macros, which counts only if it has one of the words.
 */
void unparsed_add(const struct unparsed *unparsed, size_t source, unsigned int line,
		  unsigned int end_line, struct unanalysed *unanalysed);

#endif
