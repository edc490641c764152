// SPDX-License-Identifier: GPL-2.0-only
//
// Not a rule: facts about the functions that tables of callbacks name and that are defined in other files. Rows are as
// in output.cocci, of the kind "slot": OPERATION is the function, LOCK the STRUCT.MEMBER, and OBJECT the operations
// structure or variable.

virtual facts
virtual inferred

@initialize:ocaml@
@@
let rule = "tables"

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

(* The arguments of a call, or the parameters of a function. *)
let rec split_arguments text =
	let n = String.length text in
	let rec stop i depth =
		if i >= n then i
		else match text.[i] with
		| ',' when depth = 0 -> i
		| '(' | '[' | '{' -> stop (i + 1) (depth + 1)
		| ')' | ']' | '}' -> stop (i + 1) (depth - 1)
		| _ -> stop (i + 1) depth
	in
	let i = stop 0 0 in
	let head = String.trim (String.sub text 0 i) in
	if i >= n then [ head ] else head :: split_arguments (String.sub text (i + 1) (n - i - 1))
let first_argument arguments = List.hd (split_arguments arguments)

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

(* What a finding's remedy changes besides: the call of `name` at a place becomes the text ("call"), or its statement
   goes ("remove"). LOCK_LINE is the finding's line, and REASON says which. *)
let print_edit finding (place : Coccilib.pos) name what text =
	let place = { place with Coccilib.current_element = finding.place.Coccilib.current_element } in
	let lock = ("", finding.place.Coccilib.line) in
	print_row "edit" { finding with place; operation = name; lock; message = ""; hint = ""; replacement = text } what

(* Columns count from 1 for people, and from 0 in org mode, as the kernel`s other rules do. *)
let plain s = String.concat "" (String.split_on_char (Char.chr 96) s)
let text finding =
	plain (finding.message ^ ": " ^ String.concat "; " finding.reasons)
let is_shown finding = finding.confidence <> "low"	(* without the front end, which can choose *)
let print_report finding =
	let p = finding.place in
	if is_shown finding then
		Printf.printf "%s:%d:%d-%d: WARNING: %s\n" p.file p.line p.col p.col_end (text finding)
let print_org finding =
	if is_shown finding then Coccilib.print_main (text finding) [ finding.place ]

(* The convention in force: the functions of a clause, and the variant of each that takes the lock
   itself. The front end knows which it is; else it is what the rule names. Its clause entered-held is the other
   callbacks that are entered with the lock held. *)
let convention clause named =
	match Sys.getenv_opt "RESVLINT_CONVENTION" with
	| None -> named
	| Some table ->
		List.filter_map (fun line ->
			match String.split_on_char ' ' line with
			| [ c; name; variant ] when c = clause ->
				Some (name, if variant = "-" then "" else variant)
			| _ -> None) (String.split_on_char '\n' table)

(* The operations structures that others of the kernel's own begin with. *)
let structure_inside structure field = match structure, field with
	| "virtio_dma_buf_ops", "ops" -> "dma_buf_ops"
	| _ -> ""
// <<< lib/output.cocci

@initialize:ocaml@
@@
let slots = List.concat_map (fun clause -> convention clause []) [ "entered-held"; "exporter-1"; "exporter-2" ]

// >>> lib/callbacks.cocci
@initialize:ocaml@
@@
(* The callbacks that are meant, as STRUCT.MEMBER, or a member of struct dma_buf_ops; and which functions are one: by
   function, that, and the name of the operations structure or variable; the front end knows those that tables in
   other files name. *)
let callbacks : (string, string * string * Coccilib.pos) Hashtbl.t = Hashtbl.create 16
let callbacks_elsewhere : (string, string * string) Hashtbl.t = Hashtbl.create 16
let of_dma_buf name = if String.contains name '.' then name else "dma_buf_ops." ^ name
let slot_names = List.map (fun (name, _) -> of_dma_buf name) slots
let owner name = String.sub name 0 (String.index name '.')
let member name = let n = String.length (owner name) + 1 in String.sub name n (String.length name - n)
let owners = List.sort_uniq compare (List.map owner slot_names)
let is_owner t = List.mem t owners
let is_member m =
	List.exists (fun name -> name = owner name ^ "." ^ m || name = owner name ^ ".*") slot_names
let is_slot t m = List.mem (t ^ "." ^ m) slot_names || List.mem (t ^ ".*") slot_names

let () = match Sys.getenv_opt "RESVLINT_CALLBACKS" with
	| None -> ()
	| Some name ->
		let file = open_in name in
		let take line = match String.split_on_char ' ' line with
			| [ f; slot; ops ] when is_slot (owner slot) (member slot) ->
				Hashtbl.replace callbacks_elsewhere f (slot, ops)
			| _ -> () in
		try while true do take (input_line file) done with End_of_file -> close_in file

(* A static function is none that another file names. *)
let statics : (string, unit) Hashtbl.t = Hashtbl.create 16
let find_callback f = match Hashtbl.find_opt callbacks f with
	| Some (slot, ops, _) -> Some (slot, ops)
	| None -> if Hashtbl.mem statics f then None else Hashtbl.find_opt callbacks_elsewhere f
let is_callback f = find_callback f <> None
let slot_of_callback f = match find_callback f with Some (slot, _) -> slot | None -> ""
let note_callback f t m ops p = if is_slot t m && f <> "NULL" then Hashtbl.replace callbacks f (t ^ "." ^ m, ops, List.hd p)
let filled_in f = match find_callback f with
	| Some (slot, ops) -> Printf.sprintf "%s() is the %s callback of %s" f (member slot) (quote ops)
	| None -> ""

(* An operations structure inside of another is the one that only exporters have. *)
let exporters_inside : (string * string, unit) Hashtbl.t = Hashtbl.create 4
let note_callback_inside t ops o f m p =
	if Hashtbl.mem exporters_inside (ops, o) then note_callback f "dma_buf_ops" m ops p
	else note_callback f (structure_inside t o) m ops p

let callbacks_here () = Hashtbl.fold (fun f (slot, ops, p) all -> (f, slot, ops, p) :: all) callbacks []
let forget_callback f = Hashtbl.remove callbacks f
let forget_callbacks () = Hashtbl.reset callbacks; Hashtbl.reset statics; Hashtbl.reset exporters_inside

@static_callback@
identifier f : script:ocaml() { Hashtbl.mem callbacks_elsewhere f };
position p;
@@
static f@p(...) { ... }

@script:ocaml@
f << static_callback.f;
@@
Hashtbl.replace statics f ()

@callback@
identifier ops, f;
expression E, E1;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
position p;
@@
struct t ops = { .m = \(f@p\|&f@p\|E ? f@p : E1\|PTR_IF(E, f@p)\), };

@script:ocaml@
ops << callback.ops;
t << callback.t;
m << callback.m;
f << callback.f;
p << callback.p;
@@
note_callback f t m ops p

@callback_in_array@
identifier ops, f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
position p;
@@
struct t ops[...] = { ..., { .m = \(f@p\|&f@p\), }, ... };

@script:ocaml@
ops << callback_in_array.ops;
t << callback_in_array.t;
m << callback_in_array.m;
f << callback_in_array.f;
p << callback_in_array.p;
@@
note_callback f t m ops p

@callback_by_index@
identifier ops, f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
position p;
@@
struct t ops[...] = { ..., [...] = { .m = \(f@p\|&f@p\), }, ... };

@script:ocaml@
ops << callback_by_index.ops;
t << callback_by_index.t;
m << callback_by_index.m;
f << callback_by_index.f;
p << callback_by_index.p;
@@
note_callback f t m ops p

@callback_in_literal@
identifier f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
position p;
@@
  (struct t) { .m = \(f@p\|&f@p\), }

@script:ocaml@
t << callback_in_literal.t;
m << callback_in_literal.m;
f << callback_in_literal.f;
p << callback_in_literal.p;
@@
note_callback f t m ("a struct " ^ t) p

@exporter_inside@
identifier ops, o, t;
expression E;
@@
struct t ops = { .o = { .map_dma_buf = E, }, };

@script:ocaml@
ops << exporter_inside.ops;
o << exporter_inside.o;
@@
Hashtbl.replace exporters_inside (ops, o) ()

@callback_inside@
identifier ops, o, t, f;
identifier m : script:ocaml() { is_member m };
position p;
@@
struct t ops = { .o = { .m = \(f@p\|&f@p\), }, };

@script:ocaml@
t << callback_inside.t;
ops << callback_inside.ops;
o << callback_inside.o;
m << callback_inside.m;
f << callback_inside.f;
p << callback_inside.p;
@@
note_callback_inside t ops o f m p

@callback_assigned@
identifier t : script:ocaml() { is_owner t };
struct t ops;
struct t *pointer;
identifier f;
identifier m : script:ocaml() { is_member m };
position p;
@@
(
ops.m = \(f@p\|&f@p\)
|
pointer->m = \(f@p\|&f@p\)
)

@script:ocaml@
t << callback_assigned.t;
m << callback_assigned.m;
f << callback_assigned.f;
p << callback_assigned.p;
@@
note_callback f t m ("a struct " ^ t) p
// <<< lib/callbacks.cocci

@defined@
identifier f : script:ocaml() { is_callback f };
position p;
@@
f@p(...) { ... }

@script:ocaml@
f << defined.f;
@@
forget_callback f

@script:ocaml depends on facts@
@@
List.iter (fun (f, slot, ops, place) ->
	print_row "slot" {
		confidence = "high"; state = "inherited"; place; operation = f; arguments = ops;
		lock = (slot, 0); message = ""; reasons = []; hint = ""; replacement = "" } "") (callbacks_here ())

@script:ocaml@
@@
forget_callbacks ()
