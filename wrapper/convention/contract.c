// SPDX-License-Identifier: GPL-2.0-only
#include "convention/contract.h"

#include <stdlib.h>
#include <string.h>

#define TITLE "DOC: fence cross-driver contract"

enum column {
	COLUMN_CLAUSE,
	COLUMN_RULES,
	COLUMN_SENTENCE,
};

static const char *const columns[] = { "clause", "rules", "sentence" };

/* A comment as one line, without what stands before each line of it. */
struct wording {
	char *text;
	unsigned int *lines; /* of each byte, in the source */
	size_t length;
};

static void add(struct wording *wording, char byte, unsigned int line)
{
	wording->text[wording->length] = byte;
	wording->lines[wording->length++] = line;
}

/* Reads the comment with the title. What the source does not have is empty. */
static struct wording read_wording(const char *source)
{
	const char *title = strstr(source, TITLE), *end = title ? strstr(title, "*/") : NULL;
	size_t room = end ? (size_t)(end - title) : 0;
	struct wording wording = { .text = xcalloc(room + 1, 1),
				   .lines = xcalloc(room + 1, sizeof(*wording.lines)) };
	unsigned int line = 1;
	bool is_text = true; /* not what stands before a line */

	for (const char *at = source; end && at < end; at++) {
		line += *at == '\n';
		is_text = *at != '\n' && (is_text || !strchr(" \t*", *at));
		if (at < title)
			continue;
		if (is_text && *at != ' ' && *at != '\t')
			add(&wording, *at, line);
		else if (wording.length && wording.text[wording.length - 1] != ' ')
			add(&wording, ' ', line);
	}
	return wording;
}

/* Finds out where the text of a tree has the sentences. */
static void find_sentences(struct contract *contract, const struct tree *tree)
{
	char *path = path_join(tree->root, CONTRACT_SOURCE);
	char *source = file_read(path, NULL);
	struct wording wording = read_wording(source ? source : "");

	contract->from_tree = wording.length;
	for (size_t i = 0; i < contract->count; i++) {
		const char *found = strstr(wording.text, contract->rows[i].sentence);

		if (found)
			contract->rows[i].line = wording.lines[found - wording.text];
	}
	free(wording.text);
	free(wording.lines);
	free(source);
	free(path);
}

int contract_load(const char *rules_dir, const struct tree *tree, struct contract *contract,
		  struct error *err)
{
	char *path = path_join(rules_dir, CONTRACT_TABLE);
	const struct table *table = &contract->table;
	int result;

	*contract = (struct contract){ 0 };
	result = table_read(&contract->table, path, columns, sizeof(columns) / sizeof(*columns),
			    err);
	contract->rows = xcalloc(table->count, sizeof(*contract->rows));
	for (; contract->count < table->count && !result; contract->count++) {
		const char *const *column = table->rows[contract->count].column;

		contract->rows[contract->count] =
			(struct contract_row){ column[COLUMN_CLAUSE], column[COLUMN_RULES],
					       column[COLUMN_SENTENCE], 0 };
	}
	if (!result && tree && tree->is_kernel)
		find_sentences(contract, tree);
	free(path);
	return result;
}

void contract_free(struct contract *contract)
{
	free(contract->rows);
	table_free(&contract->table);
}
