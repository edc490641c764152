// SPDX-License-Identifier: GPL-2.0-only
#include "judge/ways.h"

#include <stdlib.h>
#include <string.h>

/* What exporters hold where they go on with another buffer. */
#define OTHER_LOCK "the lock of the buffer that is exported"

/* One walk upward. */
struct walk {
	const struct functions *functions;
	struct ways ways;
	bool by_name;
	bool *reached; /* for each function */
};

/* Adds a step, and returns which it is. */
static size_t add_step(struct walk *walk, struct step step)
{
	struct ways *ways = &walk->ways;

	ways->steps = grow(ways->steps, ways->count, sizeof(*ways->steps));
	ways->steps[ways->count] = step;
	return ways->count++;
}

/* What a row calls: the function that is passed on, or that which is reached from it. */
static const char *called_by(const struct walk *walk, const struct fact *row, size_t below)
{
	const struct step *steps = walk->ways.steps;

	if (row->kind == FACT_PASS)
		return row->message;
	if (!question_is_parameter(row->operation))
		return row->operation;
	while (!steps[below].function)
		below = steps[below].below;
	return steps[below].function->name;
}

/* A step by a call, to what is around it: a function that is reached, or none. */
static struct step step_by_call(const struct walk *walk, const struct function *function,
				size_t below, const struct fact *row)
{
	return (struct step){ .function = function,
			      .below = below,
			      .call = row,
			      .link = {
				      .kind = LINK_CALL,
				      .source = row->source,
				      .line = row->line,
				      .function = row->function,
				      .call = called_by(walk, row, below),
				      .state = row->state,
				      .lock = row->lock,
			      } };
}

/* A step from a function to the slot that it is put into. */
static struct step step_by_slot(const struct walk *walk, const struct function *member,
				size_t below, const struct fact *row)
{
	return (struct step){ .function = member,
			      .below = below,
			      .link = {
				      .kind = member ? LINK_MEMBER : LINK_SLOT,
				      .source = row->source,
				      .line = row->line,
				      .function = row->lock,
				      .call = called_by(walk, row, below),
				      .lock = "",
			      } };
}

/* Takes a step to a function, unless it was reached before. */
static void reach(struct walk *walk, struct step step)
{
	bool *reached = &walk->reached[step.function - walk->functions->functions];

	if (!*reached)
		add_step(walk, step);
	*reached = true;
}

/* A way begins, unless one of its kind did. */
static void begin(struct walk *walk, enum way way, struct step step)
{
	if (walk->ways.first[way] == NOWHERE)
		walk->ways.first[way] = add_step(walk, step);
}

/* Does a function, reached in a step, pass on no object that it was given? */
static bool passes_on_other(const struct walk *walk, size_t step)
{
	const struct fact *call = walk->ways.steps[step].call;

	return call && call->confidence == CONFIDENCE_LOW;
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
		if (steps[i].call && steps[i].call->confidence == CONFIDENCE_MEDIUM)
			return true;
	return false;
}

/*
 * Is it another object than the one whose lock a caller holds that comes to the end of a way? What
 * is inside of that object may have the same lock, as its attachment; what is inside of that has
 * not.
 */
static bool is_other(const struct walk *walk, size_t step, const struct fact *row)
{
	return row->confidence == CONFIDENCE_LOW || loses_object(walk, step) ||
	       (row->confidence == CONFIDENCE_MEDIUM && goes_inside(walk, step));
}

static void follow_call(struct walk *walk, size_t step, const struct fact *row)
{
	enum way way = WAY_HELD;

	if (row->state == STATE_INHERITED) {
		reach(walk, step_by_call(walk, functions_around(walk->functions, row), step, row));
		return;
	}
	if (row->state == STATE_NOT_HELD)
		way = WAY_CALLED;
	else if (is_other(walk, step, row))
		way = WAY_HELD_OTHER;
	begin(walk, way, step_by_call(walk, NULL, step, row));
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
	return starts_with(slot, EXPORTER_CALLBACK) && passes_on_other(walk, step) ? WAY_EXPORTED
										   : WAY_HELD_OTHER;
}

/* The kernel enters a function through a slot. */
static void begin_at_slot(struct walk *walk, size_t below, const struct fact *row)
{
	enum way way = way_of_slot(walk, below, row->lock);
	struct step step = step_by_slot(walk, NULL, below, row);

	step.link.state = way == WAY_ENTERED ? STATE_NOT_HELD : STATE_HELD;
	step.link.lock = way == WAY_EXPORTED ? OTHER_LOCK : "";
	begin(walk, way, step);
}

/*
 * Is a slot a function that it is passed to, and of which it is known what it does with it? Then
 * the row of the kind FACT_PASS leads on.
 */
static bool is_followed(const struct walk *walk, const struct fact *slot)
{
	const struct function *parameter;
	char *callee;

	if (!ends_with(slot->lock, "()") || !*slot->object)
		return false;
	callee = xstrndup(slot->lock, strlen(slot->lock) - strlen("()"));
	parameter = functions_parameter(walk->functions, slot->object, callee, slot->source);
	free(callee);
	return parameter && parameter->answered && functions_is_defined(walk->functions, parameter);
}

/*
 * A function stands in a slot. If that is a member, what calls through it calls the function, once
 * it is known what the structure is.
 */
static void follow_slot(struct walk *walk, size_t step, const struct fact *row)
{
	const struct functions *functions = walk->functions;
	const struct function *owner;

	if (is_followed(walk, row))
		return;
	owner = functions_owner(functions, row->lock);
	if (owner && owner->answered && functions_is_defined(functions, owner)) {
		reach(walk, step_by_slot(walk, functions_find(functions, row->lock, EVERYWHERE),
					 step, row));
	} else {
		begin_at_slot(walk, step, row);
		if (owner)
			reach(walk, step_by_slot(walk, owner, step, row));
	}
}

/* Nobody is known to call a function that was reached. */
static void presume(struct walk *walk, size_t below)
{
	const struct fact *hint = walk->ways.steps[below].function->hint;
	struct step step = { .below = below };

	if (hint)
		step.link = (struct link){ .kind = LINK_HINT,
					   .source = hint->source,
					   .line = hint->line,
					   .function = hint->function,
					   .call = hint->operation,
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

/* A function that calls itself does not get the state from there. */
static bool is_recursion(const struct walk *walk, const struct fact *row,
			 const struct function *function)
{
	return row->kind == FACT_CALL && row->state == STATE_INHERITED &&
	       functions_around(walk->functions, row) == function;
}

/* Is a row none of the walk, or one of another function of that name? */
static bool is_left_out(const struct walk *walk, const struct fact *row,
			const struct function *function)
{
	return functions_find(walk->functions, row->operation, row->source) != function ||
	       is_recursion(walk, row, function) ||
	       (walk->by_name && row->kind != FACT_SLOT && *row->reason);
}

/* Where a function is passed on, from the last function that gets it to the first. */
struct passes {
	const struct fact *row;
	const struct passes *before;
};

/*
 * A function that was passed on is called: in a state of its caller's own, or in that in which the
 * caller was given it.
 */
static void follow_passed(struct walk *walk, size_t step, const struct fact *row,
			  const struct passes *passes)
{
	while (row->state == STATE_INHERITED && passes) {
		step = add_step(walk, step_by_call(walk, NULL, step, row));
		row = passes->row;
		passes = passes->before;
	}
	follow_call(walk, step, row);
}

/* The parameter that a function is passed as, if its function is known; else asks about it. */
static const struct function *find_parameter(struct walk *walk, size_t step,
					     const struct fact *pass)
{
	const struct function *found =
		functions_parameter(walk->functions, pass->object, pass->message, pass->source);

	if (found && !found->answered)
		reach(walk, step_by_call(walk, found, step, pass));
	return found && found->answered ? found : NULL;
}

/* Rows that were followed. */
struct followed {
	const struct fact **rows;
	size_t count;
};

/* Notes that a row is followed; false if it was before. */
static bool follow_once(struct followed *followed, const struct fact *row)
{
	for (size_t i = 0; i < followed->count; i++)
		if (followed->rows[i] == row)
			return false;
	followed->rows = grow(followed->rows, followed->count, sizeof(*followed->rows));
	followed->rows[followed->count++] = row;
	return true;
}

/* A function is passed to another, which calls it by its parameter, or passes it on. */
static void follow_passes(struct walk *walk, size_t step, const struct passes *passes,
			  struct followed *followed)
{
	const struct function *parameter = find_parameter(walk, step, passes->row);
	struct facts rows;
	bool found = false;

	if (!parameter)
		return;
	rows = functions_rows(walk->functions, parameter);
	for (size_t i = 0; i < rows.count; i++) {
		const struct fact *row = &rows.facts[i];
		const struct passes more = { row, passes };

		if (is_left_out(walk, row, parameter))
			continue;
		found = true;
		if (row->kind == FACT_CALL)
			follow_passed(walk, step, row, passes);
		else if (row->kind == FACT_SLOT)
			follow_slot(walk, step, row);
		else if (follow_once(followed, row))
			follow_passes(walk, step, &more, followed);
	}
	if (!found && functions_is_defined(walk->functions, parameter))
		presume(walk, step);
}

static void follow_pass(struct walk *walk, size_t step, const struct fact *row)
{
	const struct passes passes = { row, NULL };
	struct followed followed = { 0 };

	follow_passes(walk, step, &passes, &followed);
	free(followed.rows);
}

/* Goes upward from one function that was reached. */
static void climb(struct walk *walk, size_t step)
{
	const struct function *function = walk->ways.steps[step].function;
	struct facts rows;
	bool entered = false;

	if (question_is_structure(function->name) || question_is_parameter(function->name))
		return;
	rows = functions_rows(walk->functions, function);
	for (size_t i = 0; i < rows.count; i++) {
		const struct fact *row = &rows.facts[i];

		if (is_left_out(walk, row, function))
			continue;
		entered = true;
		if (row->kind == FACT_CALL)
			follow_call(walk, step, row);
		else if (row->kind == FACT_PASS)
			follow_pass(walk, step, row);
		else
			follow_slot(walk, step, row);
	}
	if (!entered || !function->answered)
		end_unknown(walk, step);
}

struct ways ways_find(const struct functions *functions, const struct fact *fact, bool by_name)
{
	struct walk walk = { .functions = functions,
			     .by_name = by_name,
			     .reached = xcalloc(functions->count, sizeof(bool)) };
	const struct function *start = functions_around(functions, fact);
	bool any = false;

	for (size_t i = 0; i < WAY_COUNT; i++)
		walk.ways.first[i] = NOWHERE;
	reach(&walk, (struct step){ .function = start, .below = NOWHERE });
	for (size_t i = 0; i < walk.ways.count; i++)
		if (walk.ways.steps[i].function)
			climb(&walk, i);
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
}
