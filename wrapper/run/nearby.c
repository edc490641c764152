// SPDX-License-Identifier: GPL-2.0-only
#include "run/nearby.h"

#include "source/index.h"
#include "source/outline.h"

#include <stdlib.h>
#include <string.h>

struct search {
	const struct selection *selection;
	struct names *defined; /* for each source: functions that others can call */
	bool *nearby;
};

static bool is_other(const struct selection *selection, size_t source)
{
	return source >= selection->count - selection->others;
}

/* A source that has one of the words. Any thread calls it, but never two for one source. */
static int note_functions(void *context, size_t index, const char *text, size_t length,
			  struct error *err)
{
	struct search *search = context;
	struct outline outline;

	(void)err;
	if (search->nearby[index])
		return 0;
	outline_make(&outline, xstrndup(text, length));
	for (size_t i = 0; i < outline.count; i++)
		if (!starts_with(outline.lines[outline.functions[i].line - 1], "static"))
			names_add(&search->defined[index], outline.functions[i].name);
	outline_free(&outline);
	return 0;
}

static bool is_named(const struct names *functions, const struct index_query *named)
{
	for (size_t i = 0; i < functions->count; i++)
		if (index_query_has(named, functions->names[i]))
			return true;
	return false;
}

/* Goes on until nothing more is named by what is nearby. */
static void spread(struct search *search)
{
	const struct selection *selection = search->selection;
	struct index_query *named = index_query_make(NULL);
	bool found = true;

	for (size_t i = 0; i < selection->count; i++)
		if (!is_other(selection, i))
			index_query_add(named, &selection->sources[i].index);
	while (found) {
		found = false;
		for (size_t i = 0; i < selection->count; i++) {
			if (search->nearby[i] || !is_named(&search->defined[i], named))
				continue;
			search->nearby[i] = true;
			index_query_add(named, &selection->sources[i].index);
			found = true;
		}
	}
	index_query_free(named);
}

bool *nearby_find(const struct survey *survey, const struct words *words, struct error *err)
{
	const struct selection *selection = survey->selection;
	struct search search = { .selection = selection };
	int result;

	search.defined = xcalloc(selection->count, sizeof(*search.defined));
	search.nearby = xcalloc(selection->count, sizeof(*search.nearby));
	for (size_t i = 0; i < selection->count; i++)
		search.nearby[i] =
			!is_other(selection, i) || ends_with(selection->sources[i].file, ".h");
	result = select_find(survey->selection, survey->tree, words, survey->jobs, survey->progress,
			     note_functions, &search, err);
	if (!result)
		spread(&search);
	for (size_t i = 0; i < selection->count; i++)
		names_free(&search.defined[i]);
	free(search.defined);
	if (result) {
		free(search.nearby);
		return NULL;
	}
	return search.nearby;
}
