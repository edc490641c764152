// SPDX-License-Identifier: GPL-2.0-only
#include "graph/items.h"

#include "graph/reader.h"

#include <stdlib.h>
#include <string.h>

/* Has some bracket before `end` no partner? */
static bool has_lone_bracket(const struct reader *reader, uint32_t end)
{
	for (uint32_t i = 0; i < end; i++) {
		uint32_t what = reader->tokens[i].what;

		if (what && what < CODE_WORDS && strchr("()[]{}", (int)what) &&
		    reader->tokens[i].match == NONE)
			return true;
	}
	return false;
}

void items_read(struct items *items, const char *text, size_t length, bool is_header)
{
	struct reader reader = { .items = items, .is_header = is_header };
	uint32_t end;

	*items = (struct items){ 0 };
	paths_intern(&items->paths, PATH_TAG, NONE);
	code_read(&reader.code, text, length, &items->names);
	reader.any = symbols_intern(&items->names, "*", 1);
	reader.tokens = reader.code.tokens;
	reader.variables = xcalloc(items->names.count, sizeof(*reader.variables));
	end = reader.code.macro_count ? reader.code.macros[0] - 1 : reader.code.count - 5;
	items->is_broken = has_lone_bracket(&reader, end);
	read_source(&reader, end);
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
