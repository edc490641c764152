// SPDX-License-Identifier: GPL-2.0-only
#include "run/uses.h"

#include "graph/walk.h"

#include <stdlib.h>
#include <string.h>

#define INCLUDE "include/"

/* A macro that stands in a macro, and so on, is followed no further. */
#define MACRO_DEPTH 4

/* One look at the graph. */
struct look {
	const struct graph *graph;
	const struct selection *selection;
	const struct slots *slots;
	struct uses *uses;
	struct facts *facts;
};

/* The tag of a member's structure; the caller frees. */
static char *owner_of(const char *member)
{
	return xstrndup(member, strcspn(member, "."));
}

static const char *file_of(const struct look *look, const struct item *item)
{
	return look->selection->sources[item->source].file;
}

/* Adds the definition of a function, or of what else is asked about by a name, at an item. */
static void add_definition(struct facts *facts, const struct item *item, const char *name)
{
	facts_add_definition(facts, (struct definition){ .name = facts_keep(facts, name),
							 .at = { .source = item->source,
								 .line = item->name_line },
							 .is_static = item->is_static });
}

/* Adds the definition of the function that an item is. */
static void add_own_definition(struct facts *facts, const struct graph *graph,
			       const struct item *item)
{
	add_definition(facts, item, graph_text(graph, item->name));
}

static struct position position_of(const struct look *look, uint32_t edge)
{
	const struct edge *at = graph_edge(look->graph, edge);

	return (struct position){ graph_item(look->graph, at->item)->source, at->line, at->column };
}

/* Adds that a function is put into a slot at an edge. */
static void add_callback(const struct look *look, uint32_t edge, const char *function,
			 const char *slot, unsigned int argument)
{
	const struct callback callback = {
		.function = facts_keep(look->facts, function),
		.slot = facts_keep(look->facts, slot),
		.argument = argument,
		.at = position_of(look, edge),
	};

	facts_add_callback(look->facts, callback);
}

static bool is_pass(const struct edge *edge)
{
	return edge->kind == EDGE_PASS || edge->kind == EDGE_PASS_PARAMETER;
}

/* Takes down where what a question is about is called, or passed as the argument of a number. */
static void add_place(const struct look *look, uint32_t edge, const char *callee, uint32_t argument)
{
	const struct edge *at = graph_edge(look->graph, edge);
	struct uses *uses = look->uses;

	uses->places = grow(uses->places, uses->count, sizeof(*uses->places));
	uses->places[uses->count++] = (struct place){
		.source = graph_item(look->graph, at->item)->source,
		.line = at->line,
		.column = at->column,
		.word = xstrdup(graph_text(look->graph, is_pass(at) ? at->target : at->name)),
		.callee = xstrdup(callee),
		.argument = argument,
	};
}

/* A call in a macro has no state of its own: the macro's name is as good as a caller's. */
static void add_call(const struct look *look, uint32_t edge, const char *callee)
{
	const struct item *item = graph_item(look->graph, graph_edge(look->graph, edge)->item);
	struct call call = {
		.passed = PASSED_WHOLE, .arguments = "", .lock = "", .values = "", .needs = ""
	};

	if (item->kind == ITEM_FUNCTION) {
		add_place(look, edge, callee, 0);
	} else if (item->kind == ITEM_MACRO) {
		call.callee = facts_keep(look->facts, callee);
		call.caller = facts_keep(look->facts, graph_text(look->graph, item->name));
		call.at = position_of(look, edge);
		facts_add_call(look->facts, call);
		add_own_definition(look->facts, look->graph, item);
	}
}

/* Does the function that another one is passed to call it at once, by the table? */
static bool calls_at_once(const struct look *look, const char *slot)
{
	enum lock_state state;

	return slots_find(look->slots, slot, &state) && state == STATE_INHERITED;
}

/* A function, or parameter, is passed to another function. */
static void add_pass(const struct look *look, uint32_t edge, const char *name)
{
	const struct edge *at = graph_edge(look->graph, edge);
	char *slot = xasprintf("%s()", graph_text(look->graph, at->target));

	if (calls_at_once(look, slot)) {
		add_call(look, edge, name);
	} else {
		add_callback(look, edge, name, slot, at->argument + 1);
		if (graph_item(look->graph, at->item)->kind == ITEM_FUNCTION)
			add_place(look, edge, name, at->argument + 1);
	}
	free(slot);
}

static bool has_edge(const struct graph_calls *calls, uint32_t edge)
{
	for (size_t i = 0; i < calls->count; i++)
		if (calls->calls[i].edge == edge || calls->calls[i].stored == edge)
			return true;
	return false;
}

/* The slots that a function is put into, but for what `calls` has as calls of it. */
static void add_slots(const struct look *look, uint32_t item, const struct graph_calls *calls,
		      const char *name)
{
	struct graph_entries entries = graph_entries_of(look->graph, item);

	for (size_t i = 0; i < entries.count; i++) {
		const struct graph_entry *entry = &entries.entries[i];

		if (has_edge(calls, entry->edge))
			continue;
		if (is_pass(graph_edge(look->graph, entry->edge)))
			add_pass(look, entry->edge, name);
		else
			add_callback(look, entry->edge, name, entry->slot, 0);
	}
	graph_entries_free(&entries);
}

/* All that is known of one function that a question is about. */
static void add_function(const struct look *look, uint32_t item, const char *name)
{
	struct graph_calls calls = graph_callers(look->graph, item, LINK_DIRECT | LINK_VARIABLE);

	add_own_definition(look->facts, look->graph, graph_item(look->graph, item));
	for (size_t i = 0; i < calls.count; i++)
		if (!i || calls.calls[i].edge != calls.calls[i - 1].edge)
			add_call(look, calls.calls[i].edge, name);
	add_slots(look, item, &calls, name);
	free(calls.calls);
}

/* A parameter is put into a variable of its function: what calls that calls it. */
static void add_copy(const struct look *look, const struct edge *copy, const char *name)
{
	const struct item *item = graph_item(look->graph, copy->item);

	for (uint32_t i = item->first_edge; i < item->first_edge + item->edge_count; i++) {
		const struct edge *edge = graph_edge(look->graph, i);

		if (edge->kind == EDGE_CALL_VARIABLE && edge->name == copy->target)
			add_call(look, i, name);
	}
}

/* What a function, or macro, does with its parameter, from 1, that a question is about. */
static void add_parameter(const struct look *look, uint32_t number, uint32_t parameter,
			  const char *name)
{
	const struct item *item = graph_item(look->graph, number);
	uint32_t word;

	if (!parameter || parameter > item->parameter_count)
		return;
	word = graph_parameters(look->graph, item)[parameter - 1].name;
	add_definition(look->facts, item, name);
	for (uint32_t i = item->first_edge; i < item->first_edge + item->edge_count; i++) {
		const struct edge *edge = graph_edge(look->graph, i);

		if (edge->name != word)
			continue;
		if (edge->kind == EDGE_CALL_VARIABLE && edge->argument == parameter) {
			add_call(look, i, name);
		} else if (edge->kind == EDGE_PASS_PARAMETER) {
			add_pass(look, i, name);
		} else if (edge->kind == EDGE_COPY_PARAMETER) {
			add_copy(look, edge, name);
		} else if (edge->kind == EDGE_STORE_PARAMETER) {
			char *member = graph_member_text(look->graph, edge->target);

			add_callback(look, i, name, member, 0);
			free(member);
		}
	}
}

static void look_at_function(const struct look *look, const struct question *question)
{
	uint32_t name = graph_name(look->graph, question_subject(question->name));
	struct numbers named = graph_named(look->graph, name);
	uint32_t parameter = 0;

	if (question_is_parameter(question->name))
		parameter =
			(uint32_t)strtoul(question->name + strlen(PARAMETER_QUESTION), NULL, 10);
	for (uint32_t i = 0; i < named.count; i++) {
		if (question->source != EVERYWHERE &&
		    graph_item(look->graph, named.at[i])->source != question->source)
			continue;
		if (question_is_parameter(question->name))
			add_parameter(look, named.at[i], parameter, question->name);
		else
			add_function(look, named.at[i], question->name);
	}
}

void uses_add_owners(const struct graph *graph, const char *member, struct names *owners)
{
	char *owner = owner_of(member);
	size_t count;
	uint32_t *fields = graph_fields(graph, graph_name(graph, owner), &count);

	names_add(owners, owner);
	for (size_t i = 0; i < count; i++) {
		uint32_t tag = graph_tag(graph, graph_paths(graph)->paths[fields[i]].parent);

		if (tag != NONE)
			names_add(owners, graph_text(graph, tag));
	}
	free(fields);
	free(owner);
}

/* A member, and how its structure is known where types do not tell. */
struct member {
	uint32_t name;
	uint32_t tag;     /* of its structure */
	uint32_t *fields; /* what is, or points to, such a structure */
	size_t field_count;
	struct index_query *owners; /* the tags of that, and of what has such fields */
};

/* Does a source that names the structure, or what has one, call through a field of that name? */
static bool is_by_field(const struct look *look, const struct member *member,
			const struct edge *call)
{
	const struct paths *paths = graph_paths(look->graph);
	uint32_t whole = paths->paths[call->target].parent;
	uint32_t source = graph_item(look->graph, call->item)->source;
	bool found = false;

	if (whole < PATH_ROOTS || paths_resolve(paths, whole) >= PATH_ROOTS)
		return false;
	for (size_t i = 0; i < member->field_count && !found; i++)
		found = paths->paths[member->fields[i]].name == paths->paths[whole].name;
	return found && index_may_have(&look->selection->sources[source].index, member->owners);
}

/* Is a call, through a member of that name, one through the member of that structure? */
static bool is_through(const struct look *look, const struct member *member,
		       const struct edge *call)
{
	const struct paths *paths = graph_paths(look->graph);

	if (call->target < PATH_ROOTS)
		return false;
	return graph_tag(look->graph, paths->paths[call->target].parent) == member->tag ||
	       is_by_field(look, member, call);
}

static int look_at_member(const struct look *look, const struct question *question,
			  struct error *err)
{
	const struct graph *graph = look->graph;
	char *owner = owner_of(question->name);
	struct member member = {
		.name = graph_name(graph, strchr(question->name, '.') + 1),
		.tag = graph_name(graph, owner),
	};
	struct names owners = { 0 };
	struct words *words;
	size_t count;
	uint32_t *calls = graph_calls_through(graph, member.tag, member.name, &count);

	uses_add_owners(graph, question->name, &owners);
	words = words_of_names(&owners, err);
	member.owners = index_query_make(words);
	member.fields = graph_fields(graph, member.tag, &member.field_count);
	for (size_t i = 0; i < count; i++)
		if (is_through(look, &member, graph_edge(graph, calls[i])))
			add_call(look, calls[i], question->name);
	index_query_free(member.owners);
	free(member.fields);
	free(calls);
	words_free(words);
	names_free(&owners);
	free(owner);
	return words ? 0 : -1;
}

static void look_at_structure(const struct look *look, const struct question *question)
{
	struct numbers structures = graph_structures(
		look->graph, graph_name(look->graph, question_subject(question->name)));

	if (structures.count)
		add_definition(look->facts, graph_item(look->graph, structures.at[0]),
			       question->name);
}

/* Does the kernel's include/ define the structure that a question is about? */
static bool is_in_include(const struct look *look, const struct question *question)
{
	const char *tag = question_subject(question->name);
	struct numbers structures = { NULL, 0 };

	if (question_is_structure(question->name))
		structures = graph_structures(look->graph, graph_name(look->graph, tag));
	for (uint32_t i = 0; i < structures.count; i++)
		if (starts_with(file_of(look, graph_item(look->graph, structures.at[i])), INCLUDE))
			return true;
	return false;
}

static int look_at(const struct look *look, const struct question *question, struct error *err)
{
	if (question_is_member(question->name))
		return look_at_member(look, question, err);
	if (question_is_structure(question->name))
		look_at_structure(look, question);
	else
		look_at_function(look, question);
	return 0;
}

/* The macros in which one of the names stands, other than in a call of a function. */
static struct names macros_with(const struct graph *graph, const struct names *names,
				bool are_macros)
{
	struct names macros = { 0 };

	for (size_t i = 0; i < names->count; i++) {
		struct numbers uses = graph_uses(graph, graph_name(graph, names->names[i]));

		for (uint32_t j = 0; j < uses.count; j++) {
			const struct edge *edge = graph_edge(graph, uses.at[j]);
			const struct item *item = graph_item(graph, edge->item);

			if (item->kind == ITEM_MACRO && (are_macros || edge->kind != EDGE_CALL))
				names_add_once(&macros, graph_text(graph, item->name));
		}
	}
	return macros;
}

/* Reads what uses macros that put some functions into members. */
static int read_macros(struct program *program, const struct names *functions, struct error *err)
{
	struct names macros = macros_with(program_graph(program), functions, false);
	int result = 0;

	for (unsigned int depth = 0; depth < MACRO_DEPTH && macros.count && !result; depth++) {
		struct names more;

		result = program_read(program, &macros, NULL, NULL, err);
		more = macros_with(program_graph(program), &macros, true);
		names_free(&macros);
		macros = more;
	}
	names_free(&macros);
	return result;
}

/* Reads what names the functions and structures. */
static int read_named(const struct survey *survey, const struct questions *questions,
		      struct error *err)
{
	struct names functions = { 0 }, tags = { 0 };
	int result;

	for (size_t i = 0; i < questions->count; i++) {
		const struct question *question = &questions->questions[i];
		const char *subject = question_subject(question->name);

		if (question_is_structure(question->name))
			names_add(&tags, subject);
		else if (!question_is_member(question->name))
			names_add(&functions, subject);
	}
	result = program_read(survey->program, &functions, NULL, NULL, err);
	if (!result)
		result = read_macros(survey->program, &functions, err);
	if (!result)
		result = program_read(survey->program, &tags, NULL, NULL, err);
	names_free(&functions);
	names_free(&tags);
	return result;
}

/* Reads what can call through members: it names one, and a structure with one or what has such. */
static int read_members(const struct survey *survey, const struct questions *questions,
			struct error *err)
{
	struct names owners = { 0 }, members = { 0 };
	int result;

	for (size_t i = 0; i < questions->count; i++) {
		const struct question *question = &questions->questions[i];

		if (!question_is_member(question->name))
			continue;
		uses_add_owners(program_graph(survey->program), question->name, &owners);
		names_add(&members, strchr(question->name, '.') + 1);
	}
	result = program_read(survey->program, &owners, &members, NULL, err);
	names_free(&owners);
	names_free(&members);
	return result;
}

int uses_find(struct uses *uses, struct facts *facts, const struct survey *survey,
	      struct questions *questions, const struct slots *slots, struct error *err)
{
	struct look look = {
		.selection = survey->selection, .slots = slots, .uses = uses, .facts = facts
	};

	if (read_named(survey, questions, err) || read_members(survey, questions, err))
		return -1;
	look.graph = program_graph(survey->program);
	for (size_t i = questions->count; i-- > 0;)
		if (survey->tree->is_kernel && is_in_include(&look, &questions->questions[i]))
			questions_remove(questions, i);
	for (size_t i = 0; i < questions->count; i++)
		if (look_at(&look, &questions->questions[i], err))
			return -1;
	return 0;
}

void uses_free(struct uses *uses)
{
	for (size_t i = 0; i < uses->count; i++) {
		free(uses->places[i].word);
		free(uses->places[i].callee);
	}
	free(uses->places);
}

void uses_add_around(const struct survey *survey, size_t source, uint32_t line, struct facts *facts)
{
	const struct graph *graph = program_graph(survey->program);
	uint32_t item = graph_function_at(graph, (uint32_t)source, line);

	if (item != NONE)
		add_own_definition(facts, graph, graph_item(graph, item));
}
