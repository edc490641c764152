(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type t = { func : func; wait : Fences.wait; ways : Ways.ways }
let of_wait func (wait : Fences.wait) = { func; wait; ways = Ways.from func wait.call }

type outcome = Fails | May_fail | Well | Raw | Unknown

let integers = [ "int"; "long"; "signed long"; "long int"; "s32"; "s64" ]
let is_signed typ = List.mem typ integers
let is_unsigned typ =
	List.mem typ [ "bool"; "size_t"; "u8"; "u16"; "u32"; "u64"; "uint32_t"; "uint64_t"; "uint" ]
	|| List.mem "unsigned" (String.split_on_char ' ' typ)

let outcome func (exit : Ways.exit) =
	let returned = match exit.returned with Some e -> callee (bare e) | None -> "" in
	match exit.value with
	| Ways.Result -> Raw
	| Ways.Among m when is_signed func.returns || List.mem func.returns [ "ssize_t"; "unsigned long" ] ->
		if m = Ways.negative then Fails else if m = Ways.nonzero then May_fail else if m = Ways.zero then Well else Unknown
	| Ways.Among m when is_pointer func.returns && m = Ways.zero -> Fails
	| _ -> if List.mem returned [ "ERR_PTR"; "ERR_CAST" ] then Fails else Unknown

let exits_with part t = List.filter (fun (e : Ways.exit) -> Ways.has part e.result) t.ways.exits
let ends part t = List.sort_uniq compare (List.map (outcome t.func) (exits_with part t))
let is_ignored part t = List.for_all (fun (e : Ways.exit) -> not e.used && e.value <> Ways.Result) (exits_with part t)
let first_parting one other t = List.find_opt (Ways.parts one other) t.ways.tests

let finding t confidence place message reasons hint =
	{ Report.nothing with
	  Report.confidence; state = "held"; place; inside = t.func.fname; operation = t.wait.name;
	  arguments = String.concat ", " (List.map text (arguments_of t.wait.call));
	  message = t.wait.name ^ "()" ^ message; reasons; hint }
