// SPDX-License-Identifier: GPL-2.0-only
#include "facts.h"

#include "analysis.h"
#include "base/text.h"
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the functions of one kernel do. */
struct kernel {
	struct version version;
	struct kernel_functions functions;
};

/* A row of the table, from the kernel `first` to `last`, which both say so, as all between. */
struct row {
	struct kernel_function function; /* as the last has it; not its own */
	size_t first, last;
};

static int compare_kernels(const void *a, const void *b)
{
	return version_compare(((const struct kernel *)a)->version,
			       ((const struct kernel *)b)->version);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	int order = strcmp(left->function.name, right->function.name);

	return order ? order : (left->first > right->first) - (left->first < right->first);
}

static bool is_same(const struct kernel_function *a, const struct kernel_function *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->does, b->does) &&
	       !strcmp(a->object, b->object);
}

/* Puts together what each kernel says, in the order of their versions. Returns how many rows. */
static size_t merge(const struct kernel *kernels, size_t count, struct row **rows)
{
	size_t row_count = 0;

	*rows = NULL;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < kernels[i].functions.count; j++) {
			const struct kernel_function *function = &kernels[i].functions.functions[j];
			size_t row = 0;

			while (row < row_count && ((*rows)[row].last + 1 != i ||
						   !is_same(&(*rows)[row].function, function)))
				row++;
			if (row == row_count) {
				*rows = grow(*rows, row_count, sizeof(**rows));
				(*rows)[row_count++].first = i;
			}
			(*rows)[row].function = *function;
			(*rows)[row].last = i;
		}
	}
	sort(*rows, row_count, sizeof(**rows), compare_rows);
	return row_count;
}

static void print_row(const struct row *row, const struct kernel *kernels, size_t count)
{
	const struct kernel_function *function = &row->function;
	struct version since = kernels[row->first].version, last = kernels[row->last].version;

	printf("%s\t%s\t%s\t%u.%u\t", function->name, function->does, function->object, since.major,
	       since.minor);
	if (row->last + 1 < count)
		printf("%u.%u", last.major, last.minor + 1);
	else
		putchar('-');
	printf("\t%s\t", function->calls);
	text_print(stdout, function->file);
	putchar('\n');
}

static int print(const struct kernel *kernels, size_t count, struct error *err)
{
	struct row *rows;
	size_t row_count = merge(kernels, count, &rows);

	puts(KERNEL_COLUMNS);
	for (size_t i = 0; i < row_count; i++)
		print_row(&rows[i], kernels, count);
	free(rows);
	if (fflush(stdout) || ferror(stdout))
		return error_set(err, "cannot write to stdout: %s", strerror(errno));
	return 0;
}

int facts_run(const struct options *options, struct error *err)
{
	size_t count = options->operand_count;
	struct kernel *kernels = xcalloc(count, sizeof(*kernels));
	int result = 0;

	for (size_t i = 0; i < count && !result; i++) {
		struct options one = *options;

		one.operands = &options->operands[i];
		one.operand_count = 1;
		result = analysis_kernel(&one, &kernels[i].functions, &kernels[i].version, err);
	}
	if (!result) {
		qsort(kernels, count, sizeof(*kernels), compare_kernels);
		result = print(kernels, count, err);
	}
	for (size_t i = 0; i < count; i++)
		kernel_functions_free(&kernels[i].functions);
	free(kernels);
	return result ? EXIT_ERROR : EXIT_CLEAN;
}
