// SPDX-License-Identifier: GPL-2.0-only
#include "run/replaced.h"

#include "base/names.h"
#include "graph/items.h"

#include <stdlib.h>
#include <string.h>

struct search {
	struct selection *selection;
	struct names functions; /* of the PATHs, sorted */
};

static bool is_code(const struct source *source)
{
	return ends_with(source->file, ".c");
}

/* Calls `found` with the name of each function in a text that other sources can call. */
static void each_function(const char *text, size_t length,
			  void (*found)(void *context, const char *name), void *context)
{
	struct items items;

	items_read(&items, text, length, false);
	for (uint32_t i = 0; i < items.count; i++)
		if (items.items[i].kind == ITEM_FUNCTION && !items.items[i].is_local)
			found(context, symbols_text(&items.names, items.items[i].name));
	items_free(&items);
}

static void add_function(void *context, const char *name)
{
	names_add(context, name);
}

static void read_functions(struct search *search)
{
	const struct selection *selection = search->selection;

	for (size_t i = 0; i < selection->count - selection->others; i++) {
		const struct source *source = &selection->sources[i];
		size_t length;
		char *text = is_code(source) ? file_read(source->name, &length) : NULL;

		if (text)
			each_function(text, length, add_function, &search->functions);
		free(text);
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is looked through. */
struct look {
	const struct search *search;
	bool is_replaced;
};

static void compare(void *context, const char *name)
{
	struct look *look = context;
	const struct names *functions = &look->search->functions;

	if (bsearch(&name, functions->names, functions->count, sizeof(*functions->names),
		    compare_names))
		look->is_replaced = true;
}

/* Looks at a source that names such a function. Threads call it, for several at a time. */
static int look(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct search *search = context;
	struct look look = { search, false };

	(void)err;
	if (is_code(&search->selection->sources[index]))
		each_function(text, length, compare, &look);
	search->selection->sources[index].is_replaced = look.is_replaced;
	return 0;
}

int replaced_mark(struct selection *selection, const struct tree *kernel, unsigned int jobs,
		  struct progress *progress, struct error *err)
{
	struct search search = { .selection = selection };
	struct words *words = NULL;
	bool *others;
	int result = 0;

	if (!selection->beside)
		return 0;
	read_functions(&search);
	if (!search.functions.count)
		return 0;
	qsort(search.functions.names, search.functions.count, sizeof(*search.functions.names),
	      compare_names);
	others = xcalloc(selection->count, sizeof(*others));
	for (size_t i = 0; i < selection->count; i++)
		others[i] = select_is_other(selection, i);
	words = words_of_names(&search.functions, err);
	result = words ? select_find(selection, kernel, words, others, jobs, progress, look,
				     &search, err)
		       : -1;
	words_free(words);
	free(others);
	names_free(&search.functions);
	return result;
}
