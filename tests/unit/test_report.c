// SPDX-License-Identifier: GPL-2.0-only
#include "report/json.h"
#include "report/text.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static char root[] = "/k", rules_dir[] = "", id[] = "importer-locked", clause[] = "importer-1",
	    name[] = "drivers/x\033.c", file[] = "drivers/lat\xe9in.c", function[] = "g",
	    reason[] = "did not parse", timeout[] = "spatch timed out after 60 s";
static struct rule rule = { .id = id, .clause = clause };
static struct source source = { .name = name, .file = file, .rules = 1 };
static const struct site site = {
	.confidence = CONFIDENCE_HIGH,
	.state = STATE_INHERITED,
	.at = { 0, 593, 7 },
	.end_column = 29,
	.function = "f",
	.operation = "dma_buf_vmap",
	.lock = "",
	.message = "dma_buf_vmap() without the lock",
	.hint = "hold it",
	.with = "b",
};
static const char *reasons[] = { "no lock taken", "or so" };
static struct finding finding = {
	.site = &site, .reasons = reasons, .reason_count = 2, .fingerprint = 0xabc
};
static struct gap gaps[] = { { .source = 0, .reason = timeout, .rules = 1 },
			     { .source = 0, .line = 3, .function = function, .reason = reason } };

static const struct catalogue catalogue = { rules_dir, &rule, 1 };
static const struct tree tree = { .root = root };
static const struct convention convention = { .from_tree = true };
static const struct selection selection = { .sources = &source, .count = 1 };
static const struct findings findings = { &finding, 1 };
static const struct unanalysed unanalysed = { gaps, 2, 1 };
static const struct report report = {
	&catalogue, &tree, "6.12.3", &convention, &selection, &findings, &unanalysed,
};

/* What is printed, which the caller frees; `what` names the function. */
static char *print(char what)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (what == 't' || what == 'c')
		report_text(out, &report, what == 'c');
	else if (what == 'j')
		report_json(out, &report);
	else if (what == 's')
		report_summary(out, &report);
	else
		report_unanalysed(out, &report, what == 'f');
	fclose(out);
	return text;
}

static void assert_printed(char what, const char *expected)
{
	char *text = print(what);

	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(text_is_one_line_a_finding)
{
	assert_printed('t', "drivers/x\\x1b.c:593:8: warning: dma_buf_vmap() without the lock "
			    "[importer-locked]\n"
			    "    in f(): no lock taken\n"
			    "    in f(): or so\n"
			    "    hold it\n");
}
END_TEST

START_TEST(colors_are_only_around)
{
	char *text = print('c');

	ck_assert_ptr_nonnull(strstr(text, "\033[1mdrivers/x\\x1b.c:593:8:\033[0m "));
	free(text);
}
END_TEST

START_TEST(json_has_its_keys_in_order)
{
	assert_printed('j', "{\n"
			    "  \"tool\": {\n"
			    "    \"name\": \"resvlint\",\n"
			    "    \"version\": \"" VERSION "\"\n"
			    "  },\n"
			    "  \"tree\": \"/k\",\n"
			    "  \"kernel\": \"6.12.3\",\n"
			    "  \"convention\": \"tree\",\n"
			    "  \"findings\": [\n"
			    "    {\n"
			    "      \"rule\": \"importer-locked\",\n"
			    "      \"clause\": \"importer-1\",\n"
			    "      \"confidence\": \"high\",\n"
			    "      \"file\": \"drivers/lat\\\\xe9in.c\",\n"
			    "      \"line\": 593,\n"
			    "      \"column\": 8,\n"
			    "      \"end_column\": 30,\n"
			    "      \"function\": \"f\",\n"
			    "      \"operation\": \"dma_buf_vmap\",\n"
			    "      \"state\": \"inherited\",\n"
			    "      \"lock\": null,\n"
			    "      \"message\": \"dma_buf_vmap() without the lock\",\n"
			    "      \"chain\": [],\n"
			    "      \"fix\": {\n"
			    "        \"replace\": \"dma_buf_vmap\",\n"
			    "        \"with\": \"b\"\n"
			    "      },\n"
			    "      \"fingerprint\": \"0000000000000abc\"\n"
			    "    }\n"
			    "  ],\n"
			    "  \"not_analysed\": [\n"
			    "    {\n"
			    "      \"file\": \"drivers/lat\\\\xe9in.c\",\n"
			    "      \"line\": null,\n"
			    "      \"function\": null,\n"
			    "      \"reason\": \"spatch timed out after 60 s\"\n"
			    "    },\n"
			    "    {\n"
			    "      \"file\": \"drivers/lat\\\\xe9in.c\",\n"
			    "      \"line\": 3,\n"
			    "      \"function\": \"g\",\n"
			    "      \"reason\": \"did not parse\"\n"
			    "    }\n"
			    "  ],\n"
			    "  \"summary\": {\n"
			    "    \"files\": 1,\n"
			    "    \"selected\": 1,\n"
			    "    \"findings\": 1,\n"
			    "    \"not_analysed\": 2,\n"
			    "    \"by_rule\": {\n"
			    "      \"importer-locked\": 1\n"
			    "    }\n"
			    "  }\n"
			    "}\n");
}
END_TEST

START_TEST(gaps_are_a_line_each)
{
	assert_printed('u', "drivers/x\\x1b.c: spatch timed out after 60 s: not analysed\n"
			    "drivers/x\\x1b.c:3: g() did not parse: not analysed\n");
	assert_printed('f', "drivers/x\\x1b.c: spatch timed out after 60 s: not analysed\n");
}
END_TEST

START_TEST(the_summary_counts)
{
	assert_printed('s', "resvlint: 1 finding in 1 file; 0 of 1 file analysed; "
			    "1 function and 1 file not analysed\n");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { text_is_one_line_a_finding, colors_are_only_around,
				       json_has_its_keys_in_order, gaps_are_a_line_each,
				       the_summary_counts };

	return unit_run("report", tests, sizeof(tests) / sizeof(*tests));
}
