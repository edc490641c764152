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
