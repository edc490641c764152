// SPDX-License-Identifier: GPL-2.0-only
#include "run/package.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACKAGE "resvlint"
#define STAMP "stamp"

/* What a package consists of, but for its stamp. */
static const char *const parts[] = { "META", PACKAGE ".cmi", PACKAGE ".cmx", PACKAGE ".cmxs" };
#define PART_COUNT (sizeof(parts) / sizeof(*parts))

static int is_stamped(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return *name != '.' && (ends_with(name, ".ml") || ends_with(name, ".mli") ||
				ends_with(name, ".tsv") || ends_with(name, ".cocci") ||
				!strcmp(name, "amalgam.sh") || !strcmp(name, "compile.sh"));
}

static int is_visible(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

/* In the order of a shell's pattern. */
static int compare_names(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

/* Adds the names of the files in a directory to `names`, and what is in them to `content`. */
static void stamp_directory(const char *rules, const char *below, FILE *names, FILE *content)
{
	char *dir = path_join(rules, below);
	struct dirent **entries = NULL;
	int count = scandir(dir, &entries, is_stamped, compare_names);

	for (int i = 0; i < count; i++) {
		char *path = path_join(dir, entries[i]->d_name);
		size_t length = 0;
		char *text = file_read(path, &length);

		fprintf(names, "%s\n", entries[i]->d_name);
		if (text)
			fwrite(text, 1, length, content);
		free(text);
		free(path);
		free(entries[i]);
	}
	free(entries);
	free(dir);
}

char *package_stamp(const struct stage *stage, const char *version, size_t *length)
{
	char *stamp = NULL, *content = NULL;
	size_t content_length;
	FILE *names = open_memstream(&stamp, length);
	FILE *contents = open_memstream(&content, &content_length);
	char *rules = path_join(stage->dir, "cocci");
	struct dirent **entries = NULL;
	int count = scandir(rules, &entries, is_visible, compare_names);

	fprintf(names, "%.*s\n", (int)strcspn(version, "\n"), version);
	for (int i = 0; i < count; i++) {
		stamp_directory(rules, entries[i]->d_name, names, contents);
		free(entries[i]);
	}
	free(entries);
	free(rules);
	fclose(contents);
	fwrite(content, 1, content_length, names);
	fclose(names);
	free(content);
	return stamp;
}

static bool has_stamp(int dir, const struct text *stamp)
{
	size_t length;
	char *text = file_read_at(dir, STAMP, &length);
	bool same = text && length == stamp->length && !memcmp(text, stamp->bytes, length);

	free(text);
	return same;
}

/* Reads all parts. Returns whether they are there; the caller frees those that are. */
static bool read_parts(int dir, char **texts, size_t *lengths)
{
	for (size_t i = 0; i < PART_COUNT; i++) {
		texts[i] = file_read_at(dir, parts[i], &lengths[i]);
		if (!texts[i])
			return false;
	}
	return true;
}

static int write_parts(const struct stage *stage, const char *name, char *const *texts,
		       const size_t *lengths, struct error *err)
{
	char *below = path_join(name, PACKAGE);
	int result = stage_directory(stage, name, err);

	if (!result)
		result = stage_directory(stage, below, err);
	for (size_t i = 0; i < PART_COUNT && !result; i++) {
		char *part = path_join(below, parts[i]);

		result = stage_write(stage, part, texts[i], lengths[i], err);
		free(part);
	}
	free(below);
	return result;
}

int package_take(const struct stage *stage, const char *name, const char *made,
		 const struct text *stamp, bool *taken, struct error *err)
{
	char *path = path_join(made, PACKAGE), *texts[PART_COUNT] = { NULL };
	/* A package is replaced by another directory: in this one, no part is another's. */
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;
	size_t lengths[PART_COUNT];

	*taken = dir >= 0 && has_stamp(dir, stamp) && read_parts(dir, texts, lengths);
	if (*taken)
		result = write_parts(stage, name, texts, lengths, err);
	for (size_t i = 0; i < PART_COUNT; i++)
		free(texts[i]);
	if (dir >= 0)
		close(dir);
	free(path);
	return result;
}
