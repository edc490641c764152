// SPDX-License-Identifier: GPL-2.0-only
#include "slots.h"
#include "unit.h"

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

int main(void)
{
	const TTest *const tests[] = { rows_hold_for_some_versions,
				       rows_that_mean_nothing_are_an_error };

	return unit_run("slots", tests, sizeof(tests) / sizeof(*tests));
}
