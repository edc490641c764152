// SPDX-License-Identifier: GPL-2.0-only
#include "graph/items.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A path as a person would write it; the caller frees. */
static char *path_text(const struct items *items, uint32_t path)
{
	static const char *const roots[] = { "?",    "function", "plain",  "struct",
					     "type", "result",   "global", "source" };
	const struct path *at = &items->paths.paths[path];
	char *parent, *text;

	if (path < PATH_ROOTS)
		return xstrdup(roots[path]);
	if (at->parent < PATH_ROOTS && at->bound >= PATH_ROOTS && at->bound != path)
		return path_text(items, at->bound);
	parent = path_text(items, at->parent);
	text = xasprintf("%s %s", parent, symbols_text(&items->names, at->name));
	free(parent);
	return text;
}

static bool has_path(const struct edge *edge)
{
	enum edge_kind kind = (enum edge_kind)edge->kind;

	return (kind == EDGE_CALL && edge->target != NONE) || kind == EDGE_CALL_MEMBER ||
	       kind == EDGE_PASS_MEMBER || kind == EDGE_STORE || kind == EDGE_STORE_MACRO ||
	       kind == EDGE_STORE_PARAMETER || kind == EDGE_USE_MACRO;
}

static char *target_text(const struct items *items, const struct edge *edge)
{
	if (has_path(edge))
		return path_text(items, edge->target);
	return xstrdup(edge->target == NONE ? "" : symbols_text(&items->names, edge->target));
}

static void print_edge(FILE *out, const struct items *items, const struct edge *edge)
{
	static const char *const kinds[] = {
		"call",   "call variable", "call member",    "pass",  "pass member",
		"store",  "into variable", "store by macro", "hands", "keeps",
		"copies", "is filled",     "mention",
	};
	char *target = target_text(items, edge);

	fprintf(out, "%u:%u %s: %s %s", edge->line, edge->column,
		symbols_text(&items->names, items->items[edge->item].name), kinds[edge->kind],
		symbols_text(&items->names, edge->name));
	if (*target)
		fprintf(out, " -> %s", target);
	if (edge->argument)
		fprintf(out, " #%u", edge->argument);
	fputc('\n', out);
	free(target);
}

static char *edges_of(const char *source, bool is_header)
{
	size_t length = strlen(source), size;
	char *text = xcalloc(length + TEXT_SLACK, 1), *printed = NULL;
	FILE *out = open_memstream(&printed, &size);
	struct items items;

	memcpy(text, source, length);
	items_read(&items, text, length, is_header);
	for (uint32_t i = 0; i < items.edge_count; i++)
		print_edge(out, &items, &items.edges[i]);
	fclose(out);
	items_free(&items);
	free(text);
	return printed;
}

static void check(const char *source, const char *expected)
{
	char *edges = edges_of(source, false);

	ck_assert_str_eq(edges, expected);
	free(edges);
}

static void check_items(const char *source, const char *expected)
{
	static const char *const kinds[] = { "function", "macro", "variable", "struct",
					     "declarer" };
	size_t length = strlen(source), size;
	char *text = xcalloc(length + TEXT_SLACK, 1), *printed = NULL;
	FILE *out = open_memstream(&printed, &size);
	struct items items;

	memcpy(text, source, length);
	items_read(&items, text, length, false);
	for (uint32_t i = 0; i < items.count; i++) {
		const struct item *item = &items.items[i];

		fprintf(out, "%u-%u %s%s %s\n", item->line, item->end_line,
			item->is_static ? "static " : "", kinds[item->kind],
			symbols_text(&items.names, item->name));
	}
	fclose(out);
	ck_assert_str_eq(printed, expected);
	free(printed);
	items_free(&items);
	free(text);
}

START_TEST(definitions_have_their_lines)
{
	check_items("int declared(int a);\n"
		    "static int\n"
		    "first(struct x *a,\n"
		    "      int b)\n"
		    "{\n"
		    "\treturn b;\n"
		    "}\n"
		    "struct x {\n"
		    "\tint a;\n"
		    "};\n"
		    "__printf(1, 2) void second(char *f) {}\n"
		    "static noinline struct x *third(void) __must_hold(x) {\n}\n"
		    "SYSCALL_DEFINE1(fourth, int, a)\n"
		    "{\n}\n"
		    "#define fifth(x) first(x, 1)\n",
		    "2-7 static function first\n"
		    "8-10 struct x\n"
		    "11-11 function second\n"
		    "12-13 static function third\n"
		    "14-16 function SYSCALL_DEFINE1\n"
		    "17-17 macro fifth\n");
}
END_TEST

START_TEST(both_branches_of_a_conditional_are_read)
{
	check_items("#ifdef A\n"
		    "int f(int a)\n"
		    "{\n"
		    "#else\n"
		    "int f(void)\n"
		    "{\n"
		    "#endif\n"
		    "\tif (1) {\n"
		    "#if B\n"
		    "\t} else {\n"
		    "#endif\n"
		    "\t}\n"
		    "}\n"
		    "int g(void) {}\n",
		    "5-13 function f\n"
		    "14-14 function g\n");
}
END_TEST

START_TEST(calls_are_found)
{
	check("void f(void)\n"
	      "{\n"
	      "\tif (a(b(1), sizeof(int)))\n"
	      "\t\treturn c ();\n"
	      "\tx = (int)d(2);\n"
	      "}\n",
	      "3:5 f: call a\n"
	      "3:7 f: call b\n"
	      "4:9 f: call c\n"
	      "5:1 f: mention x\n"
	      "5:10 f: call d\n");
}
END_TEST

START_TEST(calls_through_members_have_a_path)
{
	check("struct foo *to_foo(void);\n"
	      "static struct ops table;\n"
	      "void f(struct foo *foo, bar_t bar)\n"
	      "{\n"
	      "\tstruct foo *other = foo;\n"
	      "\tfoo->ops->get(1);\n"
	      "\tother->list[2].get(1);\n"
	      "\tbar.get();\n"
	      "\tto_foo()->get();\n"
	      "\tcontainer_of(x, struct foo, base)->get();\n"
	      "\t((struct foo *)x)->get();\n"
	      "\t(*foo->get)(1);\n"
	      "\ttable.get();\n"
	      "\tunknown->get();\n"
	      "\trcu_dereference(foo->ops)->get();\n"
	      "}\n",
	      "6:1 f: call member get -> struct foo ops get\n"
	      "7:1 f: call member get -> struct foo list get\n"
	      "8:1 f: call member get -> type bar_t get\n"
	      "9:1 f: call to_foo\n"
	      "9:1 f: call member get -> struct foo get\n"
	      "10:1 f: call container_of\n"
	      "10:14 f: pass x -> container_of\n"
	      "10:29 f: pass base -> container_of #2\n"
	      "10:1 f: call member get -> struct foo get\n"
	      "11:16 f: mention x\n"
	      "11:1 f: call member get -> struct foo get\n"
	      "12:1 f: call member get -> struct foo get\n"
	      "13:1 f: call member get -> struct ops get\n"
	      "14:1 f: mention unknown\n"
	      "14:1 f: call member get -> global unknown get\n"
	      "15:1 f: call member get -> struct foo ops get\n");
}
END_TEST

START_TEST(functions_are_passed_on)
{
	check("void f(void (*done)(void), foo_fn fn, int n)\n"
	      "{\n"
	      "\tkref_put(&x, release);\n"
	      "\twork(n, &g, n ? h : NULL);\n"
	      "\tx->ops->set(x, g);\n"
	      "\tagain(n, done);\n"
	      "\tfn(1);\n"
	      "\tcheck(g == h);\n"
	      "}\n",
	      "3:1 f: call kref_put\n"
	      "3:11 f: pass x -> kref_put\n"
	      "3:14 f: pass release -> kref_put #1\n"
	      "4:1 f: call work\n"
	      "4:10 f: pass g -> work #1\n"
	      "4:17 f: pass h -> work #2\n"
	      "5:1 f: mention x\n"
	      "5:1 f: call member set -> global x ops set\n"
	      "5:13 f: pass member x -> global x ops set\n"
	      "5:16 f: pass member g -> global x ops set #1\n"
	      "6:1 f: call again\n"
	      "6:10 f: hands done -> again #1\n"
	      "7:1 f: call variable fn #2\n"
	      "8:1 f: call check\n"
	      "8:7 f: mention g\n"
	      "8:12 f: mention h\n");
}
END_TEST

START_TEST(functions_are_stored)
{
	check("static const struct ops ops = {\n"
	      "\t.get = f,\n"
	      "\t.put = &f,\n"
	      "\t.inner = { .set = f },\n"
	      "\t.maybe = PTR_IF(X, f),\n"
	      "\t.other = X ? f : NULL,\n"
	      "\t.a.b = f,\n"
	      "};\n"
	      "static struct ops old = { get: f, put: f };\n"
	      "static struct ops list[] = {\n"
	      "\t{ .get = f },\n"
	      "\t[2] = { .get = f },\n"
	      "\t{ f, 1 },\n"
	      "};\n"
	      "static int (*table[])(void) = { f, [3] = f };\n"
	      "static foo_fn *fns[] = { f };\n"
	      "module_init(f);\n",
	      "2:8 ops: store f -> struct ops get\n"
	      "3:9 ops: store f -> struct ops put\n"
	      "4:19 ops: store f -> struct ops inner set\n"
	      "5:20 ops: store f -> struct ops maybe\n"
	      "6:14 ops: store f -> struct ops other\n"
	      "7:8 ops: store f -> struct ops a b\n"
	      "9:31 old: store f -> struct ops get\n"
	      "9:39 old: store f -> struct ops put\n"
	      "11:10 list: store f -> struct ops get\n"
	      "12:16 list: store f -> struct ops get\n"
	      "13:3 list: store f -> struct ops *\n"
	      "15:32 table: into variable f -> table\n"
	      "15:41 table: into variable f -> table\n"
	      "16:25 fns: into variable f -> fns\n"
	      "17:0 module_init: call module_init\n"
	      "17:12 module_init: pass f -> module_init\n");
}
END_TEST

START_TEST(assignments_store)
{
	check("void f(struct foo *foo)\n"
	      "{\n"
	      "\tvoid (*fn)(void) = g;\n"
	      "\tstruct ops ops = { .get = g };\n"
	      "\tfoo->ops.get = g;\n"
	      "\tfoo->list[1].get = &g;\n"
	      "\tfn = foo ? g : h;\n"
	      "\tWRITE_ONCE(foo->get, g);\n"
	      "\tfoo->ops = (struct ops){ .put = g };\n"
	      "\tuse(&(struct ops){ .put = g });\n"
	      "\tfn();\n"
	      "\treturn g;\n"
	      "}\n",
	      "3:20 f: into variable g -> fn\n"
	      "4:27 f: store g -> struct ops get\n"
	      "5:16 f: store g -> struct foo ops get\n"
	      "6:21 f: store g -> struct foo list get\n"
	      "7:12 f: into variable g -> fn\n"
	      "7:16 f: into variable h -> fn\n"
	      "8:22 f: store g -> struct foo get\n"
	      "9:33 f: store g -> struct ops put\n"
	      "10:1 f: call use\n"
	      "10:27 f: store g -> struct ops put\n"
	      "11:1 f: call variable fn\n"
	      "12:8 f: mention g\n");
}
END_TEST

START_TEST(macros_are_read)
{
	check("#define get(x) take((x)->ops->lock, 1)\n"
	      "#define OPS .open = f, \\\n"
	      "\t.release = g\n"
	      "#define ENTRY(n, fn) { .name = n, .show = fn }\n"
	      "#define other take\n"
	      "#define ALL OPS_WITH(f)\n"
	      "#define NUMBER 3\n"
	      "#define EMPTY\n"
	      "#undef EMPTY\n"
	      "static struct ops ops = { .a = f, OPS, ENTRY(1, g) };\n",
	      "10:31 ops: store f -> struct ops a\n"
	      "10:34 ops: is filled OPS -> struct ops\n"
	      "10:39 ops: is filled ENTRY -> struct ops\n"
	      "10:48 ops: store by macro g -> struct ops ENTRY #1\n"
	      "1:15 get: call take -> ? ops lock\n"
	      "2:20 OPS: store f -> ? open\n"
	      "3:12 OPS: store g -> ? release\n"
	      "4:31 ENTRY: keeps n -> ? name\n"
	      "4:42 ENTRY: keeps fn -> ? show\n"
	      "5:14 other: call take\n"
	      "6:12 ALL: call OPS_WITH\n"
	      "6:21 ALL: pass f -> OPS_WITH\n");
}
END_TEST

/* The member whose address is passed, wherever the call has it. */
START_TEST(members_are_passed)
{
	check("struct foo { struct mutex lock; struct { struct mutex lock; } heap; struct foo "
	      "*next; };\n"
	      "static void f(struct foo *foo, int n)\n"
	      "{\n"
	      "\tmutex_lock(&foo->lock);\n"
	      "\tmutex_lock_nested(&foo->next->heap.lock, n);\n"
	      "\tguard(mutex)(&foo->lock);\n"
	      "\tscoped_guard(mutex, &foo->heap.lock) g(n);\n"
	      "\tg(n, h(foo->next), n + 1);\n"
	      "\tg(&foo, foo->next);\n"
	      "}\n",
	      "4:1 f: call mutex_lock -> struct foo lock\n"
	      "5:1 f: call mutex_lock_nested -> struct foo next heap lock\n"
	      "6:1 f: call guard -> struct foo lock\n"
	      "6:7 f: pass mutex -> guard\n"
	      "7:1 f: call scoped_guard -> struct foo heap lock\n"
	      "7:14 f: pass mutex -> scoped_guard\n"
	      "7:38 f: call g\n"
	      "8:1 f: call g\n"
	      "8:6 f: call h -> struct foo next\n"
	      "9:1 f: call g -> struct foo next\n");
}
END_TEST

START_TEST(work_runs_functions)
{
	char *edges = edges_of("struct foo { struct work_struct work; };\n"
			       "static void run(struct work_struct *work) {}\n"
			       "void init(struct foo *foo, struct work_struct *work)\n"
			       "{\n"
			       "\tINIT_WORK(&foo->work, run);\n"
			       "\tINIT_WORK(work, run);\n"
			       "\tset_work(&foo->work, run);\n"
			       "}\n",
			       false);

	ck_assert_str_eq(edges, "5:1 init: call INIT_WORK -> struct foo work\n"
				"5:23 init: pass run -> INIT_WORK #1\n"
				"6:1 init: call INIT_WORK\n"
				"6:17 init: pass run -> INIT_WORK #1\n"
				"7:1 init: call set_work -> struct foo work\n"
				"7:22 init: pass run -> set_work #1\n");
	free(edges);
}
END_TEST

/* Nothing is known of such text but that it does no harm. */
START_TEST(any_bytes_can_be_read)
{
	static const char *const sources[] = {
		"",
		"{",
		"}",
		"((((",
		"f(){{{{(((",
		"struct",
		"struct {",
		"enum",
		"#define",
		"#define x(",
		"#define x(a",
		"a##b(",
		"x = {",
		"x.y.",
		"->m(",
		"f() { ->m( }",
		"f() { x[ }",
		"typeof(",
		"*",
		"int (",
		"int (*",
		"int (*f",
		"static",
		"#if\n#else\n",
		"#endif\n#else\n{",
		"f() { ]m( }",
		"f() { )( }",
		"f() { (( ) }",
		"\"",
		"'",
		"/*",
		"struct a { struct b { struct c { int",
		"f(a, { ) }",
	};

	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		free(edges_of(sources[i], i % 2));
}
END_TEST

/* What repeats is read in a time that grows with its length, and without much of a stack. */
START_TEST(long_texts_can_be_read)
{
	static const char *const parts[] = {
		"(",
		"{",
		"[",
		"f(",
		"struct a {",
		"a.b",
		"x[1]",
		"(x)",
		"typeof(",
		"f() {",
		"int x:",
		"#if a\n",
		"#define a(b) c(\n",
		"->m(1)",
		"struct ",
		"WRITE_ONCE(",
		"READ_ONCE(",
		"f(x)->",
		"((",
		"*",
		"{ int x = {",
		"int f() { ",
		"__a(b) ",
		"a b ",
		"f(g, ",
		"struct { int a;",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t length = strlen(parts[i]), count = 100000;
		char *text = xcalloc(count * length + 8, 1);

		strcpy(text, "f() { ");
		for (size_t j = 0; j < count; j++)
			memcpy(text + 6 + j * length, parts[i], length);
		free(edges_of(text + (i % 2 ? 6 : 0), false));
		free(text);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		definitions_have_their_lines,
		both_branches_of_a_conditional_are_read,
		calls_are_found,
		calls_through_members_have_a_path,
		functions_are_passed_on,
		functions_are_stored,
		assignments_store,
		macros_are_read,
		members_are_passed,
		work_runs_functions,
		any_bytes_can_be_read,
		long_texts_can_be_read,
	};

	return unit_run("graph/items", tests, sizeof(tests) / sizeof(*tests));
}
