// SPDX-License-Identifier: GPL-2.0-only
#include "source/index.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool may_have(const char *text, const char *word)
{
	struct index index;
	struct error err;
	struct words *words = words_of(&word, 1, &err);
	struct index_query *query = index_query_make(words);
	bool result;

	index_make(&index, text, strlen(text));
	ck_assert(index.is_made);
	result = index_may_have(&index, query);
	index_free(&index);
	index_query_free(query);
	words_free(words);
	return result;
}

START_TEST(whole_words_are_known)
{
	ck_assert(may_have("x = dma_buf_pin(a);", "dma_buf_pin"));
	ck_assert(may_have("dma_buf_pin", "dma_buf_pin"));
	ck_assert(may_have("a b a b a", "b"));
	ck_assert(!may_have("dma_buf_pinned", "dma_buf_pin"));
	ck_assert(!may_have("my_dma_buf_pin", "dma_buf_pin"));
	ck_assert(!may_have("", "dma_buf_pin"));
	ck_assert(!may_have(" \t\n", "dma_buf_pin"));
}
END_TEST

START_TEST(no_word_of_a_long_text_is_lost)
{
	char *text = NULL, word[20];
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (int i = 0; i < 5000; i++)
		fprintf(out, "word_%d(", i);
	fclose(out);
	for (int i = 0; i < 5000; i += 7) {
		snprintf(word, sizeof(word), "word_%d", i);
		ck_assert(may_have(text, word));
	}
	free(text);
}
END_TEST

START_TEST(the_words_of_a_text_can_be_looked_for)
{
	static const char text[] = "dma_buf_pin(attach);";
	struct index_query *query = index_query_make(NULL);
	struct index index;

	ck_assert(!index_query_has(query, "dma_buf_pin"));
	index_make(&index, text, strlen(text));
	ck_assert(!index_may_have(&index, query));
	index_query_add(query, &index);
	ck_assert(index_query_has(query, "dma_buf_pin"));
	ck_assert(index_query_has(query, "attach"));
	ck_assert(!index_query_has(query, "dma_buf_unpin"));
	ck_assert(index_may_have(&index, query));
	index_free(&index);
	index_query_free(query);
}
END_TEST

START_TEST(one_word_can_be_looked_for)
{
	static const char text[] = "dma_buf_pin(attach);";
	struct index_query *query = index_query_of("attach");
	struct index index;

	index_make(&index, text, strlen(text));
	ck_assert(index_may_have(&index, query));
	index_query_free(query);
	query = index_query_of("att");
	ck_assert(!index_may_have(&index, query));
	index_query_free(query);
	index_free(&index);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { whole_words_are_known, no_word_of_a_long_text_is_lost,
				       the_words_of_a_text_can_be_looked_for,
				       one_word_can_be_looked_for };

	return unit_run("index", tests, sizeof(tests) / sizeof(*tests));
}
