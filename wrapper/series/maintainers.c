// SPDX-License-Identifier: GPL-2.0-only
#define PCRE2_CODE_UNIT_WIDTH 8
#include "series/maintainers.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/*
 * A directory in which so many other sections have files is a subsystem. In Linux 6.1 and 6.12
 * those with more are drivers/media, drivers/gpu/drm and the like; a driver's has at most 5.
 */
#define SUBSYSTEM_SECTIONS 8

/* No pattern of a sane file needs more steps; a wicked one is taken not to match. */
#define MATCH_LIMIT 100000

struct pattern {
	char kind;        /* F, X or N */
	char *text;       /* as it stands there */
	size_t length;    /* of it */
	size_t slashes;   /* in it */
	pcre2_code *code; /* NULL: `text` is meant as it stands */
	size_t section;
};

struct maintainers {
	char *text;
	const char **titles; /* one for each section, in `text` */
	size_t title_count;
	struct pattern *patterns; /* in the order of the sections */
	size_t count;
	pcre2_match_context *limits;
	pcre2_match_data *match;
};

static size_t count_slashes(const char *text)
{
	size_t count = 0;

	while ((text = strchr(text, '/'))) {
		count++;
		text++;
	}
	return count;
}

/* get_maintainer.pl makes a regular expression of an F: pattern, so brackets count there, too. */
static bool is_plain(const char *text)
{
	return !text[strcspn(text, "*?[](){}|+^$\\")];
}

static char *translate(const char *text)
{
	char *expression = xcalloc(2 * strlen(text) + 1, 1), *end = expression;

	for (; *text; text++) {
		if (*text == '.' || *text == '*')
			*end++ = *text == '.' ? '\\' : '.';
		*end++ = *text;
		if (*text == '?')
			end[-1] = '.';
	}
	return expression;
}

static pcre2_code *compile(const char *expression, uint32_t options)
{
	PCRE2_SIZE offset;
	int code;

	return pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, options, &code, &offset,
			     NULL);
}

static void add_pattern(struct maintainers *maintainers, char kind, char *text)
{
	struct pattern pattern = { .kind = kind, .text = text, .length = strlen(text) };

	/* "THE REST" begins so: all there is. */
	if (!*text || (kind == 'F' && *text == '*'))
		return;
	if (kind == 'N') {
		pattern.code = compile(text, PCRE2_EXTENDED);
	} else if (!is_plain(text)) {
		char *expression = translate(text);

		pattern.code = compile(expression, PCRE2_ANCHORED);
		free(expression);
	}
	if (!pattern.code && (kind == 'N' || !is_plain(text)))
		return;
	pattern.slashes = count_slashes(text);
	pattern.section = maintainers->title_count - 1;
	maintainers->patterns =
		grow(maintainers->patterns, maintainers->count, sizeof(*maintainers->patterns));
	maintainers->patterns[maintainers->count++] = pattern;
}

/* Cuts off blanks at the end, a carriage return among them. */
static void trim(char *text)
{
	size_t length = strlen(text);

	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
}

static void read_line(struct maintainers *maintainers, char *line)
{
	char *value;

	trim(line);
	if (line[0] >= 'A' && line[0] <= 'Z' && line[1] == ':') {
		value = line + 2 + strspn(line + 2, " \t");
		if (maintainers->title_count && strchr("FXN", line[0]))
			add_pattern(maintainers, line[0], value);
	} else if (*line && line[strspn(line, " \t")] != '#') {
		maintainers->titles = grow(maintainers->titles, maintainers->title_count,
					   sizeof(*maintainers->titles));
		maintainers->titles[maintainers->title_count++] = line;
	}
}

struct maintainers *maintainers_read(const char *root)
{
	struct maintainers *maintainers = xcalloc(1, sizeof(*maintainers));
	char *path = path_join(root, "MAINTAINERS"), *rest, *line;
	size_t length = 0;

	maintainers->limits = pcre2_match_context_create(NULL);
	maintainers->match = pcre2_match_data_create(1, NULL);
	pcre2_set_match_limit(maintainers->limits, MATCH_LIMIT);
	maintainers->text = rest = file_read(path, &length);
	if (rest)
		replace_nul(rest, length);
	while (rest && (line = next_line(&rest)))
		read_line(maintainers, line);
	free(path);
	return maintainers;
}

void maintainers_free(struct maintainers *maintainers)
{
	for (size_t i = 0; i < maintainers->count; i++)
		pcre2_code_free(maintainers->patterns[i].code);
	pcre2_match_data_free(maintainers->match);
	pcre2_match_context_free(maintainers->limits);
	free(maintainers->patterns);
	free(maintainers->titles);
	free(maintainers->text);
	free(maintainers);
}

static bool expression_matches(const struct maintainers *maintainers, const pcre2_code *code,
			       const char *path)
{
	return pcre2_match(code, (PCRE2_SPTR)path, PCRE2_ZERO_TERMINATED, 0, 0, maintainers->match,
			   maintainers->limits) >= 0;
}

/* Is it a pattern of a whole directory? */
static bool is_directory(const struct pattern *pattern, const char *path)
{
	return ends_with(pattern->text, "/") || (!pattern->code && path[pattern->length] == '/');
}

/* Does the pattern match, as get_maintainer.pl matches: from the beginning on, within a directory?
 */
static bool matches(const struct maintainers *maintainers, const struct pattern *pattern,
		    const char *path)
{
	if (pattern->kind == 'N')
		return expression_matches(maintainers, pattern->code, path);
	if (pattern->code ? !expression_matches(maintainers, pattern->code, path)
			  : !starts_with(path, pattern->text))
		return false;
	return is_directory(pattern, path) || count_slashes(path) == pattern->slashes;
}

/* Does the section exclude the path? */
static bool is_excluded(const struct maintainers *maintainers, size_t section, const char *path)
{
	for (size_t i = 0; i < maintainers->count; i++) {
		const struct pattern *pattern = &maintainers->patterns[i];

		if (pattern->section == section && pattern->kind == 'X' &&
		    matches(maintainers, pattern, path))
			return true;
	}
	return false;
}

/* How many directories deep a pattern goes, the file's name included. */
static size_t depth(const struct pattern *pattern)
{
	return pattern->slashes + !ends_with(pattern->text, "/");
}

static bool is_narrower(const struct pattern *pattern, const struct pattern *than)
{
	if (!than)
		return true;
	if (depth(pattern) != depth(than))
		return depth(pattern) > depth(than);
	return pattern->length > than->length;
}

/* The narrowest pattern of a kind that a path has, NULL if none. */
static const struct pattern *narrowest(const struct maintainers *maintainers, char kind,
				       const char *path)
{
	const struct pattern *best = NULL;

	for (size_t i = 0; i < maintainers->count; i++) {
		const struct pattern *pattern = &maintainers->patterns[i];

		if (pattern->kind == kind && is_narrower(pattern, best) &&
		    matches(maintainers, pattern, path) &&
		    !is_excluded(maintainers, pattern->section, path))
			best = pattern;
	}
	return best;
}

/* How many sections but one have a pattern for what is in a directory, of which `length` is kept.
 */
static size_t sections_within(const struct maintainers *maintainers, const char *dir, size_t length,
			      size_t except)
{
	size_t count = 0, last = except;

	for (size_t i = 0; i < maintainers->count; i++) {
		const struct pattern *pattern = &maintainers->patterns[i];

		if (pattern->kind == 'F' && pattern->section != except &&
		    pattern->section != last && pattern->length > length &&
		    !strncmp(pattern->text, dir, length)) {
			last = pattern->section;
			count++;
		}
	}
	return count;
}

static bool is_subsystem(const struct maintainers *maintainers, const struct pattern *pattern,
			 const char *path)
{
	size_t length = pattern->length;

	if (pattern->code || !is_directory(pattern, path))
		return false;
	length += path[length] == '/';
	return sections_within(maintainers, path, length, pattern->section) >= SUBSYSTEM_SECTIONS;
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return xstrndup(path, slash ? (size_t)(slash - path) : 0);
}

/* The topmost directory on the way from a subsystem to a file in which no other section has any. */
static char *driver_directory(const struct maintainers *maintainers,
			      const struct pattern *subsystem, const char *path)
{
	const char *end = path + subsystem->length;

	end += *end == '/';
	while ((end = strchr(end, '/'))) {
		end++;
		if (!sections_within(maintainers, path, (size_t)(end - path), subsystem->section))
			return xstrndup(path, (size_t)(end - path) - 1);
	}
	return directory_of(path);
}

/* The directory that a pattern is about. */
static char *pattern_directory(const struct pattern *pattern, const char *path)
{
	size_t plain = strcspn(pattern->text, "*?[](){}|+^$\\");
	char *dir;

	if (!pattern->code && is_directory(pattern, path)) {
		dir = xstrdup(pattern->text);
		if (ends_with(dir, "/"))
			dir[pattern->length - 1] = '\0';
		return dir;
	}
	if (pattern->kind == 'F' && !strchr(pattern->text + plain, '/'))
		return directory_of(pattern->text);
	return directory_of(path);
}

void maintainers_unit(const struct maintainers *maintainers, const char *path, struct unit *unit)
{
	const struct pattern *found = narrowest(maintainers, 'F', path), *wide = NULL;

	if (found && is_subsystem(maintainers, found, path)) {
		wide = found;
		found = NULL;
	}
	if (!found)
		found = narrowest(maintainers, 'N', path);
	if (found) {
		unit->name = xstrdup(maintainers->titles[found->section]);
		unit->dir = pattern_directory(found, path);
		return;
	}
	unit->dir = wide ? driver_directory(maintainers, wide, path) : directory_of(path);
	unit->name = xstrdup(unit->dir);
}

void unit_free(struct unit *unit)
{
	free(unit->name);
	free(unit->dir);
}
