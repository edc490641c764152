/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * survey: asks a collector, which tells facts instead of findings, about functions, in the sources
 * of the tree that name one of them.
 */
#ifndef RESVLINT_SURVEY_H
#define RESVLINT_SURVEY_H

#include "base/names.h"
#include "base/progress.h"
#include "convention/convention.h"
#include "convention/tree.h"
#include "run/facts.h"
#include "run/pool.h"
#include "run/program.h"
#include "run/spatch.h"
#include "run/stage.h"
#include "run/unanalysed.h"

#include <stdint.h>

#define EVERYWHERE SIZE_MAX

/*
 * What is asked about: a function, by its name; what STRUCT_QUESTION and the tag of a structure
 * stand for, which is where it is defined; STRUCT.MEMBER, a member that points to
 * functions; or PARAMETER_QUESTION, a number, a colon and a function: the parameter of that number,
 * as what it points to.
 */
struct question {
	const char *name;
	size_t source; /* whose functions are asked; EVERYWHERE: those of the tree */
	bool but_one;  /* of them all, not the source `skipped` */
	size_t skipped;
};

#define STRUCT_QUESTION "struct:"
#define PARAMETER_QUESTION "parameter"

/* What is a question of this name about? If none of these, a function. */
bool question_is_structure(const char *name);
bool question_is_member(const char *name);
bool question_is_parameter(const char *name);

/* The tag, member or function in such a name, which is that of the parameter if it is about one. */
const char *question_subject(const char *name);

struct questions {
	struct question *questions;
	size_t count;
};

/* What a survey works with. The selection may grow between two of them. */
struct survey {
	const struct catalogue *catalogue;
	const struct tree *tree;
	const struct stage *stage;
	struct spatch *spatch;
	struct pool *pool;
	struct selection *selection;
	struct program *program;
	unsigned int jobs;
	bool verbose; /* tell of it on stderr */
	/* Functions that, beside those asked about, count in a source. */
	const struct names *known;
	bool settled; /* what these do is known: where they are called does not count */
	struct progress *progress;
	struct unanalysed *unanalysed;
	unsigned int round; /* which question after another it is, from 1 */
};

/* What a survey may have besides its questions. */
struct survey_details {
	const bool *only;          /* for each source: may it be asked? NULL: any */
	const struct names *words; /* more of them to find functions by; NULL: none */
	const char *text;          /* more lines for the collector; NULL: none */
	bool is_about_bodies;      /* of functions with these names, and not of who calls them */
};

/*
 * Asks a collector, rules[collector] of the catalogue. Adds what it tells to `facts`. Returns 0, or
 * -1 with a message.
 */
int survey_ask(struct survey *survey, size_t collector, const struct questions *questions,
	       struct survey_details details, struct facts *facts, struct error *err);

/*
 * Stages sources, of which there are `count` indexes, for spatch, each with what is looked for in
 * it, or whole if the words are NULL. Returns 0, or -1 with a message.
 */
int survey_focus(const struct survey *survey, const size_t *sources, size_t count,
		 struct focus looked_for, struct error *err);

/*
 * Tells spatch from now on a text, in lines, by a verb that it knows. Returns 0, or -1 with a
 * message.
 */
int survey_tell(const struct survey *survey, const char *verb, const char *text, struct error *err);

/* Names the sources that could not be read: they may hold anything. */
void survey_note_failures(const struct survey *survey);

/* A question of its own name, which questions_free() frees. */
void questions_add(struct questions *questions, const char *name, size_t source);
/* Likewise one that is asked everywhere but in one source. */
void questions_add_but(struct questions *questions, const char *name, size_t skipped);
void questions_remove(struct questions *questions, size_t index);
void questions_free(struct questions *questions);

#endif
