// SPDX-License-Identifier: GPL-2.0-only
#include "fix/replace.h"

#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The name, beside a file, under which its new content waits; the caller frees. */
static char *name_beside(const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t directory = slash ? (size_t)(slash - name) + 1 : 0;

	/* A name has at most 255 bytes. */
	return xasprintf("%.*s.%.200s.resvlint-XXXXXX", (int)directory, name, name + directory);
}

static int write_all(int fd, const struct text *text)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t written = write(fd, text->bytes + done, text->length - done);

		if (written < 0 && errno != EINTR)
			return -1;
		done += written > 0 ? (size_t)written : 0;
	}
	return 0;
}

/* What there is to know of a file, which has to be a regular one. */
static int file_status(const char *name, struct stat *status, struct error *err)
{
	if (lstat(name, status))
		return error_set(err, "cannot find '%s' any more: %s", name, strerror(errno));
	if (!S_ISREG(status->st_mode))
		return error_set(err, "'%s' is no regular file any more", name);
	return 0;
}

/* The mode and, where that is allowed, the owner. */
static int copy_mode(int fd, const struct stat *status)
{
	if (fchown(fd, status->st_uid, status->st_gid) && errno != EPERM)
		return -1;
	return fchmod(fd, status->st_mode & 07777);
}

/* Writes the new content beside the file. Returns its name, or NULL with a message. */
static char *write_beside(const struct replacement *replacement, struct error *err)
{
	struct stat status;
	char *name;
	bool failed;
	int fd;

	if (file_status(replacement->name, &status, err))
		return NULL;
	name = name_beside(replacement->name);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		error_set(err, "cannot write beside '%s': %s", replacement->name, strerror(errno));
		free(name);
		return NULL;
	}
	failed = write_all(fd, &replacement->after) || copy_mode(fd, &status) || fsync(fd);
	if (failed)
		error_set(err, "cannot write beside '%s': %s", replacement->name, strerror(errno));
	close(fd);
	if (failed) {
		unlink(name);
		free(name);
		return NULL;
	}
	return name;
}

/* Sees that a file holds what it has to hold. */
static int check_unchanged(const struct replacement *replacement, struct error *err)
{
	size_t length;
	char *text = file_read(replacement->name, &length);
	bool same = text && length == replacement->before.length &&
		    !memcmp(text, replacement->before.bytes, length);

	free(text);
	if (same)
		return 0;
	return error_set(err, "'%s' has changed since it was analysed: run it again",
			 replacement->name);
}

static int take_place(const struct replacement *replacement, const char *beside, struct error *err)
{
	if (interrupt_signal())
		return error_set(err, "interrupted");
	if (check_unchanged(replacement, err))
		return -1;
	if (rename(beside, replacement->name))
		return error_set(err, "cannot replace '%s': %s", replacement->name,
				 strerror(errno));
	return 0;
}

int replace_files(const struct replacement *replacements, size_t count, size_t *replaced,
		  struct error *err)
{
	char **beside = xcalloc(count, sizeof(*beside));
	size_t written = 0;
	int result = 0;

	*replaced = 0;
	while (written < count && !interrupt_signal() &&
	       (beside[written] = write_beside(&replacements[written], err)))
		written++;
	if (written < count)
		result = interrupt_signal() ? error_set(err, "interrupted") : -1;
	while (!result && *replaced < count) {
		result = take_place(&replacements[*replaced], beside[*replaced], err);
		*replaced += !result;
	}
	for (size_t i = *replaced; i < written; i++)
		unlink(beside[i]);
	for (size_t i = 0; i < written; i++)
		free(beside[i]);
	free(beside);
	return result;
}
