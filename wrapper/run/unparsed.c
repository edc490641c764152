// SPDX-License-Identifier: GPL-2.0-only
#include "run/unparsed.h"

#include "source/outline.h"

#include <stdlib.h>
#include <string.h>

/* Lines of a source, as spatch was given them. */
struct part {
	const struct unparsed *unparsed;
	size_t source;
	unsigned int line;
	unsigned int end_line;
	struct outline staged;
};

static const char *line_at(const struct part *part, unsigned int line)
{
	return line <= part->staged.line_count ? part->staged.lines[line - 1] : "";
}

static bool has_word(const struct part *part)
{
	for (unsigned int i = part->line; i <= part->end_line; i++) {
		const char *text = line_at(part, i);

		if (words_match(part->unparsed->words, text, strlen(text)))
			return true;
	}
	return false;
}

/* Adds the functions that begin there. Returns whether there are any. */
static bool add_functions(const struct part *part, struct unanalysed *unanalysed)
{
	bool found = false;

	for (size_t i = 0; i < part->staged.count; i++) {
		const struct outline_function *function = &part->staged.functions[i];

		if (function->line < part->line || function->line > part->end_line)
			continue;
		unanalysed_add_part(unanalysed, part->source, function->line, function->name,
				    "did not parse");
		found = true;
	}
	return found;
}

/* Does a line begin with a brace? Text that is no function, by its look, may still be one. */
static bool has_body(const struct part *part)
{
	for (unsigned int i = part->line; i <= part->end_line; i++)
		if (*line_at(part, i) == '{')
			return true;
	return false;
}

void unparsed_add(const struct unparsed *unparsed, size_t source, unsigned int line,
		  unsigned int end_line, struct unanalysed *unanalysed)
{
	struct part part = { unparsed, source, line, end_line, { 0 } };
	const char *name = unparsed->selection->sources[source].name;
	size_t length;
	char *text = stage_read_staged(unparsed->stage, source, name, &length);
	bool matters;

	if (text)
		replace_nul(text, length);
	outline_make(&part.staged, text ? text : xstrdup(""));
	matters = has_word(&part);
	if ((!unparsed->only_words || matters) && !add_functions(&part, unanalysed) &&
	    (matters || has_body(&part)))
		unanalysed_add_part(unanalysed, source, line, NULL, "did not parse");
	outline_free(&part.staged);
}
