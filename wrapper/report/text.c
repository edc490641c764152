// SPDX-License-Identifier: GPL-2.0-only
#include "report/text.h"

#include "base/text.h"

#define BOLD "\033[1m"
#define MAGENTA "\033[1;35m"
#define PLAIN "\033[0m"

/* So many ways without the lock are shown in full; a JSON document has each. */
#define FREE_WAYS 4

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
	const struct source *source = &report->selection->sources[link->at.source];

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
	if (link->kind == LINK_ROOT) {
		text_print(out, link->call);
		if (*link->function) {
			fputs(ends_with(link->function, "()") ? "() is passed to " : "() is ", out);
			text_print(out, link->function);
			putc('\n', out);
		} else {
			fputs("() has a section of code that a fence needs\n", out);
		}
		return;
	}
	if (link->kind == LINK_SIGNAL) {
		text_print(out, link->function);
		fputs("() signals by ", out);
		text_print(out, link->call);
		fputs("() at ", out);
		text_print(out, relative ? source->file : source->name);
		fprintf(out, ":%u\n", link->at.line);
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
	fputs(link->kind == LINK_WAIT ? "waited for by " : "called by ", out);
	text_print(out, link->function);
	fputs("() at ", out);
	text_print(out, relative ? source->file : source->name);
	fprintf(out, ":%u", link->at.line);
	print_state(out, link);
	putc('\n', out);
}

static void print_inside(FILE *out, const struct report *report, const struct link *link,
			 const char *indent, bool relative)
{
	const struct source *source = &report->selection->sources[link->at.source];

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
	fprintf(out, ":%u\n", link->at.line);
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

/* Where a way ends that begins with a link of a chain. */
static size_t end_of_way(const struct link *chain, size_t begin)
{
	while (chain[begin].kind != LINK_OPERATION)
		begin++;
	return begin;
}

/*
 * Passes over ways without the lock, in a chain from a link on. Returns behind which link the last
 * of them ends, and says how many they are.
 */
static size_t pass_free_ways(FILE *out, const struct site *site, size_t begin, const char *indent)
{
	size_t count = 0;

	for (; begin < site->chain_length && site->chain[begin].state == STATE_NOT_HELD; count++)
		begin = end_of_way(site->chain, begin) + 1;
	fprintf(out, "%salso without the lock on %zu more way%s\n", indent, count,
		count == 1 ? "" : "s");
	return begin;
}

/* The ways of a finding, each from its end to its beginning, and what the operation calls. */
static void print_chain(FILE *out, const struct report *report, const struct site *site,
			const char *indent, bool relative)
{
	const struct link *chain = site->chain;
	size_t begin = 0, end = 0, free_ways = 0;

	while (end < site->chain_length) {
		if (chain[end].kind == LINK_INSIDE) {
			print_inside(out, report, &chain[end], indent, relative);
			begin = ++end;
			continue;
		}
		if (chain[begin].state == STATE_NOT_HELD && ++free_ways > FREE_WAYS) {
			begin = end = pass_free_ways(out, site, begin, indent);
			continue;
		}
		end = end_of_way(chain, begin);
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
	const struct site *site = finding->site;

	fputs(color ? BOLD : "", out);
	text_print(out, report->selection->sources[site->at.source].name);
	fprintf(out, ":%u:%u:%s %swarning:%s ", site->at.line, site->at.column + 1,
		color ? PLAIN : "", color ? MAGENTA : "", color ? PLAIN : "");
	text_print(out, site->message);
	fprintf(out, " [%s]\n", report->catalogue->rules[site->rule].id);
	for (size_t i = 0; i < finding->reason_count; i++) {
		fputs("    in ", out);
		text_print(out, site->function);
		fputs("(): ", out);
		text_print(out, finding->reasons[i]);
		putc('\n', out);
	}
	print_chain(out, report, site, "    ", false);
	if (*site->hint)
		print_indented(out, site->hint);
}

void report_chain(FILE *out, const struct report *report, const struct site *site)
{
	print_chain(out, report, site, "", true);
}

void report_text(FILE *out, const struct report *report, bool color)
{
	for (size_t i = 0; i < report->findings->count; i++)
		print_finding(out, report, &report->findings->findings[i], color);
}

void report_unanalysed(FILE *out, const struct report *report, bool files_only)
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
		count += !i || findings->findings[i].site->at.source !=
				       findings->findings[i - 1].site->at.source;
	return count;
}

/* The number of sources that were analysed by each rule that can matter to them. */
static size_t count_analysed(const struct report *report)
{
	size_t count = report_selected(report);

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

void report_summary(FILE *out, const struct report *report)
{
	const struct unanalysed *unanalysed = report->unanalysed;

	fputs("resvlint: ", out);
	print_count(out, report->findings->count, "finding");
	fputs(" in ", out);
	print_count(out, count_files(report->findings), "file");
	fprintf(out, "; %zu of ", count_analysed(report));
	print_count(out, report_scanned(report), "file");
	fputs(" analysed; ", out);
	print_count(out, unanalysed->count - unanalysed->files, "function");
	fputs(" and ", out);
	print_count(out, unanalysed->files, "file");
	fputs(" not analysed\n", out);
}
