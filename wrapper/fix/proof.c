// SPDX-License-Identifier: GPL-2.0-only
#include "fix/proof.h"

#include <stdlib.h>
#include <string.h>

/* What findings are compared by: no lines, which move. */
struct key {
	const char *file;
	const char *rule;
	const char *function;
	const char *operation;
};

struct keys {
	struct key *keys; /* sorted */
	size_t count;
};

static int compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order = strcmp(a->file, b->file);

	if (!order)
		order = strcmp(a->rule, b->rule);
	if (!order)
		order = strcmp(a->function, b->function);
	return order ? order : strcmp(a->operation, b->operation);
}

static struct key key_of(const struct report *report, const struct site *site)
{
	return (struct key){ report->selection->sources[site->at.source].file,
			     report->catalogue->rules[site->rule].id, site->function,
			     site->operation };
}

static void add_key(struct keys *keys, struct key key)
{
	keys->keys = grow(keys->keys, keys->count, sizeof(*keys->keys));
	keys->keys[keys->count++] = key;
}

static void sort_keys(struct keys *keys)
{
	if (keys->count)
		qsort(keys->keys, keys->count, sizeof(*keys->keys), compare_keys);
}

static bool is_mended(const struct fixes *fixes, const struct finding *finding)
{
	for (size_t i = 0; i < fixes->count; i++)
		if (fixes->fixes[i].finding == finding)
			return !fixes->fixes[i].why;
	return false;
}

/* What the result may still report. */
static struct keys keys_left(const struct report *report, const struct fixes *fixes)
{
	struct keys keys = { 0 };

	for (size_t i = 0; i < report->findings->count; i++) {
		const struct finding *finding = &report->findings->findings[i];

		if (!is_mended(fixes, finding))
			add_key(&keys, key_of(report, finding->site));
	}
	sort_keys(&keys);
	return keys;
}

static void refuse(const struct report *report, const struct site *site, struct error *err)
{
	error_set(err,
		  "not fixed: in the result, %s:%u has %s [%s], which was not there "
		  "before, or should have gone; --rule and PATHs leave things out",
		  report->selection->sources[site->at.source].file, site->at.line, site->message,
		  report->catalogue->rules[site->rule].id);
}

/* The first finding with a key that one has. */
static const struct site *first_with(const struct report *report, enum confidence least,
				     const struct key *wanted)
{
	const struct finding *finding = report->findings->findings;
	struct key key = key_of(report, finding->site);

	while (finding->site->confidence < least || compare_keys(&key, wanted)) {
		finding++;
		key = key_of(report, finding->site);
	}
	return finding->site;
}

/* Sees that the result reports nothing but what it may. */
static int compare_findings(const struct report *result, enum confidence least,
			    const struct keys *left, struct error *err)
{
	struct keys keys = { 0 };
	size_t next = 0;
	int order = 0;

	for (size_t i = 0; i < result->findings->count; i++)
		if (result->findings->findings[i].site->confidence >= least)
			add_key(&keys, key_of(result, result->findings->findings[i].site));
	sort_keys(&keys);
	for (size_t i = 0; i < keys.count && !order; i++) {
		while (next < left->count && compare_keys(&left->keys[next], &keys.keys[i]) < 0)
			next++;
		order = next == left->count || compare_keys(&left->keys[next++], &keys.keys[i]);
		if (order)
			refuse(result, first_with(result, least, &keys.keys[i]), err);
	}
	free(keys.keys);
	return order ? -1 : 0;
}

/* Sees that there is nothing left to be fixed in the result. */
static int check_settled(const struct report *result, enum confidence least, const char *kernel,
			 struct error *err)
{
	struct fixes again;
	int status = fixes_make(&again, result, least, kernel, err);

	if (!status && again.file_count)
		status = error_set(err, "not fixed: '%s' would be changed again if it were fixed",
				   again.files[0].source->file);
	fixes_free(&again);
	return status;
}

int proof_check(const struct report *before, const struct report *after, const struct fixes *fixes,
		enum confidence least, const char *kernel, struct error *err)
{
	struct keys left = keys_left(before, fixes);
	int result = compare_findings(after, least, &left, err);

	free(left.keys);
	if (!result && after->unanalysed->count > before->unanalysed->count)
		result = error_set(err, "not fixed: parts of the result cannot be analysed");
	return result ? result : check_settled(after, least, kernel, err);
}
