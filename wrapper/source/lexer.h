/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lexer: C source text as tokens. They lie side by side, from the first byte of the text to its
 * last, so that what is not touched can be copied byte for byte. Any text has tokens, C or not.
 */
#ifndef RESVLINT_LEXER_H
#define RESVLINT_LEXER_H

#include "base/base.h"

enum token_kind {
	TOKEN_BLANK,   /* as many blanks and tabs as there are, and the like */
	TOKEN_NEWLINE, /* with the carriage return before it */
	TOKEN_SPLICE,  /* an end of line that a backslash takes back, from the backslash on */
	TOKEN_COMMENT, /* without the newline that ends it */
	TOKEN_LITERAL, /* a string or character; one without its end ends with the line */
	TOKEN_WORD,    /* an identifier, keyword or number; bytes from 0x80 on belong to words */
	TOKEN_HASH,    /* the # that begins a preprocessor line */
	TOKEN_SIGN,    /* any other byte */
};

struct token {
	enum token_kind kind;
	size_t start;
	size_t end; /* behind its last byte */
};

/* Where in a text the next token begins. A copy goes on by itself. */
struct lexer {
	const char *text;
	size_t length;
	size_t at;
	bool is_line_start; /* no code stands before it on its line */
	bool in_directive;  /* it is in a preprocessor line, of which TOKEN_NEWLINE is the end */
};

/* What a preprocessor line does to the code around it. */
enum directive {
	DIRECTIVE_OTHER,
	DIRECTIVE_IF,   /* #if, #ifdef, #ifndef */
	DIRECTIVE_ELSE, /* #else, #elif, #elifdef, #elifndef */
	DIRECTIVE_ENDIF,
	DIRECTIVE_DEFINE,
	DIRECTIVE_INCLUDE,
};

/* At the beginning of a text, which has to outlive it. */
struct lexer lexer_make(const char *text, size_t length);

/* Takes the next token. Returns false at the end of the text. */
bool lexer_next(struct lexer *lexer, struct token *token);

/* Takes the next token that the compiler sees. Returns false if there is none. */
bool lexer_next_code(struct lexer *lexer, struct token *token);

/* Takes the rest of a preprocessor line behind its #, with its newline, and says what it does. */
enum directive lexer_skip_directive(struct lexer *lexer);

/* The preprocessor line whose first word this is. */
enum directive lexer_directive(const struct lexer *lexer, struct token word);

/* Does the compiler see the token? */
bool token_is_code(struct token token);

/* Is the token this text? */
bool lexer_is(const struct lexer *lexer, struct token token, const char *text);

#endif
