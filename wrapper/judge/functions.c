// SPDX-License-Identifier: GPL-2.0-only
#include "judge/functions.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* What rows are looked up by. */
static int compare_keys(const struct fact *a, const struct fact *b)
{
	int order = strcmp(a->operation, b->operation);

	if (!order)
		order = compare_numbers(a->kind, b->kind);
	return order ? order : compare_numbers(a->source, b->source);
}

static int compare_rows(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int order = compare_keys(a, b);

	if (!order)
		order = compare_numbers(a->line, b->line);
	if (!order)
		order = compare_numbers(a->column, b->column);
	if (!order)
		order = compare_numbers(b->state, a->state);
	if (!order)
		order = compare_numbers(a->lock_line, b->lock_line);
	return order ? order : strcmp(a->lock, b->lock);
}

/* The first row that does not come before the key; the number of rows if there is none. */
static size_t first_row(const struct functions *functions, const struct fact *key)
{
	const struct facts *rows = functions->known.calls;
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(&rows->facts[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What tells of the definition of a function in a source, NULL if there is none. */
static const struct fact *find_definition(const struct functions *functions, const char *name,
					  size_t source)
{
	const struct fact key = { .operation = name, .kind = FACT_DEFINE, .source = source };
	size_t row = first_row(functions, &key);

	if (row == functions->known.calls->count ||
	    compare_keys(&functions->known.calls->facts[row], &key))
		return NULL;
	return &functions->known.calls->facts[row];
}

static int compare_questions(const void *left, const void *right)
{
	const struct question *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : compare_numbers(a->source, b->source);
}

static bool was_asked(const struct functions *functions, const char *name, size_t source)
{
	const struct questions *asked = functions->known.asked;
	const struct question wanted = { .name = name, .source = source };

	return asked->count &&
	       bsearch(&wanted, asked->questions, asked->count, sizeof(wanted), compare_questions);
}

/* Is a function, defined so, one of its file alone? */
static bool is_local(const struct functions *functions, const struct fact *definition)
{
	const struct source *source = &functions->known.selection->sources[definition->source];

	return definition->is_static && !ends_with(source->file, ".h");
}

/* The function that a name means in a source, by its key. */
static struct function meant(const struct functions *functions, const char *name, size_t source)
{
	const struct fact *definition = find_definition(functions, name, source);
	bool local = definition && is_local(functions, definition);

	return (struct function){ .name = name, .source = local ? source : EVERYWHERE };
}

/* The function in which a row stands. Until its definition is known, it is one of its file. */
static struct function around(const struct functions *functions, const struct fact *row)
{
	if (find_definition(functions, row->function, row->source) ||
	    was_asked(functions, row->function, row->source))
		return meant(functions, row->function, row->source);
	return (struct function){ .name = row->function, .source = row->source };
}

static int compare_functions(const void *left, const void *right)
{
	const struct function *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : compare_numbers(a->source, b->source);
}

/* The function with a key. */
static struct function *find(const struct functions *functions, struct function key)
{
	return functions->count ? bsearch(&key, functions->functions, functions->count,
					  sizeof(*functions->functions), compare_functions)
				: NULL;
}

static void add(struct functions *functions, struct function function)
{
	function.answered = was_asked(functions, function.name, function.source) ||
			    (question_is_parameter(function.name) &&
			     was_asked(functions, function.name, EVERYWHERE));
	functions->functions =
		grow(functions->functions, functions->count, sizeof(*functions->functions));
	functions->functions[functions->count++] = function;
}

/* Adds what a name, which is kept, means in a source. */
static void add_made(struct functions *functions, const char *name, size_t source)
{
	names_add(&functions->made, name);
	add(functions, meant(functions, functions->made.names[functions->made.count - 1], source));
}

/* The name under which a parameter is asked about; the caller frees. */
static char *parameter_name(const char *number, const char *callee)
{
	return xasprintf(PARAMETER_QUESTION "%s:%s", number, callee);
}

/* The name under which the structure of a member is asked about; the caller frees. */
static char *structure_name(const char *member)
{
	return xasprintf(STRUCT_QUESTION "%.*s", (int)strcspn(member, "."), member);
}

static bool is_in_table(const struct functions *functions, const char *slot)
{
	enum lock_state state;

	return slots_find(functions->known.slots, slot, &state);
}

/* What a function is passed to may call it, unless the table says how it is entered. */
static void add_parameter(struct functions *functions, const struct fact *pass)
{
	char *slot = xasprintf("%s()", pass->message);
	char *name = parameter_name(pass->object, pass->message);

	if (!is_in_table(functions, slot))
		add_made(functions, name, pass->source);
	free(slot);
	free(name);
}

/* What calls through a member may be found, as its structure, unless the table says how. */
static void add_member(struct functions *functions, const char *member)
{
	char *structure;

	if (!question_is_member(member) || is_in_table(functions, member))
		return;
	structure = structure_name(member);
	add(functions, (struct function){ .name = member, .source = EVERYWHERE });
	add_made(functions, structure, EVERYWHERE);
	free(structure);
}

/* Takes in that a definition says of itself that its caller holds the lock. */
static void note_hint(const struct functions *functions, const struct fact *definition)
{
	struct function *function =
		find(functions, meant(functions, definition->operation, definition->source));

	if (function)
		function->hint = definition;
}

/* Sorts the functions and keeps each once. */
static void put_in_order(struct functions *functions)
{
	size_t kept = 0;

	if (!functions->count)
		return;
	qsort(functions->functions, functions->count, sizeof(*functions->functions),
	      compare_functions);
	for (size_t i = 0; i < functions->count; i++)
		if (!kept ||
		    compare_functions(&functions->functions[kept - 1], &functions->functions[i]))
			functions->functions[kept++] = functions->functions[i];
	functions->count = kept;
}

/* Adds what a row tells of others than the function that it is about. */
static void add_row(struct functions *functions, const struct fact *row)
{
	bool is_call = row->kind == FACT_CALL || row->kind == FACT_PASS;

	if (is_call && row->state == STATE_INHERITED)
		add(functions, around(functions, row));
	if (row->kind == FACT_SLOT)
		add_member(functions, row->lock);
	else if (row->kind == FACT_PASS)
		add_parameter(functions, row);
}

struct functions functions_make(const struct knowledge *known, const struct facts *facts)
{
	struct functions functions = { .known = *known };
	struct facts *calls = known->calls;
	struct questions *asked = known->asked;

	if (calls->count)
		qsort(calls->facts, calls->count, sizeof(*calls->facts), compare_rows);
	if (asked->count)
		qsort(asked->questions, asked->count, sizeof(*asked->questions), compare_questions);
	for (size_t i = 0; i < calls->count; i++)
		add_row(&functions, &calls->facts[i]);
	for (size_t i = 0; i < facts->count; i++)
		if (fact_is_open(&facts->facts[i]))
			add(&functions, around(&functions, &facts->facts[i]));
	put_in_order(&functions);
	for (size_t i = 0; i < calls->count; i++)
		if (calls->facts[i].kind == FACT_DEFINE &&
		    calls->facts[i].confidence == CONFIDENCE_LOW)
			note_hint(&functions, &calls->facts[i]);
	return functions;
}

void functions_free(struct functions *functions)
{
	names_free(&functions->made);
	free(functions->functions);
}

const struct function *functions_find(const struct functions *functions, const char *name,
				      size_t source)
{
	return find(functions, meant(functions, name, source));
}

const struct function *functions_around(const struct functions *functions, const struct fact *row)
{
	return find(functions, around(functions, row));
}

const struct function *functions_owner(const struct functions *functions, const char *member)
{
	const struct function *owner = NULL;

	if (functions_find(functions, member, EVERYWHERE)) {
		char *structure = structure_name(member);

		owner = functions_find(functions, structure, EVERYWHERE);
		free(structure);
	}
	return owner;
}

const struct function *functions_parameter(const struct functions *functions, const char *number,
					   const char *callee, size_t source)
{
	char *name = parameter_name(number, callee);
	const struct function *found = functions_find(functions, name, source);

	free(name);
	return found;
}

bool functions_is_defined(const struct functions *functions, const struct function *function)
{
	const struct fact key = { .operation = function->name, .kind = FACT_DEFINE };
	const struct facts *rows = functions->known.calls;
	size_t first = first_row(functions, &key);

	return first < rows->count && !strcmp(rows->facts[first].operation, function->name) &&
	       rows->facts[first].kind == FACT_DEFINE;
}

struct facts functions_rows(const struct functions *functions, const struct function *function)
{
	const struct fact key = { .operation = function->name, .kind = FACT_CALL };
	const struct facts *rows = functions->known.calls;
	size_t first = first_row(functions, &key), end = first;

	while (end < rows->count && !strcmp(rows->facts[end].operation, function->name))
		end++;
	return (struct facts){ &rows->facts[first], end - first };
}
