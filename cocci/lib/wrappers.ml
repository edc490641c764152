(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks

let calls_here () =
	let called = Hashtbl.create 64 in
	let note e = Hashtbl.replace called (callee e) () in
	List.iter (fun f -> iter note f.body) (Program.functions ());
	called

let print ?(says = "") name place state action is_called =
	let does, argument, through = match action with
		| Some e -> says ^ word e.does, with_values e ^ Cases.to_word e, e.through
		| None -> "nothing", "0", None in
	let callee, line = match through with Some through -> through | None -> "", 0 in
	Report.print_row ~rule:"wrappers" "wrapper" {
		Report.nothing with
		state; place; inside = name; operation = name; arguments = argument; lock = (does, line); message = callee }
		(if is_called then "called here" else "")

(* Of others that were known the front end has left the heads, and they are what they were. *)
let print_function called f =
	let name = f.fname in
	if f.body <> [] then
		match Program.effect_of f with
		| None when not (Program.was_known f.source name) -> ()
		| action ->
			print name f.place (if f.static then "static" else "extern") action (Hashtbl.mem called name)

let print_rows () =
	List.iter (print_function (calls_here ())) (Program.functions ());
	List.iter (fun (f, action) -> print ~says:"says-" f.fname f.place "extern" (Some action) true) (Program.said ());
	List.iter (fun ((f : func), code) ->
		let row = { Report.nothing with state = "extern"; place = f.place; inside = f.fname; operation = f.fname; arguments = Names.hex code; lock = ("block", 0) } in
		Report.print_row ~rule:"wrappers" "wrapper" row "called here") (Program.block_macros ());
	List.iter (fun (name, place, action) -> print name place "extern" (Some action) true) (Program.macro_effects ())
