// SPDX-License-Identifier: GPL-2.0-only
#include "judge/helpers.h"

#include "run/program.h"

#include <stdlib.h>
#include <string.h>

/* What names something that names something, and so on, so often is read. */
#define ROUNDS 6

/* What leads to a source. */
struct search {
	const struct graph *graph;
	const struct drivers *drivers;
	struct symbols keys; /* of what was found */
	uint32_t *items;
	size_t count;
};

static char *key_of(const char *driver, uint32_t source)
{
	return xasprintf("%u %s", source, driver);
}

void helpers_add(struct helpers *helpers, const char *driver, uint32_t source)
{
	char *key = key_of(driver, source);

	if (symbols_intern(&helpers->keys, key, strlen(key)) == helpers->count) {
		helpers->helpers =
			grow(helpers->helpers, helpers->count, sizeof(*helpers->helpers));
		helpers->helpers[helpers->count++] = (struct helper){ driver, source, false };
	}
	free(key);
}

bool helpers_is_used(const struct helpers *helpers, const char *driver, uint32_t source)
{
	char *key = key_of(driver, source);
	uint32_t number = symbols_find(&helpers->keys, key, strlen(key));

	free(key);
	return number == NONE || number >= helpers->known || helpers->helpers[number].is_used;
}

void helpers_free(struct helpers *helpers)
{
	symbols_free(&helpers->keys);
	free(helpers->helpers);
}

/* Adds something by whose name others come to the source. */
static void add_item(struct search *search, uint32_t number)
{
	const struct item *item = graph_item(search->graph, number);
	char *key;

	if (item->kind == ITEM_STRUCTURE || item->kind == ITEM_DECLARER)
		return;
	key = xasprintf("%u %u", item->is_local ? item->source + 1 : 0, item->name);
	if (symbols_intern(&search->keys, key, strlen(key)) == search->count) {
		search->items = grow(search->items, search->count, sizeof(*search->items));
		search->items[search->count++] = number;
	}
	free(key);
}

/* Is a source the driver's own? A driver may be shared code itself. */
static bool is_of(const struct drivers *drivers, const char *driver, uint32_t source)
{
	char *own;
	bool is_own;

	if (!drivers_is_shared(drivers, source))
		return drivers_is_near(drivers, driver, source);
	own = drivers_of(drivers, source);
	is_own = !strcmp(own, driver);
	free(own);
	return is_own;
}

/* Goes on to the shared code that names something; does the driver name it? */
static bool go_on(struct search *search, const char *driver, uint32_t number)
{
	const struct item *item = graph_item(search->graph, number);
	struct numbers uses = graph_uses(search->graph, item->name);

	for (uint32_t i = 0; i < uses.count; i++) {
		uint32_t user = graph_edge(search->graph, uses.at[i])->item;
		uint32_t source = graph_item(search->graph, user)->source;

		if (item->is_local && source != item->source)
			continue;
		if (is_of(search->drivers, driver, source))
			return true;
		if (drivers_is_shared(search->drivers, source))
			add_item(search, user);
	}
	return false;
}

/* Does a driver use a source, by what is read? If not, adds the names of what would lead there. */
static bool is_used(const struct drivers *drivers, const struct helper *helper, struct names *words)
{
	struct search search = { .graph = program_graph(drivers->survey->program),
				 .drivers = drivers };
	uint32_t first, count = graph_items_of(search.graph, helper->source, &first);
	bool is_used = false;

	for (uint32_t i = first; i < first + count; i++)
		if (!graph_item(search.graph, i)->is_local)
			add_item(&search, i);
	for (size_t i = 0; i < search.count && !is_used; i++)
		is_used = go_on(&search, helper->driver, search.items[i]);
	for (size_t i = 0; i < search.count && !is_used; i++) {
		const struct item *item = graph_item(search.graph, search.items[i]);

		if (!item->is_local)
			names_add_once(words, graph_text(search.graph, item->name));
	}
	symbols_free(&search.keys);
	free(search.items);
	return is_used;
}

/* The drivers of which it is not known that they use a source. */
static struct names list_open(const struct helpers *helpers)
{
	struct names open = { 0 };

	for (size_t i = helpers->known; i < helpers->count; i++)
		if (!helpers->helpers[i].is_used)
			names_add_once(&open, helpers->helpers[i].driver);
	return open;
}

/* Looks at those of which it is not known; adds the names of what would lead to them. */
static void look(struct helpers *helpers, const struct drivers *drivers, struct names *words)
{
	for (size_t i = helpers->known; i < helpers->count; i++)
		if (!helpers->helpers[i].is_used)
			helpers->helpers[i].is_used = is_used(drivers, &helpers->helpers[i], words);
}

int helpers_find(struct helpers *helpers, const struct drivers *drivers, struct error *err)
{
	struct names words = { 0 };
	bool is_open = helpers->known < helpers->count;
	int result = 0;

	for (unsigned int round = 0; round < ROUNDS && is_open && !result; round++) {
		size_t before = words.count;
		struct names open;
		bool *only;

		look(helpers, drivers, &words);
		open = list_open(helpers);
		only = drivers_near(drivers, &open);
		is_open = words.count > before;
		if (is_open)
			result = program_read(drivers->survey->program, &words, NULL, only, err);
		names_free(&open);
		free(only);
	}
	/* What was followed no further may lead there. */
	for (size_t i = helpers->known; is_open && i < helpers->count; i++)
		helpers->helpers[i].is_used = true;
	helpers->known = helpers->count;
	names_free(&words);
	return result;
}
