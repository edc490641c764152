// SPDX-License-Identifier: GPL-2.0-only
#include "source/focus.h"

#include "source/lexer.h"

#include <stdlib.h>
#include <string.h>

/* A definition, a declaration or a `#define`. */
struct item {
	size_t from; /* the end of what stands before it: there may be comments between */
	size_t start;
	size_t end;
	bool is_function;
	size_t body_start; /* behind the brace that opens a body or a value; 0 if it has none */
	size_t body_end;   /* before the one that closes it; 0 until that is reached */
	bool tells; /* it may tell of what type an expression is, or which function is called */
	bool stays; /* its body has preprocessor lines that tell more than itself */
	bool matters;
};

enum name_kind {
	FUNCTION,
	VARIABLE,
	MACRO,
};

/* A word by which an item is known to others, and what that stands for. */
struct name {
	enum name_kind kind;
	const char *text;
	size_t length;
	size_t item;
};

/* One item that has a name of another. */
struct use {
	size_t item;
	size_t used;
	bool is_function; /* is it a function's name? */
};

/* A source while it is read. */
struct reader {
	struct lexer lexer;
	struct item *items;
	size_t count;
	struct name *names;
	size_t name_count;
	struct use *uses;
	size_t use_count;

	size_t from;         /* the end of the last item or preprocessor line */
	bool is_open;        /* the last item goes on */
	size_t first_name;   /* of it */
	bool has_value;      /* it has a `=` */
	bool is_value;       /* and what is being read stands behind one */
	bool has_parameters; /* it has a parenthesis, and more than attributes before it */
	bool has_more;       /* than attributes and `struct` */
	bool is_variable;    /* it may be one, or several */
	size_t depth;        /* of parentheses, brackets and braces */
	struct token before; /* the code token before this one, in the item */
	size_t *depths;      /* at each `#if` that is open */
	size_t depth_count;
};

static struct item *last_item(struct reader *reader)
{
	return &reader->items[reader->count - 1];
}

static struct item *add_item(struct reader *reader, size_t start)
{
	reader->items = grow(reader->items, reader->count, sizeof(*reader->items));
	reader->items[reader->count++] = (struct item){ .from = reader->from, .start = start };
	return last_item(reader);
}

/* A preprocessor line that stands by itself is an item. */
static struct item *add_line(struct reader *reader, size_t start)
{
	struct item *item = add_item(reader, start);

	item->end = reader->lexer.at;
	return item;
}

static void begin_item(struct reader *reader, struct token token)
{
	add_item(reader, token.start);
	reader->is_open = true;
	reader->first_name = reader->name_count;
	reader->has_value = reader->is_value = reader->has_parameters = reader->has_more = false;
	reader->is_variable = false;
	reader->before = token;
}

/* Is an item known by its name, as it turns out to be? Variables without a value name nothing. */
static bool is_known_by(const struct reader *reader, const struct item *item,
			const struct name *name)
{
	if (name->kind == MACRO)
		return true;
	return item->is_function ? name->kind == FUNCTION
				 : name->kind == VARIABLE && reader->has_value;
}

static void end_item(struct reader *reader, size_t end)
{
	struct item *item = last_item(reader);
	size_t kept = reader->first_name;

	item->end = reader->from = end;
	if (!item->is_function)
		item->tells |= !reader->has_parameters || reader->has_value || reader->is_variable;
	reader->is_open = false;
	for (size_t i = kept; i < reader->name_count; i++)
		if (is_known_by(reader, item, &reader->names[i]))
			reader->names[kept++] = reader->names[i];
	reader->name_count = kept;
}

static void add_name(struct reader *reader, struct token token, enum name_kind kind)
{
	reader->names = grow(reader->names, reader->name_count, sizeof(*reader->names));
	reader->names[reader->name_count++] = (struct name){
		.kind = kind,
		.text = reader->lexer.text + token.start,
		.length = token.end - token.start,
		.item = reader->count - 1,
	};
}

static bool is_one_of(const struct reader *reader, struct token token, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (lexer_is(&reader->lexer, token, words[i]))
			return true;
	return false;
}

static bool begins_reserved(const struct reader *reader, struct token token)
{
	return token.end - token.start > 2 && !memcmp(reader->lexer.text + token.start, "__", 2);
}

static void read_word(struct reader *reader, struct token token)
{
	static const char *const tags[] = { "struct", "union", "enum", NULL };
	static const char *const storage[] = { "typedef", "static", "const", "extern", NULL };

	if (!is_one_of(reader, token, tags) && !is_one_of(reader, token, storage) &&
	    !begins_reserved(reader, token))
		reader->has_more = true;
}

/* Is the word before a token what a declaration is about, as far as that token tells? */
static bool ends_declarator(const struct reader *reader, struct token token)
{
	return token.kind == TOKEN_WORD ? begins_reserved(reader, token)
					: strchr("=[),", reader->lexer.text[token.start]) != NULL;
}

/* Takes the word before a token for a name. */
static void read_name(struct reader *reader, struct token token)
{
	struct token word = reader->before;
	bool is_called = !reader->depth && lexer_is(&reader->lexer, token, "(");

	if (word.kind != TOKEN_WORD || lexer_is(&reader->lexer, word, "void"))
		return;
	if (is_called)
		add_name(reader, word, FUNCTION);
	else if (!reader->is_value && ends_declarator(reader, token))
		add_name(reader, word, VARIABLE);
}

/* Does the brace open the body of a function? */
static bool opens_body(const struct reader *reader)
{
	return !reader->depth && !reader->has_value && reader->has_parameters &&
	       (lexer_is(&reader->lexer, reader->before, ")") ||
		(reader->before.kind == TOKEN_WORD && begins_reserved(reader, reader->before)));
}

/* Does the brace open the value of a variable? */
static bool opens_value(const struct reader *reader)
{
	return !reader->depth && lexer_is(&reader->lexer, reader->before, "=");
}

static void read_open(struct reader *reader, struct token token)
{
	struct item *item = last_item(reader);
	const char c = reader->lexer.text[token.start];

	if (c == '(' && !reader->depth && reader->before.kind == TOKEN_WORD) {
		reader->has_parameters = reader->has_more;
		reader->is_variable |= begins_reserved(reader, reader->before);
	}
	reader->is_variable |= c == '{';
	if (c == '{' && opens_body(reader))
		item->is_function = true;
	if (c == '{' && !item->body_start && (item->is_function || opens_value(reader)))
		item->body_start = token.end;
	reader->depth++;
}

static bool is_in_body(const struct item *item)
{
	return item->body_start && !item->body_end;
}

/* Returns false where nothing is open. */
static bool read_close(struct reader *reader, struct token token)
{
	struct item *item = last_item(reader);

	if (!reader->depth)
		return false;
	reader->depth--;
	if (!reader->depth && is_in_body(item)) {
		item->body_end = token.start;
		if (item->is_function)
			end_item(reader, token.end);
	}
	return true;
}

/* Does a token make a pointer of what is declared, or a name for a type? */
static bool is_pointer(const struct reader *reader, struct token token)
{
	if (lexer_is(&reader->lexer, token, "*"))
		return !reader->depth ||
		       (reader->depth == 1 && lexer_is(&reader->lexer, reader->before, "("));
	return !reader->depth && lexer_is(&reader->lexer, token, "typedef");
}

/* The declarators of one item. */
static void read_comma(struct reader *reader)
{
	reader->is_value = false;
	reader->is_variable = true;
}

/* Takes a token of an item. Returns false if it cannot stand there. */
static bool read_token(struct reader *reader, struct token token)
{
	const char c = reader->lexer.text[token.start];
	bool is_sign = token.kind == TOKEN_SIGN, result = true;

	if (!reader->is_open)
		begin_item(reader, token);
	if (!is_in_body(last_item(reader)))
		read_name(reader, token);
	last_item(reader)->tells |= is_pointer(reader, token);
	if (token.kind == TOKEN_WORD && !is_in_body(last_item(reader)))
		read_word(reader, token);
	else if (is_sign && strchr("([{", c))
		read_open(reader, token);
	else if (is_sign && strchr(")]}", c))
		result = read_close(reader, token);
	else if (is_sign && !reader->depth && c == ';')
		end_item(reader, token.end);
	else if (is_sign && !reader->depth && c == ',')
		read_comma(reader);
	else if (is_sign && !reader->depth && c == '=')
		reader->has_value = reader->is_value = true;
	reader->before = token;
	return result;
}

/* A macro is an item of its own, or a part of the one in which it stands. */
static void read_macro(struct reader *reader, size_t start, struct lexer words)
{
	struct token token;

	while (lexer_next(&words, &token) &&
	       (token.kind != TOKEN_WORD || lexer_is(&words, token, "define")))
		;
	if (reader->is_open)
		last_item(reader)->stays = true;
	else
		add_line(reader, start)->tells = true;
	add_name(reader, token, MACRO);
}

/* The branches of a conditional have to close what they open. Returns false if they do not. */
static bool read_directive(struct reader *reader, size_t start)
{
	const struct lexer words = reader->lexer;
	enum directive directive = lexer_skip_directive(&reader->lexer);

	switch (directive) {
	case DIRECTIVE_IF:
		reader->depths = grow(reader->depths, reader->depth_count, sizeof(*reader->depths));
		reader->depths[reader->depth_count++] = reader->depth;
		return true;
	case DIRECTIVE_ELSE:
		return reader->depth_count &&
		       reader->depths[reader->depth_count - 1] == reader->depth;
	case DIRECTIVE_ENDIF:
		return reader->depth_count &&
		       reader->depths[--reader->depth_count] == reader->depth;
	case DIRECTIVE_DEFINE:
		read_macro(reader, start, words);
		return true;
	case DIRECTIVE_INCLUDE:
	case DIRECTIVE_OTHER:
		if (reader->is_open)
			last_item(reader)->stays = true;
		else if (directive == DIRECTIVE_INCLUDE)
			add_line(reader, start);
		return true;
	}
	return true;
}

/* Returns false if it is not plain where items end. */
static bool read_items(struct reader *reader)
{
	struct token token;
	bool result = true;

	while (result && lexer_next(&reader->lexer, &token)) {
		if (token.kind == TOKEN_HASH) {
			result = read_directive(reader, token.start);
			if (!reader->is_open)
				reader->from = reader->lexer.at;
		} else if (token_is_code(token)) {
			result = read_token(reader, token);
		}
	}
	if (reader->is_open)
		end_item(reader, reader->lexer.length);
	return result && !reader->depth && !reader->depth_count;
}

static int compare_names(const void *left, const void *right)
{
	const struct name *a = left, *b = right;
	int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

/* The first of the names that are this word, or the end of them if none is. */
static size_t find_name(const struct reader *reader, const struct name *word)
{
	size_t low = 0, high = reader->name_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_names(&reader->names[middle], word) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_use(struct reader *reader, size_t item, const struct name *name)
{
	reader->uses = grow(reader->uses, reader->use_count, sizeof(*reader->uses));
	reader->uses[reader->use_count++] =
		(struct use){ item, name->item, name->kind == FUNCTION };
}

/* Notes which items have the names of others. */
static void find_uses(struct reader *reader)
{
	for (size_t i = 0; i < reader->count; i++) {
		const struct item *item = &reader->items[i];
		struct lexer lexer =
			lexer_make(reader->lexer.text + item->start, item->end - item->start);
		struct token token;

		while (lexer_next(&lexer, &token)) {
			struct name word = { .text = lexer.text + token.start,
					     .length = token.end - token.start };

			if (token.kind != TOKEN_WORD)
				continue;
			for (size_t j = find_name(reader, &word);
			     j < reader->name_count && !compare_names(&reader->names[j], &word);
			     j++)
				if (reader->names[j].item != i)
					add_use(reader, i, &reader->names[j]);
		}
	}
}

/* What uses what matters, matters. */
static void spread(struct reader *reader, enum focus_reach reach)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < reader->use_count; i++) {
			const struct use *use = &reader->uses[i];
			struct item *item = &reader->items[use->item];

			if (item->matters || !reader->items[use->used].matters ||
			    (reach == FOCUS_VARIABLES && use->is_function))
				continue;
			item->matters = true;
			changed = true;
		}
	}
}

/* Has an item one of the words, where these count? */
static bool has_word(const struct reader *reader, const struct item *item,
		     const struct focus *focus)
{
	bool is_head = focus->reach == FOCUS_NOTHING && item->is_function;
	size_t end = is_head ? item->body_start : item->end;

	return words_match(focus->words, reader->lexer.text + item->start, end - item->start) != 0;
}

/* Blanks of an item what nobody asks for. */
static void blank_item(char *text, const struct item *item)
{
	if (item->matters || item->stays)
		return;
	if (!item->tells)
		blank_text(text, item->from, item->end);
	else if (item->body_end)
		blank_text(text, item->body_start, item->body_end);
}

/* Leaves what a function is that others may take for one of the heads. */
static void keep_heads(struct reader *reader, const struct words *heads)
{
	for (size_t i = 0; i < reader->name_count; i++)
		if (words_match(heads, reader->names[i].text, reader->names[i].length))
			reader->items[reader->names[i].item].tells = true;
}

void focus(char *text, size_t length, const struct focus *focus)
{
	struct reader reader = { .lexer = lexer_make(text, length) };

	if (read_items(&reader)) {
		if (reader.name_count)
			qsort(reader.names, reader.name_count, sizeof(*reader.names),
			      compare_names);
		for (size_t i = 0; i < reader.count; i++)
			reader.items[i].matters = has_word(&reader, &reader.items[i], focus);
		if (focus->reach != FOCUS_NOTHING) {
			find_uses(&reader);
			spread(&reader, focus->reach);
		}
		if (focus->heads)
			keep_heads(&reader, focus->heads);
		for (size_t i = 0; i < reader.count; i++)
			blank_item(text, &reader.items[i]);
	}
	free(reader.items);
	free(reader.names);
	free(reader.uses);
	free(reader.depths);
}
