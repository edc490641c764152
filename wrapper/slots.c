// SPDX-License-Identifier: GPL-2.0-only
#include "slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_STRUCT,
	COLUMN_MEMBER,
	COLUMN_STATE,
	COLUMN_SINCE,
	COLUMN_UNTIL,
	COLUMN_EVIDENCE,
	COLUMN_COUNT,
};

/* Is a version, NULL the newest, before one that a column names? "-" names none. */
static bool is_before(const struct version *version, const struct version *named)
{
	return version && version_compare(*version, *named) < 0;
}

/* Does a row hold for the version? Returns -1 if its columns make no sense. */
static int holds(char *const column[COLUMN_COUNT], const struct version *version)
{
	struct version since = { 0 }, until;
	bool ends = strcmp(column[COLUMN_UNTIL], "-") != 0;

	if (strcmp(column[COLUMN_SINCE], "-") && !version_parse(column[COLUMN_SINCE], &since))
		return -1;
	if (ends && !version_parse(column[COLUMN_UNTIL], &until))
		return -1;
	return !is_before(version, &since) && !(ends && !is_before(version, &until));
}

/* Returns 0, or -1 if the line is no row. */
static int take_row(struct slots *slots, char *line, const struct version *version)
{
	char *column[COLUMN_COUNT];
	enum lock_state state;
	int there;

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (!(column[i] = strsep(&line, "\t")) || !*column[i])
			return -1;
	if (!lock_state_parse(column[COLUMN_STATE], &state))
		return -1;
	there = holds(column, version);
	if (there <= 0)
		return there;
	slots->slots = grow(slots->slots, slots->count, sizeof(*slots->slots));
	slots->slots[slots->count++] = (struct slot){
		.name = xasprintf("%s.%s", column[COLUMN_STRUCT], column[COLUMN_MEMBER]),
		.state = state,
	};
	return 0;
}

static int compare_slots(const void *a, const void *b)
{
	return strcmp(((const struct slot *)a)->name, ((const struct slot *)b)->name);
}

int slots_load(const char *rules_dir, const struct version *version, struct slots *slots,
	       struct error *err)
{
	char *path = path_join(rules_dir, SLOT_TABLE), *text = file_read(path, NULL), *rest = text;
	char *line;
	int result = 0;

	*slots = (struct slots){ 0 };
	if (!text)
		result = error_set(err, "cannot read %s: %s", path, strerror(errno));
	else if (!(line = next_line(&rest)) ||
		 strcmp(line, "struct\tmember\tstate\tsince\tuntil\tevidence"))
		result = error_set(err,
				   "%s: the first line must name struct, member, state, since, "
				   "until, evidence",
				   path);
	for (unsigned int number = 2; !result && (line = next_line(&rest)); number++)
		if (take_row(slots, line, version))
			result = error_set(err,
					   "%s:%u: not a row of struct, member, state, since, "
					   "until, evidence",
					   path, number);
	if (slots->count)
		qsort(slots->slots, slots->count, sizeof(*slots->slots), compare_slots);
	free(text);
	free(path);
	return result;
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
