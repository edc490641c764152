// SPDX-License-Identifier: GPL-2.0-only
#include "series/letter.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char *const chain[] = {
	"called by foo_release_all_that_there_are() at drivers/foo/foo_file.c:721",
	"foo_release() is file_operations.release, which is entered without the lock",
};

static const struct change map = { .rule = "importer-locked",
				   .clause = "importer-1",
				   .function = "foo_map",
				   .operation = "dma_buf_map_attachment",
				   .replacement = "dma_buf_map_attachment_unlocked",
				   .reason = "no lock taken",
				   .remedy = "" };
static const struct change unmap = { .rule = "importer-locked",
				     .clause = "importer-1",
				     .function = "foo_map",
				     .operation = "dma_buf_unmap_attachment",
				     .replacement = "dma_buf_unmap_attachment_unlocked",
				     .reason = "no lock taken",
				     .remedy = "" };
static const struct change vunmap = { .rule = "importer-locked",
				      .clause = "importer-1",
				      .function = "foo_release",
				      .operation = "dma_buf_vunmap",
				      .replacement = "dma_buf_vunmap_unlocked",
				      .reason = "",
				      .remedy = "",
				      .chain = chain,
				      .chain_length = 2 };
static const struct change attach = { .rule = "importer-unlocked",
				      .clause = "importer-2",
				      .function = "foo_attach",
				      .operation = "dma_buf_attach",
				      .replacement = "",
				      .reason = "held since line 7",
				      .remedy = "Attach before the lock is taken." };

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
}
END_TEST

START_TEST(a_message_names_clause_finding_and_remedy)
{
	const struct change *const changes[] = { &unmap, &map, &vunmap };
	char *message = letter_message(changes, 3);

	ck_assert_str_eq(
		message,
		"Importers must hold the reservation lock of a dma-buf when they call\n"
		"dma_buf_map_attachment(), dma_buf_unmap_attachment() and\n"
		"dma_buf_vunmap(). That is the first clause for importers of the locking\n"
		"convention of dma-buf, in force since Linux 6.2.\n"
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
		"call. No way that leads to these calls is known to hold the lock of that\n"
		"buffer, so none takes it twice.\n"
		"\n"
		"Found by resvlint (rule importer-locked).\n");
	free(message);
}
END_TEST

START_TEST(each_clause_has_its_paragraphs)
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

START_TEST(foreign_text_breaks_out_of_nothing)
{
	struct change change = map;
	const struct change *const changes[] = { &change };
	char *message, *rest, *line;

	change.clause = "something-else";
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
	const TTest *const tests[] = { a_subject_says_what_is_done,
				       a_message_names_clause_finding_and_remedy,
				       each_clause_has_its_paragraphs,
				       foreign_text_breaks_out_of_nothing, a_cover_letter_counts };

	return unit_run("letter", tests, sizeof(tests) / sizeof(*tests));
}
