// SPDX-License-Identifier: GPL-2.0-only
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int error_set(struct error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return -1;
}

static void *must_have(void *memory)
{
	if (!memory) {
		fputs("resvlint: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *xcalloc(size_t count, size_t size)
{
	return must_have(calloc(count ? count : 1, size));
}

void *xrealloc(void *memory, size_t size)
{
	return must_have(realloc(memory, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return must_have(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
	return must_have(strndup(text, length));
}

char *xasprintf(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return must_have(text);
}

void *grow(void *array, size_t count, size_t size)
{
	/* The capacity is the power of two at or above the count, so it need not be kept. */
	if (count & (count - 1))
		return array;
	return xrealloc(array, (count ? 2 * count : 1) * size);
}

void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count)
		qsort(array, count, size, compare);
}

char *path_join(const char *dir, const char *name)
{
	return xasprintf("%s%s%s", dir, ends_with(dir, "/") ? "" : "/", name);
}

bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && !strcmp(text + length - end_length, end);
}

bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static char *read_all(int fd, size_t *length)
{
	size_t size = 0, room;
	struct stat st;
	char *text;

	if (fstat(fd, &st))
		return NULL;
	if (!S_ISREG(st.st_mode) || st.st_size > (off_t)FILE_LIMIT) {
		errno = S_ISREG(st.st_mode) ? EFBIG : ENODEV;
		return NULL;
	}
	room = (size_t)st.st_size;
	text = xcalloc(room + TEXT_SLACK, 1);
	while (size < room) {
		ssize_t got = read(fd, text + size, room - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(text);
			return NULL;
		}
		if (!got)
			break;
		size += (size_t)got;
	}
	text[size] = '\0';
	if (length)
		*length = size;
	return text;
}

char *file_read_at(int dir, const char *name, size_t *length)
{
	/* A FIFO that nobody writes to must not hold up the run. */
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), saved;
	char *text;

	if (fd < 0)
		return NULL;
	text = read_all(fd, length);
	saved = errno;
	close(fd);
	errno = saved;
	return text;
}

char *file_read(const char *path, size_t *length)
{
	return file_read_at(AT_FDCWD, path, length);
}

const char *file_problem(void)
{
	return errno == ENODEV ? "it is no regular file" : strerror(errno);
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t done = write(fd, bytes, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		bytes += done;
		length -= (size_t)done;
	}
	return 0;
}

static int write_file(const char *path, int flags, const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flags, 0600), saved,
	    result;

	if (fd < 0)
		return -1;
	result = write_all(fd, bytes, length) || ftruncate(fd, (off_t)length) ? -1 : 0;
	saved = errno;
	if (close(fd) && !result)
		return -1;
	errno = saved;
	return result;
}

int file_write(const char *path, const void *bytes, size_t length)
{
	return write_file(path, O_EXCL, bytes, length);
}

int file_rewrite(const char *path, const void *bytes, size_t length)
{
	return write_file(path, 0, bytes, length);
}

void replace_nul(char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!text[i])
			text[i] = ' ';
}

void blank_text(char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text[i] != '\n' && text[i] != '\r')
			text[i] = ' ';
}

char *next_line(char **rest)
{
	char *line = *rest, *end;

	if (!*line)
		return NULL;
	end = strchrnul(line, '\n');
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return line;
}
