// SPDX-License-Identifier: GPL-2.0-only
#include "series/recipients.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRIPT "scripts/get_maintainer.pl"

static const char *const plain_path[] = { "drivers/a.c" };

START_TEST(maintainers_get_it_and_others_a_copy)
{
	char *dir = scratch_make();
	struct recipients recipients;
	struct error err;

	scratch_write(dir, SCRIPT,
		      "print 'Ann <a@x> (maintainer:DRM (V4L list))', qq(\\n);"
		      "print 'Bob <b@x> (supporter:X)', qq(\\n);"
		      "print 'Cid <c@x> (reviewer:X)', qq(\\n);"
		      "print 'l@x (open list)', qq(\\n);"
		      "print 'm@x (moderated list:X)', qq(\\n);"
		      "print 'garbage', qq(\\n\\n);"
		      "print 'Ann Again <A@X> (reviewer:Y)', qq(\\n);");
	ck_assert_int_eq(recipients_find(&recipients, dir, plain_path, 1, &err), 0);
	ck_assert_uint_eq(recipients.to_count, 2);
	ck_assert_str_eq(recipients.to[0].name, "Ann");
	ck_assert_str_eq(recipients.to[1].mail, "b@x");
	ck_assert_uint_eq(recipients.cc_count, 3);
	ck_assert_str_eq(recipients.cc[0].mail, "c@x");
	ck_assert_str_eq(recipients.cc[1].mail, "l@x");
	ck_assert_str_eq(recipients.cc[2].mail, "m@x");
	recipients_free(&recipients);
	scratch_remove(dir);
}
END_TEST

START_TEST(the_script_runs_in_the_tree_with_plain_names_only)
{
	static const char *const paths[] = { "-e.c", "a;touch PWNED;.c", "drivers/a-b.c", "a b.c" };
	char *dir = scratch_make(), *seen = path_join(dir, "seen"), *text;
	struct recipients recipients;
	struct error err;

	scratch_write(dir, SCRIPT, "open(F, '>', 'seen'); print F join('|', @ARGV);");
	ck_assert_int_eq(recipients_find(&recipients, dir, paths, 4, &err), 0);
	text = file_read(seen, NULL);
	ck_assert_str_eq(text, "--no-git|--no-git-fallback|--no-rolestats|--roles|-f|--|"
			       "drivers/a-b.c");
	free(text);
	recipients_free(&recipients);
	ck_assert_int_eq(unlink(seen), 0);
	ck_assert_int_eq(recipients_find(&recipients, dir, paths, 2, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "-e.c"));
	ck_assert_int_ne(access(seen, F_OK), 0);
	recipients_free(&recipients);
	free(seen);
	scratch_remove(dir);
}
END_TEST

START_TEST(why_it_failed_is_told)
{
	char *dir = scratch_make();
	struct recipients recipients;
	struct error err;

	ck_assert_int_eq(recipients_find(&recipients, dir, plain_path, 1, &err), -1);
	ck_assert_str_eq(err.text, "the tree has no " SCRIPT);
	recipients_free(&recipients);
	scratch_write(dir, SCRIPT, "print 'Ann <a@x> (maintainer:X)'; die qq(no way\\n);");
	ck_assert_int_eq(recipients_find(&recipients, dir, plain_path, 1, &err), -1);
	ck_assert_str_eq(err.text, SCRIPT " failed: no way");
	ck_assert_uint_eq(recipients.to_count, 0);
	recipients_free(&recipients);
	scratch_write(dir, SCRIPT, "kill 9, $$;");
	ck_assert_int_eq(recipients_find(&recipients, dir, plain_path, 1, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "signal 9"));
	recipients_free(&recipients);
	scratch_remove(dir);
}
END_TEST

START_TEST(nobody_is_added_twice)
{
	char ann[] = "Ann", mail[] = "a@x", upper[] = "A@X", list[] = "l@x", none[] = "";
	struct address to[] = { { ann, mail } }, cc[] = { { ann, upper }, { none, list } };
	struct recipients all = { 0 };
	const struct recipients more = { to, 1, cc, 2 };

	recipients_add(&all, &more);
	recipients_add(&all, &more);
	ck_assert_uint_eq(all.to_count, 1);
	ck_assert_uint_eq(all.cc_count, 1);
	ck_assert_str_eq(all.cc[0].mail, "l@x");
	recipients_free(&all);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { maintainers_get_it_and_others_a_copy,
				       the_script_runs_in_the_tree_with_plain_names_only,
				       why_it_failed_is_told, nobody_is_added_twice };

	return unit_run("recipients", tests, sizeof(tests) / sizeof(*tests));
}
