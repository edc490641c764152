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

static bool split(char *text, char *field[FIELD_COUNT])
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (!(field[i] = strsep(&text, "\t")))
			return false;
	return !text;
}

static bool parse_kind(const char *name, enum fact_kind *kind)
{
	static const char *const kinds[] = { "finding", "site", "edit", "kind",    "define",
					     "call",    "pass", "slot", "wrapper", "lost" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!strcmp(name, kinds[i])) {
			*kind = (enum fact_kind)i;
			return true;
		}
	}
	return false;
}

/* The state of the lock or, for a definition, whether it is a static one. */
static bool parse_state(const char *name, struct fact *fact)
{
	if (fact->kind != FACT_DEFINE && fact->kind != FACT_WRAPPER)
		return lock_state_parse(name, &fact->state);
	fact->is_static = !strcmp(name, "static");
	return fact->is_static || !strcmp(name, "extern");
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

/* What is wrong with a row, NULL if nothing is. */
static const char *parse_row(struct fact *fact, const struct catalogue *catalogue,
			     size_t source_count)
{
	char *field[FIELD_COUNT];

	if (!split(fact->text, field))
		return "it does not have 20 fields";
	if (!parse_kind(field[FIELD_KIND], &fact->kind))
		return "its kind is unknown";
	if (fact->kind != FACT_LOST &&
	    !catalogue_find_id(catalogue, field[FIELD_RULE], &fact->rule))
		return "its rule is unknown";
	if (!confidence_parse(field[FIELD_CONFIDENCE], &fact->confidence))
		return "its confidence is unknown";
	if (!parse_state(field[FIELD_STATE], fact))
		return "its state is unknown";
	if (!stage_index(field[FIELD_FILE], &fact->source) || fact->source >= source_count)
		return "its file is unknown";
	if (!parse_number(field[FIELD_LINE], &fact->line) ||
	    !parse_number(field[FIELD_COL], &fact->column) ||
	    !parse_number(field[FIELD_LINE_END], &fact->end_line) ||
	    !parse_number(field[FIELD_COL_END], &fact->end_column) ||
	    !parse_number(field[FIELD_LOCK_LINE], &fact->lock_line))
		return "a line or column is no number";
	expression_tidy(field[FIELD_OBJECT]);
	expression_tidy(field[FIELD_LOCK]);
	expression_tidy_quoted(field[FIELD_MESSAGE]);
	expression_tidy_quoted(field[FIELD_REASON]);
	expression_tidy_quoted(field[FIELD_HINT]);
	expression_tidy(field[FIELD_WITH]);
	fact->function = field[FIELD_FUNCTION];
	fact->operation = field[FIELD_OPERATION];
	fact->object = field[FIELD_OBJECT];
	fact->lock = field[FIELD_LOCK];
	fact->message = field[FIELD_MESSAGE];
	fact->reason = field[FIELD_REASON];
	fact->hint = field[FIELD_HINT];
	fact->replace = field[FIELD_REPLACE];
	fact->with = field[FIELD_WITH];
	return NULL;
}

static void push(struct facts *facts, struct fact fact)
{
	facts->facts = grow(facts->facts, facts->count, sizeof(*facts->facts));
	facts->facts[facts->count++] = fact;
}

static bool is_of_one_place(const struct fact *a, const struct fact *b)
{
	return a->rule == b->rule && a->source == b->source && a->line == b->line &&
	       a->column == b->column;
}

/* A row of FACT_KIND comes right behind those of the finding that it is about. */
static void note_kind(struct facts *facts, struct fact *row)
{
	for (size_t i = facts->count; i-- > 0 && is_of_one_place(&facts->facts[i], row);)
		facts->facts[i].is_of_kind = true;
	free(row->text);
}

static int add_row(struct facts *facts, const char *line, const struct catalogue *catalogue,
		   size_t source_count, struct error *err)
{
	struct fact fact = { .text = xstrdup(line) };
	const char *wrong = parse_row(&fact, catalogue, source_count);

	if (wrong) {
		free(fact.text);
		return error_set(err, "internal error: the rules printed a malformed row (%s): %s",
				 wrong, line);
	}
	if (fact.kind == FACT_KIND) {
		note_kind(facts, &fact);
		return 0;
	}
	push(facts, fact);
	return 0;
}

int facts_parse(struct facts *facts, char *out, const struct catalogue *catalogue,
		size_t source_count, FILE *others, struct error *err)
{
	char *line;

	while ((line = next_line(&out))) {
		if (starts_with(line, ROW_START)) {
			if (add_row(facts, line, catalogue, source_count, err))
				return -1;
		} else if (others && *line) {
			fputs("resvlint: ", others);
			text_print(others, line);
			putc('\n', others);
		}
	}
	return 0;
}

/* Copies a string to the end of a text, and returns where it is. */
static const char *append(char **end, const char *string)
{
	char *start = *end;

	*end = stpcpy(start, string) + 1;
	return start;
}

void facts_add(struct facts *facts, const struct fact *row)
{
	const char *const strings[] = { row->function, row->operation, row->lock, row->object };
	struct fact fact = *row;
	size_t room = 1;
	char *end;

	for (size_t i = 0; i < sizeof(strings) / sizeof(*strings); i++)
		room += strlen(strings[i]) + 1;
	end = fact.text = xcalloc(room, 1);
	fact.message = fact.reason = fact.hint = fact.replace = fact.with = append(&end, "");
	fact.function = append(&end, row->function);
	fact.operation = append(&end, row->operation);
	fact.lock = append(&end, row->lock);
	fact.object = append(&end, row->object);
	push(facts, fact);
}

void facts_move(struct facts *to, struct facts *from)
{
	for (size_t i = 0; i < from->count; i++)
		push(to, from->facts[i]);
	from->count = 0;
}

bool fact_is_open(const struct fact *fact)
{
	return (fact->kind == FACT_FINDING || fact->kind == FACT_SITE) &&
	       fact->state == STATE_INHERITED;
}

void fact_add_link(struct fact *fact, struct link link)
{
	fact->chain = grow(fact->chain, fact->chain_length, sizeof(*fact->chain));
	fact->chain[fact->chain_length++] = link;
}

void fact_end_way(struct fact *fact)
{
	fact_add_link(fact, (struct link){
				    .kind = LINK_OPERATION,
				    .source = fact->source,
				    .line = fact->line,
				    .function = fact->function,
				    .call = fact->operation,
				    .lock = "",
			    });
}

static void fact_free(struct fact *fact)
{
	free(fact->chain);
	free(fact->made[0]);
	free(fact->made[1]);
	free(fact->text);
}

void facts_drop_marked(struct facts *facts, const bool *marked)
{
	size_t kept = 0;

	for (size_t i = 0; i < facts->count; i++) {
		if (marked[i])
			fact_free(&facts->facts[i]);
		else
			facts->facts[kept++] = facts->facts[i];
	}
	facts->count = kept;
}

void facts_drop(struct facts *facts, bool (*drop)(const void *context, const struct fact *fact),
		const void *context)
{
	bool *marked = xcalloc(facts->count, sizeof(*marked));

	for (size_t i = 0; i < facts->count; i++)
		marked[i] = drop(context, &facts->facts[i]);
	facts_drop_marked(facts, marked);
	free(marked);
}

void facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		fact_free(&facts->facts[i]);
	free(facts->facts);
}
