// SPDX-License-Identifier: GPL-2.0-only
#include "run/stage.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where sources are kept as they were read; spatch is given what is of interest in them. */
#define WHOLE "whole"

static const char *temporary_directory(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

static int stage_error(const struct stage *stage, struct error *err)
{
	return error_set(err,
			 "cannot write to the staging directory %s: %s: "
			 "TMPDIR names another place for it",
			 stage->dir, strerror(errno));
}

int stage_directory(const struct stage *stage, const char *name, struct error *err)
{
	char *path = path_join(stage->dir, name);
	int result = mkdir(path, 0700) && errno != EEXIST ? stage_error(stage, err) : 0;

	free(path);
	return result;
}

/* mkdtemp() on an absolute name, as spatch's environment will have it. */
static char *make_private_directory(void)
{
	char *parent = realpath(temporary_directory(), NULL), *dir = NULL;

	if (parent) {
		dir = path_join(parent, "resvlint.XXXXXX");
		if (!mkdtemp(dir)) {
			free(dir);
			dir = NULL;
		}
	}
	free(parent);
	return dir;
}

int stage_create(struct stage *stage, struct error *err)
{
	static const char *const parts[] = { "cocci", "f", "tmp", WHOLE };
	int result = 0;

	stage->dir = make_private_directory();
	if (!stage->dir)
		return error_set(err,
				 "cannot make a staging directory in %s: %s: "
				 "TMPDIR names another place for it",
				 temporary_directory(), strerror(errno));
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && !result; i++)
		result = stage_directory(stage, parts[i], err);
	return result;
}

int stage_write(const struct stage *stage, const char *name, const char *bytes, size_t length,
		struct error *err)
{
	char *path = path_join(stage->dir, name);
	int result = file_rewrite(path, bytes, length) ? stage_error(stage, err) : 0;

	free(path);
	return result;
}

static bool is_rule_file(const char *name)
{
	return ends_with(name, ".cocci") || ends_with(name, ".iso") || ends_with(name, ".h") ||
	       ends_with(name, ".tsv") || ends_with(name, ".ml") || ends_with(name, ".mli") ||
	       ends_with(name, ".sh");
}

static int copy_rule_file(const struct stage *stage, const char *from, const char *to,
			  struct error *err)
{
	size_t length;
	char *text = file_read(from, &length), *name;
	int result;

	if (!text)
		return error_set(err, "cannot read %s: %s", from, strerror(errno));
	name = path_join("cocci", to);
	result = stage_write(stage, name, text, length, err);
	free(name);
	free(text);
	return result;
}

/* Copies one entry of the rules directory; `below` is its name in it. */
static int copy_entry(const struct stage *stage, const FTSENT *entry, const char *below,
		      struct error *err)
{
	char *name;
	int result = 0;

	if (entry->fts_info == FTS_D && *below) {
		name = path_join("cocci", below);
		result = stage_directory(stage, name, err);
		free(name);
	} else if (entry->fts_info == FTS_F && is_rule_file(entry->fts_name)) {
		result = copy_rule_file(stage, entry->fts_path, below, err);
	}
	return result;
}

int stage_rules(const struct stage *stage, const char *rules_dir, struct error *err)
{
	char *const roots[] = { (char *)rules_dir, NULL };
	FTS *walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	int result = 0;

	while (walk && !result && (entry = fts_read(walk))) {
		const char *below = entry->fts_path + strlen(rules_dir);

		result = copy_entry(stage, entry, below + strspn(below, "/"), err);
	}
	if (walk)
		fts_close(walk);
	return result;
}

char *stage_name(size_t index, const char *name)
{
	return xasprintf("f/%06zu.%s", index, ends_with(name, ".h") ? "h" : "c");
}

bool stage_index(const char *staged, size_t *index)
{
	int end = -1;

	return sscanf(staged, "f/%zu.%*1[ch]%n", index, &end) == 1 && end > 0 && !staged[end];
}

/* The name under which a source is kept whole, relative to the stage; the caller frees. */
static char *whole_name(size_t index, const char *name)
{
	char *staged = stage_name(index, name), *whole = path_join(WHOLE, staged + strlen("f/"));

	free(staged);
	return whole;
}

int stage_source(const struct stage *stage, size_t index, const char *name, const char *text,
		 size_t length, struct error *err)
{
	char *whole = whole_name(index, name);
	int result = stage_write(stage, whole, text, length, err);

	free(whole);
	return result;
}

/* Reads a file of this name, which it frees, as file_read(). */
static char *read_named(const struct stage *stage, char *name, size_t *length)
{
	char *path = path_join(stage->dir, name), *text = file_read(path, length);

	free(path);
	free(name);
	return text;
}

char *stage_read(const struct stage *stage, size_t index, const char *name, size_t *length)
{
	return read_named(stage, whole_name(index, name), length);
}

char *stage_read_staged(const struct stage *stage, size_t index, const char *name, size_t *length)
{
	return read_named(stage, stage_name(index, name), length);
}

/*
 * Takes the blanks out of lines that have nothing else: spatch would look at each. `weight` gets
 * the number of bytes that are not blanks. Returns the length that is left.
 */
static size_t empty_lines(char *text, size_t length, size_t *weight)
{
	size_t kept = 0, line = 0;
	bool is_blank = true;

	*weight = 0;
	for (size_t i = 0; i < length; i++) {
		bool is_end = text[i] == '\n';

		if (is_end && is_blank)
			kept = line;
		text[kept++] = text[i];
		if (is_end)
			line = kept;
		is_blank = is_end || (is_blank && (text[i] == ' ' || text[i] == '\t'));
		*weight += text[i] != ' ' && text[i] != '\t' && text[i] != '\n' && text[i] != '\r';
	}
	return kept;
}

int stage_focus(const struct stage *stage, size_t index, const char *name,
		const struct focus *looked_for, size_t *weight, struct error *err)
{
	char *staged = stage_name(index, name), *text;
	size_t length;
	int result;

	text = stage_read(stage, index, name, &length);
	if (text) {
		if (looked_for->words)
			focus(text, length, looked_for);
		length = empty_lines(text, length, weight);
		result = stage_write(stage, staged, text, length, err);
	} else {
		result = error_set(err, "cannot read the staging directory %s: %s", stage->dir,
				   strerror(errno));
	}
	free(text);
	free(staged);
	return result;
}

void stage_remove(struct stage *stage)
{
	char *const roots[] = { stage->dir, NULL };
	FTS *walk = stage->dir ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
	FTSENT *entry;

	while (walk && (entry = fts_read(walk)))
		if (entry->fts_info != FTS_D)
			remove(entry->fts_path);
	if (walk)
		fts_close(walk);
	free(stage->dir);
	stage->dir = NULL;
}
