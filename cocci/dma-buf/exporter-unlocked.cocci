// SPDX-License-Identifier: GPL-2.0-only
/// A dma-buf callback that is invoked without the reservation lock presumes that it is held
///
//# Only what stands in the callback itself is seen, not what it calls. A function that is also called by
//# the driver, with the lock held, is reported for the calls that the dma-buf core makes.
//
// Clause: exporter-1
// Confidence: High
// Tokens: dma_buf_ops
// Options: --no-includes --include-headers
//
//: The callbacks attach, detach, release, begin_cpu_access and end_cpu_access of struct dma_buf_ops (and
//: mmap, since the convention changed after Linux 6.2) are invoked without the reservation lock of the
//: dma-buf. An exporter that needs the lock takes it; one that asserts it, or drops it, is wrong.
//:
//: Wrong:
//:
//:     static int foo_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
//:     {
//:             dma_resv_assert_held(dmabuf->resv);
//:             return foo_sync(dmabuf->priv);
//:     }
//:
//: Right:
//:
//:             dma_resv_lock(dmabuf->resv, NULL);
//:             ret = foo_sync(dmabuf->priv);
//:             dma_resv_unlock(dmabuf->resv);
//:
//: Remedy: take the lock where it is needed, or remove the assertion where it is not.

virtual report
virtual context
virtual org
virtual patch
virtual facts

using "../lib/resv.iso"

@initialize:ocaml@
@@
let rule = "exporter-unlocked"

// >>> lib/output.cocci
@initialize:ocaml@
@@
(* What a rule says of one place. *)
type finding = {
	confidence : string;		(* high, medium or low *)
	state : string;			(* of the lock there: held, not held or inherited *)
	place : Coccilib.pos;
	operation : string;
	arguments : string;
	lock : string * int;		(* the lock seen, and in which line; "", 0 where none was *)
	message : string;
	reasons : string list;
	hint : string;
	replacement : string;		(* for the operation's name; "" where there is no such remedy *)
}

let one_line s = String.map (function '\t' | '\n' | '\r' -> ' ' | c -> c) s
let quote expression = "`" ^ one_line expression ^ "`"

(* The name of the function that a call calls, and the place of that name. *)
let called expression =
	match String.index_opt expression '(' with
	| Some i -> String.trim (String.sub expression 0 i)
	| None -> expression
let place_of_name name (p : Coccilib.pos) =
	{ p with Coccilib.line_end = p.Coccilib.line;
	  Coccilib.col_end = p.Coccilib.col + String.length name }

(* Asks whether the lock is held, and takes nothing. *)
let is_query name = name = "dma_resv_held" || name = "dma_resv_is_locked"

(* The first of a call's arguments. *)
let first_argument arguments =
	let rec stop i depth =
		if i >= String.length arguments then i
		else match arguments.[i] with
		| ',' when depth = 0 -> i
		| '(' | '[' | '{' -> stop (i + 1) (depth + 1)
		| ')' | ']' | '}' -> stop (i + 1) (depth - 1)
		| _ -> stop (i + 1) depth
	in
	String.trim (String.sub arguments 0 (stop 0 0))

(* Rows for the front end, one for each reason. A "site" is no finding by itself: its state is the
   caller's, and what the caller does decides. *)
let print_row kind finding reason =
	let p = finding.place and lock, lock_line = finding.lock in
	let fix = if finding.replacement = "" then "" else finding.operation in
	print_endline (String.concat "\t" (List.map one_line [
		"resvlint"; kind; rule; finding.confidence; finding.state;
		p.file; string_of_int p.line; string_of_int p.col;
		string_of_int p.line_end; string_of_int p.col_end;
		p.current_element; finding.operation; finding.arguments;
		lock; string_of_int lock_line; finding.message; reason; finding.hint;
		fix; finding.replacement ]))

let print_facts finding = List.iter (print_row "finding" finding) finding.reasons
let print_site finding = print_row "site" finding ""

(* Columns count from 1 for people, and from 0 in org mode, as the kernel`s other rules do. *)
let plain s = String.concat "" (String.split_on_char (Char.chr 96) s)
let text finding =
	plain (finding.message ^ ": " ^ String.concat "; " finding.reasons)
let print_report finding =
	let p = finding.place in
	Printf.printf "%s:%d:%d-%d: WARNING: %s\n" p.file p.line p.col p.col_end (text finding)
let print_org finding = Coccilib.print_main (text finding) [ finding.place ]

(* The convention in force: the functions of a clause, and the variant of each that takes the lock
   itself. The front end knows which it is; else it is what the rule names. *)
let convention clause named =
	match Sys.getenv_opt "RESVLINT_CONVENTION" with
	| None -> named
	| Some table ->
		List.filter_map (fun line ->
			match String.split_on_char ' ' line with
			| [ c; name; variant ] when c = clause ->
				Some (name, if variant = "-" then "" else variant)
			| _ -> None) (String.split_on_char '\n' table)
// <<< lib/output.cocci

@initialize:ocaml@
@@
let slots = convention "exporter-1" [
	("attach", ""); ("detach", ""); ("release", ""); ("begin_cpu_access", "");
	("end_cpu_access", ""); ("mmap", "") ]

// >>> lib/callbacks.cocci
@initialize:ocaml@
@@
(* The callbacks of a clause, and which functions of this file are one: by function, the member and
   the name of the operations structure or variable. *)
let callbacks : (string, string * string) Hashtbl.t = Hashtbl.create 16
let prefix = "dma_buf_ops."
let member name =
	let n = String.length prefix in
	if String.length name > n && String.sub name 0 n = prefix then
		String.sub name n (String.length name - n)
	else name
let is_slot m = List.exists (fun (name, _) -> member name = m) slots
let is_callback f = Hashtbl.mem callbacks f
let note_callback f m ops = Hashtbl.replace callbacks f (m, ops)
let slot_of f = let m, _ = Hashtbl.find callbacks f in "dma_buf_ops." ^ m
let filled_in f =
	let m, ops = Hashtbl.find callbacks f in
	Printf.sprintf "%s() is the %s callback of %s" f m (quote ops)


@callback@
identifier ops, f;
identifier m : script:ocaml() { is_slot m };
@@
struct dma_buf_ops ops = { .m = f, };

@script:ocaml@
ops << callback.ops;
m << callback.m;
f << callback.f;
@@
note_callback f m ops

@callback_in_array@
identifier ops, f;
identifier m : script:ocaml() { is_slot m };
@@
struct dma_buf_ops ops[...] = { ..., { .m = f, }, ... };

@script:ocaml@
ops << callback_in_array.ops;
m << callback_in_array.m;
f << callback_in_array.f;
@@
note_callback f m ops

@callback_by_index@
identifier ops, f;
identifier m : script:ocaml() { is_slot m };
@@
struct dma_buf_ops ops[...] = { ..., [...] = { .m = f, }, ... };

@script:ocaml@
ops << callback_by_index.ops;
m << callback_by_index.m;
f << callback_by_index.f;
@@
note_callback f m ops

@callback_assigned@
struct dma_buf_ops ops;
struct dma_buf_ops *pointer;
identifier f;
identifier m : script:ocaml() { is_slot m };
@@
(
ops.m = f
|
pointer->m = f
|
ops.m = &f
|
pointer->m = &f
)

@script:ocaml@
m << callback_assigned.m;
f << callback_assigned.f;
@@
note_callback f m "a struct dma_buf_ops"
// <<< lib/callbacks.cocci

@initialize:ocaml@
@@
let found_here : finding list ref = ref []
let key (p : Coccilib.pos) = (p.Coccilib.file, p.Coccilib.line, p.Coccilib.col)

let note what f lock call ps =
	List.iter (fun (p : Coccilib.pos) ->
		let name = called call in
		found_here := {
			confidence = "high"; state = "not held"; place = place_of_name name p;
			operation = name; arguments = lock; lock = (lock, p.Coccilib.line);
			message = Printf.sprintf "%s() in dma_buf_ops.%s %s the reservation lock, which is not held"
				name (fst (Hashtbl.find callbacks f)) what;
			reasons = [ filled_in f ^ ", which is invoked without the lock" ];
			hint = "take " ^ quote lock ^ " where it is needed"; replacement = "" } :: !found_here) ps

let findings () =
	List.sort_uniq (fun a b -> compare (key a.place) (key b.place)) !found_here
let found = function
	| p :: _ -> List.exists (fun f -> key f.place = key p) (findings ())
	| [] -> false

@asserts exists@
identifier f : script:ocaml() { is_callback f };
expression R, R1, C, E;
position p;
@@
f(...) {
... when != \(dma_resv_lock(R1, C)\|dma_resv_trylock(R1)\)
\(dma_resv_assert_held(R)\&E@p\)
... when any
}

@script:ocaml@
f << asserts.f;
r << asserts.R;
e << asserts.E;
p << asserts.p;
@@
note "asserts" f r e p

@drops exists@
identifier f : script:ocaml() { is_callback f };
expression R, R1, C, E;
position p;
@@
f(...) {
... when != \(dma_resv_lock(R1, C)\|dma_resv_trylock(R1)\)
\(dma_resv_unlock(R)\&E@p\)
... when any
}

@script:ocaml@
f << drops.f;
r << drops.R;
e << drops.E;
p << drops.p;
@@
note "drops" f r e p

@script:ocaml depends on facts@
@@
List.iter print_facts (findings ())

@script:ocaml depends on report@
@@
List.iter print_report (findings ())

@script:ocaml depends on org@
@@
List.iter print_org (findings ())

@depends on context@
expression E;
position p : script:ocaml() { found p };
@@
* E@p

@depends on patch@
expression R;
position p : script:ocaml() { found p };
@@
- dma_resv_assert_held@p(R);

@script:ocaml@
@@
Hashtbl.reset callbacks; found_here := []
