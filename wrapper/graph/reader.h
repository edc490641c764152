/* SPDX-License-Identifier: GPL-2.0-only */
/* reader: one source while its items are read; for types.c, declarations.c and edges.c alone. */
#ifndef RESVLINT_GRAPH_READER_H
#define RESVLINT_GRAPH_READER_H

#include "graph/code.h"
#include "graph/items.h"

/* What can be in itself is followed no deeper. */
#define DEPTH_LIMIT 32

/* What a word means, where it is a variable. */
struct variable {
	uint32_t function;  /* in which; that of the source, 0, for the whole source */
	uint32_t path;      /* of its type */
	uint32_t parameter; /* its number + 1; 0 if it is none */
	bool may_call;      /* it may be a function that is passed on */
	bool is_outer;      /* it is one of the whole source, too */
};

struct reader {
	struct code code;
	const struct code_token *tokens; /* of the code */
	struct items *items;
	bool is_header;
	struct variable *variables; /* by name */
	uint32_t function;          /* the number of the one that is read, from 1; 0: none */
	uint32_t functions;         /* so many functions and macros were read */
	unsigned int depth;         /* of structures and typeof() in others */
	uint32_t any;               /* the name "*", of members of which no more is known */
};

/* A type before its declarators. */
struct type {
	uint32_t path;
	bool is_known; /* is there one at all? */
	bool is_static;
	bool is_typedef;
};

/* An expression, read backward. */
struct expression {
	uint32_t path;
	uint32_t start; /* its first token */
	uint32_t last;  /* the word it ends with; NONE if that is none */
	bool is_member; /* is that a member? */
};

static inline enum word_class class_at(const struct reader *reader, uint32_t token)
{
	return code_class(&reader->tokens[token]);
}

static inline bool is_sign(const struct reader *reader, uint32_t token, char sign)
{
	return reader->tokens[token].what == (uint32_t)sign;
}

/* Can the token be the name of a function, variable or member? */
static inline bool is_name(const struct reader *reader, uint32_t token)
{
	enum word_class class = class_at(reader, token);

	return class == WORD_NAME || class == WORD_TRANSPARENT || class == WORD_ASSIGN;
}

static inline uint32_t name_at(const struct reader *reader, uint32_t token)
{
	return reader->tokens[token].what - CODE_WORDS;
}

/* Does a dot or an arrow stand before the token, which is not the first one after `from`? */
static inline bool is_member_at(const struct reader *reader, uint32_t token, uint32_t from)
{
	return token > from &&
	       (is_sign(reader, token - 1, '.') || reader->tokens[token - 1].what == CODE_ARROW);
}

/* The token behind the bracket that closes the one at `open`; `open + 1` if none does. */
static inline uint32_t behind(const struct reader *reader, uint32_t open)
{
	uint32_t match = reader->tokens[open].match;

	return match == NONE || match < open ? open + 1 : match + 1;
}

/* types.c */

/* Does a name begin with two underscores, as those of attributes do? */
bool is_reserved(const struct reader *reader, uint32_t token);

/* Reads what stands before the declarators. Returns the token behind it. */
uint32_t read_type(struct reader *reader, uint32_t at, uint32_t end, uint32_t owner,
		   struct type *type);

/* Reads the expression that ends before `end`, but begins no earlier than `from`. */
struct expression read_backward(struct reader *reader, uint32_t end, uint32_t from);

/* The end of an argument: the comma or parenthesis behind it. */
uint32_t argument_end(const struct reader *reader, uint32_t at, uint32_t end);

/* declarations.c */

/* Reads all that stands outside of functions. */
void read_source(struct reader *reader, uint32_t end);

/* Reads the definition of a structure between braces; `owner` is its path. */
void read_structure(struct reader *reader, uint32_t keyword, uint32_t tag, uint32_t open,
		    uint32_t owner);

/* Takes in the variables that a declaration in a function makes. */
void read_local(struct reader *reader, uint32_t at, uint32_t end);

/* Reads a `#define`, from its name on. */
void read_macro_item(struct reader *reader, uint32_t name);

/* edges.c */

/* Reads calls, and what is passed on and stored, in [from, end) for the last item. */
void read_edges(struct reader *reader, uint32_t from, uint32_t end, bool is_macro);

#endif
