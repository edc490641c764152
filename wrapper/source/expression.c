// SPDX-License-Identifier: GPL-2.0-only
#include "source/expression.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

/* Is what stands at `at` !, or a *, & or - with one operand? `before` is what was kept so far. */
static bool is_unary(const char *at, const char *before, size_t length)
{
	char last;

	if (*at == '!')
		return at[1] != '=';
	if (!strchr("*&-", *at) || at[1] == *at || at[1] == '=' || at[1] == '>')
		return false;
	while (length && before[length - 1] == ' ')
		length--;
	last = length ? before[length - 1] : '(';
	return !is_word(last) && last != ')' && last != ']' && last != *at;
}

/* Does no space belong behind what was kept so far? */
static bool binds_right(const char *kept, size_t length, bool unary)
{
	char last = length ? kept[length - 1] : '(';

	return unary || strchr("([.", last) ||
	       (last == '>' && length > 1 && kept[length - 2] == '-');
}

/* Does no space belong before what comes at `next`? */
static bool binds_left(const char *next, const char *kept, size_t length)
{
	char last = length ? kept[length - 1] : '\0';

	if (*next == '(' || *next == '[')
		return is_word(last) || last == ')' || last == ']';
	return *next == ')' || *next == ']' || *next == ',' || *next == '.' || !*next ||
	       !strncmp(next, "->", 2);
}

/* Copies a string or character literal, whose spaces are its own. Returns what follows it. */
static const char *copy_literal(const char *from, char *to, size_t *length)
{
	char quote = *from;

	to[(*length)++] = *from++;
	while (*from && *from != quote) {
		if (*from == '\\' && from[1])
			to[(*length)++] = *from++;
		to[(*length)++] = *from++;
	}
	if (*from)
		to[(*length)++] = *from++;
	return from;
}

void expression_tidy(char *expression)
{
	const char *from = expression;
	size_t length = 0;
	bool unary = false;

	while (*from) {
		size_t spaces = strspn(from, " ");

		from += spaces;
		if (spaces && !binds_right(expression, length, unary) &&
		    !binds_left(from, expression, length))
			expression[length++] = ' ';
		if (*from == '"' || *from == '\'') {
			from = copy_literal(from, expression, &length);
			unary = false;
		} else if (*from) {
			unary = is_unary(from, expression, length);
			expression[length++] = *from++;
		}
	}
	expression[length] = '\0';
}

void expression_tidy_quoted(char *text)
{
	char *to = text, *open, *close;

	while ((open = strchr(text, '`')) && (close = strchr(open + 1, '`'))) {
		*close = '\0';
		expression_tidy(open + 1);
		memmove(to, text, (size_t)(open - text));
		to += open - text;
		memmove(to, open + 1, strlen(open + 1));
		to += strlen(open + 1);
		text = close + 1;
	}
	memmove(to, text, strlen(text) + 1);
}
