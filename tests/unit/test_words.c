// SPDX-License-Identifier: GPL-2.0-only
#include "source/words.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static char clause[] = "importer-1", vmap[] = "dma_buf_vmap", callback[] = "dma_buf_ops.pin";
static struct convention_row rows[] = { { .clause = clause, .api = vmap },
					{ .clause = clause, .api = callback } };
static const struct convention convention = { .rows = rows, .count = 2 };
static char lock[] = "dma_resv_lock", reserve[] = "my_bo_reserve",
	    *lock_names[] = { lock, reserve };
static const struct names locks = { lock_names, 2 };
static const struct token_list lists[] = { { "lock-functions", &locks }, { NULL, NULL } };

/* Which rules a text matters to, if each of `tokens` is the only token of one rule. */
static rule_set match(const char *dir, char **tokens, size_t count, const char *text)
{
	struct rule rules[8] = { 0 };
	char rules_dir[100], file[] = "g/r.cocci";
	struct catalogue catalogue = { strcpy(rules_dir, dir), rules, count };
	struct words *words;
	struct error err;
	rule_set found;

	for (size_t i = 0; i < count; i++)
		rules[i] = (struct rule){ .file = file, .tokens = &tokens[i], .token_count = 1 };
	words = words_compile(&catalogue, ~(rule_set)0, &convention, lists, NULL, &err);
	ck_assert_msg(words != NULL, "%s", err.text);
	found = words_match(words, text, strlen(text));
	words_free(words);
	return found;
}

START_TEST(only_whole_words_count)
{
	char one[] = "dma_buf", two[] = "dma_buf_pin", three[] = "dma_buf_pinned";
	char *tokens[] = { one, two, three };

	ck_assert_uint_eq(match("", tokens, 3, "x = dma_buf_pin(a);"), 2);
	ck_assert_uint_eq(match("", tokens, 3, "dma_buf_pinned dma_buf"), 5);
	ck_assert_uint_eq(match("", tokens, 3, "my_dma_buf dma_buf_pin2 dma_buf_"), 0);
	ck_assert_uint_eq(match("", tokens, 3, "dma_buf"), 1);
	ck_assert_uint_eq(match("", tokens, 3, ""), 0);
}
END_TEST

START_TEST(rules_may_share_a_word)
{
	char one[] = "lock", two[] = "lock", *tokens[] = { one, two };

	ck_assert_uint_eq(match("", tokens, 2, "lock"), 3);
}
END_TEST

START_TEST(a_clause_is_its_functions)
{
	char one[] = "clause:importer-1", *tokens[] = { one };

	ck_assert_uint_eq(match("", tokens, 1, "dma_buf_vmap(b)"), 1);
	ck_assert_uint_eq(match("", tokens, 1, "struct dma_buf_ops o = {}"), 1);
	ck_assert_uint_eq(match("", tokens, 1, "pin"), 0);
}
END_TEST

START_TEST(lock_functions_are_those_that_are_known)
{
	char one[] = "lock-functions", *tokens[] = { one };

	ck_assert_uint_eq(match("", tokens, 1, "dma_resv_lock(r)"), 1);
	ck_assert_uint_eq(match("", tokens, 1, "my_bo_reserve(b)"), 1);
	ck_assert_uint_eq(match("", tokens, 1, "lock-functions"), 0);
}
END_TEST

START_TEST(common_words_count_in_texts_about_locks)
{
	char one[] = "&lockdep_assert_held", two[] = "&__must_hold", *tokens[] = { one, two };

	ck_assert_uint_eq(match("", tokens, 2, "lockdep_assert_held(&bo->resv->lock.base);"), 1);
	ck_assert_uint_eq(match("", tokens, 2, "lockdep_assert_held(&bo->lock); int resv;"), 0);
	ck_assert_uint_eq(match("", tokens, 2, "int f(int x) __must_hold(&x->base.resv->lock);"),
			  2);
	ck_assert_uint_eq(match("", tokens, 2, "f(struct dma_resv *o) __must_hold(&o->lock);"), 2);
	ck_assert_uint_eq(match("", tokens, 2, "f(int x) __must_hold(&x->lock); int resv;"), 0);
}
END_TEST

START_TEST(tokens_that_mean_nothing_are_an_error)
{
	char dir[] = "cocci", file[] = "g/r.cocci", one[] = "clause:nowhere", two[] = "a.b";
	char *tokens[] = { one, two };
	struct rule rule = { .file = file, .tokens = &tokens[0], .token_count = 1 };
	struct catalogue catalogue = { dir, &rule, 1 };
	struct error err;

	ck_assert_ptr_null(words_compile(&catalogue, 1, &convention, lists, NULL, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "g/r.cocci"));
	rule.tokens = &tokens[1];
	ck_assert_ptr_null(words_compile(&catalogue, 1, &convention, lists, NULL, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "'a.b'"));
}
END_TEST

START_TEST(no_word_is_nowhere)
{
	const struct names none = { 0 };
	struct error err;
	struct words *words = words_of_names(&none, &err);
	char text[] = "int f(void)";

	ck_assert_ptr_nonnull(words);
	ck_assert_uint_eq(words_match(words, text, strlen(text)), 0);
	words_free(words);
}
END_TEST

START_TEST(thousands_of_words)
{
	struct names names = { 0 };
	struct error err;
	struct words *words;
	char text[] = "int f(void) { a4711(b1); }", other[] = "int f(void) { a5000(b1); }";

	for (int i = 0; i < 5000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "a%d", i);
		names_add(&names, name);
	}
	words = words_of_names(&names, &err);
	ck_assert_ptr_nonnull(words);
	ck_assert_uint_eq(words_match(words, text, strlen(text)), 1);
	ck_assert_uint_eq(words_match(words, other, strlen(other)), 0);
	words_free(words);
	names_free(&names);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { only_whole_words_count,
				       rules_may_share_a_word,
				       a_clause_is_its_functions,
				       lock_functions_are_those_that_are_known,
				       common_words_count_in_texts_about_locks,
				       tokens_that_mean_nothing_are_an_error,
				       no_word_is_nowhere,
				       thousands_of_words };

	return unit_run("words", tests, sizeof(tests) / sizeof(*tests));
}
