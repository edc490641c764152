// SPDX-License-Identifier: GPL-2.0-only
#include "series/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What has been made so far, and goes away again if something fails. */
struct outbox {
	const char *dir;
	char *path;   /* of the directory, cut where it was being made */
	size_t *made; /* the lengths of `path` at which a directory was made */
	size_t made_count;
	size_t written;  /* messages that have their own names */
	size_t prepared; /* messages that have been written, so far under other names */
};

static char *final_path(const struct outbox *outbox, const struct message *message)
{
	return path_join(outbox->dir, message->name);
}

/* The path of a message until all are written. The caller frees. */
static char *early_path(const struct outbox *outbox, const struct message *message)
{
	return xasprintf("%s/.resvlint-%ld-%s", outbox->dir, (long)getpid(), message->name);
}

static int fail(const char *path, struct error *err)
{
	return error_set(err, "cannot write %s: %s; no series was written", path, strerror(errno));
}

/* Makes the first `length` bytes of the path, if they are no directory yet. */
static int make_directory(struct outbox *outbox, size_t length, struct error *err)
{
	char kept = outbox->path[length];
	int result = 0;

	outbox->path[length] = '\0';
	if (!mkdir(outbox->path, 0777)) {
		outbox->made = grow(outbox->made, outbox->made_count, sizeof(*outbox->made));
		outbox->made[outbox->made_count++] = length;
	} else if (errno != EEXIST) {
		result = fail(outbox->path, err);
	}
	outbox->path[length] = kept;
	return result;
}

static int make_directories(struct outbox *outbox, struct error *err)
{
	size_t length = 1; /* a slash in front is the root, which is there */
	int result = *outbox->path ? 0 : error_set(err, "a series needs a directory");

	while (!result && outbox->path[length - 1]) {
		length += strcspn(outbox->path + length, "/");
		result = make_directory(outbox, length, err);
		length++;
		if (!outbox->path[length - 1])
			break;
	}
	return result;
}

/* Is it a file of a series, of this one or another? */
static bool is_patch(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	return digits >= 4 && name[digits] == '-' && ends_with(name, ".patch");
}

int outbox_check(const char *path, struct error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int result = 0;

	if (!dir)
		return errno == ENOENT ? 0 : fail(path, err);
	/* Another series there would be overwritten, or get mixed up with this one. */
	while (!result && (entry = readdir(dir)))
		if (is_patch(entry->d_name))
			result = error_set(err,
					   "%s/%s is there already: remove it, or give a directory "
					   "without patches",
					   path, entry->d_name);
	closedir(dir);
	return result;
}

static int prepare(struct outbox *outbox, const struct message *message, struct error *err)
{
	char *path = early_path(outbox, message), *shown = final_path(outbox, message);
	int result = 0;

	/* Counted first: a file of which only a part could be written has to go, too. */
	outbox->prepared++;
	if (file_write(path, message->text, message->length))
		result = fail(shown, err);
	free(path);
	free(shown);
	return result;
}

/* Renames a file without replacing another, where the file system can do that. */
static int move(const char *from, const char *to)
{
	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	return rename(from, to);
}

static int publish(struct outbox *outbox, const struct message *message, struct error *err)
{
	char *from = early_path(outbox, message), *to = final_path(outbox, message);
	int result = move(from, to) ? fail(to, err) : 0;

	if (!result)
		outbox->written++;
	free(from);
	free(to);
	return result;
}

/* Removes all that was made. */
static void undo(struct outbox *outbox, const struct message *messages)
{
	for (size_t i = 0; i < outbox->prepared; i++) {
		char *path = i < outbox->written ? final_path(outbox, &messages[i])
						 : early_path(outbox, &messages[i]);

		unlink(path);
		free(path);
	}
	while (outbox->made_count--) {
		outbox->path[outbox->made[outbox->made_count]] = '\0';
		rmdir(outbox->path);
	}
}

int outbox_write(const char *dir, const struct message *messages, size_t count, struct error *err)
{
	struct outbox outbox = { .dir = dir, .path = xstrdup(dir) };
	int result = make_directories(&outbox, err);

	if (!result)
		result = outbox_check(dir, err);
	for (size_t i = 0; i < count && !result; i++)
		result = prepare(&outbox, &messages[i], err);
	for (size_t i = 0; i < count && !result; i++)
		result = publish(&outbox, &messages[i], err);
	if (result)
		undo(&outbox, messages);
	free(outbox.made);
	free(outbox.path);
	return result;
}
