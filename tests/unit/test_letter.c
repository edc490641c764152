// SPDX-License-Identifier: GPL-2.0-only
#include "series/letter.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char *const chain[] = {
	"called by foo_release_all_that_there_are() at drivers/foo/foo_file.c:721",
	"foo_release() is file_operations.release, which is entered without the lock",
};

static const struct rule locked = {
	.id = (char[]){ "importer-locked" },
	.demand = (char[]){ "Importers must hold the reservation lock of a dma-buf when they call "
			    "FUNCTIONS. That is the first clause for importers." },
	.found = (char[]){ "Here the lock is not held:" },
	.variant = (char[]){ "Call the _unlocked variants instead, which take the lock around the "
			     "same call." },
	.remedy = (char[]){ "Take the lock." },
	.subject = (char[]){ "use the _unlocked dma-buf functions" },
};
static const struct rule unlocked = {
	.id = (char[]){ "importer-unlocked" },
	.demand = (char[]){ "The second clause for importers." },
	.remedy = (char[]){ "Attach before the lock is taken." },
};
static const struct rule bare = { .id = (char[]){ "without-words" } };

static const struct change map = { .rule = &locked,
				   .function = "foo_map",
				   .operation = "dma_buf_map_attachment",
				   .replacement = "dma_buf_map_attachment_unlocked",
				   .reason = "no lock taken" };
static const struct change unmap = { .rule = &locked,
				     .function = "foo_map",
				     .operation = "dma_buf_unmap_attachment",
				     .replacement = "dma_buf_unmap_attachment_unlocked",
				     .reason = "no lock taken" };
static const struct change vunmap = { .rule = &locked,
				      .function = "foo_release",
				      .operation = "dma_buf_vunmap",
				      .replacement = "dma_buf_vunmap_unlocked",
				      .reason = "",
				      .chain = chain,
				      .chain_length = 2 };
static const struct change pin = { .rule = &locked,
				   .function = "foo_pin",
				   .operation = "dma_buf_pin",
				   .replacement = "",
				   .reason = "no lock taken" };
static const struct change attach = { .rule = &unlocked,
				      .function = "foo_attach",
				      .operation = "dma_buf_attach",
				      .replacement = "",
				      .reason = "held since line 7" };
static const struct change other = { .rule = &bare,
				     .function = "foo_other",
				     .operation = "foo_lock",
				     .replacement = "foo_lock_it",
				     .reason = "" };

static void assert_subject(const struct change *a, const struct change *b, const char *expected)
{
	const struct change *const changes[] = { a, b };
	char *subject = letter_subject(changes, b ? 2 : 1);

	ck_assert_str_eq(subject, expected);
	free(subject);
}

START_TEST(a_subject_says_what_is_done)
{
	assert_subject(&map, NULL, "use dma_buf_map_attachment_unlocked()");
	assert_subject(&map, &map, "use dma_buf_map_attachment_unlocked()");
	assert_subject(&map, &vunmap, "use the _unlocked dma-buf functions");
	assert_subject(&map, &attach, "follow the dma-buf locking convention");
	assert_subject(&attach, NULL, "follow the dma-buf locking convention");
	assert_subject(&map, &pin, "follow the dma-buf locking convention");
	assert_subject(&map, &other, "follow the dma-buf locking convention");
	assert_subject(&other, NULL, "use foo_lock_it()");
}
END_TEST

START_TEST(a_message_names_demand_finding_and_remedy)
{
	const struct change *const changes[] = { &unmap, &map, &vunmap };
	char *message = letter_message(changes, 3);

	ck_assert_str_eq(
		message,
		"Importers must hold the reservation lock of a dma-buf when they call\n"
		"dma_buf_map_attachment(), dma_buf_unmap_attachment() and\n"
		"dma_buf_vunmap(). That is the first clause for importers.\n"
		"\n"
		"Here the lock is not held:\n"
		"\n"
		" - foo_map() calls dma_buf_unmap_attachment() and\n"
		"   dma_buf_map_attachment(): no lock taken\n"
		" - foo_release() calls dma_buf_vunmap()\n"
		"     - called by foo_release_all_that_there_are() at\n"
		"       drivers/foo/foo_file.c:721\n"
		"     - foo_release() is file_operations.release, which is entered\n"
		"       without the lock\n"
		"\n"
		"Call the _unlocked variants instead, which take the lock around the same\n"
		"call.\n"
		"\n"
		"Found by resvlint (rule importer-locked).\n");
	free(message);
}
END_TEST

START_TEST(each_rule_has_its_paragraphs)
{
	const struct change *const changes[] = { &attach, &map };
	char *message = letter_message(changes, 2), *first, *second;

	first = strstr(message, "second clause for importers");
	second = strstr(message, "first clause for importers");
	ck_assert(first && second && first < second);
	ck_assert_ptr_nonnull(strstr(message, " - foo_attach() calls dma_buf_attach(): held"));
	ck_assert_ptr_nonnull(strstr(message, "\n\nAttach before the lock is taken.\n\n"));
	ck_assert_ptr_nonnull(strstr(message, "(rules importer-unlocked, importer-locked)"));
	ck_assert_ptr_null(strstr(message, "Signed-off-by"));
	free(message);
}
END_TEST

START_TEST(a_rule_without_words_has_general_ones)
{
	const struct change *const changes[] = { &other };
	char *message = letter_message(changes, 1);

	ck_assert_str_eq(message,
			 "The reservation lock is not handled as it has to be around foo_lock().\n"
			 "\n"
			 "This was found:\n"
			 "\n"
			 " - foo_other() calls foo_lock()\n"
			 "\n"
			 "Handle the lock as it has to be.\n"
			 "\n"
			 "Found by resvlint (rule without-words).\n");
	free(message);
}
END_TEST

START_TEST(foreign_text_breaks_out_of_nothing)
{
	struct change change = map;
	const struct change *const changes[] = { &change };
	char *message, *rest, *line;

	change.function = "f\xff";
	change.reason = "`a\n---\ndiff --git a/x b/x\n\x1b[2J\xc3\xa4`";
	message = letter_message(changes, 1);
	ck_assert_ptr_nonnull(strstr(message, "f\\xff() calls"));
	ck_assert_ptr_nonnull(strstr(message, "\\x1b[2J\\xc3\\xa4`"));
	rest = message;
	while ((line = next_line(&rest))) {
		ck_assert(!starts_with(line, "---"));
		ck_assert(!starts_with(line, "diff"));
		ck_assert_uint_le(strlen(line), 75);
	}
	free(message);
}
END_TEST

START_TEST(a_cover_letter_counts)
{
	const struct change *const changes[] = { &unmap, &map };
	char *cover = letter_cover(changes, 2, 1);

	ck_assert(starts_with(cover, "These patches mend 2 places in 1 file that do not follow"));
	ck_assert_ptr_nonnull(strstr(cover, "first clause for importers"));
	ck_assert_ptr_nonnull(strstr(cover, "Call the _unlocked variants"));
	free(cover);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_subject_says_what_is_done,        a_message_names_demand_finding_and_remedy,
		each_rule_has_its_paragraphs,       a_rule_without_words_has_general_ones,
		foreign_text_breaks_out_of_nothing, a_cover_letter_counts
	};

	return unit_run("letter", tests, sizeof(tests) / sizeof(*tests));
}
