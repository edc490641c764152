// SPDX-License-Identifier: GPL-2.0-only
#include "run/tables.h"

#include <stdio.h>
#include <stdlib.h>

/* Writes what is known to where rules read it. */
static int tell_spatch(const struct facts *slots, struct survey *survey, struct error *err)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	int result;

	for (size_t i = 0; i < slots->count; i++)
		fprintf(out, "%s %s %s\n", slots->facts[i].operation, slots->facts[i].lock,
			slots->facts[i].object);
	fclose(out);
	result = survey_tell(survey, "enter", text, err);
	free(text);
	return result;
}

int tables_ask(struct tables *tables, struct survey *survey, const struct names *structures,
	       struct error *err)
{
	struct questions questions = { 0 };
	int result;

	for (size_t i = 0; i < structures->count; i++)
		questions_add(&questions, structures->names[i], EVERYWHERE);
	survey->round = 1;
	result = survey_ask(survey, catalogue_collector(survey->catalogue, COLLECTOR_TABLES),
			    &questions, NULL, &tables->slots, err);
	questions_free(&questions);
	return result ? result : tell_spatch(&tables->slots, survey, err);
}

void tables_free(struct tables *tables)
{
	facts_free(&tables->slots);
}

void tables_add_names(const struct tables *tables, struct names *names)
{
	for (size_t i = 0; i < tables->slots.count; i++)
		names_add(names, tables->slots.facts[i].operation);
}
