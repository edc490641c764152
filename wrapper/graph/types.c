// SPDX-License-Identifier: GPL-2.0-only
#include "graph/reader.h"

#include <string.h>

/* No chain of members is longer, and no parentheses in an expression are deeper. */
#define CHAIN 16
#define PARENTHESES 8

bool is_reserved(const struct reader *reader, uint32_t token)
{
	return is_name(reader, token) &&
	       !strncmp(reader->code.text + reader->tokens[token].start, "__", 2);
}

static uint32_t root(struct reader *reader, enum path_root root, uint32_t token)
{
	return paths_intern(&reader->items->paths, root, name_at(reader, token));
}

/* Behind an attribute at `at`: a word, and what it has in parentheses. */
static uint32_t skip_attribute(const struct reader *reader, uint32_t at)
{
	return is_sign(reader, at + 1, '(') ? behind(reader, at + 1) : at + 1;
}

/* The name that is declared behind the braces of a structure; NONE if there is none. */
static uint32_t declared_name(const struct reader *reader, uint32_t at, uint32_t end)
{
	while (at < end) {
		if (is_sign(reader, at, '*'))
			at++;
		else if (class_at(reader, at) == WORD_ATTRIBUTE || is_reserved(reader, at))
			at = skip_attribute(reader, at);
		else
			return is_name(reader, at) ? at : NONE;
	}
	return NONE;
}

/*
 * The path of a structure without a tag: that of the member or variable which is one, or that of
 * the structure in which its members count as members.
 */
static uint32_t untagged(struct reader *reader, uint32_t open, uint32_t end, uint32_t owner)
{
	struct paths *paths = &reader->items->paths;
	uint32_t name = declared_name(reader, behind(reader, open), end), path;

	if (name == NONE)
		return owner;
	path = paths_intern(paths, owner ? owner : PATH_TAG, name_at(reader, name));
	paths_bind(paths, path, path, SCOPE_ALL);
	return path;
}

/* struct or union, with or without a tag, with or without members. */
static uint32_t read_aggregate(struct reader *reader, uint32_t at, uint32_t end, uint32_t owner,
			       struct type *type)
{
	uint32_t keyword = at++, tag = NONE;

	while (at < end && (class_at(reader, at) == WORD_ATTRIBUTE ||
			    (is_reserved(reader, at) && !is_sign(reader, at + 1, '{') &&
			     (is_sign(reader, at + 1, '(') || is_name(reader, at + 1)))))
		at = skip_attribute(reader, at);
	type->path = PATH_UNKNOWN;
	if (at < end && class_at(reader, at) != WORD_NONE) {
		tag = at++;
		type->path = root(reader, PATH_TAG, tag);
	}
	if (at >= end || !is_sign(reader, at, '{'))
		return at;
	if (tag == NONE)
		type->path = untagged(reader, at, end, owner);
	read_structure(reader, keyword, tag, at, type->path);
	return behind(reader, at);
}

static uint32_t read_enum(const struct reader *reader, uint32_t at)
{
	at++;
	if (is_name(reader, at))
		at++;
	return is_sign(reader, at, '{') ? behind(reader, at) : at;
}

/* typeof(struct foo) or typeof(expression), from its parenthesis on. */
static uint32_t read_typeof(struct reader *reader, uint32_t at, uint32_t end, struct type *type)
{
	uint32_t after = behind(reader, at);

	if (!is_sign(reader, at, '(') || after > end || after == at + 1)
		return at;
	if (class_at(reader, at + 1) == WORD_AGGREGATE && is_name(reader, at + 2)) {
		type->path = root(reader, PATH_TAG, at + 2);
	} else if (reader->depth < DEPTH_LIMIT) {
		reader->depth++;
		type->path = read_backward(reader, after - 1, at + 1).path;
		reader->depth--;
	}
	return after;
}

/* Is a word a part of the type, or of its attributes, rather than what is declared? */
static bool is_type_name(const struct reader *reader, uint32_t at, const struct type *type)
{
	uint32_t next = at + 1;

	if (is_reserved(reader, at) && !type->is_known && is_sign(reader, next, '(')) {
		uint32_t after = behind(reader, next);

		return class_at(reader, after) != WORD_NONE;
	}
	if (is_reserved(reader, at) && class_at(reader, next) != WORD_NONE)
		return true;
	return !type->is_known &&
	       (class_at(reader, next) != WORD_NONE || is_sign(reader, next, '*') ||
		is_sign(reader, next, ')') || is_sign(reader, next, ',') ||
		(is_sign(reader, next, '(') && is_sign(reader, next + 1, '*')));
}

static uint32_t read_type_name(struct reader *reader, uint32_t at, struct type *type)
{
	if (is_sign(reader, at + 1, '(') && is_reserved(reader, at))
		return behind(reader, at + 1);
	if (!is_reserved(reader, at) || is_sign(reader, at + 1, '*')) {
		type->path = root(reader, PATH_TYPE, at);
		type->is_known = true;
	}
	return at + 1;
}

uint32_t read_type(struct reader *reader, uint32_t at, uint32_t end, uint32_t owner,
		   struct type *type)
{
	while (at < end) {
		enum word_class class = class_at(reader, at);

		if (class == WORD_AGGREGATE) {
			at = read_aggregate(reader, at, end, owner, type);
		} else if (class == WORD_ENUM) {
			at = read_enum(reader, at);
			type->path = PATH_PLAIN;
		} else if (class == WORD_TYPEOF) {
			at = read_typeof(reader, at + 1, end, type);
		} else if (class == WORD_PLAIN) {
			at++;
			type->path = PATH_PLAIN;
		} else if (class == WORD_ATTRIBUTE) {
			at = skip_attribute(reader, at);
			continue;
		} else if (class == WORD_NAME && is_type_name(reader, at, type)) {
			at = read_type_name(reader, at, type);
			continue;
		} else if (class == WORD_STATIC || class == WORD_TYPEDEF ||
			   class == WORD_QUALIFIER) {
			type->is_static |= class == WORD_STATIC;
			type->is_typedef |= class == WORD_TYPEDEF;
			at++;
			continue;
		} else {
			break;
		}
		type->is_known = true;
	}
	return at;
}

uint32_t argument_end(const struct reader *reader, uint32_t at, uint32_t end)
{
	while (at < end && !is_sign(reader, at, ',')) {
		bool opens = is_sign(reader, at, '(') || is_sign(reader, at, '[') ||
			     is_sign(reader, at, '{');

		at = opens ? behind(reader, at) : at + 1;
	}
	return at < end ? at : end;
}

static struct expression read_back(struct reader *reader, uint32_t end, uint32_t from,
				   unsigned int depth);

/* The structure whose tag is an argument by itself: container_of(p, struct foo, member). */
static uint32_t tag_argument(struct reader *reader, uint32_t at, uint32_t close)
{
	while (at < close) {
		uint32_t next = argument_end(reader, at, close);

		if (next == at + 2 && class_at(reader, at) == WORD_AGGREGATE &&
		    is_name(reader, at + 1))
			return root(reader, PATH_TAG, at + 1);
		at = next + 1;
	}
	return PATH_UNKNOWN;
}

/* What NAME(...) is. */
static uint32_t result_path(struct reader *reader, uint32_t name, uint32_t close,
			    unsigned int depth)
{
	uint32_t first = name + 2, path;

	if (class_at(reader, name) == WORD_TRANSPARENT) {
		uint32_t comma = argument_end(reader, first, close);

		return read_back(reader, comma, first, depth + 1).path;
	}
	path = tag_argument(reader, first, close);
	return path ? path : root(reader, PATH_RESULT, name);
}

/* What ((struct foo *)x) is, from the parenthesis of the cast on. */
static uint32_t cast_path(struct reader *reader, uint32_t open, uint32_t close)
{
	struct type type = { 0 };
	enum word_class class = class_at(reader, open + 1);

	if (!is_sign(reader, open, '(') || behind(reader, open) >= close)
		return PATH_UNKNOWN;
	if (class == WORD_QUALIFIER || class == WORD_TYPEOF ||
	    (class == WORD_AGGREGATE && is_name(reader, open + 2) &&
	     !is_sign(reader, open + 3, '{')) ||
	    (class == WORD_NAME && is_sign(reader, open + 2, '*')))
		read_type(reader, open + 1, behind(reader, open) - 1, PATH_UNKNOWN, &type);
	return type.path;
}

/* The expression that ends with the parenthesis at `close`. */
static struct expression read_parentheses(struct reader *reader, uint32_t close, uint32_t from,
					  unsigned int depth)
{
	uint32_t open = reader->tokens[close].match;
	struct expression inner = { .start = open, .last = NONE };

	if (open > from && is_name(reader, open - 1)) {
		inner.start = open - 1;
		if (!is_member_at(reader, open - 1, from) && depth < PARENTHESES)
			inner.path = result_path(reader, open - 1, close, depth);
		return inner;
	}
	inner.path = cast_path(reader, open + 1, close);
	if (inner.path || depth >= PARENTHESES)
		return inner;
	inner = read_back(reader, close, open + 1, depth + 1);
	inner.start = open;
	return inner;
}

/* What a variable is. */
static uint32_t variable_path(struct reader *reader, uint32_t token)
{
	const struct variable *variable = &reader->variables[name_at(reader, token)];

	if (variable->function && variable->function == reader->function)
		return variable->path;
	return root(reader, PATH_GLOBAL, token);
}

/* Adds members to the path of an expression; the last one is the first of the names. */
static void add_members(struct reader *reader, struct expression *expression,
			const uint32_t *members, unsigned int count)
{
	if (count && expression->path < PATH_ROOTS)
		expression->path = PATH_UNKNOWN;
	for (unsigned int i = count; i-- > 0;)
		expression->path = paths_intern(&reader->items->paths, expression->path,
						name_at(reader, members[i]));
}

static struct expression read_back(struct reader *reader, uint32_t end, uint32_t from,
				   unsigned int depth)
{
	struct expression base = { .start = end, .last = NONE };
	uint32_t members[CHAIN], at = end;
	unsigned int count = 0, steps = 0;

	while (at > from && count < CHAIN && steps++ < 2 * CHAIN) {
		uint32_t match = reader->tokens[at - 1].match;

		if (is_sign(reader, at - 1, ']') && match != NONE && match >= from) {
			at = match;
			continue;
		}
		if (is_sign(reader, at - 1, ')') && match != NONE && match >= from) {
			base = read_parentheses(reader, at - 1, from, depth);
			break;
		}
		if (!is_name(reader, at - 1)) {
			base.start = at;
			break;
		}
		if (!is_member_at(reader, at - 1, from)) {
			base.start = at - 1;
			base.last = at - 1;
			base.path = variable_path(reader, at - 1);
			break;
		}
		members[count++] = at - 1;
		at -= 2;
	}
	add_members(reader, &base, members, count);
	if (count) {
		base.last = members[0];
		base.is_member = true;
	}
	return base;
}

struct expression read_backward(struct reader *reader, uint32_t end, uint32_t from)
{
	return read_back(reader, end, from, 0);
}
