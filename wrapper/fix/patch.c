// SPDX-License-Identifier: GPL-2.0-only
#include "fix/patch.h"

#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits of the blobs' names in the header: as many as the kernel's developers are asked for. */
#define ABBREVIATION 12

static bool needs_quotes(const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x7f)
			return true;
	}
	return false;
}

static void quote_byte(FILE *out, unsigned char byte)
{
	static const char letters[] = "abtnvfr"; /* of the bytes from 7 on */

	if (byte == '"' || byte == '\\')
		fprintf(out, "\\%c", byte);
	else if (byte >= '\a' && byte <= '\r')
		fprintf(out, "\\%c", letters[byte - '\a']);
	else if (byte < 0x20 || byte >= 0x7f)
		fprintf(out, "\\%03o", byte);
	else
		putc(byte, out);
}

char *patch_quote(const char *prefix, const char *path)
{
	char *quoted = NULL;
	size_t length;
	FILE *out;

	if (!needs_quotes(path))
		return xasprintf("%s%s", prefix, path);
	out = open_memstream(&quoted, &length);
	fprintf(out, "\"%s", prefix);
	for (; *path; path++)
		quote_byte(out, (unsigned char)*path);
	putc('"', out);
	fclose(out);
	return quoted;
}

/* The program patch takes no name out of the tree, and no header shows where a blank ends one. */
static int check_path(const char *path, struct error *err)
{
	char *inside = xasprintf("/%s/", path);
	const char *why = !*path || *path == '/' || strstr(inside, "/../") ? "it leaves the tree"
			  : ends_with(path, " ")                           ? "it ends in a blank"
									   : NULL;

	free(inside);
	if (why)
		return error_set(err,
				 "cannot make a patch for '%s': no patch can tell that name, "
				 "because %s",
				 path, why);
	return 0;
}

static void print_name(FILE *out, const char *marker, const char *prefix, const char *path)
{
	char *name = patch_quote(prefix, path);

	/* A tab tells where a name with blanks in it ends. */
	fprintf(out, "%s %s%s\n", marker, name, *name != '"' && strchr(name, ' ') ? "\t" : "");
	free(name);
}

static void print_header(FILE *out, const git_diff_delta *delta, const struct patch_input *input)
{
	char old_id[ABBREVIATION + 1], new_id[ABBREVIATION + 1];
	char *old_name = patch_quote("a/", input->path), *new_name = patch_quote("b/", input->path);

	git_oid_tostr(old_id, sizeof(old_id), &delta->old_file.id);
	git_oid_tostr(new_id, sizeof(new_id), &delta->new_file.id);
	fprintf(out, "diff --git %s %s\n", old_name, new_name);
	fprintf(out, "index %s..%s %s\n", old_id, new_id, input->executable ? "100755" : "100644");
	print_name(out, "---", "a/", input->path);
	print_name(out, "+++", "b/", input->path);
	free(old_name);
	free(new_name);
}

static int print_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
		      const git_diff_line *line, void *out)
{
	(void)delta;
	(void)hunk;
	/* libgit2's own header does not mark the end of names with blanks. */
	if (line->origin == GIT_DIFF_LINE_FILE_HDR)
		return 0;
	if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION ||
	    line->origin == GIT_DIFF_LINE_DELETION)
		putc(line->origin, out);
	fwrite(line->content, 1, line->content_len, out);
	return 0;
}

static int print_patch(struct patch *patch, git_patch *diff, const struct patch_input *input)
{
	FILE *out = open_memstream(&patch->text, &patch->length);
	int result = 0;

	if (git_patch_num_hunks(diff)) {
		print_header(out, git_patch_get_delta(diff), input);
		result = git_patch_print(diff, print_line, out);
	}
	if (!result)
		result = git_patch_line_stats(NULL, &patch->insertions, &patch->deletions, diff);
	fclose(out);
	return result;
}

int patch_make(struct patch *patch, const struct patch_input *input, struct error *err)
{
	git_diff_options options;
	git_patch *diff = NULL;
	int result;

	*patch = (struct patch){ 0 };
	if (check_path(input->path, err))
		return -1;
	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	/* A NUL byte in a comment makes no binary file. */
	options.flags = GIT_DIFF_FORCE_TEXT;
	git_libgit2_init();
	result = git_patch_from_buffers(&diff, input->before, input->before_length, input->path,
					input->after, input->after_length, input->path, &options);
	if (!result)
		result = print_patch(patch, diff, input);
	if (result)
		error_set(err, "cannot make a patch for %s: %s", input->path,
			  git_error_last() ? git_error_last()->message : "libgit2 failed");
	git_patch_free(diff);
	git_libgit2_shutdown();
	return result ? -1 : 0;
}

void patch_free(struct patch *patch)
{
	free(patch->text);
}
