// SPDX-License-Identifier: GPL-2.0-only
#include "fix/fixes.h"

#include "base/text.h"
#include "source/lexer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* The header of a kernel tree that declares the variants. */
#define VARIANT_HEADER "include/linux/dma-buf.h"

/* What the fixes depend on. */
struct making {
	const struct report *report;
	const char *kernel; /* the version asked for; NULL: none was */
	bool asks_header;   /* a variant has to be in the tree's header */
	char *header;       /* its text, NULL if it cannot be read */
};

static void add_edit(struct fix *fix, struct edit edit)
{
	fix->edits = grow(fix->edits, fix->edit_count, sizeof(*fix->edits));
	fix->edits[fix->edit_count++] = edit;
}

/* Takes over what the rule says is to be changed. */
static void take_edits(struct fix *fix)
{
	const struct finding *finding = fix->finding;
	const struct site *site = finding->site;

	if (*site->with)
		add_edit(fix, (struct edit){ EDIT_NAME, site->at.line, site->at.column,
					     site->operation, site->with });
	for (size_t i = 0; i < finding->rewrite_count; i++) {
		const struct rewrite *rewrite = finding->rewrites[i];

		add_edit(fix,
			 (struct edit){ *rewrite->with ? EDIT_CALL : EDIT_REMOVE, rewrite->at.line,
					rewrite->at.column, rewrite->callee, rewrite->with });
	}
}

/* Is the word in the text, where the compiler sees it? */
static bool has_word(const char *text, const char *word)
{
	struct lexer lexer = lexer_make(text, strlen(text));
	struct token token;

	while (lexer_next(&lexer, &token))
		if (token.kind == TOKEN_WORD && lexer_is(&lexer, token, word))
			return true;
	return false;
}

/* Is it a variant that came later than the version that was asked for? */
static bool is_newer(const struct making *making, const char *variant)
{
	const struct convention *convention = making->report->convention;
	struct version version;

	if (!making->kernel || !version_parse(making->kernel, &version))
		return false;
	for (size_t i = 0; i < convention->count; i++) {
		const struct convention_row *row = &convention->rows[i];

		if (row->variant && !strcmp(row->variant, variant))
			return version_compare(version, row->since) < 0;
	}
	return false;
}

static bool is_missing(const struct making *making, const char *variant)
{
	if (making->asks_header && (!making->header || !has_word(making->header, variant)))
		return true;
	return is_newer(making, variant);
}

/* The first variant that is not there, NULL if all are. */
static const char *missing_variant(const struct making *making, const struct fix *fix)
{
	for (size_t i = 0; i < fix->edit_count; i++)
		if (fix->edits[i].kind == EDIT_NAME && is_missing(making, fix->edits[i].with))
			return fix->edits[i].with;
	return NULL;
}

/* Do the ways to a finding begin both with the lock held and without it? */
static bool ways_disagree(const struct site *site)
{
	bool held = false, free_one = false;
	bool first = true;

	for (size_t i = 0; i < site->chain_length; i++) {
		held = held || (first && site->chain[i].state == STATE_HELD);
		free_one = free_one || (first && site->chain[i].state == STATE_NOT_HELD);
		first = site->chain[i].kind == LINK_OPERATION;
	}
	return held && free_one;
}

/* Why a finding that its rule cannot mend is left; the caller frees. */
static char *why_no_edit(const struct site *site)
{
	if (ways_disagree(site))
		return xstrdup("ways to it disagree: some hold the lock, some do not");
	if (site->state == STATE_INHERITED)
		return xasprintf("it is not known whether %s() is entered with the lock held",
				 site->function);
	return xasprintf("a person has to decide: %s", site->hint);
}

/* Why a finding is left that needs a variant which is not there; the caller frees. */
static char *why_missing(const struct making *making, const char *variant)
{
	static const char remedy[] = "if it is being migrated, --kernel says to which version";

	if (making->kernel)
		return xasprintf("%s has no %s()", making->kernel, variant);
	if (!making->header)
		return xasprintf("this tree has no " VARIANT_HEADER
				 " that can be read, and perhaps no %s(); %s",
				 variant, remedy);
	return xasprintf("this tree has no %s(); %s", variant, remedy);
}

/* Does a text begin with these bytes, and go on with a member of that? */
static bool is_member_of(const char *text, const char *start, size_t length)
{
	return !strncmp(text, start, length) && (text[length] == '.' || text[length] == '-');
}

/* How much of an expression names what has its last member; 0 if it is no member. */
static size_t owner_length(const char *expression, size_t length)
{
	while (length && is_word(expression[length - 1]))
		length--;
	if (length > 1 && !strncmp(expression + length - 2, "->", 2))
		return length - 2;
	return length && expression[length - 1] == '.' ? length - 1 : 0;
}

/* The first of some arguments, without parentheses around it; the caller frees. */
static char *first_argument(const char *arguments)
{
	size_t length = 0, depth = 0;

	while (arguments[length] && (depth || arguments[length] != ',')) {
		depth += arguments[length] == '(';
		depth -= arguments[length] == ')' && depth;
		length++;
	}
	while (length > 1 && *arguments == '(' && arguments[length - 1] == ')' &&
	       strcspn(arguments + 1, "()") == length - 2) {
		arguments++;
		length -= 2;
	}
	return xasprintf("%.*s", (int)length, arguments);
}

/*
 * Is the lock that is held the object's own, as far as names tell? It is the object's resv, that of
 * what has the object as a member, or for an attachment, that of a buffer beside it.
 */
static bool is_own_lock(const struct site *site, const char *object)
{
	const char *lock = site->lock, *member = strstr(lock, "resv");
	size_t length, owner;

	lock += *lock == '&';
	if (!member || member < lock + 2)
		return false;
	length = (size_t)(member - lock) - (member[-1] == '>' ? 2 : 1);
	if (!strncmp(object, lock, length) && !object[length])
		return true;
	if (is_member_of(object, lock, length) || is_member_of(lock, object, strlen(object)))
		return true;
	owner = owner_length(object, strlen(object));
	return strstr(site->operation, "attachment") && owner &&
	       owner == owner_length(lock, length) && !strncmp(object, lock, owner);
}

/* Why a finding under a lock is left that may be another's, NULL if it is not. The caller frees. */
static char *why_other_lock(const struct site *site)
{
	char *object = first_argument(site->arguments), *why = NULL;

	if (!is_own_lock(site, object))
		why = xasprintf("the lock that is held, %s, may be another's than that of %s",
				site->lock, object);
	free(object);
	return why;
}

/* Why a finding is left, whatever its text; NULL if it is not. The caller frees. */
static char *why_left(const struct making *making, const struct fix *fix)
{
	const struct site *site = fix->finding->site;
	const char *missing = missing_variant(making, fix);

	if (!fix->edit_count)
		return why_no_edit(site);
	if (site->state == STATE_INHERITED)
		return xasprintf("the lock is only presumed not to be held: nobody is known to "
				 "call %s()",
				 site->function);
	if (site->is_presumed)
		return xstrdup(
			"on one of the ways to it, the lock is only presumed not to be held");
	if (missing)
		return why_missing(making, missing);
	return site->state == STATE_HELD && *site->with ? why_other_lock(site) : NULL;
}

/* What a source was when it was analysed. */
static int read_before(struct fixed_file *file, struct error *err)
{
	const struct source *source = file->source;

	if (source->substitute) {
		file->before_length = source->substitute->length;
		file->before = xcalloc(file->before_length + 1, 1);
		memcpy(file->before, source->substitute->bytes, file->before_length);
		return 0;
	}
	file->before = file_read(source->name, &file->before_length);
	if (!file->before)
		return error_set(err, "cannot read '%s': %s", source->name, file_problem());
	if (XXH64(file->before, file->before_length, 0) != source->hash)
		return error_set(err, "'%s' has changed since it was analysed: run it again",
				 source->name);
	return 0;
}

/* Leaves those out whose edits the text does not allow, each by itself. */
static void try_edits(const struct fixed_file *file, struct fix *fixes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct error why;
		size_t length;
		char *after;

		if (fixes[i].why)
			continue;
		after = edits_apply(file->before, file->before_length, fixes[i].edits,
				    fixes[i].edit_count, &length, &why);
		if (!after)
			fixes[i].why = xstrdup(why.text);
		free(after);
	}
}

/* All the edits that are left in a source; the caller frees. */
static struct edit *collect_edits(const struct fix *fixes, size_t count, size_t *edit_count)
{
	struct edit *edits = NULL;

	*edit_count = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; !fixes[i].why && j < fixes[i].edit_count; j++) {
			edits = grow(edits, *edit_count, sizeof(*edits));
			edits[(*edit_count)++] = fixes[i].edits[j];
		}
	return edits;
}

/* Makes the new text of a source, or leaves its findings if their edits do not go together. */
static void make_after(struct fixed_file *file, struct fix *fixes, size_t count)
{
	size_t edit_count;
	struct edit *edits = collect_edits(fixes, count, &edit_count);
	struct error why;

	if (edit_count)
		file->after = edits_apply(file->before, file->before_length, edits, edit_count,
					  &file->after_length, &why);
	for (size_t i = 0; edit_count && !file->after && i < count; i++)
		if (!fixes[i].why)
			fixes[i].why = xstrdup(why.text);
	free(edits);
}

static void file_free(struct fixed_file *file)
{
	free(file->before);
	free(file->after);
}

/* Mends the findings of one source. */
static int fix_file(struct fixes *fixes, const struct making *making, struct fix *first,
		    size_t count, struct error *err)
{
	const struct selection *selection = making->report->selection;
	struct fixed_file file = { .source = &selection->sources[first->finding->site->at.source] };
	bool any = false;

	for (size_t i = 0; i < count; i++)
		any = any || !first[i].why;
	if (!any)
		return 0;
	if (read_before(&file, err)) {
		file_free(&file);
		return -1;
	}
	try_edits(&file, first, count);
	make_after(&file, first, count);
	if (!file.after) {
		file_free(&file);
		return 0;
	}
	fixes->files = grow(fixes->files, fixes->file_count, sizeof(*fixes->files));
	fixes->files[fixes->file_count++] = file;
	return 0;
}

static int fix_files(struct fixes *fixes, const struct making *making, struct error *err)
{
	size_t begin = 0;

	for (size_t i = 1; i <= fixes->count; i++) {
		const struct site *site = fixes->fixes[begin].finding->site;

		if (i < fixes->count && fixes->fixes[i].finding->site->at.source == site->at.source)
			continue;
		if (fix_file(fixes, making, &fixes->fixes[begin], i - begin, err))
			return -1;
		begin = i;
	}
	return 0;
}

static void take_findings(struct fixes *fixes, const struct making *making, enum confidence least)
{
	const struct findings *findings = making->report->findings;

	fixes->fixes = xcalloc(findings->count, sizeof(*fixes->fixes));
	for (size_t i = 0; i < findings->count; i++) {
		struct fix *fix = &fixes->fixes[fixes->count];

		if (findings->findings[i].site->confidence < least)
			continue;
		fix->finding = &findings->findings[i];
		take_edits(fix);
		fix->why = why_left(making, fix);
		fixes->count++;
	}
}

static char *read_header(const struct tree *tree)
{
	char *path = path_join(tree->root, VARIANT_HEADER);
	char *text = file_read(path, NULL);

	free(path);
	return text;
}

int fixes_make(struct fixes *fixes, const struct report *report, enum confidence least,
	       const char *kernel, struct error *err)
{
	struct making making = { .report = report, .kernel = kernel };
	int result;

	*fixes = (struct fixes){ 0 };
	making.asks_header = !kernel && report->tree->is_kernel;
	if (making.asks_header)
		making.header = read_header(report->tree);
	take_findings(fixes, &making, least);
	result = fix_files(fixes, &making, err);
	free(making.header);
	return result;
}

size_t fixes_mended(const struct fixes *fixes)
{
	size_t count = 0;

	for (size_t i = 0; i < fixes->count; i++)
		count += !fixes->fixes[i].why;
	return count;
}

void fixes_free(struct fixes *fixes)
{
	for (size_t i = 0; i < fixes->count; i++) {
		free(fixes->fixes[i].edits);
		free(fixes->fixes[i].why);
	}
	for (size_t i = 0; i < fixes->file_count; i++)
		file_free(&fixes->files[i]);
	free(fixes->fixes);
	free(fixes->files);
}
