// SPDX-License-Identifier: GPL-2.0-only
/*
 * resvlint - checks kernel code against the dma-buf locking convention and the dma-fence contract.
 *
 * The map of the sources. Each folder is a stage and uses those above it in this list, never one
 * below:
 *
 * base/           knows nothing of kernels
 *   base.c          errors, memory, files
 *   names.c         names in a list, as a set where that is wanted
 *   text.c          foreign text made fit to show
 *   process.c       one child process
 *   threads.c       the same work on many things
 *   interrupt.c     signals
 *   progress.c      the line on the terminal
 *
 * source/         C text by its tokens
 *   lexer.c         the tokens
 *   expression.c    C expressions as a person writes them
 *   macros.c        what is known of macros, from options to conditions
 *   condition.c     the conditions of `#if`
 *   guards.c        code that is compiled for other kernels, blanked
 *   focus.c         functions and variables that cannot matter, blanked
 *   outline.c       where functions begin in text that did not parse
 *   words.c         the words that make a file matter to a rule, as one pattern
 *   index.c         the words of each file, for a second scan
 *
 * convention/     what the kernel and the rules demand
 *   terms.c         words that rules and findings share
 *   tree.c          which tree the PATHs are in
 *   table.c         the form of the tables in lib/
 *   document.c      the tree's own text of the convention
 *   contract.c      the contract of fences, by the tree's own text of it
 *   convention.c    that text, or the built-in table
 *   catalogue.c     the rules there are, from the headers of the .cocci files
 *   slots.c         the tables of what holds on entry to callbacks
 *   locks.c         the table of the functions that acquire, try, assert or release a lock
 *   operations.c    the table of what calls of the kernel's functions do
 *   kernel.c        the table of what the kernel's own functions do, for code outside of it
 *
 * graph/          who calls, passes and stores whom, read by tokens
 *   items.c         what one source defines and names
 *   graph.c         nodes and edges of all sources
 *   walk.c          queries and walks
 *
 * run/            from files to the rows that the rules print
 *   select.c        one scan of the tree for the files that matter
 *   stage.c         a private directory with copies of them under safe names
 *   package.c       the OCaml of the rules, where it is compiled already
 *   library.c       that OCaml, compiled for spatch
 *   spatch.c        how spatch is found and called
 *   messages.c      why spatch ended, by its words
 *   pool.c          spatch processes that answer requests about sources, each with limits
 *   intake.c        takes in the answers
 *   facts.c         the rows that the rules print
 *   unparsed.c      what was lost where a source did not parse
 *   unanalysed.c    what was not checked
 *   survey.c        asks about functions, in the files that name them
 *   program.c       the graph of the files that name something
 *   sources.c       some of the files, in order
 *   nearby.c        the sources outside of the PATHs in which lock functions are called
 *   uses.c          where functions are defined, put and called, by the graph
 *   replaced.c      the sources of a kernel for which others, outside of it, stand
 *   exports.c       the functions of a kernel that it exports to modules
 *   tables.c        the callbacks that stand in tables of other files
 *
 * judge/          from rows to findings
 *   wrappers.c      the functions that acquire or release a lock by their bodies
 *   drivers.c       which driver a source belongs to
 *   under.c         what may be called with a lock held, and takes what stands above that
 *   callers.c       asks who calls the functions whose state is their callers'
 *   functions.c     which function a name means, and what is known of it
 *   needs.c         what parameters have to be where something is come to
 *   ways.c          the call chains upward from a function
 *   contexts.c      what holds on entry to functions: judges the rows by it
 *   visits.c        functions that are entered in a context, and how
 *   entered.c       functions that are put into a slot, or passed to a function
 *   roots.c         where contexts begin
 *   down.c          from there to what is called, and on
 *   waits.c         calls that wait for work
 *   resumes.c       calls that resume a device, and what drivers have for that
 *   helpers.c       which sources of shared code a driver uses
 *   signals.c       the functions that come to the signal of a fence
 *   locks.c         the locks that such code waits for, and who acquires them
 *   holders.c       what others do with the locks held that such code waits for
 *   below.c         findings of what is forbidden in a context
 *   descend.c       the steps of these
 *   reaching.c      the functions that come to some others by direct calls
 *   workers.c       functions of work that come to what a rule is about
 *   wants.c         the sources that tell what rules would have to know
 *   together.c      asks rules about several sources of a driver at once
 *   findings.c      rows put together, judged and in order
 *
 * report/         findings printed
 *   report.c        all that a run found out
 *   text.c          in lines
 *   json.c          as JSON
 *   convention.c    the convention in force, as a table
 *
 * fix/            from findings to changed text
 *   fixes.c         which findings can be fixed, and the texts that come of it
 *   edits.c         calls changed in the text of a source
 *   layout.c        what is replaced in it, with the layout kept around
 *   proof.c         the analysis of the result says what is expected of it
 *   patch.c         what changed in a file, as a unified diff
 *   replace.c       files changed in place
 *   worktree.c      is their git tree clean?
 *
 * series/         changed files as mails
 *   series.c        one patch for each driver, and a cover letter
 *   sender.c        who sends them
 *   maintainers.c   which driver a file belongs to
 *   prefix.c        the part before the colon in that driver's subjects
 *   letter.c        subject and message, made of the findings and the headers of their rules
 *   recipients.c    who is to get it, as the tree's get_maintainer.pl says
 *   diffstat.c      how much each file changes
 *   mail.c          headers, addresses and encodings
 *   outbox.c        the directory: all files come to be there, or none
 *
 * and on top of them all:
 *   options.c       the command line
 *   analysis.c      the stages in their order, up to the findings
 *   check.c         the command that prints the findings
 *   fix.c           the command that fixes them
 *   facts.c         the command that prints what a kernel's functions do, for code outside of it
 *   main.c          the commands; errors end up here
 */
#include "base/interrupt.h"
#include "base/text.h"
#include "check.h"
#include "convention/catalogue.h"
#include "convention/convention.h"
#include "facts.h"
#include "fix.h"
#include "options.h"
#include "report/convention.h"
#include "report/json.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int longest(const struct catalogue *catalogue,
		   const char *(*column)(const struct rule *rule))
{
	size_t most = 0;

	for (size_t i = 0; i < catalogue->count; i++) {
		size_t length = strlen(column(&catalogue->rules[i]));

		most = length > most ? length : most;
	}
	return (int)most;
}

static const char *id_of(const struct rule *rule)
{
	return rule->id;
}

static const char *clause_of(const struct rule *rule)
{
	return rule->clause;
}

static void print_rules(const struct catalogue *catalogue)
{
	int id_width = longest(catalogue, id_of), clause_width = longest(catalogue, clause_of);

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct rule *rule = &catalogue->rules[i];

		printf("%-*s  %-*s  %-6s  %s\n", id_width, rule->id, clause_width, rule->clause,
		       confidence_name(rule->confidence), rule->summary);
	}
}

static void explain(const struct rule *rule)
{
	printf("%s: %s\n", rule->id, rule->summary);
	printf("clause %s, confidence %s\n", rule->clause, confidence_name(rule->confidence));
	if (*rule->explanation)
		printf("\n%s", rule->explanation);
	if (*rule->limits)
		printf("\nWhen this is wrong:\n%s", rule->limits);
}

/* `rules` and `explain`. Returns an exit status. */
static int show_rules(const struct options *options, struct error *err)
{
	struct catalogue catalogue = { 0 };
	char *dir = catalogue_find(options->rules_dir, err);
	int index = 0, status = EXIT_ERROR;

	if (dir && !catalogue_load(dir, &catalogue, err)) {
		if (options->command == COMMAND_EXPLAIN)
			index = catalogue_index(&catalogue, options->operands[0], err);
		if (options->command == COMMAND_RULES)
			print_rules(&catalogue);
		else if (index >= 0)
			explain(&catalogue.rules[index]);
		status = index < 0 ? EXIT_ERROR : EXIT_CLEAN;
	}
	catalogue_free(&catalogue);
	free(dir);
	return status;
}

static void print_convention(const struct options *options, const struct tree *tree,
			     const struct convention *convention, const struct contract *contract)
{
	report_convention_notes(stderr, convention, options->quiet, options->verbose);
	if (options->json) {
		report_convention_json(stdout, tree, convention, contract);
		return;
	}
	report_convention(stdout, tree, convention);
	putchar('\n');
	report_contract(stdout, tree, contract);
}

/* `convention`. Returns an exit status. */
static int show_convention(const struct options *options, struct error *err)
{
	char *dir = catalogue_find(options->rules_dir, err);
	struct convention convention = { 0 };
	struct contract contract = { 0 };
	struct tree tree = { 0 };
	int status = EXIT_ERROR;

	if (dir && !tree_find(options->operands, options->operand_count, &tree, err) &&
	    !convention_load(dir, &tree, options->kernel, &convention, err) &&
	    !contract_load(dir, options->kernel ? NULL : &tree, &contract, err)) {
		print_convention(options, &tree, &convention, &contract);
		status = EXIT_CLEAN;
	}
	contract_free(&contract);
	convention_free(&convention);
	tree_free(&tree);
	free(dir);
	return status;
}

/* Returns an exit status. */
static int run_command(const struct options *options, struct error *err)
{
	switch (options->command) {
	case COMMAND_CHECK:
		return check_run(options, err);
	case COMMAND_FIX:
		return fix_run(options, err);
	case COMMAND_RULES:
	case COMMAND_EXPLAIN:
		return show_rules(options, err);
	case COMMAND_CONVENTION:
		return show_convention(options, err);
	case COMMAND_FACTS:
		return facts_run(options, err);
	case COMMAND_HELP:
		options_usage(stdout);
		break;
	case COMMAND_VERSION:
		puts("resvlint " VERSION);
		break;
	}
	return EXIT_CLEAN;
}

static int run(int argc, char **argv, struct error *err)
{
	struct options options;
	int status = EXIT_ERROR;

	if (!options_parse(argc, argv, &options, err))
		status = run_command(&options, err);
	options_free(&options);
	return status;
}

int main(int argc, char **argv)
{
	struct error err = { "" };
	int status;

	/* A closed pipe is an error of writing like any other. */
	signal(SIGPIPE, SIG_IGN);
	status = run(argc, argv, &err);
	interrupt_die();
	if (status != EXIT_ERROR && fflush(stdout)) {
		error_set(&err, "cannot write to stdout: %s", strerror(errno));
		status = EXIT_ERROR;
	}
	if (status == EXIT_ERROR) {
		fputs("resvlint: ", stderr);
		text_print(stderr, err.text);
		putc('\n', stderr);
	}
	return status;
}
