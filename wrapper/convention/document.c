// SPDX-License-Identifier: GPL-2.0-only
#include "convention/document.h"

#include "base/base.h"
#include "base/text.h"
#include "convention/terms.h"

#include <stdlib.h>
#include <string.h>

#define TITLE "DOC: locking convention"

/*
 * A longer text is not what it should be: the kernel's has 2,300 bytes. All its names are to fit in
 * the one variable of the environment in which the rules get them.
 */
#define TEXT_LIMIT (16u << 10)

/* No function has a longer name; a pattern of longer ones may nest too deep to be compiled. */
#define NAME_LIMIT 100

/* What the text is about at the current line. */
struct reader {
	struct document *document;
	bool importers; /* under "Convention for importers" */
	bool exporters;
	char *wording; /* the current clause up to its list, one line */
	unsigned int line;
};

/* The clause that a heading and a wording make, whatever its number; NULL for something unknown. */
static const char *clause_of(const struct reader *reader)
{
	bool must_not = strstr(reader->wording, "must not hold");
	bool must = strstr(reader->wording, "must hold");

	if (reader->importers)
		return must_not ? IMPORTER_FREE : must ? IMPORTER_HELD : NULL;
	if (strstr(reader->wording, "invoked with unlocked"))
		return EXPORTER_FREE;
	if (strstr(reader->wording, "invoked with locked"))
		return EXPORTER_HELD;
	return must ? EXPORTER_CALLS : NULL;
}

static void add_wording(struct reader *reader, const char *text)
{
	char *longer = xasprintf("%s%s%s", reader->wording, *reader->wording ? " " : "", text);

	free(reader->wording);
	reader->wording = longer;
}

static void clear_wording(struct reader *reader)
{
	free(reader->wording);
	reader->wording = xstrdup("");
}

/* Can the rules of a clause look for this name? */
static bool fits_clause(const char *api, const char *clause)
{
	const char *dot = strchr(api, '.');

	if (strcmp(clause, EXPORTER_FREE) && strcmp(clause, EXPORTER_HELD))
		return !dot;
	return starts_with(api, EXPORTER_CALLBACK) && dot[1] && !strchr(dot + 1, '.');
}

/*
 * The function or callback of a list item; NULL if there is none. The kernel's first text
 * lacks a closing parenthesis, so what follows the name does not matter much. The caller frees.
 */
static char *item_api(const char *item, const char *clause)
{
	size_t length = 0;
	char *api;

	item += strspn(item, "- \t&");
	while (is_word(item[length]) || (length && item[length] == '.'))
		length++;
	if (!length || length > NAME_LIMIT || strchr("0123456789", *item) ||
	    (item[length] != '(' && item[length + strspn(item + length, " \t\r")]))
		return NULL;
	api = xstrndup(item, length);
	if (fits_clause(api, clause))
		return api;
	free(api);
	return NULL;
}

static void read_item(struct reader *reader, const char *text)
{
	struct document *document = reader->document;
	const char *clause = clause_of(reader);
	char *api = clause ? item_api(text, clause) : NULL;

	if (api) {
		document->items = grow(document->items, document->count, sizeof(*document->items));
		document->items[document->count++] = (struct item){ clause, api, reader->line };
	} else if (!document->left_out++) {
		document->left_out_first = reader->line;
	}
}

/* Takes one line of the text, without what the comment puts before it. */
static void read_line(struct reader *reader, const char *text)
{
	if (starts_with(text, "Convention for importers") ||
	    starts_with(text, "Convention for exporters")) {
		reader->importers = strstr(text, "importers");
		reader->exporters = !reader->importers;
		clear_wording(reader);
	} else if (*text == '-') {
		if (reader->importers || reader->exporters)
			read_item(reader, text);
	} else {
		if (text[0] >= '0' && text[0] <= '9')
			clear_wording(reader);
		add_wording(reader, text);
	}
}

/* Reads the lists of the comment, of which `text` is the title and all behind it; it is cut up. */
static void read_text(char *text, unsigned int line, struct document *document)
{
	struct reader reader = { .document = document, .wording = xstrdup(""), .line = line };
	char *end = strstr(text, "*/"), *next;

	if (end && end - text <= (ptrdiff_t)TEXT_LIMIT) {
		*end = '\0';
		next_line(&text);
		while ((next = next_line(&text))) {
			reader.line++;
			read_line(&reader, next + strspn(next, " \t*"));
		}
	}
	free(reader.wording);
}

/* Are there items of every clause? Otherwise the text was not understood. */
static bool is_complete(const struct document *document)
{
	static const char *const clauses[] = { IMPORTER_HELD, IMPORTER_FREE, EXPORTER_FREE,
					       EXPORTER_HELD, EXPORTER_CALLS };
	bool complete = true;

	for (size_t c = 0; c < sizeof(clauses) / sizeof(*clauses); c++) {
		size_t i = 0;

		while (i < document->count && strcmp(document->items[i].clause, clauses[c]))
			i++;
		complete = complete && i < document->count;
	}
	return complete;
}

/* The number of the line in which `place` is. */
static unsigned int line_of(const char *text, const char *place)
{
	unsigned int line = 1;

	for (; text < place; text++)
		line += *text == '\n';
	return line;
}

char *document_read(const char *path, struct document *document)
{
	char *source = file_read(path, NULL), *title, *problem = NULL;

	*document = (struct document){ 0 };
	if (!source)
		return xasprintf("cannot read %s: %s", path, file_problem());
	title = strstr(source, TITLE);
	if (title) {
		unsigned int line = line_of(source, title);

		read_text(title, line, document);
		if (!is_complete(document))
			problem = xasprintf(
				"%s:%u: cannot make out the lists of its locking convention", path,
				line);
	} else {
		problem = xasprintf("%s: has no '" TITLE "'", path);
	}
	free(source);
	return problem;
}

void document_free(struct document *document)
{
	for (size_t i = 0; i < document->count; i++)
		free(document->items[i].api);
	free(document->items);
}
