// SPDX-License-Identifier: GPL-2.0-only
#include "graph/reader.h"

#include <stdlib.h>

/* Where a declaration stands. */
enum place {
	PLACE_SOURCE,
	PLACE_STRUCTURE,
	PLACE_FUNCTION,
};

struct declarator {
	uint32_t name; /* token; NONE: there is none */
	uint32_t path;
	uint32_t open;   /* the parenthesis of its parameters, if it is a function; else NONE */
	bool is_pointer; /* to what is no function */
	bool points_to_function;
};

static void add_item(struct reader *reader, enum item_kind kind, uint32_t start, uint32_t name,
		     bool is_static)
{
	struct items *items = reader->items;

	items->items = grow(items->items, items->count, sizeof(*items->items));
	items->items[items->count++] = (struct item){
		.name = name_at(reader, name),
		.line = code_place(&reader->code, start).line,
		.name_line = code_place(&reader->code, name).line,
		.first_edge = items->edge_count,
		.first_parameter = items->parameter_count,
		.kind = (uint8_t)kind,
		.is_static = is_static,
		.is_local = is_static && !reader->is_header,
	};
}

static void end_item(struct reader *reader, uint32_t body, uint32_t last)
{
	struct item *item = &reader->items->items[reader->items->count - 1];

	item->body_line = code_place(&reader->code, body).line;
	item->end_line = code_place(&reader->code, last).line;
	item->edge_count = reader->items->edge_count - item->first_edge;
}

static void bind(struct reader *reader, enum path_root root, uint32_t name, uint32_t path,
		 bool is_local)
{
	struct paths *paths = &reader->items->paths;

	if (path != PATH_UNKNOWN && path != PATH_PLAIN)
		paths_bind(paths, paths_intern(paths, root, name), path,
			   is_local && !reader->is_header ? SCOPE_SOURCE : SCOPE_ALL);
}

static void add_variable(struct reader *reader, const struct declarator *declarator)
{
	struct variable *variable = &reader->variables[name_at(reader, declarator->name)];
	bool is_outer = variable->is_outer || !reader->function;

	*variable = (struct variable){
		.function = reader->function,
		.path = declarator->path,
		.may_call = !declarator->is_pointer && declarator->path != PATH_PLAIN,
		.is_outer = is_outer,
	};
}

/* (*name)(...) or (*name[2])(...), from its parenthesis on. */
static uint32_t read_pointer_to_function(struct reader *reader, uint32_t at,
					 struct declarator *declarator)
{
	uint32_t close = behind(reader, at) - 1, inner = at + 1;

	while (inner < close && (!is_name(reader, inner) || is_reserved(reader, inner)))
		inner++;
	if (inner < close)
		declarator->name = inner++;
	if (inner < close && is_sign(reader, inner, '('))
		declarator->open = inner;
	at = close + 1;
	if (is_sign(reader, at, '(') && declarator->open == NONE) {
		declarator->path = PATH_FUNCTION;
		declarator->points_to_function = true;
	}
	while (is_sign(reader, at, '(') || is_sign(reader, at, '['))
		at = behind(reader, at);
	return at;
}

/* Pointers, and what qualifies them. */
static uint32_t skip_pointers(const struct reader *reader, uint32_t at, uint32_t end,
			      struct declarator *declarator)
{
	while (at < end) {
		enum word_class class = class_at(reader, at);

		if (is_sign(reader, at, '*'))
			declarator->is_pointer = true;
		else if (class != WORD_QUALIFIER &&
			 (!is_reserved(reader, at) || class_at(reader, at + 1) == WORD_NONE) &&
			 (!is_reserved(reader, at) || !is_sign(reader, at + 1, '*')))
			break;
		at++;
	}
	return at;
}

/* Attributes behind a declarator. */
static uint32_t skip_attributes(const struct reader *reader, uint32_t at, uint32_t end)
{
	while (at < end && (is_name(reader, at) || class_at(reader, at) == WORD_ATTRIBUTE ||
			    class_at(reader, at) == WORD_QUALIFIER)) {
		at++;
		if (is_sign(reader, at, '('))
			at = behind(reader, at);
	}
	return at;
}

static uint32_t read_name(struct reader *reader, uint32_t at, uint32_t end,
			  struct declarator *declarator)
{
	declarator->name = at++;
	if (is_sign(reader, at, '(')) {
		declarator->open = at;
		at = behind(reader, at);
	}
	while (at < end && is_sign(reader, at, '['))
		at = behind(reader, at);
	return skip_attributes(reader, at, end);
}

/*
 * Reads one declarator. A name that others follow was a part of the type: `noinline foo_t *f()`.
 * Returns the token behind it.
 */
static uint32_t read_declarator(struct reader *reader, uint32_t at, uint32_t end, struct type *type,
				struct declarator *declarator)
{
	for (;;) {
		*declarator = (struct declarator){ .name = NONE, .path = type->path, .open = NONE };
		at = skip_pointers(reader, at, end, declarator);
		if (at < end && is_sign(reader, at, '(') && behind(reader, at) > at + 1)
			return read_pointer_to_function(reader, at, declarator);
		if (at >= end || !is_name(reader, at))
			return at;
		if (is_sign(reader, at + 1, '*') ||
		    (class_at(reader, at + 1) != WORD_NONE && !is_reserved(reader, at + 1) &&
		     class_at(reader, at + 1) != WORD_ATTRIBUTE)) {
			if (class_at(reader, at + 1) == WORD_AGGREGATE ||
			    class_at(reader, at + 1) == WORD_PLAIN)
				at = read_type(reader, at + 1, end, PATH_UNKNOWN, type);
			else
				type->path = paths_intern(&reader->items->paths, PATH_TYPE,
							  name_at(reader, at++));
			continue;
		}
		return read_name(reader, at, end, declarator);
	}
}

static void add_parameter(struct reader *reader, const struct declarator *declarator)
{
	struct items *items = reader->items;
	struct item *item = &items->items[items->count - 1];

	items->parameters =
		grow(items->parameters, items->parameter_count, sizeof(*items->parameters));
	items->parameters[items->parameter_count++] = (struct parameter){
		.name = declarator->name == NONE ? NONE : name_at(reader, declarator->name),
		.path = declarator->path,
	};
	item->parameter_count++;
	if (declarator->name == NONE)
		return;
	add_variable(reader, declarator);
	reader->variables[name_at(reader, declarator->name)].parameter = item->parameter_count;
}

static void read_parameters(struct reader *reader, uint32_t open)
{
	uint32_t close = behind(reader, open) - 1, at = open + 1;

	while (at < close) {
		uint32_t end = argument_end(reader, at, close);
		struct type type = { 0 };
		struct declarator declarator;

		at = read_type(reader, at, end, PATH_UNKNOWN, &type);
		read_declarator(reader, at, end, &type, &declarator);
		if ((type.is_known || declarator.name != NONE) &&
		    (type.path != PATH_PLAIN || declarator.name != NONE || declarator.is_pointer ||
		     end < close || at != open + 2) &&
		    reader->items->items[reader->items->count - 1].parameter_count < UINT16_MAX)
			add_parameter(reader, &declarator);
		at = end + 1;
	}
}

/* A function whose body begins at `body`. Returns the token behind that. */
static uint32_t read_function(struct reader *reader, uint32_t start,
			      const struct declarator *declarator, uint32_t body, bool is_static)
{
	struct items *items = reader->items;
	uint32_t after = behind(reader, body);

	if (after == body + 1)
		return after; /* a branch of a conditional: the other one has the same body */
	add_item(reader, ITEM_FUNCTION, start, declarator->name, is_static);
	items->items[items->count - 1].returns_pointer = declarator->is_pointer;
	reader->function = ++reader->functions;
	if (declarator->open != NONE)
		read_parameters(reader, declarator->open);
	read_edges(reader, body, after, false);
	end_item(reader, body, after - 1);
	reader->function = 0;
	return after;
}

/* An item that only counts if there are functions in it. */
static void read_item(struct reader *reader, enum item_kind kind, uint32_t start, uint32_t name,
		      uint32_t from, uint32_t end, bool is_static)
{
	struct items *items = reader->items;

	add_item(reader, kind, start, name, is_static);
	read_edges(reader, from, end, false);
	end_item(reader, from, end - 1);
	if (!items->items[items->count - 1].edge_count)
		items->count--;
}

/* The end of a value: the comma or semicolon behind it. */
static uint32_t value_end(const struct reader *reader, uint32_t at, uint32_t end)
{
	while (at < end && !is_sign(reader, at, ',') && !is_sign(reader, at, ';')) {
		bool opens = is_sign(reader, at, '(') || is_sign(reader, at, '[') ||
			     is_sign(reader, at, '{');

		at = opens ? behind(reader, at) : at + 1;
	}
	return at < end ? at : end;
}

/*
 * Does a declarer tell of something that is defined elsewhere, or of the module, or make names of
 * its own of what it is given, as those of trace events do?
 */
static bool is_remark(const struct reader *reader, uint32_t name)
{
	static const char *const remarks[] = {
		"EXPORT_",       "MODULE_",       "TRACE_EVENT",  "DEFINE_EVENT",
		"DECLARE_EVENT", "DECLARE_TRACE", "DEFINE_TRACE",
	};
	const char *text = symbols_text(&reader->items->names, name_at(reader, name));

	for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++)
		if (starts_with(text, remarks[i]))
			return true;
	return false;
}

/* NAME(...) without a type before it. Returns the token behind it, or behind what it defines. */
static uint32_t read_declarer(struct reader *reader, uint32_t start, uint32_t name, uint32_t end,
			      const struct type *type)
{
	const struct declarator declarator = { .name = name, .open = NONE };
	uint32_t after = behind(reader, name + 1);
	bool has_value;

	if (after == name + 2)
		return after;
	if (is_sign(reader, after, '{'))
		return read_function(reader, start, &declarator, after, type->is_static);
	has_value = is_sign(reader, after, '=');
	if (has_value)
		after = value_end(reader, after, end);
	if (has_value || !is_remark(reader, name))
		read_item(reader, ITEM_DECLARER, start, name, name, after, type->is_static);
	return after;
}

/* Takes in what a declarator in a source declares. */
static void declare_outside(struct reader *reader, const struct type *type,
			    const struct declarator *declarator)
{
	uint32_t name = name_at(reader, declarator->name);

	if (type->is_typedef) {
		bind(reader, PATH_TYPE, name,
		     declarator->open == NONE ? declarator->path : PATH_FUNCTION, true);
	} else if (declarator->open != NONE) {
		bind(reader, PATH_RESULT, name, declarator->path, type->is_static);
	} else {
		bind(reader, PATH_GLOBAL, name, declarator->path, type->is_static);
		add_variable(reader, declarator);
	}
}

static void declare(struct reader *reader, enum place place, uint32_t owner,
		    const struct type *type, const struct declarator *declarator)
{
	struct paths *paths = &reader->items->paths;
	uint32_t path;

	if (place == PLACE_SOURCE) {
		declare_outside(reader, type, declarator);
	} else if (place == PLACE_FUNCTION) {
		if (declarator->open == NONE)
			add_variable(reader, declarator);
	} else if (owner >= PATH_ROOTS && declarator->path != PATH_UNKNOWN &&
		   declarator->path != PATH_PLAIN) {
		path = paths_intern(paths, owner, name_at(reader, declarator->name));
		paths_bind(paths, path, declarator->path, SCOPE_ALL);
	}
}

/* Goes on behind what ends a declaration. */
static uint32_t skip_declaration(const struct reader *reader, uint32_t at, uint32_t end)
{
	while (at < end && !is_sign(reader, at, ';')) {
		if (is_sign(reader, at, '{'))
			return behind(reader, at);
		at = is_sign(reader, at, '(') || is_sign(reader, at, '[') ? behind(reader, at)
									  : at + 1;
	}
	return at < end ? at + 1 : end;
}

/* What stands behind a declarator: a value or a width. Returns the token behind that. */
static uint32_t read_value(struct reader *reader, uint32_t at, uint32_t end, uint32_t start,
			   enum place place, const struct type *type, uint32_t name)
{
	uint32_t after = value_end(reader, at, end);

	if (!is_sign(reader, at, '=') && !is_sign(reader, at, ':'))
		return at;
	if (place == PLACE_SOURCE && is_sign(reader, at, '=')) {
		uint32_t from = name;

		while (from > start &&
		       (is_sign(reader, from - 1, '(') || is_sign(reader, from - 1, '*')))
			from--;
		read_item(reader, ITEM_VARIABLE, start, name, from, after, type->is_static);
	}
	return after;
}

/* Reads one declaration. Returns the token behind it, which is behind `at`. */
static uint32_t read_declaration(struct reader *reader, uint32_t at, uint32_t end, enum place place,
				 uint32_t owner)
{
	uint32_t start = at;
	struct type type = { 0 };
	struct declarator declarator;

	at = read_type(reader, at, end, owner, &type);
	if (!type.is_known && at < end && is_name(reader, at) && is_sign(reader, at + 1, '('))
		return place == PLACE_SOURCE ? read_declarer(reader, start, at, end, &type)
					     : skip_declaration(reader, at, end);
	for (;; at++) {
		at = read_declarator(reader, at, end, &type, &declarator);
		if (declarator.name == NONE || at >= end)
			break;
		declare(reader, place, owner, &type, &declarator);
		if (place == PLACE_SOURCE && declarator.open != NONE && is_sign(reader, at, '{'))
			return read_function(reader, start, &declarator, at, type.is_static);
		at = read_value(reader, at, end, start, place, &type, declarator.name);
		if (at >= end || !is_sign(reader, at, ','))
			break;
	}
	at = skip_declaration(reader, at, end);
	return at > start ? at : start + 1;
}

void read_structure(struct reader *reader, uint32_t keyword, uint32_t tag, uint32_t open,
		    uint32_t owner)
{
	uint32_t close = behind(reader, open) - 1, at = open + 1;

	if (close <= open || reader->depth >= DEPTH_LIMIT)
		return;
	if (tag != NONE) {
		paths_bind(&reader->items->paths, owner, owner, SCOPE_ALL);
		if (!reader->function) {
			add_item(reader, ITEM_STRUCTURE, keyword, tag, false);
			end_item(reader, open, close);
		}
	}
	reader->depth++;
	while (at < close)
		at = read_declaration(reader, at, close, PLACE_STRUCTURE, owner);
	reader->depth--;
}

void read_local(struct reader *reader, uint32_t at, uint32_t end)
{
	read_declaration(reader, at, end, PLACE_FUNCTION, PATH_UNKNOWN);
}

void read_source(struct reader *reader, uint32_t end)
{
	uint32_t at = 0;

	while (at < end) {
		if (reader->tokens[at].what == CODE_LITERAL && is_sign(reader, at + 1, '{'))
			at += 2; /* extern "C" { */
		else if (class_at(reader, at) == WORD_NONE)
			at++;
		else
			at = read_declaration(reader, at, end, PLACE_SOURCE, PATH_UNKNOWN);
	}
}

/* The parameters of a macro, which have no types. */
static void read_macro_parameters(struct reader *reader, uint32_t open, uint32_t close)
{
	for (uint32_t at = open + 1; at < close; at++) {
		const struct declarator declarator = { .name = at, .open = NONE };

		if (is_name(reader, at) && is_sign(reader, at - 1, '.'))
			continue;
		if (is_name(reader, at))
			add_parameter(reader, &declarator);
	}
}

void read_macro_item(struct reader *reader, uint32_t name)
{
	const struct code_token *tokens = reader->tokens;
	struct items *items = reader->items;
	uint32_t body = name + 1, end = name;
	struct expression value;

	while (tokens[end].what != CODE_END)
		end++;
	if (!is_name(reader, name))
		return;
	add_item(reader, ITEM_MACRO, name, name, false);
	items->items[items->count - 1].is_local = !reader->is_header;
	reader->function = ++reader->functions;
	if (is_sign(reader, body, '(') && reader->code.text[tokens[body].start - 1] != ' ' &&
	    reader->code.text[tokens[body].start - 1] != '\t') {
		body = behind(reader, body);
		read_macro_parameters(reader, name + 1, body - 1);
	}
	read_edges(reader, body, end, true);
	value = read_backward(reader, end, body);
	if (value.start == body && value.path)
		bind(reader, PATH_RESULT, name_at(reader, name), value.path, true);
	end_item(reader, body, end);
	if (!items->items[items->count - 1].edge_count)
		items->count--;
	reader->function = 0;
}
