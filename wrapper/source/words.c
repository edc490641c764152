// SPDX-License-Identifier: GPL-2.0-only
#define PCRE2_CODE_UNIT_WIDTH 8
#include "source/words.h"

#include "base/text.h"

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a text about reservation locks has: their functions, one in an annotation, or its mutex. */
#define ABOUT_LOCKS                                     \
	"\\bdma_resv|\\b__\\w+\\([^;{}]*[>.]_?resv\\b|" \
	"\\block\\.base\\b"

/* A pattern of more words than this can be too large for PCRE2: any word matches instead. */
#define PATTERN_WORDS 1000

struct word {
	char *text;
	rule_set rules;
	rule_set called; /* to these it only matters where it is a member that is called through */
	rule_set beside; /* to these, in a text that is about reservation locks */
};

struct words {
	struct word *words; /* sorted, each once */
	size_t count;
	rule_set rules; /* all that a word can matter to */
	pcre2_code *code;
	pcre2_code *locks; /* finds what a text about reservation locks has */
};

/* Takes the prefix off a text that has it. */
static bool take_prefix(char *text, const char *prefix)
{
	if (!starts_with(text, prefix))
		return false;
	memmove(text, text + strlen(prefix), strlen(text + strlen(prefix)) + 1);
	return true;
}

static void add_word(struct words *words, char *text, rule_set rule)
{
	struct word *word;

	words->words = grow(words->words, words->count, sizeof(*words->words));
	word = &words->words[words->count++];
	*word = (struct word){ .text = text, .rules = rule };
	if (take_prefix(text, CALLED_THROUGH))
		*word = (struct word){ .text = text, .called = rule };
	else if (take_prefix(text, BESIDE_LOCK))
		*word = (struct word){ .text = text, .beside = rule };
}

/* The functions of a clause. A callback cannot matter without its structure. */
static void add_clause(struct words *words, const char *clause, rule_set rule,
		       const struct convention *convention)
{
	for (size_t i = 0; i < convention->count; i++) {
		const struct convention_row *row = &convention->rows[i];

		if (!strcmp(row->clause, clause))
			add_word(words, xstrndup(row->api, strcspn(row->api, ".")), rule);
	}
}

static void add_names(struct words *words, const struct names *names, rule_set rule)
{
	for (size_t i = 0; i < names->count; i++)
		add_word(words, xstrdup(names->names[i]), rule);
}

static const struct names *find_list(const struct token_list *lists, const char *token)
{
	while (lists->token && strcmp(lists->token, token))
		lists++;
	return lists->names;
}

static void add_token(struct words *words, const char *token, rule_set rule,
		      const struct convention *convention, const struct token_list *lists)
{
	const struct names *names = find_list(lists, token);

	if (starts_with(token, TOKEN_CLAUSE))
		add_clause(words, token + strlen(TOKEN_CLAUSE), rule, convention);
	else if (names)
		add_names(words, names, rule);
	else
		add_word(words, xstrdup(token), rule);
}

static int add_rule(struct words *words, const struct catalogue *catalogue, size_t index,
		    const struct convention *convention, const struct token_list *lists,
		    struct error *err)
{
	const struct rule *rule = &catalogue->rules[index];
	size_t before = words->count;
	bool may_be_none = false;

	for (size_t i = 0; i < rule->token_count; i++)
		may_be_none |= find_list(lists, rule->tokens[i]) != NULL;
	for (size_t i = 0; i < rule->token_count; i++)
		add_token(words, rule->tokens[i], (rule_set)1 << index, convention, lists);
	if (words->count == before && !may_be_none)
		return error_set(err, "%s/%s: its Tokens stand for no word", catalogue->dir,
				 rule->file);
	return 0;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->text, ((const struct word *)b)->text);
}

/* Sorts the words and makes equal ones one. */
static void merge_words(struct words *words)
{
	size_t kept = 0;

	if (!words->count)
		return;
	qsort(words->words, words->count, sizeof(*words->words), compare_words);
	for (size_t i = 0; i < words->count; i++) {
		words->rules |=
			words->words[i].rules | words->words[i].called | words->words[i].beside;
		if (kept && !strcmp(words->words[kept - 1].text, words->words[i].text)) {
			words->words[kept - 1].rules |= words->words[i].rules;
			words->words[kept - 1].called |= words->words[i].called;
			words->words[kept - 1].beside |= words->words[i].beside;
			free(words->words[i].text);
		} else {
			words->words[kept++] = words->words[i];
		}
	}
	words->count = kept;
}

/*
 * Prints the pattern for the words [first, last), which share `depth` bytes: a tree of common
 * beginnings, so that a match looks at each byte about once. The words are plain identifiers.
 */
static void print_pattern(FILE *out, const struct word *first, const struct word *last,
			  size_t depth)
{
	const char *separator = "";

	fputs("(?:", out);
	while (first < last) {
		const struct word *next = first + 1;
		char c = first->text[depth];

		while (next < last && next->text[depth] == c)
			next++;
		fputs(separator, out);
		separator = "|";
		if (next == first + 1) {
			fputs(first->text + depth, out);
		} else {
			putc(c, out);
			print_pattern(out, first, next, depth + 1);
		}
		first = next;
	}
	putc(')', out);
}

static int check_words(const struct words *words, struct error *err)
{
	for (size_t i = 0; i < words->count; i++)
		for (const char *c = words->words[i].text; *c; c++)
			if (!is_word(*c))
				return error_set(err, "'%s' among a rule's Tokens is not a word",
						 words->words[i].text);
	return 0;
}

/* Compiles a pattern. Returns NULL, with a message, if that cannot be done. */
static pcre2_code *compile_pattern(const char *pattern, struct error *err)
{
	int code;
	size_t offset;
	pcre2_code *compiled =
		pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &code, &offset, NULL);

	if (compiled)
		/* Without JIT, on a processor that PCRE2 has none for, the match is only slower. */
		pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
	else
		error_set(err,
			  "cannot compile the pattern of the words to look for: error %d at %zu",
			  code, offset);
	return compiled;
}

static int compile(struct words *words, struct error *err)
{
	char *pattern = NULL;
	size_t length;
	FILE *out = open_memstream(&pattern, &length);

	if (words->count > PATTERN_WORDS) {
		fputs("\\b\\w+\\b", out);
	} else if (words->count) {
		fputs("\\b", out);
		print_pattern(out, words->words, words->words + words->count, 0);
		fputs("\\b", out);
	} else {
		fputs("(?!)", out); /* matches nothing */
	}
	fclose(out);
	words->code = compile_pattern(pattern, err);
	free(pattern);
	if (words->code)
		words->locks = compile_pattern(ABOUT_LOCKS, err);
	return words->locks ? 0 : -1;
}

/* Makes the words ready to match. Returns them, or NULL with a message. */
static struct words *finish(struct words *words, struct error *err)
{
	if (!check_words(words, err)) {
		merge_words(words);
		if (!compile(words, err))
			return words;
	}
	words_free(words);
	return NULL;
}

struct words *words_compile(const struct catalogue *catalogue, rule_set chosen,
			    const struct convention *convention, const struct token_list *lists,
			    const struct names *more, struct error *err)
{
	struct words *words = xcalloc(1, sizeof(*words));
	int result = 0;

	if (more)
		add_names(words, more, chosen);
	for (size_t i = 0; i < catalogue->count && !result; i++)
		if (chosen >> i & 1)
			result = add_rule(words, catalogue, i, convention, lists, err);
	if (!result)
		return finish(words, err);
	words_free(words);
	return NULL;
}

struct words *words_of(const char *const *names, size_t count, struct error *err)
{
	struct words *words = xcalloc(1, sizeof(*words));

	for (size_t i = 0; i < count; i++)
		add_word(words, xstrdup(names[i]), 1);
	return finish(words, err);
}

struct words *words_of_names(const struct names *names, struct error *err)
{
	return words_of((const char *const *)names->names, names->count, err);
}

void words_free(struct words *words)
{
	if (!words)
		return;
	for (size_t i = 0; i < words->count; i++)
		free(words->words[i].text);
	free(words->words);
	pcre2_code_free(words->code);
	pcre2_code_free(words->locks);
	free(words);
}

size_t words_count(const struct words *words)
{
	return words->count;
}

const char *words_at(const struct words *words, size_t index)
{
	return words->words[index].text;
}

static const struct word *find_word(const struct words *words, const char *text, size_t length)
{
	size_t low = 0, high = words->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *word = words->words[middle].text;
		int order = strncmp(word, text, length);

		if (!order && !word[length])
			return &words->words[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Is a word in a text, from `start` until `end`, a member that is called through? */
static bool is_called(const char *text, size_t length, size_t start, size_t end)
{
	bool is_member = (start > 0 && text[start - 1] == '.') ||
			 (start > 1 && text[start - 2] == '-' && text[start - 1] == '>');

	while (end < length && (text[end] == ' ' || text[end] == '\t' || text[end] == ')'))
		end++;
	return is_member && end < length && text[end] == '(';
}

rule_set words_match(const struct words *words, const char *text, size_t length)
{
	pcre2_match_data *match = pcre2_match_data_create(1, NULL);
	PCRE2_SIZE *span = pcre2_get_ovector_pointer(match);
	PCRE2_SIZE at = 0;
	rule_set found = 0, beside = 0;

	while (found != words->rules &&
	       pcre2_match(words->code, (PCRE2_SPTR)text, length, at, 0, match, NULL) > 0) {
		const struct word *word = find_word(words, text + span[0], span[1] - span[0]);

		found |= word ? word->rules : 0;
		beside |= word ? word->beside : 0;
		if (word && word->called && is_called(text, length, span[0], span[1]))
			found |= word->called;
		at = span[1];
	}
	if ((beside & ~found) &&
	    pcre2_match(words->locks, (PCRE2_SPTR)text, length, 0, 0, match, NULL) > 0)
		found |= beside;
	pcre2_match_data_free(match);
	return found;
}
