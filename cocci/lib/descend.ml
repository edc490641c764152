(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Interp

type context = Signalling | Reclaim | Notifier | Holder

type at = {
	context : context;
	func : func;
	result : Interp.result;
	call : Interp.call;
	states : Interp.state list;
	values : Operations.values;
	does : Operations.kind option;
	lock : Locks.action option;
	scope_of_memalloc : bool;
	is_restarted : bool;
}

type verdict = { confidence : string; message : string; above : string; reason : string; hint : string }

(* What becomes of GFP_KERNEL within memalloc_nofs_save() and memalloc_noio_save() is not allowed either, so these are none. *)
let signalling = "signalling"
let memalloc = "memalloc"
let restarted = "restarted"

(* Mutexes and semaphores. *)

let mutexes : (string, Locks.does) Hashtbl.t = Hashtbl.create 64
let () =
	List.iter (fun (does, name) -> Maybe.iter (Hashtbl.replace mutexes name) (Locks.of_word does)) Tables.mutexes
let effect_on_mutex name =
	Maybe.map (fun does -> Locks.action does "1") (Hashtbl.find_opt mutexes (Sections.unwrapped name))
let waits_for_mutex at = Hashtbl.find_opt mutexes at.call.name = Some Locks.Acquire
(* Which part of a function is in a context: all; what stands in a section; what is done with the lock held that is taken
   in these lines; or before a lock is released that the function has not taken itself. *)
type part = All | Section of string | Taken of int list | Unreleased
let is_in_part part (result : Interp.result) (state : Interp.state) = match part with
	| All -> true
	| Section section -> Sections.is_in section result state
	| Taken lines -> List.exists (fun h -> List.mem (result.call h.by).at.line lines) state.held
	| Unreleased -> state.dropped = []

(* ttm_bo_reserve(bo, false, no_wait, NULL) with a true no_wait only tries, whoever gives it. *)
let may_only_try at action = match Locks.try_flag action at.call.arguments with
	| Some flag -> Operations.truth at.values at.result.scope flag <> Some false
	| None -> false
let waits_for_lock at = match at.lock with
	| Some ({ Locks.does = Locks.Acquire; _ } as action) when Program.is_listed at.call.name -> not (may_only_try at action)
	| _ -> false

(* Rules. *)

let judges : (string * (at -> verdict option)) list ref = ref []
let verdicts at = List.filter_map (fun (name, judge) -> Maybe.map (fun verdict -> (name, verdict)) (judge at)) !judges

let finding at (verdict : verdict) = {
	Report.nothing with
	Report.confidence = verdict.confidence; place = at.call.at; inside = at.func.fname; operation = at.call.name;
	arguments = String.concat ", " (List.map text at.call.arguments); message = verdict.message; reasons = [ verdict.reason ];
	hint = verdict.hint }

let run context values func =
	let assume = List.filter_map (fun (name, value) -> match value with
		| Operations.Zero -> Some (name, Locks.zero)
		| Operations.Nonzero -> Some (name, Locks.positive)
		| Operations.Flags _ -> None) values in
	Sections.run ~assume ~also:(fun name -> if context = Holder then effect_on_mutex name else None) func

(* Other locks than those of reservation objects are ww_mutexes, too. *)
let lock_of func (call : call) =
	let is_of_reservation (action : Locks.action) =
		action.Locks.argument = Locks.returned || Locks.object_of_call action call.arguments <> None in
	match Program.effect_in func.source call.name with
	| Some action when is_of_reservation action -> Some action
	| _ -> None

(* The calls of a function that it comes to in a context; around: the sections that its caller is in. What begins or ends one for its
   caller is a call as any other. *)
let calls_in context part ~around values func =
	let result = run context values func in
	List.filter_map (fun ((call : call), states) ->
		let states = List.filter (is_in_part part result) states in
		if states = [] || (call.action <> None && Sections.unwrapped call.name = call.name) then None
		else
			let all_in section = List.for_all (Sections.is_in section result) states in
			let does = match Operations.of_call values result.scope call with
				| Some Operations.User when all_in Sections.nofault -> None
				| does -> does in
			Some {
				context; func; result; call; states; values; does; lock = lock_of func call;
				scope_of_memalloc = List.mem memalloc around || all_in memalloc;
				is_restarted = List.mem restarted around || List.exists (Sections.is_in restarted result) states }) result.calls


(* What is not there yet where a call is come to, by tests of it. Of what an array has there are many. *)
let absent_at at =
	let is_member e = match (bare e).node with
		| Field _ | Arrow _ | Index _ -> true
		| _ -> false in
	let is_absent (e, holds) = match e.node with
		| Binary ("==", a, b) when text (bare b) = "NULL" -> holds && is_member a
		| _ -> not holds && is_member e in
	let absent (e, _) = text (bare (match e.node with Binary (_, a, _) -> a | _ -> e)) in
	List.map absent (List.filter is_absent (Effects.known_at at.result at.call))
	|> List.filter (fun place -> not (String.contains place '['))

(* Does the function put something there, or else return what is there? By the place, or by its last name alone. *)
let is_set func is_place =
	let found = ref false in
	let see e = if is_place (text (bare e)) then found := true in
	let stmt s = match s.kind with Return (Some e) -> see e | _ -> () in
	iter ~stmt (fun e -> match e.node with
		| Assign ("=", l, _) | Unary ("&", l) -> see l
		| _ -> ()) func.body;
	!found
let last_name place = snd (Names.last_word place)

(* What is not there yet in a visit, by the last names of the places: on the way to it none of the functions has put
   something there so far; "=" before the name of one that has, so that the way is gone once. *)
let is_sure once = List.exists (fun name -> name <> "" && name.[0] = '=') once
let once_at func once absent =
	if is_sure once then once
	else
		let set_here = List.filter (fun place -> is_set func ((=) place)) absent in
		let set_above = List.filter (fun name -> is_set func (fun place -> last_name place = name)) once in
		match List.append (List.map last_name set_here) set_above with
		| name :: _ -> [ "=" ^ name ]
		| [] -> List.sort_uniq compare (List.filter ((<>) "") (List.append once (List.map last_name absent)))

(* What a rule says of a call, where what is in `once` is not there yet. *)
let judged once (at : at) verdict =
	let f = finding at verdict in
	let low note = { f with Report.confidence = "low"; reasons = [ verdict.reason ^ "; " ^ note ] } in
	if is_sure once then
		let name = List.hd once in
		low (Printf.sprintf "only while %s is not there yet" (Report.quote (String.sub name 1 (String.length name - 1))))
	else if at.context = Signalling && at.is_restarted then low "the scheduler runs again by then"
	else f

(* A rule that runs by itself sees the sections of the source. *)
let has_section func =
	let found = ref false in
	iter (fun e -> if Sections.begins signalling (callee e) then found := true) func.body;
	!found
let rule name judge =
	judges := (name, judge) :: !judges;
	Rule.rule name (fun func ->
		if !Program.serves || not (has_section func) then []
		else
			List.filter_map (fun at ->
				Maybe.map (judged (once_at func [] (absent_at at)) at) (judge at)) (calls_in Signalling (Section signalling) ~around:[] [] func))

(* What is asked for. *)

type question = { number : int; context : context; part : part; around : string list; values : (int * Operations.value) list; once : string list }
let questions : (string * string, question) Hashtbl.t = Hashtbl.create 64

let context_of word = match String.split_on_char ':' word with
	| [ "signalling" ] -> (Signalling, All)
	| [ "signalling"; "section" ] -> (Signalling, Section signalling)
	| [ "reclaim" ] -> (Reclaim, All)
	| [ "notifier" ] -> (Notifier, All)
	| [ "holder" ] -> (Holder, Unreleased)
	| [ "holder"; lines ] -> (Holder, Taken (List.map int_of_string (String.split_on_char ',' lines)))
	| _ -> failwith ("there is no context " ^ word)
let values_of_text text =
	List.filter_map (fun part -> match String.index_opt part '=' with
		| Some i ->
			let word = String.sub part (i + 1) (String.length part - i - 1) in
			Maybe.map (fun value -> (int_of_string (String.sub part 0 i), value)) (Operations.value_of_word word)
		| None -> None) (String.split_on_char ',' text)
let sections_of_text text =
	List.filter (fun section -> List.mem (Locks.section section) (String.split_on_char ',' text)) [ memalloc; restarted ]
let text_of_values sections values = match List.append (List.map Locks.section sections) (Operations.words_of_values values) with
	| [] -> "-"
	| parts -> String.concat "," parts

let ask lines =
	Hashtbl.reset questions;
	List.iter (fun line -> match String.split_on_char ' ' line with
		| [ "below"; file; name; number; context; values; once ] ->
			let context, part = context_of context in
			Hashtbl.add questions (file, name) {
				number = int_of_string number; context; part;
				around = sections_of_text values; values = values_of_text values; once = if once = "-" then [] else String.split_on_char ',' once }
		| _ -> ()) lines

(* Rows. *)

let print_row question kind ?(rule = "descend") ?(above = "") (f : Report.finding) reason =
	Report.print_row ~above ~rule kind { f with Report.lock = ("", question.number) } reason

let print_call question (at : at) =
	(* Whoever holds a lock may do what is done but once just when it is waited for. *)
	let once = if at.context = Holder then [] else once_at at.func question.once (absent_at at) in
	match verdicts at with
	| [] ->
		if at.does = None then
			let values = Operations.values_of at.values at.result.scope at.call in
			let in_force = List.append (if at.scope_of_memalloc then [ memalloc ] else []) (if at.is_restarted then [ restarted ] else []) in
			print_row question "descend" { (finding at { confidence = "high"; message = text_of_values in_force values; above = ""; reason = ""; hint = "" }) with Report.arguments = last_name at.call.name }
				(if once = [] then "-" else String.concat "," once)
	| found ->
		List.iter (fun (rule, verdict) ->
			let f = judged once at verdict in
			let kind = if waits_for_mutex at then "waits" else "below" in
			print_row question kind ~rule ~above:verdict.above f (List.hd f.Report.reasons)) found

let print_answer func question =
	let values = List.filter_map (fun (number, value) ->
		Maybe.map (fun p -> (p.param, value)) (List.nth_opt func.params (number - 1))) question.values in
	List.iter (print_call question) (calls_in question.context question.part ~around:question.around values func)

let print_rows () =
	List.iter (fun func ->
		List.iter (print_answer func) (List.rev (Hashtbl.find_all questions (func.source, func.fname)))) (Program.functions ())
