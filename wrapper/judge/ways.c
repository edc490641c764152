// SPDX-License-Identifier: GPL-2.0-only
#include "judge/ways.h"

#include "judge/needs.h"

#include <stdlib.h>
#include <string.h>

/* What a site needs that is right where no page fault is served. */
#define FAULTS "nofault=0"

/* What exporters hold where they go on with another buffer. */
#define OTHER_LOCK "the lock of the buffer that is exported"

/* One walk upward. */
struct walk {
	const struct functions *functions;
	struct ways ways;
	unsigned int kinds; /* of enum ways_kind */
	size_t *reached; /* for each function, the last step that came to it, from 1; 0: none did */
	size_t climbed;  /* so many of the steps were gone up from */
};

/* Adds a step, and returns which it is. */
static size_t add_step(struct walk *walk, struct step step)
{
	struct ways *ways = &walk->ways;

	ways->steps = grow(ways->steps, ways->count, sizeof(*ways->steps));
	ways->steps[ways->count] = step;
	return ways->count++;
}

/* What a row calls by a name: for a parameter, the function that is reached from it. */
static const char *called_by(const struct walk *walk, const char *name, size_t below)
{
	const struct step *steps = walk->ways.steps;

	if (!question_is_parameter(name))
		return name;
	while (!steps[below].function)
		below = steps[below].below;
	return steps[below].function->name;
}

/* What the parameters of the caller have to be for a call from there to lead on to a step. */
static const char *needs_above(struct walk *walk, size_t below, const struct call *call)
{
	char *passed = needs_of_caller(call->values, walk->ways.steps[below].needs);
	const char *separator = *call->needs && *passed ? "," : "";
	char *needs = xasprintf("%s%s%s", call->needs, separator, passed);

	free(passed);
	names_add(&walk->ways.made, needs);
	free(needs);
	return walk->ways.made.names[walk->ways.made.count - 1];
}

/* A step by a call, to what is around it: a function that is reached, or none. */
static struct step step_by_call(struct walk *walk, const struct function *function, size_t below,
				const struct call *call)
{
	return (struct step){ .function = function,
			      .below = below,
			      .call = call,
			      .needs = function ? needs_above(walk, below, call) : "",
			      .link = {
				      .kind = LINK_CALL,
				      .at = call->at,
				      .function = call->caller,
				      .call = call->passed_to
						      ? call->passed_to
						      : called_by(walk, call->callee, below),
				      .state = call->state,
				      .lock = call->lock,
			      } };
}

/* A step from a function to the slot that it is put into. */
static struct step step_by_slot(const struct walk *walk, const struct function *member,
				size_t below, const struct callback *callback)
{
	return (struct step){ .function = member,
			      .below = below,
			      .needs = "",
			      .link = {
				      .kind = member ? LINK_MEMBER : LINK_SLOT,
				      .at = callback->at,
				      .function = callback->slot,
				      .call = called_by(walk, callback->function, below),
				      .lock = "",
			      } };
}

/*
 * Takes a step to a function, unless it was reached before. What its parameters have to be counts
 * only as long as all steps agree on it.
 */
static void reach(struct walk *walk, struct step step)
{
	size_t *reached = &walk->reached[step.function - walk->functions->functions];
	struct step *before = *reached ? &walk->ways.steps[*reached - 1] : NULL;

	if (before && (!before->needs[0] || !strcmp(before->needs, step.needs)))
		return;
	if (before)
		step.needs = "";
	if (before && *reached > walk->climbed)
		before->needs = "";
	else
		*reached = add_step(walk, step) + 1;
}

/* Is each way of a kind told, and not the first alone? */
static bool is_each_told(const struct walk *walk, enum way way)
{
	return walk->kinds & WAYS_ANY_LOCK ? way == WAY_HELD
					   : way == WAY_CALLED || way == WAY_ENTERED;
}

/* A way begins, unless one of its kind did and is as good. */
static void begin(struct walk *walk, enum way way, struct step step)
{
	struct ways *ways = &walk->ways;
	bool is_told = is_each_told(walk, way);
	size_t at;

	if (ways->first[way] != NOWHERE && !is_told)
		return;
	at = add_step(walk, step);
	if (ways->first[way] == NOWHERE)
		ways->first[way] = at;
	if (is_told) {
		ways->begins = grow(ways->begins, ways->begin_count, sizeof(*ways->begins));
		ways->begins[ways->begin_count++] = (struct begin){ way, at };
	}
}

/* Does a function, reached in a step, pass on no object that it was given? */
static bool passes_on_other(const struct walk *walk, size_t step)
{
	const struct call *call = walk->ways.steps[step].call;

	return call && call->passed == PASSED_OTHER;
}

/* Does some function on the way from a step downward pass on no object that it was given? */
static bool loses_object(const struct walk *walk, size_t step)
{
	for (size_t i = step; i != NOWHERE; i = walk->ways.steps[i].below)
		if (passes_on_other(walk, i))
			return true;
	return false;
}

/* Does some function on the way from a step downward pass on what is inside of its object? */
static bool goes_inside(const struct walk *walk, size_t step)
{
	const struct step *steps = walk->ways.steps;

	for (size_t i = step; i != NOWHERE; i = steps[i].below)
		if (steps[i].call && steps[i].call->passed == PASSED_PART)
			return true;
	return false;
}

/*
 * Is it another object than the one whose lock a caller holds that comes to the end of a way, or is
 * it not sure that one is held? What is inside of that object may have the same lock, as its
 * attachment; what is inside of that has not.
 */
static bool is_other(const struct walk *walk, size_t step, const struct call *call)
{
	if (walk->kinds & WAYS_ANY_LOCK)
		return call->is_unsure;
	return call->passed == PASSED_OTHER || loses_object(walk, step) ||
	       (call->passed == PASSED_PART && goes_inside(walk, step));
}

/* The function in which a call stands, which is one of the functions if the state is inherited. */
static const struct function *caller_of(const struct walk *walk, const struct call *call)
{
	return functions_defined(walk->functions, call->caller, call->at.source);
}

static void follow_call(struct walk *walk, size_t step, const struct call *call)
{
	enum way way = WAY_HELD;

	if (call->state == STATE_INHERITED) {
		reach(walk, step_by_call(walk, caller_of(walk, call), step, call));
		return;
	}
	if (call->state == STATE_NOT_HELD || (walk->kinds & WAYS_ANY_LOCK && call->is_later))
		way = WAY_CALLED;
	else if (is_other(walk, step, call))
		way = WAY_HELD_OTHER;
	begin(walk, way, step_by_call(walk, NULL, step, call));
}

/* Only the table says for sure. */
static enum way way_of_slot(const struct walk *walk, size_t step, const char *slot)
{
	enum lock_state state;

	if (!slots_find(walk->functions->known.slots, slot, &state))
		return *slot != '.' && strchr(slot, '.') ? WAY_EITHER : WAY_PRESUMED;
	if (state == STATE_INHERITED)
		return WAY_EITHER;
	if (state == STATE_NOT_HELD)
		return WAY_ENTERED;
	if (walk->kinds & WAYS_ANY_LOCK)
		return WAY_HELD;
	return starts_with(slot, EXPORTER_CALLBACK) && passes_on_other(walk, step) ? WAY_EXPORTED
										   : WAY_HELD_OTHER;
}

/* The kernel enters a function through a slot. */
static void begin_at_slot(struct walk *walk, size_t below, const struct callback *callback)
{
	enum way way = way_of_slot(walk, below, callback->slot);
	struct step step = step_by_slot(walk, NULL, below, callback);

	step.link.state = way == WAY_ENTERED ? STATE_NOT_HELD : STATE_HELD;
	step.link.lock = way == WAY_EXPORTED ? OTHER_LOCK : "";
	begin(walk, way, step);
}

/*
 * Is a callback passed to a function of which it is known what it does with it? Then the call that
 * passes it leads on.
 */
static bool is_followed(const struct walk *walk, const struct callback *callback)
{
	const struct function *parameter;
	char *callee;

	if (!ends_with(callback->slot, "()") || !callback->argument)
		return false;
	callee = xstrndup(callback->slot, strlen(callback->slot) - strlen("()"));
	parameter = functions_parameter(walk->functions, callback->argument, callee,
					callback->at.source);
	free(callee);
	return parameter && parameter->answered && functions_is_defined(walk->functions, parameter);
}

/*
 * A function stands in a slot. If that is a member, what calls through it calls the function, once
 * it is known what the structure is.
 */
static void follow_slot(struct walk *walk, size_t step, const struct callback *callback)
{
	const struct functions *functions = walk->functions;
	const struct function *member, *owner;

	if (is_followed(walk, callback))
		return;
	member = functions_find(functions, callback->slot, EVERYWHERE);
	owner = functions_owner(functions, callback->slot);
	if (owner && owner->answered && functions_is_defined(functions, owner)) {
		reach(walk, step_by_slot(walk, member, step, callback));
	} else {
		begin_at_slot(walk, step, callback);
		if (owner)
			reach(walk, step_by_slot(walk, owner, step, callback));
	}
}

/* Nobody is known to call a function that was reached. */
static void presume(struct walk *walk, size_t below)
{
	const struct definition *hint = walk->ways.steps[below].function->hint;
	struct step step = { .below = below };

	if (hint)
		step.link = (struct link){ .kind = LINK_HINT,
					   .at = hint->at,
					   .function = hint->name,
					   .call = hint->name,
					   .lock = "" };
	begin(walk, hint ? WAY_HINTED : WAY_PRESUMED, step);
}

/* Nobody is known to call a function, or through a member, that was reached. */
static void end_unknown(struct walk *walk, size_t step)
{
	if (question_is_member(walk->ways.steps[step].function->name))
		begin(walk, WAY_EITHER, (struct step){ .below = step });
	else
		presume(walk, step);
}

/* Does a walk leave out this call? A function that calls itself does not get the state from there.
 */
static bool is_left_out(const struct walk *walk, const struct call *call,
			const struct function *function, const char *needs)
{
	return needs_contradict(call->values, needs) ||
	       (walk->kinds & WAYS_FAULTS && needs_contradict(call->values, FAULTS)) ||
	       (walk->kinds & WAYS_BY_NAME && call->from_list) ||
	       (!call->passed_to && call->state == STATE_INHERITED &&
		caller_of(walk, call) == function);
}

/* Where a function is passed on, from the last function that gets it to the first. */
struct passes {
	const struct call *call;
	const struct passes *before;
};

/*
 * A function that was passed on is called: in a state of its caller's own, or in that in which the
 * caller was given it.
 */
static void follow_passed(struct walk *walk, size_t step, const struct call *call,
			  const struct passes *passes)
{
	while (call->state == STATE_INHERITED && passes) {
		step = add_step(walk, step_by_call(walk, NULL, step, call));
		call = passes->call;
		passes = passes->before;
	}
	follow_call(walk, step, call);
}

/* The parameter that a function is passed as, if its function is known; else asks about it. */
static const struct function *find_parameter(struct walk *walk, size_t step,
					     const struct call *pass)
{
	const struct function *found = functions_parameter(walk->functions, pass->argument,
							   pass->passed_to, pass->at.source);

	if (found && !found->answered)
		reach(walk, step_by_call(walk, found, step, pass));
	return found && found->answered ? found : NULL;
}

/* Calls that were followed. */
struct followed {
	const struct call **calls;
	size_t count;
};

/* Notes that a call is followed; false if it was before. */
static bool follow_once(struct followed *followed, const struct call *call)
{
	for (size_t i = 0; i < followed->count; i++)
		if (followed->calls[i] == call)
			return false;
	followed->calls = grow(followed->calls, followed->count, sizeof(*followed->calls));
	followed->calls[followed->count++] = call;
	return true;
}

/* A function is passed to another, which calls it by its parameter, or passes it on. */
static void follow_passes(struct walk *walk, size_t step, const struct passes *passes,
			  struct followed *followed)
{
	const struct function *parameter = find_parameter(walk, step, passes->call);
	bool found;

	if (!parameter)
		return;
	found = parameter->callback_count;
	for (size_t i = 0; i < parameter->call_count; i++) {
		const struct call *call = parameter->calls[i];
		const struct passes more = { call, passes };

		if (is_left_out(walk, call, parameter, ""))
			continue;
		found = true;
		if (!call->passed_to)
			follow_passed(walk, step, call, passes);
		else if (follow_once(followed, call))
			follow_passes(walk, step, &more, followed);
	}
	for (size_t i = 0; i < parameter->callback_count; i++)
		follow_slot(walk, step, parameter->callbacks[i]);
	if (!found && functions_is_defined(walk->functions, parameter))
		presume(walk, step);
}

static void follow_pass(struct walk *walk, size_t step, const struct call *call)
{
	const struct passes passes = { call, NULL };
	struct followed followed = { 0 };

	follow_passes(walk, step, &passes, &followed);
	free(followed.calls);
}

/* Goes upward from one function that was reached. */
static void climb(struct walk *walk, size_t step)
{
	const struct function *function = walk->ways.steps[step].function;
	bool entered = function->callback_count;

	if (question_is_structure(function->name) || question_is_parameter(function->name))
		return;
	for (size_t i = 0; i < function->call_count; i++) {
		const struct call *call = function->calls[i];

		/* A caller whose values rule it out is known all the same. */
		entered = entered || needs_contradict(call->values, walk->ways.steps[step].needs);
		if (is_left_out(walk, call, function, walk->ways.steps[step].needs))
			continue;
		entered = true;
		if (call->passed_to)
			follow_pass(walk, step, call);
		else
			follow_call(walk, step, call);
	}
	for (size_t i = 0; i < function->callback_count; i++)
		follow_slot(walk, step, function->callbacks[i]);
	if (!entered || !function->answered)
		end_unknown(walk, step);
}

struct ways ways_find(const struct functions *functions, const struct function *function,
		      unsigned int kinds, const char *needs)
{
	struct walk walk = { .functions = functions,
			     .kinds = kinds | (starts_with(needs, FAULTS) ? WAYS_FAULTS : 0),
			     .reached = xcalloc(functions->count, sizeof(size_t)) };
	bool any = false;

	for (size_t i = 0; i < WAY_COUNT; i++)
		walk.ways.first[i] = NOWHERE;
	reach(&walk, (struct step){ .function = function, .below = NOWHERE, .needs = needs });
	for (size_t i = 0; i < walk.ways.count; i++) {
		walk.climbed = i + 1;
		if (walk.ways.steps[i].function)
			climb(&walk, i);
	}
	for (size_t i = 0; i < WAY_COUNT; i++)
		any = any || walk.ways.first[i] != NOWHERE;
	/* Ways that only lead in circles tell nothing. */
	if (!any)
		presume(&walk, 0);
	free(walk.reached);
	return walk.ways;
}

void ways_free(struct ways *ways)
{
	free(ways->steps);
	free(ways->begins);
	names_free(&ways->made);
}
