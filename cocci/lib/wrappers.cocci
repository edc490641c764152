// SPDX-License-Identifier: GPL-2.0-only
//
// Not a rule: facts about the functions that take, try, assert or release a reservation lock for their caller. Rows
// are as in report.ml, of the kind "wrapper": OPERATION is the function, LOCK what it does, OBJECT the number
// of the parameter whose lock it is, 0 if that is not known. STATE is "static" or "extern".
// What it does is a word of locks.ml; or nothing, of one of which more was known before.
// Of those that take the lock inside, or want it free, MESSAGE is the function that they call for that, and LOCK_LINE
// says where. REASON is empty if it is not called in its own file.

virtual facts

@initialize:ocaml@
@@
module Syntax = Resvlint.Syntax
module Locks = Resvlint.Locks
module Program = Resvlint.Program
module Report = Resvlint.Report

let calls_here () =
	let called = Hashtbl.create 64 in
	let note e = Hashtbl.replace called (Syntax.callee e) () in
	List.iter (fun f -> Syntax.iter note f.Syntax.body) (Program.functions ());
	called

let print name place state effect is_called =
	let does, argument, through = match effect with
		| Some e -> Locks.word e.Locks.does, e.Locks.argument, e.Locks.through
		| None -> "nothing", "0", None in
	let callee, line = match through with Some through -> through | None -> "", 0 in
	Report.print_row ~rule:"wrappers" "wrapper" {
		Report.confidence = "high"; state; place; inside = name; operation = name; arguments = argument;
		lock = (does, line); message = callee; reasons = []; hint = ""; replacement = "" }
		(if is_called then "called here" else "")

(* Of others that were known the front end has left the heads, and they are what they were. *)
let print_function called f =
	let name = f.Syntax.fname in
	if f.Syntax.body <> [] then
		match Program.effect_of f with
		| None when not (Program.was_known f.Syntax.source name) -> ()
		| effect ->
			print name f.Syntax.place (if f.Syntax.static then "static" else "extern") effect (Hashtbl.mem called name)

@script:ocaml depends on facts@
@@
Program.read (Coccilib.files ());
List.iter (print_function (calls_here ())) (Program.functions ());
List.iter (fun (name, place, effect) -> print name place "extern" (Some effect) true) (Program.macro_effects ())
