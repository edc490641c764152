// SPDX-License-Identifier: GPL-2.0-only
#include "convention/convention.h"

#include "convention/catalogue.h"
#include "convention/document.h"
#include "convention/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_CLAUSE,
	COLUMN_API,
	COLUMN_SINCE,
	COLUMN_UNTIL,
	COLUMN_VARIANT,
};

static const char *const columns[] = { "clause", "api", "since", "until", "variant" };

/* One line of the built-in table. The strings are the table's. */
struct built_in_row {
	const char *clause;
	const char *api;
	const char *variant; /* NULL if none */
	struct version since;
	struct version until;
};

struct built_in {
	struct table table;
	struct built_in_row *rows;
	size_t count;
};

static int built_in_load(const char *rules_dir, struct built_in *built_in, struct error *err)
{
	char *path = path_join(rules_dir, CONVENTION_TABLE);
	const struct table *table = &built_in->table;
	int result = table_read(&built_in->table, path, columns, sizeof(columns) / sizeof(*columns),
				err);

	built_in->count = 0;
	built_in->rows = xcalloc(table->count, sizeof(*built_in->rows));
	for (size_t i = 0; i < table->count && !result; i++) {
		const char *const *column = table->rows[i].column;
		struct built_in_row *row = &built_in->rows[built_in->count++];

		row->clause = column[COLUMN_CLAUSE];
		row->api = column[COLUMN_API];
		if (strcmp(column[COLUMN_VARIANT], "-"))
			row->variant = column[COLUMN_VARIANT];
		result = table_versions(table, &table->rows[i], COLUMN_SINCE, &row->since,
					&row->until, err);
	}
	if (!result && !table->count)
		result = error_set(err, "%s: no rows", path);
	free(path);
	return result;
}

static void built_in_free(struct built_in *built_in)
{
	free(built_in->rows);
	table_free(&built_in->table);
}

static struct convention_row *add_row(struct convention *convention, const char *clause,
				      const char *api)
{
	struct convention_row *row;

	convention->rows = grow(convention->rows, convention->count, sizeof(*convention->rows));
	row = &convention->rows[convention->count++];
	*row = (struct convention_row){ .clause = xstrdup(clause), .api = xstrdup(api) };
	return row;
}

static void take_row(struct convention *convention, const struct built_in_row *from)
{
	struct convention_row *row = add_row(convention, from->clause, from->api);

	row->since = from->since;
	row->until = from->until;
	if (from->variant)
		row->variant = xstrdup(from->variant);
}

/* Takes the table's rows for one version. */
static void take_version(struct convention *convention, const struct built_in *built_in,
			 struct version version)
{
	for (size_t i = 0; i < built_in->count; i++) {
		const struct built_in_row *from = &built_in->rows[i];

		if (version_compare(version, from->since) >= 0 &&
		    version_compare(version, from->until) < 0)
			take_row(convention, from);
	}
	convention->version = xasprintf("%u.%u", version.major, version.minor);
}

/* The version with which the convention came into force. */
static struct version first_version(const struct built_in *built_in)
{
	struct version first = version_never;

	for (size_t i = 0; i < built_in->count; i++)
		if (version_compare(built_in->rows[i].since, first) < 0)
			first = built_in->rows[i].since;
	return first;
}

/* The version with which it became what it is in the newest known kernels. */
static struct version newest_version(const struct built_in *built_in)
{
	struct version newest = { 0 };

	for (size_t i = 0; i < built_in->count; i++) {
		const struct built_in_row *row = &built_in->rows[i];

		if (version_compare(row->since, newest) > 0)
			newest = row->since;
		if (version_compare(row->until, version_never) < 0 &&
		    version_compare(row->until, newest) > 0)
			newest = row->until;
	}
	return newest;
}

/* Does no other row tell of a later version of the same function? */
static bool is_last(const struct built_in *built_in, const struct built_in_row *row)
{
	for (size_t i = 0; i < built_in->count; i++)
		if (!strcmp(built_in->rows[i].api, row->api) &&
		    version_compare(built_in->rows[i].since, row->since) > 0)
			return false;
	return true;
}

/* A name that the newest kernels no longer have is in code for older ones, as it was there last. */
static void take_newest(struct convention *convention, const struct built_in *built_in)
{
	struct version newest = newest_version(built_in);

	for (size_t i = 0; i < built_in->count; i++)
		if (is_last(built_in, &built_in->rows[i]))
			take_row(convention, &built_in->rows[i]);
	convention->version = xasprintf("%u.%u and later", newest.major, newest.minor);
}

/* The convention of the version that --kernel names. */
static int take_kernel(struct convention *convention, const struct built_in *built_in,
		       const char *kernel, struct error *err)
{
	struct version version, first = first_version(built_in);

	if (!version_parse(kernel, &version))
		return error_set(err, "--kernel wants a version such as 6.12, not '%s'", kernel);
	if (version_compare(version, first) < 0) {
		convention->warning = xasprintf("no locking convention was in force in %s: "
						"checking against that of %u.%u",
						kernel, first.major, first.minor);
		version = first;
	}
	take_version(convention, built_in, version);
	return 0;
}

/* The row of a clause, or of any if it is NULL, for a function; NULL if there is none. */
static const struct convention_row *find_row(const struct convention *convention, const char *api,
					     const char *clause)
{
	for (size_t i = 0; i < convention->count; i++) {
		const struct convention_row *row = &convention->rows[i];

		if (!strcmp(row->api, api) && (!clause || !strcmp(row->clause, clause)))
			return row;
	}
	return NULL;
}

/* The *_unlocked variant of a plain importer function: the table's, or one that the text lists. */
static char *find_variant(const struct convention *convention, const struct built_in *built_in,
			  const struct convention_row *row)
{
	char *variant;

	for (size_t i = 0; i < built_in->count; i++)
		if (!strcmp(built_in->rows[i].api, row->api))
			return built_in->rows[i].variant ? xstrdup(built_in->rows[i].variant)
							 : NULL;
	variant = xasprintf("%s_unlocked", row->api);
	if (find_row(convention, variant, NULL))
		return variant;
	free(variant);
	return NULL;
}

/* Takes the lists of the tree's text, and says which of its items had to be left out. */
static void take_document(struct convention *convention, const struct built_in *built_in,
			  const struct document *document, const char *path)
{
	for (size_t i = 0; i < document->count; i++) {
		const struct item *item = &document->items[i];

		add_row(convention, item->clause, item->api)->line = item->line;
	}
	for (size_t i = 0; i < convention->count; i++)
		convention->rows[i].variant =
			find_variant(convention, built_in, &convention->rows[i]);
	if (document->left_out)
		convention->warning = xasprintf("%s:%u: cannot make out this item of the locking "
						"convention: not checked (%zu such)",
						path, document->left_out_first, document->left_out);
}

/* Takes the table for a tree that has no text that can serve. */
static void take_instead(struct convention *convention, const struct built_in *built_in,
			 struct version version, const char *problem)
{
	bool is_old = version_compare(version, first_version(built_in)) < 0;

	if (is_old)
		take_newest(convention, built_in);
	else
		take_version(convention, built_in, version);
	convention->warning = xasprintf("%s: using the built-in table for %s (--kernel names "
					"another version)",
					problem, convention->version);
}

/* Prints how the rows of the tree's text differ from those that the table has instead. */
static size_t print_differences(FILE *out, const struct convention *convention,
				const struct convention *known)
{
	size_t count = 0;

	for (size_t i = 0; i < convention->count; i++) {
		const struct convention_row *row = &convention->rows[i], *other;

		if (find_row(known, row->api, row->clause))
			continue;
		other = find_row(known, row->api, NULL);
		fprintf(out, CONVENTION_SOURCE ":%u: %s is in %s, ", row->line, row->api,
			row->clause);
		if (other)
			fprintf(out, "in the built-in table for %s in %s\n", known->version,
				other->clause);
		else
			fprintf(out, "and not in the built-in table for %s\n", known->version);
		count++;
	}
	for (size_t i = 0; i < known->count; i++) {
		if (find_row(convention, known->rows[i].api, NULL))
			continue;
		fprintf(out,
			CONVENTION_SOURCE
			": does not list %s, in the built-in table for %s in %s\n",
			known->rows[i].api, known->version, known->rows[i].clause);
		count++;
	}
	return count;
}

/* Sets the comparison of the tree's text with the table for its version, or the first there is. */
static void compare(struct convention *convention, const struct built_in *built_in,
		    struct version version)
{
	struct convention known = { 0 };
	struct version first = first_version(built_in);
	size_t length;
	FILE *out = open_memstream(&convention->comparison, &length);

	take_version(&known, built_in, version_compare(version, first) < 0 ? first : version);
	if (!print_differences(out, convention, &known))
		fprintf(out, CONVENTION_SOURCE ": says what the built-in table for %s does\n",
			known.version);
	fclose(out);
	convention_free(&known);
}

/* The convention of a kernel tree: what its text says, or else the table. */
static void take_tree(struct convention *convention, const struct built_in *built_in,
		      const struct tree *tree)
{
	char *path = path_join(tree->root, CONVENTION_SOURCE), *problem;
	struct version version = { 0 };
	struct document document;

	version_parse(tree->kernel_text, &version);
	problem = document_read(path, &document);
	convention->from_tree = !problem;
	if (problem) {
		take_instead(convention, built_in, version, problem);
	} else {
		convention->version = xstrdup(tree->kernel_text);
		take_document(convention, built_in, &document, path);
		compare(convention, built_in, version);
	}
	free(problem);
	document_free(&document);
	free(path);
}

int convention_load(const char *rules_dir, const struct tree *tree, const char *kernel,
		    struct convention *convention, struct error *err)
{
	struct built_in built_in;
	int result;

	*convention = (struct convention){ 0 };
	result = built_in_load(rules_dir, &built_in, err);
	if (!result && kernel)
		result = take_kernel(convention, &built_in, kernel, err);
	else if (!result && tree && tree->is_kernel)
		take_tree(convention, &built_in, tree);
	else if (!result)
		take_newest(convention, &built_in);
	built_in_free(&built_in);
	return result;
}

void convention_free(struct convention *convention)
{
	for (size_t i = 0; i < convention->count; i++) {
		free(convention->rows[i].clause);
		free(convention->rows[i].api);
		free(convention->rows[i].variant);
	}
	free(convention->rows);
	free(convention->version);
	free(convention->warning);
	free(convention->comparison);
}

void convention_add_called(const struct convention *convention, const char *clause,
			   struct names *names)
{
	for (size_t i = 0; i < convention->count; i++) {
		const struct convention_row *row = &convention->rows[i];

		if (!strcmp(row->clause, clause)) {
			char *called = xasprintf(CALLED_THROUGH "%s",
						 row->api + strlen(EXPORTER_CALLBACK));

			names_add(names, called);
			free(called);
		}
	}
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
