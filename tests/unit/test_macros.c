// SPDX-License-Identifier: GPL-2.0-only
#include "source/macros.h"
#include "unit.h"

#include <string.h>

static const struct macro *find(const struct macros *macros, const char *name)
{
	return macros_find(macros, name, strlen(name));
}

START_TEST(numbers_have_bases_and_suffixes)
{
	static const struct {
		const char *text;
		size_t length;
		uint64_t bits;
		bool is_unsigned;
	} cases[] = {
		{ "0", 1, 0, false },
		{ "42 ", 2, 42, false },
		{ "010", 3, 8, false },
		{ "0x1F", 4, 31, false },
		{ "1u", 2, 1, true },
		{ "1UL", 3, 1, true },
		{ "1ll)", 3, 1, false },
		{ "9223372036854775807", 19, INT64_MAX, false },
		{ "9223372036854775808", 19, (uint64_t)INT64_MAX + 1, true },
		{ "0xffffffffffffffff", 18, UINT64_MAX, true },
		{ "18446744073709551616", 0, 0, false },
		{ "08", 0, 0, false },
		{ "0x", 0, 0, false },
		{ "1.5", 0, 0, false },
		{ "1e3", 0, 0, false },
		{ "1ulul", 0, 0, false },
		{ "-1", 0, 0, false },
		{ "x", 0, 0, false },
		{ "", 0, 0, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct number number;

		ck_assert_msg(number_parse(cases[i].text, &number) == cases[i].length, "%s",
			      cases[i].text);
		if (!cases[i].length)
			continue;
		ck_assert_msg(number.bits == cases[i].bits, "%s", cases[i].text);
		ck_assert_msg(number.is_unsigned == cases[i].is_unsigned, "%s", cases[i].text);
	}
}
END_TEST

START_TEST(definitions_are_read)
{
	struct macros macros = { 0 };
	struct error err;

	ck_assert_int_eq(macros_define(&macros, "HAVE_A", &err), 0);
	ck_assert_int_eq(macros_define(&macros, "HAVE_B=-2", &err), 0);
	ck_assert_int_eq(macros_define(&macros, "HAVE_C=0x10", &err), 0);
	ck_assert_int_eq(macros_define(&macros, "HAVE_D=foo(1)", &err), 0);
	ck_assert_int_eq(macros_define(&macros, "HAVE_E=", &err), 0);
	ck_assert_int_eq(macros_undefine(&macros, "HAVE_F", &err), 0);
	ck_assert_uint_eq(find(&macros, "HAVE_A")->number.bits, 1);
	ck_assert_uint_eq(find(&macros, "HAVE_B")->number.bits, (uint64_t)-2);
	ck_assert_uint_eq(find(&macros, "HAVE_C")->number.bits, 16);
	ck_assert(find(&macros, "HAVE_D")->is_defined);
	ck_assert(!find(&macros, "HAVE_D")->has_number);
	ck_assert(find(&macros, "HAVE_E")->is_defined);
	ck_assert(!find(&macros, "HAVE_E")->has_number);
	ck_assert(!find(&macros, "HAVE_F")->is_defined);
	ck_assert_ptr_null(find(&macros, "HAVE"));
	ck_assert_ptr_null(find(&macros, "HAVE_AA"));
	macros_free(&macros);
}
END_TEST

START_TEST(the_last_decision_counts)
{
	struct macros macros = { 0 };
	struct error err;

	ck_assert_int_eq(macros_define(&macros, "A=1", &err), 0);
	ck_assert_int_eq(macros_define(&macros, "A=2", &err), 0);
	ck_assert_uint_eq(find(&macros, "A")->number.bits, 2);
	ck_assert_int_eq(macros_undefine(&macros, "A", &err), 0);
	ck_assert(!find(&macros, "A")->is_defined);
	macros_free(&macros);
}
END_TEST

START_TEST(names_that_are_none_are_refused)
{
	static const char *const wrong[] = { "", "=1", "1A", "A B", "A-B=1", "A(x)=x", "-D" };
	struct macros macros = { 0 };
	struct error err;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ck_assert_int_eq(macros_define(&macros, wrong[i], &err), -1);
		ck_assert_ptr_nonnull(strstr(err.text, "-D wants the name of a macro"));
		ck_assert_int_eq(macros_undefine(&macros, wrong[i], &err), -1);
		ck_assert_ptr_nonnull(strstr(err.text, "-U wants the name of a macro"));
	}
	ck_assert_int_eq(macros_undefine(&macros, "A=1", &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "'A=1'"));
	ck_assert_uint_eq(macros.count, 0);
	macros_free(&macros);
}
END_TEST

static uint64_t version_code(const char *kernel)
{
	const struct macros none = { 0 };
	struct macros macros = macros_of_kernel(kernel, &none);
	uint64_t code = find(&macros, "LINUX_VERSION_CODE")->number.bits;

	ck_assert(find(&macros, "LINUX_VERSION_CODE")->has_number);
	ck_assert(find(&macros, "KERNEL_VERSION")->is_defined);
	macros_free(&macros);
	return code;
}

START_TEST(the_kernel_gives_its_version)
{
	ck_assert_uint_eq(version_code("6.2"), 0x060200);
	ck_assert_uint_eq(version_code("6.12.7"), 0x060c07);
	ck_assert_uint_eq(version_code("6.2-rc3"), 0x060200);
	ck_assert_uint_eq(version_code("6.2.y"), 0x060200);
	ck_assert_uint_eq(version_code("4.9.300"), 0x0409ff);
	ck_assert_uint_eq(version_code(NULL), 0xffffff);
}
END_TEST

START_TEST(what_is_decided_counts_more)
{
	struct macros decided = { 0 }, macros;
	struct error err;

	ck_assert_int_eq(macros_define(&decided, "LINUX_VERSION_CODE=1", &err), 0);
	ck_assert_int_eq(macros_undefine(&decided, "KERNEL_VERSION", &err), 0);
	ck_assert_int_eq(macros_define(&decided, "HAVE_A", &err), 0);
	macros = macros_of_kernel("6.2", &decided);
	macros_free(&decided);
	ck_assert_uint_eq(find(&macros, "LINUX_VERSION_CODE")->number.bits, 1);
	ck_assert(!find(&macros, "KERNEL_VERSION")->is_defined);
	ck_assert(find(&macros, "HAVE_A")->is_defined);
	macros_free(&macros);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		numbers_have_bases_and_suffixes, definitions_are_read,
		the_last_decision_counts,        names_that_are_none_are_refused,
		the_kernel_gives_its_version,    what_is_decided_counts_more
	};

	return unit_run("macros", tests, sizeof(tests) / sizeof(*tests));
}
