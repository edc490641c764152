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

/* Where a sentence is. The caller frees. */
static char *origin_of(const struct contract *contract, const struct contract_row *row)
{
	if (!contract->from_tree)
		return xstrdup("built-in");
	return row->line ? xasprintf(CONTRACT_SOURCE ":%u", row->line)
			 : xstrdup("not in the tree's text");
}

void report_contract(FILE *out, const struct tree *tree, const struct contract *contract)
{
	int clause = (int)strlen("clause"), rules = (int)strlen("rules"), from = 0;

	for (size_t i = 0; i < contract->count; i++) {
		char *origin = origin_of(contract, &contract->rows[i]);

		widen(&clause, contract->rows[i].clause);
		widen(&rules, contract->rows[i].rules);
		widen(&from, origin);
		free(origin);
	}
	fputs("fence cross-driver contract, from ", out);
	text_print(out, contract->from_tree ? tree->root : "the built-in table");
	fprintf(out, "\n%-*s  %-*s  %-*s  sentence\n", clause, "clause", rules, "rules", from,
		"from");
	for (size_t i = 0; i < contract->count; i++) {
		const struct contract_row *row = &contract->rows[i];
		char *origin = origin_of(contract, row);

		fprintf(out, "%-*s  %-*s  %-*s  %s\n", clause, row->clause, rules, row->rules, from,
			origin, row->sentence);
		free(origin);
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
