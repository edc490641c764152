(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Report

type t = {
	name : string;
	judge : func -> finding list;
	inherited : func -> finding list;
	edits : finding -> (pos * string * string * string) list;
	before : unit -> unit;
	of_source : unit -> finding list;
	mutable here : finding list;
}

let all : t list ref = ref []

let rule name ?(before = ignore) ?(of_source = fun () -> []) ?(watches = fun _ -> false) ?(inherited = fun _ -> []) ?(edits = fun _ -> []) judge =
	Program.watch watches;
	let rule = { name; judge; inherited; edits; before; of_source; here = [] } in
	all := rule :: !all;
	rule
let find name = List.find_opt (fun rule -> rule.name = name) !all

let offered : (string, unit -> unit) Hashtbl.t = Hashtbl.create 32
let offer = Hashtbl.replace offered
let load name = match find name, Hashtbl.find_opt offered name with
	| None, Some make -> make ()
	| _ -> ()

let order a b =
	compare (a.place.file, a.place.line, a.place.col, a.reasons) (b.place.file, b.place.line, b.place.col, b.reasons)

(* What was found on ways that conditions may rule out is for a person to look at. *)
let unsure f =
	{ f with replacement = "";
	  reasons = List.append f.reasons [ "there are too many ways through this function to tell which of them are possible" ] }
let judge rule func =
	let found = rule.judge func in
	if found <> [] && (Program.result func).Interp.gave_up then List.map unsure found else found

let look rule =
	rule.before ();
	rule.here <- List.sort_uniq order (List.append (rule.of_source ()) (List.concat_map (judge rule) (Program.functions ())))

let facts rule =
	List.iter (fun finding ->
		print_facts ~rule:rule.name finding;
		List.iter (fun (place, name, what, text) -> print_edit ~rule:rule.name finding place name what text)
			(rule.edits finding)) rule.here;
	List.iter (fun f -> List.iter (print_site ~rule:rule.name) (rule.inherited f)) (Program.functions ())
let report rule = List.iter print_report rule.here
let org rule = List.iter print_org rule.here

let run rule files =
	Program.read files;
	look rule;
	List.iter (fun (mode, print) -> if List.mem mode !Coccilib.Flag.defined_virtual_rules then print rule)
		[ ("facts", facts); ("report", report); ("org", org) ]

let is_at (p : pos) (places : Coccilib.pos list) =
	List.exists (fun (q : Coccilib.pos) -> p.line = q.Coccilib.line && p.col = q.Coccilib.col) places
let found rule places = List.exists (fun f -> is_shown f && is_at f.place places) rule.here
let fixed rule places =
	List.exists (fun f -> is_at f.place places && (f.replacement <> "" || rule.edits f <> [])) rule.here
let has_edit rule what places =
	List.exists (fun f -> List.exists (fun (place, _, w, _) -> w = what && is_at place places) (rule.edits f)) rule.here
