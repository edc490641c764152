// SPDX-License-Identifier: GPL-2.0-only
#include "report/convention.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *variant_of(const struct convention_row *row)
{
	return row->variant ? row->variant : "-";
}

static void print_origin(FILE *out, const struct convention_row *row)
{
	if (row->line) {
		fprintf(out, CONVENTION_SOURCE ":%u\n", row->line);
		return;
	}
	fprintf(out, "built-in, since %u.%u", row->since.major, row->since.minor);
	if (version_compare(row->until, version_never) < 0)
		fprintf(out, ", until %u.%u", row->until.major, row->until.minor);
	putc('\n', out);
}

static void widen(int *width, const char *text)
{
	int length = (int)strlen(text);

	if (length > *width)
		*width = length;
}

void report_convention(FILE *out, const struct tree *tree, const struct convention *convention)
{
	int clause = (int)strlen("clause"), api = 0, variant = (int)strlen("variant");

	for (size_t i = 0; i < convention->count; i++) {
		widen(&clause, convention->rows[i].clause);
		widen(&api, convention->rows[i].api);
		widen(&variant, variant_of(&convention->rows[i]));
	}
	fprintf(out, "locking convention of %s, from ", convention->version);
	text_print(out, convention->from_tree ? tree->root : "the built-in table");
	fprintf(out, "\n%-*s  %-*s  %-*s  from\n", clause, "clause", api, "api", variant,
		"variant");
	for (size_t i = 0; i < convention->count; i++) {
		const struct convention_row *row = &convention->rows[i];

		fprintf(out, "%-*s  %-*s  %-*s  ", clause, row->clause, api, row->api, variant,
			variant_of(row));
		print_origin(out, row);
	}
}

static void print_note(FILE *out, const char *text)
{
	fputs("resvlint: ", out);
	text_print(out, text);
	putc('\n', out);
}

void report_convention_notes(FILE *out, const struct convention *convention, bool quiet,
			     bool verbose)
{
	char *copy, *rest, *line;

	if (convention->warning && !quiet)
		print_note(out, convention->warning);
	if (!convention->comparison || !verbose)
		return;
	copy = rest = xstrdup(convention->comparison);
	while ((line = next_line(&rest)))
		print_note(out, line);
	free(copy);
}
