// SPDX-License-Identifier: GPL-2.0-only
#include "check.h"

#include "batch.h"
#include "callers.h"
#include "catalogue.h"
#include "convention.h"
#include "facts.h"
#include "findings.h"
#include "intake.h"
#include "interrupt.h"
#include "locks.h"
#include "macros.h"
#include "output.h"
#include "pool.h"
#include "progress.h"
#include "select.h"
#include "slots.h"
#include "spatch.h"
#include "stage.h"
#include "survey.h"
#include "text.h"
#include "tree.h"
#include "unanalysed.h"
#include "words.h"
#include "wrappers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

/* Seconds that spatch has, beyond its own timeout, to give up by itself. */
#define GRACE 5

/* The stages whose time is told. */
enum timed {
	TIMED_WRAPPERS,
	TIMED_SELECT,
	TIMED_SPATCH,
	TIMED_CALLERS,
	TIMED_COUNT,
};

/* A run and what its stages made, in their order. */
struct check {
	const struct options *options;
	struct catalogue catalogue;
	rule_set chosen;
	struct spatch spatch;
	struct tree tree;
	struct convention convention;
	struct macros macros;
	struct stage stage;
	struct selection selection;
	struct survey survey;
	struct locks locks;
	struct locks requirements;
	struct locks wants_free;
	struct wrappers wrappers;
	struct words *words;
	struct batches batches;
	struct facts facts;
	struct slots slots;
	struct callers callers;
	struct unanalysed unanalysed;
	struct findings findings;
	struct progress progress;
	size_t processes;
	size_t wrapper_processes;
	uint64_t ns[TIMED_COUNT];
};

/* The rules, and spatch: all that can be wrong with the set-up and be seen at once. */
static int set_up(struct check *check, struct error *err)
{
	char *dir = catalogue_find(check->options->rules_dir, err);
	int result = -1;

	if (dir && !catalogue_load(dir, &check->catalogue, err) &&
	    !catalogue_choose(&check->catalogue, check->options->rule_ids, &check->chosen, err))
		result = 0;
	free(dir);
	if (!result)
		result = spatch_find(&check->spatch, err);
	return result;
}

/* The tree, and the convention in force in it. */
static int find_convention(struct check *check, struct error *err)
{
	const struct options *options = check->options;

	if (tree_find(options->operands, options->operand_count, &check->tree, err))
		return -1;
	if (convention_load(check->catalogue.dir, &check->tree, options->kernel, &check->convention,
			    err))
		return -1;
	output_notes(stderr, &check->convention, options->quiet, options->verbose);
	return 0;
}

/* The version of the kernel to check for, NULL if it is not known. */
static const char *kernel_of(const struct check *check)
{
	return check->options->kernel ? check->options->kernel : check->tree.kernel_text;
}

/* The version whose slots are meant; NULL: the newest. */
static const struct version *find_version(const struct check *check, struct version *version)
{
	const char *text = kernel_of(check);

	return text && version_parse(text, version) ? version : NULL;
}

static bool has(const struct check *check, enum collector collector)
{
	return !check->options->no_contexts &&
	       catalogue_has_collector(&check->catalogue, collector);
}

/* The tables of what holds on entry; --contexts is seen to be right even where it has no use. */
static int load_slots(struct check *check, struct error *err)
{
	const struct options *options = check->options;
	struct version version;
	const struct version *named = find_version(check, &version);

	if (has(check, COLLECTOR_CALLERS) &&
	    slots_load(check->catalogue.dir, named, &check->slots, err))
		return -1;
	for (size_t i = 0; i < options->context_file_count; i++)
		if (slots_add(options->context_files[i], named, &check->slots, err))
			return -1;
	return 0;
}

static int keep(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct check *check = context;
	struct source *source = &check->selection.sources[index];

	if (source->staged)
		return 0;
	source->staged = true;
	return stage_source(&check->stage, index, source->name, text, length, err);
}

/* Says which files are analysed, and which links were not followed. */
static void note_selection(const struct check *check)
{
	const struct selection *selection = &check->selection;

	for (size_t i = 0; i < selection->count; i++) {
		if (!selection->sources[i].rules)
			continue;
		fputs("resvlint: selected ", stderr);
		text_print(stderr, selection->sources[i].name);
		putc('\n', stderr);
	}
	for (size_t i = 0; i < selection->link_count; i++) {
		fputs("resvlint: link not followed: ", stderr);
		text_print(stderr, selection->links[i]);
		putc('\n', stderr);
	}
	fprintf(stderr, "resvlint: %zu links not followed\n", selection->link_count);
}

/* The private directory, the sources there are, and all that spatch needs to run. */
static int make_ready(struct check *check, struct error *err)
{
	const struct options *options = check->options;

	if (stage_create(&check->stage, err) ||
	    stage_rules(&check->stage, check->catalogue.dir, err) ||
	    select_list(options->operands, options->operand_count, &check->tree, &check->selection,
			err))
		return -1;
	check->macros = macros_of_kernel(kernel_of(check), &options->macros);
	check->selection.macros = &check->macros;
	check->spatch.timeout = options->timeout;
	check->spatch.memory = options->memory;
	spatch_prepare(&check->spatch, &check->stage, &check->convention);
	check->survey = (struct survey){
		.catalogue = &check->catalogue,
		.tree = &check->tree,
		.stage = &check->stage,
		.spatch = &check->spatch,
		.selection = &check->selection,
		.jobs = options->jobs,
		.grace = GRACE,
		.verbose = options->verbose,
		.progress = &check->progress,
		.unanalysed = &check->unanalysed,
	};
	return 0;
}

/*
 * The functions by which sources take or drop locks: those of the table, and those that are found
 * by their bodies. The latter makes all rules know them.
 */
static int find_wrappers(struct check *check, struct error *err)
{
	static const char *const takes[] = { "acquire", "try", NULL };
	static const char *const requires[] = { "require", NULL };
	static const char *const frees[] = { "wants-free", "wants-free-import", NULL };
	bool primitives = check->options->no_known_wrappers;
	uint64_t begin = uv_hrtime();

	if (primitives)
		spatch_forget_listed(&check->spatch);
	if (locks_load(check->catalogue.dir, primitives, &check->locks, err))
		return -1;
	if (!has(check, COLLECTOR_WRAPPERS))
		return 0;
	if (check->tree.is_kernel && select_others(&check->tree, &check->selection, err))
		return -1;
	if (wrappers_infer(&check->wrappers, &check->survey, &check->locks, &check->convention,
			   err))
		return -1;
	check->spatch.inferred = true;
	wrappers_add_names(&check->wrappers, takes, &check->selection, &check->locks);
	wrappers_add_names(&check->wrappers, requires, &check->selection, &check->requirements);
	wrappers_add_names(&check->wrappers, frees, &check->selection, &check->wants_free);
	if (check->options->verbose)
		wrappers_print(&check->wrappers, &check->selection);
	check->wrapper_processes = check->survey.processes;
	check->ns[TIMED_WRAPPERS] = uv_hrtime() - begin;
	return 0;
}

static int select_and_stage(struct check *check, struct error *err)
{
	const struct options *options = check->options;
	struct selection *selection = &check->selection;
	const struct token_list lists[] = {
		{ "lock-functions", &check->locks },
		{ "requirements", &check->requirements },
		{ "wants-free", &check->wants_free },
		{ NULL, NULL },
	};
	uint64_t begin = uv_hrtime();

	check->words =
		words_compile(&check->catalogue, check->chosen, &check->convention, lists, err);
	if (!check->words ||
	    select_scan(selection, check->words, options->jobs, &check->progress, keep, check, err))
		return -1;
	survey_note_failures(&check->survey);
	check->ns[TIMED_SELECT] = uv_hrtime() - begin;
	if (options->verbose)
		note_selection(check);
	return 0;
}

static int run_spatch(struct check *check, struct error *err)
{
	struct intake intake = {
		.catalogue = &check->catalogue,
		.messages = { &check->spatch, &check->stage, &check->selection, check->words,
			      false },
		.facts = &check->facts,
		.unanalysed = &check->unanalysed,
		.verbose = check->options->verbose,
	};
	struct pool_work work = {
		.spatch = &check->spatch,
		.stage = &check->stage,
		.catalogue = &check->catalogue,
		.selection = &check->selection,
		.batches = &check->batches,
		.jobs = check->options->jobs,
		.grace = GRACE,
		.progress = &check->progress,
	};
	struct pool_client client = intake_client(&intake);
	uint64_t begin = uv_hrtime();
	int result;

	batches_make(&check->batches, &check->selection, check->catalogue.count,
		     check->options->jobs);
	result = pool_run(&work, &client, &check->processes, err);
	intake_finish(&intake);
	check->ns[TIMED_SPATCH] = uv_hrtime() - begin;
	return result;
}

/* Judges what depends on the callers by what is known of them. */
static void judge_contexts(struct check *check)
{
	struct knowledge knowledge = { &check->callers.calls, &check->callers.asked,
				       &check->selection, &check->slots };
	struct contexts *contexts = contexts_make(&knowledge, &check->facts);

	contexts_judge(contexts, &check->facts);
	contexts_free(contexts);
}

static int ask_callers(struct check *check, struct error *err)
{
	uint64_t begin = uv_hrtime();
	int result;

	if (!has(check, COLLECTOR_CALLERS))
		return 0;
	/* Wrappers in sources outside of the PATHs were not looked for. */
	check->spatch.inferred = check->spatch.inferred && !check->selection.others;
	result = callers_ask(&check->callers, &check->survey, &check->slots, &check->facts, err);
	if (!result)
		judge_contexts(check);
	check->ns[TIMED_CALLERS] = uv_hrtime() - begin;
	return result;
}

static void judge(struct check *check)
{
	wrappers_explain(&check->wrappers, &check->selection, &check->facts);
	unanalysed_settle(&check->unanalysed, &check->catalogue, &check->selection);
	findings_build(&check->findings, &check->facts, &check->catalogue, &check->selection);
	findings_filter(&check->findings, check->options->confidence);
}

static bool wants_color(const struct options *options)
{
	return options->color == COLOR_ALWAYS ||
	       (options->color == COLOR_AUTO && isatty(STDOUT_FILENO));
}

static int print(const struct check *check, struct error *err)
{
	const struct options *options = check->options;
	struct report report = {
		.catalogue = &check->catalogue,
		.tree = &check->tree,
		.kernel = kernel_of(check),
		.convention = &check->convention,
		.selection = &check->selection,
		.findings = &check->findings,
		.unanalysed = &check->unanalysed,
	};

	if (options->json)
		output_json(stdout, &report);
	else
		output_text(stdout, &report, wants_color(options));
	if (fflush(stdout) || ferror(stdout))
		return error_set(err, "cannot write to stdout: %s", strerror(errno));
	output_unanalysed(stderr, &report, options->quiet);
	if (!options->quiet)
		output_summary(stderr, &report);
	return 0;
}

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

/* Peak memory in MB, of the front end or the largest child. */
static long peak_memory(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return usage.ru_maxrss / 1024;
}

static void print_stats(const struct check *check)
{
	const struct selection *selection = &check->selection;

	fprintf(stderr, "files scanned: %zu (%zu bytes)\n", selection->count - selection->others,
		selection->bytes);
	for (size_t rule = 0; rule < check->catalogue.count; rule++) {
		size_t count = 0;

		for (size_t i = 0; i < selection->count; i++)
			count += selection->sources[i].rules >> rule & 1;
		fprintf(stderr, "selected for %s: %zu\n", check->catalogue.rules[rule].id, count);
	}
	fprintf(stderr, "spatch processes: %zu\n", check->processes);
	fprintf(stderr, "wrappers: %.2f s, %zu inferred, %zu processes\n",
		seconds(check->ns[TIMED_WRAPPERS]), check->wrappers.facts.count,
		check->wrapper_processes);
	fprintf(stderr, "select: %.2f s\n", seconds(check->ns[TIMED_SELECT]));
	fprintf(stderr, "spatch: %.2f s\n", seconds(check->ns[TIMED_SPATCH]));
	fprintf(stderr, "callers: %.2f s, %zu more processes\n", seconds(check->ns[TIMED_CALLERS]),
		check->survey.processes - check->wrapper_processes);
	fprintf(stderr, "peak memory: %ld MB, largest child %ld MB\n", peak_memory(RUSAGE_SELF),
		peak_memory(RUSAGE_CHILDREN));
}

static int exit_status(const struct check *check)
{
	if (check->unanalysed.files || (check->options->strict && check->unanalysed.count))
		return EXIT_NOT_ANALYSED;
	return check->findings.count ? EXIT_FINDINGS : EXIT_CLEAN;
}

static void check_free(struct check *check)
{
	findings_free(&check->findings);
	unanalysed_free(&check->unanalysed);
	facts_free(&check->facts);
	callers_free(&check->callers);
	wrappers_free(&check->wrappers);
	locks_free(&check->locks);
	locks_free(&check->requirements);
	locks_free(&check->wants_free);
	slots_free(&check->slots);
	batches_free(&check->batches);
	selection_free(&check->selection);
	macros_free(&check->macros);
	words_free(check->words);
	convention_free(&check->convention);
	tree_free(&check->tree);
	spatch_free(&check->spatch);
	catalogue_free(&check->catalogue);
}

int check_run(const struct options *options, struct error *err)
{
	struct check check = { .options = options };
	int status = EXIT_ERROR, result;

	interrupt_catch();
	progress_begin(&check.progress);
	result = set_up(&check, err) || find_convention(&check, err) || load_slots(&check, err) ||
		 make_ready(&check, err) || find_wrappers(&check, err) ||
		 select_and_stage(&check, err) || run_spatch(&check, err) ||
		 ask_callers(&check, err);
	progress_end(&check.progress);
	stage_remove(&check.stage);
	if (!result) {
		judge(&check);
		status = print(&check, err) ? EXIT_ERROR : exit_status(&check);
		if (options->stats)
			print_stats(&check);
	}
	check_free(&check);
	return status;
}
