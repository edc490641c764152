// SPDX-License-Identifier: GPL-2.0-only
#include "graph/graph.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A macro that stands in a macro, and so on, is followed no further. */
#define MACRO_DEPTH 4

/* A path that leads to its type by way of more paths is not followed. */
#define PATH_DEPTH 32

/* What came from one source; edges have items of the source. */
struct block {
	uint32_t source;
	bool is_header;
	bool is_broken;
	struct item *items;
	uint32_t item_count;
	struct edge *edges;
	uint32_t edge_count;
	struct parameter *parameters;
	uint32_t parameter_count;
};

/* Lists of numbers, one for each name. */
struct table {
	uint32_t *starts; /* for each name, and one more */
	uint32_t *numbers;
	uint32_t count; /* of names */
};

struct graph {
	pthread_mutex_t lock; /* while sources are added */
	struct symbols names;
	struct paths paths;
	struct block *blocks;
	size_t block_count;
	size_t item_total;
	size_t edge_total;

	struct item *items;
	uint32_t item_count;
	struct edge *edges;
	uint32_t edge_count;
	struct parameter *parameters;
	struct table named;
	struct table shared; /* of those, what is not local */
	struct table structures;
	struct table uses;
	struct table into;
	uint32_t any; /* the name "*" */
};

/* The numbers of one source's names and paths in the graph. */
struct merge {
	struct graph *graph;
	struct items *items;
	uint32_t source;
	bool is_header;
	uint32_t *names;
	uint32_t *paths;
};

struct graph *graph_make(void)
{
	struct graph *graph = xcalloc(1, sizeof(*graph));

	pthread_mutex_init(&graph->lock, NULL);
	graph->any = symbols_intern(&graph->names, "*", 1);
	paths_intern(&graph->paths, PATH_TAG, graph->any);
	return graph;
}

static void table_free(struct table *table)
{
	free(table->starts);
	free(table->numbers);
}

static void block_free(struct block *block)
{
	free(block->items);
	free(block->edges);
	free(block->parameters);
}

/* Forgets the order, but not what came from the sources. */
static void unseal(struct graph *graph)
{
	free(graph->items);
	free(graph->edges);
	free(graph->parameters);
	table_free(&graph->named);
	table_free(&graph->shared);
	table_free(&graph->structures);
	table_free(&graph->uses);
	table_free(&graph->into);
}

void graph_free(struct graph *graph)
{
	for (size_t i = 0; i < graph->block_count; i++)
		block_free(&graph->blocks[i]);
	free(graph->blocks);
	unseal(graph);
	symbols_free(&graph->names);
	paths_free(&graph->paths);
	pthread_mutex_destroy(&graph->lock);
	free(graph);
}

static uint32_t merged_name(struct merge *merge, uint32_t name)
{
	uint32_t *number;
	const char *text;

	if (name == NONE)
		return NONE;
	number = &merge->names[name];
	if (*number == NONE) {
		text = symbols_text(&merge->items->names, name);
		*number = symbols_intern(&merge->graph->names, text, strlen(text));
	}
	return *number;
}

static uint32_t merged_path(struct merge *merge, uint32_t path, unsigned int depth);

/* The path in the graph below which a path of the source goes on. */
static uint32_t merged_parent(struct merge *merge, uint32_t path, unsigned int depth)
{
	const struct path *at = &merge->items->paths.paths[path];
	struct paths *paths = &merge->graph->paths;
	uint32_t parent;

	/* What a .c file defines, no other one means. */
	if (at->parent == PATH_TAG && at->bound == path && !merge->is_header)
		return paths_intern(paths, PATH_SOURCE, merge->source);
	if (at->parent < PATH_ROOTS)
		return at->parent;
	parent = merged_path(merge, at->parent, depth + 1);
	return parent == PATH_FUNCTION || parent == PATH_PLAIN ? PATH_UNKNOWN : parent;
}

static uint32_t merged_path(struct merge *merge, uint32_t path, unsigned int depth)
{
	const struct path *at;
	uint32_t merged, parent;

	if (path < PATH_ROOTS || depth > PATH_DEPTH)
		return path < PATH_ROOTS ? path : (uint32_t)PATH_UNKNOWN;
	if (merge->paths[path] != NONE)
		return merge->paths[path];
	at = &merge->items->paths.paths[path];
	if (at->source == SCOPE_SOURCE && at->bound != path) {
		merged = merged_path(merge, at->bound, depth + 1);
	} else {
		parent = merged_parent(merge, path, depth);
		merged = paths_intern(&merge->graph->paths, parent, merged_name(merge, at->name));
	}
	merge->paths[path] = merged;
	return merged;
}

static void merge_bindings(struct merge *merge)
{
	const struct paths *own = &merge->items->paths;

	for (uint32_t i = PATH_ROOTS; i < own->count; i++) {
		const struct path *path = &own->paths[i];
		uint32_t bound, at;

		if (!path->bound || (path->source == SCOPE_SOURCE && path->bound != i))
			continue;
		at = merged_path(merge, i, 0);
		bound = merged_path(merge, path->bound, 0);
		paths_bind(&merge->graph->paths, at, bound, merge->source);
	}
}

static void merge_edge(struct merge *merge, struct edge *edge)
{
	edge->name = merged_name(merge, edge->name);
	switch ((enum edge_kind)edge->kind) {
	case EDGE_CALL_MEMBER:
	case EDGE_PASS_MEMBER:
	case EDGE_STORE:
	case EDGE_STORE_PARAMETER:
	case EDGE_STORE_MACRO:
	case EDGE_USE_MACRO:
	case EDGE_BIND_WORK:
		edge->target = merged_path(merge, edge->target, 0);
		break;
	case EDGE_PASS:
	case EDGE_PASS_PARAMETER:
	case EDGE_STORE_VARIABLE:
	case EDGE_COPY_PARAMETER:
		edge->target = merged_name(merge, edge->target);
		break;
	case EDGE_CALL:
		if (edge->target != NONE)
			edge->target = merged_path(merge, edge->target, 0);
		break;
	case EDGE_CALL_VARIABLE:
	case EDGE_MENTION:
		break;
	}
}

static void merge_all(struct merge *merge)
{
	struct items *items = merge->items;

	for (uint32_t i = 0; i < items->count; i++) {
		items->items[i].name = merged_name(merge, items->items[i].name);
		items->items[i].source = merge->source;
	}
	for (uint32_t i = 0; i < items->parameter_count; i++) {
		items->parameters[i].name = merged_name(merge, items->parameters[i].name);
		items->parameters[i].path = merged_path(merge, items->parameters[i].path, 0);
	}
	for (uint32_t i = 0; i < items->edge_count; i++)
		merge_edge(merge, &items->edges[i]);
	merge_bindings(merge);
}

static void *shrink(void *array, size_t count, size_t size)
{
	return count ? xrealloc(array, count * size) : array;
}

/* Takes over what a source has. Returns 0, or -1 with a message. */
static int add_block(struct graph *graph, struct items *items, uint32_t source, bool is_header,
		     struct error *err)
{
	if (graph->item_total + items->count > ITEM_LIMIT ||
	    graph->edge_total + items->edge_count > UINT32_MAX / 2)
		return error_set(err, "there are too many functions: check fewer files at a time");
	graph->item_total += items->count;
	graph->edge_total += items->edge_count;
	graph->blocks = grow(graph->blocks, graph->block_count, sizeof(*graph->blocks));
	graph->blocks[graph->block_count++] = (struct block){
		.source = source,
		.is_header = is_header,
		.is_broken = items->is_broken,
		.items = shrink(items->items, items->count, sizeof(*items->items)),
		.item_count = items->count,
		.edges = shrink(items->edges, items->edge_count, sizeof(*items->edges)),
		.edge_count = items->edge_count,
		.parameters = shrink(items->parameters, items->parameter_count,
				     sizeof(*items->parameters)),
		.parameter_count = items->parameter_count,
	};
	items->items = NULL;
	items->edges = NULL;
	items->parameters = NULL;
	return 0;
}

static uint32_t *fill(uint32_t count)
{
	uint32_t *numbers = xrealloc(NULL, (count + 1) * sizeof(*numbers));

	memset(numbers, 0xff, (count + 1) * sizeof(*numbers));
	return numbers;
}

int graph_add(struct graph *graph, uint32_t source, const char *file, const char *text,
	      size_t length, struct error *err)
{
	struct items items;
	struct merge merge = { graph, &items, source, ends_with(file, ".h"), NULL, NULL };
	int result;

	items_read(&items, text, length, merge.is_header);
	merge.names = fill(items.names.count);
	merge.paths = fill(items.paths.count);
	pthread_mutex_lock(&graph->lock);
	merge_all(&merge);
	result = add_block(graph, &items, source, merge.is_header, err);
	pthread_mutex_unlock(&graph->lock);
	free(merge.names);
	free(merge.paths);
	items_free(&items);
	return result;
}

static int compare_blocks(const void *a, const void *b)
{
	uint32_t left = ((const struct block *)a)->source,
		 right = ((const struct block *)b)->source;

	return (left > right) - (left < right);
}

/* In the order of lines; of two in one line, as they were read. */
static int compare_items(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return (left->first_edge > right->first_edge) - (left->first_edge < right->first_edge);
}

/* Puts all items in order. They still have the edges and parameters of their blocks. */
static void order_items(struct graph *graph)
{
	graph->item_count = 0;
	graph->items = xcalloc(graph->item_total + 1, sizeof(*graph->items));
	for (size_t i = 0; i < graph->block_count; i++) {
		struct block *block = &graph->blocks[i];

		if (!block->item_count)
			continue;
		qsort(block->items, block->item_count, sizeof(*block->items), compare_items);
		memcpy(graph->items + graph->item_count, block->items,
		       block->item_count * sizeof(*block->items));
		graph->item_count += block->item_count;
	}
}

/* The name under which a table has an item or edge, NONE: it has not. */
typedef uint32_t key_of(const struct graph *graph, uint32_t number);

static struct table table_make(const struct graph *graph, uint32_t count, key_of *key)
{
	struct table table = { .count = graph->names.count };
	uint32_t total = 0;

	table.starts = xcalloc((size_t)table.count + 2, sizeof(*table.starts));
	for (uint32_t i = 0; i < count; i++)
		if (key(graph, i) != NONE)
			table.starts[key(graph, i) + 2]++;
	for (uint32_t i = 0; i < table.count + 2; i++)
		table.starts[i] = total += table.starts[i];
	table.numbers = xcalloc((size_t)total + 1, sizeof(*table.numbers));
	for (uint32_t i = 0; i < count; i++)
		if (key(graph, i) != NONE)
			table.numbers[table.starts[key(graph, i) + 1]++] = i;
	return table;
}

static struct numbers table_at(const struct table *table, uint32_t name)
{
	if (name >= table->count)
		return (struct numbers){ NULL, 0 };
	return (struct numbers){ table->numbers + table->starts[name],
				 table->starts[name + 1] - table->starts[name] };
}

static uint32_t key_named(const struct graph *graph, uint32_t number)
{
	const struct item *item = &graph->items[number];

	return item->kind == ITEM_FUNCTION || item->kind == ITEM_MACRO ? item->name : NONE;
}

static uint32_t key_shared(const struct graph *graph, uint32_t number)
{
	return graph->items[number].is_local ? NONE : key_named(graph, number);
}

static uint32_t key_structure(const struct graph *graph, uint32_t number)
{
	const struct item *item = &graph->items[number];

	return item->kind == ITEM_STRUCTURE ? item->name : NONE;
}

static uint32_t key_use(const struct graph *graph, uint32_t number)
{
	return graph->edges[number].name;
}

static uint32_t key_into(const struct graph *graph, uint32_t number)
{
	const struct edge *edge = &graph->edges[number];

	switch ((enum edge_kind)edge->kind) {
	case EDGE_STORE:
	case EDGE_STORE_MACRO:
	case EDGE_STORE_PARAMETER:
	case EDGE_BIND_WORK:
		return edge->target < PATH_ROOTS ? NONE : graph->paths.paths[edge->target].name;
	case EDGE_PASS:
	case EDGE_PASS_PARAMETER:
	case EDGE_STORE_VARIABLE:
		return edge->target;
	default:
		return NONE;
	}
}

/* Has a name a small letter? A macro that is not known, and calls nothing, has none. */
static bool is_small(const struct graph *graph, uint32_t name)
{
	const char *text = graph_text(graph, name);

	while (*text && (*text < 'a' || *text > 'z'))
		text++;
	return *text;
}

/* Does an edge that names a function name one at all, as far as is known now? */
static bool is_meant(const struct graph *graph, const struct edge *edge, uint32_t source)
{
	switch ((enum edge_kind)edge->kind) {
	case EDGE_PASS:
		return graph_is_guard(graph_text(graph, edge->target)) ||
		       graph_meant(graph, edge->name, source).count;
	case EDGE_PASS_MEMBER:
	case EDGE_STORE_VARIABLE:
	case EDGE_STORE_MACRO:
	case EDGE_USE_MACRO:
	case EDGE_MENTION:
		return graph_meant(graph, edge->name, source).count;
	case EDGE_CALL:
		return is_small(graph, edge->name) || graph_named(graph, edge->name).count ||
		       graph_is_guard(graph_text(graph, edge->name));
	default:
		return true;
	}
}

/* Takes the edges of one item over from its block. */
static void take_edges(struct graph *graph, const struct block *block, uint32_t number)
{
	struct item *item = &graph->items[number];
	const struct edge *edges = block->edges + item->first_edge;
	uint32_t first = graph->edge_count;

	for (uint32_t i = 0; i < item->edge_count; i++) {
		struct edge *edge = &graph->edges[graph->edge_count];

		if (!is_meant(graph, &edges[i], block->source))
			continue;
		*edge = edges[i];
		edge->item = number & ITEM_LIMIT;
		graph->edge_count++;
	}
	item->first_edge = first;
	item->edge_count = graph->edge_count - first;
}

static void take_parameters(struct graph *graph, const struct block *block, struct item *item,
			    uint32_t *count)
{
	if (item->parameter_count)
		memcpy(graph->parameters + *count, block->parameters + item->first_parameter,
		       item->parameter_count * sizeof(*graph->parameters));
	item->first_parameter = *count;
	*count += item->parameter_count;
}

/* Puts all edges and parameters in order. */
static void order_edges(struct graph *graph)
{
	uint32_t item = 0, parameters = 0;
	size_t total = 0;

	for (size_t i = 0; i < graph->block_count; i++)
		total += graph->blocks[i].parameter_count;
	graph->parameters = xcalloc(total + 1, sizeof(*graph->parameters));
	graph->edges = xcalloc(graph->edge_total + 1, sizeof(*graph->edges));
	graph->edge_count = 0;
	for (size_t i = 0; i < graph->block_count; i++) {
		const struct block *block = &graph->blocks[i];

		for (uint32_t j = 0; j < block->item_count; j++, item++) {
			take_edges(graph, block, item);
			take_parameters(graph, block, &graph->items[item], &parameters);
		}
	}
	graph->edges = shrink(graph->edges, graph->edge_count, sizeof(*graph->edges));
}

/* Macros that stand in a macro stand where that does. */
static void pass_owners(const struct graph *graph, uint32_t *owners)
{
	for (uint32_t i = 0; i < graph->item_count; i++) {
		const struct item *item = &graph->items[i];

		if (item->kind != ITEM_MACRO || !owners[item->name])
			continue;
		for (uint32_t j = 0; j < item->edge_count; j++) {
			const struct edge *edge = &graph->edges[item->first_edge + j];

			if (edge->kind == EDGE_CALL && !owners[edge->name])
				owners[edge->name] = owners[item->name];
		}
	}
}

/* For each name, the structure in whose value a macro with it stands. The caller frees. */
static uint32_t *macro_owners(const struct graph *graph)
{
	uint32_t *owners = xcalloc(graph->names.count, sizeof(*owners));

	for (uint32_t i = 0; i < graph->edge_count; i++) {
		const struct edge *edge = &graph->edges[i];

		if (edge->kind == EDGE_USE_MACRO && !owners[edge->name])
			owners[edge->name] = edge->target;
	}
	for (unsigned int depth = 0; depth < MACRO_DEPTH; depth++)
		pass_owners(graph, owners);
	return owners;
}

/* The path of a member whose structure is not known, in the structure `owner`. */
static uint32_t path_in(struct graph *graph, uint32_t path, uint32_t owner, unsigned int depth)
{
	struct path at = graph->paths.paths[path];

	if (path < PATH_ROOTS || !depth)
		return path == PATH_UNKNOWN ? owner : path;
	if (at.parent != PATH_UNKNOWN && at.parent < PATH_ROOTS)
		return path;
	return paths_intern(&graph->paths, path_in(graph, at.parent, owner, depth - 1), at.name);
}

/* What a macro fills in are members of the structure in whose value it stands. */
static void settle_macro(struct graph *graph, const struct item *macro, uint32_t owner)
{
	for (uint32_t i = 0; i < macro->edge_count; i++) {
		struct edge *edge = &graph->edges[macro->first_edge + i];

		if (edge->kind == EDGE_STORE || edge->kind == EDGE_STORE_PARAMETER)
			edge->target = path_in(graph, edge->target, owner, MACRO_DEPTH);
	}
}

static void settle_macros(struct graph *graph)
{
	uint32_t *owners = macro_owners(graph);

	for (uint32_t i = 0; i < graph->item_count; i++) {
		const struct item *item = &graph->items[i];

		if (item->kind == ITEM_MACRO && owners[item->name])
			settle_macro(graph, item, owners[item->name]);
	}
	free(owners);
}

/* The member that a macro puts its parameter into; the name "*" if that is not known. */
static uint32_t filled_member(const struct graph *graph, const struct item *macro,
			      unsigned int argument)
{
	const struct parameter *parameters = graph_parameters(graph, macro);

	for (uint32_t i = 0; i < macro->edge_count && argument < macro->parameter_count; i++) {
		const struct edge *edge = &graph->edges[macro->first_edge + i];

		if (edge->kind == EDGE_STORE_PARAMETER && edge->name == parameters[argument].name &&
		    edge->target >= PATH_ROOTS)
			return graph->paths.paths[edge->target].name;
	}
	return graph->any;
}

/* A function that is an argument of a macro, in the value of a structure, is put into a member. */
static void settle_argument(struct graph *graph, struct edge *edge)
{
	struct path path = graph->paths.paths[edge->target];
	uint32_t source = graph->items[edge->item].source, member = graph->any;
	struct numbers macros = graph_meant(graph, path.name, source);

	for (uint32_t i = 0; i < macros.count && member == graph->any; i++)
		member = filled_member(graph, &graph->items[macros.at[i]], edge->argument);
	edge->target = paths_intern(&graph->paths, path.parent, member);
	if (member != graph->any)
		edge->kind = EDGE_STORE;
}

void graph_seal(struct graph *graph)
{
	unseal(graph);
	if (graph->block_count)
		qsort(graph->blocks, graph->block_count, sizeof(*graph->blocks), compare_blocks);
	order_items(graph);
	graph->named = table_make(graph, graph->item_count, key_named);
	graph->shared = table_make(graph, graph->item_count, key_shared);
	graph->structures = table_make(graph, graph->item_count, key_structure);
	order_edges(graph);
	graph->uses = table_make(graph, graph->edge_count, key_use);
	settle_macros(graph);
	for (uint32_t i = 0; i < graph->edge_count; i++)
		if (graph->edges[i].kind == EDGE_STORE_MACRO)
			settle_argument(graph, &graph->edges[i]);
	graph->into = table_make(graph, graph->edge_count, key_into);
}

bool graph_is_broken(const struct graph *graph, uint32_t source)
{
	const struct block key = { .source = source };
	const struct block *block = graph->block_count
					    ? bsearch(&key, graph->blocks, graph->block_count,
						      sizeof(key), compare_blocks)
					    : NULL;

	return block && block->is_broken;
}

uint32_t graph_item_count(const struct graph *graph)
{
	return graph->item_count;
}

uint32_t graph_edge_count(const struct graph *graph)
{
	return graph->edge_count;
}

const struct item *graph_item(const struct graph *graph, uint32_t item)
{
	return &graph->items[item];
}

const struct edge *graph_edge(const struct graph *graph, uint32_t edge)
{
	return &graph->edges[edge];
}

const struct parameter *graph_parameters(const struct graph *graph, const struct item *item)
{
	return graph->parameters + item->first_parameter;
}

const char *graph_text(const struct graph *graph, uint32_t name)
{
	return symbols_text(&graph->names, name);
}

const char *const graph_guards[] = { "guard",   "scoped_guard", "scoped_cond_guard",
				     "ACQUIRE", "CLASS",        NULL };

bool graph_is_guard(const char *word)
{
	size_t i = 0;

	while (graph_guards[i] && strcmp(word, graph_guards[i]) != 0)
		i++;
	return graph_guards[i];
}

uint32_t graph_name(const struct graph *graph, const char *name)
{
	return symbols_find(&graph->names, name, strlen(name));
}

const struct paths *graph_paths(const struct graph *graph)
{
	return &graph->paths;
}

/* Is the path of a structure that of its tag? */
static bool is_tagged(const struct graph *graph, uint32_t path)
{
	uint32_t parent = graph->paths.paths[path].parent;

	return parent < PATH_ROOTS || graph->paths.paths[parent].parent == PATH_SOURCE;
}

uint32_t graph_tag(const struct graph *graph, uint32_t path)
{
	uint32_t at = paths_resolve(&graph->paths, path);

	if (at < PATH_ROOTS)
		return NONE;
	while (!is_tagged(graph, at))
		at = graph->paths.paths[at].parent;
	return graph->paths.paths[at].name;
}

char *graph_place(const struct graph *graph, uint32_t path)
{
	const char *name;
	uint32_t owner;
	char *inner, *text;

	if (path < PATH_ROOTS)
		return NULL;
	name = graph_text(graph, graph->paths.paths[path].name);
	owner = paths_resolve(&graph->paths, graph->paths.paths[path].parent);
	if (owner < PATH_ROOTS)
		return NULL;
	if (is_tagged(graph, owner))
		return xasprintf("%s.%s", graph_text(graph, graph->paths.paths[owner].name), name);
	inner = graph_place(graph, owner);
	text = inner ? xasprintf("%s.%s", inner, name) : NULL;
	free(inner);
	return text;
}

char *graph_member_text(const struct graph *graph, uint32_t path)
{
	const struct path *at = &graph->paths.paths[path];
	uint32_t tag;

	if (path < PATH_ROOTS)
		return xstrdup("");
	tag = graph_tag(graph, at->parent);
	return xasprintf("%s.%s", tag == NONE ? "" : graph_text(graph, tag),
			 graph_text(graph, at->name));
}

/* The first item of a source, or of one behind it. */
static uint32_t first_of(const struct graph *graph, uint32_t source)
{
	uint32_t low = 0, high = graph->item_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (graph->items[middle].source < source)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t graph_items_of(const struct graph *graph, uint32_t source, uint32_t *first)
{
	*first = first_of(graph, source);
	return source == NONE ? 0 : first_of(graph, source + 1) - *first;
}

uint32_t graph_function_at(const struct graph *graph, uint32_t source, uint32_t line)
{
	uint32_t first, count = graph_items_of(graph, source, &first);

	for (uint32_t i = first + count; i-- > first;) {
		const struct item *item = &graph->items[i];

		if (item->line <= line && line <= item->end_line &&
		    (item->kind == ITEM_FUNCTION || item->kind == ITEM_MACRO))
			return i;
	}
	return NONE;
}

struct numbers graph_named(const struct graph *graph, uint32_t name)
{
	return table_at(&graph->named, name);
}

/* How many items of a list, which is in the order of sources, are of earlier ones. */
static uint32_t count_before(const struct graph *graph, struct numbers list, uint32_t source)
{
	uint32_t low = 0, high = list.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (graph->items[list.at[middle]].source < source)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct numbers graph_meant(const struct graph *graph, uint32_t name, uint32_t source)
{
	struct numbers all = graph_named(graph, name);
	uint32_t first = count_before(graph, all, source), count = 0;
	bool is_local = false;

	while (first + count < all.count && graph->items[all.at[first + count]].source == source)
		is_local |= graph->items[all.at[first + count++]].is_local;
	return is_local ? (struct numbers){ all.at + first, count }
			: table_at(&graph->shared, name);
}

struct numbers graph_structures(const struct graph *graph, uint32_t tag)
{
	return table_at(&graph->structures, tag);
}

struct numbers graph_uses(const struct graph *graph, uint32_t name)
{
	return table_at(&graph->uses, name);
}

struct numbers graph_into(const struct graph *graph, uint32_t name)
{
	return table_at(&graph->into, name);
}
