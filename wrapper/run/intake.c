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

/* Takes the rows of what did not parse to where they belong. */
static void take_lost(const struct intake *intake)
{
	struct facts *facts = intake->facts;

	for (size_t i = 0; i < facts->lost_count; i++)
		unparsed_add(&intake->unparsed, facts->lost[i].at.source, facts->lost[i].at.line,
			     facts->lost[i].end_line, intake->unanalysed);
	facts->lost_count = 0;
}

static int take_answer(void *context, size_t source, char *rows, const char *log, struct error *err)
{
	const struct intake *intake = context;

	(void)source;
	if (intake->verbose)
		show_log(log);
	if (facts_parse(intake->facts, rows, intake->catalogue, intake->unparsed.selection->count,
			intake->verbose ? stderr : NULL, err))
		return -1;
	take_lost(intake);
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
