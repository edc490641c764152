// SPDX-License-Identifier: GPL-2.0-only
#include "convention/slots.h"

#include "base/text.h"
#include "convention/catalogue.h"
#include "convention/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_STRUCT,
	COLUMN_MEMBER,
	COLUMN_STATE,
	COLUMN_SINCE,
	COLUMN_UNTIL,
	COLUMN_EVIDENCE, /* for people */
};

static const char *const columns[] = { "struct", "member", "state", "since", "until", "evidence" };

/* A further column, which not every table has: the context that begins there, "-" for none. */
#define BEGINS "begins"

/* In place of a member: functions that are passed to the function in the first column. */
#define CALLBACK "()"

/* One line of a table. */
struct row {
	struct slot slot;
	struct version since, until;
	unsigned int line;
};

struct rows {
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

/* Why a line of the table is none; NULL if it is one. The caller frees. */
static char *problem_of(const struct table_row *line, enum lock_state *state)
{
	const char *member = line->column[COLUMN_MEMBER];

	if (!is_identifier(line->column[COLUMN_STRUCT]))
		return xasprintf("'%s' is no name of a structure", line->column[COLUMN_STRUCT]);
	if (!is_identifier(member) && strcmp(member, "*") && strcmp(member, CALLBACK))
		return xasprintf("'%s' is no name of a member, nor * or " CALLBACK, member);
	if (!lock_state_parse(line->column[COLUMN_STATE], state))
		return xasprintf("no state '%s': it is held, not held or inherited",
				 line->column[COLUMN_STATE]);
	return NULL;
}

/* A copy of what a row has in a column, by its name; NULL if that is "-", or there is none. */
static char *copy_of(const struct table *table, const struct table_row *line, const char *name)
{
	for (size_t i = 0; i < table->width; i++)
		if (!strcmp(table->names[i], name) && strcmp(line->column[i], "-"))
			return xstrdup(line->column[i]);
	return NULL;
}

static int read_row(struct rows *rows, const struct table *table, const struct table_row *line,
		    struct error *err)
{
	struct row row = { .line = line->line };
	char *problem = problem_of(line, &row.slot.state);

	if (problem) {
		table_error(table, line->line, problem, err);
		free(problem);
		return -1;
	}
	if (table_versions(table, line, COLUMN_SINCE, &row.since, &row.until, err))
		return -1;
	row.slot.name = xasprintf("%s%s%s", line->column[COLUMN_STRUCT],
				  strcmp(line->column[COLUMN_MEMBER], CALLBACK) ? "." : "",
				  line->column[COLUMN_MEMBER]);
	row.slot.context = copy_of(table, line, BEGINS);
	rows->rows = grow(rows->rows, rows->count, sizeof(*rows->rows));
	rows->rows[rows->count++] = row;
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
static int sort_rows(struct rows *rows, const struct table *table, struct error *err)
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
					 table->path, later, row->slot.name, earlier);
	}
	return 0;
}

static int read_rows(const char *path, struct rows *rows, struct error *err)
{
	struct table table;
	int result = table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err);

	*rows = (struct rows){ 0 };
	for (size_t i = 0; i < table.count && !result; i++)
		result = read_row(rows, &table, &table.rows[i], err);
	if (!result)
		result = sort_rows(rows, &table, err);
	table_free(&table);
	return result;
}

static void free_slot(struct slot *slot)
{
	free(slot->name);
	free(slot->context);
}

static void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free_slot(&rows->rows[i].slot);
	free(rows->rows);
}

/* Keeps the rows that hold for a version, NULL the newest; at most one of each name is left. */
static void choose_rows(struct rows *rows, const struct version *version)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->rows[i];

		if (version_holds(version, row->since, row->until))
			rows->rows[kept++] = *row;
		else
			free_slot(&row->slot);
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
			free_slot(&before.slots[old++]);
		add_slot(slots, rows->rows[added++].slot);
	}
	free(before.slots);
	rows->count = 0;
}

int slots_add(const char *path, const struct version *version, struct slots *slots,
	      struct error *err)
{
	struct rows rows;
	int result = read_rows(path, &rows, err);

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

bool slot_is_run_by(const struct slot *slot, const char *work)
{
	size_t length = strlen(work);

	return slot->context && starts_with(slot->context, work) &&
	       (!slot->context[length] || slot->context[length] == ':');
}

static int compare_slots(const void *a, const void *b)
{
	return strcmp(((const struct slot *)a)->name, ((const struct slot *)b)->name);
}

void slots_free(struct slots *slots)
{
	for (size_t i = 0; i < slots->count; i++)
		free_slot(&slots->slots[i]);
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

static bool is_entered_free(const struct slot *slot)
{
	return slot->state == STATE_NOT_HELD && strchr(slot->name, '.') &&
	       !ends_with(slot->name, ".*") && !starts_with(slot->name, EXPORTER_CALLBACK);
}

char *slots_text(const struct slots *slots)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < slots->count; i++) {
		if (is_entered_held(&slots->slots[i]))
			fprintf(out, TOKEN_ENTERED_HELD " %s -\n", slots->slots[i].name);
		else if (is_entered_free(&slots->slots[i]))
			fprintf(out, TOKEN_ENTERED_FREE " %s -\n", slots->slots[i].name);
	}
	fclose(out);
	return text;
}

void slots_add_structs(const struct slots *slots, struct names *names)
{
	for (size_t i = 0; i < slots->count; i++) {
		const char *name = slots->slots[i].name;

		if (is_entered_held(&slots->slots[i])) {
			char *owner = xstrndup(name, strcspn(name, "."));

			names_add(names, owner);
			free(owner);
		}
	}
}

void slots_add_called(const struct slots *slots, enum lock_state state, struct names *names)
{
	for (size_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots->slots[i];
		const char *dot = strchr(slot->name, '.');

		if (slot->state == state && dot && strcmp(dot, ".*")) {
			char *called = xasprintf(CALLED_THROUGH "%s", dot + 1);

			names_add(names, called);
			free(called);
		}
	}
}
