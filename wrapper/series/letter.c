// SPDX-License-Identifier: GPL-2.0-only
#include "series/letter.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 72

/* Calls of more functions than this are not named one by one. */
#define NAMED_LIMIT 6

#define UNLOCKED "_unlocked"

/* What there is to say of a clause; %s is the functions of the changes. */
struct words {
	const char *clause;
	const char *demand; /* what the clause wants, in words */
	const char *found;  /* the introduction of the list of findings */
	const char *remedy; /* where the fix is to call another function */
	const char *other;  /* any other fix */
};

static const struct words clauses[] = {
	{ "importer-1",
	  "Importers must hold the reservation lock of a dma-buf when they call %s. That is the "
	  "first clause for importers of the locking convention of dma-buf, in force since Linux "
	  "6.2.",
	  "Here the lock is not held:",
	  "Call the _unlocked variants instead, which take the lock around the same call. No way "
	  "that leads to these calls is known to hold the lock of that buffer, so none takes it "
	  "twice.",
	  "Take the lock around these calls. No way that leads to them is known to hold it "
	  "already." },
	{ "importer-2",
	  "Importers must not hold the reservation lock of a dma-buf when they call %s. That is "
	  "the second clause for importers of the locking convention of dma-buf, in force since "
	  "Linux 6.2.",
	  "Here the lock is held:",
	  "Call the variants that expect the lock to be held. It is held on every way to these "
	  "calls, so what they do stays protected.",
	  "Do not hold the lock over these calls: they take it themselves, or call an exporter's "
	  "callback that may." },
	{ "exporter-1",
	  "The dma-buf core calls some callbacks of an exporter without the reservation lock. That "
	  "is the first clause for exporters of the locking convention of dma-buf, in force since "
	  "Linux 6.2. Calls of %s there rely on a lock that nobody has taken.",
	  "These callbacks rely on it:", "Call what does not rely on the lock.",
	  "Drop the assertions: nobody has taken the lock." },
	{ "exporter-2",
	  "The dma-buf core calls some callbacks of an exporter with the reservation lock held. "
	  "That is the second clause for exporters of the locking convention of dma-buf, in force "
	  "since Linux 6.2. Calls of %s there take it again, which waits for itself.",
	  "These callbacks do so:",
	  "Call the variants that expect the lock to be held, as the caller does.",
	  "Assert the lock that the caller holds, instead of taking it." },
	{ "exporter-3",
	  "Exporters must hold the reservation lock of a dma-buf when they call %s. That is the "
	  "third clause for exporters of the locking convention of dma-buf, in force since Linux "
	  "6.2.",
	  "Here the lock is not held:",
	  "Call the variants that take the lock around the same call. No way that leads to these "
	  "calls is known to hold it already.",
	  "Take the lock around these calls. No way that leads to them is known to hold it "
	  "already." },
	{ "asserted",
	  "The reservation lock must be held for %s: the function asserts that of its argument.",
	  "Here the lock is not held:",
	  "Call the variants that take the lock around the same call. No way that leads to these "
	  "calls is known to hold it already.",
	  "Take the lock around these calls. No way that leads to them is known to hold it "
	  "already." },
	{ "balance",
	  "A reservation lock that a function takes has to be dropped on every way out of it, and "
	  "must not be taken twice. The lock is taken with %s.",
	  "This is not so here:", "Drop the lock where it was forgotten.",
	  "Drop the lock where it was forgotten." },
};

static const struct words unknown = {
	NULL,
	"The reservation lock is not handled as it has to be around %s.",
	"This was found:",
	"Call what handles the lock as it has to be.",
	"Handle the lock as it has to be.",
};

static const struct words *words_of_clause(const char *clause)
{
	for (size_t i = 0; i < sizeof(clauses) / sizeof(*clauses); i++)
		if (!strcmp(clauses[i].clause, clause))
			return &clauses[i];
	return &unknown;
}

/* Texts, each once, in the order in which they came. */
struct names {
	const char **names;
	size_t count;
};

static void add_name(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->names[i], name))
			return;
	names->names = grow(names->names, names->count, sizeof(*names->names));
	names->names[names->count++] = name;
}

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

/* Is the change one of the clause that has not been told before? */
static bool is_new(const struct change *const *changes, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (same_text(changes[i]->clause, changes[index]->clause) &&
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
		if (same_text(changes[i]->clause, change->clause) &&
		    tell_together(changes[i], change))
			add_name(&operations, changes[i]->operation);
	enumeration = enumerate(&operations);
	text = xasprintf("%s() calls %s%s%s", change->function, enumeration,
			 *change->reason ? ": " : "", change->reason);
	print_wrapped(out, " - ", text);
	for (size_t i = 0; i < change->chain_length; i++)
		print_wrapped(out, "     - ", change->chain[i]);
	free(text);
	free(enumeration);
	free(operations.names);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The functions whose calls are wrong under a clause, in alphabetical order. */
static void collect_operations(struct names *operations, const char *clause,
			       const struct change *const *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (same_text(changes[i]->clause, clause))
			add_name(operations, changes[i]->operation);
	qsort(operations->names, operations->count, sizeof(*operations->names), compare_names);
}

/* What a clause demands of the functions it is about here. */
static void print_demand(FILE *out, const char *clause, const struct change *const *changes,
			 size_t count)
{
	struct names operations = { 0 };
	const char *demand = words_of_clause(clause)->demand, *gap = strstr(demand, "%s");
	char *enumeration, *text;

	collect_operations(&operations, clause, changes, count);
	enumeration = operations.count <= NAMED_LIMIT
			      ? enumerate(&operations)
			      : xasprintf("%s() and the like", operations.names[0]);
	text = xasprintf("%.*s%s%s", (int)(gap - demand), demand, enumeration, gap + 2);
	print_wrapped(out, "", text);
	free(text);
	free(enumeration);
	free(operations.names);
}

static const char *remedy_of(const struct change *change)
{
	const struct words *words = words_of_clause(change->clause);

	if (*change->remedy)
		return change->remedy;
	return *change->replacement ? words->remedy : words->other;
}

static void print_remedies(FILE *out, const char *clause, const struct change *const *changes,
			   size_t count)
{
	struct names remedies = { 0 };

	for (size_t i = 0; i < count; i++)
		if (same_text(changes[i]->clause, clause))
			add_name(&remedies, remedy_of(changes[i]));
	for (size_t i = 0; i < remedies.count; i++) {
		putc('\n', out);
		print_wrapped(out, "", remedies.names[i]);
	}
	free(remedies.names);
}

static void print_clause(FILE *out, const char *clause, const struct change *const *changes,
			 size_t count)
{
	print_demand(out, clause, changes, count);
	putc('\n', out);
	print_wrapped(out, "", words_of_clause(clause)->found);
	putc('\n', out);
	for (size_t i = 0; i < count; i++)
		if (same_text(changes[i]->clause, clause) && is_new(changes, i))
			print_finding(out, changes, count, i);
	print_remedies(out, clause, changes, count);
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
		add_name(&rules, changes[i]->rule);
	for (size_t i = 0; i < rules.count; i++)
		fprintf(names, "%s%s", i ? ", " : "", rules.names[i]);
	fclose(names);
	text = xasprintf("Found by resvlint (rule%s %s).", rules.count > 1 ? "s" : "", list);
	print_wrapped(out, "", text);
	free(text);
	free(list);
	free(rules.names);
}

char *letter_message(const struct change *const *changes, size_t count)
{
	struct names clauses_here = { 0 };
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < count; i++)
		add_name(&clauses_here, changes[i]->clause);
	for (size_t i = 0; i < clauses_here.count; i++)
		print_clause(out, clauses_here.names[i], changes, count);
	print_source(out, changes, count);
	fclose(out);
	free(clauses_here.names);
	return text;
}

char *letter_subject(const struct change *const *changes, size_t count)
{
	struct names replacements = { 0 };
	bool all_replaced = true, all_unlocked = true;
	char *subject;

	for (size_t i = 0; i < count; i++) {
		add_name(&replacements, changes[i]->replacement);
		all_replaced = all_replaced && *changes[i]->replacement;
		all_unlocked = all_unlocked && ends_with(changes[i]->replacement, UNLOCKED);
	}
	if (count && all_replaced && replacements.count == 1)
		subject = xasprintf("use %s()", replacements.names[0]);
	else if (count && all_unlocked)
		subject = xstrdup("use the _unlocked dma-buf functions");
	else
		subject = xstrdup("follow the dma-buf locking convention");
	free(replacements.names);
	return subject;
}

char *letter_cover(const struct change *const *changes, size_t count, size_t file_count)
{
	struct names clauses_here = { 0 };
	char *text = NULL, *summary;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; i < count; i++)
		add_name(&clauses_here, changes[i]->clause);
	summary = xasprintf("These patches mend %zu place%s in %zu file%s that %s not follow the "
			    "locking convention of dma-buf "
			    "(Documentation/driver-api/dma-buf.rst), one patch for each driver.",
			    count, count == 1 ? "" : "s", file_count, file_count == 1 ? "" : "s",
			    count == 1 ? "does" : "do");
	print_wrapped(out, "", summary);
	free(summary);
	for (size_t i = 0; i < clauses_here.count; i++) {
		putc('\n', out);
		print_demand(out, clauses_here.names[i], changes, count);
		print_remedies(out, clauses_here.names[i], changes, count);
	}
	fputs("\n", out);
	print_wrapped(out, "",
		      "The patches do not depend on each other. They were made by a program: what "
		      "each changes, and the ways to it, are for a person to check before the "
		      "sign-off.");
	putc('\n', out);
	print_source(out, changes, count);
	fclose(out);
	free(clauses_here.names);
	return text;
}
