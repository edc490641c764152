/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table: the form of the tables in lib/, and of those that --contexts names: lines of columns with
 * one tab between, none of them empty. The first line has the names of the columns.
 */
#ifndef RESVLINT_TABLE_H
#define RESVLINT_TABLE_H

#include "base/base.h"
#include "base/names.h"
#include "convention/tree.h"

/* No table has more. */
#define TABLE_COLUMNS 8

struct table_row {
	const char *column[TABLE_COLUMNS]; /* in the table's text */
	unsigned int line;                 /* from 1, which is that of the names */
};

struct table {
	char *path; /* for messages */
	char *text;
	const char *names[TABLE_COLUMNS]; /* of the columns */
	size_t width;                     /* how many there are */
	struct table_row *rows;
	size_t count;
};

/*
 * Reads a table whose columns begin with the `count` of these names; it may have others, which only
 * rules read. Returns 0, or -1 with a message that names the file and, if something in it is wrong,
 * the line. table_free() either way.
 */
int table_read(struct table *table, const char *path, const char *const *names, size_t count,
	       struct error *err);
void table_free(struct table *table);

/*
 * Adds to the names those of a table's column "function", which is its first. `file` is relative to
 * the rules directory. Returns 0, or -1 with such a message.
 */
int table_read_functions(const char *rules_dir, const char *file, struct names *functions,
			 struct error *err);

/* Writes a message on a line of the table, "FILE:LINE: why", and returns -1. */
int table_error(const struct table *table, unsigned int line, const char *why, struct error *err);

/*
 * The versions for which a row holds, from its columns `since`, "-" for always, and the next one,
 * until, "-" for ever. Returns 0, or -1 with such a message.
 */
int table_versions(const struct table *table, const struct table_row *row, size_t since,
		   struct version *from, struct version *until, struct error *err);

#endif
