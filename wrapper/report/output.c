// SPDX-License-Identifier: GPL-2.0-only
#include "report/output.h"

#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define BOLD "\033[1m"
#define MAGENTA "\033[1;35m"
#define PLAIN "\033[0m"

/* The number of sources in the PATHs. */
static size_t count_scanned(const struct selection *selection)
{
	return selection->count - selection->others;
}

/* The number of sources that some rule was run on. */
static size_t count_selected(const struct selection *selection)
{
	size_t count = 0;

	for (size_t i = 0; i < selection->count; i++)
		count += selection->sources[i].rules != 0;
	return count;
}

static void print_indented(FILE *out, const char *text)
{
	fputs("    ", out);
	text_print(out, text);
	putc('\n', out);
}

static void print_held(FILE *out, const struct link *link)
{
	fputs("with ", out);
	text_print(out, *link->lock ? link->lock : "the lock");
	fputs(" held", out);
}

/* With what the lock is held there, at the beginning of a way; else nothing. */
static void print_state(FILE *out, const struct link *link)
{
	if (link->state == STATE_NOT_HELD)
		fputs(", without the lock", out);
	if (link->state != STATE_HELD)
		return;
	fputs(", ", out);
	print_held(out, link);
}

/* With names of files relative to the tree, or as the user gave them. */
static void print_link(FILE *out, const struct report *report, const struct link *link,
		       bool relative)
{
	const struct source *source = &report->selection->sources[link->source];

	if (link->kind == LINK_SLOT) {
		text_print(out, link->call);
		fputs(ends_with(link->function, "()") ? "() is passed to " : "() is ", out);
		text_print(out, link->function);
		fputs(ends_with(link->function, "()") ? ", and is entered with"
						      : ", which is entered with",
		      out);
		if (link->state == STATE_NOT_HELD)
			fputs("out the lock\n", out);
		else
			fprintf(out, " %s\n", *link->lock ? link->lock : "the lock");
		return;
	}
	if (link->kind == LINK_MEMBER) {
		text_print(out, link->call);
		fputs("() is ", out);
		text_print(out, link->function);
		putc('\n', out);
		return;
	}
	if (link->kind == LINK_HINT) {
		text_print(out, link->function);
		fputs("() says that its caller holds the lock, by its name or the comment above "
		      "it\n",
		      out);
		return;
	}
	fputs("called by ", out);
	text_print(out, link->function);
	fputs("() at ", out);
	text_print(out, relative ? source->file : source->name);
	fprintf(out, ":%u", link->line);
	print_state(out, link);
	putc('\n', out);
}

static void print_inside(FILE *out, const struct report *report, const struct link *link,
			 const char *indent, bool relative)
{
	const struct source *source = &report->selection->sources[link->source];

	fputs(indent, out);
	text_print(out, link->function);
	fputs("() calls ", out);
	text_print(out, link->call);
	if (link->kernel_file) {
		fprintf(out, "() in the kernel's %s\n", link->kernel_file);
		return;
	}
	fputs("() at ", out);
	text_print(out, relative ? source->file : source->name);
	fprintf(out, ":%u\n", link->line);
}

/*
 * Begins the lines of another way, which is between two links: what holds at its beginning comes
 * first where that is some lines off.
 */
static void print_also(FILE *out, const struct link *begin, const struct link *end)
{
	fputs("also ", out);
	if (end - begin < 2 || begin->state == STATE_INHERITED)
		return;
	if (begin->state == STATE_NOT_HELD)
		fputs("without the lock", out);
	else
		print_held(out, begin);
	fputs(", ", out);
}

/* The ways of a finding, each from its end to its beginning, and what the operation calls. */
static void print_chain(FILE *out, const struct report *report, const struct fact *fact,
			const char *indent, bool relative)
{
	const struct link *chain = fact->chain;
	size_t begin = 0, end = 0;

	while (end < fact->chain_length) {
		if (chain[end].kind == LINK_INSIDE) {
			print_inside(out, report, &chain[end], indent, relative);
			begin = ++end;
			continue;
		}
		while (chain[end].kind != LINK_OPERATION)
			end++;
		for (size_t i = end; i-- > begin;) {
			fputs(indent, out);
			if (begin && i + 1 == end)
				print_also(out, &chain[begin], &chain[end]);
			print_link(out, report, &chain[i], relative);
		}
		begin = ++end;
	}
}

static void print_finding(FILE *out, const struct report *report, const struct finding *finding,
			  bool color)
{
	const struct fact *fact = finding->fact;

	fputs(color ? BOLD : "", out);
	text_print(out, report->selection->sources[fact->source].name);
	fprintf(out, ":%u:%u:%s %swarning:%s ", fact->line, fact->column + 1, color ? PLAIN : "",
		color ? MAGENTA : "", color ? PLAIN : "");
	text_print(out, fact->message);
	fprintf(out, " [%s]\n", report->catalogue->rules[fact->rule].id);
	for (size_t i = 0; i < finding->reason_count; i++) {
		fputs("    in ", out);
		text_print(out, fact->function);
		fputs("(): ", out);
		text_print(out, finding->reasons[i]);
		putc('\n', out);
	}
	print_chain(out, report, fact, "    ", false);
	if (*fact->hint)
		print_indented(out, fact->hint);
}

void output_chain(FILE *out, const struct report *report, const struct fact *fact)
{
	print_chain(out, report, fact, "", true);
}

void output_text(FILE *out, const struct report *report, bool color)
{
	for (size_t i = 0; i < report->findings->count; i++)
		print_finding(out, report, &report->findings->findings[i], color);
}

/* Any text as a JSON string; null for NULL. */
static json_t *json_text(const char *text)
{
	char *utf8;
	json_t *value;

	if (!text)
		return json_null();
	utf8 = text_utf8(text);
	value = json_string_nocheck(utf8);
	free(utf8);
	return value;
}

static json_t *json_number(size_t number)
{
	return json_integer((json_int_t)number);
}

/* What is replaced first, and by what: a name or, with parentheses behind it, a whole call; ""
 * where its statement goes. */
static json_t *json_fix(const struct finding *finding)
{
	const struct fact *fact = finding->fact;
	json_t *object;
	char *call;

	if (*fact->replace)
		return json_pack("{so so}", "replace", json_text(fact->replace), "with",
				 json_text(fact->with));
	if (!finding->edit_count)
		return json_null();
	fact = finding->edits[0];
	call = xasprintf("%s()", fact->operation);
	object = json_pack("{so so}", "replace", json_text(call), "with", json_text(fact->with));
	free(call);
	return object;
}

/* What is known of the lock where a way begins, "inherited" on it; nothing of what only leads on.
 */
static json_t *json_link_state(const struct link *link)
{
	if (link->kind == LINK_CALL || link->kind == LINK_SLOT || link->kind == LINK_HINT)
		return json_text(lock_state_name(link->state));
	return json_null();
}

/* Ways are numbered from 1; what an operation does inside is of none. */
static json_t *json_chain(const struct report *report, const struct fact *fact)
{
	json_t *array = json_array();
	size_t way = 1;

	for (size_t i = 0; i < fact->chain_length; i++) {
		const struct link *link = &fact->chain[i];
		const char *file = link->kernel_file
					   ? link->kernel_file
					   : report->selection->sources[link->source].file;
		json_t *object = json_object();

		json_object_set_new(object, "file", json_text(file));
		json_object_set_new(object, "line",
				    link->kernel_file ? json_null() : json_number(link->line));
		json_object_set_new(object, "function", json_text(link->function));
		json_object_set_new(object, "call", json_text(link->call));
		json_object_set_new(object, "way",
				    link->kind == LINK_INSIDE ? json_null() : json_number(way));
		json_object_set_new(object, "state", json_link_state(link));
		json_array_append_new(array, object);
		way += link->kind == LINK_OPERATION;
	}
	return array;
}

static json_t *json_finding(const struct report *report, const struct finding *finding)
{
	const struct fact *fact = finding->fact;
	const struct rule *rule = &report->catalogue->rules[fact->rule];
	json_t *object = json_object();
	char fingerprint[17];

	snprintf(fingerprint, sizeof(fingerprint), "%016" PRIx64, finding->fingerprint);
	json_object_set_new(object, "rule", json_text(rule->id));
	json_object_set_new(object, "clause", json_text(rule->clause));
	json_object_set_new(object, "confidence", json_text(confidence_name(fact->confidence)));
	json_object_set_new(object, "file",
			    json_text(report->selection->sources[fact->source].file));
	json_object_set_new(object, "line", json_number(fact->line));
	json_object_set_new(object, "column", json_number(fact->column + 1));
	json_object_set_new(object, "end_column", json_number(fact->end_column + 1));
	json_object_set_new(object, "function", json_text(fact->function));
	json_object_set_new(object, "operation", json_text(fact->operation));
	json_object_set_new(object, "state", json_text(lock_state_name(fact->state)));
	json_object_set_new(object, "lock", json_text(*fact->lock ? fact->lock : NULL));
	json_object_set_new(object, "message", json_text(fact->message));
	json_object_set_new(object, "chain", json_chain(report, fact));
	json_object_set_new(object, "fix", json_fix(finding));
	json_object_set_new(object, "fingerprint", json_text(fingerprint));
	return object;
}

static json_t *json_findings(const struct report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->findings->count; i++)
		json_array_append_new(array, json_finding(report, &report->findings->findings[i]));
	return array;
}

static json_t *json_not_analysed(const struct report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->unanalysed->count; i++) {
		const struct gap *gap = &report->unanalysed->gaps[i];
		const struct source *source = &report->selection->sources[gap->source];
		json_t *object = json_object();

		json_object_set_new(object, "file", json_text(source->file));
		json_object_set_new(object, "line",
				    gap->line ? json_number(gap->line) : json_null());
		json_object_set_new(object, "function", json_text(gap->function));
		json_object_set_new(object, "reason", json_text(gap->reason));
		json_array_append_new(array, object);
	}
	return array;
}

/* How many findings each rule has that has any. */
static json_t *json_by_rule(const struct report *report)
{
	json_t *object = json_object();

	for (size_t rule = 0; rule < report->catalogue->count; rule++) {
		size_t count = 0;

		for (size_t i = 0; i < report->findings->count; i++)
			count += report->findings->findings[i].fact->rule == rule;
		if (count)
			json_object_set_new(object, report->catalogue->rules[rule].id,
					    json_number(count));
	}
	return object;
}

static json_t *json_summary(const struct report *report)
{
	json_t *object = json_object();

	json_object_set_new(object, "files", json_number(count_scanned(report->selection)));
	json_object_set_new(object, "selected", json_number(count_selected(report->selection)));
	json_object_set_new(object, "findings", json_number(report->findings->count));
	json_object_set_new(object, "not_analysed", json_number(report->unanalysed->count));
	json_object_set_new(object, "by_rule", json_by_rule(report));
	return object;
}

static json_t *json_tool(void)
{
	return json_pack("{ss ss}", "name", "resvlint", "version", VERSION);
}

/* Where the convention in force stands. */
static json_t *json_source(const struct convention *convention)
{
	return json_text(convention->from_tree ? "tree" : "built-in");
}

static void print_json(FILE *out, json_t *root)
{
	json_dumpf(root, out, JSON_INDENT(2));
	putc('\n', out);
	json_decref(root);
}

void output_json(FILE *out, const struct report *report)
{
	json_t *root = json_object();

	json_object_set_new(root, "tool", json_tool());
	json_object_set_new(root, "tree", json_text(report->tree->root));
	json_object_set_new(root, "kernel", json_text(report->kernel));
	json_object_set_new(root, "convention", json_source(report->convention));
	json_object_set_new(root, "findings", json_findings(report));
	json_object_set_new(root, "not_analysed", json_not_analysed(report));
	json_object_set_new(root, "summary", json_summary(report));
	print_json(out, root);
}

void output_unanalysed(FILE *out, const struct report *report, bool files_only)
{
	for (size_t i = 0; i < report->unanalysed->count; i++) {
		const struct gap *gap = &report->unanalysed->gaps[i];

		if (files_only && gap->line)
			continue;
		text_print(out, report->selection->sources[gap->source].name);
		if (gap->line)
			fprintf(out, ":%u", gap->line);
		fputs(": ", out);
		if (gap->function) {
			text_print(out, gap->function);
			fputs("() ", out);
		} else if (gap->line) {
			fputs("text ", out);
		}
		text_print(out, gap->reason);
		fputs(": not analysed\n", out);
	}
}

/* The number of files that have findings, which are sorted by file. */
static size_t count_files(const struct findings *findings)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += !i || findings->findings[i].fact->source !=
				       findings->findings[i - 1].fact->source;
	return count;
}

/* The number of sources that were analysed by each rule that can matter to them. */
static size_t count_analysed(const struct report *report)
{
	size_t count = count_selected(report->selection);

	for (size_t i = 0; i < report->unanalysed->count; i++) {
		const struct gap *gap = &report->unanalysed->gaps[i];

		count -= !gap->line && report->selection->sources[gap->source].rules;
	}
	return count;
}

static void print_count(FILE *out, size_t count, const char *noun)
{
	fprintf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

void output_summary(FILE *out, const struct report *report)
{
	const struct unanalysed *unanalysed = report->unanalysed;

	fputs("resvlint: ", out);
	print_count(out, report->findings->count, "finding");
	fputs(" in ", out);
	print_count(out, count_files(report->findings), "file");
	fprintf(out, "; %zu of ", count_analysed(report));
	print_count(out, count_scanned(report->selection), "file");
	fputs(" analysed; ", out);
	print_count(out, unanalysed->count - unanalysed->files, "function");
	fputs(" and ", out);
	print_count(out, unanalysed->files, "file");
	fputs(" not analysed\n", out);
}

static const char *variant_of(const struct convention_row *row)
{
	return row->variant ? row->variant : "-";
}

static void print_origin(FILE *out, const struct convention_row *row)
{
	if (row->line) {
		fprintf(out, CONVENTION_SOURCE ":%u\n", row->line);
		return;
	}
	fprintf(out, "built-in, since %u.%u", row->since.major, row->since.minor);
	if (version_compare(row->until, version_never) < 0)
		fprintf(out, ", until %u.%u", row->until.major, row->until.minor);
	putc('\n', out);
}

static void widen(int *width, const char *text)
{
	int length = (int)strlen(text);

	if (length > *width)
		*width = length;
}

void output_convention(FILE *out, const struct tree *tree, const struct convention *convention)
{
	int clause = (int)strlen("clause"), api = 0, variant = (int)strlen("variant");

	for (size_t i = 0; i < convention->count; i++) {
		widen(&clause, convention->rows[i].clause);
		widen(&api, convention->rows[i].api);
		widen(&variant, variant_of(&convention->rows[i]));
	}
	fprintf(out, "locking convention of %s, from ", convention->version);
	text_print(out, convention->from_tree ? tree->root : "the built-in table");
	fprintf(out, "\n%-*s  %-*s  %-*s  from\n", clause, "clause", api, "api", variant,
		"variant");
	for (size_t i = 0; i < convention->count; i++) {
		const struct convention_row *row = &convention->rows[i];

		fprintf(out, "%-*s  %-*s  %-*s  ", clause, row->clause, api, row->api, variant,
			variant_of(row));
		print_origin(out, row);
	}
}

static json_t *json_version(struct version version)
{
	char text[32];

	snprintf(text, sizeof(text), "%u.%u", version.major, version.minor);
	return json_text(text);
}

static json_t *json_row(const struct convention_row *row)
{
	bool ends = version_compare(row->until, version_never) < 0;
	json_t *object = json_object();

	json_object_set_new(object, "clause", json_text(row->clause));
	json_object_set_new(object, "api", json_text(row->api));
	json_object_set_new(object, "variant", json_text(row->variant));
	json_object_set_new(object, "file", json_text(row->line ? CONVENTION_SOURCE : NULL));
	json_object_set_new(object, "line", row->line ? json_number(row->line) : json_null());
	json_object_set_new(object, "since", row->line ? json_null() : json_version(row->since));
	json_object_set_new(object, "until",
			    row->line || !ends ? json_null() : json_version(row->until));
	return object;
}

void output_convention_json(FILE *out, const struct tree *tree, const struct convention *convention)
{
	json_t *root = json_object(), *rows = json_array();

	json_object_set_new(root, "tool", json_tool());
	json_object_set_new(root, "tree", json_text(tree->root));
	json_object_set_new(root, "version", json_text(convention->version));
	json_object_set_new(root, "convention", json_source(convention));
	for (size_t i = 0; i < convention->count; i++)
		json_array_append_new(rows, json_row(&convention->rows[i]));
	json_object_set_new(root, "rows", rows);
	print_json(out, root);
}

static void print_note(FILE *out, const char *text)
{
	fputs("resvlint: ", out);
	text_print(out, text);
	putc('\n', out);
}

void output_notes(FILE *out, const struct convention *convention, bool quiet, bool verbose)
{
	char *copy, *rest, *line;

	if (convention->warning && !quiet)
		print_note(out, convention->warning);
	if (!convention->comparison || !verbose)
		return;
	copy = rest = xstrdup(convention->comparison);
	while ((line = next_line(&rest)))
		print_note(out, line);
	free(copy);
}
