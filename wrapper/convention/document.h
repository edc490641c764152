/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * document: the `DOC: locking convention` comment of a kernel tree, read into the lists it has. It
 * is somebody else's text: what cannot be made out is told, never guessed.
 */
#ifndef RESVLINT_DOCUMENT_H
#define RESVLINT_DOCUMENT_H

#include <stddef.h>

/* One function or callback that the text lists. */
struct item {
	const char *clause; /* IMPORTER_HELD and so on, whatever number it has in the text */
	char *api;          /* a function, or EXPORTER_CALLBACK and a member */
	unsigned int line;
};

struct document {
	struct item *items; /* as they stand in the text */
	size_t count;
	size_t left_out;             /* items that name no function, or are in no known clause */
	unsigned int left_out_first; /* the line of the first */
};

/*
 * Reads the text from a C source file. Returns NULL, or why it cannot serve as the convention: one
 * sentence, which the caller frees. document_free() either way.
 */
char *document_read(const char *path, struct document *document);
void document_free(struct document *document);

#endif
