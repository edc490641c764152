// SPDX-License-Identifier: GPL-2.0-only
#include "convention/catalogue.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* The `cocci` directory beside the executable; the caller frees. */
static char *beside_executable(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (length < 0)
		return xstrdup("cocci");
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return path_join(path, "cocci");
}

char *catalogue_find(const char *option, struct error *err)
{
	const char *named = option ? option : getenv("RESVLINT_RULES");
	char *dir;

	if (named && !is_directory(named)) {
		error_set(err, "no rules directory '%s': see --rules and RESVLINT_RULES", named);
		return NULL;
	}
	if (named)
		return xstrdup(named);
	dir = beside_executable();
	if (is_directory(dir))
		return dir;
	if (is_directory(DATADIR "/resvlint/cocci")) {
		free(dir);
		return xstrdup(DATADIR "/resvlint/cocci");
	}
	error_set(err,
		  "no rules directory, neither %s nor " DATADIR "/resvlint/cocci: use --rules DIR",
		  dir);
	free(dir);
	return NULL;
}

static char *skip_space(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static void strip_end(char *text)
{
	size_t length = strlen(text);

	while (length && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
}

/* Appends the header's line, without the one space after its mark, to a text of lines. */
static void append_line(char **lines, const char *line)
{
	char *longer = xasprintf("%s%s\n", *lines, *line == ' ' ? line + 1 : line);

	free(*lines);
	*lines = longer;
}

static void add_tokens(struct rule *rule, char *words)
{
	char *state = NULL;

	for (char *word = strtok_r(words, " \t\r", &state); word;
	     word = strtok_r(NULL, " \t\r", &state)) {
		rule->tokens = grow(rule->tokens, rule->token_count, sizeof(*rule->tokens));
		rule->tokens[rule->token_count++] = xstrdup(word);
	}
}

/* The header says it as the kernel's scripts do. Returns whether it did. */
static bool parse_confidence(const char *word, enum confidence *confidence)
{
	if (!strcasecmp(word, "high"))
		*confidence = CONFIDENCE_HIGH;
	else if (!strcasecmp(word, "moderate"))
		*confidence = CONFIDENCE_MEDIUM;
	else if (!strcasecmp(word, "low"))
		*confidence = CONFIDENCE_LOW;
	else
		return false;
	return true;
}

/* A header while it is read. */
struct header {
	struct rule *rule;
	char *field; /* "Key: value", of which lines may be to come */
	bool has_confidence;
};

/* The member that a key stands for, if that is a text; else NULL. */
static char **text_of(struct rule *rule, const char *key)
{
	const struct {
		const char *key;
		char **text;
	} texts[] = {
		{ "Clause", &rule->clause },   { "Context", &rule->context },
		{ "Outside", &rule->outside }, { "Demand", &rule->demand },
		{ "Found", &rule->found },     { "Variant", &rule->variant },
		{ "Remedy", &rule->remedy },   { "Subject", &rule->subject },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (!strcmp(texts[i].key, key))
			return texts[i].text;
	return NULL;
}

/* Takes the field. Keys that are not the front end's are left alone. */
static void take_field(struct header *header)
{
	char *colon = strchr(header->field, ':'), *value, **text;

	if (!colon)
		return;
	*colon = '\0';
	value = skip_space(colon + 1);
	text = text_of(header->rule, header->field);
	if (text) {
		free(*text);
		*text = xstrdup(value);
	} else if (!strcmp(header->field, "Confidence")) {
		header->has_confidence = parse_confidence(value, &header->rule->confidence);
	} else if (!strcmp(header->field, "Tokens")) {
		add_tokens(header->rule, value);
	}
}

/* Goes on with another field, which it takes over. */
static void set_field(struct header *header, char *field)
{
	free(header->field);
	header->field = field;
}

static void parse_line(struct header *header, char *line)
{
	struct rule *rule = header->rule;

	strip_end(line);
	if (starts_with(line, "///")) {
		if (!rule->summary && *skip_space(line + 3))
			rule->summary = xstrdup(skip_space(line + 3));
	} else if (starts_with(line, "//#")) {
		append_line(&rule->limits, line + 3);
	} else if (starts_with(line, "//:")) {
		append_line(&rule->explanation, line + 3);
	} else if (starts_with(line, "//  ")) {
		set_field(header, xasprintf("%s %s", header->field, skip_space(line + 2)));
	} else {
		take_field(header);
		set_field(header, xstrdup(skip_space(line + 2)));
	}
}

/* Reads the comment block on top of a rule. */
static int parse_header(struct rule *rule, char *text, const char *path, struct error *err)
{
	struct header header = { .rule = rule, .field = xstrdup("") };
	char *line;

	while ((line = next_line(&text)) && (starts_with(line, "//") || !*skip_space(line)))
		if (*line == '/')
			parse_line(&header, line);
	take_field(&header);
	free(header.field);
	if (!rule->summary)
		return error_set(err, "%s: no summary: a rule begins with a '/// ...' line", path);
	if (!rule->token_count)
		return error_set(err, "%s: no '// Tokens: ...' line in the header", path);
	if (!header.has_confidence)
		return error_set(
			err, "%s: no '// Confidence: High|Moderate|Low' line in the header", path);
	return 0;
}

static int load_rule(struct catalogue *catalogue, const char *group, const char *name,
		     struct error *err)
{
	struct rule *rule;
	char *path, *text;
	int result;

	if (catalogue->count == RULE_SET_SIZE)
		return error_set(err, "%s: more than %d rules", catalogue->dir, RULE_SET_SIZE);
	catalogue->rules = grow(catalogue->rules, catalogue->count, sizeof(*catalogue->rules));
	rule = &catalogue->rules[catalogue->count++];
	*rule = (struct rule){
		.id = xstrndup(name, strlen(name) - strlen(".cocci")),
		.file = path_join(group, name),
		.clause = xstrdup("-"),
		.explanation = xstrdup(""),
		.limits = xstrdup(""),
	};
	path = path_join(catalogue->dir, rule->file);
	text = file_read(path, NULL);
	result = text ? parse_header(rule, text, path, err)
		      : error_set(err, "cannot read %s: %s", path, strerror(errno));
	free(text);
	free(path);
	return result;
}

static int load_group(struct catalogue *catalogue, const char *group, struct error *err)
{
	char *path = path_join(catalogue->dir, group);
	DIR *dir = opendir(path);
	struct dirent *entry;
	int result = 0;

	if (!dir && errno != ENOTDIR)
		result = error_set(err, "cannot read %s: %s", path, strerror(errno));
	while (dir && !result && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && ends_with(entry->d_name, ".cocci"))
			result = load_rule(catalogue, group, entry->d_name, err);
	if (dir)
		closedir(dir);
	free(path);
	return result;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct rule *)a)->file, ((const struct rule *)b)->file);
}

/* Sorts the rules, and sees that there are some and that no two have one id. */
static int put_in_order(struct catalogue *catalogue, struct error *err)
{
	if (!catalogue->count)
		return error_set(err, "no rules in '%s': a rule is a file GROUP/ID.cocci",
				 catalogue->dir);
	qsort(catalogue->rules, catalogue->count, sizeof(*catalogue->rules), compare_files);
	for (size_t i = 0; i < catalogue->count; i++)
		for (size_t j = i + 1; j < catalogue->count; j++)
			if (!strcmp(catalogue->rules[i].id, catalogue->rules[j].id))
				return error_set(err, "two rules of one id in %s: %s and %s",
						 catalogue->dir, catalogue->rules[i].file,
						 catalogue->rules[j].file);
	return 0;
}

static void add_collectors(struct catalogue *catalogue)
{
	static const char *const ids[COLLECTOR_COUNT] = { "callers", "wrappers", "descend" };

	catalogue->rules = xrealloc(catalogue->rules, (catalogue->count + COLLECTOR_COUNT) *
							      sizeof(*catalogue->rules));
	for (size_t i = 0; i < COLLECTOR_COUNT; i++)
		catalogue->rules[catalogue->count + i] = (struct rule){ .id = xstrdup(ids[i]) };
}

size_t catalogue_collector(const struct catalogue *catalogue, enum collector collector)
{
	return catalogue->count + collector;
}

bool catalogue_find_id(const struct catalogue *catalogue, const char *id, size_t *index)
{
	for (*index = 0; *index < catalogue->count + COLLECTOR_COUNT; ++*index)
		if (!strcmp(catalogue->rules[*index].id, id))
			return true;
	return false;
}

int catalogue_load(const char *dir, struct catalogue *catalogue, struct error *err)
{
	struct dirent *entry;
	int result = 0;
	DIR *groups;

	*catalogue = (struct catalogue){ .dir = xstrdup(dir) };
	groups = opendir(dir);
	if (!groups)
		return error_set(err, "cannot read the rules directory %s: %s", dir,
				 strerror(errno));
	while (!result && (entry = readdir(groups)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "lib"))
			result = load_group(catalogue, entry->d_name, err);
	closedir(groups);
	add_collectors(catalogue);
	return result ? result : put_in_order(catalogue, err);
}

static void rule_free(struct rule *rule)
{
	for (size_t i = 0; i < rule->token_count; i++)
		free(rule->tokens[i]);
	free(rule->tokens);
	free(rule->id);
	free(rule->file);
	free(rule->summary);
	free(rule->clause);
	free(rule->context);
	free(rule->outside);
	free(rule->demand);
	free(rule->found);
	free(rule->variant);
	free(rule->remedy);
	free(rule->subject);
	free(rule->explanation);
	free(rule->limits);
}

void catalogue_free(struct catalogue *catalogue)
{
	for (size_t i = 0; catalogue->rules && i < catalogue->count + COLLECTOR_COUNT; i++)
		rule_free(&catalogue->rules[i]);
	free(catalogue->rules);
	free(catalogue->dir);
}

/* The ids of all rules, with commas between; the caller frees. */
static char *list_ids(const struct catalogue *catalogue)
{
	char *list = xstrdup("");

	for (size_t i = 0; i < catalogue->count; i++) {
		char *longer = xasprintf("%s%s%s", list, i ? ", " : "", catalogue->rules[i].id);

		free(list);
		list = longer;
	}
	return list;
}

int catalogue_index(const struct catalogue *catalogue, const char *id, struct error *err)
{
	size_t index;
	char *ids;

	if (catalogue_find_id(catalogue, id, &index) && index < catalogue->count)
		return (int)index;
	ids = list_ids(catalogue);
	error_set(err, "no rule '%s': the rules are %s", id, ids);
	free(ids);
	return -1;
}

/* The rules whose id a pattern of the shell's matches. */
static rule_set match(const struct catalogue *catalogue, const char *pattern)
{
	rule_set found = 0;

	for (size_t i = 0; i < catalogue->count; i++)
		if (!fnmatch(pattern, catalogue->rules[i].id, 0))
			found |= (rule_set)1 << i;
	return found;
}

int catalogue_choose(const struct catalogue *catalogue, const char *ids, rule_set *chosen,
		     struct error *err)
{
	char *copy, *rest, *id;
	int result = 0;

	*chosen = ((rule_set)1 << catalogue->count) - 1;
	if (!ids)
		return 0;
	*chosen = 0;
	copy = rest = xstrdup(ids);
	while (!result && (id = strsep(&rest, ","))) {
		rule_set found = match(catalogue, id);

		*chosen |= found;
		/* Its message lists the rules there are. */
		if (!found)
			result = catalogue_index(catalogue, id, err) < 0 ? -1 : 0;
	}
	free(copy);
	return result;
}

static bool has_token(const struct rule *rule, const char *token)
{
	for (size_t i = 0; i < rule->token_count; i++)
		if (!strcmp(rule->tokens[i], token))
			return true;
	return false;
}

rule_set catalogue_in_context(const struct catalogue *catalogue, rule_set chosen)
{
	rule_set found = 0;

	for (size_t i = 0; i < catalogue->count; i++)
		if (chosen >> i & 1 && catalogue->rules[i].context)
			found |= (rule_set)1 << i;
	return found;
}

rule_set catalogue_asking(const struct catalogue *catalogue, rule_set chosen, const char *token)
{
	rule_set asking = 0;

	for (size_t i = 0; i < catalogue->count; i++)
		if (chosen >> i & 1 && has_token(&catalogue->rules[i], token))
			asking |= (rule_set)1 << i;
	return asking;
}
