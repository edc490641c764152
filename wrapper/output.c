// SPDX-License-Identifier: GPL-2.0-only
#include "output.h"

#include "text.h"

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

/* With what the lock is held there, at the beginning of a way; else nothing. */
static void print_state(FILE *out, const struct link *link)
{
	if (link->state == STATE_NOT_HELD)
		fputs(", without the lock", out);
	if (link->state != STATE_HELD)
		return;
	fputs(", with ", out);
	text_print(out, *link->lock ? link->lock : "the lock");
	fputs(" held", out);
}

static void print_link(FILE *out, const struct report *report, const struct link *link)
{
	if (link->kind == LINK_SLOT) {
		text_print(out, link->call);
		fputs("() is ", out);
		text_print(out, link->function);
		fprintf(out, ", which is entered with%s the lock\n",
			link->state == STATE_HELD ? "" : "out");
		return;
	}
	fputs("called by ", out);
	text_print(out, link->function);
	fputs("() at ", out);
	text_print(out, report->selection->sources[link->source].name);
	fprintf(out, ":%u", link->line);
	print_state(out, link);
	putc('\n', out);
}

/* The ways of a finding, each from its end to its beginning. */
static void print_chain(FILE *out, const struct report *report, const struct fact *fact)
{
	size_t begin = 0, end = 0;

	while (end < fact->chain_length) {
		while (fact->chain[end].kind != LINK_OPERATION)
			end++;
		for (size_t i = end; i-- > begin;) {
			fputs(begin && i + 1 == end ? "    also " : "    ", out);
			print_link(out, report, &fact->chain[i]);
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
	print_chain(out, report, fact);
	if (*fact->hint)
		print_indented(out, fact->hint);
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

static json_t *json_fix(const struct fact *fact)
{
	if (!*fact->replace)
		return json_null();
	return json_pack("{so so}", "replace", json_text(fact->replace), "with",
			 json_text(fact->with));
}

static json_t *json_chain(const struct report *report, const struct fact *fact)
{
	json_t *array = json_array();

	for (size_t i = 0; i < fact->chain_length; i++) {
		const struct link *link = &fact->chain[i];
		const char *file = report->selection->sources[link->source].file;
		json_t *object = json_object();

		json_object_set_new(object, "file", json_text(file));
		json_object_set_new(object, "line", json_number(link->line));
		json_object_set_new(object, "function", json_text(link->function));
		json_object_set_new(object, "call", json_text(link->call));
		json_array_append_new(array, object);
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
	json_object_set_new(object, "fix", json_fix(fact));
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

void output_json(FILE *out, const struct report *report)
{
	json_t *root = json_object();

	json_object_set_new(root, "tool",
			    json_pack("{ss ss}", "name", "resvlint", "version", VERSION));
	json_object_set_new(root, "tree", json_text(report->tree->root));
	json_object_set_new(root, "kernel", json_text(report->kernel));
	json_object_set_new(root, "convention",
			    json_text(report->convention->from_tree ? "tree" : "built-in"));
	json_object_set_new(root, "findings", json_findings(report));
	json_object_set_new(root, "not_analysed", json_not_analysed(report));
	json_object_set_new(root, "summary", json_summary(report));
	json_dumpf(root, out, JSON_INDENT(2));
	putc('\n', out);
	json_decref(root);
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
