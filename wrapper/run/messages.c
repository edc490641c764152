// SPDX-License-Identifier: GPL-2.0-only
#include "run/messages.h"

#include "source/outline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HANDLING "HANDLING: "
#define BAD "bad: "
#define BAD_HERE "BAD:!!!!! "

/* What is known while a log is read. */
struct reader {
	size_t rule;
	const struct message_context *context;
	struct unanalysed *unanalysed;
	bool has_source; /* is one being handled? */
	size_t source;
	bool has_outline; /* made when it is needed */
	struct outline outline;
	size_t searched; /* lines of the source behind which the next bad block is looked for */
};

/* The source text of a line of a bad block, NULL if it is not one. */
static const char *bad_text(const char *line)
{
	if (starts_with(line, BAD))
		return line + strlen(BAD);
	return starts_with(line, BAD_HERE) ? line + strlen(BAD_HERE) : NULL;
}

bool message_handling(const char *line, size_t *source)
{
	return starts_with(line, HANDLING) && stage_index(line + strlen(HANDLING), source);
}

/* The first line of spatch's own that has one of the two words; NULL if none does. */
static const char *find_line(const char *log, const char *word, const char *other)
{
	char *copy = xstrdup(log), *rest = copy, *line = NULL;
	const char *found = NULL;

	while (!found && (line = next_line(&rest)))
		if (!bad_text(line) && (strstr(line, word) || strstr(line, other)))
			found = log + (line - copy);
	free(copy);
	return found;
}

bool message_no_memory(const char *log)
{
	return find_line(log, "ut of memory", "Out_of_memory") ||
	       find_line(log, "Cannot allocate memory", "cannot allocate memory");
}

char *message_last(const char *log)
{
	char *copy = xstrdup(log), *rest = copy, *line, *last = NULL;

	while ((line = next_line(&rest)))
		if (line[strspn(line, " \t\r")] && !starts_with(line, HANDLING) && !bad_text(line))
			last = line;
	last = last ? xstrdup(last) : NULL;
	free(copy);
	return last;
}

/* Makes each run of white space one space, in place. */
static void squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (!isspace((unsigned char)*from))
			*to++ = *from;
		else if (to == text || to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
}

char *message_error(const char *log)
{
	const char *line = find_line(log, "Error:", "error:"), *next;
	char *text;

	if (!line)
		return message_last(log);
	next = strchrnul(line, '\n');
	if (*next && next[1] == ' ')
		next = strchrnul(next + 1, '\n');
	text = xstrndup(line, (size_t)(next - line));
	squeeze(text);
	return text;
}

static void close_outline(struct reader *reader)
{
	if (reader->has_outline)
		outline_free(&reader->outline);
	reader->has_outline = false;
}

/* The outline of the source being handled. */
static const struct outline *open_outline(struct reader *reader)
{
	char *text;
	size_t length;

	if (!reader->has_outline) {
		text = stage_read(reader->context->stage, reader->source,
				  reader->context->selection->sources[reader->source].name,
				  &length);
		if (text)
			replace_nul(text, length);
		outline_make(&reader->outline, text ? text : xstrdup(""));
		reader->has_outline = true;
	}
	return &reader->outline;
}

static void begin_source(struct reader *reader, const char *line)
{
	close_outline(reader);
	reader->has_source = message_handling(line, &reader->source) &&
			     reader->source < reader->context->selection->count;
	reader->searched = 0;
}

/* Is it the line, or what focus() left of it? */
static bool is_left_of(const char *line, const char *text)
{
	while (*text && (*text == *line || (*text == ' ' && *line))) {
		text++;
		line++;
	}
	return !*text && !*line;
}

/* Is the block at the line with this index? */
static bool is_at(const struct outline *outline, size_t index, char *const *block, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_left_of(outline->lines[index + i], bad_text(block[i])))
			return false;
	return true;
}

/* The index of the block's first line, from `from` on; the number of lines if it is nowhere. */
static size_t find_block(const struct outline *outline, size_t from, char *const *block,
			 size_t count)
{
	for (size_t i = from; i + count <= outline->line_count; i++)
		if (is_at(outline, i, block, count))
			return i;
	return outline->line_count;
}

/* Adds the functions that begin in the block. Returns whether there are any. */
static bool add_functions(struct reader *reader, const struct outline *outline, size_t first,
			  char *const *block, size_t count)
{
	bool found = false;

	for (size_t i = 0; i < outline->count; i++) {
		const struct outline_function *function = &outline->functions[i];
		size_t index = function->line - 1;

		/* A line with a brace that closes something is the end of what came before. */
		if (index < first || index >= first + count ||
		    (index == first && strchr(outline->lines[index], '}')) ||
		    !strstr(bad_text(block[index - first]), function->name))
			continue;
		unanalysed_add_part(reader->unanalysed, reader->source, function->line,
				    function->name, "did not parse");
		found = true;
	}
	return found;
}

static bool has_word(const struct reader *reader, const char *text)
{
	return words_match(reader->context->words, text, strlen(text)) != 0;
}

/* Is the line the end of what came before? A block begins with the line of the token before it. */
static bool ends_before(const char *line)
{
	size_t length = strlen(line);

	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	return length && strchr(";}", line[length - 1]);
}

static bool block_has_word(const struct reader *reader, char *const *block, size_t count)
{
	for (size_t i = count > 1 && ends_before(bad_text(block[0])); i < count; i++)
		if (has_word(reader, bad_text(block[i])))
			return true;
	return false;
}

/* Can text that is no function, by its look, matter? It may still be one. */
static bool text_matters(const struct reader *reader, char *const *block, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (*bad_text(block[i]) == '{')
			return true;
	return block_has_word(reader, block, count);
}

/* Adds what was lost with a block that begins at the line with the index `first`. */
static void add_block(struct reader *reader, const struct outline *outline, size_t first,
		      char *const *block, size_t count)
{
	size_t here = 0;

	if (reader->context->only_words && !block_has_word(reader, block, count))
		return;
	if (add_functions(reader, outline, first, block, count) ||
	    !text_matters(reader, block, count))
		return;
	while (here + 1 < count && !starts_with(block[here], BAD_HERE))
		here++;
	unanalysed_add_part(reader->unanalysed, reader->source, (unsigned int)(first + here + 1),
			    NULL, "did not parse");
}

static void end_block(struct reader *reader, char *const *block, size_t count)
{
	const struct outline *outline;
	size_t first;

	if (!count || !reader->has_source)
		return;
	outline = open_outline(reader);
	first = find_block(outline, reader->searched, block, count);
	if (first == outline->line_count) /* blocks can overlap */
		first = find_block(outline, 0, block, count);
	if (first == outline->line_count) {
		unanalysed_add_part(reader->unanalysed, reader->source, 1, NULL,
				    "did not parse somewhere");
		return;
	}
	add_block(reader, outline, first, block, count);
	reader->searched = first + 1;
}

/* "EXN: Coccinelle_modules.Common.Timeout in f/000001.c" */
static void read_exception(struct reader *reader, const char *text)
{
	const char *in = strstr(text, " in f/");
	char *reason;

	if (strstr(text, "Timeout"))
		reason = xasprintf("spatch timed out after %u s", reader->context->spatch->timeout);
	else if (message_no_memory(text))
		reason =
			xasprintf("spatch needed more than %u MB", reader->context->spatch->memory);
	else
		reason = xasprintf("spatch failed: %.*s",
				   (int)(in ? (size_t)(in - text) : strlen(text)), text);
	unanalysed_add_file(reader->unanalysed, reader->source, reason,
			    (rule_set)1 << reader->rule);
	free(reason);
}

/* Does the function, of the outline, have one of the words? */
static bool function_has_word(const struct reader *reader, const struct outline *outline,
			      const struct outline_function *function)
{
	size_t next = (size_t)(function - outline->functions) + 1;
	size_t end =
		next < outline->count ? outline->functions[next].line - 1 : outline->line_count;

	for (size_t i = function->line - 1; i < end; i++)
		if (has_word(reader, outline->lines[i]))
			return true;
	return false;
}

/* "can't jump to LABEL: because we can't find this label", or "WHAT: File "F", line N" */
static void read_flow(struct reader *reader, const char *text)
{
	const struct outline *outline = open_outline(reader);
	const struct outline_function *function = NULL;
	const char *line = strstr(text, ", line ");
	char label[256], *reason;
	unsigned int number = 1;

	/* Dead code is told of, but does no harm. */
	if (starts_with(text, "deadcode"))
		return;
	if (line && sscanf(line, ", line %u", &number) == 1)
		function = outline_at(outline, number);
	else if (sscanf(text, "can't jump to %255[^:]", label) == 1)
		function = outline_without_label(outline, label);
	if (reader->context->only_words && function &&
	    !function_has_word(reader, outline, function))
		return;
	reason = xasprintf("has a flow that spatch cannot follow (%.*s)",
			   (int)(strstr(text, ": ") ? strcspn(text, ":") : strlen(text)), text);
	unanalysed_add_part(reader->unanalysed, reader->source, function ? function->line : number,
			    function ? function->name : NULL, reason);
	free(reason);
}

static void read_line(struct reader *reader, const char *line)
{
	if (starts_with(line, HANDLING))
		begin_source(reader, line);
	else if (reader->has_source && starts_with(line, "EXN: "))
		read_exception(reader, line + strlen("EXN: "));
	else if (reader->has_source && starts_with(line, "FLOW: "))
		read_flow(reader, line + strlen("FLOW: "));
}

void messages_read(char *log, size_t rule, const struct message_context *context,
		   struct unanalysed *unanalysed)
{
	struct reader reader = {
		.rule = rule,
		.context = context,
		.unanalysed = unanalysed,
	};
	char **block = NULL, *line;
	size_t count = 0;

	while ((line = next_line(&log))) {
		if (bad_text(line)) {
			block = grow(block, count, sizeof(*block));
			block[count++] = line;
			continue;
		}
		end_block(&reader, block, count);
		free(block);
		block = NULL;
		count = 0;
		read_line(&reader, line);
	}
	end_block(&reader, block, count);
	free(block);
	close_outline(&reader);
}
