// SPDX-License-Identifier: GPL-2.0-only
#include "report/json.h"

#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

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
	const struct site *site = finding->site;
	json_t *object;
	char *call;

	if (*site->with)
		return json_pack("{so so}", "replace", json_text(site->operation), "with",
				 json_text(site->with));
	if (!finding->rewrite_count)
		return json_null();
	call = xasprintf("%s()", finding->rewrites[0]->callee);
	object = json_pack("{so so}", "replace", json_text(call), "with",
			   json_text(finding->rewrites[0]->with));
	free(call);
	return object;
}

/* What is known of the lock where a way begins, "inherited" on it; nothing of what only leads on.
 */
static json_t *json_link_state(const struct link *link)
{
	if (link->kind == LINK_CALL || link->kind == LINK_WAIT || link->kind == LINK_SLOT ||
	    link->kind == LINK_HINT)
		return json_text(lock_state_name(link->state));
	return json_null();
}

/* Ways are numbered from 1; what an operation does inside is of none. */
static json_t *json_chain(const struct report *report, const struct site *site)
{
	json_t *array = json_array();
	size_t way = 1;

	for (size_t i = 0; i < site->chain_length; i++) {
		const struct link *link = &site->chain[i];
		const char *file = report->selection->sources[link->at.source].file;
		json_t *object = json_object();

		json_object_set_new(object, "file",
				    json_text(link->kernel_file ? link->kernel_file : file));
		json_object_set_new(object, "line",
				    link->kernel_file ? json_null() : json_number(link->at.line));
		json_object_set_new(object, "function", json_text(link->function));
		json_object_set_new(object, "call", json_text(link->call));
		json_object_set_new(object, "way",
				    link->kind == LINK_INSIDE || link->kind == LINK_SIGNAL
					    ? json_null()
					    : json_number(way));
		json_object_set_new(object, "state", json_link_state(link));
		json_array_append_new(array, object);
		way += link->kind == LINK_OPERATION;
	}
	return array;
}

static json_t *json_finding(const struct report *report, const struct finding *finding)
{
	const struct site *site = finding->site;
	const struct rule *rule = &report->catalogue->rules[site->rule];
	json_t *object = json_object();
	char fingerprint[17];

	snprintf(fingerprint, sizeof(fingerprint), "%016" PRIx64, finding->fingerprint);
	json_object_set_new(object, "rule", json_text(rule->id));
	json_object_set_new(object, "clause", json_text(rule->clause));
	json_object_set_new(object, "confidence", json_text(confidence_name(site->confidence)));
	json_object_set_new(object, "file",
			    json_text(report->selection->sources[site->at.source].file));
	json_object_set_new(object, "line", json_number(site->at.line));
	json_object_set_new(object, "column", json_number(site->at.column + 1));
	json_object_set_new(object, "end_column", json_number(site->end_column + 1));
	json_object_set_new(object, "function", json_text(site->function));
	json_object_set_new(object, "operation", json_text(site->operation));
	json_object_set_new(
		object, "state",
		json_text(rule->context ? rule->context : lock_state_name(site->state)));
	json_object_set_new(object, "lock", json_text(*site->lock ? site->lock : NULL));
	json_object_set_new(object, "message", json_text(site->message));
	json_object_set_new(object, "chain", json_chain(report, site));
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
			count += report->findings->findings[i].site->rule == rule;
		if (count)
			json_object_set_new(object, report->catalogue->rules[rule].id,
					    json_number(count));
	}
	return object;
}

static json_t *json_summary(const struct report *report)
{
	json_t *object = json_object();

	json_object_set_new(object, "files", json_number(report_scanned(report)));
	json_object_set_new(object, "selected", json_number(report_selected(report)));
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

void report_json(FILE *out, const struct report *report)
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

/* Names with commas between. */
static json_t *json_list(const char *names)
{
	json_t *array = json_array();
	char *copy = xstrdup(names), *rest = copy, *name;

	while ((name = strsep(&rest, ",")))
		json_array_append_new(array, json_text(name));
	free(copy);
	return array;
}

static json_t *json_sentence(const struct contract_row *row)
{
	json_t *object = json_object();

	json_object_set_new(object, "clause", json_text(row->clause));
	json_object_set_new(object, "rules", json_list(row->rules));
	json_object_set_new(object, "sentence", json_text(row->sentence));
	json_object_set_new(object, "file", row->line ? json_text(CONTRACT_SOURCE) : json_null());
	json_object_set_new(object, "line", row->line ? json_number(row->line) : json_null());
	return object;
}

void report_convention_json(FILE *out, const struct tree *tree, const struct convention *convention,
			    const struct contract *contract)
{
	json_t *root = json_object(), *rows = json_array(), *sentences = json_array();

	json_object_set_new(root, "tool", json_tool());
	json_object_set_new(root, "tree", json_text(tree->root));
	json_object_set_new(root, "version", json_text(convention->version));
	json_object_set_new(root, "convention", json_source(convention));
	for (size_t i = 0; i < convention->count; i++)
		json_array_append_new(rows, json_row(&convention->rows[i]));
	json_object_set_new(root, "rows", rows);
	for (size_t i = 0; i < contract->count; i++)
		json_array_append_new(sentences, json_sentence(&contract->rows[i]));
	json_object_set_new(root, "contract", sentences);
	print_json(out, root);
}
