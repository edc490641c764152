(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Interp

type context = Signalling | Reclaim | Notifier | Holder | Atomic of Atomic.entry

type at = {
	context : context;
	func : func;
	result : Interp.result;
	call : Interp.call;
	states : Interp.state list;
	values : Operations.values;
	does : Operations.kind option;
	atomic : Atomic.operation option;
	irqs_on : bool option;
	irqs_off : bool;
	lock : Locks.action option;
	scope_of_memalloc : bool;
	is_restarted : bool;
	is_part : bool;
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
let done_to_mutex name = Hashtbl.find_opt mutexes (Cleanup.as_guard name)
let effect_on_mutex name =
	let of_name name = Maybe.map (fun does ->
		if Cleanup.begun name = None then Locks.action does "1" else Locks.action ~gets:Locks.any ~fails:0 does "1") (done_to_mutex name) in
	List.find_map of_name (Sections.unwrapped name)
let waits_for_mutex at = done_to_mutex at.call.name = Some Locks.Acquire

(* Which part of a function is in a context: all, also of a function with which it begins; what stands in a section; what is done with the lock
   held that is taken in these lines; or before a lock is released that the function has not taken itself; or what a signal can come after, by
   one of these calls, each of a line and a word. *)
type part = All | Entry | Section of string | Taken of int list | Unreleased | Until of (int * string) list
let is_in_part part (result : Interp.result) (state : Interp.state) = match part with
	| All | Entry | Until _ -> true
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
		| Operations.Nonzero | Operations.Own | Operations.Own_tested -> Some (name, Locks.positive)
		| Operations.Constant | Operations.Flags _ -> None) values in
	let answers = match context with Atomic _ -> Atomic.answers | Signalling | Reclaim | Notifier | Holder -> [] in
	let also = match context with
		| Holder -> effect_on_mutex
		| Atomic _ -> Atomic.effect_of
		| Signalling | Reclaim | Notifier -> fun _ -> None in
	Sections.run ~assume:(List.append answers assume) ~also func

(* Other locks than those of reservation objects are ww_mutexes, too. *)
let lock_of func (call : call) =
	let is_of_reservation (action : Locks.action) =
		action.Locks.argument = Locks.returned || Locks.object_of_call action call.arguments <> None in
	match Program.effect_in func.source call.name with
	| Some action when is_of_reservation action -> Some action
	| _ -> None

(* A call that takes a lock and leaves interrupts as they are, off in the context: what matters is who takes it elsewhere, and how. *)
let leaves_irqs_off (at : at) = match at.context, at.atomic with
	| Atomic entry, Some (Atomic.Locks lock) -> Atomic.is_locked entry && not (Atomic.is_own_lock at.values at.result.scope lock)
	| _ -> false

let last_name place = snd (Names.last_word place)

(* Is what a call calls in the context as a whole? None: the call itself is not in it. *)
let is_whole part func (result : Interp.result) = match part with
	| All | Entry | Section _ | Taken _ | Unreleased -> fun _ -> Some true
	| Until signals ->
		let signal ((call : call), states) =
			if states <> [] && List.mem (call.at.line, last_name call.name) signals then Some call.at else None in
		let places = List.filter_map signal result.calls in
		let can_come = Ahead.can_come func ~wanted:(fun place -> List.mem place places) in
		fun (call : call) -> if can_come call.at then Some true else if List.mem call.at places then Some false else None

(* The calls of a function that it comes to in a context; around: the sections that its caller is in. What begins or ends one for its
   caller is a call as any other. *)
let calls_in context part ~around values func =
	let result = run context values func in
	let whole = is_whole part func result in
	let takers = match context, part with
		| Holder, Taken lines -> Atomic.takers (fun call -> List.mem call.at.line lines) func
		| _ -> [] in
	List.filter_map (fun ((call : call), states) ->
		let taker = List.find_opt (fun ((other : call), _) -> other.at = call.at) takers in
		let states = if taker <> None then states else List.filter (is_in_part part result) states in
		let atomic = match context with
			| Atomic _ -> Atomic.of_call values result.scope call
			| Signalling | Reclaim | Notifier | Holder -> None in
		let is_section = call.action <> None && Sections.unwrapped call.name = [ call.name ] in
		if states = [] || whole call = None || (is_section && atomic = None && taker = None) then None
		else
			let all_in section = List.mem section around || List.for_all (Sections.is_in section result) states in
			let does = match Operations.of_call values result.scope call with
				| _ when taker <> None -> None
				| Some Operations.User when all_in Sections.nofault -> None
				| does -> does in
			Some {
				context; func; result; call; states; values; does; atomic; is_part = whole call = Some false;
				irqs_on = Maybe.map snd taker; irqs_off = all_in Atomic.irqs_off;
				lock = lock_of func call; scope_of_memalloc = all_in memalloc;
				is_restarted = List.mem restarted around || List.exists (Sections.is_in restarted result) states }) result.calls

(* Does a variable of a function keep its value from call to call? *)
let is_kept func name = List.exists (fun (v : variable) -> v.name = name && v.static) (declared_in func.body)

(* What is not there yet where a call is come to, by tests of it. Of what an array has there are many. *)
let absent_at at =
	let is_member e = match (bare e).node with
		| Field _ | Arrow _ | Index _ -> true
		| Var name -> is_kept at.func name
		| _ -> false in
	let is_absent (e, holds) = match e.node with
		| Binary ("==", a, b) when text (bare b) = "NULL" -> holds && is_member a
		| _ -> not holds && is_member e in
	let absent (e, _) = text (bare (match e.node with Binary (_, a, _) -> a | _ -> e)) in
	List.map absent (List.filter is_absent (Effects.known_at at.result at.call))
	|> List.filter (fun place -> not (String.contains place '['))

(* Does the function put something there, or else return what is there? By the place, or by its last name alone. *)
let is_set func is_place =
	let sees e = is_place (text (bare e)) in
	let stmt s = match s.kind with Return (Some e) -> sees e | _ -> false in
	exists ~stmt (fun e -> match e.node with
		| Assign ("=", l, _) | Unary ("&", l) -> sees l
		| _ -> false) func.body

(* What is not there yet in a visit, by the last names of the places: on the way to it none of the functions has put
   something there so far; "=" before the name of one that has, so that the way is gone once, or, in an Atomic context, before that of what
   it depends on. *)
let is_sure once = List.exists (fun name -> name <> "" && name.[0] = '=') once
let once_at (at : at) once = match at.context with
	| _ when is_sure once -> once
	| Atomic _ -> Maybe.to_list (Maybe.map (fun word -> "=" ^ word) (Atomic.depends_on at.values at.result at.call))
	| Signalling | Reclaim | Notifier | Holder ->
		let absent = absent_at at in
		let set_here = List.filter (fun place -> is_set at.func ((=) place)) absent in
		let set_above = List.filter (fun name -> is_set at.func (fun place -> last_name place = name)) once in
		match List.append (List.map last_name set_here) set_above with
		| name :: _ -> [ "=" ^ name ]
		| [] -> List.sort_uniq compare (List.filter ((<>) "") (List.append once (List.map last_name absent)))

(* Is a call only for what is larger than an array of the function, that serves as a rule? *)
let is_for_large (at : at) =
	let is_array name =
		List.exists (fun (v : variable) -> v.name = name && String.contains v.typ '[') (declared_in at.func.body) in
	let is_size e = match (bare e).node with
		| Unknown word -> (match String.split_on_char '(' word with
			| [ "sizeof"; name ] -> is_array (List.hd (String.split_on_char ')' name))
			| _ -> false)
		| _ -> callee (bare e) = "ARRAY_SIZE" && List.exists (fun a -> is_array (text (bare a))) (arguments_of (bare e)) in
	let is_larger (e, holds) = match e.node with
		| Binary ((">" | ">="), _, size) -> holds && is_size size
		| Binary (("<" | "<="), _, size) -> not holds && is_size size
		| _ -> false in
	List.exists is_larger (Effects.known_at at.result at.call)

(* What a rule says of a call, on such a way. *)
let judged once (at : at) verdict =
	let f = finding at verdict in
	let low note = { f with Report.confidence = "low"; reasons = [ verdict.reason ^ "; " ^ note ] } in
	if is_sure once then
		let name = List.hd once in
		let name = Report.quote (String.sub name 1 (String.length name - 1)) in
		low (match at.context with
			| Atomic _ -> Printf.sprintf "only if %s says so" name
			| Signalling | Reclaim | Notifier | Holder -> Printf.sprintf "only while %s is not there yet" name)
	else if at.context = Signalling && at.is_restarted then low "the scheduler runs again by then"
	else if at.does <> None && is_for_large at then low "only for what is larger than a buffer"
	else f

(* What is known of the arguments of a call, by number, and the sections that it is in, for what is called. *)
let passed (at : at) = match at.context with
	| Atomic entry -> Atomic.passed at.values at.result at.call, if at.irqs_off && not (Atomic.is_locked entry) then [ Atomic.irqs_off ] else []
	| Signalling | Reclaim | Notifier | Holder ->
		Operations.values_of at.values at.result.scope at.call,
		List.append (if at.scope_of_memalloc then [ memalloc ] else []) (if at.is_restarted then [ restarted ] else [])
let named func values = List.filter_map (fun (number, value) ->
	Maybe.map (fun p -> (p.param, value)) (List.nth_opt func.params (number - 1))) values

(* Is enough known of what is called, so that its body tells no more? *)
let is_known at = at.does <> None || at.atomic <> None

(* A rule that runs by itself sees the sections of the source. *)
let in_sections judge func =
	if !Program.serves || not (Sections.has signalling func) then []
	else
		List.filter_map (fun at -> Maybe.map (judged (once_at at []) at) (judge at)) (calls_in Signalling (Section signalling) ~around:[] [] func)

(* One that runs by itself, and is about callbacks that come of a fence, goes down from these in one source. *)
let deepest = 6
let below_fences judge =
	let seen = Hashtbl.create 64 in
	let taken f lock =
		let is_seen func = Hashtbl.fold (fun (entry, _, _, _, source, name) () found ->
			found || (Atomic.is_locked entry && source = func.source && name = func.fname)) seen false in
		let takes func call = Maybe.bind (Atomic.argument_of call) (Atomic.lock_name func) = Some lock in
		let others = List.filter (fun func -> not (is_seen func)) (Program.functions ()) in
		List.concat_map (fun func -> List.filter_map (fun (_, is_sure) ->
			let note = Printf.sprintf "%s() holds %s and leaves interrupts on" func.fname (Report.quote lock) in
			if is_sure then Some { f with Report.reasons = List.append f.Report.reasons [ note ] } else None)
			(Atomic.takers (takes func) func)) others in
	let rec below depth entry (values, around) func once =
		let key = (entry, values, around, once, func.source, func.fname) in
		if depth > deepest || Hashtbl.mem seen key then []
		else begin
			Hashtbl.replace seen key ();
			List.concat_map (fun at ->
				let once = once_at at once in
				match judge at, Program.find func.source at.call.name with
				| Some verdict, _ -> [ (at, judged once at verdict) ]
				| None, Some callee when not (is_known at) -> below (depth + 1) entry (passed at) callee once
				| None, _ -> []) (calls_in (Atomic entry) All ~around (named func values) func)
		end in
	let found = List.concat_map (fun (entry, func) -> below 0 entry (Atomic.at_entry func, []) func []) (Atomic.entries ()) in
	Report.join (List.concat_map (fun (at, f) ->
		if not (leaves_irqs_off at) then [ f ]
		else Maybe.value ~default:[] (Maybe.map (taken f) (Maybe.bind (Atomic.argument_of at.call) (Atomic.lock_name at.func)))) found)

let rule ?(of_fences = false) name judge =
	judges := (name, judge) :: !judges;
	let of_source () = if of_fences && not !Program.serves then below_fences judge else [] in
	Rule.rule name ~of_source (if of_fences then (fun _ -> []) else in_sections judge)

(* What is asked for. *)

type question = { number : int; context : context; part : part; around : string list; values : (int * Operations.value) list; once : string list }
let questions : (string * string, question) Hashtbl.t = Hashtbl.create 64

let signals_of_text text =
	List.filter_map (fun part -> match String.split_on_char '=' part with
		| [ line; word ] -> Some (int_of_string line, word)
		| _ -> None) (String.split_on_char ',' text)
let context_of word =
	let of_fence fence part = match Atomic.entry_of_word fence with
		| Some entry -> (Atomic entry, part)
		| None -> failwith ("there is no context " ^ word) in
	match String.split_on_char ':' word with
	| [ "signalling" ] -> (Signalling, All)
	| [ "signalling"; "section" ] -> (Signalling, Section signalling)
	| [ "signalling"; "before" ] -> (Signalling, All)
	| [ "signalling"; "until"; signals ] -> (Signalling, Until (signals_of_text signals))
	| [ "reclaim" ] -> (Reclaim, All)
	| [ "notifier" ] -> (Notifier, All)
	| [ "holder" ] -> (Holder, Unreleased)
	| [ "holder"; lines ] -> (Holder, Taken (List.map int_of_string (String.split_on_char ',' lines)))
	| [ fence ] -> of_fence fence All
	| [ fence; "entry" ] -> of_fence fence Entry
	| _ -> failwith ("there is no context " ^ word)
let values_of_text text =
	List.filter_map (fun part -> match String.index_opt part '=' with
		| Some i ->
			let word = String.sub part (i + 1) (String.length part - i - 1) in
			Maybe.map (fun value -> (int_of_string (String.sub part 0 i), value)) (Operations.value_of_word word)
		| None -> None) (String.split_on_char ',' text)
let section_mark = "@"
let sections_of_text text =
	List.filter_map (fun part ->
		if part <> "" && part.[0] = section_mark.[0] then Some (String.sub part 1 (String.length part - 1)) else None)
		(String.split_on_char ',' text)
let text_of_values sections values =
	match List.filter ((<>) "") (Operations.text_of_values values :: List.map ((^) section_mark) sections) with
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

(* Does what a rule has against a call stand only if something is found of who holds the lock? *)
let needs_holder (at : at) = match at.context with
	| Atomic _ -> leaves_irqs_off at
	| Signalling | Reclaim | Notifier | Holder -> waits_for_mutex at

let print_call question (at : at) =
	let once = once_at at question.once in
	let context_below = match question.part with
		| Until _ -> if at.is_part then "signalling:until" else "signalling:before"
		| All | Entry | Section _ | Taken _ | Unreleased -> "" in
	match (if at.is_part then [] else verdicts at) with
	| [] ->
		if not (is_known at) then
			let values, in_force = passed at in
			print_row question "descend" { (finding at { confidence = "high"; message = text_of_values in_force values; above = ""; reason = ""; hint = context_below }) with Report.arguments = last_name at.call.name }
				(if once = [] then "-" else String.concat "," once)
	| found ->
		List.iter (fun (rule, verdict) ->
			let f = judged once at verdict in
			let kind = if needs_holder at then "waits" else "below" in
			print_row question kind ~rule ~above:verdict.above f (List.hd f.Report.reasons)) found

let print_answer func question =
	let values = if question.part = Entry then Atomic.at_entry func else question.values in
	List.iter (print_call question) (calls_in question.context question.part ~around:question.around (named func values) func)

let print_rows () =
	List.iter (fun func ->
		List.iter (print_answer func) (List.rev (Hashtbl.find_all questions (func.source, func.fname)))) (Program.functions ())
