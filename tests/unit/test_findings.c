// SPDX-License-Identifier: GPL-2.0-only
#include "judge/findings.h"
#include "unit.h"

#include <stdlib.h>

static char one[] = "one", two[] = "two", a_c[] = "a.c", b_c[] = "b.c";
static struct rule rules[] = { { .id = one }, { .id = two } };
static const struct catalogue catalogue = { .rules = rules, .count = 2 };
static struct source sources[] = { { .file = a_c }, { .file = b_c } };
static const struct selection selection = { .sources = sources, .count = 2 };

static void add(struct facts *facts, struct fact fact)
{
	fact.text = NULL;
	fact.function = fact.function ? fact.function : "f";
	fact.operation = fact.operation ? fact.operation : "op";
	fact.lock = "";
	fact.hint = "";
	fact.message = fact.message ? fact.message : "";
	fact.reason = fact.reason ? fact.reason : "";
	facts->facts = grow(facts->facts, facts->count, sizeof(*facts->facts));
	facts->facts[facts->count++] = fact;
}

START_TEST(rows_of_one_place_are_one_finding)
{
	struct findings findings;
	struct facts facts = { 0 };

	add(&facts, (struct fact){ .line = 7,
				   .state = STATE_INHERITED,
				   .confidence = CONFIDENCE_HIGH,
				   .message = "inherited",
				   .reason = "b" });
	add(&facts, (struct fact){ .line = 7,
				   .state = STATE_NOT_HELD,
				   .confidence = CONFIDENCE_LOW,
				   .message = "low",
				   .reason = "a" });
	add(&facts, (struct fact){ .line = 7,
				   .state = STATE_NOT_HELD,
				   .confidence = CONFIDENCE_MEDIUM,
				   .message = "medium",
				   .reason = "b" });
	findings_build(&findings, &facts, &catalogue, &selection);
	ck_assert_uint_eq(findings.count, 1);
	ck_assert_int_eq(findings.findings[0].fact->state, STATE_NOT_HELD);
	ck_assert_int_eq(findings.findings[0].fact->confidence, CONFIDENCE_MEDIUM);
	ck_assert_str_eq(findings.findings[0].fact->message, "medium");
	ck_assert_uint_eq(findings.findings[0].reason_count, 2);
	ck_assert_str_eq(findings.findings[0].reasons[0], "a");
	ck_assert_str_eq(findings.findings[0].reasons[1], "b");
	findings_free(&findings);
	facts_free(&facts);
}
END_TEST

START_TEST(they_are_in_order)
{
	struct findings findings;
	struct facts facts = { 0 };

	add(&facts, (struct fact){ .source = 1, .line = 1 });
	add(&facts, (struct fact){ .source = 0, .line = 10 });
	add(&facts, (struct fact){ .source = 0, .line = 9, .rule = 1 });
	add(&facts, (struct fact){ .source = 0, .line = 9, .rule = 0 });
	add(&facts, (struct fact){ .source = 0, .line = 2, .kind = FACT_SITE });
	findings_build(&findings, &facts, &catalogue, &selection);
	ck_assert_uint_eq(findings.count, 4);
	ck_assert_uint_eq(findings.findings[0].fact->rule, 0);
	ck_assert_uint_eq(findings.findings[1].fact->rule, 1);
	ck_assert_uint_eq(findings.findings[2].fact->line, 10);
	ck_assert_uint_eq(findings.findings[3].fact->source, 1);
	findings_free(&findings);
	facts_free(&facts);
}
END_TEST

/* The fingerprint of the last finding at one of these lines, of which the first may be left out. */
static uint64_t fingerprint_at(unsigned int first, unsigned int last, enum confidence least)
{
	struct findings findings;
	struct facts facts = { 0 };
	uint64_t fingerprint;

	if (first)
		add(&facts, (struct fact){ .line = first, .confidence = CONFIDENCE_LOW });
	add(&facts, (struct fact){ .line = last, .confidence = CONFIDENCE_HIGH });
	findings_build(&findings, &facts, &catalogue, &selection);
	findings_filter(&findings, least);
	fingerprint = findings.findings[findings.count - 1].fingerprint;
	findings_free(&findings);
	facts_free(&facts);
	return fingerprint;
}

START_TEST(a_fingerprint_outlives_moves_and_filters)
{
	uint64_t fingerprint = fingerprint_at(3, 5, CONFIDENCE_LOW);

	ck_assert(fingerprint == fingerprint_at(30, 50, CONFIDENCE_LOW));
	ck_assert(fingerprint == fingerprint_at(3, 5, CONFIDENCE_HIGH));
	ck_assert(fingerprint != fingerprint_at(0, 5, CONFIDENCE_LOW));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { rows_of_one_place_are_one_finding, they_are_in_order,
				       a_fingerprint_outlives_moves_and_filters };

	return unit_run("findings", tests, sizeof(tests) / sizeof(*tests));
}
