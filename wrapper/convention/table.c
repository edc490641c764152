// SPDX-License-Identifier: GPL-2.0-only
#include "convention/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No line is longer, in bytes: what comes without ends of lines is no table. */
#define LINE_LIMIT 1000

int table_error(const struct table *table, unsigned int line, const char *why, struct error *err)
{
	return error_set(err, "%s:%u: %s", table->path, line, why);
}

/* Names with ", " between; the caller frees. */
static char *list_names(const char *const *names, size_t count)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s", i ? ", " : "", names[i]);
	fclose(out);
	return text;
}

/* Sees that a file is text: neither NUL bytes nor lines without an end. */
static int check_text(const struct table *table, size_t length, struct error *err)
{
	unsigned int line = 1;
	size_t begin = 0;

	for (size_t i = 0; i < length; i++) {
		if (!table->text[i])
			return table_error(table, line, "a NUL byte: this is no table", err);
		if (i - begin >= LINE_LIMIT && table->text[i] != '\n')
			return error_set(err, "%s:%u: longer than %d bytes: this is no table",
					 table->path, line, LINE_LIMIT);
		if (table->text[i] == '\n') {
			begin = i + 1;
			line++;
		}
	}
	return 0;
}

/* Cuts the first line up. Returns whether it names these columns, and then what others there are.
 */
static bool read_head(struct table *table, char *line, const char *const *names, size_t count)
{
	const char *next;

	while ((next = strsep(&line, "\t"))) {
		if (table->width == TABLE_COLUMNS || !*next ||
		    (table->width < count && strcmp(next, names[table->width])))
			return false;
		table->names[table->width++] = next;
	}
	return table->width >= count;
}

static int refuse_head(const struct table *table, const char *const *names, size_t count,
		       struct error *err)
{
	char *list = list_names(names, count);

	error_set(err, "%s:1: the first line must name %s, with one tab between", table->path,
		  list);
	free(list);
	return -1;
}

/* Says that a line has not the columns that the first one names. */
static int refuse_columns(const struct table *table, unsigned int line, const char *what,
			  struct error *err)
{
	char *list = list_names(table->names, table->width);

	error_set(err, "%s:%u: %s: %zu are wanted, with one tab between: %s", table->path, line,
		  what, table->width, list);
	free(list);
	return -1;
}

/* Cuts a line into its columns. */
static int split(const struct table *table, char *line, struct table_row *row, struct error *err)
{
	char *next, what[50];
	size_t count = 0;

	while ((next = strsep(&line, "\t")) && *next && count < table->width)
		row->column[count++] = next;
	if (!next && count == table->width)
		return 0;
	if (next && !*next)
		return refuse_columns(table, row->line, "an empty column", err);
	snprintf(what, sizeof(what), "%s%zu column%s", next ? "more than " : "", count,
		 count == 1 ? "" : "s");
	return refuse_columns(table, row->line, what, err);
}

/* Cuts up the text. */
static int read_rows(struct table *table, const char *const *names, size_t count, struct error *err)
{
	char *rest = table->text, *line = next_line(&rest);
	unsigned int number = 1;

	if (!line || !read_head(table, line, names, count))
		return refuse_head(table, names, count, err);
	while ((line = next_line(&rest))) {
		struct table_row *row;

		table->rows = grow(table->rows, table->count, sizeof(*table->rows));
		row = &table->rows[table->count++];
		*row = (struct table_row){ .line = ++number };
		if (split(table, line, row, err))
			return -1;
	}
	return 0;
}

int table_read(struct table *table, const char *path, const char *const *names, size_t count,
	       struct error *err)
{
	size_t length;

	*table = (struct table){ .path = xstrdup(path), .text = file_read(path, &length) };
	if (!table->text)
		return error_set(err, "cannot read '%s': %s", path, file_problem());
	return check_text(table, length, err) || read_rows(table, names, count, err) ? -1 : 0;
}

void table_free(struct table *table)
{
	free(table->rows);
	free(table->text);
	free(table->path);
}

int table_read_functions(const char *rules_dir, const char *file, struct names *functions,
			 struct error *err)
{
	static const char *const columns[] = { "function" };
	char *path = path_join(rules_dir, file);
	struct table table;
	int result = table_read(&table, path, columns, 1, err);

	for (size_t i = 0; i < table.count && !result; i++)
		names_add(functions, table.rows[i].column[0]);
	table_free(&table);
	free(path);
	return result;
}

/* Reads a column that names a version; "-" is `none`. */
static int parse_version(const struct table *table, unsigned int line, const char *text,
			 struct version none, struct version *version, struct error *err)
{
	*version = none;
	if (!strcmp(text, "-") || (isdigit((unsigned char)*text) && version_parse(text, version)))
		return 0;
	return error_set(err, "%s:%u: '%s' is no version such as 6.12, nor -", table->path, line,
			 text);
}

int table_versions(const struct table *table, const struct table_row *row, size_t since,
		   struct version *from, struct version *until, struct error *err)
{
	const char *first = row->column[since], *last = row->column[since + 1];
	const struct version always = { 0 };

	if (parse_version(table, row->line, first, always, from, err) ||
	    parse_version(table, row->line, last, version_never, until, err))
		return -1;
	if (version_compare(*from, *until) >= 0)
		return error_set(err, "%s:%u: until, %s, is not after since, %s", table->path,
				 row->line, last, first);
	return 0;
}
