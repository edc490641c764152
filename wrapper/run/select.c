// SPDX-License-Identifier: GPL-2.0-only
#include "run/select.h"

#include "base/interrupt.h"
#include "base/threads.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

/* No file that is analysed is larger, in bytes. Kernels have larger ones, but none that matters. */
#define ANALYSE_LIMIT (16u << 20)

/* No header of a kernel that holds code is larger, in bytes. */
#define HEADER_LIMIT (256u << 10)

static bool is_source_name(const char *name)
{
	return ends_with(name, ".c") || ends_with(name, ".h");
}

/* A PATH and where it is in the tree. */
struct start {
	const char *given;
	char *file; /* relative to the root, "" for the root itself */
};

static struct start start_of(const char *path, const struct tree *tree)
{
	char *real = realpath(path, NULL);
	const char *file = real ? real + strlen(tree->root) : "";
	struct start start = { .given = path, .file = xstrdup(*file == '/' ? file + 1 : file) };

	free(real);
	return start;
}

/* "A/B", or the one of them that is not empty; the caller frees. */
static char *join(const char *a, const char *b)
{
	return *a && *b ? path_join(a, b) : xstrdup(*a ? a : b);
}

/* How the user would name what is `below` a PATH; the caller frees. */
static char *name_below(const struct start *start, const char *below)
{
	return join(strcmp(start->given, ".") || !*below ? start->given : "", below);
}

static void add_source(struct selection *selection, const struct start *start, const char *below,
		       size_t size, const char *failure)
{
	struct source *source;

	selection->sources =
		grow(selection->sources, selection->count, sizeof(*selection->sources));
	source = &selection->sources[selection->count++];
	*source = (struct source){
		.name = name_below(start, below),
		.file = join(start->file, below),
		.size = size,
		.failure = failure ? xstrdup(failure) : NULL,
	};
}

static void add_link(struct selection *selection, char *name)
{
	selection->links = grow(selection->links, selection->link_count, sizeof(*selection->links));
	selection->links[selection->link_count++] = name;
}

/* Why a file cannot be analysed, as the walk sees it; NULL if it can. */
static const char *why_not(const FTSENT *entry)
{
	if (entry->fts_info == FTS_NS || entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR)
		return strerror(entry->fts_errno);
	if (entry->fts_info == FTS_DEFAULT)
		return "not a regular file";
	return NULL;
}

static void visit(FTS *walk, FTSENT *entry, const struct start *start, struct selection *selection)
{
	const char *below = entry->fts_path + strlen(start->given);

	below += strspn(below, "/");
	switch (entry->fts_info) {
	case FTS_D:
		if (entry->fts_level > 0 && !strcmp(entry->fts_name, ".git"))
			fts_set(walk, entry, FTS_SKIP);
		break;
	case FTS_SL:
	case FTS_SLNONE:
		add_link(selection, name_below(start, below));
		break;
	case FTS_DNR:
		add_source(selection, start, below, 0, why_not(entry));
		break;
	case FTS_F:
	case FTS_DEFAULT:
	case FTS_NS:
	case FTS_ERR:
		if (is_source_name(entry->fts_name))
			add_source(selection, start, below, (size_t)entry->fts_statp->st_size,
				   why_not(entry));
		break;
	}
}

static int walk(const struct start *start, struct selection *selection, struct error *err)
{
	char *const roots[] = { (char *)start->given, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, NULL);
	FTSENT *entry;
	int result = 0;

	if (!fts)
		return error_set(err, "cannot check '%s': %s", start->given, strerror(errno));
	while (!result && !interrupt_signal() && (entry = fts_read(fts))) {
		if (entry->fts_level == 0 && entry->fts_info != FTS_D &&
		    entry->fts_info != FTS_DP && entry->fts_info != FTS_DNR &&
		    !is_source_name(start->given))
			result = error_set(
				err, "cannot check '%s': neither a directory nor a .c or .h file",
				start->given);
		else
			visit(fts, entry, start, selection);
	}
	fts_close(fts);
	return result;
}

static int compare_sources(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->file, ((const struct source *)b)->file);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void source_free(struct source *source)
{
	free(source->name);
	free(source->file);
	free(source->failure);
	index_free(&source->index);
}

/* Sorts the sources, and keeps one of those that several PATHs gave. */
static void put_in_order(struct selection *selection)
{
	size_t kept = 0;

	if (!selection->count)
		return;
	qsort(selection->sources, selection->count, sizeof(*selection->sources), compare_sources);
	for (size_t i = 0; i < selection->count; i++) {
		struct source *source = &selection->sources[i];

		if (kept && !strcmp(selection->sources[kept - 1].file, source->file)) {
			source_free(source);
			continue;
		}
		selection->bytes += source->size;
		selection->sources[kept++] = *source;
	}
	selection->count = kept;
	if (selection->link_count)
		qsort(selection->links, selection->link_count, sizeof(*selection->links),
		      compare_names);
}

int select_list(char *const *paths, size_t count, const struct tree *tree,
		struct selection *selection, struct error *err)
{
	int result = 0;

	*selection = (struct selection){ 0 };
	for (size_t i = 0; i < count && !result; i++) {
		struct start start = start_of(paths[i], tree);

		selection->whole = selection->whole || !*start.file;
		result = walk(&start, selection, err);
		free(start.file);
	}
	put_in_order(selection);
	return result;
}

static bool is_listed(const struct selection *selection, const struct source *source)
{
	return !selection->beside && selection->count &&
	       bsearch(source, selection->sources, selection->count, sizeof(*selection->sources),
		       compare_sources);
}

/* Takes over the sources of `all` that are not in the selection. */
static void add_others(struct selection *selection, struct selection *all)
{
	struct source *others = xcalloc(all->count, sizeof(*others));
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++)
		if (!is_listed(selection, &all->sources[i])) {
			others[count++] = all->sources[i];
			all->sources[i] = (struct source){ 0 };
		}
	selection->sources = xrealloc(selection->sources,
				      (selection->count + count) * sizeof(*selection->sources));
	if (count)
		memcpy(selection->sources + selection->count, others, count * sizeof(*others));
	selection->count += count;
	selection->others = count;
	free(others);
}

int select_others(const struct tree *tree, struct selection *selection, struct error *err)
{
	struct selection all = { 0 };
	char *root = tree->root;
	int result;

	if (selection->others || (selection->whole && !selection->beside))
		return 0;
	result = select_list(&root, 1, tree, &all, err);
	if (!result)
		add_others(selection, &all);
	selection_free(&all);
	return result;
}

bool select_is_other(const struct selection *selection, size_t source)
{
	return source >= selection->count - selection->others;
}

void selection_free(struct selection *selection)
{
	for (size_t i = 0; i < selection->count; i++)
		source_free(&selection->sources[i]);
	for (size_t i = 0; i < selection->link_count; i++)
		free(selection->links[i]);
	free(selection->sources);
	free(selection->links);
}

/* One look through the sources. */
struct scan {
	struct selection *selection;
	const struct words *words;
	bool is_kernel;                  /* not all that is in a kernel tree need be read */
	const bool *only;                /* for each source; NULL: any */
	const struct index_query *query; /* what has none of these words is not read again */
	bool sets_rules;                 /* else the sources are only looked through */
	int (*keep)(void *context, size_t index, const char *text, size_t length,
		    struct error *err);
	void *context;
};

/* The rules that a text matters to. Code that is not compiled is blanked if there are any. */
static rule_set match(const struct scan *scan, char *text, size_t length)
{
	const struct macros *macros = scan->selection->macros;
	rule_set found = words_match(scan->words, text, length);

	if (found && macros && guards_apply(text, length, macros))
		found = words_match(scan->words, text, length);
	return found;
}

/* What is to be looked at, as file_read(). */
static char *read_source(const struct source *source, size_t *length)
{
	const struct text *text = source->substitute;
	char *copy;

	if (!text)
		return file_read(source->name, length);
	*length = text->length;
	copy = xcalloc(text->length + TEXT_SLACK, 1);
	memcpy(copy, text->bytes, text->length);
	return copy;
}

/*
 * Need it not be read, in a kernel tree? There is no code of drivers, nor of what calls them, in
 * some parts; and headers as large as this are tables of registers.
 */
static bool cannot_call(const struct selection *selection, size_t index)
{
	static const char *const far[] = { "arch/", "tools/", "scripts/", "Documentation/" };
	const struct source *source = &selection->sources[index];

	if (source->rules || (selection->beside && !select_is_other(selection, index)))
		return false;
	for (size_t i = 0; i < sizeof(far) / sizeof(*far); i++)
		if (starts_with(source->file, far[i]))
			return true;
	return source->size > HEADER_LIMIT && ends_with(source->file, ".h");
}

static int scan_source(void *context, size_t index, struct error *err)
{
	const struct scan *scan = context;
	struct source *source = &scan->selection->sources[index];
	size_t length;
	int result = 0;
	rule_set found = 0;
	char *text;

	if (source->failure || source->is_replaced || (scan->only && !scan->only[index]) ||
	    (scan->is_kernel && cannot_call(scan->selection, index)) ||
	    (source->index.is_made && !index_may_have(&source->index, scan->query)))
		return 0;
	text = read_source(source, &length);
	if (!text) {
		source->failure = xstrdup(errno == EFBIG ? "larger than 64 MiB" : strerror(errno));
		return 0;
	}
	if (!scan->sets_rules && !source->index.is_made)
		index_make(&source->index, text, length);
	if (!source->index.is_made || index_may_have(&source->index, scan->query)) {
		source->hash = XXH64(text, length, 0);
		found = match(scan, text, length);
	}
	if (scan->sets_rules)
		found &= ~source->beside;
	if (found && length > ANALYSE_LIMIT) {
		source->failure = xstrdup("larger than 16 MiB");
		found = 0;
	}
	if (scan->sets_rules)
		source->rules = found;
	if (found)
		result = scan->keep(scan->context, index, text, length, err);
	free(text);
	return result;
}

/* Looks at so many sources, in `jobs` threads. */
static int run_scan(struct scan *scan, size_t count, unsigned int jobs, struct progress *progress,
		    struct error *err)
{
	const struct threads_work work = {
		.take = scan_source,
		.context = scan,
		.count = count,
		.progress = progress,
		.doing = "scanning, files",
	};

	struct index_query *query = index_query_make(scan->words);
	int result;

	scan->query = query;
	result = threads_run(&work, jobs, err);
	index_query_free(query);
	return result;
}

int select_scan(struct selection *selection, const struct words *words, unsigned int jobs,
		struct progress *progress,
		int (*keep)(void *context, size_t index, const char *text, size_t length,
			    struct error *err),
		void *context, struct error *err)
{
	struct scan scan = {
		.selection = selection,
		.words = words,
		.sets_rules = true,
		.keep = keep,
		.context = context,
	};

	return run_scan(&scan, selection->count - selection->others, jobs, progress, err);
}

int select_find(struct selection *selection, const struct tree *tree, const struct words *words,
		const bool *only, unsigned int jobs, struct progress *progress,
		int (*keep)(void *context, size_t index, const char *text, size_t length,
			    struct error *err),
		void *context, struct error *err)
{
	struct scan scan = {
		.selection = selection,
		.words = words,
		.is_kernel = tree->is_kernel,
		.only = only,
		.keep = keep,
		.context = context,
	};

	return run_scan(&scan, selection->count, jobs, progress, err);
}
