// SPDX-License-Identifier: GPL-2.0-only
#include "series/prefix.h"

#include "base/interrupt.h"

#include <ctype.h>
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* How many commits of a driver tell its style, and how many are looked at to find them. */
#define ENOUGH_COMMITS 30
#define COMMIT_LIMIT 20000

/* A longer prefix would leave no room for the subject. */
#define PREFIX_LIMIT 40

/* The subsystems whose patches are not named `SUBSYSTEM: DRIVER:`; the first that fits counts. */
static const struct subsystem {
	const char *dir;
	const char *name;
	const char *joint;
} subsystems[] = {
	{ "drivers/accel/", "accel", "/" }, { "drivers/dma-buf/", "dma-buf", "/" },
	{ "drivers/gpu/drm/", "drm", "/" }, { "drivers/infiniband/", "RDMA", "/" },
	{ "drivers/iommu/", "iommu", "/" }, { "drivers/staging/media/", "staging: media", ": " },
	{ "drivers/vfio/", "vfio", "/" },   { "drivers/xen/", "xen", "/" },
	{ "sound/soc/", "ASoC", ": " },     { "sound/", "ALSA", ": " },
};

/* A prefix that was seen, and how often. */
struct seen {
	char *prefix;
	size_t count;
	size_t capitals; /* how often a capital letter followed */
};

/* What is known of one driver's history so far. */
struct history {
	struct seen *seen; /* the latest first */
	size_t seen_count;
	size_t commits;
	char **paths; /* in the repository */
	size_t path_count;
};

/* The length of the prefix of a subject: words without blanks, each with a colon; 0 if none. */
static size_t prefix_length(const char *subject)
{
	size_t length = 0, next;

	while ((next = strcspn(subject + length, ": ")) &&
	       !strncmp(subject + length + next, ": ", 2))
		length += next + 2;
	return length ? length - 2 : 0;
}

static bool is_printable(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

static void add_subject(struct history *history, const char *subject)
{
	size_t length = prefix_length(subject), i = 0;

	history->commits++;
	if (!length || length > PREFIX_LIMIT || !is_printable(subject, length))
		return;
	while (i < history->seen_count && (strncmp(history->seen[i].prefix, subject, length) ||
					   history->seen[i].prefix[length]))
		i++;
	if (i == history->seen_count) {
		history->seen = grow(history->seen, history->seen_count, sizeof(*history->seen));
		history->seen[history->seen_count++] =
			(struct seen){ .prefix = xstrndup(subject, length) };
	}
	history->seen[i].count++;
	history->seen[i].capitals += isupper((unsigned char)subject[length + 2]) != 0;
}

static const struct seen *most_frequent(const struct history *history)
{
	const struct seen *best = NULL;

	for (size_t i = 0; i < history->seen_count; i++)
		if (!best || history->seen[i].count > best->count)
			best = &history->seen[i];
	return best;
}

/* Does the entry of this name differ? Gives both entries, NULL where there is none. */
static bool entry_differs(const git_tree *a, const git_tree *b, const char *name,
			  const git_tree_entry **entry_a, const git_tree_entry **entry_b)
{
	*entry_a = a ? git_tree_entry_byname(a, name) : NULL;
	*entry_b = b ? git_tree_entry_byname(b, name) : NULL;
	if (!*entry_a || !*entry_b)
		return *entry_a != *entry_b;
	return !git_oid_equal(git_tree_entry_id(*entry_a), git_tree_entry_id(*entry_b));
}

static git_tree *subtree(git_repository *repository, const git_tree_entry *entry)
{
	git_tree *tree = NULL;

	if (entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		git_tree_lookup(&tree, repository, git_tree_entry_id(entry));
	return tree;
}

/* Does a path differ between two trees? Only goes down where something does. */
static bool path_differs(git_repository *repository, const git_tree *a, const git_tree *b,
			 const char *path)
{
	const char *slash = strchr(path, '/');
	char *name = xstrndup(path, slash ? (size_t)(slash - path) : strlen(path));
	const git_tree_entry *entry_a, *entry_b;
	bool differs = entry_differs(a, b, name, &entry_a, &entry_b);

	free(name);
	if (differs && slash) {
		git_tree *below_a = subtree(repository, entry_a);
		git_tree *below_b = subtree(repository, entry_b);

		differs = path_differs(repository, below_a, below_b, slash + 1);
		git_tree_free(below_a);
		git_tree_free(below_b);
	}
	return differs;
}

/* Takes in one commit for the drivers that it touches and that are not known well enough. */
static void read_commit(git_repository *repository, const git_commit *commit,
			struct history *histories, size_t count)
{
	git_commit *parent = NULL;
	git_tree *before = NULL, *after = NULL;

	/* The first commit, where a history begins, says nothing of a driver; nor does a merge. */
	if (git_commit_parentcount(commit) != 1)
		return;
	if (!git_commit_parent(&parent, commit, 0) && !git_commit_tree(&before, parent) &&
	    !git_commit_tree(&after, commit)) {
		for (size_t i = 0; i < count; i++) {
			struct history *history = &histories[i];
			bool touched = false;

			if (history->commits >= ENOUGH_COMMITS)
				continue;
			for (size_t p = 0; p < history->path_count && !touched; p++)
				touched =
					path_differs(repository, before, after, history->paths[p]);
			if (touched)
				add_subject(history, git_commit_summary((git_commit *)commit));
		}
	}
	git_tree_free(before);
	git_tree_free(after);
	git_commit_free(parent);
}

static bool all_known(const struct history *histories, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (histories[i].path_count && histories[i].commits < ENOUGH_COMMITS)
			return false;
	return true;
}

static void walk(git_repository *repository, struct history *histories, size_t count)
{
	git_revwalk *revisions = NULL;
	git_oid id;

	if (git_revwalk_new(&revisions, repository) || git_revwalk_push_head(revisions)) {
		git_revwalk_free(revisions);
		return;
	}
	for (size_t i = 0; i < COMMIT_LIMIT && !interrupt_signal() && !all_known(histories, count);
	     i++) {
		git_commit *commit = NULL;

		if (git_revwalk_next(&id, revisions) || git_commit_lookup(&commit, repository, &id))
			break;
		read_commit(repository, commit, histories, count);
		git_commit_free(commit);
	}
	git_revwalk_free(revisions);
}

/* The tree that HEAD has; NULL if there is none. */
static git_tree *head_tree(git_repository *repository)
{
	git_object *tree = NULL;

	git_revparse_single(&tree, repository, "HEAD^{tree}");
	return (git_tree *)tree;
}

/* The paths of a driver as the repository has them; those that it does not have are left out. */
static void find_paths(struct history *history, const struct driver *driver, const git_tree *head,
		       const char *root_in_repository)
{
	history->paths = xcalloc(driver->path_count, sizeof(*history->paths));
	for (size_t i = 0; i < driver->path_count; i++) {
		char *path = xasprintf("%s%s", root_in_repository, driver->paths[i]);
		git_tree_entry *entry = NULL;

		if (!git_tree_entry_bypath(&entry, head, path))
			history->paths[history->path_count++] = path;
		else
			free(path);
		git_tree_entry_free(entry);
	}
}

/* Where the tree is in the repository: "" or "DIR/"; NULL if it is not. The caller frees. */
static char *locate(git_repository *repository, const char *root)
{
	const char *workdir = git_repository_workdir(repository);
	char *real = workdir ? realpath(workdir, NULL) : NULL, *place = NULL;
	size_t length = real ? strlen(real) : 0;

	if (real && starts_with(root, real) && (!root[length] || root[length] == '/'))
		place = xasprintf("%s%s", root + length + (root[length] == '/'),
				  root[length] ? "/" : "");
	free(real);
	return place;
}

static void read_history(const char *root, const struct driver *drivers, struct history *histories,
			 size_t count)
{
	git_repository *repository = NULL;
	git_tree *head = NULL;
	char *place = NULL;

	if (!git_repository_open_ext(&repository, root, 0, NULL)) {
		place = locate(repository, root);
		head = head_tree(repository);
	}
	if (place && head) {
		for (size_t i = 0; i < count; i++)
			find_paths(&histories[i], &drivers[i], head, place);
		walk(repository, histories, count);
	}
	free(place);
	git_tree_free(head);
	git_repository_free(repository);
}

static void history_free(struct history *history)
{
	for (size_t i = 0; i < history->seen_count; i++)
		free(history->seen[i].prefix);
	for (size_t i = 0; i < history->path_count; i++)
		free(history->paths[i]);
	free(history->seen);
	free(history->paths);
}

/* A name for a subject: other bytes than those of usual names become `_`. The caller frees. */
static char *clean_name(const char *name, size_t length)
{
	char *clean = xstrndup(name, length);

	for (char *c = clean; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-+.", *c))
			*c = '_';
	return clean;
}

/* The name of a file without its end, and without the subsystem's name before it. */
static char *file_name(const char *path, const char *subsystem)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot;
	size_t length = strlen(subsystem);

	if (length && !strncasecmp(name, subsystem, length) && strchr("_-", name[length]))
		name += length + 1;
	dot = strrchr(name, '.');
	return clean_name(name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

/*
 * The subsystem that a directory, with a slash behind it, is in; `name` gets its name. Returns its
 * length in `dir`.
 */
static size_t find_subsystem(const char *dir, char **name, const char **joint)
{
	size_t skip = starts_with(dir, "drivers/") ? strlen("drivers/") : 0, length;

	for (size_t i = 0; i < sizeof(subsystems) / sizeof(*subsystems); i++) {
		if (starts_with(dir, subsystems[i].dir)) {
			*name = xstrdup(subsystems[i].name);
			*joint = subsystems[i].joint;
			return strlen(subsystems[i].dir);
		}
	}
	length = strcspn(dir + skip, "/");
	*name = clean_name(dir + skip, length);
	*joint = ": ";
	return skip + length + (dir[skip + length] == '/');
}

/* The name of the driver in its subsystem; "" if it is the subsystem. The caller frees. */
static char *driver_name(const struct driver *driver, const char *dir, size_t subsystem_length,
			 const char *subsystem)
{
	const char *slash = strrchr(driver->dir, '/'), *last = slash ? slash + 1 : driver->dir;

	if (dir[subsystem_length])
		return clean_name(last, strlen(last));
	if (driver->path_count == 1)
		return file_name(driver->paths[0], subsystem);
	return xstrdup("");
}

/* The name of the directory that the tree is in. The caller frees. */
static char *tree_name(const char *root)
{
	const char *name = strrchr(root, '/');

	name = name && name[1] ? name + 1 : "dma-buf";
	return clean_name(name, strlen(name));
}

/* The prefix that a driver's directory suggests; the tree's, if it is the driver. The caller frees.
 */
static char *suggest(const char *root, const struct driver *driver)
{
	char *dir = xasprintf("%s%s", driver->dir, *driver->dir ? "/" : "");
	char *subsystem, *name, *prefix;
	const char *joint;
	size_t length = find_subsystem(dir, &subsystem, &joint);

	name = driver_name(driver, dir, length, subsystem);
	if (!*subsystem && !*name)
		prefix = tree_name(root);
	else
		prefix = xasprintf("%s%s%s", subsystem, *subsystem && *name ? joint : "", name);
	free(name);
	free(subsystem);
	free(dir);
	return prefix;
}

void prefix_find(const char *root, struct driver *drivers, size_t count)
{
	struct history *histories = xcalloc(count, sizeof(*histories));

	git_libgit2_init();
	read_history(root, drivers, histories, count);
	git_libgit2_shutdown();
	for (size_t i = 0; i < count; i++) {
		const struct seen *best = most_frequent(&histories[i]);

		drivers[i].prefix = best ? xstrdup(best->prefix) : suggest(root, &drivers[i]);
		drivers[i].capital = best && 2 * best->capitals > best->count;
		history_free(&histories[i]);
	}
	free(histories);
}

void driver_free(struct driver *driver)
{
	free(driver->prefix);
}
