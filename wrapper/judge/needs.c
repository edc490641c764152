// SPDX-License-Identifier: GPL-2.0-only
#include "judge/needs.h"

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* The value of a key, which has a length, in a text of "KEY=VALUE"; NULL if it has none. */
static const char *find_value(const char *values, const char *key, size_t length)
{
	for (; *values; values += *values == ',') {
		if (!strncmp(values, key, length) && values[length] == '=')
			return values + length + 1;
		values += strcspn(values, ",");
	}
	return NULL;
}

/* Is a value that of the parameter of another function? */
static bool is_passed_on(const char *value)
{
	return *value == '@' || *value == '!';
}

static bool is_other(const char *value, const char *needed)
{
	size_t length = strcspn(value, ",");

	return !is_passed_on(value) && (length != strlen(needed) || strncmp(value, needed, length));
}

/* Is the argument of a number another constant than the one that is needed? */
static bool is_other_constant(const char *values, const char *need, size_t digits)
{
	for (; *values; values += *values == ',') {
		if (!strncmp(values, need, digits + 1) &&
		    strncmp(values, need, strcspn(need, "=") + 1))
			return true;
		values += strcspn(values, ",");
	}
	return false;
}

/* Do the arguments rule out one need? */
static bool contradicts(const char *values, const char *need)
{
	size_t key = strcspn(need, "="), digits = strspn(need, DIGITS);
	const char *needed = need + key + (need[key] == '=');
	const char *value = find_value(values, need, key);

	if (value)
		return is_other(value, needed);
	if (!digits || digits == key || strcmp(needed, "1"))
		return false;
	value = find_value(values, need, digits);
	if (need[digits] == '&')
		return value && *value == '0';
	return is_other_constant(values, need, digits);
}

bool needs_contradict(const char *values, const char *needs)
{
	bool found = false;
	char *copy = xstrdup(needs), *rest = copy, *need;

	while (!found && (need = strsep(&rest, ",")))
		found = contradicts(values, need);
	free(copy);
	return found;
}

/* Writes what one need of an argument makes needed of the caller's parameters. */
static void write_need(FILE *out, const char *values, const char *need)
{
	size_t key = strcspn(need, "="), digits = strspn(need, DIGITS), length;
	const char *value = digits ? find_value(values, need, digits) : NULL;
	const char *needed = need + key + 1, *separator = ftell(out) ? "," : "";

	if (!value || !is_passed_on(value))
		return;
	length = strcspn(++value, ",");
	if (digits < key) {
		if (value[-1] == '@' && strspn(value, DIGITS) == length)
			fprintf(out, "%s%.*s%s", separator, (int)length, value, need + digits);
		return;
	}
	if (value[-1] == '!')
		needed = *needed == '0' ? "1" : "0";
	fprintf(out, "%s%.*s=%s", separator, (int)length, value, needed);
}

char *needs_of_caller(const char *values, const char *needs)
{
	char *text = NULL, *copy = xstrdup(needs), *rest = copy, *need;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	while ((need = strsep(&rest, ",")))
		write_need(out, values, need);
	fclose(out);
	free(copy);
	return text;
}
