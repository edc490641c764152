// SPDX-License-Identifier: GPL-2.0-only
#include "fix/worktree.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>

/* What git says went wrong. */
static const char *git_problem(void)
{
	const git_error *problem = git_error_last();

	return problem && problem->message ? problem->message : "git does not say why";
}

static const char *name_of(const git_status_entry *entry)
{
	const git_diff_delta *delta =
		entry->index_to_workdir ? entry->index_to_workdir : entry->head_to_index;

	return delta->new_file.path;
}

static int check_status(git_repository *repository, struct error *err)
{
	git_status_options options;
	git_status_list *list = NULL;
	size_t count;
	int result = 0;

	git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	options.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	if (git_status_list_new(&list, repository, &options))
		return error_set(err,
				 "cannot see whether the git tree is clean: %s (--force does "
				 "without)",
				 git_problem());
	count = git_status_list_entrycount(list);
	if (count)
		result = error_set(err,
				   "%s%s changed, and not committed: commit or stash first, or use "
				   "--force",
				   name_of(git_status_byindex(list, 0)),
				   count > 1 ? " and other files are" : " is");
	git_status_list_free(list);
	return result;
}

int worktree_check(const char *dir, struct error *err)
{
	git_repository *repository = NULL;
	int found, result = 0;

	git_libgit2_init();
	found = git_repository_open_ext(&repository, dir, 0, NULL);
	if (!found && !git_repository_is_bare(repository))
		result = check_status(repository, err);
	else if (found && found != GIT_ENOTFOUND)
		result = error_set(err,
				   "cannot see whether the git tree is clean: %s (--force does "
				   "without)",
				   git_problem());
	git_repository_free(repository);
	git_libgit2_shutdown();
	return result;
}

char *worktree_root(const char *dir)
{
	git_repository *repository = NULL;
	const char *root = NULL;
	char *result = NULL;
	size_t length;

	git_libgit2_init();
	if (!git_repository_open_ext(&repository, dir, 0, NULL))
		root = git_repository_workdir(repository);
	if (root)
		result = realpath(root, NULL);
	git_repository_free(repository);
	git_libgit2_shutdown();
	length = result ? strlen(result) : 0;
	if (length > 1 && starts_with(dir, result) && (!dir[length] || dir[length] == '/'))
		return result;
	free(result);
	return NULL;
}
