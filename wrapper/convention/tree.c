// SPDX-License-Identifier: GPL-2.0-only
#include "convention/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* VERSION, PATCHLEVEL and SUBLEVEL stand in the first lines of a kernel's top Makefile. */
#define VERSION_LINES 20

/* If the line is `NAME = N`, gives N. */
static void read_assignment(const char *line, const char *name, int *number)
{
	const char *value;

	if (!starts_with(line, name))
		return;
	value = line + strlen(name);
	value += strspn(value, " \t");
	if (*value == '=')
		sscanf(value + 1, "%d", number);
}

/* The version that a directory's Makefile gives, X.Y.Z; NULL if it is no kernel's top Makefile. */
static char *makefile_version(const char *dir)
{
	int version = -1, patchlevel = -1, sublevel = 0;
	char *path = path_join(dir, "Makefile");
	char *text = file_read(path, NULL), *rest = text, *line;

	free(path);
	for (int i = 0; text && i < VERSION_LINES && (line = next_line(&rest)); i++) {
		read_assignment(line, "VERSION", &version);
		read_assignment(line, "PATCHLEVEL", &patchlevel);
		read_assignment(line, "SUBLEVEL", &sublevel);
	}
	free(text);
	if (version < 0 || patchlevel < 0)
		return NULL;
	return xasprintf("%d.%d.%d", version, patchlevel, sublevel);
}

static bool has_file(const char *dir, const char *name)
{
	char *path = path_join(dir, name);
	bool found = !access(path, F_OK);

	free(path);
	return found;
}

/* Cuts an absolute path to the directory above it. Returns false at the top. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash[1])
		return false;
	slash[slash == path] = '\0';
	return true;
}

/* The kernel tree that a directory is in; on success the version is in tree->kernel_text. */
static bool find_kernel(const char *dir, struct tree *tree)
{
	char *path = xstrdup(dir);

	do {
		if (has_file(path, "Kconfig") || has_file(path, "Kbuild"))
			tree->kernel_text = makefile_version(path);
		if (tree->kernel_text) {
			tree->root = path;
			tree->is_kernel = true;
			return true;
		}
	} while (go_up(path));
	free(path);
	return false;
}

/* The tree of one PATH alone. */
static int find_one(const char *path, struct tree *tree, struct error *err)
{
	char *dir = realpath(path, NULL);
	struct stat st;

	*tree = (struct tree){ 0 };
	if (!dir || stat(dir, &st)) {
		free(dir);
		return error_set(err, "cannot check '%s': %s", path, strerror(errno));
	}
	if (!S_ISDIR(st.st_mode))
		go_up(dir);
	if (find_kernel(dir, tree))
		free(dir);
	else
		tree->root = dir;
	return 0;
}

/* Is `path` the directory `dir` or in it? */
static bool is_within(const char *path, const char *dir)
{
	size_t length = strlen(dir);

	return !strcmp(dir, "/") ||
	       (starts_with(path, dir) && (!path[length] || path[length] == '/'));
}

/* Makes `tree`, of the PATHs so far, the tree of one more. */
static int join(struct tree *tree, const struct tree *other, const char *path, struct error *err)
{
	if (tree->is_kernel != other->is_kernel ||
	    (tree->is_kernel && strcmp(tree->root, other->root)))
		return error_set(err,
				 "'%s' is in another tree (%s) than the first path (%s): "
				 "check them one at a time",
				 path, other->root, tree->root);
	while (!is_within(other->root, tree->root))
		go_up(tree->root);
	return 0;
}

int tree_find(char *const *paths, size_t count, struct tree *tree, struct error *err)
{
	struct tree other;
	int result = find_one(paths[0], tree, err);

	for (size_t i = 1; i < count && !result; i++) {
		result = find_one(paths[i], &other, err);
		if (!result)
			result = join(tree, &other, paths[i], err);
		tree_free(&other);
	}
	return result;
}

/* Is `dir`, an absolute path, in what a PATH names? */
static bool is_in_path(const char *dir, const char *path)
{
	char *real = realpath(path, NULL);
	bool is_in = real && is_within(dir, real);

	free(real);
	return is_in;
}

int tree_find_kernel(const char *dir, char *const *paths, size_t count, const struct tree *tree,
		     struct tree *kernel, struct error *err)
{
	if (find_one(dir, kernel, err))
		return -1;
	if (!kernel->is_kernel || !is_in_path(kernel->root, dir))
		return error_set(err, "--tree wants the top of a kernel tree, and '%s' is none",
				 dir);
	if (tree->is_kernel)
		return error_set(err,
				 "--tree is for code outside of kernel trees, and the paths are in "
				 "one: %s",
				 tree->root);
	for (size_t i = 0; i < count; i++)
		if (is_in_path(kernel->root, paths[i]))
			return error_set(err,
					 "the kernel tree '%s' is in what is to be checked, '%s': "
					 "name the driver's own files or directory",
					 dir, paths[i]);
	return 0;
}

void tree_free(struct tree *tree)
{
	free(tree->root);
	free(tree->kernel_text);
}

const struct version version_never = { ~0U, ~0U };

bool version_parse(const char *text, struct version *version)
{
	char after = '\0';
	int fields = sscanf(text, "%u.%u%c", &version->major, &version->minor, &after);

	return fields == 2 || (fields == 3 && (after == '.' || after == '-'));
}

int version_compare(struct version a, struct version b)
{
	if (a.major != b.major)
		return a.major < b.major ? -1 : 1;
	return (a.minor > b.minor) - (a.minor < b.minor);
}

bool version_holds(const struct version *version, struct version since, struct version until)
{
	return version ? version_compare(*version, since) >= 0 &&
				 version_compare(*version, until) < 0
		       : !version_compare(until, version_never);
}
