(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Interp

type context = Signalling | Reclaim | Notifier | Atomic of Atomic.entry

type at = {
	context : context;
	func : func;
	result : Interp.result;
	call : Interp.call;
	states : Interp.state list;
	values : Operations.values;
	does : Operations.kind option;
	atomic : Atomic.operation option;
	lock : Locks.action option;
	scope_of_memalloc : bool;
}

type verdict = { confidence : string; message : string; above : string; reason : string; hint : string }

(* Sections: what begins and ends one, as if it were a lock. *)

let signalling = Locks.section "signalling"
let memalloc = Locks.section "memalloc"
(* What becomes of GFP_KERNEL within memalloc_nofs_save() and memalloc_noio_save() is not allowed either, so these are none. *)
let sections =
	List.concat_map (fun (section, begins, ends) ->
		[ begins, Locks.Assert, Locks.section section; ends, Locks.Release, Locks.section section ]) Tables.sections
let is_begin name = List.exists (fun (section, begins, _) -> Locks.section section = signalling && begins = name) Tables.sections
(* Functions of the sources that do so for their callers, each with the one that it calls for that. *)
let wrappers : (string, string) Hashtbl.t = Hashtbl.create 16
let effect_of name =
	let name = Maybe.value (Hashtbl.find_opt wrappers name) ~default:name in
	Maybe.map (fun (_, does, section) -> Locks.action does section)
		(List.find_opt (fun (other, _, _) -> other = name) sections)
let knowledge = { effect_of; watched = (fun _ -> true) }
let is_in section (result : Interp.result) (state : Interp.state) =
	List.exists (fun h -> lock_name (result.call h.by) = section) state.held

(* ttm_bo_reserve(bo, false, no_wait, NULL) with a true no_wait only tries, whoever gives it. *)
let may_only_try at action = match Locks.try_flag action at.call.arguments with
	| Some flag -> Operations.truth at.values at.result.scope flag <> Some false
	| None -> false
let waits_for_lock at = match at.lock with
	| Some ({ Locks.does = Locks.Acquire; _ } as action) when Program.is_listed at.call.name -> not (may_only_try at action)
	| _ -> false

(* Rules. *)

let judges : (string * (at -> verdict option)) list ref = ref []
let lock_judges : (string * (at -> verdict option)) list ref = ref []
let verdicts judges at = List.filter_map (fun (name, judge) -> Maybe.map (fun verdict -> (name, verdict)) (judge at)) judges

let finding at (verdict : verdict) = {
	Report.nothing with
	Report.confidence = verdict.confidence; place = at.call.at; inside = at.func.fname; operation = at.call.name;
	arguments = String.concat ", " (List.map text at.call.arguments); message = verdict.message; reasons = [ verdict.reason ];
	hint = verdict.hint }

let run context values func =
	let assume = List.filter_map (fun (name, value) -> match value with
		| Operations.Zero -> Some (name, Locks.zero)
		| Operations.Nonzero | Operations.Own | Operations.Own_tested -> Some (name, Locks.positive)
		| Operations.Constant | Operations.Flags _ -> None) values in
	match context with
	| Atomic _ -> Atomic.run ~assume func
	| Signalling | Reclaim | Notifier -> Interp.run ~assume knowledge func

(* Other locks than those of reservation objects are ww_mutexes, too. *)
let lock_of func (call : call) =
	let is_of_reservation (action : Locks.action) =
		action.Locks.argument = Locks.returned || Locks.object_of_call action call.arguments <> None in
	match Program.effect_in func.source call.name with
	| Some action when is_of_reservation action -> Some action
	| _ -> None

(* The calls of a function that it comes to in a context; only_sections: between begin and end. *)
let calls_in context ~only_sections values func =
	let result = run context values func in
	List.filter_map (fun ((call : call), states) ->
		let states = if only_sections then List.filter (is_in signalling result) states else states in
		let atomic = match context with
			| Atomic _ -> Atomic.of_call values result.scope call
			| Signalling | Reclaim | Notifier -> None in
		if states = [] || (call.action <> None && atomic = None) then None
		else
			Some {
				context; func; result; call; states; values;
				does = Operations.of_call values result.scope call; atomic; lock = lock_of func call;
				scope_of_memalloc = List.for_all (is_in memalloc result) states }) result.calls

(* What is not there yet where a call is come to, by tests of it. *)
let absent_at at =
	let is_member e = match (bare e).node with
		| Field _ | Arrow _ | Index _ -> true
		| _ -> false in
	let is_absent (e, holds) = match e.node with
		| Binary ("==", a, b) when text (bare b) = "NULL" -> holds && is_member a
		| _ -> not holds && is_member e in
	let absent (e, _) = text (bare (match e.node with Binary (_, a, _) -> a | _ -> e)) in
	List.map absent (List.filter is_absent (Effects.known_at at.result at.call))

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
   something there so far; "=" before the name of one that has, so that the way is gone once, or before that of what it depends on, as
   Atomic.depends_on has it. *)
let is_sure once = List.exists (fun name -> name <> "" && name.[0] = '=') once
let once_at (at : at) once = match at.context with
	| _ when is_sure once -> once
	| Atomic _ ->
		let one_word text = String.concat "" (String.split_on_char ' ' (String.concat "" (String.split_on_char ',' text))) in
		Maybe.to_list (Maybe.map (fun word -> "=" ^ one_word word) (Atomic.depends_on at.values at.result at.call))
	| Signalling | Reclaim | Notifier ->
		let absent = absent_at at in
		let set_here = List.filter (fun place -> is_set at.func ((=) place)) absent in
		let set_above = List.filter (fun name -> is_set at.func (fun place -> last_name place = name)) once in
		match List.append (List.map last_name set_here) set_above with
		| name :: _ -> [ "=" ^ name ]
		| [] -> List.sort_uniq compare (List.filter ((<>) "") (List.append once (List.map last_name absent)))

(* What a rule says of a call on such a way. *)
let judged once at verdict =
	let f = finding at verdict in
	if not (is_sure once) then f
	else
		let name = List.hd once in
		let name = Report.quote (String.sub name 1 (String.length name - 1)) in
		let note = match at.context with
			| Atomic _ -> Printf.sprintf "only if %s says so" name
			| Signalling | Reclaim | Notifier -> Printf.sprintf "only while %s is not there yet" name in
		{ f with Report.confidence = "low"; reasons = [ verdict.reason ^ "; " ^ note ] }

(* A rule that runs by itself sees the sections of the source. *)
let has_section func =
	let found = ref false in
	iter (fun e -> if is_begin (callee e) then found := true) func.body;
	!found

(* What is known of the arguments of a call, for what is called. *)
let passed at = match at.context with
	| Atomic entry -> Atomic.passed entry at.values at.result at.call at.states
	| Signalling | Reclaim | Notifier -> Operations.values_of at.values at.result.scope at.call
(* By the names of parameters; "" for number 0, which is no parameter's. *)
let named func values = List.filter_map (fun (number, value) ->
	if number = 0 then Some ("", value)
	else Maybe.map (fun p -> (p.param, value)) (List.nth_opt func.params (number - 1))) values

(* Is enough known of what is called, so that its body tells no more? *)
let is_known at = at.does <> None || at.atomic <> None

(* A call that takes a lock and leaves interrupts off, as they are in the context: who else takes the lock with interrupts on decides. *)
let lock_left at = match at.context, at.atomic with
	| Atomic entry, Some (Atomic.Locks lock) when Atomic.is_locked entry -> Atomic.lock_name at.func lock
	| _ -> None

let taken_too reason func (call : call) = Printf.sprintf "%s; %s() takes it, too, by %s()" reason func.fname call.name

(* A rule that runs by itself goes down in one source, from callbacks that come of a fence. *)
let deepest = 6
let below_fences judge judge_lock =
	let seen = Hashtbl.create 64 and locks = ref [] in
	let rec below depth context values func once =
		let key = (context, values, once, func.source, func.fname) in
		if depth > deepest || Hashtbl.mem seen key then []
		else begin
			Hashtbl.replace seen key ();
			List.concat_map (fun at ->
				let once = once_at at once in
				match judge at, lock_left at, Program.find func.source at.call.name with
				| Some verdict, _, _ -> [ judged once at verdict ]
				| None, Some lock, _ -> Maybe.iter (fun verdict -> locks := (lock, judged once at verdict) :: !locks) (judge_lock at); []
				| None, None, Some callee when not (is_known at) -> below (depth + 1) context (passed at) callee once
				| None, None, _ -> []) (calls_in context ~only_sections:false (named func values) func)
		end in
	let found = List.concat_map (fun (entry, func) -> below 0 (Atomic entry) (Atomic.at_entry func) func []) (Atomic.entries ()) in
	let is_seen func = Hashtbl.fold (fun (context, _, _, source, name) () seen -> seen || (match context with
		| Atomic entry -> Atomic.is_locked entry && source = func.source && name = func.fname
		| Signalling | Reclaim | Notifier -> false)) seen false in
	let others = List.filter (fun func -> not (is_seen func)) (Program.functions ()) in
	let taken (lock, f) = List.concat_map (fun func -> List.filter_map (fun ((call : call), sure) ->
		if sure then Some { f with Report.reasons = [ taken_too (List.hd f.Report.reasons) func call ] } else None) (Atomic.takers lock func)) others in
	Report.join (List.append found (List.concat_map taken !locks))

let rule ?judge_lock name judge =
	judges := (name, judge) :: !judges;
	Maybe.iter (fun judge -> lock_judges := (name, judge) :: !lock_judges) judge_lock;
	match judge_lock with
	| Some judge_lock ->
		let of_source () = if !Program.serves then [] else below_fences judge judge_lock in
		Rule.rule name ~of_source (fun _ -> [])
	| None ->
		Rule.rule name (fun func ->
			if !Program.serves || not (has_section func) then []
			else
				List.filter_map (fun at ->
					Maybe.map (judged (once_at at []) at) (judge at)) (calls_in Signalling ~only_sections:true [] func))

(* What is asked for. *)

type question = {
	number : int; context : context; below : string; is_entry : bool; only_sections : bool; values : (int * Operations.value) list; once : string list }
let questions : (string * string, question) Hashtbl.t = Hashtbl.create 64
let locks : string list ref = ref []

(* The contexts, by their words where they begin, and those for what is called there. *)
let contexts = [
	"section", "signalling", Signalling; "signalling", "signalling", Signalling; "reclaim", "reclaim", Reclaim;
	"notifier", "notifier", Notifier; "fence-enable", "below-enable", Atomic Atomic.Enable;
	"fence-callback", "below-callback", Atomic Atomic.Callback; "fence-test", "below-test", Atomic Atomic.Test;
	"fence-deadline", "below-deadline", Atomic Atomic.Deadline; "fence-release", "below-release", Atomic Atomic.Release ]
let context_of word = match List.find_opt (fun (first, below, _) -> first = word || below = word) contexts with
	| Some (first, below, context) -> context, below, first = word
	| None -> failwith ("there is no context " ^ word)
let values_of_text text =
	List.filter_map (fun part -> match String.index_opt part '=' with
		| Some i ->
			let word = String.sub part (i + 1) (String.length part - i - 1) in
			Maybe.map (fun value -> (int_of_string (String.sub part 0 i), value)) (Operations.value_of_word word)
		| None -> None) (String.split_on_char ',' text)
let text_of_values values = match values with
	| [] -> "-"
	| _ -> String.concat "," (List.map (fun (n, value) -> Printf.sprintf "%d=%s" n (Operations.word_of_value value)) values)

let ask lines =
	Hashtbl.reset questions;
	Hashtbl.reset wrappers;
	locks := [];
	List.iter (fun line -> match String.split_on_char ' ' line with
		| [ "below"; file; name; number; context; values; once ] ->
			let only_sections = context = "section" and context, below, is_entry = context_of context in
			Hashtbl.add questions (file, name) {
				number = int_of_string number; context; below; is_entry; only_sections;
				values = values_of_text values; once = if once = "-" then [] else String.split_on_char ',' once }
		| [ "wraps"; name; other ] -> Hashtbl.replace wrappers name other
		| [ "takes"; lock ] -> locks := lock :: !locks
		| _ -> ()) lines

(* Rows. *)

let print_row question kind ?(rule = "descend") ?(above = "") ?lock (f : Report.finding) reason =
	Report.print_row ~above ~rule kind { f with Report.lock = (Maybe.value lock ~default:question.below, question.number) } reason

let print_call question (at : at) =
	let once = once_at at question.once in
	let print_found kind ?lock = List.iter (fun (rule, verdict) ->
		let f = judged once at verdict in
		print_row question kind ~rule ~above:verdict.above ?lock f (List.hd f.Report.reasons)) in
	match verdicts !judges at, lock_left at with
	| [], Some lock -> print_found "lock" ~lock (verdicts !lock_judges at)
	| [], None ->
		if not (is_known at) then
			print_row question "descend" { (finding at { confidence = "high"; message = text_of_values (passed at); above = ""; reason = ""; hint = "" }) with Report.arguments = last_name at.call.name }
				(if once = [] then "-" else String.concat "," once)
	| found, _ -> print_found "below" found

let print_takers func =
	List.iter (fun lock ->
		List.iter (fun ((call : call), sure) ->
			Report.print_row ~rule:"descend" "taken" {
				Report.nothing with
				Report.confidence = (if sure then "high" else "low"); place = call.at; inside = func.fname; operation = call.name;
				lock = (lock, 0) } "") (Atomic.takers lock func)) !locks

let print_answer func question =
	let values = match question.context with
		| Atomic _ when question.is_entry -> Atomic.at_entry func
		| _ -> question.values in
	List.iter (print_call question) (calls_in question.context ~only_sections:question.only_sections (named func values) func)

let print_rows () =
	List.iter (fun func ->
		print_takers func;
		List.iter (print_answer func) (List.rev (Hashtbl.find_all questions (func.source, func.fname)))) (Program.functions ())
