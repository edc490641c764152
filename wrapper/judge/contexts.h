/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * contexts: what holds on entry to the functions in which a state is inherited. It is worked out
 * from facts about who calls whom, and it says which of them are still missing.
 *
 * A function is known by its name and, if it is static, by its file; a static one in a header
 * counts as extern. Upward from a function there are its callers, which hold the lock, do not, or
 * inherit the state themselves, and the slots that it is put into. All ways upward together are
 * what holds on entry; one that leads back to where it came from adds nothing.
 *
 * A member of a driver's own structure, of which the table of slots says nothing, stands among the
 * functions as STRUCT.MEMBER: what calls through it is its caller, and that of all that is put into
 * it. Structures that a kernel's include/ defines are no driver's own.
 */
#ifndef RESVLINT_CONTEXTS_H
#define RESVLINT_CONTEXTS_H

#include "convention/slots.h"
#include "run/facts.h"
#include "run/select.h"
#include "run/survey.h"

/* What is known, on all of which it depends. */
struct knowledge {
	struct facts *calls; /* definitions, calls and slots */
	struct questions *asked;
	const struct selection *selection;
	const struct slots *slots;
};

struct contexts;

/*
 * Takes in what is known, and puts the calls and the questions in order. `facts` are the findings
 * and sites to be judged. contexts_free() it.
 */
struct contexts *contexts_make(const struct knowledge *knowledge, const struct facts *facts);
void contexts_free(struct contexts *contexts);

/*
 * The questions that have to be asked next for these facts, each once; none if all is known. What
 * can only tell findings of less than the least confidence apart from none is not asked. The caller
 * frees them by questions_free().
 */
struct questions contexts_questions(const struct contexts *contexts, const struct facts *facts,
				    enum confidence least);

/*
 * Judges the facts whose state is inherited, by all ways upward.
 *
 * A finding is taken out if the lock is held on each way. It is "not held" if it surely is not on
 * some: of high confidence if a caller shows that and no way is held, else of medium. Where it is
 * only presumed that nobody holds the lock, as where no caller is known, it is left as it is; but
 * of low confidence if another way is held, or if the function says of itself that its caller holds
 * the lock. It has no fix where ways disagree or are not known; a way that begins in an exporter's
 * callback, and goes on with an object of that buffer's private data, is about another buffer.
 *
 * A function that is passed to another, of which the table says nothing, is called by that one if
 * it calls its parameter: in a state of its own or, where it inherits that, in the state in which
 * it was passed the function.
 *
 * Where the operation is only for objects of a certain kind, and on each way that is surely not
 * held the object is what a list yields, the finding is of low confidence: objects of that kind may
 * never be on it.
 *
 * A finding that comes with low confidence, since little can be told from the function alone, is of
 * medium confidence if it is "not held" and no way is held, else of low. One that comes with high
 * confidence is in a function that shows itself that the lock is not held there: it stays high, is
 * "not held", and keeps its fix; of medium confidence if the ways that are known are held.
 *
 * A site becomes a finding if the lock is held on some way: of medium confidence if a caller passes
 * on what the lock belongs to, else of low; but not by way of an exporter's callback where it is
 * for buffers that are imported. It is reported where a caller that holds the lock makes the call
 * that leads there, if it is right where others call it.
 *
 * The chains are filled in; their strings are those of the facts and calls.
 */
void contexts_judge(const struct contexts *contexts, struct facts *facts);

#endif
