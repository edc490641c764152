// SPDX-License-Identifier: GPL-2.0-only
#include "graph/code.h"

#include "base/text.h"
#include "source/lexer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* They have the first numbers among the names of any code. */
static const struct {
	const char *text;
	enum word_class class;
} keywords[] = {
	{ "struct", WORD_AGGREGATE },
	{ "union", WORD_AGGREGATE },
	{ "enum", WORD_ENUM },
	{ "typedef", WORD_TYPEDEF },
	{ "static", WORD_STATIC },
	{ "typeof", WORD_TYPEOF },
	{ "__typeof__", WORD_TYPEOF },
	{ "__typeof", WORD_TYPEOF },
	{ "typeof_member", WORD_TYPEOF },
	{ "__attribute__", WORD_ATTRIBUTE },
	{ "__attribute", WORD_ATTRIBUTE },
	{ "extern", WORD_QUALIFIER },
	{ "const", WORD_QUALIFIER },
	{ "volatile", WORD_QUALIFIER },
	{ "inline", WORD_QUALIFIER },
	{ "register", WORD_QUALIFIER },
	{ "restrict", WORD_QUALIFIER },
	{ "noinline", WORD_QUALIFIER },
	{ "asmlinkage", WORD_QUALIFIER },
	{ "notrace", WORD_QUALIFIER },
	{ "thread_local", WORD_QUALIFIER },
	{ "void", WORD_PLAIN },
	{ "char", WORD_PLAIN },
	{ "short", WORD_PLAIN },
	{ "int", WORD_PLAIN },
	{ "long", WORD_PLAIN },
	{ "float", WORD_PLAIN },
	{ "double", WORD_PLAIN },
	{ "signed", WORD_PLAIN },
	{ "unsigned", WORD_PLAIN },
	{ "bool", WORD_PLAIN },
	{ "u8", WORD_PLAIN },
	{ "u16", WORD_PLAIN },
	{ "u32", WORD_PLAIN },
	{ "u64", WORD_PLAIN },
	{ "s8", WORD_PLAIN },
	{ "s16", WORD_PLAIN },
	{ "s32", WORD_PLAIN },
	{ "s64", WORD_PLAIN },
	{ "__u8", WORD_PLAIN },
	{ "__u16", WORD_PLAIN },
	{ "__u32", WORD_PLAIN },
	{ "__u64", WORD_PLAIN },
	{ "__s8", WORD_PLAIN },
	{ "__s16", WORD_PLAIN },
	{ "__s32", WORD_PLAIN },
	{ "__s64", WORD_PLAIN },
	{ "__le16", WORD_PLAIN },
	{ "__le32", WORD_PLAIN },
	{ "__le64", WORD_PLAIN },
	{ "__be16", WORD_PLAIN },
	{ "__be32", WORD_PLAIN },
	{ "__be64", WORD_PLAIN },
	{ "uint8_t", WORD_PLAIN },
	{ "uint16_t", WORD_PLAIN },
	{ "uint32_t", WORD_PLAIN },
	{ "uint64_t", WORD_PLAIN },
	{ "uint", WORD_PLAIN },
	{ "ulong", WORD_PLAIN },
	{ "size_t", WORD_PLAIN },
	{ "ssize_t", WORD_PLAIN },
	{ "loff_t", WORD_PLAIN },
	{ "gfp_t", WORD_PLAIN },
	{ "dma_addr_t", WORD_PLAIN },
	{ "phys_addr_t", WORD_PLAIN },
	{ "resource_size_t", WORD_PLAIN },
	{ "umode_t", WORD_PLAIN },
	{ "ktime_t", WORD_PLAIN },
	{ "if", WORD_STATEMENT },
	{ "while", WORD_STATEMENT },
	{ "for", WORD_STATEMENT },
	{ "switch", WORD_STATEMENT },
	{ "sizeof", WORD_STATEMENT },
	{ "asm", WORD_STATEMENT },
	{ "__asm__", WORD_STATEMENT },
	{ "defined", WORD_STATEMENT },
	{ "offsetof", WORD_STATEMENT },
	{ "_Static_assert", WORD_STATEMENT },
	{ "static_assert", WORD_STATEMENT },
	{ "__alignof__", WORD_STATEMENT },
	{ "else", WORD_BEFORE },
	{ "do", WORD_BEFORE },
	{ "return", WORD_BEFORE },
	{ "case", WORD_BEFORE },
	{ "default", WORD_BEFORE },
	{ "break", WORD_BEFORE },
	{ "continue", WORD_BEFORE },
	{ "goto", WORD_GOTO },
	{ "PTR_IF", WORD_TRANSPARENT },
	{ "pm_ptr", WORD_TRANSPARENT },
	{ "pm_sleep_ptr", WORD_TRANSPARENT },
	{ "__exit_p", WORD_TRANSPARENT },
	{ "READ_ONCE", WORD_TRANSPARENT },
	{ "likely", WORD_TRANSPARENT },
	{ "unlikely", WORD_TRANSPARENT },
	{ "smp_load_acquire", WORD_TRANSPARENT },
	{ "rcu_dereference", WORD_TRANSPARENT },
	{ "rcu_dereference_raw", WORD_TRANSPARENT },
	{ "rcu_dereference_check", WORD_TRANSPARENT },
	{ "rcu_dereference_protected", WORD_TRANSPARENT },
	{ "rcu_access_pointer", WORD_TRANSPARENT },
	{ "WRITE_ONCE", WORD_ASSIGN },
	{ "smp_store_release", WORD_ASSIGN },
	{ "rcu_assign_pointer", WORD_ASSIGN },
	{ "RCU_INIT_POINTER", WORD_ASSIGN },
};

#define KEYWORDS (sizeof(keywords) / sizeof(*keywords))

/* Code while it is read. */
struct reader {
	struct code *code;
	struct lexer lexer;
	uint32_t room;
	uint32_t *open; /* indexes of brackets without a partner yet */
	size_t depth;
	size_t open_room;
	size_t *branches; /* the depth at each `#if` that is open */
	size_t branch_count;
	struct lexer *defines; /* each behind its `define` */
	size_t define_count;
};

enum word_class code_class(const struct code_token *token)
{
	uint32_t name = token->what - CODE_WORDS;

	if (token->what < CODE_WORDS)
		return WORD_NONE;
	return name < KEYWORDS ? keywords[name].class : WORD_NAME;
}

static void find_lines(struct code *code, const char *text, size_t length)
{
	const char *at = text, *end = text + length;

	for (; at; at = memchr(at, '\n', (size_t)(end - at)), at = at ? at + 1 : NULL) {
		code->lines = grow(code->lines, code->line_count, sizeof(*code->lines));
		code->lines[code->line_count++] = (uint32_t)(at - text);
	}
}

static struct code_token *append(struct reader *reader, size_t start, uint32_t what)
{
	struct code *code = reader->code;

	if (code->count == reader->room) {
		reader->room = reader->room ? reader->room * 2 : 1 << 12;
		code->tokens = xrealloc(code->tokens, reader->room * sizeof(*code->tokens));
	}
	code->tokens[code->count] = (struct code_token){ (uint32_t)start, what, NONE };
	return &code->tokens[code->count++];
}

/* Does a sign end an operator that begins with the token before it? */
static bool joins(const struct code_token *before, size_t start, char sign, uint32_t *what)
{
	if (before->start + 1 != start)
		return false;
	if (sign == '>' && before->what == '-') {
		*what = CODE_ARROW;
		return true;
	}
	*what = CODE_OPERATOR;
	return (sign == '=' && before->what < 0x80 && before->what &&
		strchr("=!<>+-*/%&|^", (int)before->what)) ||
	       ((sign == '&' || sign == '|') && before->what == (uint32_t)sign);
}

static void open_bracket(struct reader *reader)
{
	if (reader->depth == reader->open_room) {
		reader->open_room = reader->open_room ? reader->open_room * 2 : 64;
		reader->open = xrealloc(reader->open, reader->open_room * sizeof(*reader->open));
	}
	reader->open[reader->depth++] = reader->code->count - 1;
}

/* Closes the last bracket, and those without a partner of another kind that stand in between. */
static void close_bracket(struct reader *reader, char sign)
{
	struct code_token *tokens = reader->code->tokens;
	const char opens = sign == ')' ? '(' : sign == ']' ? '[' : '{';
	uint32_t at = reader->code->count - 1;
	size_t depth = reader->depth;

	/* A brace ends whatever parentheses are open in it, but no parenthesis ends a brace. */
	while (depth && sign == '}' && tokens[reader->open[depth - 1]].what != '{')
		depth--;
	if (!depth || tokens[reader->open[depth - 1]].what != (uint32_t)opens)
		return;
	reader->depth = depth - 1;
	tokens[reader->open[reader->depth]].match = at;
	tokens[at].match = reader->open[reader->depth];
}

static void read_sign(struct reader *reader, struct token token)
{
	struct code *code = reader->code;
	char sign = reader->lexer.text[token.start];
	uint32_t what;

	if (code->count && joins(&code->tokens[code->count - 1], token.start, sign, &what)) {
		code->tokens[code->count - 1].what = what;
		return;
	}
	append(reader, token.start, (unsigned char)sign);
	if (sign == '(' || sign == '[' || sign == '{')
		open_bracket(reader);
	else if (sign == ')' || sign == ']' || sign == '}')
		close_bracket(reader, sign);
}

static void read_word(struct reader *reader, struct token token)
{
	const char *text = reader->lexer.text + token.start;
	uint32_t name;

	if (*text >= '0' && *text <= '9') {
		append(reader, token.start, CODE_NUMBER);
		return;
	}
	name = symbols_intern(reader->code->names, text, token.end - token.start);
	append(reader, token.start, name == NONE ? CODE_NUMBER : CODE_WORDS + name);
}

static void read_token(struct reader *reader, struct token token)
{
	if (token.kind == TOKEN_WORD)
		read_word(reader, token);
	else if (token.kind == TOKEN_LITERAL)
		append(reader, token.start, CODE_LITERAL);
	else
		read_sign(reader, token);
}

static void begin_branches(struct reader *reader)
{
	reader->branches = grow(reader->branches, reader->branch_count, sizeof(*reader->branches));
	reader->branches[reader->branch_count++] = reader->depth;
}

/* What was open at the `#if` is open again. */
static void next_branch(struct reader *reader)
{
	if (reader->branch_count)
		reader->depth = reader->branches[reader->branch_count - 1];
}

static bool is_letter(char c, char first, char last)
{
	return c >= first && c <= last;
}

/* Is a macro in capitals given something else than constants, in the same line? */
static bool is_given_more(const char *at, const char *end)
{
	while (at < end && is_word(*at))
		at++;
	if (at == end || *at != '(')
		return false;
	while (at < end && *at != '\n' && !is_letter(*at, 'a', 'z'))
		at++;
	return at < end && *at != '\n' && !is_word(at[-1]);
}

/* Can there be something of interest in a macro? `at` is behind its name. */
static bool may_matter(const char *at, const char *end)
{
	if (at < end && *at == '(')
		return true;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at < end && is_letter(*at, 'A', 'Z'))
		return is_given_more(at, end);
	return at < end && (*at == '.' || *at == '_' || *at == '\\' || *at == '[' || *at == '{' ||
			    *at == '(' || *at == '/' || is_letter(*at, 'a', 'z'));
}

/* Goes on to the end of a directive's line. Returns false if it does not end there. */
static bool skip_line(struct reader *reader, size_t start)
{
	const char *text = reader->lexer.text + start;
	const char *end = memchr(text, '\n', reader->lexer.length - start);
	size_t length;

	if (!end)
		return false;
	length = (size_t)(end - text);
	if (memmem(text, length, "/*", 2) || memchr(text, '\\', length))
		return false;
	reader->lexer.at = start + length;
	return true;
}

static void note_define(struct reader *reader)
{
	struct lexer lexer = reader->lexer;
	struct token name;

	if (!lexer_next_code(&lexer, &name) || name.kind != TOKEN_WORD || !lexer.in_directive ||
	    !may_matter(lexer.text + name.end, lexer.text + lexer.length))
		return;
	reader->defines = grow(reader->defines, reader->define_count, sizeof(*reader->defines));
	reader->defines[reader->define_count++] = reader->lexer;
}

/* A preprocessor line, behind its #. */
static void read_directive(struct reader *reader)
{
	enum directive directive;
	struct token word;

	if (!lexer_next_code(&reader->lexer, &word))
		return;
	if (!reader->lexer.in_directive) {
		/* A # by itself: the word begins the next line. */
		reader->lexer.at = word.start;
		reader->lexer.is_line_start = true;
		return;
	}
	directive = lexer_directive(&reader->lexer, word);
	if (directive == DIRECTIVE_DEFINE)
		note_define(reader);
	else if (directive == DIRECTIVE_IF)
		begin_branches(reader);
	else if (directive == DIRECTIVE_ELSE)
		next_branch(reader);
	else if (directive == DIRECTIVE_ENDIF && reader->branch_count)
		reader->branch_count--;
	if (!skip_line(reader, word.end))
		lexer_skip_directive(&reader->lexer);
}

static void read_plain(struct reader *reader)
{
	struct token token;

	while (lexer_next_code(&reader->lexer, &token)) {
		if (token.kind == TOKEN_HASH)
			read_directive(reader);
		else
			read_token(reader, token);
	}
	append(reader, reader->lexer.length, CODE_END);
}

/* The tokens of a macro: its name, its parameters, and what it stands for. */
static void read_macro(struct reader *reader, const struct lexer *define)
{
	struct code *code = reader->code;
	struct token token;

	code->macros = grow(code->macros, code->macro_count, sizeof(*code->macros));
	code->macros[code->macro_count++] = code->count;
	reader->lexer = *define;
	reader->depth = 0;
	while (lexer_next_code(&reader->lexer, &token) && reader->lexer.in_directive &&
	       token.kind != TOKEN_HASH)
		read_token(reader, token);
	append(reader, token.start, CODE_END);
}

static struct symbols keyword_names;
static pthread_once_t keywords_once = PTHREAD_ONCE_INIT;

static void make_keywords(void)
{
	for (size_t i = 0; i < KEYWORDS; i++)
		symbols_intern(&keyword_names, keywords[i].text, strlen(keywords[i].text));
}

void code_read(struct code *code, const char *text, size_t length, struct symbols *names)
{
	struct reader reader = { .code = code, .lexer = lexer_make(text, length) };

	*code = (struct code){ .text = text, .names = names };
	pthread_once(&keywords_once, make_keywords);
	*names = symbols_copy(&keyword_names);
	find_lines(code, text, length);
	read_plain(&reader);
	for (size_t i = 0; i < reader.define_count; i++)
		read_macro(&reader, &reader.defines[i]);
	/* Who looks at a token may look at the next ones, too. */
	for (int i = 0; i < 4; i++)
		append(&reader, length, CODE_END);
	free(reader.open);
	free(reader.branches);
	free(reader.defines);
}

void code_free(struct code *code)
{
	free(code->tokens);
	free(code->macros);
	free(code->lines);
}

struct code_place code_place(const struct code *code, uint32_t token)
{
	uint32_t low = 0, high = code->line_count, start = code->tokens[token].start;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (code->lines[middle] <= start)
			low = middle;
		else
			high = middle;
	}
	return (struct code_place){ low + 1, start - code->lines[low] };
}
