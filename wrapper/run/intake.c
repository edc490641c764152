// SPDX-License-Identifier: GPL-2.0-only
#include "run/intake.h"

#include "base/text.h"

#include <stdlib.h>

static void show_log(const char *log)
{
	char *copy = xstrdup(log), *rest = copy, *line;

	while ((line = next_line(&rest))) {
		fputs("resvlint: spatch: ", stderr);
		text_print(stderr, line);
		putc('\n', stderr);
	}
	free(copy);
}

static bool is_lost(const void *context, const struct fact *fact)
{
	(void)context;
	return fact->kind == FACT_LOST;
}

/* Moves the rows of what did not parse, from the one of this index on, to where they belong. */
static void take_lost(const struct intake *intake, size_t first)
{
	bool found = false;

	for (size_t i = first; i < intake->facts->count; i++) {
		const struct fact *fact = &intake->facts->facts[i];

		if (!is_lost(NULL, fact))
			continue;
		unparsed_add(&intake->unparsed, fact->source, fact->line, fact->end_line,
			     intake->unanalysed);
		found = true;
	}
	if (found)
		facts_drop(intake->facts, is_lost, NULL);
}

static int take_answer(void *context, size_t source, char *rows, const char *log, struct error *err)
{
	const struct intake *intake = context;
	size_t first = intake->facts->count;

	(void)source;
	if (intake->verbose)
		show_log(log);
	if (facts_parse(intake->facts, rows, intake->catalogue, intake->unparsed.selection->count,
			intake->verbose ? stderr : NULL, err))
		return -1;
	take_lost(intake, first);
	return 0;
}

static void take_failure(void *context, size_t source, const char *reason)
{
	const struct intake *intake = context;
	rule_set rules =
		intake->rules ? intake->rules : intake->unparsed.selection->sources[source].rules;

	unanalysed_add_file(intake->unanalysed, source, reason, rules);
}

struct pool_client intake_client(struct intake *intake)
{
	return (struct pool_client){ take_answer, take_failure, intake };
}
