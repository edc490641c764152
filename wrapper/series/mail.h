/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mail: the parts of a message that stands in a file, in the form of `git format-patch`: headers
 * that no foreign text can break out of, and a body with what MIME it needs.
 */
#ifndef RESVLINT_MAIL_H
#define RESVLINT_MAIL_H

#include "base/base.h"

#include <stdio.h>

struct address {
	char *name; /* UTF-8 without quotes; "" if there is none */
	char *mail; /* LOCAL@DOMAIN */
};

/*
 * Makes an address. Returns 0, or -1 with a message if it cannot stand in a header: the name has
 * control characters or is no UTF-8, or the other is no address. address_free() either way.
 */
int address_make(struct address *address, const char *name, const char *mail, struct error *err);

/*
 * Reads `NAME <MAIL>`, `"NAME" <MAIL>` or `MAIL`; what stands behind that in parentheses is left
 * out. Returns 0, or -1 with a message as address_make(). address_free() either way.
 */
int address_parse(struct address *address, const char *text, struct error *err);
void address_free(struct address *address);

/* Prints `FIELD: TEXT`, folded, encoded as RFC 2047 wants it if it is not ASCII. TEXT is one line.
 */
void mail_header(FILE *out, const char *field, const char *text);

/* Prints `FIELD: ` with the addresses; nothing if there are none. */
void mail_addresses(FILE *out, const char *field, const struct address *addresses, size_t count);

/*
 * Ends the headers with those that the body needs, and prints the body: as it is if mail keeps it
 * so. Carriage returns, NUL bytes and lines too long for mail make it quoted-printable.
 */
void mail_body(FILE *out, const char *text, size_t length);

#endif
