(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks
open Interp

let rule = "callers"

(* What is asked for: functions by their names, and calls by their places. *)

let is_asked : (string, unit) Hashtbl.t = Hashtbl.create 256
let asked name = Hashtbl.mem is_asked name
type place = { line : int; column : int; callee : string; argument : string }	(* that it is passed as; "": it is called *)
let places : (string, place) Hashtbl.t = Hashtbl.create 256		(* by the file and the word in what is called *)
let words : (string, unit) Hashtbl.t = Hashtbl.create 256

let ask lines =
	Hashtbl.reset is_asked; Hashtbl.reset places; Hashtbl.reset words;
	let note file line column word callee argument =
		Hashtbl.replace words word ();
		Hashtbl.add places (file ^ " " ^ word) { line = int_of_string line; column = int_of_string column; callee; argument } in
	List.iter (fun line -> match String.split_on_char ' ' line with
		| [ "at"; file; line; column; word; callee ] -> note file line column word callee ""
		| [ "pass"; file; line; column; word; callee; argument ] -> note file line column word callee argument
		| _ -> Hashtbl.replace is_asked line ()) lines

(* What is asked for at a call: by what it calls, or what is passed to it. *)
let asked_at file (call : call) =
	let rec begins e =
		let at = (bare e).at in
		(at.line, at.col) :: (match (bare e).node with Unary (_, e) -> begins e | _ -> []) in
	let beginnings = (call.whole.line, call.whole.col) :: List.concat_map begins (call.callee :: call.arguments) in
	let is_here place = List.mem (place.line, place.column) beginnings in
	List.sort_uniq compare (List.filter is_here (Hashtbl.find_all places (file ^ " " ^ snd (Names.last_word call.name))))

(* Rows. *)

let nothing = ("", 0)
let row ?(confidence = "high") ?(arguments = "") ?(message = "") ?(reason = "") ?(hint = "") ?(above = "") kind state place inside operation lock =
	Report.print_row ~above ~rule kind
		{ Report.nothing with confidence; state; place; inside; operation; arguments; lock; message; hint } reason

(* Does a function say of itself that its caller holds the reservation lock? By its name, or in the comment above. *)
let comment_above lines (place : pos) =
	let lines = lines place.file in
	let line i = if i >= 0 && i < Array.length lines then String.trim lines.(i) else "" in
	let ends i = Filename.check_suffix (line i) "*/" in
	let rec text i found = if i < 0 || Names.contains "/*" (line i) then line i :: found else text (i - 1) (line i :: found) in
	let above = place.line - 2 in
	if ends above then text above [] else if ends (above - 1) then text (above - 1) [] else []
let wants_lock lines name place =
	let comment = lazy (String.lowercase_ascii (String.concat " " (comment_above lines place))) in
	let one_of parts = List.exists (fun part -> Names.contains part (Lazy.force comment)) parts in
	(String.length name > 7 && Filename.check_suffix name "_locked")
	|| (one_of [ "caller"; "called with"; "called under"; "must be" ]
	    && one_of [ "hold"; "held"; "locked"; "reserved" ]
	    && one_of [ "resv"; "reserv" ]
	    && not (one_of [ "not hold"; "not be held"; "without"; "unlocked"; "not held"; "not be locked" ]))

let print_hint lines f =
	if asked f.fname && wants_lock lines f.fname f.place then
		row ~confidence:"low" "define" (if Program.is_local f then "static" else "extern") f.place f.fname f.fname nothing

(* What a function releases for its caller behind a site was taken before, if not by the caller itself, then by what it
   calls: taking all of a list often is not seen to. *)
let dropped_after (site : Judge.site) =
	let scope = site.result.scope in
	List.find_map (fun ((u : call), states) ->
		if (u.at.line, u.at.col) > (site.call.at.line, site.call.at.col) && u.name <> site.call.name
		   && not (Program.is_primitive u.name)
		   && does [ Release; Release_all ] u && List.exists (fun s -> is_untouched s && s.maybe = []) states
		   && List.exists (fun a -> List.exists (Names.related scope a) u.arguments) site.call.arguments then
			Some (lock_name u, u.at.line)
		else None) site.result.calls

(* How much what a call passes on has to do with an object: high, it is that object or has it inside; medium, it is found in
   it; low, it is another. *)
let passes scope is_made obj arguments =
	match List.filter is_made arguments with
	| [] -> "low"
	| made -> if List.for_all (Names.is_inside scope obj) made then "medium" else "high"

(* How sure it is that a lock of any object is held: not quite; or only that one is released later. *)
let perhaps = "perhaps"
let later = "later"

(* The rows of a call: print gives one for each state on the ways to it, with the ways that are in it. *)
let print_states (site : Judge.site) (print : ?confidence:string -> ?hint:string -> state list -> string -> string * int -> unit) =
	let scope = site.result.scope in
	let held = Judge.locks_held ~sure:false site in
	let any = Judge.locks_of_any site in
	let hint_of id = match List.find_opt (fun ((lock : call), _) -> lock.id = id) any with
		| Some (_, "low") -> perhaps
		| Some _ -> ""
		| None -> later in
	let bare = List.exists (fun s -> s.held = [] && s.past <> Entry) site.states in
	List.iter (fun (call : call) ->
		let confidence = passes scope (Names.related scope call.obj) call.obj site.call.arguments in
		let under = List.filter (fun s -> List.exists (fun h -> h.by = call.id) s.held) site.states in
		print ~confidence ~hint:(hint_of call.id) under "held" (lock_name call, call.at.line)) held;
	if held = [] && bare then print site.states "not held" nothing;
	let entries = List.filter is_untouched site.states in
	if entries <> [] then
		let maybe = List.concat_map (fun s -> s.maybe) entries in
		let hints = List.map hint_of maybe in
		let hint = if List.mem "" hints then "" else if List.mem perhaps hints then perhaps else later in
		match dropped_after site, maybe with
		| Some lock, _ -> print ~confidence:"low" ~hint entries "held" lock
		| None, id :: _ ->
			let call = site.result.call id in
			print ~confidence:"low" ~hint entries "held" (lock_name call, call.at.line)
		| None, [] ->
			let confidence = match site.func.params with
				| p :: _ ->
					passes scope (Names.made_of scope [ p.param ]) { node = Var p.param; at = site.call.at } site.call.arguments
				| [] -> "low" in
			print ~confidence entries "inherited" nothing

(* Variables that a loop over a list sets, or that are assigned an entry of one. *)
let is_entry e =
	let name = callee (Syntax.bare e) in
	List.exists (fun list -> Names.contains (list ^ "_") name) [ "list"; "hlist"; "llist"; "plist"; "rb" ] && Names.contains "_entry" name
let is_yielded (site : Judge.site) name =
	let loops s = match s.kind with
		| Each (_, arguments, _) -> List.exists (fun a -> (Syntax.bare a).node = Var name) arguments
		| _ -> false in
	match Names.assigned site.result.scope name with
	| [] -> Syntax.exists_stmt loops site.func.body
	| sources -> List.for_all (fun (e, _) -> is_entry e) sources
let yielded (site : Judge.site) =
	let is_parameter name = List.exists (fun p -> p.param = name) site.func.params in
	List.exists (fun a -> match (Syntax.bare a).node with
		| Var name -> not (is_parameter name) && is_yielded site name
		| _ -> false) site.call.arguments

let print_asked (site : Judge.site) asked =
	let all = String.concat ", " (List.map text site.call.arguments) in
	let reason = if yielded site then "a list" else "" in
	let around = if Sections.surrounds Sections.nofault site.func site.call then Sections.nofault ^ "=1" else "" in
	let needs = Operations.needs site.result site.call in
	print_states site (fun ?confidence ?hint states state lock ->
		let values = Operations.values site.result states site.call in
		let above = String.concat "," (List.filter ((<>) "") [ around; values ]) in
		List.iter (fun { callee; argument; _ } ->
			let inside = site.func.fname and at = site.call.at in
			if argument = "" then row ?confidence ?hint ~above ~arguments:all ~message:needs ~reason "call" state at inside callee lock
			else row ?confidence ?hint ~arguments:argument ~message:site.call.name "pass" state at inside callee lock) asked)

let print_calls f =
	List.iter (fun (site : Judge.site) ->
		match asked_at f.source site.call with
		| [] -> ()
		| asked -> if site.states <> [] then print_asked site asked) (Judge.sites (fun _ -> true) f)

let () = Program.watch (fun name -> Hashtbl.mem words (snd (Names.last_word name)))

let print_rows () =
	let read = Hashtbl.create 4 in
	let lines file = match Hashtbl.find_opt read file with
		| Some lines -> lines
		| None ->
			let lines = Array.of_list (Sources.lines_of file) in
			Hashtbl.replace read file lines;
			lines in
	List.iter (print_hint lines) (Program.functions ());
	List.iter print_calls (Program.functions ())
