// SPDX-License-Identifier: GPL-2.0-only
#include "fix/edits.h"

#include "base/text.h"
#include "fix/layout.h"
#include "source/lexer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Brackets in the arguments of a call, and around a statement. What is deeper is refused. */
#define DEPTH 64

/* Conditionals within conditionals. */
#define CONDITIONALS 1000

/* What stands before a place, those of which less is certain last. */
enum before {
	BEFORE_STATEMENT, /* the end of a statement */
	BEFORE_BLOCK,     /* the brace that opens a block */
	BEFORE_LABEL,     /* a label, or a case */
	BEFORE_OTHER,     /* something that goes on */
};

/* What is known of a place between two tokens. */
struct state {
	enum before before;
	struct token last;      /* the token before it */
	unsigned int tokens;    /* since the statement, block or label before */
	unsigned int questions; /* the `?` among them that are without their `:` */
	bool is_case;           /* the first of them is `case` */
	unsigned int depth;     /* open brackets */
	uint64_t braces;        /* bit N: the bracket at depth N is a brace */
	bool is_unclear;        /* the branches of a conditional disagree about the brackets */
};

/* A conditional whose #endif has not come yet. */
struct conditional {
	struct state before;
	struct state after; /* what its branches so far leave */
	bool has_else;
};

/* A call, from its name to what closes its parenthesis. */
struct call {
	bool has_lines;  /* preprocessor lines are in it */
	bool has_splice; /* an end of line in it is taken back by a backslash */
	bool has_comment;
};

/* A statement that goes. */
struct removal {
	const struct edit *edit;
	size_t start;
	size_t end;
};

struct editor {
	struct lexer lexer;
	struct state state;
	bool is_define;     /* the directive that the lexer is in is a #define */
	unsigned int words; /* so many words of the directive have been seen */
	struct conditional *conditionals;
	size_t conditional_count;
	size_t busy; /* the end of what the edits so far replace */
	struct replacement *replacements;
	size_t count;
	struct removal *removals; /* the statements that go */
	size_t removal_count;
	char **texts; /* those of the replacements that no edit has */
	size_t text_count;
	struct error *err;
};

static int refuse(const struct editor *editor, const struct edit *edit, const char *why)
{
	return error_set(editor->err, "line %u: `%s` %s", edit->line, edit->name, why);
}

static int compare_edits(const void *a, const void *b)
{
	const struct edit *one = a, *other = b;
	int names;

	if (one->line != other->line)
		return one->line < other->line ? -1 : 1;
	if (one->column != other->column)
		return one->column < other->column ? -1 : 1;
	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	names = strcmp(one->name, other->name);
	return names ? names : strcmp(one->with, other->with);
}

/*
 * The state behind a conditional, whose branches leave these: what is less certain counts. Brackets
 * are as the first branch leaves them.
 */
static struct state merge(struct state first, struct state second)
{
	struct state merged = second.before > first.before ? second : first;

	merged.is_unclear = first.is_unclear || second.is_unclear || first.depth != second.depth ||
			    first.braces != second.braces;
	merged.depth = first.depth;
	merged.braces = first.braces;
	return merged;
}

/* Takes note of a directive that is a part of a conditional; false: they are nested too deeply. */
static bool step_conditional(struct editor *editor, enum directive directive)
{
	struct conditional *conditional =
		editor->conditional_count ? &editor->conditionals[editor->conditional_count - 1]
					  : NULL;

	if (directive == DIRECTIVE_IF) {
		if (editor->conditional_count == CONDITIONALS)
			return false;
		editor->conditionals = grow(editor->conditionals, editor->conditional_count,
					    sizeof(*editor->conditionals));
		editor->conditionals[editor->conditional_count++] =
			(struct conditional){ .before = editor->state };
	} else if (directive == DIRECTIVE_ELSE && conditional) {
		conditional->after = conditional->has_else
					     ? merge(conditional->after, editor->state)
					     : editor->state;
		conditional->has_else = true;
		editor->state = conditional->before;
	} else if (directive == DIRECTIVE_ENDIF && conditional) {
		editor->state =
			merge(conditional->has_else ? conditional->after : conditional->before,
			      editor->state);
		editor->conditional_count--;
	}
	return true;
}

/* Takes note of a token of a directive; as step_conditional(). */
static bool step_directive(struct editor *editor, struct token token)
{
	enum directive directive;

	if (token.kind == TOKEN_HASH) {
		editor->words = 0;
		editor->is_define = false;
		return true;
	}
	if (editor->words++)
		return true;
	directive = lexer_directive(&editor->lexer, token);
	editor->is_define = directive == DIRECTIVE_DEFINE;
	return step_conditional(editor, directive);
}

static void open_bracket(struct state *state, bool is_brace)
{
	if (state->depth < DEPTH) {
		uint64_t bit = UINT64_C(1) << state->depth;

		state->braces = is_brace ? state->braces | bit : state->braces & ~bit;
	}
	state->depth++;
}

/* Is every open bracket a brace? */
static bool is_in_block(const struct state *state)
{
	return state->depth && state->depth < DEPTH && !state->is_unclear &&
	       state->braces == (UINT64_C(1) << state->depth) - 1;
}

static void close_bracket(struct state *state)
{
	if (!state->depth)
		return;
	state->depth--;
	if (state->depth < DEPTH)
		state->braces &= (UINT64_C(1) << state->depth) - 1;
}

/* A statement can begin here. */
static void begin_statement(struct state *state, enum before before)
{
	state->before = before;
	state->tokens = 0;
	state->questions = 0;
	state->is_case = false;
}

/* Does a `:` here end a label, or a case? */
static bool is_label(const struct state *state)
{
	if (state->is_case)
		return !state->questions;
	return state->tokens == 1 && state->last.kind == TOKEN_WORD && is_in_block(state);
}

/* Takes note of a token of code. */
static void step_code(struct editor *editor, struct token token)
{
	struct state *state = &editor->state;
	const char *text = editor->lexer.text;
	char sign = token.kind == TOKEN_SIGN ? text[token.start] : '\0';

	/* In the first column, these begin or end a function, whatever was open. */
	if ((sign == '{' || sign == '}') && (!token.start || text[token.start - 1] == '\n'))
		*state = (struct state){ .last = token };
	if (!state->tokens)
		state->is_case = lexer_is(&editor->lexer, token, "case");
	if (sign == '(' || sign == '[' || sign == '{')
		open_bracket(state, sign == '{');
	if (sign == ')' || sign == ']' || sign == '}')
		close_bracket(state);
	if (sign == '{')
		begin_statement(state, BEFORE_BLOCK);
	else if (sign == '}')
		begin_statement(state, BEFORE_STATEMENT);
	else if (sign == ';' && (!state->depth || is_in_block(state)))
		begin_statement(state, BEFORE_STATEMENT);
	else if (sign == ':' && is_label(state))
		begin_statement(state, BEFORE_LABEL);
	else {
		state->before = BEFORE_OTHER;
		state->tokens++;
		state->questions += sign == '?';
		state->questions -= sign == ':' && state->questions;
	}
	state->last = token;
}

/* Takes note of a token; as step_conditional(). */
static bool step(struct editor *editor, struct token token)
{
	if (!token_is_code(token))
		return true;
	if (editor->lexer.in_directive)
		return step_directive(editor, token);
	step_code(editor, token);
	return true;
}

/* Goes to the place of an edit. Returns 0, or -1 if no token begins there. */
static int go_to(struct editor *editor, const struct edit *edit, size_t place)
{
	struct token token;

	while (editor->lexer.at < place && lexer_next(&editor->lexer, &token))
		if (!step(editor, token))
			return refuse(editor, edit, "follows conditionals nested too deeply");
	return editor->lexer.at == place ? 0 : refuse(editor, edit, "is not there as code");
}

/* Skips the branches of a conditional that are left, with its #endif. */
static void skip_branches(struct lexer *lexer)
{
	unsigned int open = 1;
	struct token token;

	while (open && lexer_next(lexer, &token)) {
		enum directive directive;

		if (token.kind != TOKEN_HASH)
			continue;
		directive = lexer_skip_directive(lexer);
		open += directive == DIRECTIVE_IF;
		open -= directive == DIRECTIVE_ENDIF;
	}
}

/*
 * Goes behind what closes the parenthesis that is the next token of code. Every branch of a
 * conditional in the call goes on from where the conditional began; of one that the call began in
 * or ends in, the other branches do not count. Returns 0, or -1 with a reason.
 */
static int find_end(struct lexer *lexer, struct call *call, const char **why)
{
	unsigned int depth = 0, conditionals = 0, before[DEPTH];
	bool in_directive = lexer->in_directive;
	struct token token;

	*call = (struct call){ 0 };
	*why = "is called, but the call's parenthesis is not closed";
	while (lexer_next(lexer, &token)) {
		char sign = token.kind == TOKEN_SIGN ? lexer->text[token.start] : '\0';

		if (token.kind == TOKEN_HASH && depth) {
			enum directive directive = lexer_skip_directive(lexer);

			call->has_lines = true;
			if (directive == DIRECTIVE_IF && conditionals == DEPTH)
				return -1;
			if (directive == DIRECTIVE_IF)
				before[conditionals++] = depth;
			else if (directive == DIRECTIVE_ELSE && conditionals)
				depth = before[conditionals - 1];
			else if (directive == DIRECTIVE_ELSE)
				skip_branches(lexer);
			else if (directive == DIRECTIVE_ENDIF && conditionals)
				conditionals--;
			continue;
		}
		if (in_directive && !lexer->in_directive)
			break;
		call->has_splice = call->has_splice || token.kind == TOKEN_SPLICE;
		call->has_comment = call->has_comment || token.kind == TOKEN_COMMENT;
		if (!token_is_code(token))
			continue;
		if (!depth && sign != '(')
			break;
		if (sign == '(' || sign == '[' || sign == '{')
			depth++;
		else if (sign == ')' || sign == ']' || sign == '}')
			depth--;
		if (!depth && sign == ')')
			return 0;
		if (!depth || depth == DEPTH || (depth == 1 && sign == ';'))
			return -1;
	}
	if (!depth)
		*why = "is not called there";
	return -1;
}

static void replace(struct editor *editor, size_t start, size_t end, const char *text)
{
	editor->replacements =
		grow(editor->replacements, editor->count, sizeof(*editor->replacements));
	editor->replacements[editor->count++] = (struct replacement){ start, end, text };
	editor->busy = end;
}

/* Takes the next token of code outside of directives; `*crossed` is set if there was one. */
static bool next_code(struct lexer *lexer, struct token *token, bool *crossed)
{
	*crossed = false;
	while (lexer_next(lexer, token)) {
		if (token->kind == TOKEN_HASH) {
			lexer_skip_directive(lexer);
			*crossed = true;
		} else if (token_is_code(*token)) {
			return true;
		}
	}
	return false;
}

/* Is this token, with the one behind it, surely the beginning of a statement, or a label? */
static bool begins_statement(struct lexer lexer, struct token token)
{
	static const char *const keywords[] = { "return", "goto", "break",  "continue",
						"if",     "for",  "while",  "switch",
						"do",     "case", "default" };
	const char *text = lexer.text;
	bool crossed;

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (lexer_is(&lexer, token, keywords[i]))
			return true;
	if (token.kind == TOKEN_SIGN)
		return text[token.start] != '}';
	return token.kind == TOKEN_WORD && next_code(&lexer, &token, &crossed) && !crossed &&
	       token.kind == TOKEN_SIGN && text[token.start] != '*';
}

/* Can the statement go, so that what is around it stays whole? `lexer` is behind it. */
static int check_removal(const struct editor *editor, const struct edit *edit, struct lexer lexer)
{
	const struct state *state = &editor->state;
	struct token next;
	bool crossed, ends_block;

	if (state->before == BEFORE_OTHER)
		return refuse(editor, edit,
			      lexer_is(&lexer, state->last, ")") ||
					      lexer_is(&lexer, state->last, "else") ||
					      lexer_is(&lexer, state->last, "do")
				      ? "cannot be removed: what is before it may need a statement"
				      : "cannot be removed: it is part of a larger statement");
	if (!is_in_block(state))
		return refuse(editor, edit,
			      "cannot be removed: it is not clear that it is a statement of a "
			      "function");
	if (!next_code(&lexer, &next, &crossed))
		return refuse(editor, edit, "cannot be removed: the block around it has no end");
	ends_block = lexer_is(&lexer, next, "}");
	if (state->before == BEFORE_BLOCK && ends_block && state->depth > 1)
		return refuse(editor, edit, "cannot be removed: the block would be empty");
	if (state->before == BEFORE_LABEL && (crossed || !begins_statement(lexer, next)))
		return refuse(editor, edit,
			      "cannot be removed: the label before it needs a statement");
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Where the line that ends before `at`, or is there, begins. */
static size_t line_start(const char *text, size_t at)
{
	const char *newline = at ? memrchr(text, '\n', at) : NULL;

	return newline ? (size_t)(newline - text) + 1 : 0;
}

/* Behind the blanks at `at`. */
static size_t skip_blanks(const struct editor *editor, size_t at)
{
	while (at < editor->lexer.length && is_blank(editor->lexer.text[at]))
		at++;
	return at;
}

/* Behind the line that begins at `at`, if it is blank, else `at` itself. */
static size_t skip_blank_line(const struct editor *editor, size_t at)
{
	size_t end = skip_blanks(editor, at);

	return end < editor->lexer.length && editor->lexer.text[end] == '\n' ? end + 1 : at;
}

/* Before the line that ends at `at`, if it is blank, else `at` itself. */
static size_t skip_blank_line_back(const char *text, size_t at)
{
	size_t start = at ? line_start(text, at - 1) : 0;

	for (size_t i = start; i + 1 < at; i++)
		if (!is_blank(text[i]))
			return at;
	return start;
}

/* Does the line that ends at `at` end in `{`? */
static bool ends_in_brace(const char *text, size_t at)
{
	while (at && (is_blank(text[at - 1]) || text[at - 1] == '\n'))
		at--;
	return at && text[at - 1] == '{';
}

/*
 * Replaces whole lines by nothing, and with them blank lines that would follow another or a `{`, or
 * come before a `}`.
 */
static void remove_lines(struct editor *editor, size_t start, size_t end)
{
	const char *text = editor->lexer.text;
	struct replacement *last = editor->count ? &editor->replacements[editor->count - 1] : NULL;
	size_t after, before, brace;

	/* Removed lines that touch are one piece. */
	if (last && last->end == start && !*last->text &&
	    (!last->start || text[last->start - 1] == '\n')) {
		start = last->start;
		editor->count--;
	}
	after = skip_blank_line(editor, end);
	before = skip_blank_line_back(text, start);
	if (after != end && before != start)
		end = after;
	while (ends_in_brace(text, start) && (after = skip_blank_line(editor, end)) != end)
		end = after;
	brace = skip_blanks(editor, end);
	while (brace < editor->lexer.length && text[brace] == '}' &&
	       (before = skip_blank_line_back(text, start)) != start)
		start = before;
	replace(editor, start, end, "");
}

/*
 * Takes back the last replacement if it removes what stands just before, on the same line, but for
 * blanks. Returns where it began, or `start`.
 */
static size_t join_removed(struct editor *editor, size_t start)
{
	const char *text = editor->lexer.text;
	struct replacement *last = editor->count ? &editor->replacements[editor->count - 1] : NULL;
	size_t first = start;

	while (first && is_blank(text[first - 1]))
		first--;
	if (!last || *last->text || last->end < first || last->end > start ||
	    (last->end && text[last->end - 1] == '\n'))
		return start;
	editor->count--;
	return last->start;
}

/* Replaces a statement by nothing, with what is around it on its lines. `lexer` is behind it. */
static void remove_statement(struct editor *editor, size_t start, struct lexer lexer)
{
	const char *text = lexer.text;
	size_t first = start = join_removed(editor, start), end = lexer.at;
	struct token token;
	bool is_first;

	while (first && is_blank(text[first - 1]))
		first--;
	is_first = !first || text[first - 1] == '\n';
	while (is_first && lexer_next(&lexer, &token)) {
		if (token.kind == TOKEN_NEWLINE) {
			remove_lines(editor, first, token.end);
			return;
		}
		if (token.kind != TOKEN_BLANK && token.kind != TOKEN_COMMENT)
			break;
	}
	if (is_first)
		end = skip_blanks(editor, end);
	replace(editor, is_first ? start : first, end, "");
}

/* Is the text one identifier? */
static bool is_identifier(const char *text)
{
	struct lexer lexer = lexer_make(text, strlen(text));
	struct token token;

	return lexer_next(&lexer, &token) && token.kind == TOKEN_WORD &&
	       token.end == lexer.length && (*text < '0' || *text > '9');
}

/*
 * Is the token on one line, and closed if it is a comment, a string or a character? (One that ends
 * in a backslash counts as open.)
 */
static bool is_whole(const char *text, struct token token)
{
	size_t length = token.end - token.start;

	if (memchr(text + token.start, '\n', length))
		return false;
	if (token.kind == TOKEN_LITERAL)
		return length > 1 && text[token.end - 1] == text[token.start] &&
		       text[token.end - 2] != '\\';
	if (token.kind == TOKEN_COMMENT)
		return text[token.start + 1] == '*' && length > 3 && text[token.end - 1] == '/';
	return token.kind != TOKEN_HASH;
}

/* Is the text an expression, as far as its tokens tell, that can stand between these bytes? */
static bool is_expression(const char *text, char before, char behind)
{
	struct lexer lexer = lexer_make(text, strlen(text));
	struct token token, last = { 0 };
	char open[DEPTH];
	size_t depth = 0;

	while (lexer_next(&lexer, &token)) {
		char sign = token.kind == TOKEN_SIGN ? text[token.start] : '\0';

		if (!is_whole(text, token))
			return false;
		/* Signs could become one with the sign before them. */
		if (!token.start && sign && sign != '(' && before && strchr("+-*/%&|^<>=!", before))
			return false;
		if (sign == '(' || sign == '[' || sign == '{') {
			if (depth == DEPTH)
				return false;
			open[depth++] = sign == '(' ? ')' : sign == '[' ? ']' : '}';
		} else if ((sign == ')' || sign == ']' || sign == '}') &&
			   (!depth || open[--depth] != sign)) {
			return false;
		}
		last = token;
	}
	if (depth || !lexer.length || last.kind == TOKEN_BLANK || last.kind == TOKEN_COMMENT)
		return false;
	if (last.kind == TOKEN_SIGN)
		return strchr(")]}", text[last.start]);
	return last.kind != TOKEN_WORD || !is_word(behind);
}

/* The next token of code before `end`. */
static bool next_within(struct lexer *lexer, size_t end, struct token *token)
{
	while (lexer->at < end && lexer_next(lexer, token))
		if (token_is_code(*token))
			return true;
	return false;
}

/* Are the next tokens of code those of an expression? Takes as many of them. */
static bool takes_same(struct lexer *lexer, size_t end, struct lexer expression)
{
	struct token token, wanted;

	while (next_within(&expression, expression.length, &wanted)) {
		size_t length = wanted.end - wanted.start;

		if (!next_within(lexer, end, &token) || token.end - token.start != length ||
		    memcmp(lexer->text + token.start, expression.text + wanted.start, length) != 0)
			return false;
	}
	return true;
}

/*
 * Makes a call with less arguments of a call, if that is what the edit wants: the name and what
 * goes are replaced, all else stays. `end` is behind the call. Returns whether it was done.
 */
static bool shorten_call(struct editor *editor, const struct edit *edit, struct token name,
			 size_t end)
{
	struct lexer lexer = editor->lexer;
	size_t length = strcspn(edit->with, "("), wanted = strlen(edit->with), kept;
	struct token token = { 0 }, last = { 0 };

	if (length == wanted || edit->with[wanted - 1] != ')')
		return false;
	/* All but the last parenthesis, then what goes, up to the last one. */
	if (!takes_same(&lexer, end, lexer_make(edit->with + length, wanted - length - 1)))
		return false;
	kept = lexer.at;
	if (!next_within(&lexer, end, &token) || !lexer_is(&lexer, token, ","))
		return false;
	while (lexer.at < end && lexer_next(&lexer, &token)) {
		if (token.kind == TOKEN_COMMENT)
			return false;
		if (token_is_code(token) && token.end < end)
			last = token;
	}
	editor->texts = grow(editor->texts, editor->text_count, sizeof(*editor->texts));
	editor->texts[editor->text_count] = xasprintf("%.*s", (int)length, edit->with);
	replace(editor, name.start, name.end, editor->texts[editor->text_count++]);
	replace(editor, kept, last.end, "");
	editor->busy = end;
	return true;
}

/* Makes an edit of a token that is its name. */
static int edit_call(struct editor *editor, const struct edit *edit, struct token name)
{
	const char *text = editor->lexer.text, *why;
	struct lexer lexer = editor->lexer;
	bool in_directive = lexer.in_directive;
	struct token semicolon;
	struct call call;
	bool crossed;

	if (find_end(&lexer, &call, &why))
		return refuse(editor, edit, why);
	if (edit->kind != EDIT_NAME && call.has_lines)
		return refuse(editor, edit, "has preprocessor lines among its arguments");
	if (in_directive && (edit->kind == EDIT_REMOVE || call.has_splice) &&
	    edit->kind != EDIT_NAME)
		return refuse(editor, edit, "is in a macro: only its name can be replaced");
	if (edit->kind == EDIT_REMOVE) {
		if (!next_code(&lexer, &semicolon, &crossed) || crossed ||
		    !lexer_is(&lexer, semicolon, ";"))
			return refuse(editor, edit,
				      "cannot be removed: no semicolon follows the call");
		if (check_removal(editor, edit, lexer))
			return -1;
		editor->removals =
			grow(editor->removals, editor->removal_count, sizeof(*editor->removals));
		editor->removals[editor->removal_count++] =
			(struct removal){ edit, name.start, lexer.at };
		remove_statement(editor, name.start, lexer);
		/* To what follows, the statement has not been there. */
		editor->lexer = lexer;
		return 0;
	}
	if (edit->kind == EDIT_NAME
		    ? !is_identifier(edit->with)
		    : !is_expression(edit->with, name.start ? text[name.start - 1] : '\0',
				     lexer.at < lexer.length ? text[lexer.at] : '\0'))
		return refuse(editor, edit, "cannot be replaced by that text");
	if (edit->kind == EDIT_CALL && shorten_call(editor, edit, name, lexer.at)) {
		step(editor, name);
		return 0;
	}
	if (edit->kind == EDIT_CALL && call.has_comment)
		return refuse(editor, edit, "has a comment that would be lost");
	replace(editor, name.start, edit->kind == EDIT_NAME ? name.end : lexer.at, edit->with);
	step(editor, name);
	return 0;
}

static int make_edit(struct editor *editor, const struct edit *edit, size_t place)
{
	struct token token;
	bool in_directive;

	if (place < editor->busy)
		return refuse(editor, edit, "is in what another edit changes");
	if (go_to(editor, edit, place))
		return -1;
	in_directive = editor->lexer.in_directive;
	if (!lexer_next(&editor->lexer, &token) || token.kind != TOKEN_WORD ||
	    !lexer_is(&editor->lexer, token, edit->name))
		return refuse(editor, edit, "is not there as code");
	/* The second word of a #define is what it defines. */
	if (in_directive && (!editor->is_define || editor->words < 2))
		return refuse(editor, edit, "is in a preprocessor line");
	return edit_call(editor, edit, token);
}

/* The outermost braces around a place; false if there are none that are closed. */
static bool find_body(const struct editor *editor, size_t place, size_t *start, size_t *end)
{
	struct lexer lexer = lexer_make(editor->lexer.text, editor->lexer.length);
	struct token token;
	unsigned int depth = 0;
	bool crossed;

	while (next_code(&lexer, &token, &crossed)) {
		if (lexer_is(&lexer, token, "{") && !depth++)
			*start = token.end;
		if (!lexer_is(&lexer, token, "}") || !depth || --depth)
			continue;
		*end = token.start;
		if (*start <= place && place < *end)
			return true;
	}
	return false;
}

/* Is a place in what goes? */
static bool is_removed(const struct editor *editor, size_t place)
{
	for (size_t i = 0; i < editor->count; i++)
		if (!*editor->replacements[i].text && editor->replacements[i].start <= place &&
		    place < editor->replacements[i].end)
			return true;
	return false;
}

/* Is a word, after this token and before the other, what a declaration declares, as far as they
 * tell? */
static bool is_declared(const struct lexer *lexer, struct token last, struct token next)
{
	static const char *const keywords[] = { "return", "else", "case", "goto", "do" };

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (lexer_is(lexer, last, keywords[i]))
			return false;
	return (last.kind == TOKEN_WORD || strchr("*,", lexer->text[last.start])) &&
	       next.kind == TOKEN_SIGN && strchr("=;,[", lexer->text[next.start]);
}

/* Is the word, a variable of the block, in nothing but its declaration? */
static bool is_unused(const struct editor *editor, struct token word, size_t start, size_t end)
{
	struct lexer lexer = lexer_make(editor->lexer.text, end);
	struct token token, last, next;
	unsigned int depth = 0;
	bool crossed, declared = false, more;

	lexer.at = start;
	last = (struct token){ TOKEN_SIGN, start - 1, start };
	more = next_code(&lexer, &token, &crossed);
	while (more) {
		const char *text = lexer.text;

		more = next_code(&lexer, &next, &crossed);
		depth += lexer_is(&lexer, token, "(");
		depth -= lexer_is(&lexer, token, ")") && depth;
		if (token.kind == TOKEN_WORD && token.end - token.start == word.end - word.start &&
		    !memcmp(text + token.start, text + word.start, word.end - word.start) &&
		    !strchr(".>", text[last.start]) && !is_removed(editor, token.start)) {
			if (depth || !more || !is_declared(&lexer, last, next))
				return false;
			declared = true;
		}
		last = token;
		token = next;
	}
	return declared;
}

/* Sees that no variable is left without a use, which compilers warn of. */
static int check_uses(const struct editor *editor)
{
	const char *text = editor->lexer.text;

	for (size_t i = 0; i < editor->removal_count; i++) {
		const struct removal *removal = &editor->removals[i];
		struct lexer lexer = lexer_make(text, removal->end);
		size_t start = 0, end = 0;
		struct token token;
		char last = ';';

		if (!find_body(editor, removal->start, &start, &end))
			continue;
		lexer.at = removal->start;
		while (next_within(&lexer, removal->end, &token)) {
			bool is_member = strchr(".>", last);

			last = text[token.start];
			if (token.kind != TOKEN_WORD || is_member ||
			    !is_unused(editor, token, start, end))
				continue;
			return error_set(editor->err,
					 "line %u: `%s` cannot be removed: `%.*s` would be left "
					 "without a use",
					 removal->edit->line, removal->edit->name,
					 (int)(token.end - token.start), text + token.start);
		}
	}
	return 0;
}

/* Sorts edits, and drops those that are there twice. Returns how many are left. */
static size_t sort_edits(struct edit *edits, size_t count)
{
	size_t kept = 0;

	qsort(edits, count, sizeof(*edits), compare_edits);
	for (size_t i = 0; i < count; i++)
		if (!kept || compare_edits(&edits[kept - 1], &edits[i]))
			edits[kept++] = edits[i];
	return kept;
}

/* The places of edits in a text, SIZE_MAX for one that it does not have; the caller frees. */
static size_t *find_places(const char *text, size_t length, const struct edit *edits, size_t count)
{
	size_t *places = xcalloc(count, sizeof(*places));
	unsigned int number = 1;
	size_t line = 0;

	for (size_t i = 0; i < count; i++) {
		const char *newline;

		for (; number < edits[i].line; number++) {
			newline = memchr(text + line, '\n', length - line);
			if (!newline)
				break;
			line = (size_t)(newline - text) + 1;
		}
		places[i] = number == edits[i].line && edits[i].column < length - line
				    ? line + edits[i].column
				    : SIZE_MAX;
	}
	return places;
}

char *edits_apply(const char *text, size_t length, const struct edit *edits, size_t count,
		  size_t *new_length, struct error *err)
{
	struct editor editor = { .lexer = lexer_make(text, length), .err = err };
	struct edit *sorted = xcalloc(count, sizeof(*sorted));
	char *result = NULL;
	size_t *places, i;

	if (count)
		memcpy(sorted, edits, count * sizeof(*sorted));
	count = sort_edits(sorted, count);
	places = find_places(text, length, sorted, count);
	for (i = 0; i < count; i++)
		if (make_edit(&editor, &sorted[i], places[i]))
			break;
	if (i == count && !check_uses(&editor))
		result = layout_replace(text, length, editor.replacements, editor.count, new_length,
					err);
	free(editor.replacements);
	free(editor.removals);
	for (size_t text_index = 0; text_index < editor.text_count; text_index++)
		free(editor.texts[text_index]);
	free(editor.texts);
	free(editor.conditionals);
	free(places);
	free(sorted);
	return result;
}
