/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stage: the private directory in which spatch works. It holds copies of the rules and of the
 * selected sources under names made here, so that no name of somebody else's ever reaches spatch,
 * which hands names to a shell. All names that spatch is given are relative to it.
 */
#ifndef RESVLINT_STAGE_H
#define RESVLINT_STAGE_H

#include "source/focus.h"

struct stage {
	char *dir; /* NULL if there is none */
};

/* Makes the directory, in TMPDIR. Returns 0, or -1 with a message. stage_remove() either way. */
int stage_create(struct stage *stage, struct error *err);

/*
 * Copies the rules directory to `cocci`. Returns 0, or -1 with a message.
 */
int stage_rules(const struct stage *stage, const char *rules_dir, struct error *err);

/*
 * Keeps a copy of one source, which spatch does not see yet. `name` only tells .c from .h. Returns
 * 0, or -1 with a message.
 */
int stage_source(const struct stage *stage, size_t index, const char *name, const char *text,
		 size_t length, struct error *err);

/* The text of a source that is kept, as file_read(); the caller frees. */
char *stage_read(const struct stage *stage, size_t index, const char *name, size_t *length);

/*
 * Stages a source that is kept for spatch, with the bodies of functions that focus() leaves, or
 * all of it where no words are looked for, in place of what was staged of it before. Lines of
 * blanks are empty. `weight` gets the number of its bytes, but for blanks. Returns 0, or -1 with a
 * message.
 */
int stage_focus(const struct stage *stage, size_t index, const char *name,
		const struct focus *looked_for, size_t *weight, struct error *err);

/* What spatch is given of a source at present, likewise. */
char *stage_read_staged(const struct stage *stage, size_t index, const char *name, size_t *length);

/* The staged name of a source, relative to the stage; the caller frees. */
char *stage_name(size_t index, const char *name);

/* The index of a source from its staged name. Returns whether it is one. */
bool stage_index(const char *staged, size_t *index);

/* Makes a directory NAME, if it is not there. Returns 0, or -1 with a message. */
int stage_directory(const struct stage *stage, const char *name, struct error *err);

/* Writes a file NAME, or writes it anew. Returns 0, or -1 with a message. */
int stage_write(const struct stage *stage, const char *name, const char *bytes, size_t length,
		struct error *err);

/* Removes the directory with all that is in it. */
void stage_remove(struct stage *stage);

#endif
