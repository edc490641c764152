// SPDX-License-Identifier: GPL-2.0-only
#include "run/exports.h"

#include "source/lexer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* EXPORT_SYMBOL(), EXPORT_SYMBOL_GPL(), EXPORT_SYMBOL_NS() and the like. */
#define EXPORT "EXPORT_SYMBOL"

/* A function, and whether some source exports it. */
struct sight {
	const char *name;
	size_t index; /* in the list of names */
	atomic_bool exported;
};

struct search {
	struct sight *sights; /* by name */
	size_t count;
};

static int compare_sights(const void *a, const void *b)
{
	return strcmp(((const struct sight *)a)->name, ((const struct sight *)b)->name);
}

static struct sight *find(const struct search *search, const struct lexer *lexer, struct token word)
{
	char *name = xstrndup(lexer->text + word.start, word.end - word.start);
	const struct sight wanted = { .name = name };
	struct sight *found = bsearch(&wanted, search->sights, search->count,
				      sizeof(*search->sights), compare_sights);

	free(name);
	return found;
}

static bool begins_with(const struct lexer *lexer, struct token token, const char *start)
{
	return token.end - token.start >= strlen(start) &&
	       !strncmp(lexer->text + token.start, start, strlen(start));
}

/* Takes the word in the parentheses that come next. Returns whether there is one. */
static bool next_argument(struct lexer *lexer, struct token *token)
{
	return lexer_next_code(lexer, token) && lexer_is(lexer, *token, "(") &&
	       lexer_next_code(lexer, token) && token->kind == TOKEN_WORD;
}

/* Looks through a source that names one of the functions. Threads call it for several at a time. */
static int look(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	const struct search *search = context;
	struct lexer lexer = lexer_make(text, length);
	struct token token;

	(void)index;
	(void)err;
	while (lexer_next_code(&lexer, &token)) {
		struct sight *sight;

		if (token.kind != TOKEN_WORD || !begins_with(&lexer, token, EXPORT) ||
		    !next_argument(&lexer, &token))
			continue;
		sight = find(search, &lexer, token);
		if (sight)
			sight->exported = true;
	}
	return 0;
}

int exports_mark(const struct survey *survey, const struct names *names, bool *marked,
		 struct error *err)
{
	struct search search = { NULL, names->count };
	struct words *words = names->count ? words_of_names(names, err) : NULL;
	int result = words || !names->count ? 0 : -1;

	search.sights = xcalloc(names->count, sizeof(*search.sights));
	for (size_t i = 0; i < names->count; i++) {
		search.sights[i].name = names->names[i];
		search.sights[i].index = i;
	}
	sort(search.sights, names->count, sizeof(*search.sights), compare_sights);
	if (words)
		result = select_find(survey->selection, survey->tree, words, NULL, survey->jobs,
				     survey->progress, look, &search, err);
	for (size_t i = 0; i < names->count; i++)
		marked[search.sights[i].index] = search.sights[i].exported;
	free(search.sights);
	words_free(words);
	return result;
}
