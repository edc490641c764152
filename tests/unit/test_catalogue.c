// SPDX-License-Identifier: GPL-2.0-only
#include "convention/catalogue.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char rule[] = "/// Calls without the lock\n"
			   "/// and more of it\n"
			   "//# Wrong if a wrapper\n"
			   "//# takes the lock.\n"
			   "// Clause: importer-1\n"
			   "// Confidence: Moderate\n"
			   "// Copyright: none\n"
			   "// Tokens: clause:importer-1\n"
			   "//   dma_buf_ops\n"
			   "//\n"
			   "//   Clause: not the beginning of a field\n"
			   "// Demand: Hold the lock\n"
			   "//   FUNCTIONS.  \n"
			   "// Subject: use it\n"
			   "//: Hold the lock:\n"
			   "//:\n"
			   "//:     lock();\n"
			   "\n"
			   "virtual facts\n"
			   "// Clause: not of the header\n";

START_TEST(a_header_is_read)
{
	char *dir = scratch_make();
	struct catalogue catalogue;
	struct error err;

	scratch_write(dir, "dma-buf/importer-locked.cocci", rule);
	scratch_write(dir, "lib/shared.cocci", "no header");
	ck_assert_int_eq(catalogue_load(dir, &catalogue, &err), 0);
	ck_assert_uint_eq(catalogue.count, 1);
	ck_assert_str_eq(catalogue.rules[0].id, "importer-locked");
	ck_assert_str_eq(catalogue.rules[0].file, "dma-buf/importer-locked.cocci");
	ck_assert_str_eq(catalogue.rules[0].summary, "Calls without the lock");
	ck_assert_str_eq(catalogue.rules[0].clause, "importer-1");
	ck_assert_int_eq(catalogue.rules[0].confidence, CONFIDENCE_MEDIUM);
	ck_assert_uint_eq(catalogue.rules[0].token_count, 2);
	ck_assert_str_eq(catalogue.rules[0].tokens[1], "dma_buf_ops");
	ck_assert_str_eq(catalogue.rules[0].demand, "Hold the lock FUNCTIONS.");
	ck_assert_str_eq(catalogue.rules[0].subject, "use it");
	ck_assert_ptr_null(catalogue.rules[0].remedy);
	ck_assert_str_eq(catalogue.rules[0].explanation, "Hold the lock:\n\n    lock();\n");
	ck_assert_str_eq(catalogue.rules[0].limits, "Wrong if a wrapper\ntakes the lock.\n");
	catalogue_free(&catalogue);
	scratch_remove(dir);
}
END_TEST

/* Sees that a rules directory is refused with a message in which `message` stands. */
static void assert_refused(const char *dir, const char *message)
{
	struct catalogue catalogue;
	struct error err;

	ck_assert_int_eq(catalogue_load(dir, &catalogue, &err), -1);
	ck_assert_msg(strstr(err.text, message), "%s", err.text);
	catalogue_free(&catalogue);
}

START_TEST(what_is_missing_is_named)
{
	char *dir = scratch_make();

	assert_refused(dir, "no rules");
	scratch_write(dir, "g/a.cocci", "// Tokens: x\n// Confidence: High\n");
	assert_refused(dir, "g/a.cocci: no summary");
	scratch_write(dir, "g/a.cocci", "/// x\n// Confidence: High\n");
	assert_refused(dir, "g/a.cocci: no '// Tokens");
	scratch_write(dir, "g/a.cocci", "/// x\n// Tokens: x\n// Confidence: Certain\n");
	assert_refused(dir, "g/a.cocci: no '// Confidence");
	scratch_remove(dir);
}
END_TEST

START_TEST(ids_are_unique)
{
	char *dir = scratch_make();

	scratch_write(dir, "a/one.cocci", rule);
	scratch_write(dir, "b/one.cocci", rule);
	assert_refused(dir, "a/one.cocci and b/one.cocci");
	scratch_remove(dir);
}
END_TEST

START_TEST(rules_are_chosen_by_id)
{
	char *dir = scratch_make();
	struct catalogue catalogue;
	struct error err;
	rule_set chosen;

	scratch_write(dir, "g/one.cocci", rule);
	scratch_write(dir, "g/three.cocci", rule);
	scratch_write(dir, "g/two.cocci", rule);
	ck_assert_int_eq(catalogue_load(dir, &catalogue, &err), 0);
	ck_assert_int_eq(catalogue_choose(&catalogue, NULL, &chosen, &err), 0);
	ck_assert_uint_eq(chosen, 7);
	ck_assert_int_eq(catalogue_choose(&catalogue, "two,one", &chosen, &err), 0);
	ck_assert_uint_eq(chosen, 5);
	ck_assert_int_eq(catalogue_choose(&catalogue, "one,four", &chosen, &err), -1);
	ck_assert_str_eq(err.text, "no rule 'four': the rules are one, three, two");
	catalogue_free(&catalogue);
	scratch_remove(dir);
}
END_TEST

START_TEST(rules_ask_by_tokens)
{
	char *dir = scratch_make();
	struct catalogue catalogue;
	struct error err;

	scratch_write(dir, "g/one.cocci", rule);
	scratch_write(dir, "g/two.cocci", "/// x\n// Tokens: a callbacks\n// Confidence: Low\n");
	ck_assert_int_eq(catalogue_load(dir, &catalogue, &err), 0);
	ck_assert_uint_eq(catalogue_asking(&catalogue, 3, TOKEN_CALLBACKS), 2);
	ck_assert_uint_eq(catalogue_asking(&catalogue, 1, TOKEN_CALLBACKS), 0);
	ck_assert_uint_eq(catalogue_asking(&catalogue, 3, "dma_buf_ops"), 1);
	catalogue_free(&catalogue);
	scratch_remove(dir);
}
END_TEST

START_TEST(a_directory_that_is_not_there_is_an_error)
{
	struct error err;

	ck_assert_ptr_null(catalogue_find("/nonexistent", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_header_is_read,    what_is_missing_is_named,
		ids_are_unique,      rules_are_chosen_by_id,
		rules_ask_by_tokens, a_directory_that_is_not_there_is_an_error
	};

	return unit_run("catalogue", tests, sizeof(tests) / sizeof(*tests));
}
