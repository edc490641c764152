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

/* Does whosever lock is held count for a site? */
static bool is_of_any_lock(const struct functions *functions, const struct site *site)
{
	return functions->known.under && functions->known.under->rules >> site->rule & 1;
}

/* Can no more callers change what becomes of a site? */
static bool is_plain(const struct functions *functions, const struct site *site,
		     const struct ways *ways, enum confidence least)
{
	bool held = has(ways, WAY_HELD) || has(ways, WAY_HELD_OTHER);

	if (!site->is_finding)
		return has(ways, WAY_HELD) && !is_of_any_lock(functions, site);
	return held && site->confidence == CONFIDENCE_LOW &&
	       (least > CONFIDENCE_LOW || free_way(ways) != WAY_COUNT);
}

/* Is a function asked about, and not a member, a structure or a parameter? */
static bool is_plain_function(const char *name)
{
	return !question_is_member(name) && !question_is_structure(name) &&
	       !question_is_parameter(name);
}

/*
 * Sites are only asked about in their own files: nearly all functions that touch a buffer are
 * sites, and asking for them everywhere takes longer than all else. What calls them from other
 * files under the lock is found from there: the wrappers tell which functions want it free. Of
 * rules about any lock they do not tell.
 */
static bool has_to_be_asked(const struct functions *functions, const struct function *function,
			    const struct site *site)
{
	if (function->answered || !can_be_asked(function))
		return false;
	if (is_of_any_lock(functions, site) && is_plain_function(function->name))
		return under_is_entered(functions->known.under, function->source, function->name);
	return site->is_finding || is_of_any_lock(functions, site) ||
	       function->source != EVERYWHERE || question_is_parameter(function->name);
}

/* All ways upward from the function that a site is in; ways_free() them. */
static struct ways ways_from(const struct functions *functions, const struct site *site,
			     unsigned int kinds)
{
	if (is_of_any_lock(functions, site))
		kinds |= WAYS_ANY_LOCK;
	return ways_find(functions, functions_defined(functions, site->function, site->at.source),
			 kinds, site->needs);
}

/* Marks the functions on the ways to a site that have to be asked about. */
static void mark_unknown(const struct functions *functions, const struct site *site,
			 enum confidence least, bool *unknown)
{
	struct ways ways = ways_from(functions, site, 0);

	for (size_t i = 0; i < ways.count && !is_plain(functions, site, &ways, least); i++) {
		const struct function *function = ways.steps[i].function;

		if (function && has_to_be_asked(functions, function, site))
			unknown[function - functions->functions] = true;
	}
	ways_free(&ways);
}

struct questions contexts_questions(const struct knowledge *known, const struct sites *sites,
				    enum confidence least)
{
	struct functions functions = functions_make(known, sites);
	bool *unknown = xcalloc(functions.count, sizeof(*unknown));
	struct questions questions = { 0 };

	for (size_t i = 0; i < sites->count; i++)
		if (sites->rows[i].state == STATE_INHERITED)
			mark_unknown(&functions, &sites->rows[i], least, unknown);
	for (size_t i = 0; i < functions.count; i++) {
		const struct function *function = &functions.functions[i];

		if (unknown[i])
			questions_add(&questions, function->name, function->source);
	}
	free(unknown);
	functions_free(&functions);
	return questions;
}

/* Adds the way that begins in a step to the chain of a site. */
static void add_way(struct site *site, const struct ways *ways, size_t begin)
{
	const struct step *steps = ways->steps;

	for (size_t i = begin; steps[i].below != NOWHERE; i = steps[i].below)
		site_add_link(site, steps[i].link);
	site_end_way(site);
}

/*
 * Adds ways without the lock to the chain of a site where it must be held: the first, and the
 * others if each caller is at fault.
 */
static void add_free_ways(struct site *site, const struct ways *ways, bool is_each_at_fault)
{
	size_t first = ways->first[free_way(ways)];

	add_way(site, ways, first);
	for (size_t i = 0; is_each_at_fault && i < ways->begin_count; i++)
		if (ways->begins[i].step != first)
			add_way(site, ways, ways->begins[i].step);
}

/*
 * The confidence in a finding that is surely not held on some way. Where only objects of one kind
 * come to the operation, and no function on the way but a list tells which object it is, none of
 * that kind may ever be on it.
 */
static enum confidence grade(const struct site *site, enum way without, enum way held, bool by_name)
{
	if (!by_name)
		return CONFIDENCE_LOW;
	if (site->confidence == CONFIDENCE_HIGH)
		return CONFIDENCE_HIGH;
	if (site->confidence == CONFIDENCE_LOW)
		return held == WAY_COUNT ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
	return without == WAY_CALLED && held == WAY_COUNT ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
}

/*
 * A fix has to be right on each way. The buffer that is reached from the private data of the one
 * that a driver exports, to be used as an importer, is another: if it were the same, the operation
 * would come back to the exporter's callback.
 */
static bool spoils_fix(const struct site *site, enum way held, enum way unsure, bool hinted)
{
	return site->confidence == CONFIDENCE_LOW || (held != WAY_COUNT && held != WAY_EXPORTED) ||
	       unsure == WAY_EITHER || hinted;
}

/* Judges a finding where the lock must be held. Returns whether nothing is left of it. */
static bool judge_must_hold(struct site *site, const struct ways *ways, bool by_name)
{
	static const enum way not_known[] = { WAY_EITHER, WAY_PRESUMED, WAY_COUNT };
	enum way held = held_way(ways), without = free_way(ways);
	enum way unsure = first_of(ways, not_known);
	bool hinted = has(ways, WAY_HINTED);
	bool shown = site->confidence == CONFIDENCE_HIGH;
	bool is_doubted = site->confidence == CONFIDENCE_LOW || (unsure == WAY_COUNT && !hinted);

	if (held != WAY_COUNT && without == WAY_COUNT && is_doubted)
		return true;
	if (without != WAY_COUNT || shown)
		site->state = STATE_NOT_HELD;
	if (without != WAY_COUNT) {
		/* Where no caller holds the lock, the function of the site is at fault. */
		add_free_ways(site, ways, held != WAY_COUNT && site->confidence > CONFIDENCE_LOW);
		site->confidence = grade(site, without, held, by_name);
	} else if (shown) {
		site->confidence = held == WAY_COUNT ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	} else if (held != WAY_COUNT || (hinted && unsure == WAY_COUNT)) {
		site->confidence = CONFIDENCE_LOW;
	}
	if (held != WAY_COUNT)
		add_way(site, ways, ways->first[held]);
	if (hinted)
		add_way(site, ways, ways->first[WAY_HINTED]);
	site->is_presumed = !shown && has(ways, WAY_PRESUMED);
	if (!shown && spoils_fix(site, held, unsure, hinted))
		site->with = "";
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

/* Is the function at which one way begins, in a step, on another? */
static bool is_on(const struct ways *ways, size_t one, size_t other)
{
	size_t wanted = ways->steps[one].below, step = other;

	while (step != wanted && step != NOWHERE)
		step = ways->steps[step].below;
	return step != NOWHERE;
}

/* Is a site reached without the lock, too, or from a function of which it is presumed? */
static bool has_free_way(const struct ways *ways, size_t held)
{
	static const enum way kinds[] = { WAY_EITHER, WAY_PRESUMED };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (has(ways, kinds[i]) && !is_on(ways, ways->first[kinds[i]], held))
			return true;
	return free_way(ways) != WAY_COUNT;
}

/* Is a source checked? To rules about any lock, that their words are not in it says nothing. */
static bool is_checked(const struct functions *functions, const struct site *site, size_t source)
{
	const struct selection *selection = functions->known.selection;

	return selection->sources[source].rules ||
	       (is_of_any_lock(functions, site) && !select_is_other(selection, source));
}

/*
 * Is it the fault of the caller with which a way begins, in a step, that the lock is held? It takes
 * the lock, in a source that is checked, and what it calls is right where others call it.
 */
static bool is_callers_fault(const struct functions *functions, const struct site *site,
			     const struct ways *ways, size_t begin)
{
	const struct call *call = ways->steps[begin].call;

	return call && !call->passed_to && !question_is_parameter(call->callee) &&
	       has_free_way(ways, begin) && is_checked(functions, site, call->at.source);
}

static void add_inside(struct site *site, struct link link)
{
	link.kind = LINK_INSIDE;
	link.state = STATE_INHERITED;
	link.lock = "";
	site_add_link(site, link);
}

/* Adds what a caller, at which a site is reported now, calls down to where it was. */
static void add_all_inside(struct site *site, const struct ways *ways, size_t begin,
			   const struct site *before)
{
	const struct step *steps = ways->steps;
	const char *function = site->operation;

	for (size_t i = steps[begin].below; steps[i].below != NOWHERE; i = steps[i].below) {
		struct link link = steps[i].link;

		if (link.kind == LINK_MEMBER)
			link.function = function;
		add_inside(site, link);
		function = link.call;
	}
	add_inside(site, (struct link){ .at = before->at,
					.function = before->function,
					.call = before->operation });
}

/* Keeps a text with the facts, and frees it. */
static const char *keep(struct facts *facts, char *text)
{
	const char *kept = facts_keep(facts, text);

	free(text);
	return kept;
}

/* Reports a site where the caller that holds the lock calls what leads to it. */
static void move_to_caller(struct facts *facts, struct site *site, const struct ways *ways,
			   size_t begin)
{
	const struct call *call = ways->steps[begin].call;
	const struct site before = *site;

	site->at = call->at;
	site->end_column = call->end_column;
	site->function = call->caller;
	site->operation = call->callee;
	site->arguments = call->arguments;
	site->lock = call->lock;
	site->message = keep(facts, xasprintf("%s() with the reservation lock held", call->callee));
	site->reason = keep(facts, xasprintf("%s taken in line %u and still held", call->lock,
					     call->lock_line));
	site->hint = "drop the lock before this call";
	site_end_way(site);
	add_all_inside(site, ways, begin, &before);
}

static void add_site(struct sites *sites, const struct site *site)
{
	sites->rows = grow(sites->rows, sites->count, sizeof(*sites->rows));
	sites->rows[sites->count++] = *site;
}

/* Adds to more sites one for each further caller whose fault it is that a lock of any is held. */
static void add_others_fault(const struct functions *functions, struct facts *facts,
			     const struct site *site, const struct ways *ways, struct sites *more)
{
	for (size_t i = 1; i < ways->begin_count; i++) {
		size_t begin = ways->begins[i].step;
		struct site other = *site;

		if (ways->begins[i].way != WAY_HELD ||
		    !is_callers_fault(functions, site, ways, begin))
			continue;
		move_to_caller(facts, &other, ways, begin);
		add_site(more, &other);
	}
}

/*
 * Judges a site where the lock must not be held. An exporter's callback never meets an object that
 * was imported: that is exported as the buffer that it came from.
 */
static void judge_must_not_hold(const struct functions *functions, struct facts *facts,
				struct site *site, const struct ways *ways, struct sites *more)
{
	enum way held = held_way(ways);

	if (held == WAY_COUNT || (site->is_of_kind && begins_in_exporter(ways, held)))
		return;
	site->is_finding = true;
	site->state = STATE_HELD;
	if (held != WAY_HELD)
		site->confidence = CONFIDENCE_LOW;
	else if (!is_of_any_lock(functions, site))
		site->confidence = CONFIDENCE_MEDIUM;
	if (is_callers_fault(functions, site, ways, ways->first[held])) {
		add_others_fault(functions, facts, site, ways, more);
		move_to_caller(facts, site, ways, ways->first[held]);
		return;
	}
	add_way(site, ways, ways->first[held]);
	site->lock = site->chain[0].lock;
}

/* Is the lock surely not held on a way that does not begin with what a list yields? */
static bool is_free_by_name(const struct functions *functions, const struct site *site)
{
	struct ways ways = ways_from(functions, site, WAYS_BY_NAME);
	bool found = free_way(&ways) != WAY_COUNT;

	ways_free(&ways);
	return found;
}

/* Returns whether nothing is left of the site. */
static bool judge(const struct functions *functions, struct facts *facts, struct site *site,
		  struct sites *more)
{
	struct ways ways;
	bool settled = false;

	if (site->state != STATE_INHERITED)
		return false;
	ways = ways_from(functions, site, 0);
	if (site->is_finding) {
		bool by_name = !site->is_of_kind || is_free_by_name(functions, site);

		settled = judge_must_hold(site, &ways, by_name);
	} else {
		judge_must_not_hold(functions, facts, site, &ways, more);
	}
	ways_free(&ways);
	return settled;
}

void contexts_judge(const struct knowledge *known, struct facts *facts)
{
	struct functions functions = functions_make(known, &facts->sites);
	struct sites *sites = &facts->sites, more = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < sites->count; i++)
		if (!judge(&functions, facts, &sites->rows[i], &more))
			sites->rows[kept++] = sites->rows[i];
	sites->count = kept;
	for (size_t i = 0; i < more.count; i++)
		add_site(sites, &more.rows[i]);
	free(more.rows);
	functions_free(&functions);
}
