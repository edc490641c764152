// SPDX-License-Identifier: GPL-2.0-only
#include "judge/entered.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* The functions that are behind a slot in one source, and the words that matter, each with a blank
 * before it. The caller frees. */
static char *entered_text(const char *name, const char *source)
{
	struct slot slot = { .name = (char *)name };
	struct graph *graph = graph_make();
	size_t length = strlen(source);
	char *text = xcalloc(length + TEXT_SLACK, 1), *found = xstrdup("");
	struct entered entered;
	struct error err;

	memcpy(text, source, length);
	ck_assert_int_eq(graph_add(graph, 0, "a.c", text, length, &err), 0);
	graph_seal(graph);
	entered_find(graph, &slot, &entered);
	for (size_t i = 0; i < entered.count + entered.words.count; i++) {
		const char *word =
			i < entered.count
				? graph_text(graph, graph_item(graph, entered.items[i])->name)
				: entered.words.names[i - entered.count];
		char *longer = xasprintf("%s %s%s", found, i < entered.count ? "" : "?", word);

		free(found);
		found = longer;
	}
	entered_free(&entered);
	graph_free(graph);
	free(text);
	return found;
}

static void check(const char *slot, const char *source, const char *wanted)
{
	char *found = entered_text(slot, source);

	ck_assert_str_eq(found, wanted);
	free(found);
}

#define BODIES "void f(struct foo *foo) {}\nvoid g(struct bar *bar) {}\nvoid h(void) {}\n"

START_TEST(passed)
{
	check("add()", BODIES "void a(void) { add(x, f); add(x, g); other(h); }", " f g ?x");
	check("add()", BODIES "void a(void) { other(h); }", "");
	check("add()", "void a(void) { other(h); }", "");
}
END_TEST

START_TEST(passed_on)
{
	check("add()",
	      BODIES "void a(int n, fn_t fn, fn_t no) { add(n, fn); other(no); }\n"
		     "void b(void) { a(1, f, h); }",
	      " f ?a");
	check("add()",
	      BODIES "void a(fn_t fn) { add(fn); }\nvoid b(int n, fn_t fn) { a(fn); }\n"
		     "void c(void) { b(1, g); }",
	      " g ?a ?b");
	check("add()", BODIES "void a(fn_t fn) { add(fn); a(fn); }\nvoid b(void) { a(f); }",
	      " f f f f ?a");
}
END_TEST

START_TEST(variables)
{
	check("add()", BODIES "void a(void) { fn_t fn = f; if (x) fn = g; add(fn); }", " f g");
	check("add()", BODIES "void a(void) { fn_t fn = f; fn(); add(h); }", " h");
}
END_TEST

START_TEST(members)
{
	check("ops.go",
	      "struct ops { void (*go)(void); };\n" BODIES
	      "static struct ops o = { .go = f };\nvoid a(struct ops *p) { p->go = h; }",
	      " f h");
	check("ops.go",
	      "struct ops { void (*go)(void); };\n" BODIES
	      "static struct more m = { .go = f };\nstatic struct ops o = { .go = gone };",
	      " ?gone");
	check("ops.go",
	      "struct ops { void (*go)(void); };\n" BODIES
	      "void a(struct ops *p, fn_t fn) { p->go = fn; }\nvoid b(void) { a(p, g); }",
	      " g ?a");
	check("ops.stop",
	      "struct ops { void (*go)(void); };\n" BODIES "static struct ops o = { .go = f };",
	      "");
}
END_TEST

START_TEST(unknown_structures)
{
	/* A table of them is the slot's, unless another structure has such a member. */
	check("foo.go", "struct foo *x;\n" BODIES "static hidden_t o = { .go = h };", " h");
	check("foo.go",
	      "struct foo *x;\n" BODIES
	      "static hidden_t o = { .go = h };\nstatic struct ops p = { .go = f };",
	      "");
	/* What code assigns has to take the structure. */
	check("foo.go", "struct foo *x;\n" BODIES "void a(hidden_t *y) { y->go = f; y->go = g; }",
	      " f");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { passed, passed_on, variables, members, unknown_structures };

	return unit_run("entered", tests, sizeof(tests) / sizeof(*tests));
}
