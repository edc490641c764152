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

/* What a package consists of, but for its stamp, and what the scripts of a program do. */
static const char *const parts[] = { "META", PACKAGE ".cmi", PACKAGE ".cmx", PACKAGE ".cmxs" };
static const char *const scripts[] = { "scripts.ml", "scripts.cmxs" };
#define PART_COUNT (sizeof(parts) / sizeof(*parts))
#define SCRIPT_COUNT (sizeof(scripts) / sizeof(*scripts))

static int is_stamped(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return *name != '.' &&
	       (ends_with(name, ".ml") || ends_with(name, ".mli") || ends_with(name, ".tsv") ||
		!strcmp(name, "amalgam.sh") || !strcmp(name, "compile.sh"));
}

/* In the order of a shell's pattern. */
static int compare_names(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

/* Adds the names of the files in a directory to `names`, and what is in them to `content`. */
static void stamp_directory(const struct stage *stage, const char *below, FILE *names,
			    FILE *content)
{
	char *dir = path_join(stage->dir, below);
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

	fprintf(names, "%.*s\n", (int)strcspn(version, "\n"), version);
	stamp_directory(stage, "cocci/lib", names, contents);
	stamp_directory(stage, "cocci/tables", names, contents);
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

/*
 * Writes the files of a directory, which is open, to the directory `below` of the stage. `taken`
 * tells whether all are there; else nothing is written.
 */
static int take_files(const struct stage *stage, const char *below, int dir,
		      const char *const *names, size_t count, bool *taken, struct error *err)
{
	char **texts = xcalloc(count, sizeof(*texts));
	size_t *lengths = xcalloc(count, sizeof(*lengths));
	int result = 0;

	*taken = true;
	for (size_t i = 0; i < count && *taken; i++) {
		texts[i] = file_read_at(dir, names[i], &lengths[i]);
		*taken = texts[i];
	}
	for (size_t i = 0; i < count && *taken && !result; i++) {
		char *path = path_join(below, names[i]);

		result = stage_write(stage, path, texts[i], lengths[i], err);
		free(path);
	}
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(lengths);
	free(texts);
	return result;
}

static int take_parts(const struct stage *stage, const char *name, int dir, bool *taken,
		      struct error *err)
{
	char *below = path_join(name, PACKAGE);
	int result = stage_directory(stage, name, err);

	if (!result)
		result = stage_directory(stage, below, err);
	if (!result)
		result = take_files(stage, below, dir, parts, PART_COUNT, taken, err);
	free(below);
	return result;
}

static int take_scripts(const struct stage *stage, const char *program, int package,
			struct error *err)
{
	char *name = path_join("programs", program);
	int dir = openat(package, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;
	bool taken;

	if (dir >= 0) {
		result = take_files(stage, ".", dir, scripts, SCRIPT_COUNT, &taken, err);
		close(dir);
	}
	free(name);
	return result;
}

int package_take(const struct stage *stage, const char *name, const char *made,
		 const struct text *stamp, const char *program, bool *taken, struct error *err)
{
	char *path = path_join(made, PACKAGE);
	/* What is replaced is another directory then: in this one, no file is another's. */
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;

	*taken = dir >= 0 && has_stamp(dir, stamp);
	if (*taken)
		result = take_parts(stage, name, dir, taken, err);
	if (*taken && !result && program)
		result = take_scripts(stage, program, dir, err);
	if (dir >= 0)
		close(dir);
	free(path);
	return result;
}
