(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type link = { caller : string; callee : string; at : pos }

let link (func : func) call = { caller = func.fname; callee = text (match call.node with Call (f, _) -> f | _ -> no_expr); at = (called call).at }

type finding = {
	confidence : string;
	state : string;
	place : pos;
	inside : string;
	operation : string;
	arguments : string;
	lock : string * int;
	message : string;
	reasons : string list;
	links : link list;
	hint : string;
	replacement : string;
	kind : string;
	needs : string;
}

let nothing = {
	confidence = "high"; state = "inherited"; place = nowhere; inside = ""; operation = ""; arguments = ""; lock = ("", 0);
	message = ""; reasons = []; links = []; hint = ""; replacement = ""; kind = ""; needs = "" }

let one_line s = String.map (function '\t' | '\n' | '\r' -> ' ' | c -> c) s
let quote expression = "`" ^ one_line expression ^ "`"
let call name = if Filename.check_suffix name ")" then name else name ^ "()"
let is_shown finding = finding.confidence <> "low"

let print_row ?(above = "") ~rule kind finding reason =
	let p = finding.place and lock, lock_line = finding.lock in
	print_string (String.concat "\t" (List.map one_line [
		"resvlint"; kind; rule; finding.confidence; finding.state;
		p.file; string_of_int p.line; string_of_int p.col;
		string_of_int p.line_end; string_of_int p.col_end;
		finding.inside; finding.operation; finding.arguments;
		lock; string_of_int lock_line; finding.message; reason; finding.hint;
		above; finding.replacement ]) ^ "\n")

let print_kind ~rule finding = if finding.kind <> "" then print_row ~rule "kind" finding finding.kind
let print_facts ~rule finding =
	let print_link link =
		print_row ~rule "link" { nothing with place = link.at; inside = link.caller; operation = link.callee } "" in
	List.iter (print_row ~above:finding.needs ~rule "finding" finding) finding.reasons;
	print_kind ~rule finding;
	List.iter print_link finding.links
let print_site ~rule finding =
	print_row ~above:finding.needs ~rule "site" finding "";
	print_kind ~rule finding

let print_edit ~rule finding place name what text =
	let lock = ("", finding.place.line) in
	print_row ~rule "edit" { finding with place; operation = name; lock; message = ""; hint = ""; replacement = text } what

(* Columns count from 1 for people, and from 0 in org mode, as the kernel's other rules do. *)
let plain s = String.concat "" (String.split_on_char '`' s)
let text finding = plain (finding.message ^ ": " ^ String.concat "; " finding.reasons)
let print_report finding =
	let p = finding.place in
	if is_shown finding then
		Printf.printf "%s:%d:%d-%d: WARNING: %s\n" p.file p.line p.col p.col_end (text finding)
let print_org finding =
	let p = finding.place in
	if is_shown finding then
		Coccilib.print_main (text finding) [ {
			Coccilib.current_element = finding.inside; current_element_line = p.line; current_element_col = 0;
			current_element_line_end = p.line; current_element_col_end = 0;
			file = p.file; line = p.line; col = p.col; line_end = p.line_end; col_end = p.col_end } ]

let join found =
	let rank f = match f.confidence with "high" -> 0 | "medium" -> 1 | _ -> 2 in
	let add joined f =
		match List.partition (fun other -> other.place = f.place) joined with
		| [ other ], rest ->
			if rank f < rank other then f :: rest
			else if rank f > rank other then joined
			else
				let new_links = List.filter (fun link -> not (List.mem link other.links)) f.links in
				{ other with
				  reasons = List.sort_uniq compare (List.append other.reasons f.reasons); links = List.append other.links new_links } :: rest
		| _ -> f :: joined in
	List.fold_left add [] found
