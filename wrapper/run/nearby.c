// SPDX-License-Identifier: GPL-2.0-only
#include "run/nearby.h"

#include "run/program.h"
#include "source/index.h"

#include <stdlib.h>
#include <string.h>

struct search {
	const struct selection *selection;
	struct names *defined; /* for each source: functions that others can call */
	bool *nearby;
};

/* Takes down the functions of a source that others can call. */
static void note_functions(struct search *search, const struct graph *graph, size_t source)
{
	uint32_t first, count = graph_items_of(graph, (uint32_t)source, &first);

	for (uint32_t i = first; i < first + count; i++) {
		const struct item *item = graph_item(graph, i);

		if (item->kind == ITEM_FUNCTION && !item->is_local)
			names_add(&search->defined[source], graph_text(graph, item->name));
	}
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
		if (!select_is_other(selection, i))
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

bool *nearby_find(const struct survey *survey, const struct names *words, struct error *err)
{
	const struct selection *selection = survey->selection;
	struct search search = { .selection = selection };

	if (program_read(survey->program, words, NULL, NULL, err))
		return NULL;
	search.defined = xcalloc(selection->count, sizeof(*search.defined));
	search.nearby = xcalloc(selection->count, sizeof(*search.nearby));
	for (size_t i = 0; i < selection->count; i++) {
		search.nearby[i] = !select_is_other(selection, i) ||
				   ends_with(selection->sources[i].file, ".h");
		if (!search.nearby[i])
			note_functions(&search, program_graph(survey->program), i);
	}
	spread(&search);
	for (size_t i = 0; i < selection->count; i++)
		names_free(&search.defined[i]);
	free(search.defined);
	return search.nearby;
}
