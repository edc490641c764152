// SPDX-License-Identifier: GPL-2.0-only
#include "judge/findings.h"
#include "unit.h"

#include <stdlib.h>

static char one[] = "one", two[] = "two", a_c[] = "a.c", b_c[] = "b.c";
static struct rule rules[] = { { .id = one }, { .id = two } };
static const struct catalogue catalogue = { .rules = rules, .count = 2 };
static struct source sources[] = { { .file = a_c }, { .file = b_c } };
static const struct selection selection = { .sources = sources, .count = 2 };

static void add(struct facts *facts, struct site site)
{
	struct sites *sites = &facts->sites;

	site.function = site.function ? site.function : "f";
	site.operation = site.operation ? site.operation : "op";
	site.lock = "";
	site.hint = "";
	site.message = site.message ? site.message : "";
	site.reason = site.reason ? site.reason : "";
	sites->rows = grow(sites->rows, sites->count, sizeof(*sites->rows));
	sites->rows[sites->count++] = site;
}

static void add_finding(struct facts *facts, struct site site)
{
	site.is_finding = true;
	add(facts, site);
}

START_TEST(rows_of_one_place_are_one_finding)
{
	struct findings findings;
	struct facts facts = { 0 };

	add_finding(&facts, (struct site){ .at.line = 7,
					   .state = STATE_INHERITED,
					   .confidence = CONFIDENCE_HIGH,
					   .message = "inherited",
					   .reason = "b" });
	add_finding(&facts, (struct site){ .at.line = 7,
					   .state = STATE_NOT_HELD,
					   .confidence = CONFIDENCE_LOW,
					   .message = "low",
					   .reason = "a" });
	add_finding(&facts, (struct site){ .at.line = 7,
					   .state = STATE_NOT_HELD,
					   .confidence = CONFIDENCE_MEDIUM,
					   .message = "medium",
					   .reason = "b" });
	findings_build(&findings, &facts, &catalogue, &selection);
	ck_assert_uint_eq(findings.count, 1);
	ck_assert_int_eq(findings.findings[0].site->state, STATE_NOT_HELD);
	ck_assert_int_eq(findings.findings[0].site->confidence, CONFIDENCE_MEDIUM);
	ck_assert_str_eq(findings.findings[0].site->message, "medium");
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

	add_finding(&facts, (struct site){ .at = { 1, 1, 0 } });
	add_finding(&facts, (struct site){ .at = { 0, 10, 0 } });
	add_finding(&facts, (struct site){ .at = { 0, 9, 0 }, .rule = 1 });
	add_finding(&facts, (struct site){ .at = { 0, 9, 0 }, .rule = 0 });
	add(&facts, (struct site){ .at = { 0, 2, 0 } });
	findings_build(&findings, &facts, &catalogue, &selection);
	ck_assert_uint_eq(findings.count, 4);
	ck_assert_uint_eq(findings.findings[0].site->rule, 0);
	ck_assert_uint_eq(findings.findings[1].site->rule, 1);
	ck_assert_uint_eq(findings.findings[2].site->at.line, 10);
	ck_assert_uint_eq(findings.findings[3].site->at.source, 1);
	findings_free(&findings);
	facts_free(&facts);
}
END_TEST

START_TEST(the_order_of_rows_does_not_count)
{
	for (unsigned int first = 0; first < 2; first++) {
		struct findings findings;
		struct facts facts = { 0 };

		for (unsigned int i = 0; i < 2; i++) {
			add_finding(&facts, (struct site){ .at.line = 7 });
			for (unsigned int j = 0; j <= (first + i) % 2; j++)
				site_end_way(&facts.sites.rows[i]);
		}
		findings_build(&findings, &facts, &catalogue, &selection);
		ck_assert_uint_eq(findings.findings[0].site->chain_length, 1);
		findings_free(&findings);
		facts_free(&facts);
	}
}
END_TEST

/* The fingerprint of the last finding at one of these lines, of which the first may be left out. */
static uint64_t fingerprint_at(unsigned int first, unsigned int last, enum confidence least)
{
	struct findings findings;
	struct facts facts = { 0 };
	uint64_t fingerprint;

	if (first)
		add_finding(&facts,
			    (struct site){ .at.line = first, .confidence = CONFIDENCE_LOW });
	add_finding(&facts, (struct site){ .at.line = last, .confidence = CONFIDENCE_HIGH });
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
				       the_order_of_rows_does_not_count,
				       a_fingerprint_outlives_moves_and_filters };

	return unit_run("findings", tests, sizeof(tests) / sizeof(*tests));
}
