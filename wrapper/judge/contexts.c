// SPDX-License-Identifier: GPL-2.0-only
#include "judge/contexts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* No function that is asked for has a longer name: all go into one variable of the environment. */
#define NAME_LIMIT 200

#define NOWHERE SIZE_MAX

/* What exporters hold where they go on with another buffer. */
#define OTHER_LOCK "the lock of the buffer that is exported"

struct function {
	const char *name;
	size_t source; /* of a static one, else EVERYWHERE */
	bool answered; /* are all its callers known? */
	const struct fact
		*hint; /* a definition that says of itself that its caller holds the lock */
};

struct contexts {
	const struct facts *calls;
	const struct questions *asked;
	const struct selection *selection;
	const struct slots *slots;
	struct function *functions; /* sorted by name and source */
	size_t count;
	struct names names; /* of functions that no row has */
};

/* How the state comes to be what it is at the beginning of a way. */
enum way {
	WAY_HELD,       /* a caller holds the lock, and passes on what it belongs to */
	WAY_HELD_OTHER, /* it is held, perhaps for something else */
	WAY_EXPORTED, /* a callback of an exporter, who passes on what its buffer's private data has
		       */
	WAY_CALLED,   /* a caller does not hold it */
	WAY_ENTERED,  /* the kernel enters through a slot without it */
	WAY_EITHER,   /* it enters in one state or the other, or it is not known in which */
	WAY_PRESUMED, /* nothing tells: it is presumed that nobody holds it */
	WAY_HINTED,   /* nothing tells, but it says of itself that its caller holds the lock */
	WAY_COUNT,
};

/* A function reached on the way upward. */
struct step {
	size_t function; /* NOWHERE for one that only passes on the state of those that call it */
	size_t below;    /* the step that it calls, NOWHERE for the first */
	const struct fact *row; /* how */
};

/* Where a way begins. */
struct beginning {
	bool found;
	size_t step;            /* the function entered there */
	const struct fact *row; /* how, NULL if nothing is known of it */
};

/* All ways upward from some functions. The first way found of each kind is a shortest one. */
struct walk {
	struct step *steps;
	size_t count;
	bool by_name;  /* not from where a list yields the object */
	bool *reached; /* for each function */
	struct beginning beginnings[WAY_COUNT];
};

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* What rows are looked up by. */
static int compare_keys(const struct fact *a, const struct fact *b)
{
	int order = strcmp(a->operation, b->operation);

	if (!order)
		order = compare_numbers(a->kind, b->kind);
	return order ? order : compare_numbers(a->source, b->source);
}

static int compare_rows(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int order = compare_keys(a, b);

	if (!order)
		order = compare_numbers(a->line, b->line);
	if (!order)
		order = compare_numbers(a->column, b->column);
	if (!order)
		order = compare_numbers(b->state, a->state);
	if (!order)
		order = compare_numbers(a->lock_line, b->lock_line);
	return order ? order : strcmp(a->lock, b->lock);
}

/* The first row that does not come before the key; the number of rows if there is none. */
static size_t first_row(const struct contexts *contexts, const struct fact *key)
{
	size_t low = 0, high = contexts->calls->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(&contexts->calls->facts[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What tells of the definition of a function in a source, NULL if there is none. */
static const struct fact *find_definition(const struct contexts *contexts, const char *name,
					  size_t source)
{
	const struct fact key = { .operation = name, .kind = FACT_DEFINE, .source = source };
	size_t row = first_row(contexts, &key);

	if (row == contexts->calls->count || compare_keys(&contexts->calls->facts[row], &key))
		return NULL;
	return &contexts->calls->facts[row];
}

static int compare_questions(const void *left, const void *right)
{
	const struct question *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : compare_numbers(a->source, b->source);
}

static bool was_asked(const struct contexts *contexts, const char *name, size_t source)
{
	const struct question wanted = { .name = name, .source = source };

	return contexts->asked->count &&
	       bsearch(&wanted, contexts->asked->questions, contexts->asked->count, sizeof(wanted),
		       compare_questions);
}

/* Is a function, defined so, one of its file alone? */
static bool is_local(const struct contexts *contexts, const struct fact *definition)
{
	return definition->is_static &&
	       !ends_with(contexts->selection->sources[definition->source].file, ".h");
}

/* The function that a name means in a source. */
static struct function meant(const struct contexts *contexts, const char *name, size_t source)
{
	const struct fact *definition = find_definition(contexts, name, source);
	bool local = definition && is_local(contexts, definition);

	return (struct function){ .name = name, .source = local ? source : EVERYWHERE };
}

/* The function in which a row stands. Until its definition is known, it is one of its file. */
static struct function around(const struct contexts *contexts, const struct fact *row)
{
	if (find_definition(contexts, row->function, row->source) ||
	    was_asked(contexts, row->function, row->source))
		return meant(contexts, row->function, row->source);
	return (struct function){ .name = row->function, .source = row->source };
}

static int compare_functions(const void *left, const void *right)
{
	const struct function *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : compare_numbers(a->source, b->source);
}

static void add_function(struct contexts *contexts, struct function function)
{
	function.answered = was_asked(contexts, function.name, function.source) ||
			    (question_is_parameter(function.name) &&
			     was_asked(contexts, function.name, EVERYWHERE));
	contexts->functions =
		grow(contexts->functions, contexts->count, sizeof(*contexts->functions));
	contexts->functions[contexts->count++] = function;
}

/* The function as it stands among those of the contexts, NULL if it is none. */
static struct function *find_function(const struct contexts *contexts, struct function function)
{
	return contexts->count ? bsearch(&function, contexts->functions, contexts->count,
					 sizeof(*contexts->functions), compare_functions)
			       : NULL;
}

/* The index of a function that is one of those of the contexts. */
static size_t index_of(const struct contexts *contexts, struct function function)
{
	return (size_t)(find_function(contexts, function) - contexts->functions);
}

/* The name under which the structure of a member is asked about; the caller frees. */
static char *struct_of(const char *member)
{
	return xasprintf(STRUCT_QUESTION "%.*s", (int)strcspn(member, "."), member);
}

/* The name under which the parameter is asked about that a function is passed as; the caller frees.
 */
static char *parameter_of(const struct fact *pass)
{
	return xasprintf(PARAMETER_QUESTION "%s:%s", pass->object, pass->message);
}

/* Does the table say how a function that is passed on is entered? */
static bool is_known_slot(const struct contexts *contexts, const struct fact *pass)
{
	char *slot = xasprintf("%s()", pass->message);
	enum lock_state state;
	bool found = slots_find(contexts->slots, slot, &state);

	free(slot);
	return found;
}

/* A parameter that a function is passed as may be called. */
static void add_parameter(struct contexts *contexts, const struct fact *pass)
{
	char *name;

	if (is_known_slot(contexts, pass))
		return;
	name = parameter_of(pass);
	names_add(&contexts->names, name);
	free(name);
	add_function(contexts, meant(contexts, contexts->names.names[contexts->names.count - 1],
				     pass->source));
}

/* A member of which the table says nothing may be called by what can be found, as its structure. */
static void add_member(struct contexts *contexts, const char *slot)
{
	enum lock_state state;
	char *name;

	if (!question_is_member(slot) || slots_find(contexts->slots, slot, &state))
		return;
	name = struct_of(slot);
	names_add(&contexts->names, name);
	free(name);
	add_function(contexts, (struct function){ .name = slot, .source = EVERYWHERE });
	add_function(contexts,
		     (struct function){ .name = contexts->names.names[contexts->names.count - 1],
					.source = EVERYWHERE });
}

/* Takes in that a definition says of itself that its caller holds the lock. */
static void note_hint(const struct contexts *contexts, const struct fact *definition)
{
	struct function *function;

	if (definition->kind != FACT_DEFINE || definition->confidence != CONFIDENCE_LOW)
		return;
	function =
		find_function(contexts, meant(contexts, definition->operation, definition->source));
	if (function)
		function->hint = definition;
}

/* Sorts the functions and keeps each once. */
static void put_in_order(struct contexts *contexts)
{
	size_t kept = 0;

	if (!contexts->count)
		return;
	qsort(contexts->functions, contexts->count, sizeof(*contexts->functions),
	      compare_functions);
	for (size_t i = 0; i < contexts->count; i++)
		if (!kept ||
		    compare_functions(&contexts->functions[kept - 1], &contexts->functions[i]))
			contexts->functions[kept++] = contexts->functions[i];
	contexts->count = kept;
	for (size_t i = 0; i < contexts->calls->count; i++)
		note_hint(contexts, &contexts->calls->facts[i]);
}

static bool is_call(const struct fact *row)
{
	return row->kind == FACT_CALL || row->kind == FACT_PASS;
}

/* Does a fact's state depend on who calls the function it is in? */
static bool is_open(const struct fact *fact)
{
	return (fact->kind == FACT_FINDING || fact->kind == FACT_SITE) &&
	       fact->state == STATE_INHERITED;
}

struct contexts *contexts_make(const struct knowledge *knowledge, const struct facts *facts)
{
	struct contexts *contexts = xcalloc(1, sizeof(*contexts));
	struct facts *calls = knowledge->calls;
	struct questions *asked = knowledge->asked;

	*contexts = (struct contexts){ .calls = calls,
				       .asked = asked,
				       .selection = knowledge->selection,
				       .slots = knowledge->slots };
	if (calls->count)
		qsort(calls->facts, calls->count, sizeof(*calls->facts), compare_rows);
	if (asked->count)
		qsort(asked->questions, asked->count, sizeof(*asked->questions), compare_questions);
	for (size_t i = 0; i < calls->count; i++)
		if (is_call(&calls->facts[i]) && calls->facts[i].state == STATE_INHERITED)
			add_function(contexts, around(contexts, &calls->facts[i]));
	for (size_t i = 0; i < calls->count; i++) {
		if (calls->facts[i].kind == FACT_SLOT)
			add_member(contexts, calls->facts[i].lock);
		else if (calls->facts[i].kind == FACT_PASS)
			add_parameter(contexts, &calls->facts[i]);
	}
	for (size_t i = 0; i < facts->count; i++)
		if (is_open(&facts->facts[i]))
			add_function(contexts, around(contexts, &facts->facts[i]));
	put_in_order(contexts);
	return contexts;
}

void contexts_free(struct contexts *contexts)
{
	names_free(&contexts->names);
	free(contexts->functions);
	free(contexts);
}

/* Adds a step, and returns which it is. */
static size_t add_step(struct walk *walk, size_t function, size_t below, const struct fact *row)
{
	walk->steps = grow(walk->steps, walk->count, sizeof(*walk->steps));
	walk->steps[walk->count] = (struct step){ function, below, row };
	return walk->count++;
}

static void reach(struct walk *walk, size_t function, size_t below, const struct fact *row)
{
	if (walk->reached[function])
		return;
	walk->reached[function] = true;
	add_step(walk, function, below, row);
}

static void begin(struct walk *walk, enum way way, size_t step, const struct fact *row)
{
	if (!walk->beginnings[way].found)
		walk->beginnings[way] = (struct beginning){ true, step, row };
}

/* Does a function, reached in a step, pass on no object that it was given? */
static bool passes_on_other(const struct walk *walk, size_t step)
{
	const struct fact *row = walk->steps[step].row;

	return row && row->confidence == CONFIDENCE_LOW;
}

/* Does some function on the way from a step downward pass on no object that it was given? */
static bool loses_object(const struct walk *walk, size_t step)
{
	for (size_t i = step; i != NOWHERE; i = walk->steps[i].below)
		if (passes_on_other(walk, i))
			return true;
	return false;
}

/* Does some function on the way from a step downward pass on what is inside of its object? */
static bool goes_inside(const struct walk *walk, size_t step)
{
	for (size_t i = step; i != NOWHERE; i = walk->steps[i].below)
		if (walk->steps[i].row && walk->steps[i].row->confidence == CONFIDENCE_MEDIUM)
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

static void follow_call(const struct contexts *contexts, struct walk *walk, size_t step,
			const struct fact *row)
{
	if (row->state == STATE_INHERITED)
		reach(walk, index_of(contexts, around(contexts, row)), step, row);
	else if (row->state == STATE_NOT_HELD)
		begin(walk, WAY_CALLED, step, row);
	else if (is_other(walk, step, row))
		begin(walk, WAY_HELD_OTHER, step, row);
	else
		begin(walk, WAY_HELD, step, row);
}

/* Only the table says for sure. */
static enum way way_of_slot(const struct contexts *contexts, const struct walk *walk, size_t step,
			    const char *slot)
{
	enum lock_state state;

	if (!slots_find(contexts->slots, slot, &state))
		return *slot != '.' && strchr(slot, '.') ? WAY_EITHER : WAY_PRESUMED;
	if (state == STATE_INHERITED)
		return WAY_EITHER;
	if (state == STATE_NOT_HELD)
		return WAY_ENTERED;
	return starts_with(slot, EXPORTER_CALLBACK) && passes_on_other(walk, step) ? WAY_EXPORTED
										   : WAY_HELD_OTHER;
}

/* Is a definition known of a structure, or of the function of a parameter, as they are asked about?
 */
static bool is_defined(const struct contexts *contexts, const char *name)
{
	const struct fact key = { .operation = name, .kind = FACT_DEFINE };
	size_t first = first_row(contexts, &key);

	return first < contexts->calls->count &&
	       !strcmp(contexts->calls->facts[first].operation, name) &&
	       contexts->calls->facts[first].kind == FACT_DEFINE;
}

/*
 * Is a slot a function that it is passed to, and of which it is known what it does with it? Then
 * the row of the kind FACT_PASS leads on.
 */
static bool is_followed(const struct contexts *contexts, const struct fact *slot)
{
	const struct function *parameter;
	char *name;

	if (!ends_with(slot->lock, "()") || !*slot->object)
		return false;
	name = xasprintf(PARAMETER_QUESTION "%s:%.*s", slot->object,
			 (int)(strlen(slot->lock) - strlen("()")), slot->lock);
	parameter = find_function(contexts, meant(contexts, name, slot->source));
	free(name);
	return parameter && parameter->answered && is_defined(contexts, parameter->name);
}

/*
 * A function stands in a member: what calls through that calls it, once it is known what the
 * structure is.
 */
static void enter(const struct contexts *contexts, struct walk *walk, size_t step,
		  const struct fact *row)
{
	struct function *member, *owner;
	char *name;

	member = find_function(contexts,
			       (struct function){ .name = row->lock, .source = EVERYWHERE });
	name = question_is_member(row->lock) ? struct_of(row->lock) : NULL;
	owner = name ? find_function(contexts,
				     (struct function){ .name = name, .source = EVERYWHERE })
		     : NULL;
	if (member && owner && owner->answered && is_defined(contexts, name)) {
		reach(walk, (size_t)(member - contexts->functions), step, row);
	} else {
		begin(walk, way_of_slot(contexts, walk, step, row->lock), step, row);
		if (member && owner)
			reach(walk, (size_t)(owner - contexts->functions), step, row);
	}
	free(name);
}

/* Nobody is known to call a function that was reached. */
static void presume(const struct contexts *contexts, struct walk *walk, size_t step)
{
	const struct function *function = &contexts->functions[walk->steps[step].function];

	begin(walk, function->hint ? WAY_HINTED : WAY_PRESUMED, step, function->hint);
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
static void follow_passed(const struct contexts *contexts, struct walk *walk, size_t step,
			  const struct fact *row, const struct passes *passes)
{
	while (row->state == STATE_INHERITED && passes) {
		step = add_step(walk, NOWHERE, step, row);
		row = passes->row;
		passes = passes->before;
	}
	follow_call(contexts, walk, step, row);
}

/* The parameter that a function is passed as, if its function is known; else asks about it. */
static const struct function *find_parameter(const struct contexts *contexts, struct walk *walk,
					     size_t step, const struct fact *pass)
{
	char *name = parameter_of(pass);
	const struct function *found = find_function(contexts, meant(contexts, name, pass->source));

	free(name);
	if (found && !found->answered)
		reach(walk, (size_t)(found - contexts->functions), step, pass);
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

/* A function that calls itself does not get the state from there. */
static bool is_recursion(const struct contexts *contexts, const struct fact *row,
			 const struct function *function)
{
	struct function caller;

	if (row->kind != FACT_CALL || row->state != STATE_INHERITED)
		return false;
	caller = around(contexts, row);
	return !compare_functions(&caller, function);
}

/* Is a row none of the walk, or one of another function of that name? */
static bool is_left_out(const struct contexts *contexts, const struct walk *walk,
			const struct fact *row, const struct function *function)
{
	struct function called = meant(contexts, row->operation, row->source);

	return compare_functions(&called, function) || is_recursion(contexts, row, function) ||
	       (walk->by_name && is_call(row) && *row->reason);
}

/* A function is passed to another, which calls it by its parameter, or passes it on. */
static void follow_passes(const struct contexts *contexts, struct walk *walk, size_t step,
			  const struct passes *passes, struct followed *followed)
{
	const struct function *parameter = find_parameter(contexts, walk, step, passes->row);
	struct fact key = { .kind = FACT_CALL };
	bool found = false;

	if (!parameter)
		return;
	key.operation = parameter->name;
	for (size_t i = first_row(contexts, &key); i < contexts->calls->count; i++) {
		const struct fact *row = &contexts->calls->facts[i];
		const struct passes more = { row, passes };

		if (strcmp(row->operation, parameter->name))
			break;
		if (is_left_out(contexts, walk, row, parameter))
			continue;
		found = true;
		if (row->kind == FACT_CALL)
			follow_passed(contexts, walk, step, row, passes);
		else if (row->kind == FACT_PASS && !is_known_slot(contexts, row) &&
			 follow_once(followed, row))
			follow_passes(contexts, walk, step, &more, followed);
		else if (row->kind == FACT_SLOT && !is_followed(contexts, row))
			enter(contexts, walk, step, row);
	}
	if (!found && is_defined(contexts, parameter->name))
		presume(contexts, walk, step);
}

static void follow_pass(const struct contexts *contexts, struct walk *walk, size_t step,
			const struct fact *row)
{
	const struct passes passes = { row, NULL };
	struct followed followed = { 0 };

	follow_passes(contexts, walk, step, &passes, &followed);
	free(followed.rows);
}

/* Nobody is known to call a function, or through a member, that was reached. */
static void end_unknown(const struct contexts *contexts, struct walk *walk, size_t step)
{
	if (question_is_member(contexts->functions[walk->steps[step].function].name))
		begin(walk, WAY_EITHER, step, NULL);
	else
		presume(contexts, walk, step);
}

/* Goes upward from one function that was reached. */
static void climb(const struct contexts *contexts, struct walk *walk, size_t step)
{
	const struct function *function = &contexts->functions[walk->steps[step].function];
	const struct fact key = { .operation = function->name, .kind = FACT_CALL };
	bool entered = false;

	if (question_is_structure(function->name) || question_is_parameter(function->name))
		return;
	for (size_t i = first_row(contexts, &key); i < contexts->calls->count; i++) {
		const struct fact *row = &contexts->calls->facts[i];

		if (strcmp(row->operation, function->name))
			break;
		if (is_left_out(contexts, walk, row, function))
			continue;
		entered = true;
		if (row->kind == FACT_CALL)
			follow_call(contexts, walk, step, row);
		else if (row->kind == FACT_PASS && !is_known_slot(contexts, row))
			follow_pass(contexts, walk, step, row);
		else if (row->kind == FACT_SLOT && !is_followed(contexts, row))
			enter(contexts, walk, step, row);
	}
	if (!entered || !function->answered)
		end_unknown(contexts, walk, step);
}

/* All ways upward from the function that a fact is in; walk_free() them. */
static struct walk walk_up(const struct contexts *contexts, const struct fact *fact, bool by_name)
{
	struct walk walk = { .reached = xcalloc(contexts->count, sizeof(bool)),
			     .by_name = by_name };

	reach(&walk, index_of(contexts, around(contexts, fact)), NOWHERE, NULL);
	for (size_t i = 0; i < walk.count; i++)
		if (walk.steps[i].function != NOWHERE)
			climb(contexts, &walk, i);
	/* Ways that only lead in circles tell nothing. */
	for (size_t i = 0; i < WAY_COUNT; i++)
		if (walk.beginnings[i].found)
			return walk;
	presume(contexts, &walk, 0);
	return walk;
}

static void walk_free(struct walk *walk)
{
	free(walk->steps);
	free(walk->reached);
}

static bool can_be_asked(const struct function *function)
{
	const char *name = question_subject(function->name);
	size_t length = 0;

	while (is_word(name[length]) || name[length] == '.')
		length++;
	return length && length <= NAME_LIMIT && !name[length];
}

/* Is it plain what becomes of a fact, whatever else is known of its callers? */
static bool is_plain(const struct fact *fact, const struct walk *walk, enum confidence least)
{
	bool held = walk->beginnings[WAY_HELD].found || walk->beginnings[WAY_HELD_OTHER].found;
	bool without = walk->beginnings[WAY_CALLED].found || walk->beginnings[WAY_ENTERED].found;

	if (fact->kind == FACT_SITE)
		return walk->beginnings[WAY_HELD].found;
	return held && (without || (fact->confidence == CONFIDENCE_LOW && least > CONFIDENCE_LOW));
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
static void mark_unknown(const struct contexts *contexts, const struct fact *fact,
			 enum confidence least, bool *unknown)
{
	struct walk walk = walk_up(contexts, fact, false);

	for (size_t i = 0; i < walk.count && !is_plain(fact, &walk, least); i++)
		if (walk.steps[i].function != NOWHERE &&
		    has_to_be_asked(&contexts->functions[walk.steps[i].function], fact))
			unknown[walk.steps[i].function] = true;
	walk_free(&walk);
}

struct questions contexts_questions(const struct contexts *contexts, const struct facts *facts,
				    enum confidence least)
{
	bool *unknown = xcalloc(contexts->count, sizeof(*unknown));
	struct questions questions = { 0 };

	for (size_t i = 0; i < facts->count; i++)
		if (is_open(&facts->facts[i]))
			mark_unknown(contexts, &facts->facts[i], least, unknown);
	for (size_t i = 0; i < contexts->count; i++) {
		const struct function *function = &contexts->functions[i];

		if (unknown[i])
			questions_add(&questions, function->name, function->source);
	}
	free(unknown);
	return questions;
}

/* What a row calls: the function that is passed on, or that which is reached from it. */
static const char *called_by(const struct contexts *contexts, const struct walk *walk,
			     const struct fact *row, size_t below)
{
	if (row->kind == FACT_PASS)
		return row->message;
	while (question_is_parameter(row->operation) && walk->steps[below].function == NOWHERE)
		below = walk->steps[below].below;
	return question_is_parameter(row->operation)
		       ? contexts->functions[walk->steps[below].function].name
		       : row->operation;
}

/* Adds a row to the fact's chain, which calls what `call` says; a slot is one of `slot_kind`. */
static void add_row(struct fact *fact, const struct fact *row, const char *call, enum way way,
		    enum link_kind slot_kind)
{
	const enum link_kind kinds[] = {
		[FACT_CALL] = LINK_CALL,
		[FACT_PASS] = LINK_CALL,
		[FACT_SLOT] = slot_kind,
		[FACT_DEFINE] = LINK_HINT,
	};
	bool slot = row->kind == FACT_SLOT;
	enum lock_state slot_state = way == WAY_ENTERED ? STATE_NOT_HELD : STATE_HELD;

	fact_add_link(fact,
		      (struct link){
			      .kind = kinds[row->kind],
			      .source = row->source,
			      .line = row->line,
			      .function = slot ? row->lock : row->function,
			      .call = call,
			      .state = slot ? slot_state : row->state,
			      .lock = slot ? (way == WAY_EXPORTED ? OTHER_LOCK : "") : row->lock,
		      });
}

/* Adds the way to the fact's chain. */
static void add_way(const struct contexts *contexts, struct fact *fact, const struct walk *walk,
		    enum way way)
{
	const struct beginning *beginning = &walk->beginnings[way];
	const struct step *steps = walk->steps;

	add_row(fact, beginning->row, called_by(contexts, walk, beginning->row, beginning->step),
		way, LINK_SLOT);
	for (size_t i = beginning->step; steps[i].below != NOWHERE; i = steps[i].below)
		add_row(fact, steps[i].row, called_by(contexts, walk, steps[i].row, steps[i].below),
			way, LINK_MEMBER);
	fact_end_way(fact);
}

/* The first of some ways, with WAY_COUNT behind them, that was found; WAY_COUNT if none was. */
static enum way first_found(const struct walk *walk, const enum way *ways)
{
	while (*ways != WAY_COUNT && !walk->beginnings[*ways].found)
		ways++;
	return *ways;
}

static enum way held_way(const struct walk *walk)
{
	static const enum way ways[] = { WAY_HELD, WAY_HELD_OTHER, WAY_EXPORTED, WAY_COUNT };

	return first_found(walk, ways);
}

static enum way free_way(const struct walk *walk)
{
	static const enum way ways[] = { WAY_CALLED, WAY_ENTERED, WAY_COUNT };

	return first_found(walk, ways);
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
static bool judge_finding(const struct contexts *contexts, struct fact *fact,
			  const struct walk *walk, bool by_name)
{
	static const enum way not_known[] = { WAY_EITHER, WAY_PRESUMED, WAY_COUNT };
	enum way held = held_way(walk), without = free_way(walk);
	enum way unsure = first_found(walk, not_known);
	bool hinted = walk->beginnings[WAY_HINTED].found;
	bool shown = fact->confidence == CONFIDENCE_HIGH;

	if (held != WAY_COUNT && without == WAY_COUNT && unsure == WAY_COUNT && !hinted)
		return true;
	if (without != WAY_COUNT || shown)
		fact->state = STATE_NOT_HELD;
	if (without != WAY_COUNT) {
		fact->confidence = grade(fact, without, held, by_name);
		add_way(contexts, fact, walk, without);
	} else if (shown) {
		fact->confidence = held == WAY_COUNT ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	} else if (held != WAY_COUNT || (hinted && unsure == WAY_COUNT)) {
		fact->confidence = CONFIDENCE_LOW;
	}
	if (held != WAY_COUNT)
		add_way(contexts, fact, walk, held);
	if (hinted)
		add_way(contexts, fact, walk, WAY_HINTED);
	fact->is_presumed = !shown && walk->beginnings[WAY_PRESUMED].found;
	if (!shown && spoils_fix(fact, held, unsure, hinted))
		forget_fix(fact);
	return false;
}

/* Does a way begin in an exporter's callback, which does it itself or passes on what its buffer
 * has? */
static bool begins_in_exporter(const struct walk *walk, enum way way)
{
	const struct beginning *beginning = &walk->beginnings[way];
	const struct fact *row = beginning->row;

	return way == WAY_EXPORTED ||
	       (row && row->kind == FACT_SLOT && starts_with(row->lock, EXPORTER_CALLBACK) &&
		!walk->steps[beginning->step].row);
}

/* Is a function that was reached in one step called, perhaps through others, from another step? */
static bool leads_to(const struct walk *walk, size_t from, size_t step)
{
	while (from != step && from != NOWHERE)
		from = walk->steps[from].below;
	return from != NOWHERE;
}

/* Is a site reached without the lock, too, or from a function of which it is presumed? */
static bool has_free_way(const struct walk *walk, enum way held)
{
	static const enum way ways[] = { WAY_EITHER, WAY_PRESUMED };

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (walk->beginnings[ways[i]].found &&
		    !leads_to(walk, walk->beginnings[held].step, walk->beginnings[ways[i]].step))
			return true;
	return free_way(walk) != WAY_COUNT;
}

/*
 * Is it the fault of a caller that the lock is held? It takes the lock, in a source that is
 * checked, and what it calls is right where others call it.
 */
static bool is_callers_fault(const struct contexts *contexts, const struct walk *walk,
			     enum way held)
{
	const struct fact *row = walk->beginnings[held].row;

	return row && row->kind == FACT_CALL && !question_is_parameter(row->operation) &&
	       has_free_way(walk, held) && contexts->selection->sources[row->source].rules;
}

/* Adds what the caller calls, down to the operation. */
static void add_inside(const struct contexts *contexts, struct fact *fact, const struct walk *walk,
		       size_t step, const struct fact *site)
{
	const struct step *steps = walk->steps;
	const char *function = fact->operation;

	for (size_t i = step; steps[i].below != NOWHERE; i = steps[i].below) {
		const struct fact *row = steps[i].row;
		const char *call = called_by(contexts, walk, row, steps[i].below);

		fact_add_link(fact,
			      (struct link){ .kind = LINK_INSIDE,
					     .source = row->source,
					     .line = row->line,
					     .function = row->kind == FACT_SLOT ? function
										: row->function,
					     .call = call,
					     .lock = "" });
		function = call;
	}
	fact_add_link(fact, (struct link){ .kind = LINK_INSIDE,
					   .source = site->source,
					   .line = site->line,
					   .function = site->function,
					   .call = site->operation,
					   .lock = "" });
}

/* Reports a site where the caller that holds the lock calls what leads to it. */
static void move_to_caller(const struct contexts *contexts, struct fact *fact,
			   const struct walk *walk, enum way held)
{
	const struct beginning *beginning = &walk->beginnings[held];
	const struct fact *row = beginning->row;
	const struct fact site = *fact;

	fact->source = row->source;
	fact->line = row->line;
	fact->column = row->column;
	fact->end_line = row->end_line;
	fact->end_column = row->end_column;
	fact->function = row->function;
	fact->operation = row->operation;
	fact->object = row->object;
	fact->made[0] = xasprintf("%s() with the reservation lock held", row->operation);
	fact->made[1] = xasprintf("%s taken in line %u and still held", row->lock, row->lock_line);
	fact->message = fact->made[0];
	fact->reason = fact->made[1];
	fact->hint = "drop the lock before this call";
	fact->lock = row->lock;
	fact->lock_line = row->lock_line;
	fact_end_way(fact);
	add_inside(contexts, fact, walk, beginning->step, &site);
}

/*
 * Judges a site where the lock must not be held. An exporter's callback never meets an object that
 * was imported: that is exported as the buffer that it came from.
 */
static void judge_site(const struct contexts *contexts, struct fact *fact, const struct walk *walk)
{
	enum way held = held_way(walk);

	if (held == WAY_COUNT || (fact->is_of_kind && begins_in_exporter(walk, held)))
		return;
	fact->kind = FACT_FINDING;
	fact->state = STATE_HELD;
	fact->confidence = held == WAY_HELD ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
	if (is_callers_fault(contexts, walk, held)) {
		move_to_caller(contexts, fact, walk, held);
		return;
	}
	add_way(contexts, fact, walk, held);
	fact->lock = fact->chain[0].lock;
}

/* Is the lock surely not held on a way that does not begin with what a list yields? */
static bool is_free_by_name(const struct contexts *contexts, const struct fact *fact)
{
	struct walk walk = walk_up(contexts, fact, true);
	bool found = free_way(&walk) != WAY_COUNT;

	walk_free(&walk);
	return found;
}

/* Returns whether nothing is left of the fact. */
static bool judge(const struct contexts *contexts, struct fact *fact)
{
	struct walk walk;
	bool settled = false;

	if (!is_open(fact))
		return false;
	walk = walk_up(contexts, fact, false);
	if (fact->kind == FACT_SITE) {
		judge_site(contexts, fact, &walk);
	} else {
		bool by_name = !fact->is_of_kind || is_free_by_name(contexts, fact);

		settled = judge_finding(contexts, fact, &walk, by_name);
	}
	walk_free(&walk);
	return settled;
}

void contexts_judge(const struct contexts *contexts, struct facts *facts)
{
	bool *settled = xcalloc(facts->count, sizeof(*settled));

	for (size_t i = 0; i < facts->count; i++)
		settled[i] = judge(contexts, &facts->facts[i]);
	facts_drop_marked(facts, settled);
	free(settled);
}
