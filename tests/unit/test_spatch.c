// SPDX-License-Identifier: GPL-2.0-only
#include "run/spatch.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* Looks for a spatch that prints `version` when it is asked for its version. */
static int find(const char *version, struct spatch *spatch, struct error *err)
{
	char *dir = scratch_make(), *program = path_join(dir, "fake");
	char *script = xasprintf("#!/bin/sh\ncat <<'END'\n%s\nEND\n", version);
	int result;

	scratch_program(dir, "fake", script);
	setenv("SPATCH", program, 1);
	result = spatch_find(spatch, err);
	free(script);
	free(program);
	scratch_remove(dir);
	return result;
}

static void assert_refused(const char *version, const char *message)
{
	struct spatch spatch = { 0 };
	struct error err;

	ck_assert_int_eq(find(version, &spatch, &err), -1);
	ck_assert_msg(strstr(err.text, message) != NULL, "%s", err.text);
	spatch_free(&spatch);
}

START_TEST(a_good_one_is_found)
{
	struct spatch spatch = { 0 };
	struct error err;

	ck_assert_int_eq(find("spatch version 1.1.1 compiled with OCaml version 4.13.1\n"
			      "OCaml scripting support: yes",
			      &spatch, &err),
			 0);
	ck_assert(ends_with(spatch.program, "/fake"));
	spatch_free(&spatch);
	ck_assert_int_eq(find("spatch version 1.3 compiled", &spatch, &err), 0);
	spatch_free(&spatch);
}
END_TEST

START_TEST(bad_ones_are_refused)
{
	assert_refused("spatch version 1.0.8 compiled", "1.0.8, and 1.1.1 or newer is needed");
	assert_refused("spatch version 1.1.1 compiled\nOCaml scripting support: no",
		       "without OCaml scripting");
	assert_refused("Hello", "does not tell its version");
}
END_TEST

START_TEST(one_that_is_not_there_is_named)
{
	struct spatch spatch = { 0 };
	struct error err;

	setenv("SPATCH", "/nonexistent/spatch", 1);
	ck_assert_int_eq(spatch_find(&spatch, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "'/nonexistent/spatch'"));
	ck_assert_ptr_nonnull(strstr(err.text, "apt install coccinelle"));
	spatch_free(&spatch);
}
END_TEST

/* The value of a variable that is set just once, else NULL. */
static const char *value_of(char *const *environment, const char *name)
{
	const char *value = NULL;
	size_t length = strlen(name), count = 0;

	for (size_t i = 0; environment[i]; i++) {
		if (!starts_with(environment[i], name) || environment[i][length] != '=')
			continue;
		value = environment[i] + length + 1;
		count++;
	}
	return count == 1 ? value : NULL;
}

START_TEST(what_it_writes_is_in_the_stage)
{
	char clause[] = "importer-1", api[] = "dma_buf_pin", dir[] = "/stage";
	struct convention_row row = { .clause = clause, .api = api };
	struct convention convention = { .rows = &row, .count = 1 };
	struct stage stage = { dir };
	struct spatch spatch = { 0 };

	setenv("TMPDIR", "/elsewhere", 1);
	setenv("RESVLINT_PRIMITIVES", "elsewhere", 1);
	spatch_prepare(&spatch, &stage, &convention, &(struct slots){ 0 });
	ck_assert_ptr_null(value_of(spatch.environment, "RESVLINT_PRIMITIVES"));
	ck_assert_str_eq(value_of(spatch.environment, "TMPDIR"), "tmp");
	ck_assert_str_eq(value_of(spatch.environment, "HOME"), "/stage");
	ck_assert_str_eq(value_of(spatch.environment, "RESVLINT_CONVENTION"),
			 "importer-1 dma_buf_pin -\n");
	ck_assert_str_eq(value_of(spatch.environment, "PATH"), getenv("PATH"));
	ck_assert(!spatch.has_macros);
	spatch_free(&spatch);
}
END_TEST

START_TEST(listed_wrappers_can_be_forgotten)
{
	char dir[] = "/stage";
	const struct convention convention = { 0 };
	const struct stage stage = { dir };
	struct spatch spatch = { 0 };

	spatch_prepare(&spatch, &stage, &convention, &(struct slots){ 0 });
	ck_assert_ptr_null(value_of(spatch.environment, "RESVLINT_PRIMITIVES"));
	spatch_forget_listed(&spatch);
	ck_assert_ptr_nonnull(value_of(spatch.environment, "RESVLINT_PRIMITIVES"));
	spatch_free(&spatch);
}
END_TEST

START_TEST(setup_errors_are_told)
{
	struct error err;

	spatch_setup_error("init_defs\nNo OCaml compiler found!\n", &err);
	ck_assert_ptr_nonnull(strstr(err.text, "apt install ocaml"));
	spatch_setup_error(
		"init_defs\nminus: parse error: \n  File \"cocci/g/r.cocci\", line 3\nx\n", &err);
	ck_assert_str_eq(err.text, "spatch cannot use the rules: minus: parse error: "
				   "File \"cocci/g/r.cocci\", line 3");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_good_one_is_found,
				       bad_ones_are_refused,
				       one_that_is_not_there_is_named,
				       what_it_writes_is_in_the_stage,
				       listed_wrappers_can_be_forgotten,
				       setup_errors_are_told };

	return unit_run("spatch", tests, sizeof(tests) / sizeof(*tests));
}
