/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * items: what one source defines, and what that calls, passes on and stores, by tokens alone.
 *
 * Both branches of a conditional are read. Names are numbers in `names`, types are paths in
 * `paths`; as long as they are those of one source, they say nothing about others.
 */
#ifndef RESVLINT_GRAPH_ITEMS_H
#define RESVLINT_GRAPH_ITEMS_H

#include "graph/symbols.h"
#include "graph/paths.h"

enum item_kind {
	ITEM_FUNCTION,  /* a definition */
	ITEM_MACRO,     /* a `#define` with something of interest in it */
	ITEM_VARIABLE,  /* outside of functions, with functions in its value */
	ITEM_STRUCTURE, /* a definition; `name` is its tag */
	ITEM_DECLARER,  /* `module_init(f);` */
};

/* Something that a source defines. */
struct item {
	uint32_t name;
	uint32_t source;
	uint32_t line;      /* of its first word, from 1 */
	uint32_t name_line; /* of its name */
	uint32_t body_line; /* of the brace that opens its body or value; `line` if it has none */
	uint32_t end_line;
	uint32_t first_edge;
	uint32_t edge_count;
	uint32_t first_parameter;
	uint16_t parameter_count;
	uint8_t kind;             /* enum item_kind */
	bool is_static : 1;       /* as it says */
	bool is_local : 1;        /* only its own source can mean it: static, and not in a header */
	bool returns_pointer : 1; /* of a function */
};

struct parameter {
	uint32_t name; /* NONE if it has none */
	uint32_t path;
};

/* How an item has to do with a function or member. */
enum edge_kind {
	EDGE_CALL,          /* NAME(); `target` is the path of the first member that is an argument,
			       or whose address is; NONE if none is */
	EDGE_CALL_VARIABLE, /* NAME() where that is a variable or parameter that is meant */
	EDGE_CALL_MEMBER,   /* `->NAME()`; `target` is the path of the member */
	EDGE_PASS,        /* the function, or class of a guard, NAME is an argument of `target`() */
	EDGE_PASS_MEMBER, /* likewise of a call through a member; `target` is its path */
	EDGE_STORE,       /* the function NAME is put into a member; `target` is its path */
	EDGE_STORE_VARIABLE, /* likewise into a variable, or an array of functions: `target`, a name
			      */
	EDGE_STORE_MACRO,    /* an argument of a macro in the value of a structure; `target` is the
				path of that and the macro's name below */
	EDGE_PASS_PARAMETER, /* as EDGE_PASS, of the item's own parameter NAME */
	EDGE_STORE_PARAMETER, /* as EDGE_STORE, likewise */
	EDGE_COPY_PARAMETER,  /* as EDGE_STORE_VARIABLE, likewise */
	EDGE_USE_MACRO,       /* a macro fills in members of a structure; `target` is its path */
	EDGE_MENTION,         /* a function is named, and nothing is known of what for */
};

/* Lines and columns above these are those. */
#define EDGE_LINE_LIMIT ((1u << 20) - 1)
#define EDGE_COLUMN_LIMIT ((1u << 12) - 1)
#define EDGE_ARGUMENT_LIMIT ((1u << 5) - 1)
#define ITEM_LIMIT ((1u << 23) - 1)

struct edge {
	uint32_t name;
	uint32_t target;
	uint32_t
		line : 20; /* from 1, where the expression called, or the function's name, begins */
	uint32_t column : 12;  /* bytes, from 0 */
	uint32_t item : 23;    /* in which it stands */
	uint32_t kind : 4;     /* enum edge_kind */
	uint32_t argument : 5; /* number of it, from 0; of a parameter that is called: its number
				  + 1; 0: a variable */
};

/* What the `source` of a path, which is bound, is in the paths of one source: whom it counts for.
 */
enum scope {
	SCOPE_ALL,
	SCOPE_SOURCE, /* for that one alone */
};

/* items_free() it. */
struct items {
	struct symbols names;
	struct paths paths;
	struct item *items; /* in the source's order, but macros behind all others */
	uint32_t count;
	struct edge *edges; /* of one item after the other, each in the source's order */
	uint32_t edge_count;
	struct parameter *parameters;
	uint32_t parameter_count;
	bool is_broken; /* some bracket has no partner: not all that is there may have been seen */
};

/*
 * Reads a source, which may be any bytes, with TEXT_SLACK behind them. What a header defines counts
 * for all that include it.
 */
void items_read(struct items *items, const char *text, size_t length, bool is_header);
void items_free(struct items *items);

#endif
