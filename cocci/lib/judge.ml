(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks
open Interp
open Report

type site = { func : func; result : result; call : call; states : state list; about : expr list }

(* A loop that takes locks is run where something else is done with its members. *)
let run_through states = match List.filter (fun s -> not s.skipped) states with
	| [] -> states
	| run -> run

let sites is_operation func =
	let result = Program.result func in
	List.filter_map (fun ((call : call), states) ->
		if is_operation call.name then Some { func; result; call; states = run_through states; about = call.arguments }
		else None) result.calls

let in_line line = if line = 0 then "" else Printf.sprintf " in line %d" line
let name_and_line (call : call) = (lock_name call, call.at.line)
let dropped (lock, line) = quote lock ^ " released" ^ in_line line
let not_got (lock, line) = quote lock ^ " not taken: the attempt" ^ in_line line ^ " failed"
let taken (lock, line) = quote lock ^ " taken" ^ in_line line
let no_lock = ("", 0)

let is_own site (call : call) = List.exists (Names.related site.result.scope call.obj) site.about

(* One way to a site. *)
type way = Fine | Free of past | Under of call list

let way site s =
	let call id = site.result.call id in
	let locks = List.map (fun h -> call h.by) s.held in
	if List.exists (is_own site) locks then Fine
	else match s.past with
		| (Released id | Failed id) when is_own site (call id) -> Free s.past
		| past -> if locks = [] then Free past else Under locks

let about site = String.concat ", " (List.map text site.about)

(* A test of the object against a constant, which tells its kind: type == FOO_IMPORTED, flags & FOO_IMPORTED. *)
let test_of_kind site =
	let variables = lazy (Program.types_of site.func) in
	let is_constant e = match (bare e).node with
		| Int _ -> true
		| Var name -> not (List.mem name [ "NULL"; "true"; "false" ] || Hashtbl.mem (Lazy.force variables) name)
		| _ -> false in
	let is_member e = match (bare e).node with
		| Field _ | Arrow _ -> List.exists (Names.related site.result.scope e) site.about
		| _ -> false in
	let is_test (e, holds) = match e.node with
		| Binary (("==" | "&"), a, b) -> holds && is_member a && is_constant b
		| _ -> false in
	match List.find_opt is_test (Effects.known_at site.result site.call) with
	| Some (e, _) -> text e
	| None -> ""

(* What is not there has no lock. *)
let needs site =
	let objects = match site.call.action, site.call.arguments with
		| Some _, _ -> [ site.call.obj ]
		| None, first :: _ -> [ first ]
		| None, [] -> [] in
	let is_object e = match (bare e).node with Var _ -> true | _ -> false in
	Operations.needs ~objects:(List.filter is_object objects) site.result site.call

let finding site confidence state lock message reasons hint replacement = {
	needs = (if state = "inherited" then needs site else ""); links = []; kind = test_of_kind site;
	confidence; state; lock; message; reasons; replacement; place = site.call.at; inside = site.func.fname;
	operation = site.call.name; arguments = about site; hint }

(* Is the lock one that the function releases for its caller? *)
let drops_for_caller f = match Program.effect_of f with
	| Some { does = Release | Release_all; _ } -> true
	| _ -> false

(* if (!held) lock(); call(); if (!held) unlock(); with a parameter that says so. *)
let told_by_caller site (call : call) =
	let parameters = List.map (fun p -> p.param) site.func.params in
	let is_about_parameters part =
		part <> "" && not (Names.contains "->" part) && List.exists (fun name -> Names.mentions name part) parameters in
	let released_under part =
		List.exists (fun (u : call) ->
			u.at.line > site.call.at.line && List.mem part u.conditions && does [ Release; Release_all ] u)
			(List.map fst site.result.calls) in
	List.exists (fun part -> is_about_parameters part && released_under part) call.conditions

let reason site = function
	| Entry -> "no lock taken between entry and this call"
	| Released id ->
		let call = site.result.call id in
		if does [ Acquire; Try ] call || site.result.cleans call then "the locks of this block released at its end"
		else dropped (name_and_line call)
	| Failed id -> not_got (name_and_line (site.result.call id))

let needs_lock ?(free = fun _ -> None) ~hint ~replacement site =
	let ways = List.map (way site) site.states in
	let without = List.sort_uniq compare (List.filter_map (function Free past -> Some past | _ -> None) ways) in
	let order = function Entry -> (0, 0) | Released id -> (1, (site.result.call id).at.line)
		| Failed id -> (2, (site.result.call id).at.line) in
	let without = List.sort (fun a b -> compare (order a) (order b)) without in
	let own = List.exists ((=) Fine) ways in
	let locks =
		List.concat (List.map2 (fun way s -> match way with
			| Fine -> List.filter (is_own site) (List.map (fun h -> site.result.call h.by) s.held)
			| Under locks -> locks
			| Free _ -> List.map (fun h -> site.result.call h.by) s.held) ways site.states)
		|> List.map (fun call -> (name_and_line call, call)) |> List.sort_uniq compare in
	let maybe = List.sort_uniq compare (List.concat_map (fun s -> s.maybe) site.states) in
	let hint = hint site.call.name site.about and replacement = replacement site.call.name in
	let finding = finding site in
	let message = site.call.name ^ "() without the reservation lock" in
	let lock_of = function
		| Released id | Failed id -> name_and_line (site.result.call id)
		| Entry -> no_lock in
	match without, locks with
	| [], [] -> []
	| [], _ when own -> []
	| [ Entry ], [] when drops_for_caller site.func -> []
	| [ Entry ], [] when maybe <> [] ->
		let call = site.result.call (List.nth maybe (List.length maybe - 1)) in
		[ finding "low" "not held" (name_and_line call) message
			[ reason site Entry; Printf.sprintf "%s()%s may take %s" call.name (in_line call.at.line)
				(quote (lock_name call)) ] hint "" ]
	| [], (lock, _) :: _ ->
		[ finding "low" "held" lock (site.call.name ^ "() with the reservation lock of another object")
			[ taken lock ^ ", not known to be this buffer's" ] hint "" ]
	| [ Entry ], (lock, _) :: _ when List.exists (fun (_, call) -> told_by_caller site call) locks ->
		[ finding "low" "not held" lock message
			[ reason site Entry; "on another path " ^ taken lock
			  ^ ", and released, under a condition that the caller sets" ] hint "" ]
	| [ Entry ], [] ->
		let confidence, reasons = match free site with
			| Some (name, line) ->
				("high", [ reason site Entry; Printf.sprintf
					"%s()%s wants the lock free, and nothing between takes or drops it"
					name (in_line line) ])
			| None -> ("medium", [ reason site Entry ]) in
		[ finding confidence "inherited" no_lock message reasons hint replacement ]
	| paths, [] ->
		[ finding "high" "not held" (lock_of (List.nth paths (List.length paths - 1))) message
			(List.map (reason site) paths) hint replacement ]
	| paths, (lock, _) :: _ ->
		[ finding "medium" "not held" lock message
			(List.append (List.map (reason site) paths)
				(List.map (fun (lock, call) ->
				if is_own site call then "on another path " ^ taken lock
				else taken lock ^ ", not known to be this buffer's") locks)) hint "" ]

let locks_held ~sure site =
	List.concat_map (fun s ->
		List.filter_map (fun h -> if sure && not h.sure then None else Some h.by) s.held) site.states
	|> List.sort_uniq compare |> List.map site.result.call

(* A lock that the function does not release itself may have been released by a function that hides it. *)
let certainty (site : site) (call : call) =
	let is_assert = does [ Assert; Iterate; Query ] call in
	let keeps (exit : exit) = List.exists (fun (h : held) -> h.by = call.id) exit.state.held in
	let released_later = not (List.exists keeps site.result.exits) in
	if is_assert || released_later then "high"
	else match call.action with
		| Some { context = "?"; _ } -> "low"
		| _ -> "medium"

let must_not_hold ~hint ~replacement (site : site) =
	let rank (call : call) = match certainty site call with "high" -> 0 | "medium" -> 1 | _ -> 2 in
	let order a b = compare (rank a, name_and_line a) (rank b, name_and_line b) in
	let own, other = List.partition (is_own site) (List.sort order (locks_held ~sure:true site)) in
	let is_free s = not (List.exists (fun h -> h.sure && is_own site (site.result.call h.by)) s.held) in
	let free = List.exists is_free site.states in
	let hint = hint site.call.name site.about in
	let report confidence message locks note replacement =
		let lock = match locks with call :: _ -> name_and_line call | [] -> no_lock in
		[ finding site confidence "held" lock message
			(List.map (fun call -> taken (name_and_line call) ^ note) locks) hint replacement ] in
	match own, other with
	| [], [] -> []
	| [], locks ->
		report "low" (site.call.name ^ "() with the reservation lock of another object held")
			locks " and still held, not known to be this buffer's" ""
	| surest :: _, _ ->
		report (if free then "medium" else certainty site surest) (site.call.name ^ "() with the reservation lock held") own
			(if free then " and still held on one path" else " and still held")
			(if free then "" else replacement site.call.name)

(* The branches that a place is in: where each begins, of an if, or from a label of a switch on, and what is asked there. *)
let branches func (at : pos) =
	let start (p : pos) = (p.line, p.col) in
	let covers s = start s.where <= start at && start at <= (s.where.line_end, s.where.col_end) in
	let found = ref [] in
	let note place e = found := (place, e) :: !found in
	let label_before body =
		let last = ref (start body.where) in
		iter ~stmt:(fun s -> match s.kind with
			| Case _ | Default _ -> if start s.where <= start at then last := max !last (start s.where)
			| _ -> ()) ignore [ body ];
		!last in
	iter ~stmt:(fun s -> match s.kind with
		| If (e, a, b) ->
			if covers a then note (start a.where) e;
			Maybe.iter (fun b -> if covers b then note (start b.where) e) b
		| Switch (e, body) -> if covers body then note (label_before body) e
		| _ -> ()) ignore func.body;
	!found

(* Where some way holds no lock, the site may be for that way alone, if it is in a branch that the lock's taking is not in. That is
   less likely where the lock is taken in a branch of its own which asks for something else. *)
let may_exclude site (lock : call) =
	let site_in = branches site.func site.call.at and lock_in = branches site.func lock.at in
	let beside others = List.filter (fun (place, _) -> not (List.mem_assoc place others)) in
	match beside lock_in site_in, beside site_in lock_in with
	| [], _ -> false
	| _, [] -> true
	| asked, before -> List.exists (fun (_, a) -> List.exists (fun (_, b) -> Names.related site.result.scope a b) before) asked

let locks_of_any (site : site) =
	let call id = site.result.call id in
	let kind kinds id = does kinds (call id) and before (a : call) (b : call) = (a.at.line, a.at.col) < (b.at.line, b.at.col) in
	let takes_all = kind [ Acquire_members ] in
	let free = List.exists (fun s -> s.held = [] && not (List.exists takes_all s.maybe)) site.states in
	(* Is there a release, with nothing else to release, where a lock was perhaps taken by a call? *)
	let released kinds is_there id =
		List.exists (fun (u, states) ->
			does kinds u && is_there u && List.exists (fun s -> s.held = [] && List.mem id s.maybe) states) site.result.calls in
	let members id = takes_all id && not (released [ May_release ] (fun u -> before u site.call) id) in
	let presumed id =
		kind [ May_acquire ] id && released [ Release; Release_all; May_release ] (fun u -> before site.call u) id in
	let graded confidence (lock : call) =
		(lock, if not free then confidence else if may_exclude site lock then "low" else "medium") in
	let maybe which =
		List.map call (List.sort_uniq compare (List.filter which (List.concat_map (fun s -> s.maybe) site.states))) in
	let sure lock = graded (if certainty site lock = "high" then "high" else "medium") lock in
	List.filter (fun ((lock : call), _) -> lock.id <> site.call.id)
		(List.concat [
			List.map sure (locks_held ~sure:true site);
			List.map (graded "medium") (maybe members);
			List.map (fun lock -> (lock, "low")) (maybe presumed) ])

let under_no_lock ~hint (site : site) =
	let rank = function "high" -> 0 | "medium" -> 1 | _ -> 2 in
	let order (a, c) (b, d) = compare (rank c, name_and_line a) (rank d, name_and_line b) in
	match List.sort order (locks_of_any site) with
	| [] -> []
	| (lock, confidence) :: _ as all ->
		[ finding site confidence "held" (name_and_line lock) (site.call.name ^ "() with the reservation lock held")
			(List.map (fun (lock, _) -> taken (name_and_line lock) ^ " and still held") all)
			(hint site.call.name site.about) "" ]

let inherited ~hint site =
	if not (List.exists is_untouched site.states) then None
	else
		let kind = if Effects.is_for_import site.result site.call then "imported" else "" in
		Some { (finding site "low" "inherited" no_lock (site.call.name ^ "() with the reservation lock held") []
			(hint site.call.name site.about) "") with kind }
