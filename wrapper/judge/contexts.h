/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contexts: what holds on entry to the functions in which a state is inherited, by all ways upward
 * from them; and which facts about who calls whom are still missing.
 */
#ifndef RESVLINT_CONTEXTS_H
#define RESVLINT_CONTEXTS_H

#include "judge/functions.h"

/*
 * The questions that have to be asked next for these sites, each once; none if all is known. What
 * can only tell findings of less than the least confidence apart from none is not asked. The caller
 * frees them by questions_free(). What is known is put in order.
 */
struct questions contexts_questions(const struct knowledge *known, const struct sites *sites,
				    enum confidence least);

/*
 * Judges the sites whose state is inherited, by all ways upward. What is known is put in order.
 *
 * A finding is taken out if the lock is held on each way. It is "not held" if it surely is not on
 * some: of high confidence if a caller shows that and no way is held, else of medium. Where it is
 * only presumed that nobody holds the lock, as where no caller is known, it is left as it is; but
 * of low confidence if another way is held, or if the function says of itself that its caller holds
 * the lock. Where some way is held, the chain has each that surely is not; else the first. It has
 * no fix where ways disagree or are not known; a way that begins in an exporter's
 * callback, and goes on with an object of that buffer's private data, is about another buffer.
 *
 * Where the operation is only for objects of a certain kind, and on each way that is surely not
 * held the object is what a list yields, the finding is of low confidence: objects of that kind may
 * never be on it.
 *
 * A finding that comes with low confidence, since little can be told from the function alone, is
 * taken out if a way is held and none is surely not. Else it is of medium confidence if it is "not
 * held" and no way is held, and of low if not. One that comes with high
 * confidence is in a function that shows itself that the lock is not held there: it stays high, is
 * "not held", and keeps its fix; of medium confidence if the ways that are known are held.
 *
 * A site that is no finding becomes one if the lock is held on some way: of medium confidence if a
 * caller passes on what the lock belongs to, else of low; but not by way of an exporter's callback
 * where it is for buffers that are imported. It is reported where a caller that holds the lock
 * makes the call that leads there, if it is right where others call it.
 *
 * The chains are filled in; their strings are those of the facts and of what is known.
 */
void contexts_judge(const struct knowledge *known, struct facts *facts);

#endif
