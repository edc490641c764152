// SPDX-License-Identifier: GPL-2.0-only
#include "run/messages.h"
#include "unit.h"

#include <stdlib.h>

START_TEST(lack_of_memory_is_seen)
{
	ck_assert(message_no_memory("x\nFatal error: exception Out_of_memory\n"));
	ck_assert(message_no_memory("Fatal error: out of memory\n"));
	ck_assert(!message_no_memory("Fatal error: exception Not_found\n"));
}
END_TEST

START_TEST(the_last_message_is_found)
{
	char *last = message_last("one\ntwo\n\n \t\n");

	ck_assert_str_eq(last, "two");
	free(last);
	ck_assert_ptr_null(message_last("\n"));
}
END_TEST

START_TEST(an_error_is_told_with_its_explanation)
{
	char *error = message_error("one\nFile \"x\", line 3:\nError: Unbound   value\n  y\nz\n");

	ck_assert_str_eq(error, "File \"x\", line 3: Error: Unbound value y");
	free(error);
	error = message_error("File \"x\", line 3\n  around = ''\n");
	ck_assert_str_eq(error, "File \"x\", line 3");
	free(error);
	error = message_error("one\ntwo\n");
	ck_assert_str_eq(error, "two");
	free(error);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { lack_of_memory_is_seen, the_last_message_is_found,
				       an_error_is_told_with_its_explanation };

	return unit_run("messages", tests, sizeof(tests) / sizeof(*tests));
}
