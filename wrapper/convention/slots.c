// SPDX-License-Identifier: GPL-2.0-only
#include "convention/slots.h"

#include "base/text.h"
#include "convention/catalogue.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "struct\tmember\tstate\tsince\tuntil\tevidence"

/* No line is longer, in bytes: what comes without ends of lines is no table. */
#define LINE_LIMIT 1000

enum column {
	COLUMN_STRUCT,
	COLUMN_MEMBER,
	COLUMN_STATE,
	COLUMN_SINCE,
	COLUMN_UNTIL,
	COLUMN_EVIDENCE,
	COLUMN_COUNT,
};

/* In place of a member: functions that are passed to the function in the first column. */
#define CALLBACK "()"

/* One line of a table. */
struct row {
	struct slot slot;
	struct version since, until;
	unsigned int line;
};

struct rows {
	const char *path;
	struct row *rows;
	size_t count;
};

static bool is_identifier(const char *text)
{
	size_t length = 0;

	while (is_word(text[length]))
		length++;
	return length && !text[length] && !isdigit((unsigned char)*text);
}

/* Reads a column that names a version; "-" is `none`. */
static int parse_version(const char *text, struct version none, struct version *version,
			 struct error *err)
{
	*version = none;
	if (!strcmp(text, "-") || (isdigit((unsigned char)*text) && version_parse(text, version)))
		return 0;
	return error_set(err, "'%s' is no version such as 6.12, nor -", text);
}

/* Reads the two columns of versions. */
static int parse_range(char *const column[COLUMN_COUNT], struct row *row, struct error *err)
{
	const struct version always = { 0 };

	if (parse_version(column[COLUMN_SINCE], always, &row->since, err) ||
	    parse_version(column[COLUMN_UNTIL], version_never, &row->until, err))
		return -1;
	if (version_compare(row->since, row->until) >= 0)
		return error_set(err, "until, %s, is not after since, %s", column[COLUMN_UNTIL],
				 column[COLUMN_SINCE]);
	return 0;
}

/* Cuts a line into its columns. */
static int split(char *line, char *column[COLUMN_COUNT], struct error *err)
{
	size_t count = 0;
	char *next;

	while ((next = strsep(&line, "\t"))) {
		if (count == COLUMN_COUNT || !*next)
			return error_set(err,
					 "%s: 6 are wanted, with one tab between: struct, "
					 "member, state, since, until, evidence",
					 *next ? "more than 6 columns" : "an empty column");
		column[count++] = next;
	}
	if (count == COLUMN_COUNT)
		return 0;
	return error_set(err,
			 "%zu column%s: 6 are wanted, with one tab between: struct, member, "
			 "state, since, until, evidence",
			 count, count == 1 ? "" : "s");
}

/* Reads a line, which is cut up. On failure the message says nothing of where the line is. */
static int parse_row(char *line, struct row *row, struct error *err)
{
	char *column[COLUMN_COUNT];

	if (split(line, column, err))
		return -1;
	if (!is_identifier(column[COLUMN_STRUCT]))
		return error_set(err, "'%s' is no name of a structure", column[COLUMN_STRUCT]);
	if (!is_identifier(column[COLUMN_MEMBER]) && strcmp(column[COLUMN_MEMBER], "*") &&
	    strcmp(column[COLUMN_MEMBER], CALLBACK))
		return error_set(err, "'%s' is no name of a member, nor * or " CALLBACK,
				 column[COLUMN_MEMBER]);
	if (!lock_state_parse(column[COLUMN_STATE], &row->slot.state))
		return error_set(err, "no state '%s': it is held, not held or inherited",
				 column[COLUMN_STATE]);
	if (parse_range(column, row, err))
		return -1;
	row->slot.name = xasprintf("%s%s%s", column[COLUMN_STRUCT],
				   strcmp(column[COLUMN_MEMBER], CALLBACK) ? "." : "",
				   column[COLUMN_MEMBER]);
	return 0;
}

static int read_line(struct rows *rows, char *line, unsigned int number, struct error *err)
{
	struct row row = { .line = number };
	struct error why;

	if (parse_row(line, &row, &why))
		return error_set(err, "%s:%u: %s", rows->path, number, why.text);
	rows->rows = grow(rows->rows, rows->count, sizeof(*rows->rows));
	rows->rows[rows->count++] = row;
	return 0;
}

/* Reads the lines of a table, whose text is cut up. */
static int read_lines(struct rows *rows, char *text, struct error *err)
{
	unsigned int number = 1;
	char *line = next_line(&text);

	if (!line || strcmp(line, HEAD))
		return error_set(err,
				 "%s:1: the first line must name struct, member, state, since, "
				 "until, evidence, with one tab between",
				 rows->path);
	while ((line = next_line(&text)))
		if (read_line(rows, line, ++number, err))
			return -1;
	return 0;
}

/* Sees that a file is text: neither NUL bytes nor lines without an end. */
static int check_text(const char *path, const char *text, size_t length, struct error *err)
{
	unsigned int number = 1;
	size_t begin = 0;

	for (size_t i = 0; i < length; i++) {
		if (!text[i])
			return error_set(err, "%s:%u: a NUL byte: this is no table", path, number);
		if (i - begin >= LINE_LIMIT && text[i] != '\n')
			return error_set(err, "%s:%u: longer than %d bytes: this is no table", path,
					 number, LINE_LIMIT);
		if (text[i] == '\n') {
			begin = i + 1;
			number++;
		}
	}
	return 0;
}

/* By name, those of one name by version. */
static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	int order = strcmp(left->slot.name, right->slot.name);

	return order ? order : version_compare(left->since, right->since);
}

/* Sorts the rows, and sees that none says something of what another does already. */
static int sort_rows(struct rows *rows, struct error *err)
{
	if (rows->count)
		qsort(rows->rows, rows->count, sizeof(*rows->rows), compare_rows);
	for (size_t i = 1; i < rows->count; i++) {
		const struct row *row = &rows->rows[i], *before = row - 1;
		unsigned int later = row->line > before->line ? row->line : before->line;
		unsigned int earlier = row->line > before->line ? before->line : row->line;

		if (!strcmp(row->slot.name, before->slot.name) &&
		    version_compare(row->since, before->until) < 0)
			return error_set(err,
					 "%s:%u: %s has a state for these versions in line %u "
					 "already",
					 rows->path, later, row->slot.name, earlier);
	}
	return 0;
}

static int read_table(const char *path, struct rows *rows, struct error *err)
{
	size_t length;
	char *text = file_read(path, &length);
	int result = -1;

	*rows = (struct rows){ .path = path };
	if (!text)
		return error_set(err, "cannot read '%s': %s", path, file_problem());
	if (!check_text(path, text, length, err) && !read_lines(rows, text, err))
		result = sort_rows(rows, err);
	free(text);
	return result;
}

static void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->rows[i].slot.name);
	free(rows->rows);
}

/* Keeps the rows that hold for a version, NULL the newest; at most one of each name is left. */
static void choose_rows(struct rows *rows, const struct version *version)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->rows[i];
		bool holds = version ? version_compare(*version, row->since) >= 0 &&
					       version_compare(*version, row->until) < 0
				     : !version_compare(row->until, version_never);

		if (holds)
			rows->rows[kept++] = *row;
		else
			free(row->slot.name);
	}
	rows->count = kept;
}

static void add_slot(struct slots *slots, struct slot slot)
{
	slots->slots = grow(slots->slots, slots->count, sizeof(*slots->slots));
	slots->slots[slots->count++] = slot;
}

/* Puts the rows, which are sorted, among the slots, in place of those of the same name. */
static void merge_rows(struct slots *slots, struct rows *rows)
{
	struct slots before = *slots;
	size_t old = 0, added = 0;

	*slots = (struct slots){ 0 };
	while (old < before.count || added < rows->count) {
		int order = old < before.count ? -1 : 1;

		if (old < before.count && added < rows->count)
			order = strcmp(before.slots[old].name, rows->rows[added].slot.name);
		if (order < 0) {
			add_slot(slots, before.slots[old++]);
			continue;
		}
		if (!order)
			free(before.slots[old++].name);
		add_slot(slots, rows->rows[added++].slot);
	}
	free(before.slots);
	rows->count = 0;
}

int slots_add(const char *path, const struct version *version, struct slots *slots,
	      struct error *err)
{
	struct rows rows;
	int result = read_table(path, &rows, err);

	if (!result) {
		choose_rows(&rows, version);
		merge_rows(slots, &rows);
	}
	rows_free(&rows);
	return result;
}

int slots_load(const char *rules_dir, const struct version *version, struct slots *slots,
	       struct error *err)
{
	char *path = path_join(rules_dir, SLOT_TABLE);
	int result;

	*slots = (struct slots){ 0 };
	result = slots_add(path, version, slots, err);
	free(path);
	return result;
}

static int compare_slots(const void *a, const void *b)
{
	return strcmp(((const struct slot *)a)->name, ((const struct slot *)b)->name);
}

void slots_free(struct slots *slots)
{
	for (size_t i = 0; i < slots->count; i++)
		free(slots->slots[i].name);
	free(slots->slots);
}

static const struct slot *find(const struct slots *slots, const char *name)
{
	const struct slot wanted = { .name = (char *)name };

	return slots->count ? bsearch(&wanted, slots->slots, slots->count, sizeof(*slots->slots),
				      compare_slots)
			    : NULL;
}

bool slots_find(const struct slots *slots, const char *name, enum lock_state *state)
{
	const struct slot *found = find(slots, name);
	const char *dot = strchr(name, '.');

	if (!found && dot) {
		char *any = xasprintf("%.*s.*", (int)(dot - name), name);

		found = find(slots, any);
		free(any);
	}
	if (found)
		*state = found->state;
	return found;
}

static bool is_entered_held(const struct slot *slot)
{
	return slot->state == STATE_HELD && strchr(slot->name, '.') &&
	       !starts_with(slot->name, EXPORTER_CALLBACK);
}

char *slots_text(const struct slots *slots)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < slots->count; i++)
		if (is_entered_held(&slots->slots[i]))
			fprintf(out, TOKEN_ENTERED_HELD " %s -\n", slots->slots[i].name);
	fclose(out);
	return text;
}

void slots_add_structs(const struct slots *slots, struct locks *names)
{
	for (size_t i = 0; i < slots->count; i++) {
		const char *name = slots->slots[i].name;

		if (is_entered_held(&slots->slots[i])) {
			char *owner = xstrndup(name, strcspn(name, "."));

			locks_add(names, owner);
			free(owner);
		}
	}
}
