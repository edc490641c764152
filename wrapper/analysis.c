// SPDX-License-Identifier: GPL-2.0-only
#include "analysis.h"

#include "base/interrupt.h"
#include "base/progress.h"
#include "base/text.h"
#include "convention/catalogue.h"
#include "convention/convention.h"
#include "convention/kernel.h"
#include "convention/locks.h"
#include "convention/operations.h"
#include "convention/slots.h"
#include "convention/tree.h"
#include "judge/callers.h"
#include "judge/descend.h"
#include "judge/drivers.h"
#include "judge/findings.h"
#include "judge/together.h"
#include "judge/under.h"
#include "judge/wrappers.h"
#include "report/convention.h"
#include "run/facts.h"
#include "run/intake.h"
#include "run/library.h"
#include "run/pool.h"
#include "run/program.h"
#include "run/replaced.h"
#include "run/select.h"
#include "run/spatch.h"
#include "run/stage.h"
#include "run/survey.h"
#include "run/tables.h"
#include "run/unanalysed.h"
#include "source/macros.h"
#include "source/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <uv.h>

/* Seconds that spatch has, beyond the timeout for a source, to start. */
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
struct analysis {
	const struct options *options;
	const struct substitute *substitutes;
	size_t substitute_count;
	struct catalogue catalogue;
	rule_set chosen;
	rule_set contextual; /* of these, the rules that judge in contexts; they are asked there */
	struct spatch spatch;
	struct tree tree;
	struct tree beside;        /* --tree: the kernel that the PATHs, outside of it, are for */
	const struct tree *kernel; /* that one, or else the PATHs' own tree */
	struct convention convention;
	struct macros macros;
	struct stage stage;
	struct selection selection;
	struct survey survey;
	struct names locks;
	struct names must_hold;
	struct names must_not_hold;
	struct names entered_held; /* structures with callbacks that are */
	struct names callbacks;    /* that tables in other files name */
	struct names called;       /* words of calls through members that are entered with it */
	struct names known;        /* all functions that have to do with locks */
	struct wrappers wrappers;
	struct kernel_functions exported; /* of a kernel tree: what they do, for code outside */
	struct program program;
	struct drivers drivers;
	struct under under;
	struct words *words;
	struct facts facts;
	struct slots slots;
	struct callers callers;
	struct unanalysed unanalysed;
	struct findings findings;
	struct progress progress;
	struct pool *pool;
	struct pool_stats stats;
	uint64_t ns[TIMED_COUNT];
};

/* The rules, and spatch: all that can be wrong with the set-up and be seen at once. */
static int set_up(struct analysis *analysis, struct error *err)
{
	char *dir = catalogue_find(analysis->options->rules_dir, err);
	int result = -1;

	if (dir && !catalogue_load(dir, &analysis->catalogue, err) &&
	    !catalogue_choose(&analysis->catalogue, analysis->options->rule_ids, &analysis->chosen,
			      err))
		result = 0;
	free(dir);
	analysis->contextual = catalogue_in_context(&analysis->catalogue, analysis->chosen);
	if (!result)
		result = spatch_find(&analysis->spatch, err);
	return result;
}

/* The tree of the PATHs, and the kernel that they are for. */
static int find_trees(struct analysis *analysis, struct error *err)
{
	const struct options *options = analysis->options;

	if (tree_find(options->operands, options->operand_count, &analysis->tree, err))
		return -1;
	analysis->kernel = &analysis->tree;
	if (!options->tree)
		return 0;
	if (tree_find_kernel(options->tree, options->operands, options->operand_count,
			     &analysis->tree, &analysis->beside, err))
		return -1;
	analysis->kernel = &analysis->beside;
	return 0;
}

/* The trees, and the convention in force. */
static int find_convention(struct analysis *analysis, struct error *err)
{
	const struct options *options = analysis->options;

	if (find_trees(analysis, err))
		return -1;
	if (convention_load(analysis->catalogue.dir, analysis->kernel, options->kernel,
			    &analysis->convention, err))
		return -1;
	report_convention_notes(stderr, &analysis->convention, options->quiet, options->verbose);
	return 0;
}

/* The version of the kernel to check for, NULL if it is not known. */
static const char *kernel_of(const struct analysis *analysis)
{
	return analysis->options->kernel ? analysis->options->kernel
					 : analysis->kernel->kernel_text;
}

/* The version whose slots are meant; NULL: the newest. */
static const struct version *find_version(const struct analysis *analysis, struct version *version)
{
	const char *text = kernel_of(analysis);

	return text && version_parse(text, version) ? version : NULL;
}

/* The tables of what holds on entry; --contexts is seen to be right even where it has no use. */
static int load_slots(struct analysis *analysis, struct error *err)
{
	const struct options *options = analysis->options;
	struct version version;
	const struct version *named = find_version(analysis, &version);

	if (!options->no_contexts &&
	    slots_load(analysis->catalogue.dir, named, &analysis->slots, err))
		return -1;
	for (size_t i = 0; i < options->context_file_count; i++)
		if (slots_add(options->context_files[i], named, &analysis->slots, err))
			return -1;
	slots_add_structs(&analysis->slots, &analysis->entered_held);
	return 0;
}

/* Sources in the PATHs get the texts that stand in for their own. */
static void substitute(struct selection *selection, const struct substitute *substitutes,
		       size_t count)
{
	for (size_t i = 0; i < selection->count; i++)
		for (size_t j = 0; j < count; j++)
			if (!strcmp(selection->sources[i].file, substitutes[j].file))
				selection->sources[i].substitute = &substitutes[j].text;
}

static int keep(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	struct analysis *analysis = context;
	struct source *source = &analysis->selection.sources[index];

	if (source->staged)
		return 0;
	source->staged = true;
	return stage_source(&analysis->stage, index, source->name, text, length, err);
}

/* Says which files are analysed, and which links were not followed. */
static void note_selection(const struct analysis *analysis)
{
	const struct selection *selection = &analysis->selection;

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

/* Has spatch load the rules that are chosen. */
static void load_rules(const struct analysis *analysis)
{
	char *names = NULL;
	size_t length;
	FILE *out = open_memstream(&names, &length);

	for (size_t i = 0; i < analysis->catalogue.count; i++)
		if (analysis->chosen >> i & 1)
			fprintf(out, " %s", analysis->catalogue.rules[i].id);
	fclose(out);
	pool_tell(analysis->pool, "load", names + 1);
	free(names);
}

/* The private directory, the sources there are, and all that spatch needs to run. */
static int make_ready(struct analysis *analysis, struct error *err)
{
	const struct options *options = analysis->options;

	if (stage_create(&analysis->stage, err) ||
	    stage_rules(&analysis->stage, analysis->catalogue.dir, err) ||
	    select_list(options->operands, options->operand_count, &analysis->tree,
			&analysis->selection, err))
		return -1;
	analysis->selection.beside = options->tree;
	substitute(&analysis->selection, analysis->substitutes, analysis->substitute_count);
	analysis->macros = macros_of_kernel(kernel_of(analysis), &options->macros);
	analysis->selection.macros = &analysis->macros;
	analysis->spatch.timeout = options->timeout;
	analysis->spatch.memory = options->memory;
	spatch_prepare(&analysis->spatch, &analysis->stage, &analysis->convention,
		       &analysis->slots);
	if (library_stage(&analysis->stage, analysis->catalogue.dir, &analysis->spatch, err))
		return -1;
	analysis->pool = pool_open(&(struct pool_spec){
		.spatch = &analysis->spatch,
		.stage = &analysis->stage,
		.selection = &analysis->selection,
		.jobs = options->jobs,
		.grace = GRACE,
		.progress = &analysis->progress,
	});
	load_rules(analysis);
	analysis->program = program_make(&analysis->selection, analysis->kernel, options->jobs,
					 &analysis->progress);
	analysis->survey = (struct survey){
		.catalogue = &analysis->catalogue,
		.tree = analysis->kernel,
		.stage = &analysis->stage,
		.spatch = &analysis->spatch,
		.pool = analysis->pool,
		.selection = &analysis->selection,
		.program = &analysis->program,
		.jobs = options->jobs,
		.verbose = options->verbose,
		.progress = &analysis->progress,
		.unanalysed = &analysis->unanalysed,
		.known = &analysis->known,
	};
	return 0;
}

/*
 * Loads the functions of the tables that have to do with locks. Returns 0, or -1 with a message.
 * names_free() either way.
 */
static int load_known(const struct analysis *analysis, struct names *known, struct error *err)
{
	const struct convention *convention = &analysis->convention;

	if (locks_load(analysis->catalogue.dir, false, known, err))
		return -1;
	for (size_t i = 0; i < convention->count; i++) {
		if (!strchr(convention->rows[i].api, '.'))
			names_add(known, convention->rows[i].api);
		if (convention->rows[i].variant)
			names_add(known, convention->rows[i].variant);
	}
	return 0;
}

/* Outside of any kernel tree, what the kernel's own functions do to locks. */
static int know_kernel(struct analysis *analysis, struct error *err)
{
	struct kernel_functions kernel;
	struct version version;
	int result = kernel_functions_load(analysis->catalogue.dir,
					   find_version(analysis, &version), &kernel, err);

	if (!result)
		result = wrappers_know_kernel(&analysis->wrappers, &kernel, &analysis->survey,
					      &analysis->known, err);
	kernel_functions_free(&kernel);
	return result;
}

/*
 * The functions by which sources take or drop locks: those of the table, and those that are found
 * by their bodies. The latter makes all rules know them.
 */
static int find_wrappers(struct analysis *analysis, struct error *err)
{
	static const char *const takes[] = { "acquire",      "try",      "guard",
					     "guard-try",    "free",     "block",
					     "says-acquire", "says-try", NULL };
	static const char *const must_hold[] = { "must-hold", "iterate", "says-must-hold", NULL };
	static const char *const must_not_hold[] = { "must-not-hold", "must-not-hold-import",
						     "says-must-not-hold", NULL };
	bool primitives = analysis->options->no_known_wrappers;
	uint64_t begin = uv_hrtime();

	if (primitives)
		spatch_forget_listed(&analysis->spatch);
	if (locks_load(analysis->catalogue.dir, primitives, &analysis->locks, err) ||
	    load_known(analysis, &analysis->known, err))
		return -1;
	if (!analysis->kernel->is_kernel && !primitives && know_kernel(analysis, err))
		return -1;
	if (analysis->options->no_contexts)
		return 0;
	if (analysis->kernel->is_kernel &&
	    (select_others(analysis->kernel, &analysis->selection, err) ||
	     replaced_mark(&analysis->selection, analysis->kernel, analysis->options->jobs,
			   &analysis->progress, err)))
		return -1;
	if (wrappers_infer(&analysis->wrappers, &analysis->survey, &analysis->locks,
			   &analysis->convention, &analysis->known, err))
		return -1;
	analysis->spatch.inferred = true;
	wrappers_add_names(&analysis->wrappers, takes, &analysis->selection, &analysis->locks);
	wrappers_add_names(&analysis->wrappers, must_hold, &analysis->selection,
			   &analysis->must_hold);
	wrappers_add_names(&analysis->wrappers, must_not_hold, &analysis->selection,
			   &analysis->must_not_hold);
	if (analysis->options->verbose)
		wrappers_print(&analysis->wrappers, &analysis->selection);
	analysis->ns[TIMED_WRAPPERS] = uv_hrtime() - begin;
	return 0;
}

#define LIST_COUNT 8

/*
 * The names that tokens stand for, as far as they are known; those of lock functions are left out
 * where words are names of structures.
 */
static void list_tokens(const struct analysis *analysis, bool are_structures,
			struct token_list lists[LIST_COUNT + 1])
{
	static const struct names none;
	const struct token_list known[] = {
		{ TOKEN_LOCK_FUNCTIONS, are_structures ? &none : &analysis->locks },
		{ TOKEN_MUST_HOLD, &analysis->must_hold },
		{ TOKEN_MUST_NOT_HOLD, &analysis->must_not_hold },
		{ TOKEN_ENTERED_HELD, &analysis->entered_held },
		{ TOKEN_CALLBACKS, &analysis->callbacks },
		{ TOKEN_CALLED_HELD, &analysis->called },
		{ TOKEN_UNDER_LOCK, &analysis->under.functions },
		{ TOKEN_WHOLE_SOURCE, &none },
		{ NULL, NULL },
	};

	memcpy(lists, known, sizeof(known));
}

/* The callbacks in tables of the structures that the rules which want to know them name. */
static int find_tables(struct analysis *analysis, struct error *err)
{
	rule_set asking =
		analysis->options->no_contexts
			? 0
			: catalogue_asking(&analysis->catalogue, analysis->chosen, TOKEN_CALLBACKS);
	struct token_list lists[LIST_COUNT + 1];
	struct names structures = { 0 };
	uint64_t begin = uv_hrtime();
	struct words *words;
	int result;

	if (!asking)
		return 0;
	list_tokens(analysis, true, lists);
	words = words_compile(&analysis->catalogue, asking, &analysis->convention, lists, NULL,
			      err);
	if (!words)
		return -1;
	for (size_t i = 0; i < words_count(words); i++)
		names_add(&structures, words_at(words, i));
	words_free(words);
	result = tables_find(&analysis->survey, &structures, &analysis->convention,
			     &analysis->slots, &analysis->callbacks, err);
	names_free(&structures);
	analysis->ns[TIMED_WRAPPERS] += uv_hrtime() - begin;
	return result;
}

/* The rules that a source matters to; of one that is not in the PATHs, for code in these. */
static rule_set rules_of(const struct analysis *analysis, size_t index)
{
	const struct under *under = &analysis->under;

	if (!select_is_other(&analysis->selection, index))
		return analysis->selection.sources[index].rules;
	return under->sources && under->sources[index] && !analysis->options->no_contexts
		       ? under->rules
		       : 0;
}

/* The sources that matter to a rule which sees them whole, or to no such rule. */
static size_t list_selected(const struct analysis *analysis, bool is_whole, size_t *sources)
{
	const struct selection *selection = &analysis->selection;
	rule_set whole =
		catalogue_asking(&analysis->catalogue, analysis->chosen, TOKEN_WHOLE_SOURCE);
	size_t count = 0;

	for (size_t i = 0; i < selection->count; i++)
		if (rules_of(analysis, i) && !(rules_of(analysis, i) & whole) != is_whole)
			sources[count++] = i;
	return count;
}

/* Copies the sources that are not in the PATHs and matter for code in these. */
static int keep_others(struct analysis *analysis, struct error *err)
{
	struct selection *selection = &analysis->selection;
	bool *only = xcalloc(selection->count, sizeof(*only));
	struct words *words = words_of_names(&analysis->under.functions, err);
	int result = words ? 0 : -1;

	for (size_t i = 0; i < selection->count; i++)
		only[i] = select_is_other(selection, i) && rules_of(analysis, i);
	if (words)
		result = select_find(selection, analysis->kernel, words, only,
				     analysis->options->jobs, &analysis->progress, keep, analysis,
				     err);
	words_free(words);
	free(only);
	return result;
}

/* Stages what the words of the rules, and all that is known of locks, have to do with. */
static int stage_selected(struct analysis *analysis, const struct token_list *lists,
			  struct error *err)
{
	struct words *words =
		words_compile(&analysis->catalogue, analysis->chosen & ~analysis->contextual,
			      &analysis->convention, lists, &analysis->known, err);
	size_t *sources = xcalloc(analysis->selection.count, sizeof(*sources));
	size_t count = list_selected(analysis, false, sources);
	struct focus looked_for = { .words = words, .reach = spatch_reach(&analysis->spatch) };
	int result = words ? survey_focus(&analysis->survey, sources, count, looked_for, err) : -1;

	count = list_selected(analysis, true, sources);
	looked_for.words = NULL;
	if (!result)
		result = survey_focus(&analysis->survey, sources, count, looked_for, err);
	free(sources);
	words_free(words);
	return result;
}

/*
 * Finds out which drivers there are, for the rules that go by them, and what in these may be called
 * with a lock held, for those that ask for it.
 */
static int find_drivers(struct analysis *analysis, struct error *err)
{
	rule_set asking =
		catalogue_asking(&analysis->catalogue, analysis->chosen, TOKEN_UNDER_LOCK);
	struct names above;
	int result;

	analysis->drivers = (struct drivers){ .survey = &analysis->survey };
	analysis->under.rules = asking;
	if (!asking && !analysis->contextual)
		return 0;
	result = drivers_find(&analysis->drivers, err);
	if (result || !asking)
		return result;
	result = operations_load_above(analysis->catalogue.dir, &above, err);
	if (!result)
		result = under_find(&analysis->under, &analysis->drivers, &analysis->slots,
				    &analysis->known, &above, err);
	names_free(&above);
	return result;
}

static int select_and_stage(struct analysis *analysis, struct error *err)
{
	const struct options *options = analysis->options;
	struct selection *selection = &analysis->selection;
	struct token_list lists[LIST_COUNT + 1];
	uint64_t begin = uv_hrtime();

	/* Only now: until then, words were names of structures. */
	convention_add_called(&analysis->convention, EXPORTER_HELD, &analysis->called);
	slots_add_called(&analysis->slots, STATE_HELD, &analysis->called);
	list_tokens(analysis, false, lists);
	analysis->words =
		words_compile(&analysis->catalogue, analysis->chosen & ~analysis->contextual,
			      &analysis->convention, lists, NULL, err);
	if (!analysis->words ||
	    select_scan(selection, analysis->words, options->jobs, &analysis->progress, keep,
			analysis, err) ||
	    keep_others(analysis, err))
		return -1;
	/*
	 * Calls through the other members matter where the lock is held, in files that are
	 * selected: their names are in far too many others.
	 */
	convention_add_called(&analysis->convention, EXPORTER_FREE, &analysis->called);
	slots_add_called(&analysis->slots, STATE_NOT_HELD, &analysis->called);
	if (stage_selected(analysis, lists, err))
		return -1;
	survey_note_failures(&analysis->survey);
	analysis->ns[TIMED_SELECT] = uv_hrtime() - begin;
	if (options->verbose)
		note_selection(analysis);
	return 0;
}

/* Asks for the findings of all rules that a source matters to. */
static void add_request(const struct analysis *analysis, size_t index, struct requests *requests)
{
	const struct source *source = &analysis->selection.sources[index];
	char *staged = stage_name(index, source->name), *text = xasprintf("rules %s", staged);

	for (size_t rule = 0; rule < analysis->catalogue.count; rule++) {
		char *longer;

		if (!(rules_of(analysis, index) >> rule & 1))
			continue;
		longer = xasprintf("%s %s", text, analysis->catalogue.rules[rule].id);
		free(text);
		text = longer;
	}
	requests_add(requests, index, text);
	free(staged);
}

static int run_spatch(struct analysis *analysis, struct error *err)
{
	struct intake intake = {
		.catalogue = &analysis->catalogue,
		.unparsed = { &analysis->stage, &analysis->selection, analysis->words, false },
		.facts = &analysis->facts,
		.unanalysed = &analysis->unanalysed,
		.verbose = analysis->options->verbose,
	};
	struct pool_client client = intake_client(&intake);
	size_t *sources = xcalloc(analysis->selection.count, sizeof(*sources));
	uint64_t begin = uv_hrtime();
	int result = 0;

	/* Those that are seen whole come last: what is parsed of them is used again next. */
	for (int is_whole = 0; is_whole <= 1 && !result; is_whole++) {
		struct requests requests = { 0 };
		size_t count = list_selected(analysis, is_whole, sources);

		for (size_t i = 0; i < count; i++)
			if (rules_of(analysis, sources[i]))
				add_request(analysis, sources[i], &requests);
		result = pool_run(analysis->pool, &requests, &client, err);
		requests_free(&requests);
	}
	free(sources);
	analysis->ns[TIMED_SPATCH] = uv_hrtime() - begin;
	return result;
}

/* Asks the rules that see sources whole about those that belong together. */
static int put_together(struct analysis *analysis, struct error *err)
{
	rule_set whole =
		catalogue_asking(&analysis->catalogue, analysis->chosen, TOKEN_WHOLE_SOURCE);
	struct token_list lists[LIST_COUNT + 1];
	struct words *words;
	int result = -1;

	if (analysis->options->no_contexts || !whole)
		return 0;
	list_tokens(analysis, false, lists);
	words = words_compile(&analysis->catalogue, whole, &analysis->convention, lists, NULL, err);
	if (words)
		result = together_ask(&analysis->survey, &analysis->slots, whole, words,
				      &analysis->facts, err);
	words_free(words);
	return result;
}

static int ask_callers(struct analysis *analysis, struct error *err)
{
	struct knowledge known = { &analysis->callers.facts, &analysis->callers.asked,
				   &analysis->selection, &analysis->slots, &analysis->under };
	uint64_t begin = uv_hrtime();
	int result;

	if (analysis->options->no_contexts)
		return 0;
	/* Wrappers in sources outside of the PATHs were not looked for. */
	analysis->spatch.inferred = analysis->spatch.inferred && !analysis->selection.others;
	analysis->survey.settled = analysis->spatch.inferred;
	analysis->callers.under = &analysis->under;
	under_drop_free(&analysis->under, &analysis->facts.sites);
	result = callers_ask(&analysis->callers, &analysis->survey, &analysis->slots,
			     &analysis->facts.sites, analysis->options->confidence, err);
	if (!result)
		contexts_judge(&known, &analysis->facts);
	under_settle(&analysis->under, &analysis->selection, &analysis->facts.sites);
	analysis->ns[TIMED_CALLERS] = uv_hrtime() - begin;
	return result;
}

/* Goes down from where the contexts begin that chosen rules judge in. */
static int go_down(struct analysis *analysis, struct error *err)
{
	if (analysis->options->no_contexts || !analysis->contextual)
		return 0;
	return descend(&analysis->survey, &analysis->slots, &analysis->drivers,
		       analysis->contextual, analysis->options->confidence, &analysis->facts, err);
}

static void judge(struct analysis *analysis)
{
	wrappers_explain(&analysis->wrappers, &analysis->selection, &analysis->facts.sites);
	unanalysed_settle(&analysis->unanalysed, &analysis->catalogue, &analysis->selection);
	findings_build(&analysis->findings, &analysis->facts, &analysis->catalogue,
		       &analysis->selection);
	findings_filter(&analysis->findings, analysis->options->confidence);
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

void analysis_print_stats(const struct analysis *analysis)
{
	const struct selection *selection = &analysis->selection;

	fprintf(stderr, "files scanned: %zu (%zu bytes)\n", selection->count - selection->others,
		selection->bytes);
	for (size_t rule = 0; rule < analysis->catalogue.count; rule++) {
		size_t count = 0;

		for (size_t i = 0; i < selection->count; i++)
			count += selection->sources[i].rules >> rule & 1;
		fprintf(stderr, "selected for %s: %zu\n", analysis->catalogue.rules[rule].id,
			count);
	}
	fprintf(stderr, "spatch processes: %zu, for %zu requests\n", analysis->stats.processes,
		analysis->stats.requests);
	fprintf(stderr, "functions parsed: %zu, and %zu again\n",
		analysis->stats.parsed - analysis->stats.again, analysis->stats.again);
	fprintf(stderr, "wrappers and tables: %.2f s, %zu inferred\n",
		seconds(analysis->ns[TIMED_WRAPPERS]), analysis->wrappers.facts.effects.count);
	fprintf(stderr, "select: %.2f s\n", seconds(analysis->ns[TIMED_SELECT]));
	fprintf(stderr, "spatch: %.2f s\n", seconds(analysis->ns[TIMED_SPATCH]));
	fprintf(stderr, "callers: %.2f s\n", seconds(analysis->ns[TIMED_CALLERS]));
	fprintf(stderr, "peak memory: %ld MB, largest child %ld MB\n", peak_memory(RUSAGE_SELF),
		peak_memory(RUSAGE_CHILDREN));
}

void analysis_free(struct analysis *analysis)
{
	if (!analysis)
		return;
	findings_free(&analysis->findings);
	unanalysed_free(&analysis->unanalysed);
	facts_free(&analysis->facts);
	callers_free(&analysis->callers);
	wrappers_free(&analysis->wrappers);
	kernel_functions_free(&analysis->exported);
	program_free(&analysis->program);
	drivers_free(&analysis->drivers);
	under_free(&analysis->under);
	names_free(&analysis->callbacks);
	names_free(&analysis->called);
	names_free(&analysis->locks);
	names_free(&analysis->must_hold);
	names_free(&analysis->must_not_hold);
	names_free(&analysis->entered_held);
	names_free(&analysis->known);
	slots_free(&analysis->slots);
	selection_free(&analysis->selection);
	macros_free(&analysis->macros);
	words_free(analysis->words);
	convention_free(&analysis->convention);
	tree_free(&analysis->tree);
	tree_free(&analysis->beside);
	spatch_free(&analysis->spatch);
	catalogue_free(&analysis->catalogue);
	free(analysis);
}

/* The stages up to what functions do to locks. Returns 0, or -1 with a message. */
static int find_effects(struct analysis *analysis, struct error *err)
{
	return set_up(analysis, err) || find_convention(analysis, err) ||
			       load_slots(analysis, err) || make_ready(analysis, err) ||
			       find_wrappers(analysis, err)
		       ? -1
		       : 0;
}

/* All stages, up to the rows by which findings are made. Returns 0, or -1 with a message. */
static int find_rows(struct analysis *analysis, struct error *err)
{
	return find_effects(analysis, err) || find_tables(analysis, err) ||
			       find_drivers(analysis, err) || select_and_stage(analysis, err) ||
			       run_spatch(analysis, err) || put_together(analysis, err) ||
			       ask_callers(analysis, err) || go_down(analysis, err)
		       ? -1
		       : 0;
}

/* An analysis that has run these stages; NULL with a message if that cannot be done. */
static struct analysis *run(const struct options *options, const struct substitute *substitutes,
			    size_t count,
			    int (*stages)(struct analysis *analysis, struct error *err),
			    struct error *err)
{
	struct analysis *analysis = xcalloc(1, sizeof(*analysis));
	int result;

	*analysis = (struct analysis){ .options = options,
				       .substitutes = substitutes,
				       .substitute_count = count };
	interrupt_catch();
	progress_begin(&analysis->progress);
	result = stages(analysis, err);
	progress_end(&analysis->progress);
	if (analysis->pool)
		analysis->stats = pool_stats(analysis->pool);
	pool_close(analysis->pool);
	stage_remove(&analysis->stage);
	if (result) {
		analysis_free(analysis);
		return NULL;
	}
	return analysis;
}

struct analysis *analysis_run(const struct options *options, const struct substitute *substitutes,
			      size_t count, struct error *err)
{
	struct analysis *analysis = run(options, substitutes, count, find_rows, err);

	if (analysis)
		judge(analysis);
	return analysis;
}

/* The stages that tell what a kernel's functions do for code outside of the tree. */
static int find_kernel_functions(struct analysis *analysis, struct error *err)
{
	struct names known = { 0 };
	int result = find_effects(analysis, err);

	if (!result && (!analysis->tree.is_kernel || !analysis->selection.whole))
		result = error_set(err, "'%s' is not the top of a kernel tree",
				   analysis->options->operands[0]);
	if (!result)
		result = load_known(analysis, &known, err);
	if (!result)
		result = wrappers_exported(&analysis->wrappers, &analysis->survey, &known,
					   &analysis->exported, err);
	names_free(&known);
	return result;
}

int analysis_kernel(const struct options *options, struct kernel_functions *functions,
		    struct version *version, struct error *err)
{
	struct analysis *analysis = run(options, NULL, 0, find_kernel_functions, err);

	*functions = (struct kernel_functions){ 0 };
	if (!analysis)
		return -1;
	*functions = analysis->exported;
	analysis->exported = (struct kernel_functions){ 0 };
	version_parse(analysis->tree.kernel_text, version);
	analysis_free(analysis);
	return 0;
}

struct report analysis_report(const struct analysis *analysis)
{
	return (struct report){
		.catalogue = &analysis->catalogue,
		.tree = &analysis->tree,
		.kernel = kernel_of(analysis),
		.convention = &analysis->convention,
		.selection = &analysis->selection,
		.findings = &analysis->findings,
		.unanalysed = &analysis->unanalysed,
	};
}
