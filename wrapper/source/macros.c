// SPDX-License-Identifier: GPL-2.0-only
#include "source/macros.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t number_parse(const char *text, struct number *number)
{
	size_t suffix, length;
	char *end;

	if (!isdigit((unsigned char)*text))
		return 0;
	errno = 0;
	number->bits = strtoull(text, &end, 0);
	suffix = strspn(end, "uUlL");
	length = (size_t)(end - text) + suffix;
	if (errno || suffix > 3 || is_word(text[length]) || text[length] == '.')
		return 0;
	number->is_unsigned =
		number->bits > INT64_MAX || memchr(end, 'u', suffix) || memchr(end, 'U', suffix);
	return length;
}

uint64_t kernel_version(uint64_t major, uint64_t minor, uint64_t sublevel)
{
	/* More sublevels than fit in a byte came to be in 4.4 and 4.9. */
	return (major << 16) + (minor << 8) + (sublevel > 255 ? 255 : sublevel);
}

static bool is_name(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!is_word(text[i]))
			return false;
	return length && !isdigit((unsigned char)*text);
}

/* A macro more, which is not defined yet. */
static struct macro *add(struct macros *macros, const char *name, size_t length)
{
	struct macro *macro;

	macros->macros = grow(macros->macros, macros->count, sizeof(*macros->macros));
	macro = &macros->macros[macros->count++];
	*macro = (struct macro){ .name = xstrndup(name, length) };
	return macro;
}

/* Reads a value that is nothing but an integer. Returns whether it is. */
static bool parse_value(const char *text, struct number *number)
{
	bool negative = *text == '-';
	size_t length = number_parse(text + negative, number);

	if (negative)
		number->bits = -number->bits;
	return length && !text[negative + length];
}

int macros_define(struct macros *macros, const char *definition, struct error *err)
{
	size_t length = strcspn(definition, "=");
	struct macro *macro;

	if (!is_name(definition, length))
		return error_set(err,
				 "-D wants the name of a macro, as NAME or NAME=VALUE, not '%s'",
				 definition);
	macro = add(macros, definition, length);
	macro->is_defined = true;
	macro->has_number =
		parse_value(definition[length] ? definition + length + 1 : "1", &macro->number);
	return 0;
}

int macros_undefine(struct macros *macros, const char *name, struct error *err)
{
	if (!is_name(name, strlen(name)))
		return error_set(err, "-U wants the name of a macro, not '%s'", name);
	add(macros, name, strlen(name));
	return 0;
}

/* LINUX_VERSION_CODE of "X.Y" or "X.Y.Z", whatever follows. */
static uint64_t version_code(const char *kernel)
{
	unsigned int major = 255, minor = 255, sublevel = 255;

	if (kernel) {
		sublevel = 0;
		sscanf(kernel, "%u.%u.%u", &major, &minor, &sublevel);
	}
	return kernel_version(major, minor, sublevel);
}

struct macros macros_of_kernel(const char *kernel, const struct macros *decided)
{
	struct macros macros = { 0 };
	struct macro *code = add(&macros, "LINUX_VERSION_CODE", strlen("LINUX_VERSION_CODE"));

	code->is_defined = code->has_number = true;
	code->number.bits = version_code(kernel);
	add(&macros, "KERNEL_VERSION", strlen("KERNEL_VERSION"))->is_defined = true;
	for (size_t i = 0; i < decided->count; i++) {
		const struct macro *from = &decided->macros[i];
		struct macro *to = add(&macros, from->name, strlen(from->name));

		to->is_defined = from->is_defined;
		to->has_number = from->has_number;
		to->number = from->number;
	}
	return macros;
}

void macros_free(struct macros *macros)
{
	for (size_t i = 0; i < macros->count; i++)
		free(macros->macros[i].name);
	free(macros->macros);
}

const struct macro *macros_find(const struct macros *macros, const char *name, size_t length)
{
	for (size_t i = macros->count; i--;) {
		const struct macro *macro = &macros->macros[i];

		if (!strncmp(macro->name, name, length) && !macro->name[length])
			return macro;
	}
	return NULL;
}
