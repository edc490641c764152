// SPDX-License-Identifier: GPL-2.0-only
#include "run/intake.h"

#include "base/text.h"

#include <stdlib.h>

static void show_log(const char *rule_id, const char *log)
{
	char *copy = xstrdup(log), *rest = copy, *line;

	while ((line = next_line(&rest))) {
		fprintf(stderr, "resvlint: %s: ", rule_id);
		text_print(stderr, line);
		putc('\n', stderr);
	}
	free(copy);
}

static int take_result(void *context, size_t rule, char *out, char *log, struct error *err)
{
	const struct intake *intake = context;
	const char *id = intake->catalogue->rules[rule].id;

	if (intake->verbose)
		show_log(id, log);
	messages_read(log, rule, &intake->messages, intake->unanalysed);
	return facts_parse(intake->facts, out, rule, id, intake->messages.selection->count,
			   intake->verbose ? stderr : NULL, err);
}

static void take_failure(void *context, size_t rule, size_t source, const char *reason)
{
	const struct intake *intake = context;

	unanalysed_add_file(intake->unanalysed, source, reason, (rule_set)1 << rule);
}

struct pool_client intake_client(struct intake *intake)
{
	return (struct pool_client){ take_result, take_failure, intake };
}

static bool is_partial(const void *unanalysed, const struct fact *fact)
{
	return unanalysed_has_file(unanalysed, fact->source, fact->rule);
}

void intake_finish(struct intake *intake)
{
	facts_drop(intake->facts, is_partial, intake->unanalysed);
}
