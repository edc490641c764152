// SPDX-License-Identifier: GPL-2.0-only
#include "series/recipients.h"

#include "base/process.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRIPT "scripts/get_maintainer.pl"

/* What the script may take: it needs a tenth of a second. In ms, MB. */
#define TIMEOUT 30000
#define MEMORY 2048

/* More would be no list of people. */
#define RECIPIENT_LIMIT 200

/* Can the script be told of the file? See recipients.h; a `-` in front would be an option. */
static bool is_plain(const char *path)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-/,";

	return *path != '-' && !path[strspn(path, plain)];
}

static bool contains(const struct address *addresses, size_t count, const struct address *address)
{
	for (size_t i = 0; i < count; i++)
		if (!strcasecmp(addresses[i].mail, address->mail))
			return true;
	return false;
}

/* Adds an address, which it takes, unless it is there. */
static void add(struct recipients *recipients, bool to, struct address *address)
{
	struct address **list = to ? &recipients->to : &recipients->cc;
	size_t *count = to ? &recipients->to_count : &recipients->cc_count;

	if (recipients->to_count + recipients->cc_count >= RECIPIENT_LIMIT ||
	    contains(recipients->to, recipients->to_count, address) ||
	    contains(recipients->cc, recipients->cc_count, address)) {
		address_free(address);
		return;
	}
	*list = grow(*list, *count, sizeof(**list));
	(*list)[(*count)++] = *address;
}

/* Is it somebody who takes patches? The script says so behind the address: `(maintainer:TITLE)`. */
static bool is_maintainer(const char *line)
{
	const char *mail = strchr(line, '<'), *role = strstr(mail ? mail : line, " (");
	char *word;
	bool result;

	if (!role)
		return false;
	word = xstrndup(role + 2, strcspn(role + 2, ":)"));
	result = strcmp(word, "reviewer") && !ends_with(word, "list");
	free(word);
	return result;
}

/* Takes in what the script printed, which is cut up. */
static void read_output(struct recipients *recipients, char *output)
{
	char *line;

	while ((line = next_line(&output))) {
		struct address address;
		struct error ignored;

		if (!*line)
			continue;
		if (address_parse(&address, line, &ignored))
			address_free(&address);
		else
			add(recipients, is_maintainer(line), &address);
	}
}

/* The script's command line for the files that it can be told of; NULL if there are none. */
static const char **make_arguments(const char *const *paths, size_t count)
{
	static const char *const fixed[] = {
		"perl",           SCRIPT,    "--no-git", "--no-git-fallback",
		"--no-rolestats", "--roles", "-f",       "--"
	};
	size_t used = sizeof(fixed) / sizeof(*fixed);
	const char **arguments = xcalloc(used + count + 1, sizeof(*arguments));

	memcpy(arguments, fixed, sizeof(fixed));
	for (size_t i = 0; i < count; i++)
		if (is_plain(paths[i]))
			arguments[used++] = paths[i];
	if (used > sizeof(fixed) / sizeof(*fixed))
		return arguments;
	free(arguments);
	return NULL;
}

/* What the script said when it failed, or what became of it. */
static int failure(const struct process_end *end, struct error *err)
{
	char *rest = end->log, *line = next_line(&rest);

	if (end->flooded)
		return error_set(err, SCRIPT " prints too much");
	if (end->signal)
		return error_set(err, SCRIPT " was ended by signal %d or took too long",
				 end->signal);
	return error_set(err, SCRIPT " failed: %s", line ? line : "it does not say why");
}

static int ask(struct recipients *recipients, const char *root, const char **arguments,
	       struct error *err)
{
	struct process_spec spec = { .arguments = (char **)arguments,
				     .directory = root,
				     .memory = MEMORY };
	struct process_end end = { 0 };
	int result = process_run(&spec, TIMEOUT, &end, err);

	if (!result && (end.status || end.signal || end.flooded))
		result = failure(&end, err);
	if (!result)
		read_output(recipients, end.out);
	free(end.out);
	free(end.log);
	return result;
}

int recipients_find(struct recipients *recipients, const char *root, const char *const *paths,
		    size_t count, struct error *err)
{
	char *script = path_join(root, SCRIPT);
	bool is_there = !access(script, R_OK);
	const char **arguments;
	int result;

	*recipients = (struct recipients){ 0 };
	free(script);
	if (!is_there)
		return error_set(err, "the tree has no " SCRIPT);
	arguments = make_arguments(paths, count);
	if (!arguments)
		return error_set(err, SCRIPT " cannot be asked about a file with such a name: %s",
				 paths[0]);
	result = ask(recipients, root, arguments, err);
	free(arguments);
	return result;
}

static void add_copies(struct recipients *recipients, bool to, const struct address *addresses,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct address copy = { xstrdup(addresses[i].name), xstrdup(addresses[i].mail) };

		add(recipients, to, &copy);
	}
}

void recipients_add(struct recipients *recipients, const struct recipients *more)
{
	add_copies(recipients, true, more->to, more->to_count);
	add_copies(recipients, false, more->cc, more->cc_count);
}

static void free_addresses(struct address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++)
		address_free(&addresses[i]);
	free(addresses);
}

void recipients_free(struct recipients *recipients)
{
	free_addresses(recipients->to, recipients->to_count);
	free_addresses(recipients->cc, recipients->cc_count);
}
