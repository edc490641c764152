// SPDX-License-Identifier: GPL-2.0-only
#include "series/letter.h"

#include "base/names.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 72

/* Calls of more functions than this are not named one by one. */
#define NAMED_LIMIT 6

/* Where the functions of the changes go in a demand. */
#define FUNCTIONS "FUNCTIONS"

/* What is said for a rule whose header does not say it. */
#define DEMAND "The reservation lock is not handled as it has to be around " FUNCTIONS "."
#define FOUND "This was found:"
#define REMEDY "Handle the lock as it has to be."
#define SUBJECT "follow the dma-buf locking convention"

/* "a(), b() and c()"; the caller frees. */
static char *enumerate(const struct names *names)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < names->count; i++)
		fprintf(out, "%s%s()",
			!i                      ? ""
			: i + 1 == names->count ? " and "
						: ", ",
			names->names[i]);
	fclose(out);
	return text;
}

/* Any text in printable ASCII on one line: other bytes as \xNN. The caller frees. */
static char *make_ascii(const char *text)
{
	char *result = xcalloc(4 * strlen(text) + 1, 1), *end = result;

	for (; *text; text++) {
		if (*text == '\t' || *text == '\n')
			*end++ = ' ';
		else if (*text < ' ' || *text > '~')
			end += sprintf(end, "\\x%02x", (unsigned char)*text);
		else
			*end++ = *text;
	}
	return result;
}

/*
 * Prints words, of any bytes, in lines of limited width: `first` stands before the first line, as
 * many blanks before the others.
 */
static void print_wrapped(FILE *out, const char *first, const char *text)
{
	char *ascii = make_ascii(text), *rest = ascii, *word;
	size_t indent = strlen(first), column = indent;
	bool begun = false;

	fputs(first, out);
	while ((word = strsep(&rest, " "))) {
		size_t length = strlen(word);

		if (!length)
			continue;
		if (begun && column + 1 + length > WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (begun) {
			putc(' ', out);
			column++;
		}
		fputs(word, out);
		column += length;
		begun = true;
	}
	putc('\n', out);
	free(ascii);
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a, b);
}

/* Can two findings be told in one line: the same function, and found in the same way? */
static bool tell_together(const struct change *a, const struct change *b)
{
	if (!same_text(a->function, b->function) || !same_text(a->reason, b->reason) ||
	    a->chain_length != b->chain_length)
		return false;
	for (size_t i = 0; i < a->chain_length; i++)
		if (!same_text(a->chain[i], b->chain[i]))
			return false;
	return true;
}

/* Are both of one rule? */
static bool same_rule(const struct change *a, const struct change *b)
{
	return a->rule == b->rule;
}

/* Is the change the first of its rule? */
static bool begins_rule(const struct change *const *changes, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (same_rule(changes[i], changes[index]))
			return false;
	return true;
}

/* Is the change one of the rule that has not been told before? */
static bool is_new(const struct change *const *changes, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (same_rule(changes[i], changes[index]) &&
		    tell_together(changes[i], changes[index]))
			return false;
	return true;
}

static void print_finding(FILE *out, const struct change *const *changes, size_t count,
			  size_t index)
{
	const struct change *change = changes[index];
	struct names operations = { 0 };
	char *enumeration, *text;

	for (size_t i = index; i < count; i++)
		if (same_rule(changes[i], change) && tell_together(changes[i], change))
			names_add_once(&operations, changes[i]->operation);
	enumeration = enumerate(&operations);
	text = xasprintf("%s() calls %s%s%s", change->function, enumeration,
			 *change->reason ? ": " : "", change->reason);
	print_wrapped(out, " - ", text);
	for (size_t i = 0; i < change->chain_length; i++)
		print_wrapped(out, "     - ", change->chain[i]);
	free(text);
	free(enumeration);
	names_free(&operations);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The functions whose calls are wrong by the rule of a change, in alphabetical order. */
static void collect_operations(struct names *operations, const struct change *change,
			       const struct change *const *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (same_rule(changes[i], change))
			names_add_once(operations, changes[i]->operation);
	qsort(operations->names, operations->count, sizeof(*operations->names), compare_names);
}

/* What the rule of a change demands of the functions it is about here. */
static void print_demand(FILE *out, const struct change *change,
			 const struct change *const *changes, size_t count)
{
	const char *demand = change->rule->demand ? change->rule->demand : DEMAND;
	const char *gap = strstr(demand, FUNCTIONS);
	struct names operations = { 0 };
	char *enumeration, *text;

	collect_operations(&operations, change, changes, count);
	enumeration = operations.count <= NAMED_LIMIT
			      ? enumerate(&operations)
			      : xasprintf("%s() and the like", operations.names[0]);
	text = gap ? xasprintf("%.*s%s%s", (int)(gap - demand), demand, enumeration,
			       gap + strlen(FUNCTIONS))
		   : xstrdup(demand);
	print_wrapped(out, "", text);
	free(text);
	free(enumeration);
	names_free(&operations);
}

static const char *remedy_of(const struct change *change)
{
	const struct rule *rule = change->rule;

	if (*change->replacement && rule->variant)
		return rule->variant;
	return rule->remedy ? rule->remedy : REMEDY;
}

static void print_remedies(FILE *out, const struct change *change,
			   const struct change *const *changes, size_t count)
{
	struct names remedies = { 0 };

	for (size_t i = 0; i < count; i++)
		if (same_rule(changes[i], change))
			names_add_once(&remedies, remedy_of(changes[i]));
	for (size_t i = 0; i < remedies.count; i++) {
		putc('\n', out);
		print_wrapped(out, "", remedies.names[i]);
	}
	names_free(&remedies);
}

/* The paragraphs on the rule of a change. */
static void print_rule(FILE *out, const struct change *change, const struct change *const *changes,
		       size_t count)
{
	print_demand(out, change, changes, count);
	putc('\n', out);
	print_wrapped(out, "", change->rule->found ? change->rule->found : FOUND);
	putc('\n', out);
	for (size_t i = 0; i < count; i++)
		if (same_rule(changes[i], change) && is_new(changes, i))
			print_finding(out, changes, count, i);
	print_remedies(out, change, changes, count);
	putc('\n', out);
}

/* Who found it: the program, with the ids of the rules. */
static void print_source(FILE *out, const struct change *const *changes, size_t count)
{
	struct names rules = { 0 };
	char *list = NULL, *text;
	size_t length;
	FILE *names = open_memstream(&list, &length);

	for (size_t i = 0; i < count; i++)
		names_add_once(&rules, changes[i]->rule->id);
	for (size_t i = 0; i < rules.count; i++)
		fprintf(names, "%s%s", i ? ", " : "", rules.names[i]);
	fclose(names);
	text = xasprintf("Found by resvlint (rule%s %s).", rules.count > 1 ? "s" : "", list);
	print_wrapped(out, "", text);
	free(text);
	free(list);
	names_free(&rules);
}

char *letter_message(const struct change *const *changes, size_t count)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < count; i++)
		if (begins_rule(changes, i))
			print_rule(out, changes[i], changes, count);
	print_source(out, changes, count);
	fclose(out);
	return text;
}

/* What the rules of all changes give as the subject; NULL if they do not agree. */
static const char *shared_subject(const struct change *const *changes, size_t count)
{
	const char *subject = count ? changes[0]->rule->subject : NULL;

	for (size_t i = 1; subject && i < count; i++)
		if (!changes[i]->rule->subject || !same_text(changes[i]->rule->subject, subject))
			return NULL;
	return subject;
}

char *letter_subject(const struct change *const *changes, size_t count)
{
	const char *shared = shared_subject(changes, count);
	struct names replacements = { 0 };
	bool all_replaced = true;
	char *subject;

	for (size_t i = 0; i < count; i++) {
		names_add_once(&replacements, changes[i]->replacement);
		all_replaced = all_replaced && *changes[i]->replacement;
	}
	if (count && all_replaced && replacements.count == 1)
		subject = xasprintf("use %s()", replacements.names[0]);
	else
		subject = xstrdup(shared && (all_replaced || !changes[0]->rule->variant) ? shared
											 : SUBJECT);
	names_free(&replacements);
	return subject;
}

char *letter_cover(const struct change *const *changes, size_t count, size_t file_count)
{
	char *text = NULL, *summary;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	summary = xasprintf("These patches mend %zu place%s in %zu file%s that %s not follow the "
			    "rules of dma-buf "
			    "(Documentation/driver-api/dma-buf.rst), one patch for each driver.",
			    count, count == 1 ? "" : "s", file_count, file_count == 1 ? "" : "s",
			    count == 1 ? "does" : "do");
	print_wrapped(out, "", summary);
	free(summary);
	for (size_t i = 0; i < count; i++) {
		if (!begins_rule(changes, i))
			continue;
		putc('\n', out);
		print_demand(out, changes[i], changes, count);
		print_remedies(out, changes[i], changes, count);
	}
	fputs("\n", out);
	print_wrapped(out, "",
		      "The patches do not depend on each other. They were made by a program: what "
		      "each changes, and the ways to it, are for a person to check before the "
		      "sign-off.");
	putc('\n', out);
	print_source(out, changes, count);
	fclose(out);
	return text;
}
