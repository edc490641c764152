/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * base: errors as values, memory and files. Everything else is built on it.
 *
 * Memory that cannot be had ends the program by abort(): Linux overcommits, so this is a machine
 * that is about to fail anyway, and the only error that is not handed up.
 */
#ifndef RESVLINT_BASE_H
#define RESVLINT_BASE_H

#include <stdbool.h>
#include <stddef.h>

/* What went wrong, for a person: one sentence that names the file and what to do. */
struct error {
	char text[8192];
};

/* Writes the message (cut to what fits) and returns -1, so that a caller can return it at once. */
int error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `count` zeroed elements of `size` bytes; the caller frees. */
void *xcalloc(size_t count, size_t size);

/* realloc() that cannot fail. */
void *xrealloc(void *memory, size_t size);

/* A copy of `text`; the caller frees. */
char *xstrdup(const char *text);

/* A copy of the first `length` bytes of `text`; the caller frees. */
char *xstrndup(const char *text, size_t length);

/* The formatted text; the caller frees. */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Room for at least one element more in an array of `count` elements of `size` bytes. Returns the
 * array, which may have moved. An array that has only ever grown this way grows by doubling.
 */
void *grow(void *array, size_t count, size_t size);

/* qsort(), also of an array that is NULL because it is empty. */
void sort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *));

/* "DIR/NAME", without doubling the slash; the caller frees. */
char *path_join(const char *dir, const char *name);

/* Does `text` end in `end`? */
bool ends_with(const char *text, const char *end);

/* Does `text` begin with `start`? */
bool starts_with(const char *text, const char *start);

/* No file that is read is larger, in bytes. */
#define FILE_LIMIT (64u << 20)

/*
 * The content of a regular file as a string; the caller frees. `length`, if not NULL, gets its size
 * in bytes. Returns NULL, with errno set, if it cannot be read: EFBIG above FILE_LIMIT, ENODEV if
 * it is a device, a FIFO or the like.
 */
char *file_read(const char *path, size_t *length);

/* Likewise, of a file in the directory that `dir` is open for. */
char *file_read_at(int dir, const char *name, size_t *length);

/* What errno says of a file_read() that failed, for a person. */
const char *file_problem(void);

/* Makes a new file of these bytes, for the user alone. Returns 0, or -1 with errno set. */
int file_write(const char *path, const void *bytes, size_t length);

/* Likewise, in the place of what a file has. */
int file_rewrite(const char *path, const void *bytes, size_t length);

/*
 * Bytes that can be read behind a text from a file or a process: the machine code of a compiled
 * pattern looks at blocks of so many.
 */
#define TEXT_SLACK 16

/* Bytes, any of them. */
struct text {
	const char *bytes;
	size_t length;
};

/* Makes each NUL byte of a text a space, so that it can be handled as a string. */
void replace_nul(char *text, size_t length);

/* Makes the bytes [from, to) of a text spaces, but for those of line ends. */
void blank_text(char *text, size_t from, size_t to);

/*
 * Cuts `text` at the next end of line, in place, and moves `*rest` behind it.
 * Returns the line, or NULL when nothing is left. Start with *rest at the text's first byte.
 */
char *next_line(char **rest);

#endif
