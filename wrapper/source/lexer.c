// SPDX-License-Identifier: GPL-2.0-only
#include "source/lexer.h"

#include "base/text.h"

#include <string.h>

struct lexer lexer_make(const char *text, size_t length)
{
	return (struct lexer){ .text = text, .length = length, .is_line_start = true };
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool is_word_byte(char c)
{
	return is_word(c) || (unsigned char)c >= 0x80;
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
	while (at < lexer->length && is_blank(lexer->text[at]) && skip_newline(lexer, at) == at)
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

static struct token read_token(const struct lexer *lexer)
{
	size_t at = lexer->at, end;
	char first = lexer->text[at], second = byte_at(lexer, at + 1);

	if ((end = skip_newline(lexer, at)) != at)
		return (struct token){ TOKEN_NEWLINE, at, end };
	if (is_blank(first))
		return (struct token){ TOKEN_BLANK, at, skip_blanks(lexer, at) };
	if (first == '\\' && (end = skip_splice(lexer, at)) != at)
		return (struct token){ TOKEN_SPLICE, at, end };
	if (first == '/' && second == '*')
		return (struct token){ TOKEN_COMMENT, at, skip_block_comment(lexer, at) };
	if (first == '/' && second == '/')
		return (struct token){ TOKEN_COMMENT, at, skip_line_comment(lexer, at) };
	if (first == '"' || first == '\'')
		return (struct token){ TOKEN_LITERAL, at, skip_literal(lexer, at) };
	if (is_word_byte(first)) {
		for (end = at + 1; end < lexer->length && is_word_byte(lexer->text[end]); end++)
			;
		return (struct token){ TOKEN_WORD, at, end };
	}
	if (first == '#' && lexer->is_line_start)
		return (struct token){ TOKEN_HASH, at, at + 1 };
	return (struct token){ TOKEN_SIGN, at, at + 1 };
}

bool lexer_next(struct lexer *lexer, struct token *token)
{
	if (lexer->at >= lexer->length)
		return false;
	*token = read_token(lexer);
	lexer->at = token->end;
	if (token->kind == TOKEN_NEWLINE) {
		lexer->is_line_start = true;
		lexer->in_directive = false;
	} else if (token_is_code(*token)) {
		lexer->is_line_start = false;
		lexer->in_directive = lexer->in_directive || token->kind == TOKEN_HASH;
	}
	return true;
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

bool token_is_code(struct token token)
{
	return token.kind >= TOKEN_LITERAL;
}

bool lexer_is(const struct lexer *lexer, struct token token, const char *text)
{
	size_t length = strlen(text);

	return token.end - token.start == length &&
	       !memcmp(lexer->text + token.start, text, length);
}
