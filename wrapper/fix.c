// SPDX-License-Identifier: GPL-2.0-only
#include "fix.h"

#include "analysis.h"
#include "base/text.h"
#include "check.h"
#include "fix/fixes.h"
#include "fix/patch.h"
#include "fix/proof.h"
#include "fix/replace.h"
#include "fix/worktree.h"
#include "report/text.h"
#include "series/series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Analyses what the fixes made, and sees that it says what is expected of it. */
static int prove(const struct options *options, const struct report *report,
		 const struct fixes *fixes, struct error *err)
{
	struct substitute *substitutes = xcalloc(fixes->file_count, sizeof(*substitutes));
	struct options quiet = *options;
	struct analysis *analysis;
	int result = -1;

	quiet.quiet = true;
	quiet.verbose = false;
	quiet.confidence = CONFIDENCE_LOW;
	for (size_t i = 0; i < fixes->file_count; i++) {
		const struct fixed_file *file = &fixes->files[i];

		substitutes[i] = (struct substitute){ file->source->file,
						      { file->after, file->after_length } };
	}
	analysis = analysis_run(&quiet, substitutes, fixes->file_count, err);
	if (analysis) {
		struct report after = analysis_report(analysis);

		result = proof_check(report, &after, fixes, options->confidence, options->kernel,
				     err);
	}
	analysis_free(analysis);
	free(substitutes);
	return result;
}

static bool is_executable(const char *name)
{
	struct stat status;

	return !stat(name, &status) && status.st_mode & S_IXUSR;
}

/*
 * Where patches apply: at the root of a kernel tree, else of the git tree, for whose tools they
 * are, or where there is none, of the PATHs.
 */
struct place {
	char *root;
	char *prefix; /* of the PATHs' root in it, with a slash behind it, or "" */
};

static struct place place_of(const struct report *report)
{
	const char *root = report->tree->root;
	char *git = report->tree->is_kernel ? NULL : worktree_root(root);
	struct place place;

	if (!git)
		return (struct place){ xstrdup(root), xstrdup("") };
	place.prefix = strcmp(root, git) ? xasprintf("%s/", root + strlen(git) + 1) : xstrdup("");
	place.root = git;
	return place;
}

static void place_free(struct place *place)
{
	free(place->root);
	free(place->prefix);
}

/* The name that a file has in patches; the caller frees. */
static char *patch_path(const struct place *place, const struct fixed_file *file)
{
	return xasprintf("%s%s", place->prefix, file->source->file);
}

static struct patch_input patch_input_of(const struct fixed_file *file, const char *path)
{
	return (struct patch_input){
		path,        file->before,       file->before_length,
		file->after, file->after_length, is_executable(file->source->name)
	};
}

/* Says where the diff applies, if that is not here. */
static void print_place(const struct place *place)
{
	char *here = realpath(".", NULL);

	if (!here || strcmp(here, place->root)) {
		fputs("resvlint: patch -p1 takes the diff in ", stderr);
		text_print(stderr, place->root);
		putc('\n', stderr);
	}
	free(here);
}

static int add_patch(FILE *out, const struct fixed_file *file, const char *path, struct error *err)
{
	struct patch_input input = patch_input_of(file, path);
	struct patch patch;
	int result = patch_make(&patch, &input, err);

	if (!result)
		fwrite(patch.text, 1, patch.length, out);
	patch_free(&patch);
	return result;
}

static int print_diff(const struct options *options, const struct report *report,
		      const struct fixes *fixes, struct error *err)
{
	struct place place = place_of(report);
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	int result = 0;

	/* All of it, or none. */
	for (size_t i = 0; i < fixes->file_count && !result; i++) {
		char *path = patch_path(&place, &fixes->files[i]);

		result = add_patch(out, &fixes->files[i], path, err);
		free(path);
	}
	fclose(out);
	if (!result && (fwrite(text, 1, length, stdout) < length || fflush(stdout)))
		result = error_set(err, "cannot write to stdout: %s", strerror(errno));
	free(text);
	if (!result && !options->quiet)
		print_place(&place);
	place_free(&place);
	return result;
}

/* The name of a file itself, where the user gave that of a link to it; the caller frees. */
static char *name_of(const struct report *report, const struct source *source)
{
	struct stat status;

	if (!lstat(source->name, &status) && S_ISLNK(status.st_mode))
		return path_join(report->tree->root, source->file);
	return xstrdup(source->name);
}

static int change_files(const struct report *report, const struct fixes *fixes, struct error *err)
{
	struct replacement *replacements = xcalloc(fixes->file_count, sizeof(*replacements));
	struct error why;
	size_t replaced;
	int result;

	for (size_t i = 0; i < fixes->file_count; i++) {
		const struct fixed_file *file = &fixes->files[i];

		replacements[i] = (struct replacement){ name_of(report, file->source),
							{ file->before, file->before_length },
							{ file->after, file->after_length } };
	}
	result = replace_files(replacements, fixes->file_count, &replaced, &why);
	if (result)
		error_set(err, "%s; %zu of %zu files are fixed, the others as they were", why.text,
			  replaced, fixes->file_count);
	for (size_t i = 0; i < fixes->file_count; i++)
		free((char *)replacements[i].name);
	free(replacements);
	return result;
}

/* What a series tells of one finding; its chain is the caller's to free. */
static struct change change_of(const struct report *report, const struct fix *fix)
{
	const struct finding *finding = fix->finding;
	const struct site *site = finding->site;
	char *text = NULL, *rest, *line;
	const char **chain = NULL;
	size_t length, count = 0;
	FILE *out = open_memstream(&text, &length);

	report_chain(out, report, site);
	fclose(out);
	rest = text;
	while ((line = next_line(&rest))) {
		chain = grow(chain, count, sizeof(*chain));
		chain[count++] = xstrdup(line);
	}
	free(text);
	return (struct change){
		.rule = &report->catalogue->rules[site->rule],
		.function = site->function,
		.operation = site->operation,
		.replacement = site->with,
		.reason = finding->reason_count ? finding->reasons[0] : "",
		.chain = chain,
		.chain_length = count,
	};
}

static void change_free(struct change *change)
{
	for (size_t i = 0; i < change->chain_length; i++)
		free((char *)change->chain[i]);
	free((char **)change->chain);
}

/* The findings that are mended in a file, which patches name so, as a series tells of them. */
static struct series_file series_file_of(const struct report *report, const struct fixes *fixes,
					 const struct fixed_file *file, const char *path)
{
	struct change *changes = xcalloc(fixes->count, sizeof(*changes));
	size_t count = 0;

	for (size_t i = 0; i < fixes->count; i++) {
		const struct fix *fix = &fixes->fixes[i];

		if (!fix->why &&
		    &report->selection->sources[fix->finding->site->at.source] == file->source)
			changes[count++] = change_of(report, fix);
	}
	return (struct series_file){ patch_input_of(file, path), changes, count };
}

static int write_series(const struct options *options, const struct report *report,
			const struct fixes *fixes, struct error *err)
{
	struct series_file *files = xcalloc(fixes->file_count, sizeof(*files));
	struct place place = place_of(report);
	struct series_spec spec = { place.root, options->series, time(NULL), files,
				    fixes->file_count };
	struct series_result done = { 0 };
	int result;

	for (size_t i = 0; i < fixes->file_count; i++)
		files[i] = series_file_of(report, fixes, &fixes->files[i],
					  patch_path(&place, &fixes->files[i]));
	result = series_write(&spec, &done, err);
	if (!result && done.note && !options->quiet) {
		fputs("resvlint: ", stderr);
		text_print(stderr, done.note);
		putc('\n', stderr);
	}
	series_result_free(&done);
	for (size_t i = 0; i < fixes->file_count; i++) {
		for (size_t j = 0; j < files[i].change_count; j++)
			change_free((struct change *)&files[i].changes[j]);
		free((struct change *)files[i].changes);
		free((char *)files[i].input.path);
	}
	place_free(&place);
	free(files);
	return result;
}

/* Says of each finding that is left what a person has to decide. */
static void print_left(const struct report *report, const struct fixes *fixes)
{
	for (size_t i = 0; i < fixes->count; i++) {
		const struct site *site = fixes->fixes[i].finding->site;

		if (!fixes->fixes[i].why)
			continue;
		text_print(stderr, report->selection->sources[site->at.source].name);
		fprintf(stderr, ":%u:%u: not fixed: ", site->at.line, site->at.column + 1);
		text_print(stderr, site->message);
		fprintf(stderr, " [%s]: ", report->catalogue->rules[site->rule].id);
		text_print(stderr, fixes->fixes[i].why);
		putc('\n', stderr);
	}
}

static void print_summary(const struct fixes *fixes)
{
	size_t mended = fixes_mended(fixes);

	fprintf(stderr, "resvlint: %zu finding%s fixed in %zu file%s, %zu left\n", mended,
		mended == 1 ? "" : "s", fixes->file_count, fixes->file_count == 1 ? "" : "s",
		fixes->count - mended);
}

/* Hands out what was made and proved. */
static int deliver(const struct options *options, const struct report *report,
		   const struct fixes *fixes, struct error *err)
{
	if (!fixes->file_count)
		return 0;
	if (options->in_place)
		return change_files(report, fixes, err);
	if (options->series)
		return write_series(options, report, fixes, err);
	return print_diff(options, report, fixes, err);
}

/* A series is for what is committed, and what --in-place changes should be easy to take back. */
static int check_clean(const struct options *options, const char *root, struct error *err)
{
	struct error why;

	if (options->force || !worktree_check(root, &why))
		return 0;
	return error_set(err, "%s%s", options->series ? "git am may not take the series: " : "",
			 why.text);
}

/* What can be seen to be wrong before the long work. */
static int check_target(const struct options *options, struct error *err)
{
	struct tree tree = { 0 };
	int result = 0;

	if (!options->in_place && !options->series)
		return 0;
	if (tree_find(options->operands, options->operand_count, &tree, err))
		result = -1;
	else if (options->series)
		result = series_check(tree.root, options->series, err);
	if (!result)
		result = check_clean(options, tree.root, err);
	tree_free(&tree);
	return result;
}

static int exit_status(const struct options *options, const struct report *report,
		       const struct fixes *fixes)
{
	const struct unanalysed *unanalysed = report->unanalysed;

	if (unanalysed->files || (options->strict && unanalysed->count))
		return EXIT_NOT_ANALYSED;
	return fixes_mended(fixes) < fixes->count ? EXIT_FINDINGS : EXIT_CLEAN;
}

/* All that comes after the analysis. Returns an exit status. */
static int fix(const struct options *options, const struct report *report, struct error *err)
{
	struct fixes fixes = { 0 };
	int status = EXIT_ERROR;

	report_unanalysed(stderr, report, options->quiet);
	if (!fixes_make(&fixes, report, options->confidence, options->kernel, err) &&
	    (!fixes.file_count || !prove(options, report, &fixes, err)) &&
	    !deliver(options, report, &fixes, err)) {
		print_left(report, &fixes);
		if (!options->quiet)
			print_summary(&fixes);
		status = exit_status(options, report, &fixes);
	}
	fixes_free(&fixes);
	return status;
}

int fix_run(const struct options *options, struct error *err)
{
	/* Findings of any confidence may be left: what a fix shows can make them surer. */
	struct options all = *options;
	struct analysis *analysis;
	struct report report;
	int status;

	all.confidence = CONFIDENCE_LOW;
	if (check_target(options, err))
		return EXIT_ERROR;
	analysis = analysis_run(&all, NULL, 0, err);
	if (!analysis)
		return EXIT_ERROR;
	report = analysis_report(analysis);
	status = fix(options, &report, err);
	if (options->stats)
		analysis_print_stats(analysis);
	analysis_free(analysis);
	return status;
}
