/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * code: the code of one source as an array of tokens, for what has to look ahead in it and back.
 * Preprocessor lines are taken out; the macros that they define stand behind all else. Brackets
 * know their partners: where the branches of a conditional open or close different ones, each
 * begins with those that were open at the `#if`.
 */
#ifndef RESVLINT_GRAPH_CODE_H
#define RESVLINT_GRAPH_CODE_H

#include "graph/symbols.h"

/* What a token is: the byte of a sign, one of these, or WORDS + the number of a word's name. */
enum code_kind {
	CODE_END,      /* behind the code, and behind each macro */
	CODE_ARROW,    /* -> */
	CODE_OPERATOR, /* one that compares, assigns by operating, or is logical */
	CODE_NUMBER = '0',
	CODE_LITERAL = '"',
	CODE_WORDS = 0x100,
};

/* What a word is: the language, or the kernel, gives some a meaning. */
enum word_class {
	WORD_NONE, /* no word at all */
	WORD_NAME,
	WORD_AGGREGATE, /* struct, union */
	WORD_ENUM,
	WORD_TYPEDEF,
	WORD_STATIC,
	WORD_TYPEOF,
	WORD_ATTRIBUTE,   /* __attribute__ */
	WORD_QUALIFIER,   /* const and the like: says nothing of a type */
	WORD_PLAIN,       /* a type without members */
	WORD_STATEMENT,   /* what begins a statement, or has parentheses but calls nothing */
	WORD_BEFORE,      /* likewise, with no parentheses of its own: an expression or statement
			     follows */
	WORD_GOTO,        /* a label follows */
	WORD_TRANSPARENT, /* a macro that is what one of its arguments is */
	WORD_ASSIGN,      /* a macro that assigns its second argument to its first */
};

struct code_token {
	uint32_t start; /* byte in the text */
	uint32_t what;
	uint32_t match; /* of a bracket: the index of its partner; NONE if it has none */
};

/* code_free() it. */
struct code {
	const char *text;
	struct symbols *names;     /* of all words */
	struct code_token *tokens; /* the last of `count` is CODE_END */
	uint32_t count;
	uint32_t *macros; /* where each one begins: with its name */
	uint32_t macro_count;
	uint32_t *lines; /* where each one begins, in bytes */
	uint32_t line_count;
};

/* Reads a text, which has to outlive the code. `names`, which has none yet, gets all words. */
void code_read(struct code *code, const char *text, size_t length, struct symbols *names);
void code_free(struct code *code);

enum word_class code_class(const struct code_token *token);

/* Where a token is. */
struct code_place {
	uint32_t line;   /* from 1 */
	uint32_t column; /* bytes, from 0 */
};

struct code_place code_place(const struct code *code, uint32_t token);

#endif
