// SPDX-License-Identifier: GPL-2.0-only
#include "convention/slots.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "struct\tmember\tstate\tsince\tuntil\tevidence\n"

static int load(const char *table, const struct version *version, struct slots *slots,
		struct error *err)
{
	char *dir = scratch_make();
	int result;

	scratch_write(dir, SLOT_TABLE, table);
	result = slots_load(dir, version, slots, err);
	scratch_remove(dir);
	return result;
}

/* The state that the table has for a slot, -1 if it has none. */
static int state_of(const struct slots *slots, const char *name)
{
	enum lock_state state;

	return slots_find(slots, name, &state) ? (int)state : -1;
}

START_TEST(rows_hold_for_some_versions)
{
	static const char table[] = HEAD "a_ops\tpin\theld\t6.2\t-\tdoc\n"
					 "a_ops\tmmap\theld\t6.2\t6.6\tdoc\n"
					 "b_ops\tpin\tnot held\t-\t-\tdoc\n"
					 "b_ops\tvmap\tinherited\t-\t-\tdoc\n";
	const struct version old = { 6, 1 }, between = { 6, 5 }, later = { 6, 6 };
	const struct {
		const struct version *version;
		int pin, mmap;
	} cases[] = {
		{ &old, -1, -1 },
		{ &between, STATE_HELD, STATE_HELD },
		{ &later, STATE_HELD, -1 },
		{ NULL, STATE_HELD, -1 },
	};
	struct slots slots;
	struct error err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_int_eq(load(table, cases[i].version, &slots, &err), 0);
		ck_assert_int_eq(state_of(&slots, "a_ops.pin"), cases[i].pin);
		ck_assert_int_eq(state_of(&slots, "a_ops.mmap"), cases[i].mmap);
		ck_assert_int_eq(state_of(&slots, "b_ops.pin"), STATE_NOT_HELD);
		ck_assert_int_eq(state_of(&slots, "b_ops.vmap"), STATE_INHERITED);
		ck_assert_int_eq(state_of(&slots, "c_ops.pin"), -1);
		slots_free(&slots);
	}
}
END_TEST

START_TEST(rows_that_mean_nothing_are_an_error)
{
	static const char *const tables[] = {
		"",
		"struct\tmember\n",
		HEAD "a_ops\tpin\theld\t6.2\n",
		HEAD "a_ops\tpin\tlocked\t-\t-\tdoc\n",
		HEAD "a_ops\tpin\theld\tnever\t-\tdoc\n",
		HEAD "a_ops\tpin\theld\t-\tnever\tdoc\n",
	};
	struct slots slots;
	struct error err;

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		ck_assert_int_eq(load(tables[i], NULL, &slots, &err), -1);
		ck_assert_ptr_nonnull(strstr(err.text, SLOT_TABLE));
		slots_free(&slots);
	}
	ck_assert_int_eq(slots_load("/nonexistent", NULL, &slots, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot read"));
	slots_free(&slots);
}
END_TEST

/* Adds a table to one of a.pin, a.unpin and b.*. */
static int add(const char *table, const struct version *version, struct slots *slots,
	       struct error *err)
{
	static const char built_in[] = HEAD "a\tpin\theld\t-\t-\tdoc\n"
					    "a\tunpin\tnot held\t-\t-\tdoc\n"
					    "b\t*\tnot held\t-\t-\tdoc\n";
	char *dir = scratch_make(), *path = path_join(dir, "more");
	int result;

	scratch_write(dir, SLOT_TABLE, built_in);
	scratch_write(dir, "more", table);
	ck_assert_int_eq(slots_load(dir, version, slots, err), 0);
	result = slots_add(path, version, slots, err);
	free(path);
	scratch_remove(dir);
	return result;
}

START_TEST(rows_that_are_added_win)
{
	struct slots slots;
	struct error err;

	ck_assert_int_eq(add(HEAD "z\tx\tinherited\t-\t-\tours\n"
				  "run_later\t()\tnot held\t-\t-\tours\n"
				  "b\tvmap\theld\t-\t-\tours\n"
				  "a\tpin\tnot held\t-\t-\tours\n"
				  "a\tattach\theld\t-\t-\tours\n",
			     NULL, &slots, &err),
			 0);
	ck_assert_uint_eq(slots.count, 7);
	ck_assert_int_eq(state_of(&slots, "run_later()"), STATE_NOT_HELD);
	ck_assert_int_eq(state_of(&slots, "run_later"), -1);
	ck_assert_int_eq(state_of(&slots, "a.pin"), STATE_NOT_HELD);
	ck_assert_int_eq(state_of(&slots, "a.unpin"), STATE_NOT_HELD);
	ck_assert_int_eq(state_of(&slots, "a.attach"), STATE_HELD);
	ck_assert_int_eq(state_of(&slots, "b.vmap"), STATE_HELD);
	ck_assert_int_eq(state_of(&slots, "b.vunmap"), STATE_NOT_HELD);
	ck_assert_int_eq(state_of(&slots, "z.x"), STATE_INHERITED);
	slots_free(&slots);
}
END_TEST

START_TEST(rows_of_other_versions_do_not_win)
{
	static const char table[] = HEAD "a\tpin\tnot held\t6.6\t-\tours\n"
					 "a\tpin\tinherited\t6.2\t6.6\tours\n";
	const struct version old = { 6, 1 }, between = { 6, 5 };
	struct slots slots;
	struct error err;

	ck_assert_int_eq(add(table, &old, &slots, &err), 0);
	ck_assert_int_eq(state_of(&slots, "a.pin"), STATE_HELD);
	slots_free(&slots);
	ck_assert_int_eq(add(table, &between, &slots, &err), 0);
	ck_assert_int_eq(state_of(&slots, "a.pin"), STATE_INHERITED);
	slots_free(&slots);
	ck_assert_int_eq(add(table, NULL, &slots, &err), 0);
	ck_assert_int_eq(state_of(&slots, "a.pin"), STATE_NOT_HELD);
	slots_free(&slots);
}
END_TEST

START_TEST(a_bad_row_is_named_with_its_line)
{
	static const struct {
		const char *table;
		const char *message;
	} bad[] = {
		{ "", "more:1: the first line must name struct, member, state" },
		{ HEAD "a\tpin\theld\n", "more:2: 3 columns: 6 are wanted" },
		{ HEAD "\n", "more:2: an empty column: 6 are wanted" },
		{ HEAD "a\tpin\theld\t-\t-\t\n", "more:2: an empty column" },
		{ HEAD "a\tpin\theld\t-\t-\tdoc\tdoc\n", "more:2: more than 6 columns" },
		{ HEAD "a\tpin\theld\t-\t-\tdoc\nb c\tpin\theld\t-\t-\tdoc\n",
		  "more:3: 'b c' is no name of a structure" },
		{ HEAD "a\t.pin\theld\t-\t-\tdoc\n", "more:2: '.pin' is no name of a member" },
		{ HEAD "a\t9\theld\t-\t-\tdoc\n", "'9' is no name of a member, nor *" },
		{ HEAD "*\tpin\theld\t-\t-\tdoc\n", "'*' is no name of a structure" },
		{ HEAD "a\tpin\tlocked\t-\t-\tdoc\n",
		  "more:2: no state 'locked': it is held, not held or inherited" },
		{ HEAD "a\tpin\theld\t6\t-\tdoc\n", "'6' is no version such as 6.12, nor -" },
		{ HEAD "a\tpin\theld\t-\tnever\tdoc\n", "more:2: 'never' is no version" },
		{ HEAD "a\tpin\theld\t6.6\t6.6\tdoc\n",
		  "more:2: until, 6.6, is not after since, 6.6" },
		{ HEAD "a\tpin\theld\t6.2\t-\tx\nb\tx\theld\t-\t-\tx\na\tpin\theld\t-\t6.3\tx\n",
		  "more:4: a.pin has a state for these versions in line 2 already" },
	};
	struct slots slots;
	struct error err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ck_assert_int_eq(add(bad[i].table, NULL, &slots, &err), -1);
		ck_assert_msg(strstr(err.text, bad[i].message) != NULL, "%s", err.text);
		ck_assert_int_eq(state_of(&slots, "a.pin"), STATE_HELD);
		ck_assert_uint_eq(slots.count, 3);
		slots_free(&slots);
	}
}
END_TEST

START_TEST(what_is_no_text_is_named_with_its_line)
{
	static const char binary[] = HEAD "a\tpin\0\theld\t-\t-\tdoc\n";
	char *dir = scratch_make(), *path = path_join(dir, "b"), *table;
	char filler[1001] = "";
	struct slots slots = { 0 };
	struct error err;

	ck_assert_int_eq(file_write(path, binary, sizeof(binary) - 1), 0);
	ck_assert_int_eq(slots_add(path, NULL, &slots, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/b:2: a NUL byte"));
	ck_assert_int_eq(slots_add(dir, NULL, &slots, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "it is no regular file"));
	memset(filler, 'x', sizeof(filler) - 1);
	table = xasprintf(HEAD "a\tpin\theld\t-\t-\t%s\n", filler);
	scratch_write(dir, "b", table);
	ck_assert_int_eq(slots_add(path, NULL, &slots, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/b:2: longer than 1000 bytes"));
	scratch_write(dir, "b", HEAD "a\tpin\theld\t-\t-\tno end of line");
	ck_assert_int_eq(slots_add(path, NULL, &slots, &err), 0);
	ck_assert_uint_eq(slots.count, 1);
	slots_free(&slots);
	free(table);
	free(path);
	scratch_remove(dir);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		rows_hold_for_some_versions,      rows_that_mean_nothing_are_an_error,
		rows_that_are_added_win,          rows_of_other_versions_do_not_win,
		a_bad_row_is_named_with_its_line, what_is_no_text_is_named_with_its_line,
	};

	return unit_run("slots", tests, sizeof(tests) / sizeof(*tests));
}
