// SPDX-License-Identifier: GPL-2.0-only
#include "series/sender.h"

#include <git2.h>
#include <stdlib.h>

/* The configuration that holds in a tree; NULL if there is none. */
static git_config *open_config(const char *root)
{
	git_repository *repository = NULL;
	git_config *config = NULL, *snapshot = NULL;

	if (git_repository_open_ext(&repository, root, 0, NULL) ||
	    git_repository_config(&config, repository))
		git_config_open_default(&config);
	git_repository_free(repository);
	if (config)
		git_config_snapshot(&snapshot, config);
	git_config_free(config);
	return snapshot;
}

/* A setting, from the environment or the configuration; "" if there is none. */
static const char *setting(const git_config *config, const char *variable, const char *key)
{
	const char *value = getenv(variable);

	if (value && *value)
		return value;
	if (!config || git_config_get_string(&value, config, key))
		return "";
	return value;
}

int sender_find(struct address *sender, const char *root, struct error *err)
{
	const char *name, *mail;
	git_config *config;
	int result;

	*sender = (struct address){ 0 };
	git_libgit2_init();
	config = open_config(root);
	name = setting(config, "GIT_AUTHOR_NAME", "user.name");
	mail = setting(config, "GIT_AUTHOR_EMAIL", "user.email");
	if (!*name || !*mail)
		result = error_set(err, "a series needs a sender: set %s with git config --global",
				   *name   ? "user.email"
				   : *mail ? "user.name"
					   : "user.name and user.email");
	else
		result = address_make(sender, name, mail, err);
	git_config_free(config);
	git_libgit2_shutdown();
	return result;
}
