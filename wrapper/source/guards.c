// SPDX-License-Identifier: GPL-2.0-only
#include "source/guards.h"

#include "base/text.h"
#include "source/condition.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum keyword {
	KEYWORD_IF,
	KEYWORD_IFDEF,
	KEYWORD_IFNDEF,
	KEYWORD_ELIF,
	KEYWORD_ELIFDEF,
	KEYWORD_ELIFNDEF,
	KEYWORD_ELSE,
	KEYWORD_ENDIF,
	KEYWORD_COUNT,
};

static const char *const keywords[KEYWORD_COUNT] = { "if",      "ifdef",    "ifndef", "elif",
						     "elifdef", "elifndef", "else",   "endif" };

/* A directive, as it was read. */
struct directive {
	size_t hash; /* where its # is */
	size_t word; /* where its keyword is */
	size_t end;  /* at the newline behind it */
	char *text;  /* what follows the #, on one line, without comments; read_line() frees */
	enum keyword keyword;  /* KEYWORD_COUNT: another one */
	const char *condition; /* what follows the keyword */
};

/* One branch of a conditional: the directive that begins it, and whether the code behind counts. */
struct branch {
	size_t hash;
	size_t word;
	size_t end;
	enum keyword keyword;
	enum truth truth;
	bool is_dead;
};

/* A conditional whose #endif has not come yet. */
struct chain {
	struct branch *branches;
	size_t count;
	bool has_else;
	bool is_taken;  /* one of the branches is known to be compiled: no later one is */
	bool is_dead;   /* it is in a branch that is not compiled: there is nothing to do */
	bool is_broken; /* it makes no sense, and stays */
};

struct guards {
	char *text;
	size_t length;
	const struct macros *macros;
	struct chain *chains; /* those that are open, the innermost last */
	size_t count;
	bool has_changed;
};

static bool is_blank(char c)
{
	return c != '\n' && isspace((unsigned char)c);
}

/* Behind the lines' ends at `at` that a backslash takes back. */
static size_t skip_splices(const struct guards *guards, size_t at)
{
	while (at < guards->length && guards->text[at] == '\\') {
		size_t end = at + 1;

		while (end < guards->length && is_blank(guards->text[end]))
			end++;
		if (end >= guards->length || guards->text[end] != '\n')
			break;
		at = end + 1;
	}
	return at;
}

/* The place of the byte that comes next in the eyes of the compiler. */
static size_t next(const struct guards *guards, size_t at)
{
	return skip_splices(guards, at + 1);
}

/* Are these two bytes the next? */
static bool is_pair(const struct guards *guards, size_t at, char first, char second)
{
	size_t after;

	if (at >= guards->length || guards->text[at] != first)
		return false;
	after = next(guards, at);
	return after < guards->length && guards->text[after] == second;
}

/* Behind the comment that begins at `at`; a newline is no part of one that it ends. */
static size_t skip_comment(const struct guards *guards, size_t at)
{
	const char *star;

	if (is_pair(guards, at, '/', '/')) {
		while (at < guards->length && guards->text[at] != '\n')
			at = next(guards, at);
		return at;
	}
	at = next(guards, next(guards, at));
	while ((star = memchr(guards->text + at, '*', guards->length - at))) {
		at = (size_t)(star - guards->text);
		if (is_pair(guards, at, '*', '/'))
			return next(guards, next(guards, at));
		at++;
	}
	return guards->length;
}

static bool is_comment(const struct guards *guards, size_t at)
{
	return is_pair(guards, at, '/', '*') || is_pair(guards, at, '/', '/');
}

/* Behind the string or character that begins at `at`. One without its end ends with the line. */
static size_t skip_literal(const struct guards *guards, size_t at)
{
	char quote = guards->text[at];

	for (at = next(guards, at); at < guards->length && guards->text[at] != '\n';
	     at = next(guards, at)) {
		if (guards->text[at] == quote)
			return next(guards, at);
		if (guards->text[at] == '\\') {
			size_t escaped = next(guards, at);

			if (escaped < guards->length && guards->text[escaped] != '\n')
				at = escaped;
		}
	}
	return at;
}

/* Behind the comment, literal or other byte at `at`. */
static size_t skip_one(const struct guards *guards, size_t at)
{
	if (is_comment(guards, at))
		return skip_comment(guards, at);
	if (guards->text[at] == '"' || guards->text[at] == '\'')
		return skip_literal(guards, at);
	return next(guards, at);
}

/* Behind the bytes that mean nothing in the middle of a line: most are of this kind. */
static size_t skip_plain(const struct guards *guards, size_t at)
{
	for (; at < guards->length; at++) {
		switch (guards->text[at]) {
		case '\n':
		case '\\':
		case '/':
		case '"':
		case '\'':
			return skip_splices(guards, at);
		}
	}
	return at;
}

/* Adds the bytes from `at` to `end` to a directive's text: a comment is one space there. */
static size_t add_text(const struct guards *guards, size_t at, size_t end, char *text,
		       size_t length)
{
	if (is_comment(guards, at)) {
		text[length++] = ' ';
		return length;
	}
	for (; at < end; at = next(guards, at))
		text[length++] = guards->text[at] ? guards->text[at] : ' ';
	return length;
}

/* The end of the directive whose # is at `hash`. */
static size_t find_end(const struct guards *guards, size_t hash)
{
	size_t at = hash;

	while (at < guards->length && guards->text[at] != '\n')
		at = skip_one(guards, at);
	return at < guards->length ? at : guards->length;
}

/* Finds the directive's end, its text and its word. */
static void read_directive(const struct guards *guards, struct directive *directive)
{
	size_t at = next(guards, directive->hash), length = 0;

	directive->end = find_end(guards, directive->hash);
	directive->text = xcalloc(directive->end - directive->hash + 1, 1);
	while (at < directive->end) {
		size_t end = skip_one(guards, at), before = length;

		length = add_text(guards, at, end, directive->text, length);
		if (!directive->word && !isspace((unsigned char)directive->text[before]))
			directive->word = at;
		at = end;
	}
}

static void find_keyword(struct directive *directive)
{
	const char *word = directive->text + strspn(directive->text, " \t\r\v\f");
	size_t length = 0;
	enum keyword keyword = KEYWORD_IF;

	while (is_word(word[length]))
		length++;
	while (keyword < KEYWORD_COUNT &&
	       (strlen(keywords[keyword]) != length || strncmp(keywords[keyword], word, length)))
		keyword++;
	directive->keyword = keyword;
	directive->condition = word + length;
}

static void blank(struct guards *guards, size_t from, size_t to)
{
	blank_text(guards->text, from, to);
	guards->has_changed = true;
}

/* Writes another keyword over a branch's. It is not longer. */
static void put_keyword(struct guards *guards, const struct branch *branch, enum keyword keyword)
{
	size_t old = strlen(keywords[branch->keyword]), length = strlen(keywords[keyword]);

	blank(guards, branch->word, branch->word + old);
	memcpy(guards->text + branch->word, keywords[keyword], length);
}

/*
 * spatch takes `#if 0 || X` for `#if 0`, and loses the code: lets a condition that is not decided
 * begin with a name instead of a number.
 */
static void hide_number(struct guards *guards, const struct branch *branch)
{
	size_t at = branch->word + strlen(keywords[KEYWORD_IF]);

	while (at < branch->end &&
	       (isspace((unsigned char)guards->text[at]) || is_comment(guards, at)))
		at = skip_one(guards, at);
	if (at >= branch->end || !isdigit((unsigned char)guards->text[at]))
		return;
	guards->text[at] = '_';
	guards->has_changed = true;
}

/* Lets a conditional begin with a branch of it: an `elif` becomes `if`, an `elifdef` `ifdef`. */
static void make_first(struct guards *guards, const struct branch *branch)
{
	if (branch->keyword >= KEYWORD_ELIF)
		put_keyword(guards, branch, branch->keyword - KEYWORD_ELIF + KEYWORD_IF);
	hide_number(guards, branch);
}

/* Lets a conditional end with a branch that is compiled if no earlier one is. */
static void make_last(struct guards *guards, const struct branch *branch)
{
	if (branch->keyword == KEYWORD_ELSE)
		return;
	blank(guards, branch->word, branch->end);
	put_keyword(guards, branch, KEYWORD_ELSE);
}

/* Blanks what is not compiled of a conditional, whose #endif is given. */
static void settle(struct guards *guards, const struct chain *chain, const struct directive *endif)
{
	const struct branch *first = NULL;

	for (size_t i = 0; i < chain->count; i++) {
		const struct branch *branch = &chain->branches[i];

		if (branch->is_dead) {
			blank(guards, branch->hash,
			      i + 1 < chain->count ? branch[1].hash : endif->hash);
			continue;
		}
		if (!first && branch->truth == TRUTH_TRUE)
			blank(guards, branch->hash, branch->end);
		else if (!first)
			make_first(guards, branch);
		else if (branch->truth == TRUTH_TRUE)
			make_last(guards, branch);
		first = first ? first : branch;
	}
	if (!first || first->truth == TRUTH_TRUE)
		blank(guards, endif->hash, endif->end);
}

/* Is the code at the current place known not to be compiled? */
static bool is_dead(const struct guards *guards)
{
	const struct chain *chain;

	if (!guards->count)
		return false;
	chain = &guards->chains[guards->count - 1];
	return chain->is_dead || chain->branches[chain->count - 1].is_dead;
}

/* Is the condition of a branch true, whatever the others are? */
static enum truth truth_of(const struct guards *guards, enum keyword keyword, const char *condition)
{
	switch (keyword) {
	case KEYWORD_IF:
	case KEYWORD_ELIF:
		return condition_truth(condition, guards->macros);
	case KEYWORD_IFDEF:
	case KEYWORD_ELIFDEF:
		return condition_defined(condition, guards->macros);
	case KEYWORD_IFNDEF:
	case KEYWORD_ELIFNDEF:
		return truth_negate(condition_defined(condition, guards->macros));
	default:
		return TRUTH_TRUE;
	}
}

static void open_chain(struct guards *guards)
{
	bool dead = is_dead(guards);

	guards->chains = grow(guards->chains, guards->count, sizeof(*guards->chains));
	guards->chains[guards->count++] = (struct chain){ .is_dead = dead };
}

static void add_branch(struct guards *guards, const struct directive *directive)
{
	struct chain *chain = &guards->chains[guards->count - 1];
	enum truth truth;

	if (chain->is_dead)
		return;
	truth = truth_of(guards, directive->keyword, directive->condition);
	chain->branches = grow(chain->branches, chain->count, sizeof(*chain->branches));
	chain->branches[chain->count++] = (struct branch){
		.hash = directive->hash,
		.word = directive->word,
		.keyword = directive->keyword,
		.end = directive->end,
		.truth = truth,
		.is_dead = truth == TRUTH_FALSE || chain->is_taken,
	};
	chain->is_taken = chain->is_taken || truth == TRUTH_TRUE;
	chain->has_else = directive->keyword == KEYWORD_ELSE;
}

static void close_chain(struct guards *guards, const struct directive *directive)
{
	struct chain *chain = &guards->chains[--guards->count];

	if (!chain->is_dead && !chain->is_broken)
		settle(guards, chain, directive);
	free(chain->branches);
}

/* Does the keyword stand in the text as it is, no end of a line in it? Else it cannot be changed.
 */
static bool is_plain(const struct guards *guards, const struct directive *directive)
{
	const char *word = keywords[directive->keyword];
	size_t length = strlen(word);

	return guards->length - directive->word >= length &&
	       !memcmp(guards->text + directive->word, word, length);
}

static void take_directive(struct guards *guards, const struct directive *directive)
{
	if (directive->keyword <= KEYWORD_IFNDEF) {
		open_chain(guards);
	} else if (!guards->count) {
		return;
	} else if (directive->keyword == KEYWORD_ENDIF) {
		close_chain(guards, directive);
		return;
	} else if (guards->chains[guards->count - 1].has_else || !is_plain(guards, directive)) {
		guards->chains[guards->count - 1].is_broken = true;
		return;
	}
	add_branch(guards, directive);
}

/* Handles the directive whose # is at `hash`. Returns its end. */
static size_t read_line(struct guards *guards, size_t hash)
{
	struct directive directive = { .hash = hash };

	read_directive(guards, &directive);
	find_keyword(&directive);
	if (directive.keyword < KEYWORD_COUNT)
		take_directive(guards, &directive);
	free(directive.text);
	return directive.end;
}

bool guards_apply(char *text, size_t length, const struct macros *macros)
{
	struct guards guards = { .text = text, .length = length, .macros = macros };
	bool begins = true; /* is there no more than comments in the line so far? */
	size_t at = skip_splices(&guards, 0);

	while (at < length) {
		if (begins && text[at] == '#') {
			at = read_line(&guards, at);
			continue;
		}
		if (text[at] == '\n')
			begins = true;
		else if (!isspace((unsigned char)text[at]) && !is_comment(&guards, at))
			begins = false;
		at = skip_one(&guards, at);
		if (!begins)
			at = skip_plain(&guards, at);
	}
	while (guards.count)
		free(guards.chains[--guards.count].branches);
	free(guards.chains);
	return guards.has_changed;
}
