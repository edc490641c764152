// SPDX-License-Identifier: GPL-2.0-only
#include "graph/items.h"

#include "graph/reader.h"

#include <stdlib.h>

void items_read(struct items *items, const char *text, size_t length, bool is_header)
{
	struct reader reader = { .items = items, .is_header = is_header };

	*items = (struct items){ 0 };
	paths_intern(&items->paths, PATH_TAG, NONE);
	code_read(&reader.code, text, length, &items->names);
	reader.any = symbols_intern(&items->names, "*", 1);
	reader.tokens = reader.code.tokens;
	reader.variables = xcalloc(items->names.count, sizeof(*reader.variables));
	read_source(&reader,
		    reader.code.macro_count ? reader.code.macros[0] - 1 : reader.code.count - 5);
	for (uint32_t i = 0; i < reader.code.macro_count; i++)
		read_macro_item(&reader, reader.code.macros[i]);
	free(reader.variables);
	code_free(&reader.code);
}

void items_free(struct items *items)
{
	symbols_free(&items->names);
	paths_free(&items->paths);
	free(items->items);
	free(items->edges);
	free(items->parameters);
}
