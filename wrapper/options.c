// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const char usage[] =
	"usage: resvlint check [options] [PATH...]   check a kernel tree, directory or file "
	"(default .)\n"
	"       resvlint fix [options] [PATH...]     print a diff that mends what check finds\n"
	"       resvlint rules                       list the rules\n"
	"       resvlint explain RULE                explain a rule and its remedy\n"
	"       resvlint convention [TREE]           print the locking convention in force "
	"(default .)\n"
	"       resvlint facts TREE...               print what the functions of kernel trees do "
	"to "
	"locks\n"
	"\n"
	"  --kernel VERSION      the kernel to check for: its convention, and the code that is "
	"compiled\n"
	"                        for it (default: what the tree says, or the newest)\n"
	"  --tree DIR            a driver outside of any kernel tree is for the one in DIR: its "
	"functions\n"
	"                        are read, and nothing in it is reported (default: the table in\n"
	"                        tables/kernel.tsv tells what they do to locks)\n"
	"  -D NAME[=INTEGER]     in #if and the like, a macro is defined (as 1 if there is no "
	"value)\n"
	"  -U NAME               likewise, it is not defined\n"
	"  --rule ID[,ID...]     only these rules; also patterns such as fence-*\n"
	"  --no-contexts         look at each function by itself: do not ask who calls it\n"
	"  --no-known-wrappers   do not know lock functions by name but those of dma_resv and "
	"ww_mutex:\n"
	"                        find the others by their bodies\n"
	"  --contexts FILE       what holds on entry to more callbacks; may be repeated. Its rows, "
	"which\n"
	"                        win over those of lib/contexts.tsv, have six columns with a tab\n"
	"                        between, and the first line names them: struct, member (or *),\n"
	"                        state (held, not held or inherited), since and until (a kernel\n"
	"                        version or -), evidence\n"
	"  --in-place            fix: change the files; their git tree has to be clean\n"
	"  --series DIR          fix: write mails to DIR, one patch for each driver and a cover "
	"letter;\n"
	"                        the git tree has to be clean\n"
	"  --force               fix: change the files, or write the mails, though the git tree is "
	"not\n"
	"                        clean\n"
	"  --confidence LEVEL    findings of at least low, medium or high confidence\n"
	"                        (default medium)\n"
	"  --format FORMAT       text or json (default text)\n"
	"  -j, --jobs N          spatch processes at a time (default: one for each processor)\n"
	"  --timeout SECONDS     for each file (default 60)\n"
	"  --memory MB           for each spatch process (default 4096)\n"
	"  --strict              exit with 3 if a function could not be analysed, too\n"
	"  --rules DIR           use the rules in DIR (also: RESVLINT_RULES in the environment)\n"
	"  --color WHEN          auto, always or never (default auto)\n"
	"  -q, --quiet           on stderr, only errors and files that could not be analysed\n"
	"  -v, --verbose         on stderr, also what is done, and what spatch says\n"
	"  --stats               on stderr, what the run cost\n"
	"  -h, --help\n"
	"  --version\n"
	"\n"
	"SPATCH in the environment names another spatch.\n"
	"\n"
	"Exit status: 0 nothing found (fix: nothing left), 1 findings (fix: that a person has to "
	"mend),\n"
	"2 usage or set-up error, 3 a file could not be analysed.\n";

enum {
	OPTION_KERNEL = 256,
	OPTION_RULE,
	OPTION_TREE,
	OPTION_NO_CONTEXTS,
	OPTION_NO_KNOWN_WRAPPERS,
	OPTION_CONTEXTS,
	OPTION_CONFIDENCE,
	OPTION_FORMAT,
	OPTION_TIMEOUT,
	OPTION_MEMORY,
	OPTION_STRICT,
	OPTION_RULES,
	OPTION_COLOR,
	OPTION_STATS,
	OPTION_IN_PLACE,
	OPTION_SERIES,
	OPTION_FORCE,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "kernel", required_argument, NULL, OPTION_KERNEL },
	{ "tree", required_argument, NULL, OPTION_TREE },
	{ "rule", required_argument, NULL, OPTION_RULE },
	{ "no-contexts", no_argument, NULL, OPTION_NO_CONTEXTS },
	{ "no-known-wrappers", no_argument, NULL, OPTION_NO_KNOWN_WRAPPERS },
	{ "contexts", required_argument, NULL, OPTION_CONTEXTS },
	{ "in-place", no_argument, NULL, OPTION_IN_PLACE },
	{ "series", required_argument, NULL, OPTION_SERIES },
	{ "force", no_argument, NULL, OPTION_FORCE },
	{ "confidence", required_argument, NULL, OPTION_CONFIDENCE },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "jobs", required_argument, NULL, 'j' },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "memory", required_argument, NULL, OPTION_MEMORY },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "rules", required_argument, NULL, OPTION_RULES },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "stats", no_argument, NULL, OPTION_STATS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

void options_usage(FILE *out)
{
	fputs(usage, out);
}

static int parse_number(const char *name, unsigned int most, unsigned int *number,
			struct error *err)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(optarg, &end, 10);
	if (!isdigit((unsigned char)*optarg) || *end || errno || value < 1 || value > most)
		return error_set(err, "--%s wants a number from 1 to %u, not '%s'", name, most,
				 optarg);
	*number = (unsigned int)value;
	return 0;
}

/* Which of the words, two or three, optarg is. */
static int parse_word(const char *name, const char *const words[3], unsigned int *index,
		      struct error *err)
{
	for (unsigned int i = 0; i < 3 && words[i]; i++) {
		if (!strcmp(optarg, words[i])) {
			*index = i;
			return 0;
		}
	}
	return error_set(err, "--%s wants %s%s%s or %s, not '%s'", name, words[0],
			 words[2] ? ", " : "", words[2] ? words[1] : "",
			 words[2] ? words[2] : words[1], optarg);
}

static void add_context_file(struct options *options, const char *file)
{
	options->context_files = grow(options->context_files, options->context_file_count,
				      sizeof(*options->context_files));
	options->context_files[options->context_file_count++] = file;
}

static int parse_option(int option, struct options *options, struct error *err)
{
	static const char *const levels[3] = { "low", "medium", "high" };
	static const char *const formats[3] = { "text", "json" };
	static const char *const colors[3] = { "auto", "always", "never" };
	unsigned int word = 0;

	switch (option) {
	case OPTION_KERNEL:
		options->kernel = optarg;
		return 0;
	case OPTION_TREE:
		options->tree = optarg;
		return 0;
	case 'D':
		return macros_define(&options->macros, optarg, err);
	case 'U':
		return macros_undefine(&options->macros, optarg, err);
	case OPTION_RULE:
		options->rule_ids = optarg;
		return 0;
	case OPTION_NO_CONTEXTS:
		options->no_contexts = true;
		return 0;
	case OPTION_NO_KNOWN_WRAPPERS:
		options->no_known_wrappers = true;
		return 0;
	case OPTION_CONTEXTS:
		add_context_file(options, optarg);
		return 0;
	case OPTION_IN_PLACE:
		options->in_place = true;
		return 0;
	case OPTION_SERIES:
		options->series = optarg;
		return 0;
	case OPTION_FORCE:
		options->force = true;
		return 0;
	case OPTION_CONFIDENCE:
		if (parse_word("confidence", levels, &word, err))
			return -1;
		options->confidence = (enum confidence)word;
		return 0;
	case OPTION_FORMAT:
		if (parse_word("format", formats, &word, err))
			return -1;
		options->json = word == 1;
		return 0;
	case OPTION_COLOR:
		if (parse_word("color", colors, &word, err))
			return -1;
		options->color = (enum color)word;
		return 0;
	case 'j':
		return parse_number("jobs", 1024, &options->jobs, err);
	case OPTION_TIMEOUT:
		return parse_number("timeout", 86400, &options->timeout, err);
	case OPTION_MEMORY:
		return parse_number("memory", 1 << 22, &options->memory, err);
	case OPTION_STRICT:
		options->strict = true;
		return 0;
	case OPTION_RULES:
		options->rules_dir = optarg;
		return 0;
	case 'q':
		options->quiet = true;
		return 0;
	case 'v':
		options->verbose = true;
		return 0;
	case OPTION_STATS:
		options->stats = true;
		return 0;
	case 'h':
		options->command = COMMAND_HELP;
		return 0;
	default:
		options->command = COMMAND_VERSION;
		return 0;
	}
}

static int parse_command(const char *word, struct options *options, struct error *err)
{
	if (!strcmp(word, "check"))
		options->command = COMMAND_CHECK;
	else if (!strcmp(word, "fix"))
		options->command = COMMAND_FIX;
	else if (!strcmp(word, "rules"))
		options->command = COMMAND_RULES;
	else if (!strcmp(word, "explain"))
		options->command = COMMAND_EXPLAIN;
	else if (!strcmp(word, "convention"))
		options->command = COMMAND_CONVENTION;
	else if (!strcmp(word, "facts"))
		options->command = COMMAND_FACTS;
	else
		return error_set(err, "no command '%s': try resvlint --help", word);
	return 0;
}

static bool takes_paths(enum command command)
{
	return command == COMMAND_CHECK || command == COMMAND_FIX || command == COMMAND_CONVENTION;
}

/* Sees that what is asked of fixes goes together. */
static int check_fix_options(const struct options *options, struct error *err)
{
	if (options->command != COMMAND_FIX) {
		if (options->in_place || options->series || options->force)
			return error_set(err, "--in-place, --series and --force are for fix");
		return 0;
	}
	if (options->json)
		return error_set(err, "fix prints a diff, and no JSON: check does");
	if (options->in_place && options->series)
		return error_set(err, "--in-place and --series exclude each other");
	if (options->force && !options->in_place && !options->series)
		return error_set(err, "--force is for --in-place and --series");
	if (options->series && !*options->series)
		return error_set(err, "--series wants the name of a directory");
	return 0;
}

/* Takes the command's name off the operands, and sees that their number is right. */
static int parse_operands(int argc, char **argv, struct options *options, struct error *err)
{
	static char here[] = ".";
	static char *default_paths[] = { here };

	if (options->command == COMMAND_HELP || options->command == COMMAND_VERSION)
		return 0;
	if (optind == argc)
		return error_set(err, "no command given: try resvlint --help");
	if (parse_command(argv[optind], options, err))
		return -1;
	options->operands = argv + optind + 1;
	options->operand_count = (size_t)(argc - optind - 1);
	if (options->command == COMMAND_RULES && options->operand_count)
		return error_set(err, "rules takes no operand");
	if (options->command == COMMAND_EXPLAIN && options->operand_count != 1)
		return error_set(err, "explain takes the id of one rule");
	if (options->command == COMMAND_CONVENTION && options->operand_count > 1)
		return error_set(err, "convention takes one TREE");
	if (options->command == COMMAND_FACTS && !options->operand_count)
		return error_set(err, "facts takes the TREE of a kernel, or several");
	if (takes_paths(options->command) && !options->operand_count) {
		options->operands = default_paths;
		options->operand_count = 1;
	}
	return 0;
}

int options_parse(int argc, char **argv, struct options *options, struct error *err)
{
	int option;

	*options = (struct options){
		.command = COMMAND_CHECK,
		.jobs = uv_available_parallelism(),
		.timeout = 60,
		.memory = 4096,
		.confidence = CONFIDENCE_MEDIUM,
	};
	opterr = 0;
	optind = 0;
	while ((option = getopt_long(argc, argv, ":j:D:U:qvh", long_options, NULL)) != -1) {
		if (option == ':')
			return error_set(err, "%s wants a value: try resvlint --help",
					 argv[optind - 1]);
		if (option == '?')
			return error_set(err, "no option '%s': try resvlint --help",
					 argv[optind - 1]);
		if (parse_option(option, options, err))
			return -1;
	}
	if (parse_operands(argc, argv, options, err))
		return -1;
	return check_fix_options(options, err);
}

void options_free(struct options *options)
{
	free(options->context_files);
	macros_free(&options->macros);
}
