// SPDX-License-Identifier: GPL-2.0-only
#include "series/series.h"

#include "base/interrupt.h"
#include "series/diffstat.h"
#include "series/maintainers.h"
#include "series/outbox.h"
#include "series/prefix.h"
#include "series/recipients.h"
#include "series/sender.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What git format-patch gives its mails: no commit made them, and all are from the same day. */
#define FROM_LINE "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\n"

/* A file's name, with its number and without .patch, is no longer. */
#define NAME_WIDTH 57

#define SUFFIX ".patch"

/* One patch of the series. */
struct part {
	struct unit unit;
	struct patch *patches;
	const char **paths; /* of the patches */
	size_t file_count;
	const struct change **changes;
	size_t change_count;
	char *subject;
	struct recipients recipients;
};

struct series {
	const struct series_spec *spec;
	struct address sender;
	struct part *parts;
	size_t count;
	struct recipients everybody;
	struct message *messages; /* the cover letter and the parts */
	size_t message_count;
};

static struct part *find_part(struct series *series, const struct unit *unit)
{
	for (size_t i = 0; i < series->count; i++)
		if (!strcmp(series->parts[i].unit.name, unit->name))
			return &series->parts[i];
	return NULL;
}

/* The part of a unit, which it takes. */
static struct part *take_part(struct series *series, struct unit *unit)
{
	struct part *part = find_part(series, unit);

	if (part) {
		unit_free(unit);
		return part;
	}
	series->parts = grow(series->parts, series->count, sizeof(*series->parts));
	part = &series->parts[series->count++];
	*part = (struct part){ .unit = *unit };
	return part;
}

/* Adds a file to a part. */
static void add_file(struct part *part, const struct series_file *file, const struct patch *patch)
{
	part->patches = grow(part->patches, part->file_count, sizeof(*part->patches));
	part->paths = grow(part->paths, part->file_count, sizeof(*part->paths));
	part->patches[part->file_count] = *patch;
	part->paths[part->file_count++] = file->input.path;
	for (size_t i = 0; i < file->change_count; i++) {
		part->changes = grow(part->changes, part->change_count, sizeof(*part->changes));
		part->changes[part->change_count++] = &file->changes[i];
	}
}

/* Makes the patches and sorts them by unit. */
static int divide(struct series *series, struct error *err)
{
	struct maintainers *maintainers = maintainers_read(series->spec->root);
	int result = 0;

	for (size_t i = 0; i < series->spec->count && !result; i++) {
		const struct series_file *file = &series->spec->files[i];
		struct patch patch;
		struct unit unit;

		result = patch_make(&patch, &file->input, err);
		if (result || !patch.length) {
			patch_free(&patch);
			continue;
		}
		maintainers_unit(maintainers, file->input.path, &unit);
		add_file(take_part(series, &unit), file, &patch);
	}
	maintainers_free(maintainers);
	if (!result && !series->count)
		return error_set(err, "there is nothing to change, so there is no series");
	return result;
}

static char *part_subject(const struct part *part, const struct driver *driver)
{
	char *text = letter_subject(part->changes, part->change_count), *subject;

	if (driver->capital)
		*text = (char)toupper((unsigned char)*text);
	subject = xasprintf("%s: %s", driver->prefix, text);
	free(text);
	return subject;
}

static void find_subjects(struct series *series)
{
	struct driver *drivers = xcalloc(series->count, sizeof(*drivers));

	for (size_t i = 0; i < series->count; i++) {
		drivers[i].dir = series->parts[i].unit.dir;
		drivers[i].paths = series->parts[i].paths;
		drivers[i].path_count = series->parts[i].file_count;
	}
	prefix_find(series->spec->root, drivers, series->count);
	for (size_t i = 0; i < series->count; i++) {
		series->parts[i].subject = part_subject(&series->parts[i], &drivers[i]);
		driver_free(&drivers[i]);
	}
	free(drivers);
}

/* Asks who is to get the parts; what stands against it is a note. Fails only if a signal came. */
static int find_recipients(struct series *series, struct series_result *result, struct error *err)
{
	for (size_t i = 0; i < series->count; i++) {
		struct part *part = &series->parts[i];
		struct error problem;

		if (recipients_find(&part->recipients, series->spec->root, part->paths,
				    part->file_count, &problem) &&
		    !result->note)
			result->note = xasprintf("no To: and Cc: in patches of the series: %s",
						 problem.text);
		if (interrupt_signal())
			return error_set(err, "interrupted: no series was written");
		recipients_add(&series->everybody, &part->recipients);
	}
	return 0;
}

static void add_stats(struct diffstat *stat, const struct part *part)
{
	for (size_t i = 0; i < part->file_count; i++)
		diffstat_add(stat, part->paths[i], &part->patches[i]);
}

static void print_date(FILE *out, time_t now)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm when;

	gmtime_r(&now, &when);
	fprintf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n", days[when.tm_wday], when.tm_mday,
		months[when.tm_mon], when.tm_year + 1900, when.tm_hour, when.tm_min, when.tm_sec);
}

static void print_headers(FILE *out, const struct series *series, size_t number,
			  const char *subject, const struct recipients *recipients)
{
	int digits = snprintf(NULL, 0, "%zu", series->count);
	char *line = series->count == 1 && number ? xasprintf("[PATCH] %s", subject)
						  : xasprintf("[PATCH %0*zu/%zu] %s", digits,
							      number, series->count, subject);

	fputs(FROM_LINE, out);
	mail_addresses(out, "From", &series->sender, 1);
	print_date(out, series->spec->now);
	mail_header(out, "Subject", line);
	mail_addresses(out, "To", recipients->to, recipients->to_count);
	mail_addresses(out, "Cc", recipients->cc, recipients->cc_count);
	free(line);
}

/* The name of a patch's file, as git makes it of the subject. The caller frees. */
static char *file_name(size_t number, const char *subject)
{
	char *name = xasprintf("%04zu-", number);
	size_t length = strlen(name);
	bool gap = false;

	name = xrealloc(name, length + 2 * strlen(subject) + sizeof(SUFFIX));
	for (const char *c = subject; *c; c++) {
		if (!isalnum((unsigned char)*c) && *c != '.' && *c != '_') {
			gap = true;
			continue;
		}
		if (gap && name[length - 1] != '-')
			name[length++] = '-';
		gap = false;
		/* Two dots are one. */
		if (*c != '.' || name[length - 1] != '.')
			name[length++] = *c;
	}
	length = length > NAME_WIDTH ? NAME_WIDTH : length;
	while (strchr(".-", name[length - 1]))
		length--;
	strcpy(name + length, SUFFIX);
	return name;
}

/* Ends a message: takes its headers, and the body that was written to memory. */
static void add_message(struct series *series, char *name, size_t number, const char *subject,
			const struct recipients *recipients, const char *body, size_t body_length)
{
	struct message message = { .name = name };
	FILE *out = open_memstream(&message.text, &message.length);

	print_headers(out, series, number, subject, recipients);
	mail_body(out, body, body_length);
	fclose(out);
	series->messages = grow(series->messages, series->message_count, sizeof(*series->messages));
	series->messages[series->message_count++] = message;
}

static void print_signature(FILE *out)
{
	fputs("-- \nresvlint " VERSION "\n\n", out);
}

static void compose_part(struct series *series, size_t index)
{
	const struct part *part = &series->parts[index];
	char *message = letter_message(part->changes, part->change_count), *body = NULL;
	struct diffstat stat = { 0 };
	size_t length;
	FILE *out = open_memstream(&body, &length);

	fprintf(out, "%s---\n", message);
	add_stats(&stat, part);
	diffstat_print(out, &stat);
	putc('\n', out);
	for (size_t i = 0; i < part->file_count; i++)
		fwrite(part->patches[i].text, 1, part->patches[i].length, out);
	print_signature(out);
	fclose(out);
	add_message(series, file_name(index + 1, part->subject), index + 1, part->subject,
		    &part->recipients, body, length);
	diffstat_free(&stat);
	free(body);
	free(message);
}

/* All changes of the series; the caller frees the array. */
static const struct change **all_changes(const struct series *series, size_t *count)
{
	const struct change **changes = NULL;

	*count = 0;
	for (size_t p = 0; p < series->count; p++) {
		for (size_t i = 0; i < series->parts[p].change_count; i++) {
			changes = grow(changes, *count, sizeof(*changes));
			changes[(*count)++] = series->parts[p].changes[i];
		}
	}
	return changes;
}

static void print_shortlog(FILE *out, const struct series *series)
{
	fprintf(out, "\n%s (%zu):\n", series->sender.name, series->count);
	for (size_t i = 0; i < series->count; i++)
		fprintf(out, "  %s\n", series->parts[i].subject);
	putc('\n', out);
}

/* The subject of the whole series: that of its patch, if there is one. The caller frees. */
static char *cover_subject(const struct series *series, const struct change *const *changes,
			   size_t count)
{
	char *text, *subject;

	if (series->count == 1)
		return xstrdup(series->parts[0].subject);
	text = letter_subject(changes, count);
	subject = xasprintf("dma-buf: %s", text);
	free(text);
	return subject;
}

static void compose_cover(struct series *series)
{
	size_t count, length;
	const struct change **changes = all_changes(series, &count);
	struct diffstat stat = { 0 };
	char *letter, *subject = cover_subject(series, changes, count), *body = NULL;
	FILE *out = open_memstream(&body, &length);

	for (size_t i = 0; i < series->count; i++)
		add_stats(&stat, &series->parts[i]);
	letter = letter_cover(changes, count, stat.count);
	fputs(letter, out);
	print_shortlog(out, series);
	diffstat_print(out, &stat);
	putc('\n', out);
	print_signature(out);
	fclose(out);
	add_message(series, xstrdup("0000-cover-letter" SUFFIX), 0, subject, &series->everybody,
		    body, length);
	diffstat_free(&stat);
	free(body);
	free(letter);
	free(subject);
	free(changes);
}

static void part_free(struct part *part)
{
	for (size_t i = 0; i < part->file_count; i++)
		patch_free(&part->patches[i]);
	unit_free(&part->unit);
	recipients_free(&part->recipients);
	free(part->patches);
	free(part->paths);
	free(part->changes);
	free(part->subject);
}

static void series_free(struct series *series)
{
	for (size_t i = 0; i < series->count; i++)
		part_free(&series->parts[i]);
	for (size_t i = 0; i < series->message_count; i++) {
		free(series->messages[i].name);
		free(series->messages[i].text);
	}
	recipients_free(&series->everybody);
	address_free(&series->sender);
	free(series->parts);
	free(series->messages);
}

int series_check(const char *root, const char *dir, struct error *err)
{
	struct address sender;
	int result = sender_find(&sender, root, err);

	address_free(&sender);
	return result ? result : outbox_check(dir, err);
}

int series_write(const struct series_spec *spec, struct series_result *result, struct error *err)
{
	struct series series = { .spec = spec };
	int status;

	*result = (struct series_result){ 0 };
	status = sender_find(&series.sender, spec->root, err);
	if (!status)
		status = divide(&series, err);
	if (!status) {
		find_subjects(&series);
		status = find_recipients(&series, result, err);
	}
	if (!status) {
		compose_cover(&series);
		for (size_t i = 0; i < series.count; i++)
			compose_part(&series, i);
		status = outbox_write(spec->dir, series.messages, series.message_count, err);
	}
	if (!status)
		result->patches = series.count;
	series_free(&series);
	return status;
}

void series_result_free(struct series_result *result)
{
	free(result->note);
}
