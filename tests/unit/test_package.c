// SPDX-License-Identifier: GPL-2.0-only
#include "run/package.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define STAMP "spatch 1\nr.cocci\na.ml\ncompile.sh\nt.tsv\nrule\nlet a = 1\n:\nrow\n"

/* A stage with a rule, a library and a table. */
static void make_stage(struct stage *stage, const char *dir)
{
	char *rules = path_join(dir, "rules");
	struct error err;

	scratch_write(dir, "rules/lib/compile.sh", ":\n");
	scratch_write(dir, "rules/lib/a.ml", "let a = 1\n");
	scratch_write(dir, "rules/lib/macros.h", "not stamped\n");
	scratch_write(dir, "rules/g/r.cocci", "rule\n");
	scratch_write(dir, "rules/tables/t.tsv", "row\n");
	ck_assert_int_eq(stage_create(stage, &err), 0);
	ck_assert_int_eq(stage_rules(stage, rules, &err), 0);
	free(rules);
}

/* A package that is made, but for the compiled library itself. */
static void make_package(const char *dir)
{
	scratch_write(dir, "made/resvlint/stamp", STAMP);
	scratch_write(dir, "made/resvlint/META", "meta");
	scratch_write(dir, "made/resvlint/resvlint.cmi", "cmi");
	scratch_write(dir, "made/resvlint/resvlint.cmx", "cmx");
}

static bool take(const struct stage *stage, const char *dir, const char *text)
{
	const struct text stamp = { text, strlen(text) };
	char *made = path_join(dir, "made");
	struct error err;
	bool taken;

	ck_assert_int_eq(package_take(stage, "packages", made, &stamp, &taken, &err), 0);
	free(made);
	return taken;
}

static bool is_staged(const struct stage *stage, const char *name)
{
	char *path = path_join(stage->dir, name), *text = file_read(path, NULL);
	bool found = text;

	free(text);
	free(path);
	return found;
}

START_TEST(the_stamp_is_that_of_the_script)
{
	char *dir = scratch_make(), *stamp;
	struct stage stage;
	size_t length;

	make_stage(&stage, dir);
	stamp = package_stamp(&stage, "spatch 1\nmore\n", &length);
	ck_assert_str_eq(stamp, STAMP);
	ck_assert_uint_eq(length, strlen(STAMP));
	free(stamp);
	stage_remove(&stage);
	scratch_remove(dir);
}
END_TEST

START_TEST(what_fits_is_taken_as_a_whole_or_not)
{
	char *dir = scratch_make();
	struct stage stage;

	make_stage(&stage, dir);
	ck_assert(!take(&stage, dir, STAMP));
	make_package(dir);
	ck_assert(!take(&stage, dir, "spatch 2"));
	ck_assert(!take(&stage, dir, STAMP));
	ck_assert(!is_staged(&stage, "packages/resvlint/META"));
	scratch_write(dir, "made/resvlint/resvlint.cmxs", "cmxs");
	ck_assert(take(&stage, dir, STAMP));
	ck_assert(is_staged(&stage, "packages/resvlint/META"));
	ck_assert(is_staged(&stage, "packages/resvlint/resvlint.cmxs"));
	stage_remove(&stage);
	scratch_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { the_stamp_is_that_of_the_script,
				       what_fits_is_taken_as_a_whole_or_not };

	return unit_run("package", tests, sizeof(tests) / sizeof(*tests));
}
