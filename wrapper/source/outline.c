// SPDX-License-Identifier: GPL-2.0-only
#include "source/outline.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Behind the parenthesis that closes the one at `at`, or the text's end. */
static const char *skip_parentheses(const char *at)
{
	int depth = 0;

	for (; *at; at++) {
		depth += (*at == '(') - (*at == ')');
		if (!depth)
			return at + 1;
	}
	return at;
}

/* Behind a comment at `at`, or `at` itself. */
static const char *skip_comment(const char *at)
{
	const char *end = starts_with(at, "/*") ? strstr(at, "*/") : NULL;

	return end ? end + 2 : at;
}

/* Does a function's body follow its parameters? Between them stand at most attributes. */
static bool body_follows(const char *at)
{
	while (*at && *at != '{') {
		const char *after = *at == '(' ? skip_parentheses(at) : skip_comment(at);

		if (after == at && !isspace((unsigned char)*at) && !is_word(*at))
			return false;
		at = after == at ? at + 1 : after;
	}
	return *at == '{';
}

/* The last identifier before `open`, a parenthesis in `line`; its length is 0 if there is none. */
static const char *name_before(const char *line, const char *open, size_t *length)
{
	const char *end = open, *start;

	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	for (start = end; start > line && is_word(start[-1]); start--)
		;
	*length = (size_t)(end - start);
	return start;
}

/*
 * The name of the function whose definition begins in the line from `line` to `end`, NULL if none
 * does; the caller frees. `__printf(1, 2) void f(...)` defines f: a name with underscores in front
 * counts only if there is no other.
 */
static char *definition(const char *line, const char *end)
{
	const char *open = line, *found = NULL;
	size_t found_length = 0;

	/* A line of a macro defines nothing by itself. */
	if ((!isalpha((unsigned char)*line) && *line != '_') || end[-1] == '\\')
		return NULL;
	while ((open = strchr(open, '(')) && open < end) {
		size_t length;
		const char *name = name_before(line, open, &length);

		open = skip_parentheses(open);
		if (!length || starts_with(name, "__attribute__") || !body_follows(open) ||
		    (found && starts_with(name, "__")))
			continue;
		if (!found || starts_with(found, "__")) {
			found = name;
			found_length = length;
		}
	}
	return found ? xstrndup(found, found_length) : NULL;
}

static void add_function(struct outline *outline, unsigned int line, char *name)
{
	outline->functions = grow(outline->functions, outline->count, sizeof(*outline->functions));
	outline->functions[outline->count++] = (struct outline_function){ line, name };
}

static void find_functions(struct outline *outline)
{
	const char *line = outline->text, *end;

	for (unsigned int number = 1; *line; number++) {
		char *name;

		end = strchrnul(line, '\n');
		name = definition(line, end);
		if (name)
			add_function(outline, number, name);
		line = *end ? end + 1 : end;
	}
}

void outline_make(struct outline *outline, char *text)
{
	char *rest = text, *line;

	*outline = (struct outline){ .text = text };
	find_functions(outline);
	while ((line = next_line(&rest))) {
		outline->lines = grow(outline->lines, outline->line_count, sizeof(*outline->lines));
		outline->lines[outline->line_count++] = line;
	}
}

void outline_free(struct outline *outline)
{
	for (size_t i = 0; i < outline->count; i++)
		free(outline->functions[i].name);
	free(outline->functions);
	free(outline->lines);
	free(outline->text);
}
