// SPDX-License-Identifier: GPL-2.0-only
#include "judge/functions.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_definitions(const void *left, const void *right)
{
	const struct definition *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	if (!order)
		order = compare_positions(&a->at, &b->at);
	return order ? order : a->expects_lock - b->expects_lock;
}

static int compare_calls(const void *left, const void *right)
{
	const struct call *a = left, *b = right;
	int order = !!a->passed_to - !!b->passed_to;

	if (!order)
		order = compare_positions(&a->at, &b->at);
	if (!order)
		order = (int)b->state - (int)a->state;
	if (!order)
		order = compare_numbers(a->lock_line, b->lock_line);
	return order ? order : strcmp(a->lock, b->lock);
}

static int compare_callbacks(const void *left, const void *right)
{
	const struct callback *a = left, *b = right;
	int order = compare_positions(&a->at, &b->at);

	return order ? order : strcmp(a->slot, b->slot);
}

static int compare_questions(const void *left, const void *right)
{
	const struct question *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : compare_numbers(a->source, b->source);
}

static int compare_functions(const void *left, const void *right)
{
	const struct function *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : compare_numbers(a->source, b->source);
}

/* The first definition of a name that is in this source, or in one behind it; NULL if none is. */
static const struct definition *first_definition(const struct functions *functions,
						 const char *name, size_t source)
{
	const struct definitions *all = &functions->known.facts->definitions;
	const struct definition key = { .name = name, .at = { .source = source } };
	size_t low = 0, high = all->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_definitions(&all->rows[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < all->count && !strcmp(all->rows[low].name, name) ? &all->rows[low] : NULL;
}

/* The definition of a function in a source, NULL if there is none. */
static const struct definition *find_definition(const struct functions *functions, const char *name,
						size_t source)
{
	const struct definition *found = first_definition(functions, name, source);

	return found && found->at.source == source ? found : NULL;
}

static bool was_asked(const struct functions *functions, const char *name, size_t source)
{
	const struct questions *asked = functions->known.asked;
	const struct question wanted = { .name = name, .source = source };

	return asked->count &&
	       bsearch(&wanted, asked->questions, asked->count, sizeof(wanted), compare_questions);
}

/* Is a function, defined so, one of its file alone? */
static bool is_local(const struct functions *functions, const struct definition *definition)
{
	const struct source *source = &functions->known.selection->sources[definition->at.source];

	return definition->is_static && !ends_with(source->file, ".h");
}

/* The function that a name means in a source, by its key. */
static struct function meant(const struct functions *functions, const char *name, size_t source)
{
	const struct definition *definition = find_definition(functions, name, source);
	bool local = definition && is_local(functions, definition);

	return (struct function){ .name = name, .source = local ? source : EVERYWHERE };
}

/* The function of a name in a source. Until its definition is known, it is one of its file. */
static struct function defined(const struct functions *functions, const char *name, size_t source)
{
	if (find_definition(functions, name, source) || was_asked(functions, name, source))
		return meant(functions, name, source);
	return (struct function){ .name = name, .source = source };
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
static char *parameter_name(unsigned int number, const char *callee)
{
	return xasprintf(PARAMETER_QUESTION "%u:%s", number, callee);
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
static void add_parameter(struct functions *functions, const struct call *pass)
{
	char *slot = xasprintf("%s()", pass->passed_to);
	char *name = parameter_name(pass->argument, pass->passed_to);

	if (!is_in_table(functions, slot))
		add_made(functions, name, pass->at.source);
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

/* Sorts the functions and keeps each once. */
static void put_in_order(struct functions *functions)
{
	size_t kept = 0;

	sort(functions->functions, functions->count, sizeof(*functions->functions),
	     compare_functions);
	for (size_t i = 0; i < functions->count; i++)
		if (!kept ||
		    compare_functions(&functions->functions[kept - 1], &functions->functions[i]))
			functions->functions[kept++] = functions->functions[i];
	functions->count = kept;
}

static void note_hints(const struct functions *functions)
{
	const struct definitions *all = &functions->known.facts->definitions;

	for (size_t i = 0; i < all->count; i++) {
		const struct definition *definition = &all->rows[i];
		struct function *function =
			definition->expects_lock
				? find(functions,
				       meant(functions, definition->name, definition->at.source))
				: NULL;

		if (function)
			function->hint = definition;
	}
}

/* Gives each function its calls and callbacks. */
static void give_rows(const struct functions *functions)
{
	const struct calls *calls = &functions->known.facts->calls;
	const struct callbacks *callbacks = &functions->known.facts->callbacks;

	for (size_t i = 0; i < calls->count; i++) {
		const struct call *call = &calls->rows[i];
		struct function *function =
			find(functions, meant(functions, call->callee, call->at.source));

		if (!function)
			continue;
		function->calls =
			grow(function->calls, function->call_count, sizeof(*function->calls));
		function->calls[function->call_count++] = call;
	}
	for (size_t i = 0; i < callbacks->count; i++) {
		const struct callback *callback = &callbacks->rows[i];
		struct function *function =
			find(functions, meant(functions, callback->function, callback->at.source));

		if (!function)
			continue;
		function->callbacks = grow(function->callbacks, function->callback_count,
					   sizeof(*function->callbacks));
		function->callbacks[function->callback_count++] = callback;
	}
}

static void sort_known(const struct knowledge *known)
{
	const struct facts *facts = known->facts;

	sort(facts->definitions.rows, facts->definitions.count, sizeof(struct definition),
	     compare_definitions);
	sort(facts->calls.rows, facts->calls.count, sizeof(struct call), compare_calls);
	sort(facts->callbacks.rows, facts->callbacks.count, sizeof(struct callback),
	     compare_callbacks);
	sort(known->asked->questions, known->asked->count, sizeof(struct question),
	     compare_questions);
}

struct functions functions_make(const struct knowledge *known, const struct sites *sites)
{
	struct functions functions = { .known = *known };
	const struct calls *calls = &known->facts->calls;
	const struct callbacks *callbacks = &known->facts->callbacks;

	sort_known(known);
	for (size_t i = 0; i < calls->count; i++) {
		const struct call *call = &calls->rows[i];

		if (call->state == STATE_INHERITED)
			add(&functions, defined(&functions, call->caller, call->at.source));
		if (call->passed_to)
			add_parameter(&functions, call);
	}
	for (size_t i = 0; i < callbacks->count; i++)
		add_member(&functions, callbacks->rows[i].slot);
	for (size_t i = 0; i < sites->count; i++)
		if (sites->rows[i].state == STATE_INHERITED)
			add(&functions,
			    defined(&functions, sites->rows[i].function, sites->rows[i].at.source));
	put_in_order(&functions);
	note_hints(&functions);
	give_rows(&functions);
	return functions;
}

void functions_free(struct functions *functions)
{
	for (size_t i = 0; i < functions->count; i++) {
		free(functions->functions[i].calls);
		free(functions->functions[i].callbacks);
	}
	free(functions->functions);
	names_free(&functions->made);
}

const struct function *functions_find(const struct functions *functions, const char *name,
				      size_t source)
{
	return find(functions, meant(functions, name, source));
}

const struct function *functions_defined(const struct functions *functions, const char *name,
					 size_t source)
{
	return find(functions, defined(functions, name, source));
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

const struct function *functions_parameter(const struct functions *functions, unsigned int number,
					   const char *callee, size_t source)
{
	char *name = parameter_name(number, callee);
	const struct function *found = functions_find(functions, name, source);

	free(name);
	return found;
}

bool functions_is_defined(const struct functions *functions, const struct function *function)
{
	return first_definition(functions, function->name, 0);
}
