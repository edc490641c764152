// SPDX-License-Identifier: GPL-2.0-only
#include "graph/walk.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "struct ops {\n"                                         /* 1 */
			     "\tint (*get)(struct foo *foo);\n"                       /* 2 */
			     "\tint (*put)(struct foo *foo);\n"                       /* 3 */
			     "};\n"                                                   /* 4 */
			     "struct foo {\n"                                         /* 5 */
			     "\tconst struct ops *ops;\n"                             /* 6 */
			     "\tstruct { struct ops inner; } in;\n"                   /* 7 */
			     "};\n"                                                   /* 8 */
			     "typedef struct foo foo_t;\n"                            /* 9 */
			     "static inline void kref_put(struct kref *k, fn_t *f)\n" /* 10 */
			     "{\n"                                                    /* 11 */
			     "\tf(k);\n"                                              /* 12 */
			     "}\n"                                                    /* 13 */
			     "#define to_foo(x) container_of(x, struct foo, base)\n"  /* 14 */
			     "#define OPS .put = plain_put\n"                         /* 15 */
			     "#define ENTRY(f) { .get = f }\n";                       /* 16 */

static const char first[] = "static int get(struct foo *foo)\n" /* 1 */
			    "{\n"                               /* 2 */
			    "\treturn lock(foo);\n"             /* 3 */
			    "}\n"                               /* 4 */
			    "static struct ops ops = {\n"       /* 5 */
			    "\t.get = get,\n"                   /* 6 */
			    "\tOPS,\n"                          /* 7 */
			    "};\n"                              /* 8 */
			    "int plain_put(struct foo *foo)\n"  /* 9 */
			    "{\n"                               /* 10 */
			    "\treturn get(foo);\n"              /* 11 */
			    "}\n";                              /* 12 */

static const char second[] = "int get(void) {}\n"                          /* 1 */
			     "static void release(struct kref *k)\n"       /* 2 */
			     "{\n"                                         /* 3 */
			     "\tplain_put(0);\n"                           /* 4 */
			     "}\n"                                         /* 5 */
			     "void call(foo_t *foo, struct x *x)\n"        /* 6 */
			     "{\n"                                         /* 7 */
			     "\tfoo->ops->get(foo);\n"                     /* 8 */
			     "\tto_foo(x)->in.inner.put(foo);\n"           /* 9 */
			     "\tkref_put(x, release);\n"                   /* 10 */
			     "\tget();\n"                                  /* 11 */
			     "}\n"                                         /* 12 */
			     "static fn_t *const table[] = { release };\n" /* 13 */
			     "void through(int i)\n"                       /* 14 */
			     "{\n"                                         /* 15 */
			     "\ttable[i](0);\n"                            /* 16 */
			     "}\n"                                         /* 17 */
			     "static struct ops more[] = {\n"              /* 18 */
			     "\tENTRY(get),\n"                             /* 19 */
			     "};\n"                                        /* 20 */
			     "void starts(void) { run(get); }\n"           /* 21 */
			     "void guesses(void) { unknown->put(); }\n";   /* 22 */

static const char third[] = "struct ops { void (*get)(void); };\n" /* 1 */
			    "void other(struct ops *o)\n"          /* 2 */
			    "{\n"                                  /* 3 */
			    "\to->get();\n"                        /* 4 */
			    "}\n";                                 /* 5 */

static const struct {
	const char *file;
	const char *text;
} sources[] = {
	{ "a.h", header },
	{ "b.c", first },
	{ "c.c", second },
	{ "d.c", third },
};

#define SOURCES (sizeof(sources) / sizeof(*sources))

/* The graph of all sources, added from one of them on. */
static struct graph *make(size_t from)
{
	struct graph *graph = graph_make();
	struct error err;

	for (size_t i = 0; i < SOURCES; i++) {
		size_t at = (from + i) % SOURCES, length = strlen(sources[at].text);
		char *text = xcalloc(length + TEXT_SLACK, 1);

		memcpy(text, sources[at].text, length);
		ck_assert_int_eq(
			graph_add(graph, (uint32_t)at, sources[at].file, text, length, &err), 0);
		free(text);
	}
	graph_seal(graph);
	return graph;
}

static const char *name_of(const struct graph *graph, uint32_t item)
{
	return graph_text(graph, graph_item(graph, item)->name);
}

/* The function with a name in a source. */
static uint32_t find(const struct graph *graph, const char *name, uint32_t source)
{
	struct numbers named = graph_named(graph, graph_name(graph, name));

	for (uint32_t i = 0; i < named.count; i++)
		if (graph_item(graph, named.at[i])->source == source)
			return named.at[i];
	ck_abort_msg("no %s in source %u", name, source);
	return NONE;
}

/* Calls, as "SOURCE:LINE CALLER>CALLEE" with blanks between; the caller frees. */
static char *calls_text(const struct graph *graph, struct graph_calls calls)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < calls.count; i++) {
		const struct graph_call *call = &calls.calls[i];
		char *longer =
			xasprintf("%s%s%u:%u %s>%s", text, i ? " " : "",
				  graph_item(graph, call->caller)->source,
				  graph_edge(graph, call->edge)->line, name_of(graph, call->caller),
				  name_of(graph, call->callee));

		free(text);
		text = longer;
	}
	free(calls.calls);
	return text;
}

static void check_callers(const char *name, uint32_t source, unsigned int links,
			  const char *expected)
{
	for (size_t from = 0; from < SOURCES; from++) {
		struct graph *graph = make(from);
		char *text =
			calls_text(graph, graph_callers(graph, find(graph, name, source), links));

		ck_assert_str_eq(text, expected);
		free(text);
		graph_free(graph);
	}
}

static void check_entries(const char *name, uint32_t source, const char *expected)
{
	struct graph *graph = make(1);
	struct graph_entries entries = graph_entries_of(graph, find(graph, name, source));
	char *text = xstrdup("");

	for (size_t i = 0; i < entries.count; i++) {
		char *longer = xasprintf("%s[%s]", text, entries.entries[i].slot);

		free(text);
		text = longer;
	}
	ck_assert_str_eq(text, expected);
	free(text);
	graph_entries_free(&entries);
	graph_free(graph);
}

START_TEST(a_static_function_is_the_one_of_its_file)
{
	check_callers("get", 1, LINK_DIRECT, "1:11 plain_put>get");
	check_callers("get", 2, LINK_DIRECT, "2:11 call>get");
}
END_TEST

START_TEST(calls_through_members_find_what_is_stored)
{
	check_callers("get", 1, LINK_THROUGH, "2:8 call>get");
	check_callers("get", 2, LINK_THROUGH, "2:8 call>get");
	check_callers("plain_put", 1, LINK_GUESSED, "2:22 guesses>plain_put");
	check_callers("plain_put", 1, LINK_ALL, "2:4 release>plain_put 2:9 call>plain_put");
}
END_TEST

START_TEST(what_is_passed_on_or_in_an_array_is_called)
{
	check_callers("release", 2, LINK_ALL, "2:10 call>release 2:16 through>release");
	check_callers("release", 2, LINK_DIRECT, "");
}
END_TEST

START_TEST(callees_are_the_other_way_round)
{
	struct graph *graph = make(2);
	char *text = calls_text(graph, graph_callees(graph, find(graph, "call", 2), LINK_ALL));

	ck_assert_str_eq(text, "2:8 call>get 2:8 call>get 2:9 call>to_foo 2:9 call>plain_put "
			       "2:10 call>kref_put 2:10 call>release 2:11 call>get");
	free(text);
	graph_free(graph);
}
END_TEST

START_TEST(entries_tell_what_a_function_is_put_into)
{
	check_entries("get", 1, "[ops.get]");
	check_entries("get", 2, "[ops.get][run()]");
	check_entries("plain_put", 1, "[ops.put]");
	check_entries("release", 2, "[kref_put()][]");
}
END_TEST

START_TEST(members_lead_to_functions_and_structures)
{
	struct graph *graph = make(3);
	uint32_t ops = graph_name(graph, "ops"), *found;
	size_t count;
	char *text;

	found = graph_behind(graph, ops, graph_name(graph, "get"), &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(found[0], find(graph, "get", 1));
	ck_assert_uint_eq(found[1], find(graph, "get", 2));
	free(found);
	found = graph_calls_through(graph, ops, graph_name(graph, "get"), &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(graph_edge(graph, found[0])->line, 8);
	ck_assert_uint_eq(graph_edge(graph, found[1])->line, 4);
	free(found);
	found = graph_fields(graph, ops, &count);
	ck_assert_uint_eq(count, 2);
	text = graph_member_text(graph, found[1]);
	ck_assert_str_eq(text, "foo.ops");
	free(text);
	free(found);
	ck_assert_uint_eq(graph_structures(graph, ops).count, 2);
	graph_free(graph);
}
END_TEST

START_TEST(lines_lead_to_functions)
{
	struct graph *graph = make(0);

	ck_assert_uint_eq(graph_function_at(graph, 1, 1), find(graph, "get", 1));
	ck_assert_uint_eq(graph_function_at(graph, 1, 4), find(graph, "get", 1));
	ck_assert_uint_eq(graph_function_at(graph, 1, 6), NONE);
	ck_assert_uint_eq(graph_function_at(graph, 0, 14), find(graph, "to_foo", 0));
	ck_assert_uint_eq(graph_function_at(graph, 9, 1), NONE);
	graph_free(graph);
}
END_TEST

START_TEST(a_set_spreads_to_callers)
{
	static const char *const locks[] = { "lock", "nowhere" };
	struct graph *graph = make(0);
	struct graph_set set = graph_set_make(graph);
	struct graph_lines *lines;
	size_t count;

	graph_set_add_users(graph, locks, 2, &set);
	ck_assert_uint_eq(set.count, 1);
	graph_spread_up(graph, LINK_DIRECT, &set);
	ck_assert_uint_eq(set.count, 3);
	ck_assert(set.has[find(graph, "plain_put", 1)]);
	ck_assert(set.has[find(graph, "release", 2)]);
	graph_spread_up(graph, LINK_ALL, &set);
	ck_assert_uint_eq(set.count, 5);
	lines = graph_lines_of(graph, 1, &set, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(lines[1].first, 9);
	ck_assert_uint_eq(lines[1].last, 12);
	free(lines);
	free(set.has);
	graph_free(graph);
}
END_TEST

static bool stops_at_release(void *context, const struct graph_step *step)
{
	return !strcmp(name_of(context, step->item), "release");
}

START_TEST(walks_end_where_they_are_told_to)
{
	struct graph *graph = make(0);
	uint32_t get = find(graph, "get", 1);
	struct graph_guide guide = { .links = LINK_DIRECT | LINK_PASSED,
				     .stops = stops_at_release,
				     .context = graph };
	struct graph_walk walk = graph_walk_up(graph, &get, 1, &guide);

	ck_assert_uint_eq(walk.count, 3);
	ck_assert_str_eq(name_of(graph, walk.steps[1].item), "plain_put");
	ck_assert_str_eq(name_of(graph, walk.steps[2].item), "release");
	ck_assert_uint_eq(walk.steps[2].from, 1);
	free(walk.steps);
	guide.limit = 2;
	walk = graph_walk_down(graph, &get, 1, &guide);
	ck_assert_uint_eq(walk.count, 1);
	free(walk.steps);
	graph_free(graph);
}
END_TEST

/* The graph of one source. */
static struct graph *make_of(const char *source)
{
	struct graph *graph = graph_make();
	size_t length = strlen(source);
	char *text = xcalloc(length + TEXT_SLACK, 1);
	struct error err;

	memcpy(text, source, length);
	ck_assert_int_eq(graph_add(graph, 0, "a.c", text, length, &err), 0);
	free(text);
	graph_seal(graph);
	return graph;
}

/* The functions that work runs, also those that no source defines, are found by its member. */
START_TEST(work_is_told_by_its_structure)
{
	struct graph *graph = make_of("struct foo { struct work_struct work; };\n"
				      "struct bar { struct work_struct work; };\n"
				      "void one(struct work_struct *work) {}\n"
				      "void init(struct foo *foo, struct bar *bar)\n"
				      "{\n"
				      "\tINIT_WORK(&foo->work, one);\n"
				      "\tINIT_WORK(&foo->work, two);\n"
				      "\tINIT_WORK(&bar->work, three);\n"
				      "}\n"
				      "void stop(struct foo *foo)\n"
				      "{\n"
				      "\tflush_work(&foo->work);\n"
				      "}\n");
	struct numbers uses = graph_uses(graph, graph_name(graph, "flush_work"));
	char *names[] = { (char *)"INIT_WORK" };
	const struct names binders = { names, 1 };
	uint32_t *bound;
	size_t count;

	ck_assert_uint_eq(uses.count, 1);
	bound = graph_bound(graph, uses.at[0], &binders, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(graph_text(graph, graph_edge(graph, bound[0])->name), "one");
	ck_assert_str_eq(graph_text(graph, graph_edge(graph, bound[1])->name), "two");
	free(bound);
	graph_free(graph);
}
END_TEST

/* Delayed work has the work in it; what a declaration makes is known by its name. */
START_TEST(work_is_declared_or_in_delayed_work)
{
	struct graph *graph = make_of("struct foo { struct delayed_work slow; };\n"
				      "static DECLARE_WORK(spark, one);\n"
				      "static DECLARE_WORK(ember, two);\n"
				      "void init(struct foo *foo)\n"
				      "{\n"
				      "\tINIT_DELAYED_WORK(&foo->slow, three);\n"
				      "}\n"
				      "void stop(struct foo *foo)\n"
				      "{\n"
				      "\tflush_work(&ember);\n"
				      "\tflush_work(&foo->slow.work);\n"
				      "\tflush_work(&ash);\n"
				      "}\n");
	struct numbers uses = graph_uses(graph, graph_name(graph, "flush_work"));
	static const char *const runs[] = { "two", "three", NULL };
	char *names[] = { (char *)"DECLARE_WORK", (char *)"INIT_DELAYED_WORK" };
	const struct names binders = { names, 2 };

	ck_assert_uint_eq(uses.count, 3);
	for (uint32_t i = 0; i < uses.count; i++) {
		size_t count;
		uint32_t *bound = graph_bound(graph, uses.at[i], &binders, &count);

		ck_assert_uint_eq(count, runs[i] != NULL);
		if (runs[i])
			ck_assert_str_eq(graph_text(graph, graph_edge(graph, bound[0])->name),
					 runs[i]);
		free(bound);
	}
	graph_free(graph);
}
END_TEST

START_TEST(an_empty_graph_answers)
{
	struct graph *graph = graph_make();
	uint32_t item;

	graph_seal(graph);
	ck_assert_uint_eq(graph_name(graph, "f"), NONE);
	ck_assert_uint_eq(graph_named(graph, NONE).count, 0);
	ck_assert_uint_eq(graph_uses(graph, NONE).count, 0);
	ck_assert_uint_eq(graph_items_of(graph, 0, &item), 0);
	graph_free(graph);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_static_function_is_the_one_of_its_file,
		calls_through_members_find_what_is_stored,
		what_is_passed_on_or_in_an_array_is_called,
		callees_are_the_other_way_round,
		entries_tell_what_a_function_is_put_into,
		members_lead_to_functions_and_structures,
		lines_lead_to_functions,
		a_set_spreads_to_callers,
		walks_end_where_they_are_told_to,
		work_is_told_by_its_structure,
		work_is_declared_or_in_delayed_work,
		an_empty_graph_answers,
	};

	return unit_run("graph/walk", tests, sizeof(tests) / sizeof(*tests));
}
