// SPDX-License-Identifier: GPL-2.0-only
#include "run/messages.h"

#include "base/base.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* How a line begins that tells where an error is. */
#define PLACE "File \""

/* The first line that has one of the two words; NULL if none does. */
static const char *find_line(const char *log, const char *word, const char *other)
{
	char *copy = xstrdup(log), *rest = copy, *line = NULL;
	const char *found = NULL;

	while (!found && (line = next_line(&rest)))
		if (strstr(line, word) || strstr(line, other))
			found = log + (line - copy);
	free(copy);
	return found;
}

bool message_no_memory(const char *log)
{
	return find_line(log, "ut of memory", "Out_of_memory") ||
	       find_line(log, "Cannot allocate memory", "cannot allocate memory");
}

char *message_last(const char *log)
{
	char *copy = xstrdup(log), *rest = copy, *line, *last = NULL;

	while ((line = next_line(&rest)))
		if (line[strspn(line, " \t\r")])
			last = line;
	last = last ? xstrdup(last) : NULL;
	free(copy);
	return last;
}

/* Makes each run of white space one space, in place, and takes out what is at the beginning. */
static void squeeze(char *text)
{
	char *to = text;

	memmove(text, text + strspn(text, " "), strlen(text + strspn(text, " ")) + 1);
	for (const char *from = text; *from; from++) {
		if (!isspace((unsigned char)*from))
			*to++ = *from;
		else if (to == text || to[-1] != ' ')
			*to++ = ' ';
	}
	*to = '\0';
}

/* The last line before a place that tells where an error is; NULL if none does. */
static const char *place_before(const char *log, const char *end)
{
	const char *found = NULL;

	for (const char *line = log; line < end; line = strchrnul(line, '\n') + 1)
		if (starts_with(line, PLACE))
			found = line;
	return found;
}

char *message_error(const char *log)
{
	const char *line = find_line(log, "Error:", "error:"), *place, *next;
	char *text;

	if (!line)
		line = find_line(log, PLACE, PLACE);
	if (!line)
		return message_last(log);
	next = strchrnul(line, '\n');
	if (*next && next[1] == ' ' && !starts_with(line, PLACE))
		next = strchrnul(next + 1, '\n');
	place = place_before(log, line);
	text = xasprintf("%.*s %.*s", place ? (int)strcspn(place, "\n") : 0, place ? place : "",
			 (int)(next - line), line);
	squeeze(text);
	return text;
}
