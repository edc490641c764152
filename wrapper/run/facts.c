// SPDX-License-Identifier: GPL-2.0-only
#include "run/facts.h"

#include "base/text.h"
#include "run/stage.h"
#include "source/expression.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ROW_START "resvlint\t"

/* The fields of a row, in order. */
enum field {
	FIELD_MARK,
	FIELD_KIND,
	FIELD_RULE,
	FIELD_CONFIDENCE,
	FIELD_STATE,
	FIELD_FILE,
	FIELD_LINE,
	FIELD_COL,
	FIELD_LINE_END,
	FIELD_COL_END,
	FIELD_FUNCTION,
	FIELD_OPERATION,
	FIELD_OBJECT,
	FIELD_LOCK,
	FIELD_LOCK_LINE,
	FIELD_MESSAGE,
	FIELD_REASON,
	FIELD_HINT,
	FIELD_REPLACE,
	FIELD_WITH,
	FIELD_COUNT,
};

/* A row as it was printed, and what all kinds have in it. */
struct row {
	char *field[FIELD_COUNT];
	size_t rule;
	struct position at;
	unsigned int end_line;
	unsigned int end_column;
	unsigned int lock_line;
	enum confidence confidence;
	size_t source_count; /* there are so many sources */
};

int compare_positions(const struct position *a, const struct position *b)
{
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

static bool split(char *text, char *field[FIELD_COUNT])
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (!(field[i] = strsep(&text, "\t")))
			return false;
	return !text;
}

static bool parse_number(const char *text, unsigned int *number)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	*number = (unsigned int)value;
	return !*end && !errno && value <= UINT_MAX;
}

void facts_add_definition(struct facts *facts, struct definition definition)
{
	struct definitions *all = &facts->definitions;

	all->rows = grow(all->rows, all->count, sizeof(*all->rows));
	all->rows[all->count++] = definition;
}

void facts_add_call(struct facts *facts, struct call call)
{
	struct calls *all = &facts->calls;

	all->rows = grow(all->rows, all->count, sizeof(*all->rows));
	all->rows[all->count++] = call;
}

void facts_add_callback(struct facts *facts, struct callback callback)
{
	struct callbacks *all = &facts->callbacks;

	all->rows = grow(all->rows, all->count, sizeof(*all->rows));
	all->rows[all->count++] = callback;
}

static void add_site(struct facts *facts, struct site site)
{
	struct sites *all = &facts->sites;

	all->rows = grow(all->rows, all->count, sizeof(*all->rows));
	all->rows[all->count++] = site;
}

static void add_rewrite(struct facts *facts, struct rewrite rewrite)
{
	struct rewrites *all = &facts->rewrites;

	all->rows = grow(all->rows, all->count, sizeof(*all->rows));
	all->rows[all->count++] = rewrite;
}

/* Each take_*() takes in one kind of row, and returns what is wrong with it, NULL if nothing is. */

static const char *take_site(struct facts *facts, const struct row *row)
{
	struct site site = {
		.rule = row->rule,
		.at = row->at,
		.end_column = row->end_column,
		.confidence = row->confidence,
		.is_finding = !strcmp(row->field[FIELD_KIND], "finding"),
		.function = row->field[FIELD_FUNCTION],
		.operation = row->field[FIELD_OPERATION],
		.arguments = row->field[FIELD_OBJECT],
		.lock = row->field[FIELD_LOCK],
		.message = row->field[FIELD_MESSAGE],
		.above = "",
		.reason = row->field[FIELD_REASON],
		.hint = row->field[FIELD_HINT],
		.with = row->field[FIELD_WITH],
		.needs = "",
	};

	if (!strcmp(row->field[FIELD_KIND], "site") || site.is_finding)
		site.needs = row->field[FIELD_REPLACE];
	if (!strcmp(row->field[FIELD_KIND], "below") || !strcmp(row->field[FIELD_KIND], "waits")) {
		site.is_finding = true;
		site.waits = *row->field[FIELD_KIND] == 'w' ? SIZE_MAX : 0;
		site.above = row->field[FIELD_REPLACE];
		site.visit = row->lock_line;
	}
	if (!lock_state_parse(row->field[FIELD_STATE], &site.state))
		return "its state is unknown";
	add_site(facts, site);
	return NULL;
}

/* It says of the sites in the rows before, which are of one place, that they are of a kind. */
static const char *take_kind(struct facts *facts, const struct row *row)
{
	for (size_t i = facts->sites.count; i-- > 0;) {
		struct site *site = &facts->sites.rows[i];

		if (site->rule != row->rule || compare_positions(&site->at, &row->at))
			break;
		site->is_of_kind = true;
	}
	return NULL;
}

/* It tells of a call that the sites in the rows before, which are of one place, are about as well.
 */
static const char *take_link(struct facts *facts, const struct row *row)
{
	struct sites *sites = &facts->sites;

	for (size_t i = sites->count; i-- > 0;) {
		struct site *site = &sites->rows[i];

		if (site->rule != row->rule ||
		    compare_positions(&site->at, &sites->rows[sites->count - 1].at))
			break;
		site_add_link(site, (struct link){
					    .kind = LINK_INSIDE,
					    .at = row->at,
					    .function = row->field[FIELD_FUNCTION],
					    .call = row->field[FIELD_OPERATION],
					    .lock = "",
				    });
	}
	return NULL;
}

static const char *take_edit(struct facts *facts, const struct row *row)
{
	struct rewrite rewrite = {
		.rule = row->rule,
		.at = row->at,
		.finding_line = row->lock_line,
		.function = row->field[FIELD_FUNCTION],
		.callee = row->field[FIELD_OPERATION],
		.with = row->field[FIELD_WITH],
	};

	add_rewrite(facts, rewrite);
	return NULL;
}

/* Is what is defined static, by the field that is the state in other rows? */
static bool parse_linkage(const struct row *row, bool *is_static)
{
	*is_static = !strcmp(row->field[FIELD_STATE], "static");
	return *is_static || !strcmp(row->field[FIELD_STATE], "extern");
}

static const char *take_definition(struct facts *facts, const struct row *row)
{
	struct definition definition = {
		.name = row->field[FIELD_OPERATION],
		.at = row->at,
		.expects_lock = row->confidence == CONFIDENCE_LOW,
	};

	if (!parse_linkage(row, &definition.is_static))
		return "its linkage is unknown";
	facts_add_definition(facts, definition);
	return NULL;
}

static const char *take_call(struct facts *facts, const struct row *row)
{
	static const enum passed passed[] = {
		[CONFIDENCE_LOW] = PASSED_OTHER,
		[CONFIDENCE_MEDIUM] = PASSED_PART,
		[CONFIDENCE_HIGH] = PASSED_WHOLE,
	};
	struct call call = {
		.callee = row->field[FIELD_OPERATION],
		.caller = row->field[FIELD_FUNCTION],
		.at = row->at,
		.end_column = row->end_column,
		.passed = passed[row->confidence],
		.arguments = row->field[FIELD_OBJECT],
		.lock = row->field[FIELD_LOCK],
		.lock_line = row->lock_line,
		.from_list = *row->field[FIELD_REASON],
		.is_unsure = !strcmp(row->field[FIELD_HINT], "perhaps"),
		.is_later = !strcmp(row->field[FIELD_HINT], "later"),
		.values = row->field[FIELD_REPLACE],
		.needs = row->field[FIELD_MESSAGE],
	};

	if (!lock_state_parse(row->field[FIELD_STATE], &call.state))
		return "its state is unknown";
	if (!strcmp(row->field[FIELD_KIND], "pass")) {
		call.passed_to = row->field[FIELD_MESSAGE];
		call.needs = "";
		if (!parse_number(row->field[FIELD_OBJECT], &call.argument))
			return "its argument is no number";
	}
	facts_add_call(facts, call);
	return NULL;
}

static const char *take_effect(struct facts *facts, const struct row *row)
{
	struct effect effect = {
		.function = row->field[FIELD_OPERATION],
		.does = row->field[FIELD_LOCK],
		.parameter = row->field[FIELD_OBJECT],
		.through = row->field[FIELD_MESSAGE],
		.through_line = row->lock_line,
		.at = row->at,
		.is_called_here = *row->field[FIELD_REASON],
	};
	struct effects *effects = &facts->effects;

	if (!parse_linkage(row, &effect.is_static))
		return "its linkage is unknown";
	effects->rows = grow(effects->rows, effects->count, sizeof(*effects->rows));
	effects->rows[effects->count++] = effect;
	return NULL;
}

static const char *take_step(struct facts *facts, const struct row *row)
{
	struct descent_calls *steps = &facts->steps;

	steps->rows = grow(steps->rows, steps->count, sizeof(*steps->rows));
	steps->rows[steps->count++] = (struct descent_call){
		.visit = row->lock_line,
		.callee = row->field[FIELD_OPERATION],
		.word = row->field[FIELD_OBJECT],
		.values = row->field[FIELD_MESSAGE],
		.once = row->field[FIELD_REASON],
		.context = row->field[FIELD_HINT],
		.at = row->at,
	};
	return NULL;
}

static const char *take_want(struct facts *facts, const struct row *row)
{
	struct wants *wants = &facts->wants;
	struct want want = { row->at.source, row->field[FIELD_OPERATION], SIZE_MAX };

	if (*row->field[FIELD_FUNCTION] &&
	    (!stage_index(row->field[FIELD_FUNCTION], &want.of) || want.of >= row->source_count))
		return "it is of an unknown file";
	wants->rows = grow(wants->rows, wants->count, sizeof(*wants->rows));
	wants->rows[wants->count++] = want;
	return NULL;
}

static const char *take_lost(struct facts *facts, const struct row *row)
{
	facts->lost = grow(facts->lost, facts->lost_count, sizeof(*facts->lost));
	facts->lost[facts->lost_count++] = (struct lost){ row->at, row->end_line };
	return NULL;
}

static const struct kind {
	const char *name;
	const char *(*take)(struct facts *facts, const struct row *row);
	bool has_no_rule;
} kinds[] = {
	{ .name = "finding", .take = take_site },
	{ .name = "site", .take = take_site },
	{ .name = "edit", .take = take_edit },
	{ .name = "kind", .take = take_kind },
	{ .name = "link", .take = take_link },
	{ .name = "define", .take = take_definition },
	{ .name = "call", .take = take_call },
	{ .name = "pass", .take = take_call },
	{ .name = "wrapper", .take = take_effect },
	{ .name = "below", .take = take_site },
	{ .name = "waits", .take = take_site },
	{ .name = "descend", .take = take_step },
	{ .name = "lost", .take = take_lost, .has_no_rule = true },
	{ .name = "want", .take = take_want, .has_no_rule = true },
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

/* Cuts up the text of a row, which is kept, and takes it in. What is wrong with it, NULL: nothing.
 */
static const char *parse_row(struct facts *facts, char *text, const struct catalogue *catalogue,
			     size_t source_count)
{
	const struct kind *kind;
	struct row row = { .source_count = source_count };

	if (!split(text, row.field))
		return "it does not have 20 fields";
	kind = find_kind(row.field[FIELD_KIND]);
	if (!kind)
		return "its kind is unknown";
	if (!kind->has_no_rule && !catalogue_find_id(catalogue, row.field[FIELD_RULE], &row.rule))
		return "its rule is unknown";
	if (!confidence_parse(row.field[FIELD_CONFIDENCE], &row.confidence))
		return "its confidence is unknown";
	if (!stage_index(row.field[FIELD_FILE], &row.at.source) || row.at.source >= source_count)
		return "its file is unknown";
	if (!parse_number(row.field[FIELD_LINE], &row.at.line) ||
	    !parse_number(row.field[FIELD_COL], &row.at.column) ||
	    !parse_number(row.field[FIELD_LINE_END], &row.end_line) ||
	    !parse_number(row.field[FIELD_COL_END], &row.end_column) ||
	    !parse_number(row.field[FIELD_LOCK_LINE], &row.lock_line))
		return "a line or column is no number";
	expression_tidy(row.field[FIELD_OBJECT]);
	expression_tidy(row.field[FIELD_LOCK]);
	expression_tidy_quoted(row.field[FIELD_MESSAGE]);
	expression_tidy_quoted(row.field[FIELD_REASON]);
	expression_tidy_quoted(row.field[FIELD_HINT]);
	expression_tidy(row.field[FIELD_WITH]);
	return kind->take(facts, &row);
}

char *facts_keep(struct facts *facts, const char *string)
{
	names_add(&facts->texts, string);
	return facts->texts.names[facts->texts.count - 1];
}

int facts_parse(struct facts *facts, char *out, const struct catalogue *catalogue,
		size_t source_count, FILE *others, struct error *err)
{
	char *line;

	while ((line = next_line(&out))) {
		if (starts_with(line, ROW_START)) {
			const char *wrong =
				parse_row(facts, facts_keep(facts, line), catalogue, source_count);

			if (wrong)
				return error_set(err,
						 "internal error: the rules printed a malformed "
						 "row (%s): %s",
						 wrong, line);
		} else if (others && *line) {
			fputs("resvlint: ", others);
			text_print(others, line);
			putc('\n', others);
		}
	}
	return 0;
}

static bool is_meant(rule_set rules, size_t rule, const bool *sources, size_t source)
{
	return rules >> rule & 1 && sources[source];
}

void facts_drop(struct facts *facts, rule_set rules, const bool *sources)
{
	struct sites *sites = &facts->sites;
	struct rewrites *rewrites = &facts->rewrites;
	size_t kept = 0;

	for (size_t i = 0; i < sites->count; i++) {
		if (is_meant(rules, sites->rows[i].rule, sources, sites->rows[i].at.source))
			free(sites->rows[i].chain);
		else
			sites->rows[kept++] = sites->rows[i];
	}
	sites->count = kept;
	kept = 0;
	for (size_t i = 0; i < rewrites->count; i++)
		if (!is_meant(rules, rewrites->rows[i].rule, sources, rewrites->rows[i].at.source))
			rewrites->rows[kept++] = rewrites->rows[i];
	rewrites->count = kept;
}

void facts_take(struct facts *facts, struct facts *from, const bool *sources)
{
	for (size_t i = 0; i < from->sites.count; i++) {
		struct site *site = &from->sites.rows[i];

		if (!sources[site->at.source])
			continue;
		add_site(facts, *site);
		*site = (struct site){ 0 };
	}
	for (size_t i = 0; i < from->rewrites.count; i++)
		if (sources[from->rewrites.rows[i].at.source])
			add_rewrite(facts, from->rewrites.rows[i]);
	names_move(&facts->texts, &from->texts);
}

void facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->sites.count; i++)
		free(facts->sites.rows[i].chain);
	free(facts->sites.rows);
	free(facts->rewrites.rows);
	free(facts->definitions.rows);
	free(facts->calls.rows);
	free(facts->callbacks.rows);
	free(facts->effects.rows);
	free(facts->steps.rows);
	free(facts->wants.rows);
	free(facts->lost);
	names_free(&facts->texts);
}

void site_add_link(struct site *site, struct link link)
{
	site->chain = grow(site->chain, site->chain_length, sizeof(*site->chain));
	site->chain[site->chain_length++] = link;
}

void site_end_way(struct site *site)
{
	site_add_link(site, (struct link){
				    .kind = LINK_OPERATION,
				    .at = site->at,
				    .function = site->function,
				    .call = site->operation,
				    .lock = "",
			    });
}
