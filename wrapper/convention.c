// SPDX-License-Identifier: GPL-2.0-only
#include "convention.h"

#include "text.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One line of the built-in table. The strings point into the table's text. */
struct table_row {
	const char *clause;
	const char *api;
	const char *variant; /* NULL if none */
	struct version since;
	struct version until;
};

struct table {
	char *text;
	struct table_row *rows;
	size_t count;
};

static const struct version never = { ~0U, ~0U };

static int parse_row(char *line, struct table_row *row)
{
	char *field[5];

	for (size_t i = 0; i < 5; i++)
		if (!(field[i] = strsep(&line, "\t")) || !*field[i])
			return -1;
	*row = (struct table_row){ .clause = field[0], .api = field[1], .until = never };
	if (strcmp(field[4], "-"))
		row->variant = field[4];
	if (!version_parse(field[2], &row->since))
		return -1;
	return strcmp(field[3], "-") && !version_parse(field[3], &row->until) ? -1 : 0;
}

static int table_load(const char *rules_dir, struct table *table, struct error *err)
{
	char *path = path_join(rules_dir, CONVENTION_TABLE), *rest, *line;
	int result = 0;

	*table = (struct table){ .text = file_read(path, NULL) };
	rest = table->text;
	if (!rest)
		result = error_set(err, "cannot read %s: %s", path, strerror(errno));
	else if (!(line = next_line(&rest)) ||
		 !starts_with(line, "clause\tapi\tsince\tuntil\tvariant"))
		result = error_set(
			err, "%s: the first line must name clause, api, since, until, variant",
			path);
	for (unsigned int number = 2; !result && (line = next_line(&rest)); number++) {
		table->rows = grow(table->rows, table->count, sizeof(*table->rows));
		if (parse_row(line, &table->rows[table->count++]))
			result = error_set(err,
					   "%s:%u: not a row of clause, api, since, until, variant",
					   path, number);
	}
	if (!result && !table->count)
		result = error_set(err, "%s: no rows", path);
	free(path);
	return result;
}

static void table_free(struct table *table)
{
	free(table->rows);
	free(table->text);
}

static struct convention_row *add_row(struct convention *convention, const char *clause, char *api)
{
	struct convention_row *row;

	convention->rows = grow(convention->rows, convention->count, sizeof(*convention->rows));
	row = &convention->rows[convention->count++];
	*row = (struct convention_row){ .clause = xstrdup(clause), .api = api };
	return row;
}

static void clear_rows(struct convention *convention)
{
	for (size_t i = 0; i < convention->count; i++) {
		free(convention->rows[i].clause);
		free(convention->rows[i].api);
		free(convention->rows[i].variant);
	}
	free(convention->rows);
	convention->rows = NULL;
	convention->count = 0;
}

/* The table's rows for one version. */
static void take_version(struct convention *convention, const struct table *table,
			 struct version version)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct table_row *from = &table->rows[i];
		struct convention_row *row;

		if (version_compare(version, from->since) < 0 ||
		    version_compare(version, from->until) >= 0)
			continue;
		row = add_row(convention, from->clause, xstrdup(from->api));
		if (from->variant)
			row->variant = xstrdup(from->variant);
	}
}

static struct version first_version(const struct table *table)
{
	struct version first = never;

	for (size_t i = 0; i < table->count; i++)
		if (version_compare(table->rows[i].since, first) < 0)
			first = table->rows[i].since;
	return first;
}

/* The newest version is newer than any in which a row ended. */
static struct version newest_version(void)
{
	return (struct version){ never.major, 0 };
}

static int take_built_in(struct convention *convention, const struct table *table,
			 const char *kernel, struct error *err)
{
	struct version version = newest_version(), first = first_version(table);

	if (kernel && !version_parse(kernel, &version))
		return error_set(err, "--kernel wants a version such as 6.12, not '%s'", kernel);
	if (version_compare(version, first) < 0) {
		convention->warning = xasprintf("no locking convention was in force in %s: "
						"checking against that of %u.%u",
						kernel, first.major, first.minor);
		version = first;
	}
	take_version(convention, table, version);
	return 0;
}

/* What the tree's text is about at the current line. */
struct reader {
	bool importers; /* under "Convention for importers" */
	bool exporters;
	char *wording; /* the current clause up to its list, one line */
};

/* The clause that a heading and a wording make, whatever its number; NULL for something unknown. */
static const char *clause_of(const struct reader *reader)
{
	bool must_not = strstr(reader->wording, "must not hold");
	bool must = strstr(reader->wording, "must hold");

	if (reader->importers)
		return must_not ? "importer-2" : must ? "importer-1" : NULL;
	if (!reader->exporters)
		return NULL;
	if (strstr(reader->wording, "invoked with unlocked"))
		return "exporter-1";
	if (strstr(reader->wording, "invoked with locked"))
		return "exporter-2";
	return must ? "exporter-3" : NULL;
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

/* The function or dma_buf_ops.MEMBER of a list item; NULL if there is none. The caller frees. */
static char *item_api(const char *item)
{
	size_t length = 0;

	item += strspn(item, "- \t&");
	while (is_word(item[length]) || (length && item[length] == '.'))
		length++;
	if (!length || (item[length] && item[length] != '(' && item[length] != ' '))
		return NULL;
	return xstrndup(item, length);
}

/* Takes one line of the text, without what the comment puts before it. */
static void read_text_line(struct reader *reader, const char *text, struct convention *convention)
{
	const char *clause;
	char *api;

	if (starts_with(text, "Convention for importers") ||
	    starts_with(text, "Convention for exporters")) {
		reader->importers = strstr(text, "importers");
		reader->exporters = !reader->importers;
		clear_wording(reader);
	} else if (*text == '-') {
		clause = clause_of(reader);
		api = clause ? item_api(text) : NULL;
		if (api)
			add_row(convention, clause, api);
	} else {
		if (text[0] >= '0' && text[0] <= '9')
			clear_wording(reader);
		add_wording(reader, text);
	}
}

/* Reads the lists of a `DOC: locking convention` comment. The text is cut up. */
static void read_document(char *text, struct convention *convention)
{
	struct reader reader = { .wording = xstrdup("") };
	char *line;

	next_line(&text);
	while ((line = next_line(&text)) && !strstr(line, "*/")) {
		line += strspn(line, " \t*");
		read_text_line(&reader, line, convention);
	}
	free(reader.wording);
}

static bool has_api(const struct convention *convention, const char *api)
{
	for (size_t i = 0; i < convention->count; i++)
		if (!strcmp(convention->rows[i].api, api))
			return true;
	return false;
}

/* The *_unlocked variant of a plain importer function: the table's, or one that the text lists. */
static char *find_variant(const struct convention *convention, const struct table *table,
			  const struct convention_row *row)
{
	char *variant;

	for (size_t i = 0; i < table->count; i++)
		if (!strcmp(table->rows[i].api, row->api))
			return table->rows[i].variant ? xstrdup(table->rows[i].variant) : NULL;
	variant = xasprintf("%s_unlocked", row->api);
	if (has_api(convention, variant))
		return variant;
	free(variant);
	return NULL;
}

/* Are there rows of every clause? Otherwise the text was not understood. */
static bool is_complete(const struct convention *convention)
{
	static const char *const clauses[] = { "importer-1", "importer-2", "exporter-1",
					       "exporter-2", "exporter-3" };
	bool complete = true;

	for (size_t c = 0; c < sizeof(clauses) / sizeof(*clauses); c++) {
		size_t i = 0;

		while (i < convention->count && strcmp(convention->rows[i].clause, clauses[c]))
			i++;
		complete = complete && i < convention->count;
	}
	return complete;
}

/* Takes the tree's own text, if there is one. Returns whether it did. */
static bool take_tree(struct convention *convention, const struct table *table, const char *root)
{
	char *path = path_join(root, "drivers/dma-buf/dma-buf.c");
	char *source = file_read(path, NULL);
	char *document = source ? strstr(source, "DOC: locking convention") : NULL;

	if (document) {
		read_document(document, convention);
		convention->from_tree = is_complete(convention);
		if (!convention->from_tree) {
			convention->warning =
				xasprintf("%s: cannot make out the lists of its locking "
					  "convention: using the built-in table",
					  path);
			clear_rows(convention);
		}
	}
	for (size_t i = 0; i < convention->count; i++)
		convention->rows[i].variant = find_variant(convention, table, &convention->rows[i]);
	free(source);
	free(path);
	return convention->from_tree;
}

int convention_load(const char *rules_dir, const char *tree_root, const char *kernel,
		    struct convention *convention, struct error *err)
{
	struct table table;
	int result;

	*convention = (struct convention){ 0 };
	result = table_load(rules_dir, &table, err);
	if (!result && !(tree_root && !kernel && take_tree(convention, &table, tree_root)))
		result = take_built_in(convention, &table, kernel, err);
	table_free(&table);
	return result;
}

void convention_free(struct convention *convention)
{
	clear_rows(convention);
	free(convention->warning);
}

char *convention_text(const struct convention *convention)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < convention->count; i++)
		fprintf(out, "%s %s %s\n", convention->rows[i].clause, convention->rows[i].api,
			convention->rows[i].variant ? convention->rows[i].variant : "-");
	fclose(out);
	return text;
}
