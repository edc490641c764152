// SPDX-License-Identifier: GPL-2.0-only
#include "series/diffstat.h"

#include <stdlib.h>
#include <string.h>

/* Columns of a line, and what its signs have left of it at least. */
#define WIDTH 72
#define LEAST_ROOM 10

void diffstat_add(struct diffstat *stat, const char *path, const struct patch *patch)
{
	stat->lines = grow(stat->lines, stat->count, sizeof(*stat->lines));
	stat->lines[stat->count++] = (struct stat_line){
		.name = patch_quote("", path),
		.insertions = patch->insertions,
		.deletions = patch->deletions,
	};
}

/* How wide the columns are. */
struct layout {
	int name;
	int number;
	size_t most; /* lines that change in one file */
	size_t room; /* for the signs */
};

static void lay_out(struct layout *layout, const struct diffstat *stat)
{
	size_t taken;

	*layout = (struct layout){ 0 };
	for (size_t i = 0; i < stat->count; i++) {
		const struct stat_line *line = &stat->lines[i];
		int length = (int)strlen(line->name);
		size_t lines = line->insertions + line->deletions;

		layout->name = length > layout->name ? length : layout->name;
		layout->most = lines > layout->most ? lines : layout->most;
	}
	layout->number = snprintf(NULL, 0, "%zu", layout->most);
	taken = (size_t)(layout->name + layout->number) + strlen("  |  ");
	layout->room = taken + LEAST_ROOM < WIDTH ? WIDTH - taken : LEAST_ROOM;
}

/* Prints a sign for each line, or for as many as there is room for, but one at least. */
static void print_signs(FILE *out, const struct layout *layout, char sign, size_t lines)
{
	size_t count = lines;

	if (layout->most > layout->room && lines) {
		count = lines * layout->room / layout->most;
		count = count ? count : 1;
	}
	while (count--)
		putc(sign, out);
}

static void print_sum(FILE *out, size_t count, const char *what)
{
	if (count)
		fprintf(out, ", %zu %s%s(%c)", count, what, count == 1 ? "" : "s",
			*what == 'i' ? '+' : '-');
}

void diffstat_print(FILE *out, const struct diffstat *stat)
{
	size_t insertions = 0, deletions = 0;
	struct layout layout;

	lay_out(&layout, stat);
	for (size_t i = 0; i < stat->count; i++) {
		const struct stat_line *line = &stat->lines[i];

		fprintf(out, " %-*s | %*zu ", layout.name, line->name, layout.number,
			line->insertions + line->deletions);
		print_signs(out, &layout, '+', line->insertions);
		print_signs(out, &layout, '-', line->deletions);
		putc('\n', out);
		insertions += line->insertions;
		deletions += line->deletions;
	}
	fprintf(out, " %zu file%s changed", stat->count, stat->count == 1 ? "" : "s");
	print_sum(out, insertions, "insertion");
	print_sum(out, deletions, "deletion");
	putc('\n', out);
}

void diffstat_free(struct diffstat *stat)
{
	for (size_t i = 0; i < stat->count; i++)
		free(stat->lines[i].name);
	free(stat->lines);
}
