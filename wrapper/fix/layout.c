// SPDX-License-Identifier: GPL-2.0-only
#include "fix/layout.h"

#include "source/lexer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Columns of a line, and of a tab. */
#define WIDTH 100
#define TAB 8

/* No line of more bytes is broken. */
#define LINE_LIMIT 1000

/* Brackets within brackets, and conditionals within conditionals. */
#define DEPTH 1000

/* For no bracket. */
#define NONE SIZE_MAX

/*
 * A bracket that is open, or was where a conditional began. Its parent, the bracket around it, has
 * a lower index.
 */
struct bracket {
	char open;
	size_t parent; /* or NONE */
	size_t depth;
	size_t was;    /* its column in the old text */
	size_t now;    /* and in the new one */
	size_t place;  /* its place in the new text */
	long shift;    /* by how many columns the line moved that it belongs to */
	size_t indent; /* that line's indentation in the old text */
};

/* A conditional whose #endif has not come yet. */
struct conditional {
	size_t before; /* the innermost bracket before it */
	size_t after;  /* and at the end of its first branch */
	bool has_else;
	size_t floor; /* of the brackets before it */
};

/* What a line can be broken behind, the best first. */
enum rank {
	RANK_COMMA,
	RANK_LOGICAL,
	RANK_ASSIGNMENT,
	RANK_COUNT,
};

/* A place at which a line can be broken. */
struct gap {
	enum rank rank;
	size_t end;     /* of what stays on the line, in the new text */
	size_t next;    /* where what goes to the next line begins */
	size_t bracket; /* the place of the bracket that it is aligned to, or NONE */
	size_t align;   /* the column that it goes to */
};

struct layout {
	struct lexer lexer;
	bool is_new; /* the lexer is at a replacement, not at the old text */
	unsigned int line_number;
	struct error *err;
	bool failed;

	char *out;
	size_t length;
	size_t capacity;

	/* The current line. */
	size_t line;       /* where it begins in the new text */
	size_t was;        /* the column in the old text */
	size_t now;        /* and in the new one */
	size_t widest;     /* the widest of the old lines in it that have ended */
	size_t indent;     /* its new indentation */
	long shift;        /* by how many columns it moved */
	bool is_start;     /* nothing of it is written yet */
	bool is_changed;   /* an edit made it other than it was */
	bool is_continued; /* it goes on with an expression of the line before */
	size_t start_top;  /* the innermost bracket where it begins */
	struct gap *gaps;
	size_t gap_count;
	bool has_pending; /* the next token, if it is on this line, makes `pending` a gap */
	struct gap pending;
	char last; /* the last byte of code that was written */

	struct bracket *brackets;
	size_t bracket_count;
	size_t floor; /* brackets below are kept, even when they are closed */
	size_t top;   /* the innermost that is open, or NONE */

	bool in_directive;
	bool has_keyword; /* the directive's first word has been seen */
	size_t outer;     /* the innermost bracket around the directive */
	size_t outer_floor;
	struct conditional *conditionals;
	size_t conditional_count;
};

/* The column behind some bytes that begin at a column. UTF-8 characters are one column wide. */
static size_t column_behind(size_t column, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\t')
			column += TAB - column % TAB;
		else
			column += ((unsigned char)bytes[i] & 0xc0) != 0x80;
	}
	return column;
}

static void reserve(struct layout *layout, size_t more)
{
	if (layout->capacity - layout->length > more)
		return;
	layout->capacity = 2 * layout->capacity + more + 1;
	layout->out = xrealloc(layout->out, layout->capacity);
}

/* Writes bytes of the current line. */
static void write_bytes(struct layout *layout, const char *bytes, size_t length)
{
	reserve(layout, length);
	memcpy(layout->out + layout->length, bytes, length);
	layout->length += length;
	layout->now = column_behind(layout->now, bytes, length);
	layout->is_start = false;
}

/* Writes blanks up to a column: as many tabs as fit, if tabs are wanted, then blanks. */
static void write_blanks(struct layout *layout, size_t column, bool tabs)
{
	while (tabs && layout->now / TAB < column / TAB)
		write_bytes(layout, "\t", 1);
	while (layout->now < column)
		write_bytes(layout, " ", 1);
}

/* Passes over bytes of the old text, which lie on one line. */
static void pass(struct layout *layout, size_t start, size_t end)
{
	layout->was = column_behind(layout->was, layout->lexer.text + start, end - start);
}

/* Copies bytes that lie on one line. */
static void copy(struct layout *layout, size_t start, size_t end)
{
	write_bytes(layout, layout->lexer.text + start, end - start);
	if (!layout->is_new)
		pass(layout, start, end);
}

static void fail(struct layout *layout, const char *what)
{
	layout->failed = true;
	error_set(layout->err, "line %u: %s are nested too deeply", layout->line_number, what);
}

/* The column of a place in the current line. */
static size_t column_of(const struct layout *layout, size_t place)
{
	return column_behind(0, layout->out + layout->line, place - layout->line);
}

/* The width of what follows a gap, once it is on a line of its own. */
static size_t width_of_rest(const struct layout *layout, const struct gap *gap)
{
	return column_behind(gap->align, layout->out + gap->next, layout->length - gap->next);
}

/* The gap to break the current line at, NULL if there is none that helps. */
static const struct gap *choose_gap(const struct layout *layout)
{
	const struct gap *last_comma = NULL;

	for (enum rank rank = 0; rank < RANK_COUNT; rank++) {
		for (size_t i = layout->gap_count; i > 0; i--) {
			const struct gap *gap = &layout->gaps[i - 1];

			if (gap->rank != rank || column_of(layout, gap->end) > WIDTH ||
			    gap->align >= column_of(layout, gap->next))
				continue;
			if (width_of_rest(layout, gap) <= WIDTH)
				return gap;
			if (rank == RANK_COMMA && !last_comma)
				last_comma = gap;
		}
	}
	return last_comma;
}

/* Breaks the current line at a gap: what follows is the current line then. */
static void break_line(struct layout *layout, struct gap gap, const char *newline, size_t length)
{
	size_t indent = gap.align / TAB + gap.align % TAB, next = gap.end + length + indent;
	size_t kept = 0;

	reserve(layout, length + indent);
	memmove(layout->out + next, layout->out + gap.next, layout->length - gap.next);
	memcpy(layout->out + gap.end, newline, length);
	memset(layout->out + gap.end + length, '\t', gap.align / TAB);
	memset(layout->out + next - gap.align % TAB, ' ', gap.align % TAB);
	layout->length = layout->length - gap.next + next;
	layout->line = gap.end + length;
	layout->now = column_of(layout, layout->length);
	for (size_t i = layout->top; i != NONE; i = layout->brackets[i].parent) {
		struct bracket *bracket = &layout->brackets[i];

		if (bracket->place < gap.next)
			break;
		bracket->place = bracket->place - gap.next + next;
		bracket->now = column_of(layout, bracket->place);
	}
	for (size_t i = 0; i < layout->gap_count; i++) {
		struct gap other = layout->gaps[i];

		if (other.next <= gap.next)
			continue;
		other.end = other.end - gap.next + next;
		other.next = other.next - gap.next + next;
		if (other.bracket != NONE && other.bracket >= gap.next) {
			other.bracket = other.bracket - gap.next + next;
			other.align = column_of(layout, other.bracket) + 1;
		}
		layout->gaps[kept++] = other;
	}
	layout->gap_count = kept;
}

/* Breaks the current line, which ends, if it is too long by an edit. */
static void fit_line(struct layout *layout, const char *newline, size_t length)
{
	const struct gap *gap;

	if (layout->was > layout->widest)
		layout->widest = layout->was;
	if (!layout->is_changed || layout->widest > WIDTH ||
	    layout->length - layout->line > LINE_LIMIT)
		return;
	while (layout->now > WIDTH && (gap = choose_gap(layout)))
		break_line(layout, *gap, newline, length);
}

/* Ends the current line with this newline, and begins another. */
static void end_line(struct layout *layout, const char *newline, size_t length)
{
	fit_line(layout, newline, length);
	write_bytes(layout, newline, length);
	layout->line_number++;
	layout->line = layout->length;
	layout->was = layout->now = layout->widest = layout->indent = 0;
	layout->shift = 0;
	layout->is_start = true;
	layout->is_changed = false;
	layout->is_continued = layout->last && strchr("=&|+-*/%^<>?,", layout->last);
	layout->start_top = layout->top;
	layout->gap_count = 0;
	layout->has_pending = false;
}

/* The bracket that the code here is in, NULL if there is none. */
static const struct bracket *innermost(const struct layout *layout)
{
	return layout->top == NONE ? NULL : &layout->brackets[layout->top];
}

static void open_bracket(struct layout *layout, char open)
{
	const struct bracket *parent = innermost(layout);
	struct bracket bracket = {
		.open = open,
		.parent = layout->top,
		.depth = parent ? parent->depth + 1 : 1,
		.was = layout->was,
		.now = layout->now,
		.place = layout->length,
		.shift = layout->shift,
		.indent = (size_t)((long)layout->indent - layout->shift),
	};

	/* A block belongs to what is around it, however its head is aligned. */
	if (open == '{' && (!parent || parent->open == '{')) {
		bracket.shift = parent ? parent->shift : 0;
		bracket.indent = parent ? parent->indent : 0;
	}

	if (bracket.depth > DEPTH) {
		fail(layout, "brackets");
		return;
	}
	layout->brackets = grow(layout->brackets, layout->bracket_count, sizeof(*layout->brackets));
	layout->top = layout->bracket_count++;
	layout->brackets[layout->top] = bracket;
}

/* Drops the brackets that are in nobody's way any more. */
static void drop_brackets(struct layout *layout)
{
	size_t open = layout->top == NONE ? 0 : layout->top + 1;

	layout->bracket_count = open > layout->floor ? open : layout->floor;
}

/* A parenthesis closes none but its own; a brace also what was left open in it. */
static void close_bracket(struct layout *layout, char open)
{
	size_t at = layout->top;

	while (open == '{' && at != NONE && layout->brackets[at].open != open)
		at = layout->brackets[at].parent;
	if (at == NONE || layout->brackets[at].open != open)
		return;
	layout->top = layout->brackets[at].parent;
	drop_brackets(layout);
}

/* Where a line goes that begins at a column. */
static size_t new_indent(const struct layout *layout, size_t was)
{
	const struct bracket *bracket = innermost(layout);

	if (!bracket)
		return was;
	if (bracket->open != '{' && was == bracket->was + 1)
		return bracket->now + 1;
	/* A block that is not laid out from its line on has another reason to be where it is. */
	if (bracket->open == '{' && was % TAB != bracket->indent % TAB)
		return was;
	if (was < bracket->indent || (bracket->shift < 0 && was < (size_t)-bracket->shift))
		return was;
	return was + (size_t)bracket->shift;
}

/* Indents a line by blanks that are there, so that it begins at another column. */
static void indent(struct layout *layout, size_t start, size_t end, size_t column)
{
	size_t was = column_behind(0, layout->lexer.text + start, end - start);

	if (column == was) {
		copy(layout, start, end);
	} else {
		write_blanks(layout, column, true);
		pass(layout, start, end);
		layout->shift = (long)column - (long)was;
		layout->is_changed = true;
	}
	layout->indent = column;
}

/* Does the line end at `at`? */
static bool is_line_end(const struct lexer *lexer, size_t at)
{
	return at >= lexer->length || lexer->text[at] == '\n' ||
	       (lexer->text[at] == '\r' && at + 1 < lexer->length && lexer->text[at + 1] == '\n');
}

static void lay_blank(struct layout *layout, struct token token)
{
	const struct lexer *lexer = &layout->lexer;
	char next = is_line_end(lexer, token.end) ? '\n' : lexer->text[token.end];
	size_t column =
		column_behind(layout->was, lexer->text + token.start, token.end - token.start);

	if (layout->is_start && next != '\n' && next != '\\' &&
	    (next != '#' || layout->in_directive)) {
		indent(layout, token.start, token.end, new_indent(layout, column));
	} else if (next == '\\' && layout->now != layout->was && column > layout->was + 1) {
		bool tabs = memchr(lexer->text + token.start, '\t', token.end - token.start);

		pass(layout, token.start, token.end);
		if (layout->now < column)
			write_blanks(layout, column, tabs);
		else
			write_bytes(layout, lexer->text + token.start, 1);
	} else {
		copy(layout, token.start, token.end);
	}
}

/* Copies a token that may have more lines than one. Those of a comment follow its first. */
static void lay_lines(struct layout *layout, struct token token)
{
	const char *text = layout->lexer.text;
	size_t column = layout->was, at = token.start;
	long shift = layout->shift, own_shift = (long)layout->now - (long)layout->was;
	const char *newline;

	while ((newline = memchr(text + at, '\n', token.end - at))) {
		size_t end = (size_t)(newline - text), blanks, was;

		end -= end > at && text[end - 1] == '\r';
		copy(layout, at, end);
		at = (size_t)(newline - text) + 1;
		end_line(layout, text + end, at - end);
		for (blanks = at; blanks < token.end; blanks++)
			if (text[blanks] != ' ' && text[blanks] != '\t')
				break;
		if (token.kind != TOKEN_COMMENT || is_line_end(&layout->lexer, blanks))
			continue;
		was = column_behind(0, text + at, blanks - at);
		/* What is aligned to the comment's beginning follows that. */
		layout->shift = was > column ? own_shift : shift;
		if (layout->shift < 0 && was < (size_t)-layout->shift)
			layout->shift = 0;
		indent(layout, at, blanks, was + (size_t)layout->shift);
		at = blanks;
	}
	copy(layout, at, token.end);
}

/*
 * A gap of this rank is behind the sign that was just written, if code follows on its line. There
 * are none in preprocessor lines.
 */
static void expect_gap(struct layout *layout, enum rank rank)
{
	const struct bracket *bracket = innermost(layout);
	struct gap gap = { .rank = rank, .end = layout->length, .bracket = NONE };

	if (bracket && bracket->open == '(') {
		if (bracket->place >= layout->line)
			gap.bracket = bracket->place;
		gap.align = layout->top == layout->start_top ? layout->indent : bracket->now + 1;
	} else if (rank != RANK_COMMA &&
		   (!bracket || (bracket->open == '{' && bracket->place < layout->line))) {
		gap.align = layout->indent + (layout->is_continued ? 0 : TAB);
	} else {
		return;
	}
	layout->pending = gap;
	layout->has_pending = !layout->in_directive && layout->length - layout->line <= LINE_LIMIT;
}

/* Makes the expected gap one, if this token allows it. */
static void settle_gap(struct layout *layout, struct token token)
{
	if (!layout->has_pending || token.kind == TOKEN_BLANK)
		return;
	layout->has_pending = false;
	if (!token_is_code(token))
		return;
	layout->gaps = grow(layout->gaps, layout->gap_count, sizeof(*layout->gaps));
	layout->pending.next = layout->length;
	layout->gaps[layout->gap_count++] = layout->pending;
}

static void lay_sign(struct layout *layout, struct token token)
{
	const struct lexer *lexer = &layout->lexer;
	char sign = lexer->text[token.start];
	char before = token.start ? lexer->text[token.start - 1] : '\0';
	char behind = token.end < lexer->length ? lexer->text[token.end] : '\0';

	/* A brace in the first column begins or ends a function, whatever was open. */
	if ((sign == '{' || sign == '}') && !layout->was && !layout->is_new &&
	    !layout->in_directive)
		layout->top = NONE;
	if (sign == '(' || sign == '[' || sign == '{')
		open_bracket(layout, sign);
	else if (sign == ')' || sign == ']' || sign == '}')
		close_bracket(layout, sign == ')' ? '(' : sign == ']' ? '[' : '{');
	copy(layout, token.start, token.end);
	if (sign == ',')
		expect_gap(layout, RANK_COMMA);
	else if ((sign == '&' || sign == '|') && before == sign)
		expect_gap(layout, RANK_LOGICAL);
	else if (sign == '=' && behind != '=' && !(before && strchr("=!<>", before)))
		expect_gap(layout, RANK_ASSIGNMENT);
}

/* Are these brackets, and those around them, the same to the lines behind? */
static bool are_same(const struct layout *layout, size_t a, size_t b)
{
	while (a != b && a != NONE && b != NONE) {
		const struct bracket *one = &layout->brackets[a], *other = &layout->brackets[b];

		if (one->open != other->open || one->was != other->was || one->now != other->now ||
		    one->shift != other->shift || one->indent != other->indent)
			return false;
		a = one->parent;
		b = other->parent;
	}
	return a == b;
}

/* Sees to the brackets around a conditional, of which the directive here is a part. */
static void lay_conditional(struct layout *layout, enum directive directive)
{
	struct conditional *conditional =
		layout->conditional_count ? &layout->conditionals[layout->conditional_count - 1]
					  : NULL;

	if (directive == DIRECTIVE_IF) {
		if (layout->conditional_count == DEPTH) {
			fail(layout, "conditionals");
			return;
		}
		layout->conditionals = grow(layout->conditionals, layout->conditional_count,
					    sizeof(*layout->conditionals));
		layout->conditionals[layout->conditional_count++] =
			(struct conditional){ layout->outer, NONE, false, layout->outer_floor };
		layout->outer_floor = layout->floor;
	} else if (directive == DIRECTIVE_ELSE && conditional) {
		if (!conditional->has_else)
			conditional->after = layout->outer;
		conditional->has_else = true;
		layout->outer = conditional->before;
		layout->outer_floor = layout->floor;
	} else if (directive == DIRECTIVE_ENDIF && conditional) {
		/* If the branches disagree, the lines behind stay where they are. */
		if (conditional->has_else && !are_same(layout, conditional->after, layout->outer))
			for (size_t i = layout->outer; i != NONE && i != conditional->before;
			     i = layout->brackets[i].parent) {
				layout->brackets[i].was = layout->brackets[i].now;
				layout->brackets[i].shift = 0;
			}
		layout->outer_floor = conditional->floor;
		layout->conditional_count--;
	}
}

static void begin_directive(struct layout *layout)
{
	layout->in_directive = true;
	layout->has_keyword = false;
	layout->outer = layout->top;
	layout->outer_floor = layout->floor;
	layout->floor = layout->bracket_count;
	layout->top = NONE;
}

static void end_directive(struct layout *layout)
{
	layout->in_directive = false;
	layout->top = layout->start_top = layout->outer;
	layout->floor = layout->outer_floor;
}

/* Copies a token, and moves it if it has to move. */
static void lay_token(struct layout *layout, struct token token)
{
	const char *text = layout->lexer.text;
	size_t newline = token.end - 1;

	settle_gap(layout, token);
	switch (token.kind) {
	case TOKEN_BLANK:
		lay_blank(layout, token);
		return;
	case TOKEN_SPLICE:
		newline -= text[newline - 1] == '\r';
		copy(layout, token.start, newline);
		end_line(layout, text + newline, token.end - newline);
		return;
	case TOKEN_NEWLINE:
		end_line(layout, text + token.start, token.end - token.start);
		if (layout->in_directive)
			end_directive(layout);
		return;
	case TOKEN_COMMENT:
		lay_lines(layout, token);
		return;
	case TOKEN_LITERAL:
		lay_lines(layout, token);
		break;
	case TOKEN_HASH:
		begin_directive(layout);
		copy(layout, token.start, token.end);
		return;
	case TOKEN_SIGN:
		lay_sign(layout, token);
		break;
	case TOKEN_WORD:
		copy(layout, token.start, token.end);
		break;
	}
	if (layout->in_directive && !layout->has_keyword)
		lay_conditional(layout, lexer_directive(&layout->lexer, token));
	layout->has_keyword = layout->in_directive;
	if (!layout->in_directive)
		layout->last = text[token.end - 1];
}

/* Writes what takes the place of a piece of the old text. */
static void lay_new(struct layout *layout, const char *text)
{
	struct lexer old = layout->lexer;
	struct token token;

	layout->lexer = lexer_make(text, strlen(text));
	layout->lexer.is_line_start = false;
	layout->is_new = true;
	while (!layout->failed && lexer_next(&layout->lexer, &token))
		lay_token(layout, token);
	layout->lexer = old;
	layout->is_new = false;
	layout->is_changed = true;
}

/* Passes over the old text up to a place. */
static void skip(struct layout *layout, size_t end)
{
	struct token token;

	while (layout->lexer.at < end && lexer_next(&layout->lexer, &token)) {
		const char *text = layout->lexer.text, *newline;

		while ((newline = memchr(text + token.start, '\n', token.end - token.start))) {
			size_t at = (size_t)(newline - text);

			pass(layout, token.start, at - (at > token.start && text[at - 1] == '\r'));
			if (layout->was > layout->widest)
				layout->widest = layout->was;
			layout->was = 0;
			layout->line_number++;
			token.start = at + 1;
		}
		pass(layout, token.start, token.end);
	}
	/* Lines that are gone as a whole are no part of the current one. */
	if (layout->is_start)
		layout->widest = 0;
}

char *layout_replace(const char *text, size_t length, const struct replacement *replacements,
		     size_t count, size_t *new_length, struct error *err)
{
	struct layout layout = {
		.lexer = lexer_make(text, length),
		.line_number = 1,
		.err = err,
		.is_start = true,
		.start_top = NONE,
		.top = NONE,
	};
	const char *newline = memchr(text, '\n', length);
	bool has_return = newline && newline > text && newline[-1] == '\r';
	struct token token;

	reserve(&layout, length + length / 16);
	for (size_t i = 0; !layout.failed;) {
		if (i < count && layout.lexer.at >= replacements[i].start) {
			lay_new(&layout, replacements[i].text);
			skip(&layout, replacements[i].end);
			i++;
		} else if (lexer_next(&layout.lexer, &token)) {
			lay_token(&layout, token);
		} else {
			break;
		}
	}
	fit_line(&layout, has_return ? "\r\n" : "\n", has_return ? 2 : 1);
	layout.out[layout.length] = '\0';
	*new_length = layout.length;
	free(layout.gaps);
	free(layout.brackets);
	free(layout.conditionals);
	if (layout.failed) {
		free(layout.out);
		return NULL;
	}
	return layout.out;
}
