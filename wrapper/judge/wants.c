// SPDX-License-Identifier: GPL-2.0-only
#include "judge/wants.h"

#include "base/text.h"
#include "run/program.h"
#include "source/lexer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The kinds of wants, by their first words. */
#define NAMES "names "     /* a source that has all of the words behind it */
#define SETS "sets "       /* likewise, and that assigns to the last */
#define DEFINES "defines " /* one that defines this function, or variable with functions in it */
#define HEADER "header "   /* a header that defines this macro, or structure */

/* One look for all hunts. */
struct search {
	struct hunt *hunts;
	size_t count;
	struct sources *candidates; /* of each: those that may have its words */
	const struct survey *survey;
	pthread_mutex_t lock; /* of what is found */
};

static bool is_of(const struct hunt *hunt, const char *kind)
{
	return starts_with(hunt->words, kind);
}

bool wants_is_known(const char *words)
{
	const struct hunt hunt = { .words = words };
	bool is_word_next = false;

	for (const char *at = words; *at; at++) {
		if (!is_word(*at) && (*at != ' ' || !is_word_next))
			return false;
		is_word_next = is_word(*at);
	}
	return is_word_next && (is_of(&hunt, NAMES) || is_of(&hunt, SETS) ||
				is_of(&hunt, DEFINES) || is_of(&hunt, HEADER));
}

/* The words that a source has to have. names_free() them. */
static struct names words_of_hunt(const struct hunt *hunt)
{
	char *copy = xstrdup(strchr(hunt->words, ' ') + 1), *rest = copy, *word;
	struct names names = { 0 };

	while ((word = strsep(&rest, " ")))
		names_add(&names, word);
	free(copy);
	return names;
}

static const struct source *source_at(const struct search *search, size_t index)
{
	return &search->survey->selection->sources[index];
}

/* Those near by that may have all words of a hunt, by their indexes. */
static struct sources find_candidates(const struct search *search, const struct hunt *hunt)
{
	struct names names = words_of_hunt(hunt);
	struct index_query **queries = xcalloc(names.count, sizeof(struct index_query *));
	struct sources found = { 0 };

	for (size_t i = 0; i < names.count; i++)
		queries[i] = index_query_of(names.names[i]);
	for (size_t i = 0; i < hunt->near->count; i++) {
		const struct source *source = source_at(search, hunt->near->at[i]);
		size_t left = names.count;

		/* The last is a name in fewer sources than the structure's. */
		while (left && (!source->index.is_made ||
				index_may_have(&source->index, queries[left - 1])))
			left--;
		if (!left && (!is_of(hunt, HEADER) || ends_with(source->file, ".h")))
			sources_add(&found, hunt->near->at[i]);
	}
	for (size_t i = 0; i < names.count; i++)
		index_query_free(queries[i]);
	free(queries);
	names_free(&names);
	return found;
}

/* Does `=` come next, or an index? */
static bool is_assigned(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at < end && (*at == '[' || (*at == '=' && at + 1 < end && at[1] != '='));
}

static bool has_word(const char *text, size_t length, const char *word, bool assigned)
{
	const char *at = text, *end = text + length;
	size_t word_length = strlen(word);

	while ((at = memmem(at, (size_t)(end - at), word, word_length))) {
		bool begins = at == text || !is_word(at[-1]);

		at += word_length;
		if (begins && (at == end || !is_word(*at)) && (!assigned || is_assigned(at, end)))
			return true;
	}
	return false;
}

static bool has_all(const char *text, size_t length, const struct hunt *hunt)
{
	struct names names = words_of_hunt(hunt);
	size_t count = 0;

	while (count < names.count && has_word(text, length, names.names[count],
					       count + 1 == names.count && is_of(hunt, SETS)))
		count++;
	names_free(&names);
	return count == names.count;
}

/* Is there a `#define` of the name, or a structure of it with members? */
static bool defines(const char *text, size_t length, const char *name)
{
	struct lexer lexer = lexer_make(text, length);
	struct token before = { 0 }, word = { 0 }, token;

	while (lexer_next_code(&lexer, &token)) {
		if (lexer_is(&lexer, token, name) && lexer_is(&lexer, word, "define"))
			return true;
		if (lexer_is(&lexer, token, "{") && lexer_is(&lexer, word, name) &&
		    lexer_is(&lexer, before, "struct"))
			return true;
		before = word;
		word = token;
	}
	return false;
}

/* A source that has some of the words. Any thread calls it, but never two for one source. */
static int take(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct search *search = context;

	(void)err;
	for (size_t i = 0; i < search->count; i++) {
		struct hunt *hunt = &search->hunts[i];

		if (is_of(hunt, DEFINES) || !sources_has(&search->candidates[i], index) ||
		    !(is_of(hunt, HEADER) ? defines(text, length, hunt->word)
					  : has_all(text, length, hunt)))
			continue;
		pthread_mutex_lock(&search->lock);
		sources_add(&hunt->found, index);
		pthread_mutex_unlock(&search->lock);
	}
	return 0;
}

/* The words of all hunts that are of a kind, or not of it, and the sources that may have them. */
static bool *list_candidates(const struct search *search, bool is_definition, struct names *words)
{
	bool *only = xcalloc(search->survey->selection->count, sizeof(*only));

	for (size_t i = 0; i < search->count; i++) {
		if (is_of(&search->hunts[i], DEFINES) != is_definition)
			continue;
		names_add_once(words, search->hunts[i].word);
		for (size_t j = 0; j < search->candidates[i].count; j++)
			only[search->candidates[i].at[j]] = true;
	}
	return only;
}

static int find_texts(struct search *search, struct error *err)
{
	const struct survey *survey = search->survey;
	struct names names = { 0 };
	bool *only = list_candidates(search, false, &names);
	struct words *words = names.count ? words_of_names(&names, err) : NULL;
	int result = words || !names.count ? 0 : -1;

	if (words)
		result = select_find(survey->selection, survey->tree, words, only, survey->jobs,
				     survey->progress, take, search, err);
	words_free(words);
	names_free(&names);
	free(only);
	return result;
}

/* Does a source define the function, or variable, for others? */
static bool has_definition(const struct graph *graph, size_t source, const char *name)
{
	uint32_t first, count = graph_items_of(graph, (uint32_t)source, &first);

	for (uint32_t i = first; i < first + count; i++) {
		const struct item *item = graph_item(graph, i);

		if ((item->kind == ITEM_FUNCTION || item->kind == ITEM_VARIABLE) &&
		    !item->is_local && !strcmp(graph_text(graph, item->name), name))
			return true;
	}
	return false;
}

static int find_definitions(struct search *search, struct error *err)
{
	struct program *program = search->survey->program;
	struct names names = { 0 };
	bool *only = list_candidates(search, true, &names);
	int result = program_read(program, &names, NULL, only, err);

	for (size_t i = 0; i < search->count && !result; i++) {
		struct hunt *hunt = &search->hunts[i];
		const struct sources *candidates = &search->candidates[i];

		for (size_t j = 0; j < candidates->count && is_of(hunt, DEFINES); j++)
			if (has_definition(program_graph(program), candidates->at[j], hunt->word))
				sources_add(&hunt->found, candidates->at[j]);
	}
	names_free(&names);
	free(only);
	return result;
}

/*
 * The word by which the answer is found in a source: of the names of members, the longest, which
 * stands in the fewest other places.
 */
static char *word_of(const struct hunt *hunt)
{
	struct names names = words_of_hunt(hunt);
	size_t best = names.count > 1;
	char *word;

	for (size_t i = best + 1; i < names.count; i++)
		if (strlen(names.names[i]) > strlen(names.names[best]))
			best = i;
	word = xstrdup(names.names[best]);
	names_free(&names);
	return word;
}

int wants_find(struct hunt *hunts, size_t count, const struct survey *survey, struct error *err)
{
	struct search search = {
		.hunts = hunts,
		.count = count,
		.candidates = xcalloc(count, sizeof(*search.candidates)),
		.survey = survey,
	};
	int result;

	pthread_mutex_init(&search.lock, NULL);
	for (size_t i = 0; i < count; i++) {
		hunts[i].word = word_of(&hunts[i]);
		search.candidates[i] = find_candidates(&search, &hunts[i]);
	}
	result = find_texts(&search, err) || find_definitions(&search, err) ? -1 : 0;
	for (size_t i = 0; i < count; i++)
		free(search.candidates[i].at);
	free(search.candidates);
	pthread_mutex_destroy(&search.lock);
	return result;
}
