/* SPDX-License-Identifier: GPL-2.0-only */
/* options: the command line, and what it means. */
#ifndef RESVLINT_OPTIONS_H
#define RESVLINT_OPTIONS_H

#include "base/base.h"
#include "convention/terms.h"
#include "source/macros.h"

#include <stdio.h>

enum command {
	COMMAND_CHECK,
	COMMAND_FIX,
	COMMAND_RULES,
	COMMAND_EXPLAIN,
	COMMAND_CONVENTION,
	COMMAND_FACTS,
	COMMAND_HELP,
	COMMAND_VERSION,
};

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* All strings but those in `macros` belong to argv; options_free() frees the rest. */
struct options {
	enum command command;
	char **operands; /* PATHs of check and fix, TREE ("." if none was given), RULE,
			     TREEs of facts */
	size_t operand_count;

	/* what to check */
	const char *rules_dir;      /* --rules, or NULL */
	const char *rule_ids;       /* --rule: ids with commas between, or NULL for all */
	const char *kernel;         /* --kernel, or NULL */
	char *tree;                 /* --tree: the kernel for code outside of one, or NULL */
	struct macros macros;       /* -D and -U */
	bool no_contexts;           /* --no-contexts: each function by itself */
	bool no_known_wrappers;     /* know only the primitive lock functions by name */
	const char **context_files; /* --contexts, in their order */
	size_t context_file_count;

	/* what to do with fixes; a diff on stdout if neither */
	bool in_place;      /* --in-place */
	const char *series; /* --series: the directory, or NULL */
	bool force;         /* --force: even if the git tree is not clean */

	/* how */
	unsigned int jobs;
	unsigned int timeout; /* seconds for each file */
	unsigned int memory;  /* MB for each spatch process */

	/* what to print */
	enum confidence confidence;
	bool json;
	enum color color;
	bool strict;
	bool quiet;
	bool verbose;
	bool stats;
};

/*
 * Reads the command line. argv may be permuted. Returns 0, or -1 with a message for a command line
 * that is wrong. options_free() either way.
 */
int options_parse(int argc, char **argv, struct options *options, struct error *err);
void options_free(struct options *options);

/* Prints the usage text. */
void options_usage(FILE *out);

#endif
