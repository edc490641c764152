// SPDX-License-Identifier: GPL-2.0-only
#include "source/condition.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/*
 * Operands within operands: far more than anybody writes, and few enough for the stack. What is
 * nested deeper is unknown.
 */
#define DEPTH 200

/* What an expression gives. */
struct value {
	bool is_known;
	struct number number;
};

struct parser {
	const char *at;
	const struct macros *macros;
	unsigned int depth;
	bool failed; /* it makes no sense from here on */
};

/* A word of a condition: LENGTH bytes from TEXT. */
struct name {
	const char *text;
	size_t length;
};

/* An operator between two operands. */
enum operation {
	OP_OR,
	OP_AND,
	OP_BIT_OR,
	OP_BIT_XOR,
	OP_BIT_AND,
	OP_EQUAL,
	OP_UNEQUAL,
	OP_AT_MOST,
	OP_AT_LEAST,
	OP_LESS,
	OP_MORE,
	OP_LEFT,
	OP_RIGHT,
	OP_ADD,
	OP_SUBTRACT,
	OP_MULTIPLY,
	OP_DIVIDE,
	OP_REMAINDER,
};

struct infix {
	const char *text;
	enum operation operation;
	unsigned int precedence; /* the higher, the tighter */
};

/* The longer ones first, so that none is taken for its beginning. */
static const struct infix infixes[] = {
	{ "||", OP_OR, 1 },       { "&&", OP_AND, 2 },     { "==", OP_EQUAL, 6 },
	{ "!=", OP_UNEQUAL, 6 },  { "<=", OP_AT_MOST, 7 }, { ">=", OP_AT_LEAST, 7 },
	{ "<<", OP_LEFT, 8 },     { ">>", OP_RIGHT, 8 },   { "|", OP_BIT_OR, 3 },
	{ "^", OP_BIT_XOR, 4 },   { "&", OP_BIT_AND, 5 },  { "<", OP_LESS, 7 },
	{ ">", OP_MORE, 7 },      { "+", OP_ADD, 9 },      { "-", OP_SUBTRACT, 9 },
	{ "*", OP_MULTIPLY, 10 }, { "/", OP_DIVIDE, 10 },  { "%", OP_REMAINDER, 10 },
};

static const struct value unknown;

static struct value parse_expression(struct parser *parser);

static struct value known(uint64_t bits, bool is_unsigned)
{
	return (struct value){ true, { bits, is_unsigned } };
}

static enum truth truth_of(struct value value)
{
	if (!value.is_known)
		return TRUTH_UNKNOWN;
	return value.number.bits ? TRUTH_TRUE : TRUTH_FALSE;
}

static struct value value_of(enum truth truth)
{
	return truth == TRUTH_UNKNOWN ? unknown : known(truth == TRUTH_TRUE, false);
}

enum truth truth_negate(enum truth truth)
{
	if (truth == TRUTH_UNKNOWN)
		return TRUTH_UNKNOWN;
	return truth == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

/* One operand that is `wanted` decides it all; else both have to be known. */
static enum truth either(enum truth a, enum truth b, enum truth wanted)
{
	if (a == wanted || b == wanted)
		return wanted;
	return a && b ? truth_negate(wanted) : TRUTH_UNKNOWN;
}

/* Moves to the next thing that is no blank, and gives its first byte. */
static char peek(struct parser *parser)
{
	while (isspace((unsigned char)*parser->at))
		parser->at++;
	return *parser->at;
}

/* Takes `wanted` if it comes next. */
static bool take(struct parser *parser, char wanted)
{
	bool found = peek(parser) == wanted;

	parser->at += found;
	return found;
}

static struct value fail(struct parser *parser)
{
	parser->failed = true;
	return unknown;
}

static void want(struct parser *parser, char wanted)
{
	if (!take(parser, wanted))
		fail(parser);
}

/* Takes the word that comes next; its length is 0 if there is none. */
static struct name take_name(struct parser *parser)
{
	struct name name = { .length = 0 };
	char first = peek(parser);

	name.text = parser->at;
	if (!isdigit((unsigned char)first))
		while (is_word(name.text[name.length]))
			name.length++;
	parser->at += name.length;
	return name;
}

static bool is(struct name name, const char *text)
{
	return strlen(text) == name.length && !strncmp(text, name.text, name.length);
}

static enum truth is_defined(const struct parser *parser, struct name name)
{
	const struct macro *macro = macros_find(parser->macros, name.text, name.length);

	if (!macro)
		return TRUTH_UNKNOWN;
	return macro->is_defined ? TRUTH_TRUE : TRUTH_FALSE;
}

/* What follows `defined`. */
static struct value parse_defined(struct parser *parser)
{
	bool open = take(parser, '(');
	struct name name = take_name(parser);

	if (!name.length)
		return fail(parser);
	if (open)
		want(parser, ')');
	return value_of(is_defined(parser, name));
}

/* The arguments of KERNEL_VERSION, behind the parenthesis. */
static struct value parse_kernel_version(struct parser *parser)
{
	struct value parts[3];

	for (size_t i = 0; i < 3; i++) {
		parts[i] = parse_expression(parser);
		want(parser, i < 2 ? ',' : ')');
	}
	if (!parts[0].is_known || !parts[1].is_known || !parts[2].is_known)
		return unknown;
	return known(
		kernel_version(parts[0].number.bits, parts[1].number.bits, parts[2].number.bits),
		false);
}

/* A macro that has no value is 0. */
static struct value value_of_macro(const struct parser *parser, const char *name, size_t length)
{
	const struct macro *macro = macros_find(parser->macros, name, length);

	if (!macro || (macro->is_defined && !macro->has_number))
		return unknown;
	return (struct value){ true, macro->number };
}

/* The argument of IS_ENABLED, behind the parenthesis: CONFIG_X is y, or it is m. */
static struct value parse_is_enabled(struct parser *parser)
{
	struct name name = take_name(parser);
	struct value built_in = value_of_macro(parser, name.text, name.length), module;
	char *module_name = xasprintf("%.*s_MODULE", (int)name.length, name.text);

	module = value_of_macro(parser, module_name, strlen(module_name));
	free(module_name);
	want(parser, ')');
	return value_of(either(truth_of(built_in), truth_of(module), TRUTH_TRUE));
}

/* Some macro's arguments, behind the parenthesis: they may be anything. */
static struct value skip_arguments(struct parser *parser)
{
	size_t open = 1;

	while (open && *parser->at) {
		open += *parser->at == '(';
		open -= *parser->at == ')';
		parser->at++;
	}
	return open ? fail(parser) : unknown;
}

static struct value parse_name(struct parser *parser)
{
	struct name name = take_name(parser);

	if (is(name, "defined"))
		return parse_defined(parser);
	if (!take(parser, '('))
		return value_of_macro(parser, name.text, name.length);
	if (is(name, "KERNEL_VERSION") && is_defined(parser, name) == TRUTH_TRUE)
		return parse_kernel_version(parser);
	return is(name, "IS_ENABLED") ? parse_is_enabled(parser) : skip_arguments(parser);
}

static struct value parse_primary(struct parser *parser)
{
	struct number number;
	struct value value;
	size_t length;

	if (take(parser, '(')) {
		value = parse_expression(parser);
		want(parser, ')');
		return value;
	}
	length = number_parse(parser->at, &number);
	parser->at += length;
	if (length)
		return (struct value){ true, number };
	return is_word(*parser->at) && !isdigit((unsigned char)*parser->at) ? parse_name(parser)
									    : fail(parser);
}

static struct value parse_unary(struct parser *parser);

static struct value apply_unary(struct parser *parser, char sign)
{
	struct value value;

	parser->at++;
	value = parse_unary(parser);
	if (sign == '!')
		return value_of(truth_negate(truth_of(value)));
	if (sign == '-')
		value.number.bits = -value.number.bits;
	else if (sign == '~')
		value.number.bits = ~value.number.bits;
	return value;
}

static struct value parse_unary(struct parser *parser)
{
	struct value value;
	char next = peek(parser);

	if (++parser->depth > DEPTH)
		fail(parser);
	if (parser->failed)
		return unknown;
	value = next && strchr("!-+~", next) ? apply_unary(parser, next) : parse_primary(parser);
	parser->depth--;
	return value;
}

/* Negative, 0 or positive as `a` is smaller than, the same as, or greater than `b`. */
static int compare(struct number a, struct number b)
{
	int64_t signed_a = (int64_t)a.bits, signed_b = (int64_t)b.bits;

	if (a.is_unsigned || b.is_unsigned)
		return (a.bits > b.bits) - (a.bits < b.bits);
	return (signed_a > signed_b) - (signed_a < signed_b);
}

static struct value shift(enum operation operation, struct number a, struct number b)
{
	if (b.bits > 63)
		return unknown;
	if (operation == OP_LEFT)
		return known(a.bits << b.bits, a.is_unsigned);
	return known(a.is_unsigned ? a.bits >> b.bits : (uint64_t)((int64_t)a.bits >> b.bits),
		     a.is_unsigned);
}

/* A quotient or remainder; unknown if there is none. */
static struct value divide(enum operation operation, struct number a, struct number b)
{
	bool is_unsigned = a.is_unsigned || b.is_unsigned;
	int64_t signed_a = (int64_t)a.bits, signed_b = (int64_t)b.bits;

	if (!b.bits || (!is_unsigned && signed_a == INT64_MIN && signed_b == -1))
		return unknown;
	if (is_unsigned)
		return known(operation == OP_DIVIDE ? a.bits / b.bits : a.bits % b.bits, true);
	return known((uint64_t)(operation == OP_DIVIDE ? signed_a / signed_b : signed_a % signed_b),
		     false);
}

static struct value calculate(enum operation operation, struct number a, struct number b)
{
	bool is_unsigned = a.is_unsigned || b.is_unsigned;

	switch (operation) {
	case OP_BIT_OR:
		return known(a.bits | b.bits, is_unsigned);
	case OP_BIT_XOR:
		return known(a.bits ^ b.bits, is_unsigned);
	case OP_BIT_AND:
		return known(a.bits & b.bits, is_unsigned);
	case OP_EQUAL:
		return known(a.bits == b.bits, false);
	case OP_UNEQUAL:
		return known(a.bits != b.bits, false);
	case OP_AT_MOST:
		return known(compare(a, b) <= 0, false);
	case OP_AT_LEAST:
		return known(compare(a, b) >= 0, false);
	case OP_LESS:
		return known(compare(a, b) < 0, false);
	case OP_MORE:
		return known(compare(a, b) > 0, false);
	case OP_LEFT:
	case OP_RIGHT:
		return shift(operation, a, b);
	case OP_ADD:
		return known(a.bits + b.bits, is_unsigned);
	case OP_SUBTRACT:
		return known(a.bits - b.bits, is_unsigned);
	case OP_MULTIPLY:
		return known(a.bits * b.bits, is_unsigned);
	default:
		return divide(operation, a, b);
	}
}

static struct value apply(enum operation operation, struct value a, struct value b)
{
	if (operation == OP_OR)
		return value_of(either(truth_of(a), truth_of(b), TRUTH_TRUE));
	if (operation == OP_AND)
		return value_of(either(truth_of(a), truth_of(b), TRUTH_FALSE));
	return a.is_known && b.is_known ? calculate(operation, a.number, b.number) : unknown;
}

/* The operator that comes next, NULL if none does. */
static const struct infix *peek_infix(struct parser *parser)
{
	if (!peek(parser))
		return NULL;
	for (size_t i = 0; i < sizeof(infixes) / sizeof(*infixes); i++)
		if (starts_with(parser->at, infixes[i].text))
			return &infixes[i];
	return NULL;
}

/* Operands, and between them operators that bind as tightly as `least` or tighter. */
static struct value parse_binary(struct parser *parser, unsigned int least)
{
	struct value value = parse_unary(parser);
	const struct infix *infix;

	while (!parser->failed && (infix = peek_infix(parser)) && infix->precedence >= least) {
		parser->at += strlen(infix->text);
		value = apply(infix->operation, value, parse_binary(parser, infix->precedence + 1));
	}
	return value;
}

/* The whole of an expression, as far as it goes. */
static struct value parse_expression(struct parser *parser)
{
	struct value condition = unknown, yes, no;

	if (++parser->depth > DEPTH)
		fail(parser);
	if (!parser->failed)
		condition = parse_binary(parser, 1);
	if (!parser->failed && take(parser, '?')) {
		yes = parse_expression(parser);
		want(parser, ':');
		no = parse_expression(parser);
		if (condition.is_known)
			condition = condition.number.bits ? yes : no;
	}
	parser->depth--;
	return condition;
}

enum truth condition_truth(const char *text, const struct macros *macros)
{
	struct parser parser = { .at = text, .macros = macros };
	struct value value = parse_expression(&parser);

	return parser.failed || peek(&parser) ? TRUTH_UNKNOWN : truth_of(value);
}

enum truth condition_defined(const char *text, const struct macros *macros)
{
	struct parser parser = { .at = text, .macros = macros };

	return is_defined(&parser, take_name(&parser));
}
