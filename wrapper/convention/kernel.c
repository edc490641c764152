// SPDX-License-Identifier: GPL-2.0-only
#include "convention/kernel.h"

#include "convention/table.h"

#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_FUNCTION,
	COLUMN_DOES,
	COLUMN_OBJECT,
	COLUMN_SINCE,
	COLUMN_UNTIL,
	COLUMN_CALLS,
	COLUMN_FILE,
};

static const char *const columns[] = { "function", "does",  "object", "since",
				       "until",    "calls", "file" };

/* Adds a copy. */
static void add(struct kernel_functions *functions, const struct kernel_function *function)
{
	functions->functions =
		grow(functions->functions, functions->count, sizeof(*functions->functions));
	functions->functions[functions->count++] = (struct kernel_function){
		.name = xstrdup(function->name),
		.does = xstrdup(function->does),
		.object = xstrdup(function->object),
		.calls = xstrdup(function->calls),
		.file = xstrdup(function->file),
		.asserts_until = function->asserts_until ? xstrdup(function->asserts_until) : NULL,
	};
}

void kernel_functions_add(struct kernel_functions *functions, const char *name, const char *does,
			  const char *object, const char *calls, const char *file)
{
	const struct kernel_function function = {
		.name = (char *)name,
		.does = (char *)does,
		.object = (char *)object,
		.calls = (char *)calls,
		.file = (char *)file,
	};

	add(functions, &function);
}

/* Is the function to be called with the lock held? */
static bool asserts(const struct kernel_function *function)
{
	return !strcmp(function->does, "must-hold") || !strcmp(function->does, "assert");
}

static void free_function(struct kernel_function *function)
{
	free(function->name);
	free(function->does);
	free(function->object);
	free(function->calls);
	free(function->file);
	free(function->asserts_until);
}

static int compare(const void *a, const void *b)
{
	const struct kernel_function *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/* A row, for the versions for which it holds. */
struct row {
	struct kernel_function function; /* of the table's strings */
	struct version since, until;
	char *until_text;
};

static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a, *right = b;
	int order = compare(&left->function, &right->function);

	return order ? order : version_compare(left->since, right->since);
}

/* Reads the rows of a table, of which the caller frees the array, in order. */
static int read_rows(const struct table *table, struct row **rows, struct error *err)
{
	*rows = xcalloc(table->count, sizeof(**rows));
	for (size_t i = 0; i < table->count; i++) {
		const struct table_row *row = &table->rows[i];

		(*rows)[i].function = (struct kernel_function){
			.name = (char *)row->column[COLUMN_FUNCTION],
			.does = (char *)row->column[COLUMN_DOES],
			.object = (char *)row->column[COLUMN_OBJECT],
			.calls = (char *)row->column[COLUMN_CALLS],
			.file = (char *)row->column[COLUMN_FILE],
		};
		(*rows)[i].until_text = (char *)row->column[COLUMN_UNTIL];
		if (table_versions(table, row, COLUMN_SINCE, &(*rows)[i].since, &(*rows)[i].until,
				   err))
			return -1;
	}
	sort(*rows, table->count, sizeof(**rows), compare_rows);
	return 0;
}

static bool is_same_name(const struct row *a, const struct row *b)
{
	return !compare(&a->function, &b->function);
}

/* Adds, of the rows of one function, the last; an earlier one tells if that asserted the lock. */
static void add_last(struct kernel_functions *functions, const struct row *rows, size_t count)
{
	struct kernel_function function = rows[count - 1].function;

	for (size_t i = 0; i + 1 < count; i++)
		if (asserts(&rows[i].function) && !asserts(&function))
			function.asserts_until = rows[i].until_text;
	add(functions, &function);
}

static void choose_rows(const struct row *rows, size_t count, const struct version *version,
			struct kernel_functions *functions)
{
	size_t end;

	for (size_t i = 0; i < count && version; i++)
		if (version_holds(version, rows[i].since, rows[i].until))
			add(functions, &rows[i].function);
	for (size_t i = 0; i < count && !version; i = end) {
		for (end = i; end < count && is_same_name(&rows[end], &rows[i]);)
			end++;
		add_last(functions, &rows[i], end - i);
	}
}

int kernel_functions_load(const char *rules_dir, const struct version *version,
			  struct kernel_functions *functions, struct error *err)
{
	char *path = path_join(rules_dir, KERNEL_TABLE);
	struct row *rows = NULL;
	struct table table;
	int result = -1;

	*functions = (struct kernel_functions){ 0 };
	if (!table_read(&table, path, columns, sizeof(columns) / sizeof(*columns), err) &&
	    !read_rows(&table, &rows, err)) {
		choose_rows(rows, table.count, version, functions);
		result = 0;
	}
	free(rows);
	table_free(&table);
	free(path);
	return result;
}

const struct kernel_function *kernel_functions_find(const struct kernel_functions *functions,
						    const char *name)
{
	const struct kernel_function wanted = { .name = (char *)name };

	return functions->count ? bsearch(&wanted, functions->functions, functions->count,
					  sizeof(*functions->functions), compare)
				: NULL;
}

void kernel_functions_drop(struct kernel_functions *functions, const bool *marked)
{
	size_t kept = 0;

	for (size_t i = 0; i < functions->count; i++) {
		if (marked[i])
			free_function(&functions->functions[i]);
		else
			functions->functions[kept++] = functions->functions[i];
	}
	functions->count = kept;
}

void kernel_functions_free(struct kernel_functions *functions)
{
	for (size_t i = 0; i < functions->count; i++)
		free_function(&functions->functions[i]);
	free(functions->functions);
}
