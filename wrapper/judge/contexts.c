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
	size_t function;
	size_t below;           /* the step that it calls, NOWHERE for the first */
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
	function.answered = was_asked(contexts, function.name, function.source);
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

/* Is a slot, or the name of a function, STRUCT.MEMBER? */
static bool is_member(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot && dot != name && strcmp(dot, ".*");
}

/* The name under which the structure of a member is asked about; the caller frees. */
static char *struct_of(const char *member)
{
	return xasprintf(STRUCT_QUESTION "%.*s", (int)strcspn(member, "."), member);
}

/* A member of which the table says nothing may be called by what can be found, as its structure. */
static void add_member(struct contexts *contexts, const char *slot)
{
	enum lock_state state;
	char *name;

	if (!is_member(slot) || slots_find(contexts->slots, slot, &state))
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
		if (calls->facts[i].kind == FACT_CALL && calls->facts[i].state == STATE_INHERITED)
			add_function(contexts, around(contexts, &calls->facts[i]));
	for (size_t i = 0; i < calls->count; i++)
		if (calls->facts[i].kind == FACT_SLOT)
			add_member(contexts, calls->facts[i].lock);
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

static void reach(struct walk *walk, size_t function, size_t below, const struct fact *row)
{
	if (walk->reached[function])
		return;
	walk->reached[function] = true;
	walk->steps = grow(walk->steps, walk->count, sizeof(*walk->steps));
	walk->steps[walk->count++] = (struct step){ function, below, row };
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
 * Is it another object than the one whose lock a caller holds that comes to the end of a way? What is
 * inside of that object may have the same lock, as its attachment; what is inside of that has not.
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

/* Is a definition of the structure known? Those that a kernel's include/ has are not asked for. */
static bool is_own(const struct contexts *contexts, const char *name)
{
	const struct fact key = { .operation = name, .kind = FACT_DEFINE };
	size_t first = first_row(contexts, &key);

	return first < contexts->calls->count &&
	       !strcmp(contexts->calls->facts[first].operation, name) &&
	       contexts->calls->facts[first].kind == FACT_DEFINE;
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
	name = is_member(row->lock) ? struct_of(row->lock) : NULL;
	owner = name ? find_function(contexts,
				     (struct function){ .name = name, .source = EVERYWHERE })
		     : NULL;
	if (member && owner && owner->answered && is_own(contexts, name)) {
		reach(walk, (size_t)(member - contexts->functions), step, row);
	} else {
		begin(walk, way_of_slot(contexts, walk, step, row->lock), step, row);
		if (member && owner)
			reach(walk, (size_t)(owner - contexts->functions), step, row);
	}
	free(name);
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

/* Nobody is known to call a function that was reached. */
static void presume(const struct contexts *contexts, struct walk *walk, size_t step)
{
	const struct function *function = &contexts->functions[walk->steps[step].function];

	begin(walk, function->hint ? WAY_HINTED : WAY_PRESUMED, step, function->hint);
}

/* Nobody is known to call a function, or through a member, that was reached. */
static void end_unknown(const struct contexts *contexts, struct walk *walk, size_t step)
{
	if (is_member(contexts->functions[walk->steps[step].function].name))
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

	if (starts_with(function->name, STRUCT_QUESTION))
		return;
	for (size_t i = first_row(contexts, &key); i < contexts->calls->count; i++) {
		const struct fact *row = &contexts->calls->facts[i];
		struct function called;

		if (strcmp(row->operation, function->name))
			break;
		called = meant(contexts, row->operation, row->source);
		if (compare_functions(&called, function) || is_recursion(contexts, row, function))
			continue;
		entered = true;
		if (row->kind == FACT_CALL)
			follow_call(contexts, walk, step, row);
		else
			enter(contexts, walk, step, row);
	}
	if (!entered || !function->answered)
		end_unknown(contexts, walk, step);
}

static struct walk walk_from(const struct contexts *contexts)
{
	return (struct walk){ .reached = xcalloc(contexts->count, sizeof(bool)) };
}

static void walk_up(const struct contexts *contexts, struct walk *walk)
{
	for (size_t i = 0; i < walk->count; i++)
		climb(contexts, walk, i);
	/* Ways that only lead in circles tell nothing. */
	for (size_t i = 0; i < WAY_COUNT; i++)
		if (walk->beginnings[i].found)
			return;
	if (walk->count)
		presume(contexts, walk, 0);
}

static void walk_free(struct walk *walk)
{
	free(walk->steps);
	free(walk->reached);
}

static bool can_be_asked(const struct function *function)
{
	const char *name = function->name;
	size_t length = 0;

	if (starts_with(name, STRUCT_QUESTION))
		name += strlen(STRUCT_QUESTION);
	while (is_word(name[length]) || name[length] == '.')
		length++;
	return length && length <= NAME_LIMIT && !name[length];
}

/* Adds a word to those in a text, which have blanks between, if it is not there. */
static void add_word(char **text, const char *word, size_t length)
{
	char *longer;

	for (const char *at = *text; *at; at += strspn(at, " ")) {
		size_t old = strcspn(at, " ");

		if (old == length && !strncmp(at, word, length))
			return;
		at += old;
	}
	longer = xasprintf("%s%s%.*s", *text, **text ? " " : "", (int)length, word);
	free(*text);
	*text = longer;
}

/* Who calls through a member is asked where its structure, or what has one, is named. */
static void ask_member(const struct contexts *contexts, const char *member,
		       struct questions *questions)
{
	char *name = struct_of(member), *files = xstrdup(""), *fields = xstrdup("");
	const struct fact key = { .operation = name, .kind = FACT_FIELD };

	add_word(&files, member, strcspn(member, "."));
	for (size_t i = first_row(contexts, &key); i < contexts->calls->count; i++) {
		const struct fact *row = &contexts->calls->facts[i];

		if (strcmp(row->operation, name) || row->kind != FACT_FIELD ||
		    !is_member(row->lock))
			break;
		add_word(&files, row->lock, strcspn(row->lock, "."));
		add_word(&fields, row->lock, strlen(row->lock));
	}
	questions_add_member(questions, member, files, fields);
	free(name);
	free(files);
	free(fields);
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
 * Marks the functions on the ways to a fact that have to be asked about. Sites are only asked about
 * in their own files: nearly all functions that touch a buffer are sites, and asking for them
 * everywhere takes longer than all else. What calls them from other files under the lock is found
 * from there: the wrappers tell which functions want it free.
 */
static void mark_unknown(const struct contexts *contexts, const struct fact *fact,
			 enum confidence least, bool *unknown)
{
	struct walk walk = walk_from(contexts);

	reach(&walk, index_of(contexts, around(contexts, fact)), NOWHERE, NULL);
	walk_up(contexts, &walk);
	for (size_t i = 0; i < walk.count && !is_plain(fact, &walk, least); i++) {
		const struct function *function = &contexts->functions[walk.steps[i].function];

		if (!function->answered && can_be_asked(function) &&
		    (fact->kind == FACT_FINDING || function->source != EVERYWHERE))
			unknown[walk.steps[i].function] = true;
	}
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

		if (!unknown[i])
			continue;
		if (is_member(function->name))
			ask_member(contexts, function->name, &questions);
		else
			questions_add(&questions, function->name, function->source);
	}
	free(unknown);
	return questions;
}

/* Adds a step to the fact's chain; a slot is one of `slot_kind`. */
static void add_row(struct fact *fact, const struct fact *row, enum way way,
		    enum link_kind slot_kind)
{
	const enum link_kind kinds[] = {
		[FACT_CALL] = LINK_CALL,
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
			      .call = row->operation,
			      .state = slot ? slot_state : row->state,
			      .lock = slot ? (way == WAY_EXPORTED ? OTHER_LOCK : "") : row->lock,
		      });
}

/* Adds the way to the fact's chain. */
static void add_way(struct fact *fact, const struct walk *walk, enum way way)
{
	const struct beginning *beginning = &walk->beginnings[way];

	add_row(fact, beginning->row, way, LINK_SLOT);
	for (size_t i = beginning->step; walk->steps[i].below != NOWHERE; i = walk->steps[i].below)
		add_row(fact, walk->steps[i].row, way, LINK_MEMBER);
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

static void forget_fix(struct fact *fact)
{
	fact->replace = "";
	fact->with = "";
}

/* The confidence in a finding that is surely not held on some way. */
static enum confidence grade(const struct fact *fact, enum way without, enum way held)
{
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
static bool spoils_fix(enum way held, enum way unsure, bool hinted)
{
	return (held != WAY_COUNT && held != WAY_EXPORTED) || unsure == WAY_EITHER || hinted;
}

/* Judges a finding that needs the lock. Returns whether nothing is left of it. */
static bool judge_finding(struct fact *fact, const struct walk *walk)
{
	static const enum way not_held[] = { WAY_CALLED, WAY_ENTERED, WAY_COUNT };
	static const enum way not_known[] = { WAY_EITHER, WAY_PRESUMED, WAY_COUNT };
	enum way held = held_way(walk), without = first_found(walk, not_held);
	enum way unsure = first_found(walk, not_known);
	bool hinted = walk->beginnings[WAY_HINTED].found;
	bool shown = fact->confidence == CONFIDENCE_HIGH;

	if (held != WAY_COUNT && without == WAY_COUNT && unsure == WAY_COUNT && !hinted)
		return true;
	if (without != WAY_COUNT || shown)
		fact->state = STATE_NOT_HELD;
	if (without != WAY_COUNT) {
		fact->confidence = grade(fact, without, held);
		add_way(fact, walk, without);
	} else if (shown) {
		fact->confidence = held == WAY_COUNT ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
	} else if (held != WAY_COUNT || (hinted && unsure == WAY_COUNT)) {
		fact->confidence = CONFIDENCE_LOW;
	}
	if (held != WAY_COUNT)
		add_way(fact, walk, held);
	if (hinted)
		add_way(fact, walk, WAY_HINTED);
	fact->is_presumed = !shown && walk->beginnings[WAY_PRESUMED].found;
	if (!shown && spoils_fix(held, unsure, hinted))
		forget_fix(fact);
	return false;
}

/* Judges a site where the lock must not be held. */
static void judge_site(struct fact *fact, const struct walk *walk)
{
	enum way held = held_way(walk);

	if (held == WAY_COUNT)
		return;
	fact->kind = FACT_FINDING;
	fact->state = STATE_HELD;
	fact->confidence = held == WAY_HELD ? CONFIDENCE_MEDIUM : CONFIDENCE_LOW;
	add_way(fact, walk, held);
	fact->lock = fact->chain[0].lock;
}

/* Returns whether nothing is left of the fact. */
static bool judge(const struct contexts *contexts, struct fact *fact)
{
	struct walk walk;
	bool settled = false;

	if (!is_open(fact))
		return false;
	walk = walk_from(contexts);
	reach(&walk, index_of(contexts, around(contexts, fact)), NOWHERE, NULL);
	walk_up(contexts, &walk);
	if (fact->kind == FACT_SITE)
		judge_site(fact, &walk);
	else
		settled = judge_finding(fact, &walk);
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
