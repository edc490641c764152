/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slots: what holds on entry to functions that the kernel calls through a member of a structure, or
 * because they were passed to one of its functions.
 * The table is lib/contexts.tsv of the rules directory, and --contexts names more.
 */
#ifndef RESVLINT_SLOTS_H
#define RESVLINT_SLOTS_H

#include "base/names.h"
#include "convention/terms.h"
#include "convention/tree.h"

#define SLOT_TABLE "lib/contexts.tsv"

/*
 * The contexts of functions that work runs: on a queue, in a thread for such work, or as a timer.
 * Behind a colon stands that it is delayed. Of such a function the context begins as far as it
 * comes to a signal of a fence; a timer may not sleep at all, so that no rule is about what it
 * does.
 */
#define SLOT_WORKER "worker"
#define SLOT_THREAD "thread"
#define SLOT_TIMER "timer"

struct slot {
	char *name; /* STRUCT.MEMBER, or FUNCTION() for what is passed to it */
	enum lock_state state;
	char *context; /* that begins where it is entered, such as signalling; NULL: none */
};

struct slots {
	struct slot *slots; /* sorted by name */
	size_t count;
};

/*
 * Reads the rows of the table that hold for a kernel version, or for the newest one if it is NULL.
 * Returns 0, or -1 with a message. slots_free() either way.
 */
int slots_load(const char *rules_dir, const struct version *version, struct slots *slots,
	       struct error *err);

/* Is a function that is told by this slot one that such work runs? */
bool slot_is_run_by(const struct slot *slot, const char *work);

/*
 * Adds the rows of another table, a file of the same form; they win over those there are of the
 * same structure and member. Returns 0, or -1 with a message that names the file and, if something
 * in it is wrong, the line; the slots are as they were then.
 */
int slots_add(const char *path, const struct version *version, struct slots *slots,
	      struct error *err);
void slots_free(struct slots *slots);

/*
 * What the table says of the state on entry through a slot, or else through any member of its
 * structure: inherited where it is entered in one state or the other. Returns whether it says
 * anything.
 */
bool slots_find(const struct slots *slots, const char *name, enum lock_state *state);

/*
 * The members, other than those of which the convention tells, that are entered with the lock held,
 * or without it, each by its own name: as rows of convention_text(), of a clause TOKEN_ENTERED_HELD
 * or TOKEN_ENTERED_FREE. The caller frees.
 */
char *slots_text(const struct slots *slots);

/* Adds the names of structures of those that are entered with it held, some more than once. */
void slots_add_structs(const struct slots *slots, struct names *names);

/* Adds the words that tell of calls through the members of a state, some more than once. */
void slots_add_called(const struct slots *slots, enum lock_state state, struct names *names);

#endif
