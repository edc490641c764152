// SPDX-License-Identifier: GPL-2.0-only
#include "graph/reader.h"

#include <stdlib.h>

/* What becomes of a function that is named somewhere. */
struct target {
	enum edge_kind kind; /* EDGE_MENTION: that is not known */
	uint32_t target;
	uint32_t argument;
	uint32_t path; /* of the variable or member that it is put into */
	bool is_array; /* that is an array */
};

enum frame_kind {
	FRAME_BLOCK, /* statements; or conditions and indexes, where nothing is passed on */
	FRAME_GROUP, /* parentheses that change nothing */
	FRAME_CALL,  /* arguments */
	FRAME_VALUE, /* the value of a structure or an array, in braces */
};

/* A bracket that is open. */
struct frame {
	enum frame_kind kind;
	uint32_t close;       /* the token that closes it */
	uint32_t path;        /* of the structure, or of each element, in FRAME_VALUE */
	bool is_array;        /* in FRAME_VALUE */
	bool is_named;        /* likewise: some member has been named */
	struct target target; /* of what stands there now */
	struct target base;   /* of what stands where nothing tells more */
};

struct edges {
	struct reader *reader;
	uint32_t from;
	uint32_t end;
	struct frame *frames;
	size_t depth;
	size_t room;
};

/* So many tokens are looked at for what a declaration in a function declares. */
#define LOCAL_LIMIT 512

static const struct target nowhere = { .kind = EDGE_MENTION, .target = NONE };

static struct frame *top(const struct edges *edges)
{
	return &edges->frames[edges->depth - 1];
}

static void push(struct edges *edges, struct frame frame)
{
	if (edges->depth == edges->room) {
		edges->room = edges->room ? edges->room * 2 : 32;
		edges->frames = xrealloc(edges->frames, edges->room * sizeof(*edges->frames));
	}
	edges->frames[edges->depth++] = frame;
}

static void emit(struct edges *edges, enum edge_kind kind, uint32_t name, uint32_t target,
		 uint32_t argument, uint32_t at)
{
	struct reader *reader = edges->reader;
	struct items *items = reader->items;
	struct code_place place;
	uint32_t line, column;

	if (items->count > ITEM_LIMIT)
		return;
	place = code_place(&reader->code, at);
	line = place.line;
	column = place.column;
	items->edges = grow(items->edges, items->edge_count, sizeof(*items->edges));
	items->edges[items->edge_count++] = (struct edge){
		.name = name,
		.target = target,
		.line = (line < EDGE_LINE_LIMIT ? line : EDGE_LINE_LIMIT) & EDGE_LINE_LIMIT,
		.column = (column < EDGE_COLUMN_LIMIT ? column : EDGE_COLUMN_LIMIT) &
			  EDGE_COLUMN_LIMIT,
		.item = (items->count - 1) & ITEM_LIMIT,
		.kind = (unsigned int)kind & 15,
		.argument = (argument < EDGE_ARGUMENT_LIMIT ? argument : EDGE_ARGUMENT_LIMIT) &
			    EDGE_ARGUMENT_LIMIT,
	};
}

/* Is the word a variable of the function, or of the source outside of functions? */
static const struct variable *variable_at(const struct edges *edges, uint32_t at)
{
	const struct reader *reader = edges->reader;
	const struct variable *variable = &reader->variables[name_at(reader, at)];

	if ((reader->function && variable->function == reader->function) || variable->is_outer)
		return variable;
	return NULL;
}

static bool is_own(const struct edges *edges, const struct variable *variable)
{
	return variable && variable->function == edges->reader->function;
}

/* What is put into the variable or member that an expression is. */
static struct target target_of(const struct edges *edges, const struct expression *expression)
{
	const struct reader *reader = edges->reader;
	struct target target = nowhere;

	if (expression->last == NONE)
		return target;
	target.kind = expression->is_member ? EDGE_STORE : EDGE_STORE_VARIABLE;
	target.target =
		expression->is_member ? expression->path : name_at(reader, expression->last);
	target.path = expression->path;
	return target;
}

/* What stands in a structure, or an array, without the name of a member. */
static struct target unnamed(struct edges *edges, const struct frame *frame)
{
	struct reader *reader = edges->reader;
	struct target target = nowhere;

	if (frame->path < PATH_ROOTS)
		return target;
	target.kind = EDGE_STORE;
	target.target = paths_intern(&reader->items->paths, frame->path, reader->any);
	return target;
}

/* Are the elements of an array functions, or what may be, rather than structures? */
static bool holds_functions(const struct reader *reader, const struct target *target)
{
	uint32_t path = target->path;
	const struct paths *paths = &reader->items->paths;
	uint32_t parent = path < PATH_ROOTS ? PATH_UNKNOWN : paths->paths[path].parent;

	if (!target->is_array)
		return false;
	if (parent == PATH_GLOBAL && paths->paths[path].bound) {
		path = paths->paths[path].bound;
		parent = path < PATH_ROOTS ? PATH_UNKNOWN : paths->paths[path].parent;
	}
	return path < PATH_ROOTS || parent == PATH_TYPE;
}

/* The value of what is assigned to: `x = { ... }`. */
static void push_value(struct edges *edges, uint32_t open, const struct target *target,
		       bool is_array)
{
	struct frame frame = {
		.kind = FRAME_VALUE,
		.close = behind(edges->reader, open) - 1,
		.path = target->path,
		.is_array = is_array,
	};

	frame.base = holds_functions(edges->reader, target) ? *target : unnamed(edges, &frame);
	frame.target = frame.base;
	push(edges, frame);
}

static void push_plain(struct edges *edges, uint32_t open, enum frame_kind kind,
		       struct target target)
{
	push(edges, (struct frame){ .kind = kind,
				    .close = behind(edges->reader, open) - 1,
				    .target = target,
				    .base = target });
}

/* The arguments of a call. */
static void push_arguments(struct edges *edges, uint32_t open, enum edge_kind kind, uint32_t target)
{
	push_plain(edges, open, FRAME_CALL, (struct target){ .kind = kind, .target = target });
}

/* Whether the word before a name makes it what is declared: `int f(`, and not `return f(`. */
static bool is_declared(const struct edges *edges, uint32_t name)
{
	enum word_class before = name > edges->from ? class_at(edges->reader, name - 1) : WORD_NONE;

	return before == WORD_PLAIN || before == WORD_NAME || before == WORD_AGGREGATE ||
	       before == WORD_ENUM;
}

/* Can the word be the name of a function: has it a small letter? */
static bool is_small(const struct edges *edges, uint32_t at)
{
	const char *text = symbols_text(&edges->reader->items->names, name_at(edges->reader, at));

	while (*text && (*text < 'a' || *text > 'z'))
		text++;
	return *text;
}

/* Is it a function, or a macro, that is read? */
static bool is_in_code(const struct edges *edges)
{
	return edges->reader->function;
}

/* Is a name made of several: x##_name? */
static bool is_pasted(const struct edges *edges, uint32_t at)
{
	return is_sign(edges->reader, at + 1, '#') ||
	       (at > edges->from && is_sign(edges->reader, at - 1, '#'));
}

static bool is_one_of(const struct reader *reader, uint32_t at, const char *signs)
{
	for (; *signs; signs++)
		if (is_sign(reader, at, *signs))
			return true;
	return false;
}

/* A macro, whose use ends before `end`, that stands where members of a structure do. */
static void read_macro_use(struct edges *edges, uint32_t at, uint32_t end)
{
	const struct reader *reader = edges->reader;
	const struct frame *frame = top(edges);

	if (frame->kind == FRAME_VALUE && frame->path >= PATH_ROOTS && at > edges->from &&
	    is_one_of(reader, at - 1, "{,") && is_one_of(reader, end, ",}") &&
	    (frame->is_named || is_sign(reader, end + 1, '.')))
		emit(edges, EDGE_USE_MACRO, name_at(reader, at), frame->path, 0, at);
}

/*
 * The path of the first member that is an argument of a call, or whose address is: of x->lock in
 * f(&x->lock), and in guard(f)(&x->lock). NONE if there is none.
 */
static uint32_t member_passed(struct edges *edges, uint32_t open)
{
	struct reader *reader = edges->reader;
	uint32_t close = behind(reader, open) - 1, at = open + 1;

	if (is_sign(reader, close + 1, '(')) {
		at = close + 2;
		close = behind(reader, close + 1) - 1;
	}
	while (at < close) {
		uint32_t end = argument_end(reader, at, close);

		if (end > at + 2 && is_name(reader, end - 1)) {
			struct expression argument = read_backward(reader, end, at);

			if (argument.is_member)
				return argument.path;
		}
		at = end + 1;
	}
	return NONE;
}

/* NAME(...), where NAME is what its word says. */
static void read_plain_call(struct edges *edges, uint32_t open)
{
	struct reader *reader = edges->reader;
	const struct frame *around = top(edges);
	uint32_t name = open - 1, word = name_at(reader, name);
	const struct variable *variable = variable_at(edges, name);

	if (variable || is_pasted(edges, name)) {
		if (variable)
			emit(edges, EDGE_CALL_VARIABLE, word, NONE,
			     is_own(edges, variable) ? variable->parameter : 0, name);
		push_plain(edges, open, FRAME_BLOCK, nowhere);
		return;
	}
	if (!is_declared(edges, name) && (is_in_code(edges) || is_small(edges, name)))
		emit(edges, EDGE_CALL, word, member_passed(edges, open), 0, name);
	read_macro_use(edges, name, behind(reader, open));
	if (around->kind == FRAME_VALUE && around->path >= PATH_ROOTS)
		push_arguments(edges, open, EDGE_STORE_MACRO,
			       paths_intern(&reader->items->paths, around->path, word));
	else
		push_arguments(edges, open, EDGE_PASS, word);
}

/* A macro that is what its argument is, or that assigns one. */
static void read_special_call(struct edges *edges, uint32_t open)
{
	struct reader *reader = edges->reader;
	uint32_t close = behind(reader, open) - 1;
	struct expression left;

	if (class_at(reader, open - 1) == WORD_TRANSPARENT) {
		push_plain(edges, open, FRAME_GROUP, top(edges)->target);
		return;
	}
	left = read_backward(reader, argument_end(reader, open + 1, close), open + 1);
	push_plain(edges, open, FRAME_GROUP, target_of(edges, &left));
}

/* A call through a member, or through a variable that is no plain word. Is it one? */
static bool read_call_through(struct edges *edges, uint32_t open)
{
	struct reader *reader = edges->reader;
	struct expression callee = read_backward(reader, open, edges->from);
	const struct variable *variable;

	if (callee.last == NONE)
		return false;
	if (callee.is_member) {
		emit(edges, EDGE_CALL_MEMBER, name_at(reader, callee.last), callee.path, 0,
		     callee.start);
		push_arguments(edges, open, EDGE_PASS_MEMBER, callee.path);
		return true;
	}
	variable = variable_at(edges, callee.last);
	emit(edges, EDGE_CALL_VARIABLE, name_at(reader, callee.last), NONE,
	     is_own(edges, variable) ? variable->parameter : 0, callee.start);
	push_plain(edges, open, FRAME_BLOCK, nowhere);
	return true;
}

/* Is what stands in the parentheses before `open` a function: `(*f)(...)`, `(x->f)(...)`? */
static bool is_callee(const struct edges *edges, uint32_t open)
{
	const struct reader *reader = edges->reader;
	uint32_t close = open - 1, start = reader->tokens[close].match;
	enum word_class before;

	/* What is assigned to is declared here. */
	if (start == NONE || start < edges->from || is_sign(reader, behind(reader, open), '='))
		return false;
	before = start > edges->from ? class_at(reader, start - 1) : WORD_NONE;
	if (before != WORD_NONE && before != WORD_BEFORE)
		return false;
	if (is_sign(reader, start + 1, '*'))
		return is_name(reader, start + 2) || is_sign(reader, start + 2, '(');
	return is_name(reader, start + 1) && is_name(reader, close - 1) &&
	       is_member_at(reader, close - 1, start + 1);
}

static void open_parenthesis(struct edges *edges, uint32_t at)
{
	struct reader *reader = edges->reader;
	uint32_t before = at - 1;
	enum word_class class = at > edges->from ? class_at(reader, before) : WORD_NONE;

	if (class == WORD_STATEMENT || class == WORD_TYPEOF || class == WORD_ATTRIBUTE) {
		push_plain(edges, at, FRAME_BLOCK, nowhere);
		return;
	}
	if (at > edges->from && is_name(reader, before) &&
	    !is_member_at(reader, before, edges->from)) {
		if (class == WORD_NAME)
			read_plain_call(edges, at);
		else
			read_special_call(edges, at);
		return;
	}
	if (at > edges->from &&
	    (is_name(reader, before) || is_sign(reader, before, ']') ||
	     (is_sign(reader, before, ')') && is_callee(edges, at))) &&
	    read_call_through(edges, at))
		return;
	push_plain(edges, at, FRAME_GROUP, top(edges)->target);
}

/* The type in the parentheses before a compound literal: `(struct foo) { ... }`. */
static bool literal_type(struct edges *edges, uint32_t brace, struct target *target)
{
	struct reader *reader = edges->reader;
	uint32_t open = reader->tokens[brace - 1].match;
	struct type type = { 0 };

	if (!is_sign(reader, brace - 1, ')') || open == NONE || open < edges->from ||
	    (open > edges->from && class_at(reader, open - 1) != WORD_NONE &&
	     class_at(reader, open - 1) != WORD_BEFORE))
		return false;
	if (open > edges->from &&
	    (is_sign(reader, open - 1, ')') || is_sign(reader, open - 1, ';')))
		return false;
	read_type(reader, open + 1, brace - 1, PATH_UNKNOWN, &type);
	*target = (struct target){ .kind = EDGE_MENTION,
				   .target = NONE,
				   .path = type.path,
				   .is_array = is_sign(reader, brace - 2, ']') };
	return type.is_known;
}

/* A brace in the value of a structure or an array. */
static void open_inner_value(struct edges *edges, uint32_t at)
{
	const struct frame *around = top(edges);
	struct target target = nowhere;

	if (is_sign(edges->reader, at - 1, '=') && around->target.kind == EDGE_STORE &&
	    around->target.target != around->base.target) {
		target.path = around->target.target;
		push_value(edges, at, &target, true);
		return;
	}
	target.path = around->is_array || is_sign(edges->reader, at - 1, '=') ? around->path
									      : PATH_UNKNOWN;
	push_value(edges, at, &target, false);
}

static void open_brace(struct edges *edges, uint32_t at)
{
	const struct frame *around = top(edges);
	struct target target;

	if (at > edges->from && literal_type(edges, at, &target))
		push_value(edges, at, &target, target.is_array);
	else if (around->kind == FRAME_VALUE)
		open_inner_value(edges, at);
	else if (at > edges->from && is_sign(edges->reader, at - 1, '=') &&
		 around->target.kind != EDGE_MENTION)
		push_value(edges, at, &around->target, around->target.is_array);
	else
		push_plain(edges, at, FRAME_BLOCK, nowhere);
}

static void open_bracket(struct edges *edges, uint32_t at)
{
	if (edges->reader->tokens[at].match == NONE)
		return;
	if (is_sign(edges->reader, at, '('))
		open_parenthesis(edges, at);
	else if (is_sign(edges->reader, at, '{'))
		open_brace(edges, at);
	else
		push_plain(edges, at, FRAME_BLOCK, nowhere);
}

/* The path of `.a.b`, which ends before `at`, in the value of a structure. */
static uint32_t designated(struct edges *edges, uint32_t at, uint32_t owner)
{
	struct reader *reader = edges->reader;
	uint32_t start = at, limit = at > edges->from + 32 ? at - 32 : edges->from;

	while (start >= limit + 2 && is_name(reader, start - 1) && is_sign(reader, start - 2, '.'))
		start -= 2;
	for (; start < at; start += 2)
		owner = paths_intern(&reader->items->paths, owner, name_at(reader, start + 1));
	return owner;
}

static void set_member(struct edges *edges, struct frame *frame, uint32_t path)
{
	frame->is_named = true;
	frame->target = (struct target){ .kind = EDGE_STORE, .target = path, .path = path };
	(void)edges;
}

/* The name in `(*name)(...)` or `(*name[])(...)`, which ends before `at`; NONE if that is none. */
static uint32_t pointer_name(const struct edges *edges, uint32_t at)
{
	const struct reader *reader = edges->reader;
	uint32_t open = reader->tokens[at - 1].match, close, start;

	if (!is_sign(reader, at - 1, ')') || open == NONE || open < edges->from + 2 ||
	    !is_sign(reader, open - 1, ')'))
		return NONE;
	close = open - 1;
	start = reader->tokens[close].match;
	if (start == NONE || start < edges->from || !is_sign(reader, start + 1, '*'))
		return NONE;
	if (is_sign(reader, close - 1, ']') && reader->tokens[close - 1].match != NONE)
		close = reader->tokens[close - 1].match;
	return close > start && is_name(reader, close - 1) ? close - 1 : NONE;
}

/* An equals sign: what follows is put into what stands before it. */
static void assign(struct edges *edges, uint32_t at)
{
	struct reader *reader = edges->reader;
	struct frame *frame = top(edges);
	struct expression left;
	uint32_t name;

	if (frame->kind == FRAME_CALL || at == edges->from)
		return;
	if (frame->kind == FRAME_VALUE) {
		if (is_name(reader, at - 1))
			set_member(edges, frame, designated(edges, at, frame->path));
		return;
	}
	name = pointer_name(edges, at);
	left = read_backward(reader, name == NONE ? at : name + 1, edges->from);
	frame->target = target_of(edges, &left);
	frame->target.is_array = is_sign(reader, at - 1, ']') || name != NONE;
}

/* `member: value`, as it was written long ago. */
static void read_colon(struct edges *edges, uint32_t at)
{
	struct reader *reader = edges->reader;
	struct frame *frame = top(edges);

	if (frame->kind != FRAME_VALUE || at < edges->from + 2 || !is_name(reader, at - 1) ||
	    (!is_sign(reader, at - 2, '{') && !is_sign(reader, at - 2, ',')))
		return;
	set_member(edges, frame,
		   paths_intern(&reader->items->paths, frame->path, name_at(reader, at - 1)));
}

static void read_comma(struct edges *edges)
{
	struct frame *frame = top(edges);

	if (frame->kind == FRAME_CALL)
		frame->target.argument++;
	else if (frame->kind != FRAME_GROUP)
		frame->target = frame->base;
}

/* Does a word by itself stand where a value is passed on, as it is? */
static bool is_value(const struct edges *edges, uint32_t at)
{
	const struct reader *reader = edges->reader;

	if (at > edges->from && !is_one_of(reader, at - 1, "(,={?:&)") &&
	    class_at(reader, at - 1) != WORD_BEFORE)
		return false;
	if (top(edges)->kind == FRAME_GROUP && is_sign(reader, at + 1, ')') &&
	    (is_sign(reader, at + 2, '.') || reader->tokens[at + 2].what == CODE_ARROW))
		return false;
	return at + 1 >= edges->end || is_one_of(reader, at + 1, ",);}:");
}

/* A parameter is passed on or stored. */
static void read_parameter(struct edges *edges, const struct variable *variable, uint32_t at)
{
	static const enum edge_kind kinds[] = {
		[EDGE_PASS] = EDGE_PASS_PARAMETER,
		[EDGE_STORE] = EDGE_STORE_PARAMETER,
		[EDGE_STORE_VARIABLE] = EDGE_COPY_PARAMETER,
	};
	const struct target *target = &top(edges)->target;

	if (variable->parameter && variable->may_call && is_own(edges, variable) &&
	    is_value(edges, at) &&
	    (target->kind == EDGE_PASS || target->kind == EDGE_STORE ||
	     target->kind == EDGE_STORE_VARIABLE))
		emit(edges, kinds[target->kind], name_at(edges->reader, at), target->target,
		     target->argument, at);
}

/* A name that nothing is called by here. */
static void read_mention(struct edges *edges, uint32_t at)
{
	struct reader *reader = edges->reader;
	const struct variable *variable = variable_at(edges, at);
	const struct target *target = &top(edges)->target;

	if (variable) {
		read_parameter(edges, variable, at);
		return;
	}
	if (!is_small(edges, at)) {
		read_macro_use(edges, at, at + 1);
		return;
	}
	if (is_pasted(edges, at))
		return;
	if (is_value(edges, at))
		emit(edges, target->kind, name_at(reader, at), target->target, target->argument,
		     at);
	else
		emit(edges, EDGE_MENTION, name_at(reader, at), NONE, 0, at);
}

static void read_word(struct edges *edges, uint32_t at)
{
	const struct reader *reader = edges->reader;
	enum word_class before = at > edges->from ? class_at(reader, at - 1) : WORD_NONE;
	bool is_label = is_sign(reader, at + 1, ':') && at > edges->from &&
			is_one_of(reader, at - 1, "{,;}");

	if (is_sign(reader, at + 1, '(') || is_member_at(reader, at, edges->from) || is_label ||
	    before == WORD_AGGREGATE || before == WORD_ENUM || before == WORD_GOTO ||
	    before == WORD_PLAIN)
		return;
	read_mention(edges, at);
}

/* Does a declaration begin with the word? */
static bool begins_declaration(const struct edges *edges, uint32_t at)
{
	const struct reader *reader = edges->reader;
	enum word_class class = class_at(reader, at);
	uint32_t next = at + 1;

	if (class != WORD_NAME)
		return class != WORD_NONE && class < WORD_STATEMENT && class != WORD_ATTRIBUTE;
	while (next < edges->end && is_sign(reader, next, '*'))
		next++;
	return next < edges->end && is_name(reader, next) && is_one_of(reader, next + 1, "=;,[");
}

/* Does a statement begin at a token? */
static bool begins_statement(const struct edges *edges, uint32_t at)
{
	const struct reader *reader = edges->reader;

	if (at == edges->from || top(edges)->kind != FRAME_BLOCK)
		return false;
	return is_one_of(reader, at - 1, ";{}:") ||
	       (is_sign(reader, at - 1, '(') && edges->depth > 1);
}

static void close_frames(struct edges *edges, uint32_t at)
{
	while (edges->depth > 1 && top(edges)->close <= at)
		edges->depth--;
}

static void read_token(struct edges *edges, uint32_t at)
{
	struct reader *reader = edges->reader;

	if (class_at(reader, at) != WORD_NONE) {
		if (reader->function && begins_statement(edges, at) &&
		    begins_declaration(edges, at))
			read_local(reader, at,
				   edges->end - at < LOCAL_LIMIT ? edges->end : at + LOCAL_LIMIT);
		if (is_name(reader, at))
			read_word(edges, at);
		return;
	}
	switch (reader->tokens[at].what) {
	case '(':
	case '[':
	case '{':
		open_bracket(edges, at);
		break;
	case ')':
	case ']':
	case '}':
		close_frames(edges, at);
		break;
	case '=':
		assign(edges, at);
		break;
	case ':':
		read_colon(edges, at);
		break;
	case ',':
		read_comma(edges);
		break;
	case ';':
		top(edges)->target = top(edges)->base;
		break;
	}
}

/* What a macro stands for: members of a structure, or statements and expressions. */
static void begin_macro(struct edges *edges)
{
	uint32_t from = edges->from;
	const struct reader *reader = edges->reader;
	bool is_value_of = is_one_of(reader, from, ".[{") &&
			   (is_sign(reader, from, '.') || is_sign(reader, from + 1, '.'));

	edges->frames[0].kind = is_value_of ? FRAME_VALUE : FRAME_BLOCK;
	edges->frames[0].is_array = true;
}

/* Another name for a function: its body is as good as a call. */
static bool is_alias(const struct edges *edges)
{
	return edges->from + 1 == edges->end && is_name(edges->reader, edges->from) &&
	       !variable_at(edges, edges->from);
}

void read_edges(struct reader *reader, uint32_t from, uint32_t end, bool is_macro)
{
	struct edges edges = { .reader = reader, .from = from, .end = end };

	push(&edges, (struct frame){ .close = end, .target = nowhere, .base = nowhere });
	if (is_macro)
		begin_macro(&edges);
	if (is_macro && is_alias(&edges))
		emit(&edges, EDGE_CALL, name_at(reader, from), NONE, 0, from);
	else
		for (uint32_t at = from; at < end; at++)
			read_token(&edges, at);
	free(edges.frames);
}
