// SPDX-License-Identifier: GPL-2.0-only
#include "judge/contexts.h"

#include "base/text.h"
#include "judge/ways.h"

#include <stdlib.h>
#include <string.h>

/* No function that is asked for has a longer name: all go into one variable of the environment. */
#define NAME_LIMIT 200

static bool has(const struct ways *ways, enum way way)
{
	return ways->first[way] != NOWHERE;
}

/* The first of some kinds of ways, with WAY_COUNT behind them, that there is; WAY_COUNT if none. */
static enum way first_of(const struct ways *ways, const enum way *kinds)
{
	while (*kinds != WAY_COUNT && !has(ways, *kinds))
		kinds++;
	return *kinds;
}

static enum way held_way(const struct ways *ways)
{
	static const enum way kinds[] = { WAY_HELD, WAY_HELD_OTHER, WAY_EXPORTED, WAY_COUNT };

	return first_of(ways, kinds);
}

static enum way free_way(const struct ways *ways)
{
	static const enum way kinds[] = { WAY_CALLED, WAY_ENTERED, WAY_COUNT };

	return first_of(ways, kinds);
}

static bool can_be_asked(const struct function *function)
{
	const char *name = question_subject(function->name);
	size_t length = 0;

	while (is_word(name[length]) || name[length] == '.')
		length++;
	return length && length <= NAME_LIMIT && !name[length];
}

/* Can no more callers change what becomes of a fact? */
static bool is_plain(const struct fact *fact, const struct ways *ways, enum confidence least)
{
	bool held = has(ways, WAY_HELD) || has(ways, WAY_HELD_OTHER);

	if (fact->kind == FACT_SITE)
		return has(ways, WAY_HELD);
	return held && (free_way(ways) != WAY_COUNT ||
			(fact->confidence == CONFIDENCE_LOW && least > CONFIDENCE_LOW));
}

/*
 * Sites are only asked about in their own files: nearly all functions that touch a buffer are
 * sites, and asking for them everywhere takes longer than all else. What calls them from other
 * files under the lock is found from there: the wrappers tell which functions want it free.
 */
static bool has_to_be_asked(const struct function *function, const struct fact *fact)
{
	return !function->answered && can_be_asked(function) &&
	       (fact->kind == FACT_FINDING || function->source != EVERYWHERE ||
		question_is_parameter(function->name));
}

/* Marks the functions on the ways to a fact that have to be asked about. */
static void mark_unknown(const struct functions *functions, const struct fact *fact,
			 enum confidence least, bool *unknown)
{
	struct ways ways = ways_find(functions, fact, false);

	for (size_t i = 0; i < ways.count && !is_plain(fact, &ways, least); i++) {
		const struct function *function = ways.steps[i].function;

		if (function && has_to_be_asked(function, fact))
			unknown[function - functions->functions] = true;
	}
	ways_free(&ways);
}

struct questions contexts_questions(const struct knowledge *known, const struct facts *facts,
				    enum confidence least)
{
	struct functions functions = functions_make(known, facts);
	bool *unknown = xcalloc(functions.count, sizeof(*unknown));
	struct questions questions = { 0 };

	for (size_t i = 0; i < facts->count; i++)
		if (fact_is_open(&facts->facts[i]))
			mark_unknown(&functions, &facts->facts[i], least, unknown);
	for (size_t i = 0; i < functions.count; i++) {
		const struct function *function = &functions.functions[i];

		if (unknown[i])
			questions_add(&questions, function->name, function->source);
	}
	free(unknown);
	functions_free(&functions);
	return questions;
}

/* Adds a way to the fact's chain. */
static void add_way(struct fact *fact, const struct ways *ways, enum way way)
{
	const struct step *steps = ways->steps;

	for (size_t i = ways->first[way]; steps[i].below != NOWHERE; i = steps[i].below)
		fact_add_link(fact, steps[i].link);
	fact_end_way(fact);
}

static void forget_fix(struct fact *fact)
{
	fact->replace = "";
	fact->with = "";
}

/*
 * The confidence in a finding that is surely not held on some way. Where only objects of one kind
 * come to the operation, and no function on the way but a list tells which object it is, none of
 * that kind may ever be on it.
 */
static enum confidence grade(const struct fact *fact, enum way without, enum way held, bool by_name)
{
	if (!by_name)
		return CONFIDENCE_LOW;
	if (fact->confidence == CONFIDENCE_HIGH)
		return CONFIDENCE_HIGH;
	if (fact->confidence == CONFIDENCE_LOW)
		return held == WAY_COUNT ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
	return without == WAY_CALLED && held == WAY_COUNT ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
}

/*
 * A fix has to be right on each way. The buffer that is reached from the private data of the one
 * that a driver exports, to be used as an importer, is another: if it were the same, the operation
 * would come back to the exporter's callback.
 */
static bool spoils_fix(const struct fact *fact, enum way held, enum way unsure, bool hinted)
{
	return fact->confidence == CONFIDENCE_LOW || (held != WAY_COUNT && held != WAY_EXPORTED) ||
	       unsure == WAY_EITHER || hinted;
}

/* Judges a finding that needs the lock. Returns whether nothing is left of it. */
static bool judge_finding(struct fact *fact, const struct ways *ways, bool by_name)
{
	static const enum way not_known[] = { WAY_EITHER, WAY_PRESUMED, WAY_COUNT };
	enum way held = held_way(ways), without = free_way(ways);
	enum way unsure = first_of(ways, not_known);
	bool hinted = has(ways, WAY_HINTED);
	bool shown = fact->confidence == CONFIDENCE_HIGH;

	if (held != WAY_COUNT && without == WAY_COUNT && unsure == WAY_COUNT && !hinted)
		return true;
	if (without != WAY_COUNT || shown)
		fact->state = STATE_NOT_HELD;
	if (without != WAY_COUNT) {
		fact->confidence = grade(fact, without, held, by_name);
		add_way(fact, ways, without);
	} else if (shown) {
		fact->confidence = held == WAY_COUNT ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	} else if (held != WAY_COUNT || (hinted && unsure == WAY_COUNT)) {
		fact->confidence = CONFIDENCE_LOW;
	}
	if (held != WAY_COUNT)
		add_way(fact, ways, held);
	if (hinted)
		add_way(fact, ways, WAY_HINTED);
	fact->is_presumed = !shown && has(ways, WAY_PRESUMED);
	if (!shown && spoils_fix(fact, held, unsure, hinted))
		forget_fix(fact);
	return false;
}

/* Does a way begin in an exporter's callback, which does it itself or passes on what its buffer
 * has? */
static bool begins_in_exporter(const struct ways *ways, enum way way)
{
	const struct step *first = &ways->steps[ways->first[way]];

	return way == WAY_EXPORTED || (first->link.kind == LINK_SLOT &&
				       starts_with(first->link.function, EXPORTER_CALLBACK) &&
				       ways->steps[first->below].below == NOWHERE);
}

/* Is the function at which one way begins on another? */
static bool is_on(const struct ways *ways, enum way one, enum way other)
{
	size_t wanted = ways->steps[ways->first[one]].below, step = ways->first[other];

	while (step != wanted && step != NOWHERE)
		step = ways->steps[step].below;
	return step != NOWHERE;
}

/* Is a site reached without the lock, too, or from a function of which it is presumed? */
static bool has_free_way(const struct ways *ways, enum way held)
{
	static const enum way kinds[] = { WAY_EITHER, WAY_PRESUMED };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (has(ways, kinds[i]) && !is_on(ways, kinds[i], held))
			return true;
	return free_way(ways) != WAY_COUNT;
}

/*
 * The call of a caller whose fault it is that the lock is held, NULL if it is nobody's. The caller
 * takes the lock, in a source that is checked, and what it calls is right where others call it.
 */
static const struct fact *callers_fault(const struct functions *functions, const struct ways *ways,
					enum way held)
{
	const struct fact *call = ways->steps[ways->first[held]].call;

	return call && call->kind == FACT_CALL && !question_is_parameter(call->operation) &&
			       has_free_way(ways, held) &&
			       functions->known.selection->sources[call->source].rules
		       ? call
		       : NULL;
}

static void add_inside(struct fact *fact, struct link link)
{
	link.kind = LINK_INSIDE;
	link.state = STATE_INHERITED;
	link.lock = "";
	fact_add_link(fact, link);
}

/* Adds what the caller calls, down to the operation of a site. */
static void add_all_inside(struct fact *fact, const struct ways *ways, enum way held,
			   const struct fact *site)
{
	const struct step *steps = ways->steps;
	const char *function = fact->operation;

	for (size_t i = steps[ways->first[held]].below; steps[i].below != NOWHERE;
	     i = steps[i].below) {
		struct link link = steps[i].link;

		if (link.kind == LINK_MEMBER)
			link.function = function;
		add_inside(fact, link);
		function = link.call;
	}
	add_inside(fact, (struct link){ .source = site->source,
					.line = site->line,
					.function = site->function,
					.call = site->operation });
}

/* Reports a site where the caller that holds the lock calls what leads to it. */
static void move_to_caller(struct fact *fact, const struct ways *ways, enum way held,
			   const struct fact *call)
{
	const struct fact site = *fact;

	fact->source = call->source;
	fact->line = call->line;
	fact->column = call->column;
	fact->end_line = call->end_line;
	fact->end_column = call->end_column;
	fact->function = call->function;
	fact->operation = call->operation;
	fact->object = call->object;
	fact->made[0] = xasprintf("%s() with the reservation lock held", call->operation);
	fact->made[1] =
		xasprintf("%s taken in line %u and still held", call->lock, call->lock_line);
	fact->message = fact->made[0];
	fact->reason = fact->made[1];
	fact->hint = "drop the lock before this call";
	fact->lock = call->lock;
	fact->lock_line = call->lock_line;
	fact_end_way(fact);
	add_all_inside(fact, ways, held, &site);
}

/*
 * Judges a site where the lock must not be held. An exporter's callback never meets an object that
 * was imported: that is exported as the buffer that it came from.
 */
static void judge_site(const struct functions *functions, struct fact *fact,
		       const struct ways *ways)
{
	enum way held = held_way(ways);
	const struct fact *fault;

	if (held == WAY_COUNT || (fact->is_of_kind && begins_in_exporter(ways, held)))
		return;
	fact->kind = FACT_FINDING;
	fact->state = STATE_HELD;
	fact->confidence = held == WAY_HELD ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
	fault = callers_fault(functions, ways, held);
	if (fault) {
		move_to_caller(fact, ways, held, fault);
		return;
	}
	add_way(fact, ways, held);
	fact->lock = fact->chain[0].lock;
}

/* Is the lock surely not held on a way that does not begin with what a list yields? */
static bool is_free_by_name(const struct functions *functions, const struct fact *fact)
{
	struct ways ways = ways_find(functions, fact, true);
	bool found = free_way(&ways) != WAY_COUNT;

	ways_free(&ways);
	return found;
}

/* Returns whether nothing is left of the fact. */
static bool judge(const struct functions *functions, struct fact *fact)
{
	struct ways ways;
	bool settled = false;

	if (!fact_is_open(fact))
		return false;
	ways = ways_find(functions, fact, false);
	if (fact->kind == FACT_SITE) {
		judge_site(functions, fact, &ways);
	} else {
		bool by_name = !fact->is_of_kind || is_free_by_name(functions, fact);

		settled = judge_finding(fact, &ways, by_name);
	}
	ways_free(&ways);
	return settled;
}

void contexts_judge(const struct knowledge *known, struct facts *facts)
{
	struct functions functions = functions_make(known, facts);
	bool *settled = xcalloc(facts->count, sizeof(*settled));

	for (size_t i = 0; i < facts->count; i++)
		settled[i] = judge(&functions, &facts->facts[i]);
	facts_drop_marked(facts, settled);
	free(settled);
	functions_free(&functions);
}
