// SPDX-License-Identifier: GPL-2.0-only
#include "series/maintainers.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THE_REST "\nTHE REST\nM:\tA\nF:\t*\nF:\t*/\n"

/* The unit of a path under a MAINTAINERS, which may be NULL for none. */
static void assert_unit(const char *text, const char *path, const char *name, const char *in)
{
	char *dir = scratch_make();
	struct maintainers *maintainers;
	struct unit unit;

	if (text)
		scratch_write(dir, "MAINTAINERS", text);
	maintainers = maintainers_read(dir);
	maintainers_unit(maintainers, path, &unit);
	ck_assert_str_eq(unit.name, name);
	ck_assert_str_eq(unit.dir, in);
	unit_free(&unit);
	maintainers_free(maintainers);
	scratch_remove(dir);
}

START_TEST(without_an_entry_the_directory_is_the_unit)
{
	assert_unit(NULL, "drivers/a/b.c", "drivers/a", "drivers/a");
	assert_unit("", "b.c", "", "");
	assert_unit("A\nF:\tdrivers/b/\n" THE_REST, "drivers/a/b.c", "drivers/a", "drivers/a");
}
END_TEST

START_TEST(a_directory_takes_all_below_and_a_star_does_not)
{
	static const char text[] = "CORE\nM:\tA <a@b>\nF:\tdrivers/x/*\n\n"
				   "ALL\nF:\tdrivers/x/\n" THE_REST;

	assert_unit(text, "drivers/x/a.c", "CORE", "drivers/x");
	assert_unit(text, "drivers/x/y/a.c", "ALL", "drivers/x");
	assert_unit(text, "drivers/xy/a.c", "drivers/xy", "drivers/xy");
}
END_TEST

START_TEST(the_narrowest_pattern_wins)
{
	static const char text[] = "WIDE\nF:\tdrivers/\n\n"
				   "FILE\nF:\tdrivers/x/y/special.c\n\n"
				   "NAMES\nF:\tdrivers/x/y/s*.c\n\n"
				   "DIR\nF:\tdrivers/x/y\n" THE_REST;

	assert_unit(text, "drivers/x/y/special.c", "FILE", "drivers/x/y");
	assert_unit(text, "drivers/x/y/some.c", "NAMES", "drivers/x/y");
	assert_unit(text, "drivers/x/y/other.c", "DIR", "drivers/x/y");
	assert_unit(text, "drivers/x/y/z/s.c", "DIR", "drivers/x/y");
	assert_unit(text, "drivers/x/a.c", "WIDE", "drivers");
}
END_TEST

START_TEST(wildcards_are_those_of_get_maintainer)
{
	static const char text[] = "FRONT\nF:\tdrivers/*/xen-*front.c\n\n"
				   "CHIPS\nF:\tsound/da7?[12].[ch]\n\n"
				   "ARCH\nF:\tarch/*/include/\n";

	assert_unit(text, "drivers/block/xen-blkfront.c", "FRONT", "drivers/block");
	assert_unit(text, "drivers/a/b/xen-blkfront.c", "drivers/a/b", "drivers/a/b");
	assert_unit(text, "sound/da791.h", "CHIPS", "sound");
	assert_unit(text, "sound/da793.h", "sound", "sound");
	assert_unit(text, "arch/x86/include/asm/a.h", "ARCH", "arch/x86/include/asm");
}
END_TEST

START_TEST(excluded_paths_are_left_out)
{
	static const char text[] = "DRM\nF:\tdrivers/drm/\nX:\tdrivers/drm/a/\n"
				   "X:\tdrivers/drm/odd*.c\n\nDRIVERS\nF:\tdrivers/\n";

	assert_unit(text, "drivers/drm/b/x.c", "DRM", "drivers/drm");
	assert_unit(text, "drivers/drm/a/x.c", "DRIVERS", "drivers");
	assert_unit(text, "drivers/drm/odd-one.c", "DRIVERS", "drivers");
}
END_TEST

START_TEST(names_count_where_no_directory_does)
{
	static const char text[] =
		"TEGRA\nN:\t[^a-z] tegra\n\nOWN\nF:\tdrivers/tegra-own/\n" THE_REST;

	assert_unit(text, "drivers/a/tegra.c", "TEGRA", "drivers/a");
	assert_unit(text, "drivers/tegra-own/tegra.c", "OWN", "drivers/tegra-own");
	assert_unit(text, "drivers/a/integra.c", "drivers/a", "drivers/a");
}
END_TEST

/* A MAINTAINERS in which drivers/sub/ has so many sections within. */
static char *subsystem(int sections)
{
	char *text = xstrdup("SUB\nF:\tdrivers/sub/\n\nINNER\nF:\tdrivers/sub/group/known/\n\n");

	for (int i = 1; i < sections; i++) {
		char *longer = xasprintf("%sD%d\nF:\tdrivers/sub/d%d/\nF:\tdrivers/sub/d%d.c\n\n",
					 text, i, i, i);

		free(text);
		text = longer;
	}
	return text;
}

START_TEST(a_subsystem_is_no_unit)
{
	char *wide = subsystem(8), *narrow = subsystem(7);

	assert_unit(narrow, "drivers/sub/new/a/x.c", "SUB", "drivers/sub");
	assert_unit(wide, "drivers/sub/new/a/x.c", "drivers/sub/new", "drivers/sub/new");
	assert_unit(wide, "drivers/sub/group/new/a/x.c", "drivers/sub/group/new",
		    "drivers/sub/group/new");
	assert_unit(wide, "drivers/sub/core.c", "drivers/sub", "drivers/sub");
	assert_unit(wide, "drivers/sub/d1/a/x.c", "D1", "drivers/sub/d1");
	free(wide);
	free(narrow);
}
END_TEST

START_TEST(what_is_malformed_matches_nothing)
{
	static const char text[] = "F:\tdrivers/\nprose without end \xff\n\n"
				   "# F:\tdrivers/x/\n"
				   "BAD\r\nF:\nF:\tdrivers/[\nN:\t(\nX:\t(\nF\tdrivers/x/\nQ: y\n"
				   "F:drivers/good/\r\nZ:";

	assert_unit(text, "drivers/x/a.c", "drivers/x", "drivers/x");
	assert_unit(text, "drivers/good/a.c", "F\tdrivers/x/", "drivers/good");
}
END_TEST

START_TEST(a_wicked_expression_ends)
{
	char path[60] = "drivers/a/";

	memset(path + strlen(path), 'a', 40);
	assert_unit("BAD\nN:\t^(([a-z\\/]+)+)+$x\nN:\t((a*)*)*b$\n", path, "drivers/a",
		    "drivers/a");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		without_an_entry_the_directory_is_the_unit,
		a_directory_takes_all_below_and_a_star_does_not,
		the_narrowest_pattern_wins,
		wildcards_are_those_of_get_maintainer,
		excluded_paths_are_left_out,
		names_count_where_no_directory_does,
		a_subsystem_is_no_unit,
		what_is_malformed_matches_nothing,
		a_wicked_expression_ends,
	};

	return unit_run("maintainers", tests, sizeof(tests) / sizeof(*tests));
}
