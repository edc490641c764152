// SPDX-License-Identifier: GPL-2.0-only
#include "judge/contexts.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static char a_c[] = "a.c", b_c[] = "b.c", x_h[] = "x.h", dma_buf_pin[] = "dma_buf_ops.pin";
static struct source sources[] = { { .file = a_c }, { .file = b_c }, { .file = x_h } };
static const struct selection selection = { .sources = sources, .count = 3 };
static char file_operations[] = "file_operations.*";
static struct slot slot[] = { { dma_buf_pin, STATE_HELD, NULL },
			      { file_operations, STATE_NOT_HELD, NULL } };
static const struct slots slots = { slot, 2 };

/* Rule 1 is about any lock; what may be called with one held is f, g of a.c and extern h. */
static char f_of_a[] = "0 f", g_of_a[] = "0 g", extern_h[] = "* h",
	    *entered[] = { f_of_a, g_of_a, extern_h };
static const struct under under = { .rules = 2, .entered = { entered, 3 } };

enum {
	A,
	B,
	H
};

/* What a test makes: facts about calls, all of whose questions count as asked, and one site. */
static struct facts calls, facts;
static struct questions asked;

/* Each row of a test has a line of its own. */
static unsigned int lines;

static void ask(const char *name, size_t source)
{
	asked.questions = grow(asked.questions, asked.count, sizeof(*asked.questions));
	asked.questions[asked.count++] = (struct question){ .name = name, .source = source };
}

static struct definition *define_only(const char *function, size_t source, bool is_static)
{
	facts_add_definition(&calls, (struct definition){ .name = function,
							  .at = { source, lines++, 0 },
							  .is_static = is_static });
	return &calls.definitions.rows[calls.definitions.count - 1];
}

/* The function is defined in the source, and all is known of its callers. */
static struct definition *define(const char *function, size_t source, bool is_static)
{
	ask(function, source);
	ask(function, EVERYWHERE);
	return define_only(function, source, is_static);
}

static struct call *add_call(struct call call)
{
	call.at.line = lines++;
	call.passed = PASSED_WHOLE;
	call.arguments = "";
	call.values = call.values ? call.values : "";
	call.needs = call.needs ? call.needs : "";
	call.lock = call.state == STATE_HELD ? "bo->resv" : "";
	facts_add_call(&calls, call);
	return &calls.calls.rows[calls.calls.count - 1];
}

static struct call *call(const char *caller, const char *function, size_t source,
			 enum lock_state state)
{
	return add_call((struct call){
		.callee = function, .caller = caller, .at.source = source, .state = state });
}

/* A function is passed to another one, as its first argument. */
static void pass(const char *caller, const char *function, const char *to, size_t source,
		 enum lock_state state)
{
	add_call((struct call){ .callee = function,
				.caller = caller,
				.passed_to = to,
				.argument = 1,
				.at.source = source,
				.state = state });
}

static void enter(const char *member, const char *function, size_t source)
{
	facts_add_callback(&calls, (struct callback){ .function = function,
						      .slot = member,
						      .at = { source, lines++, 0 } });
}

enum requirement {
	MUST_HOLD,
	MUST_NOT_HOLD
};

/* The operation is called, with the state of its caller, in a function of a.c. */
static void operation_in(const char *function, enum requirement requirement)
{
	struct sites *sites = &facts.sites;

	sites->rows = grow(sites->rows, sites->count, sizeof(*sites->rows));
	sites->rows[sites->count++] = (struct site){ .is_finding = requirement == MUST_HOLD,
						     .state = STATE_INHERITED,
						     .confidence = CONFIDENCE_MEDIUM,
						     .function = function,
						     .operation = "op",
						     .arguments = "",
						     .lock = "",
						     .message = "",
						     .reason = "",
						     .hint = "",
						     .needs = "",
						     .at.line = 100,
						     .with = "op_unlocked" };
}

static void begin(void)
{
	calls = facts = (struct facts){ 0 };
	lines = 1;
	asked = (struct questions){ 0 };
}

static const struct knowledge known = { &calls, &asked, &selection, &slots, &under };

static void end(void)
{
	facts_free(&calls);
	facts_free(&facts);
	free(asked.questions);
}

static void judge(void)
{
	contexts_judge(&known, &facts);
}

/* Judges, and sees that nothing is left. */
static void assert_settled(void)
{
	judge();
	ck_assert_uint_eq(facts.sites.count, 0);
	end();
}

/* Judges, and sees that the finding is so. The caller goes on, and ends. */
static void assert_left(enum lock_state state, enum confidence confidence, bool fix)
{
	judge();
	ck_assert_uint_eq(facts.sites.count, 1);
	ck_assert(facts.sites.rows[0].is_finding);
	ck_assert_int_eq(facts.sites.rows[0].state, state);
	ck_assert_int_eq(facts.sites.rows[0].confidence, confidence);
	ck_assert_str_eq(facts.sites.rows[0].with, fix ? "op_unlocked" : "");
}

/* Sees that the chain is FUNCTION>CALL, with blanks between. */
static void assert_chain(const char *expected)
{
	char text[1000] = "";

	for (size_t i = 0; i < facts.sites.rows[0].chain_length; i++) {
		const struct link *link = &facts.sites.rows[0].chain[i];

		strcat(strcat(strcat(strcat(text, i ? " " : ""), link->function), ">"), link->call);
	}
	ck_assert_str_eq(text, expected);
}

START_TEST(held_by_all_callers)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD);
	call("h", "f", A, STATE_HELD);
	operation_in("f", MUST_HOLD);
	assert_settled();
}
END_TEST

START_TEST(not_held_by_a_caller)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_NOT_HELD);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_NOT_HELD, CONFIDENCE_HIGH, true);
	assert_chain("g>f f>op");
	ck_assert_int_eq(facts.sites.rows[0].chain[0].state, STATE_NOT_HELD);
	ck_assert_int_eq(facts.sites.rows[0].chain[1].kind, LINK_OPERATION);
	ck_assert_uint_eq(facts.sites.rows[0].chain[1].at.line, 100);
	end();
}
END_TEST

START_TEST(callers_that_disagree)
{
	begin();
	define("f", A, true);
	define("g", A, true);
	call("g", "f", A, STATE_INHERITED);
	call("h", "g", A, STATE_NOT_HELD);
	call("i", "f", A, STATE_HELD);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_NOT_HELD, CONFIDENCE_MEDIUM, false);
	assert_chain("h>g g>f f>op i>f f>op");
	ck_assert_str_eq(facts.sites.rows[0].chain[3].lock, "bo->resv");
	end();
}
END_TEST

START_TEST(six_calls_deep)
{
	static const char *const names[] = { "f0", "f1", "f2", "f3", "f4", "f5", "f6" };

	for (int held = 0; held < 2; held++) {
		begin();
		for (size_t i = 0; i < 6; i++) {
			enum lock_state state = i < 5  ? STATE_INHERITED
						: held ? STATE_HELD
						       : STATE_NOT_HELD;

			define(names[i], i % 2, false);
			call(names[i + 1], names[i], (i + 1) % 2, state);
		}
		operation_in("f0", MUST_HOLD);
		if (held) {
			assert_settled();
			continue;
		}
		assert_left(STATE_NOT_HELD, CONFIDENCE_HIGH, true);
		assert_chain("f6>f5 f5>f4 f4>f3 f3>f2 f2>f1 f1>f0 f0>op");
		end();
	}
}
END_TEST

START_TEST(a_cycle_adds_nothing)
{
	begin();
	define("f", A, true);
	define("g", A, true);
	call("f", "f", A, STATE_INHERITED);
	call("g", "f", A, STATE_INHERITED);
	call("f", "g", A, STATE_INHERITED);
	call("h", "g", A, STATE_HELD);
	operation_in("f", MUST_HOLD);
	assert_settled();
}
END_TEST

START_TEST(a_cycle_alone_is_a_root)
{
	begin();
	define("f", A, true);
	define("g", A, true);
	call("g", "f", A, STATE_INHERITED);
	call("f", "g", A, STATE_INHERITED);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_INHERITED, CONFIDENCE_MEDIUM, true);
	assert_chain("");
	end();
}
END_TEST

START_TEST(a_static_twin_is_another_function)
{
	begin();
	define("f", A, true);
	define("f", B, true);
	call("g", "f", A, STATE_HELD);
	call("h", "f", B, STATE_NOT_HELD);
	enter("other_ops.f", "f", B);
	operation_in("f", MUST_HOLD);
	assert_settled();
}
END_TEST

START_TEST(an_extern_function_is_not_its_static_twin)
{
	begin();
	define("f", A, false);
	define("f", B, true);
	call("g", "f", H, STATE_HELD);
	call("h", "f", B, STATE_NOT_HELD);
	operation_in("f", MUST_HOLD);
	assert_settled();
}
END_TEST

START_TEST(a_static_function_of_a_header_is_everywhere)
{
	begin();
	define("f", A, false);
	define("inline_f", H, true);
	call("inline_f", "f", H, STATE_INHERITED);
	call("g", "inline_f", B, STATE_NOT_HELD);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_NOT_HELD, CONFIDENCE_HIGH, true);
	assert_chain("g>inline_f inline_f>f f>op");
	end();
}
END_TEST

START_TEST(slots_of_the_table_are_believed)
{
	begin();
	define("f", A, true);
	enter("dma_buf_ops.pin", "f", A);
	operation_in("f", MUST_HOLD);
	assert_settled();
}
END_TEST

START_TEST(a_row_may_name_all_members)
{
	begin();
	define("f", A, true);
	enter("file_operations.release", "f", A);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_NOT_HELD, CONFIDENCE_MEDIUM, true);
	assert_chain("file_operations.release>f f>op");
	ck_assert_int_eq(facts.sites.rows[0].chain[0].kind, LINK_SLOT);
	ck_assert_int_eq(facts.sites.rows[0].chain[0].state, STATE_NOT_HELD);
	end();
}
END_TEST

START_TEST(slots_that_are_not_in_the_table_tell_nothing)
{
	begin();
	define("f", A, true);
	enter("foo_private_ops.close", "f", A);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_INHERITED, CONFIDENCE_MEDIUM, false);
	end();
}
END_TEST

START_TEST(unknown_slots_are_only_presumed)
{
	static const char *const members[] = { ".pin", "run_later()", "" };

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		begin();
		define("f", A, true);
		enter(members[i], "f", A);
		operation_in("f", MUST_HOLD);
		assert_left(STATE_INHERITED, CONFIDENCE_MEDIUM, true);
		end();
	}
}
END_TEST

/* a() passes f(), which has the operation, on to c(), by way of b(). */
static void passed_on(enum lock_state first, enum lock_state last)
{
	begin();
	define("f", A, true);
	define("a", A, false);
	define("parameter1:b", B, false);
	define("parameter1:c", B, true);
	pass("a", "f", "b", A, first);
	pass("b", "parameter1:b", "c", B, STATE_INHERITED);
	call("c", "parameter1:c", B, last);
	operation_in("f", MUST_HOLD);
}

START_TEST(passed_to_what_holds_it)
{
	passed_on(STATE_NOT_HELD, STATE_HELD);
	assert_settled();
	passed_on(STATE_HELD, STATE_INHERITED);
	assert_settled();
}
END_TEST

START_TEST(passed_to_what_does_not_hold_it)
{
	passed_on(STATE_NOT_HELD, STATE_INHERITED);
	assert_left(STATE_NOT_HELD, CONFIDENCE_HIGH, true);
	assert_chain("a>b b>c c>f f>op");
	end();
	passed_on(STATE_HELD, STATE_NOT_HELD);
	assert_left(STATE_NOT_HELD, CONFIDENCE_HIGH, true);
	assert_chain("c>f f>op");
	end();
}
END_TEST

START_TEST(passed_from_a_list)
{
	passed_on(STATE_NOT_HELD, STATE_INHERITED);
	for (size_t i = 0; i < calls.calls.count; i++)
		if (!calls.calls.rows[i].passed_to)
			calls.calls.rows[i].from_list = true;
	facts.sites.rows[0].is_of_kind = true;
	assert_left(STATE_NOT_HELD, CONFIDENCE_LOW, false);
	end();
}
END_TEST

START_TEST(called_by_the_core_and_directly)
{
	begin();
	define("f", A, true);
	enter("dma_buf_ops.pin", "f", A);
	call("g", "f", A, STATE_NOT_HELD);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_NOT_HELD, CONFIDENCE_MEDIUM, false);
	assert_chain("g>f f>op dma_buf_ops.pin>f f>op");
	end();
}
END_TEST

START_TEST(what_a_function_says_of_itself_only_lowers_the_confidence)
{
	begin();
	define("f_locked", A, false)->expects_lock = true;
	operation_in("f_locked", MUST_HOLD);
	assert_left(STATE_INHERITED, CONFIDENCE_LOW, false);
	assert_chain("f_locked>f_locked f_locked>op");
	end();
	begin();
	define("f_locked", A, false)->expects_lock = true;
	call("g", "f_locked", B, STATE_NOT_HELD);
	operation_in("f_locked", MUST_HOLD);
	assert_left(STATE_NOT_HELD, CONFIDENCE_HIGH, true);
	end();
	begin();
	define("f_locked", A, false)->expects_lock = true;
	operation_in("f_locked", MUST_NOT_HOLD);
	ck_assert(!facts.sites.rows[0].is_finding);
	end();
}
END_TEST

START_TEST(a_root_without_callers_is_only_presumed)
{
	begin();
	define("f", A, true);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_INHERITED, CONFIDENCE_MEDIUM, true);
	end();

	begin();
	define("f", A, true);
	define("g", A, true);
	call("g", "f", A, STATE_INHERITED);
	call("h", "f", A, STATE_HELD);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_INHERITED, CONFIDENCE_LOW, false);
	assert_chain("h>f f>op");
	end();
}
END_TEST

START_TEST(what_was_not_asked_is_not_settled)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_INHERITED);
	call("h", "f", A, STATE_HELD);
	define_only("g", A, false);
	call("h", "g", A, STATE_HELD);
	operation_in("f", MUST_HOLD);
	assert_left(STATE_INHERITED, CONFIDENCE_LOW, false);
	end();
}
END_TEST

START_TEST(a_site_is_a_finding_where_the_lock_is_held)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD);
	call("h", "f", A, STATE_NOT_HELD);
	operation_in("f", MUST_NOT_HOLD);
	judge();
	ck_assert(facts.sites.rows[0].is_finding);
	ck_assert_int_eq(facts.sites.rows[0].state, STATE_HELD);
	ck_assert_int_eq(facts.sites.rows[0].confidence, CONFIDENCE_MEDIUM);
	ck_assert_str_eq(facts.sites.rows[0].lock, "bo->resv");
	assert_chain("g>f f>op");
	end();
}
END_TEST

START_TEST(a_site_under_another_lock_is_unsure)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD)->passed = PASSED_OTHER;
	operation_in("f", MUST_NOT_HOLD);
	assert_left(STATE_HELD, CONFIDENCE_LOW, true);
	end();
}
END_TEST

START_TEST(a_site_that_is_free_is_not_reported)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_NOT_HELD);
	operation_in("f", MUST_NOT_HOLD);
	judge();
	ck_assert(!facts.sites.rows[0].is_finding);
	end();
}
END_TEST

/* A site of a rule about any lock. */
static struct site *operation_under_any(const char *function)
{
	operation_in(function, MUST_NOT_HOLD);
	facts.sites.rows[0].rule = 1;
	return &facts.sites.rows[0];
}

START_TEST(to_some_rules_any_lock_is_as_good)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD)->passed = PASSED_OTHER;
	operation_under_any("f");
	assert_left(STATE_HELD, CONFIDENCE_MEDIUM, true);
	end();

	begin();
	define("f", A, true);
	enter("dma_buf_ops.pin", "f", A);
	operation_under_any("f")->confidence = CONFIDENCE_LOW;
	assert_left(STATE_HELD, CONFIDENCE_LOW, true);
	assert_chain("dma_buf_ops.pin>f f>op");
	end();
}
END_TEST

START_TEST(a_lock_that_may_be_held_is_unsure)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD)->is_unsure = true;
	operation_under_any("f");
	assert_left(STATE_HELD, CONFIDENCE_LOW, true);
	end();

	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD)->is_later = true;
	operation_under_any("f");
	judge();
	ck_assert(!facts.sites.rows[0].is_finding);
	end();
}
END_TEST

START_TEST(values_that_are_passed_rule_ways_out)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD)->values = "1=1,12=0";
	operation_under_any("f")->needs = "2=0,1=0";
	judge();
	ck_assert(!facts.sites.rows[0].is_finding);
	end();

	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD)->values = "12=1,1=0";
	operation_under_any("f")->needs = "2=0,1=0";
	assert_left(STATE_HELD, CONFIDENCE_MEDIUM, true);
	end();

	/* Where no page fault is served, further up, too. */
	begin();
	define("f", A, true);
	define("g", A, true);
	call("g", "f", A, STATE_INHERITED);
	call("h", "g", A, STATE_HELD)->values = "nofault=1";
	operation_under_any("f")->needs = "nofault=0";
	judge();
	ck_assert(!facts.sites.rows[0].is_finding);
	end();
}
END_TEST

START_TEST(what_a_parameter_has_to_be_counts_if_all_calls_say_so)
{
	begin();
	define("f", A, true);
	define("g", A, true);
	call("g", "f", A, STATE_INHERITED)->needs = "1=0";
	call("h", "g", A, STATE_HELD)->values = "1=1";
	operation_under_any("f");
	judge();
	ck_assert(!facts.sites.rows[0].is_finding);
	end();

	begin();
	define("f", A, true);
	define("g", A, true);
	call("g", "f", A, STATE_INHERITED)->needs = "1=0";
	call("g", "f", A, STATE_INHERITED)->needs = "1=1";
	call("h", "g", A, STATE_HELD)->values = "1=1";
	operation_under_any("f");
	assert_left(STATE_HELD, CONFIDENCE_MEDIUM, true);
	end();

	/* Also if a longer way comes to it later. */
	begin();
	define("f", A, true);
	define("g", A, true);
	define("k", A, true);
	call("g", "f", A, STATE_INHERITED)->needs = "1=0";
	call("k", "f", A, STATE_INHERITED);
	call("g", "k", A, STATE_INHERITED);
	call("h", "g", A, STATE_HELD)->values = "1=1";
	operation_under_any("f");
	assert_left(STATE_HELD, CONFIDENCE_MEDIUM, true);
	end();
}
END_TEST

START_TEST(each_caller_at_fault_is_told)
{
	begin();
	define("f", A, true);
	call("g", "f", A, STATE_HELD);
	call("k", "f", A, STATE_NOT_HELD);
	call("h", "f", A, STATE_HELD);
	operation_under_any("f");
	judge();
	ck_assert_uint_eq(facts.sites.count, 2);
	ck_assert_str_eq(facts.sites.rows[0].function, "g");
	ck_assert_str_eq(facts.sites.rows[1].function, "h");
	ck_assert_str_eq(facts.sites.rows[1].operation, "f");
	end();
}
END_TEST

/* Sees that what is asked next is NAME:SOURCE, * for everywhere, with blanks between. */
static void assert_asks(const char *expected)
{
	struct questions questions = contexts_questions(&known, &facts.sites, CONFIDENCE_LOW);
	char text[200] = "", *end = text;

	for (size_t i = 0; i < questions.count; i++) {
		const struct question *question = &questions.questions[i];

		end += sprintf(end, "%s%s:%c", i ? " " : "", question->name,
			       question->source == EVERYWHERE ? '*'
							      : (char)('0' + question->source));
	}
	ck_assert_str_eq(text, expected);
	questions_free(&questions);
}

START_TEST(questions_follow_what_is_known)
{
	begin();
	operation_in("f", MUST_HOLD);
	assert_asks("f:0");
	ask("f", A);
	define_only("f", A, false);
	assert_asks("f:*");
	ask("f", EVERYWHERE);
	define_only("g", B, true);
	call("g", "f", B, STATE_INHERITED);
	call("h", "f", B, STATE_HELD);
	assert_asks("g:1");
	ask("g", B);
	assert_asks("");
	end();
}
END_TEST

START_TEST(only_identifiers_are_asked)
{
	begin();
	operation_in("f g", MUST_HOLD);
	assert_asks("");
	end();
}
END_TEST

START_TEST(what_is_never_under_a_lock_is_not_asked)
{
	begin();
	operation_under_any("k");
	assert_asks("");
	facts.sites.count = 0;
	operation_under_any("f");
	assert_asks("f:0");
	ask("f", A);
	define_only("f", A, true);
	define_only("h", A, false);
	define_only("k", A, false);
	call("h", "f", A, STATE_INHERITED);
	call("k", "f", A, STATE_INHERITED);
	ask("h", A);
	ask("k", A);
	assert_asks("h:*");
	end();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		held_by_all_callers,
		not_held_by_a_caller,
		callers_that_disagree,
		six_calls_deep,
		a_cycle_adds_nothing,
		a_cycle_alone_is_a_root,
		a_static_twin_is_another_function,
		an_extern_function_is_not_its_static_twin,
		a_static_function_of_a_header_is_everywhere,
		slots_of_the_table_are_believed,
		a_row_may_name_all_members,
		slots_that_are_not_in_the_table_tell_nothing,
		unknown_slots_are_only_presumed,
		passed_to_what_holds_it,
		passed_to_what_does_not_hold_it,
		passed_from_a_list,
		called_by_the_core_and_directly,
		a_root_without_callers_is_only_presumed,
		what_a_function_says_of_itself_only_lowers_the_confidence,
		what_was_not_asked_is_not_settled,
		a_site_is_a_finding_where_the_lock_is_held,
		a_site_under_another_lock_is_unsure,
		a_site_that_is_free_is_not_reported,
		to_some_rules_any_lock_is_as_good,
		a_lock_that_may_be_held_is_unsure,
		values_that_are_passed_rule_ways_out,
		what_a_parameter_has_to_be_counts_if_all_calls_say_so,
		each_caller_at_fault_is_told,
		questions_follow_what_is_known,
		what_is_never_under_a_lock_is_not_asked,
		only_identifiers_are_asked,
	};

	return unit_run("contexts", tests, sizeof(tests) / sizeof(*tests));
}
