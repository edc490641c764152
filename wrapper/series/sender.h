/* SPDX-License-Identifier: GPL-2.0-only */
/* sender: who sends the patches, as git knows. */
#ifndef RESVLINT_SENDER_H
#define RESVLINT_SENDER_H

#include "series/mail.h"

/*
 * The user: GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL, else user.name and user.email of the repository
 * that the tree is in, or of the user's own configuration. Returns 0, or -1 with a message that
 * says how to set them. address_free() either way.
 */
int sender_find(struct address *sender, const char *root, struct error *err);

#endif
