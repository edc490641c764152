// SPDX-License-Identifier: GPL-2.0-only
#include "source/lexer.h"

#include <string.h>

struct lexer lexer_make(const char *text, size_t length)
{
	return (struct lexer){ .text = text, .length = length, .is_line_start = true };
}

/* What a token can be that begins with a byte. */
enum byte_class {
	OTHER, /* a sign by itself */
	WORDS,
	BLANK,
	LINE, /* an end of line, or a carriage return before none */
	QUOTE,
	SLASH,
	HASH,
	BACKSLASH,
};

/* Of the bytes below 0x80; all others belong to words. */
static const unsigned char classes[0x80] = {
	['\t'] = BLANK,     ['\v'] = BLANK, ['\f'] = BLANK, [' '] = BLANK, ['\r'] = LINE,
	['\n'] = LINE,      ['"'] = QUOTE,  ['\''] = QUOTE, ['/'] = SLASH, ['#'] = HASH,
	['\\'] = BACKSLASH, ['_'] = WORDS,  ['0'] = WORDS,  ['1'] = WORDS, ['2'] = WORDS,
	['3'] = WORDS,      ['4'] = WORDS,  ['5'] = WORDS,  ['6'] = WORDS, ['7'] = WORDS,
	['8'] = WORDS,      ['9'] = WORDS,  ['A'] = WORDS,  ['B'] = WORDS, ['C'] = WORDS,
	['D'] = WORDS,      ['E'] = WORDS,  ['F'] = WORDS,  ['G'] = WORDS, ['H'] = WORDS,
	['I'] = WORDS,      ['J'] = WORDS,  ['K'] = WORDS,  ['L'] = WORDS, ['M'] = WORDS,
	['N'] = WORDS,      ['O'] = WORDS,  ['P'] = WORDS,  ['Q'] = WORDS, ['R'] = WORDS,
	['S'] = WORDS,      ['T'] = WORDS,  ['U'] = WORDS,  ['V'] = WORDS, ['W'] = WORDS,
	['X'] = WORDS,      ['Y'] = WORDS,  ['Z'] = WORDS,  ['a'] = WORDS, ['b'] = WORDS,
	['c'] = WORDS,      ['d'] = WORDS,  ['e'] = WORDS,  ['f'] = WORDS, ['g'] = WORDS,
	['h'] = WORDS,      ['i'] = WORDS,  ['j'] = WORDS,  ['k'] = WORDS, ['l'] = WORDS,
	['m'] = WORDS,      ['n'] = WORDS,  ['o'] = WORDS,  ['p'] = WORDS, ['q'] = WORDS,
	['r'] = WORDS,      ['s'] = WORDS,  ['t'] = WORDS,  ['u'] = WORDS, ['v'] = WORDS,
	['w'] = WORDS,      ['x'] = WORDS,  ['y'] = WORDS,  ['z'] = WORDS,
};

static enum byte_class class_of(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte < sizeof(classes) ? classes[byte] : WORDS;
}

static bool is_blank(char c)
{
	return class_of(c) == BLANK || c == '\r';
}

/* The byte at `at`, or NUL behind the text. */
static char byte_at(const struct lexer *lexer, size_t at)
{
	return at < lexer->length ? lexer->text[at] : '\0';
}

/* Behind the newline that begins at `at`, or `at` itself if none does. */
static size_t skip_newline(const struct lexer *lexer, size_t at)
{
	size_t newline = at + (byte_at(lexer, at) == '\r');

	return byte_at(lexer, newline) == '\n' ? newline + 1 : at;
}

/* Behind the end of line that the backslash at `at` takes back, or `at` itself. */
static size_t skip_splice(const struct lexer *lexer, size_t at)
{
	size_t end = at + 1;

	while (end < lexer->length && is_blank(lexer->text[end]))
		end++;
	return byte_at(lexer, end) == '\n' ? end + 1 : at;
}

/* Behind the blanks at `at`: a carriage return before a newline is none. */
static size_t skip_blanks(const struct lexer *lexer, size_t at)
{
	while (at < lexer->length && is_blank(lexer->text[at]) &&
	       (lexer->text[at] != '\r' || skip_newline(lexer, at) == at))
		at++;
	return at;
}

static size_t skip_block_comment(const struct lexer *lexer, size_t at)
{
	const char *end = at + 2 < lexer->length
				  ? memmem(lexer->text + at + 2, lexer->length - at - 2, "*/", 2)
				  : NULL;

	return end ? (size_t)(end - lexer->text) + 2 : lexer->length;
}

static size_t skip_line_comment(const struct lexer *lexer, size_t at)
{
	while (at < lexer->length && skip_newline(lexer, at) == at) {
		size_t after = lexer->text[at] == '\\' ? skip_splice(lexer, at) : at;

		at = after == at ? at + 1 : after;
	}
	return at;
}

/* Behind the string or character that begins at `at`. */
static size_t skip_literal(const struct lexer *lexer, size_t at)
{
	char quote = lexer->text[at++];

	while (at < lexer->length && skip_newline(lexer, at) == at) {
		if (lexer->text[at] == quote)
			return at + 1;
		if (lexer->text[at] == '\\') {
			size_t after = skip_newline(lexer, ++at);

			at = after == at && at < lexer->length ? at + 1 : after;
		} else {
			at++;
		}
	}
	return at;
}

static size_t skip_word(const struct lexer *lexer, size_t at)
{
	while (at < lexer->length && class_of(lexer->text[at]) == WORDS)
		at++;
	return at;
}

/* A token without its start: as small as registers are. */
struct piece {
	enum token_kind kind;
	size_t end;
};

static struct piece read_comment_or_sign(const struct lexer *lexer, size_t at)
{
	char second = byte_at(lexer, at + 1);

	if (second == '*')
		return (struct piece){ TOKEN_COMMENT, skip_block_comment(lexer, at) };
	if (second == '/')
		return (struct piece){ TOKEN_COMMENT, skip_line_comment(lexer, at) };
	return (struct piece){ TOKEN_SIGN, at + 1 };
}

static struct piece read_line_end(const struct lexer *lexer, size_t at)
{
	size_t end = skip_newline(lexer, at);

	return end != at ? (struct piece){ TOKEN_NEWLINE, end }
			 : (struct piece){ TOKEN_BLANK, skip_blanks(lexer, at) };
}

static struct piece read_splice(const struct lexer *lexer, size_t at)
{
	size_t end = skip_splice(lexer, at);

	return end != at ? (struct piece){ TOKEN_SPLICE, end }
			 : (struct piece){ TOKEN_SIGN, at + 1 };
}

static struct piece read_token(const struct lexer *lexer)
{
	size_t at = lexer->at;

	switch (class_of(lexer->text[at])) {
	case WORDS:
		return (struct piece){ TOKEN_WORD, skip_word(lexer, at + 1) };
	case BLANK:
		return (struct piece){ TOKEN_BLANK, skip_blanks(lexer, at) };
	case LINE:
		return read_line_end(lexer, at);
	case QUOTE:
		return (struct piece){ TOKEN_LITERAL, skip_literal(lexer, at) };
	case SLASH:
		return read_comment_or_sign(lexer, at);
	case BACKSLASH:
		return read_splice(lexer, at);
	case HASH:
		if (lexer->is_line_start)
			return (struct piece){ TOKEN_HASH, at + 1 };
		break;
	case OTHER:
		break;
	}
	return (struct piece){ TOKEN_SIGN, at + 1 };
}

bool token_is_code(struct token token)
{
	return token.kind >= TOKEN_LITERAL;
}

bool lexer_next(struct lexer *lexer, struct token *token)
{
	struct piece piece;

	if (lexer->at >= lexer->length)
		return false;
	piece = read_token(lexer);
	token->kind = piece.kind;
	token->start = lexer->at;
	token->end = lexer->at = piece.end;
	if (piece.kind == TOKEN_NEWLINE) {
		lexer->is_line_start = true;
		lexer->in_directive = false;
	} else if (piece.kind >= TOKEN_LITERAL) {
		lexer->is_line_start = false;
		lexer->in_directive |= piece.kind == TOKEN_HASH;
	}
	return true;
}

bool lexer_next_code(struct lexer *lexer, struct token *token)
{
	while (lexer_next(lexer, token))
		if (token_is_code(*token))
			return true;
	return false;
}

enum directive lexer_skip_directive(struct lexer *lexer)
{
	enum directive directive = DIRECTIVE_OTHER;
	bool is_first = true;
	struct token token;

	while (lexer->in_directive && lexer_next(lexer, &token)) {
		if (!token_is_code(token))
			continue;
		if (is_first)
			directive = lexer_directive(lexer, token);
		is_first = false;
	}
	return directive;
}

enum directive lexer_directive(const struct lexer *lexer, struct token word)
{
	static const struct {
		const char *text;
		enum directive directive;
	} words[] = {
		{ "if", DIRECTIVE_IF },         { "ifdef", DIRECTIVE_IF },
		{ "ifndef", DIRECTIVE_IF },     { "else", DIRECTIVE_ELSE },
		{ "elif", DIRECTIVE_ELSE },     { "elifdef", DIRECTIVE_ELSE },
		{ "elifndef", DIRECTIVE_ELSE }, { "endif", DIRECTIVE_ENDIF },
		{ "define", DIRECTIVE_DEFINE }, { "include", DIRECTIVE_INCLUDE },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (lexer_is(lexer, word, words[i].text))
			return words[i].directive;
	return DIRECTIVE_OTHER;
}

bool lexer_is(const struct lexer *lexer, struct token token, const char *text)
{
	size_t length = strlen(text);

	return token.end - token.start == length &&
	       !memcmp(lexer->text + token.start, text, length);
}
