(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks
open Interp

type outcome = Success | Failure | Either

let is_bool typ = Names.mentions "bool" typ
let is_void typ = Names.mentions "void" typ && not (is_pointer typ)

let outcome func exit =
	let mask = exit.result in
	let within allowed = mask land lnot allowed = 0 in
	if exit.value = None || is_void func.returns then Success
	else if is_pointer func.returns then
		if within (zero lor err_ptr) then Failure else if within positive then Success else Either
	else if is_bool func.returns then
		if within zero then Failure else if within (any land lnot zero) then Success else Either
	else if within zero || within positive then Success
	else if mask land zero = 0 then Failure
	else Either

let number scope (call : call) = Names.parameter scope call.obj
let is_parameters scope call = number scope call <> None

let takes = does [ Acquire; Try ]

let calls_of result kinds = List.filter (does kinds) (List.map fst result.calls)

(* foo_init_reserved(bo, resv); ... if (!resv) unlock(bo); *)
let given_nothing (call : call) = List.map (fun a -> negated (text (bare a))) call.arguments

let released_as_given result (call : call) =
	let given = given_nothing call in
	List.exists (fun (u : call) ->
		(u.at.line, u.at.col) > (call.at.line, call.at.col)
		&& List.exists (fun part -> List.mem part given) u.conditions
		&& List.for_all (fun part -> List.mem part (List.append given call.conditions)) u.conditions)
		(calls_of result [ Release; Release_all ])

(* Ways out. *)
type way = Untouched | Locked of int list | Unlocked of int list

(* bo = lookup(); lock(bo->resv); return bo; *)
let way_with_returned f result exit =
	let name = match Maybe.map bare exit.value with
		| Some { node = Var name; _ } when not (List.exists (fun p -> p.param = name) f.params) -> name
		| _ -> "" in
	let is_returned h =
		let call = result.call h.by in
		h.sure && h.taken && not h.stale && takes call && List.mem name (Names.roots call.obj) in
	match List.filter is_returned exit.state.held with
	| [] -> Untouched
	| held -> Locked (List.map (fun h -> h.by) held)

let way result exit =
	let scope = result.scope in
	let taken = List.filter (fun h ->
		let call = result.call h.by in
		h.sure && takes call && is_parameters scope call && not (released_as_given result call)) exit.state.held in
	let dropped = List.filter (fun id -> is_parameters scope (result.call id)) exit.state.dropped in
	if taken <> [] then Locked (List.map (fun h -> h.by) taken)
	else if dropped <> [] then Unlocked dropped
	else Untouched

let least result ids =
	let numbers = List.filter_map (fun id -> number result.scope (result.call id)) ids in
	List.fold_left min max_int numbers

(* Is a call more than a look at a lock? A macro by its name is not. *)
let does_more calls_effect f =
	let found = ref false in
	let stmt s = match s.kind with
		| Each (name, _, _) when calls_effect name <> None -> found := true
		| _ -> () in
	iter ~stmt (fun e -> match e.node with
		| Call ({ node = Var name; _ }, _) when String.uppercase_ascii name <> name ->
			(match calls_effect name with
			| Some { does = Assert | Query | Try | Acquire | Release | Release_all; _ } -> ()
			| _ -> found := true)
		| Call ({ node = Field _ | Arrow _; _ }, _) -> found := true
		| _ -> ()) f.body;
	!found

(* Assertions that come before anything else is done to a lock. *)
let first_assertions result =
	List.filter_map (fun ((call : call), states) ->
		let is_first s =
			s.past = Entry && List.for_all (fun h -> not h.taken) s.held in
		if does [ Assert; Iterate ] call && is_parameters result.scope call && List.exists is_first states then Some call
		else None) result.calls

(* if (!bo) return 0; dma_resv_assert_held(bo->resv); *)
let is_for_null f number exit =
	match Names.parameter_name f number with
	| "" -> false
	| name -> List.exists (fun part -> part = "!" ^ name || part = name ^ " == NULL") exit.around

let judge_asserts calls_effect f result ways =
	match first_assertions result with
	| [] -> None
	| calls ->
		let number = least result (List.map (fun (call : call) -> call.id) calls) in
		let own = Names.parameter_name f number in
		let only_for_null =
			List.exists (fun (call : call) ->
				call.conditions <> [] && List.for_all (fun part -> part = own) call.conditions) calls in
		let spoils (exit, way) =
			way = Untouched && exit.state.asserted = [] && outcome f exit <> Failure
			&& not (only_for_null || is_for_null f number exit) in
		(* Where some way takes the same lock, the caller need not hold it. *)
		let is_asserted id =
			List.exists (fun (call : call) ->
				Names.same_object result.scope (result.call id).obj call.obj) calls in
		let takes_it (exit, way) = match way with
			| Locked ids -> outcome f exit <> Failure && List.exists is_asserted ids
			| _ -> false in
		if List.exists spoils ways || List.exists takes_it ways then None
		else
			let does = if does_more calls_effect f then Require else Assert in
			Some (action does (string_of_int number))

(* Does it release the lock first of all, and take it again? It was the caller's then. *)
let takes_again result =
	let first = List.filter (fun (call : call) -> call.conditions = []) (calls_of result [ Release; Release_all ]) in
	let taken = calls_of result [ Acquire ] in
	taken <> []
	&& List.exists (fun (u : call) -> List.for_all (fun (q : call) -> u.at.line < q.at.line) taken) first

(* What a function that returns a pointer returns where it fails, NULL or an error, as far as its exits show. *)
let failures f exits =
	let mask = List.fold_left (fun mask (exit, _) -> mask lor exit.result) 0 exits in
	if is_pointer f.returns && mask <> 0 && mask land lnot (zero lor err_ptr) = 0 then Some mask else None

let judge_takes f result ~argument ways =
	let locked = List.filter_map (function exit, Locked ids -> Some (exit, ids) | _ -> None) ways in
	let others = List.filter (function _, Locked _ -> false | _ -> true) ways in
	if locked = [] then None
	else
		let argument = argument (List.concat_map snd locked) in
		let only mask exit = exit.value <> None && exit.result land lnot mask = 0 in
		let is_flag = not (is_pointer f.returns || is_void f.returns) in
		let tells =
			is_flag && List.for_all (fun (exit, _) -> only positive exit) locked
			&& List.for_all (fun (exit, _) -> only (if is_bool f.returns then zero else zero lor negative) exit) others in
		let kept = List.filter (fun (exit, _) -> outcome f exit <> Failure) locked in
		let sure = List.exists (fun (exit, _) -> outcome f exit = Success) kept in
		let spoils (exit, _) = match outcome f exit with
			| Failure -> false
			| Success -> true
			| Either -> not sure in
		if tells && (is_bool f.returns || others <> []) then Some (action Try argument)
		else if kept <> [] && not (List.exists spoils others) then
			if takes_again result then Some (action May_release argument)
			else
				let gets = if is_pointer f.returns || is_bool f.returns then positive else zero in
				Some (action ~gets ?fails:(failures f others) Acquire argument)
		else None

let judge_releases result ways =
	let dropped = List.concat_map (function _, Unlocked ids -> ids | _ -> []) ways in
	if dropped = [] then None
	else
		let argument = string_of_int (least result dropped) in
		let always = List.for_all (function _, Unlocked _ -> true | _ -> false) ways in
		let all id = let call = result.call id in does [ Release_all ] call || call.loops <> [] in
		if not always then Some (action May_release argument)
		else if List.exists all dropped then Some (action Release_all argument)
		else Some (action Release argument)

(* What it does inside: takes the lock of a parameter first of all, or calls what wants it free. *)

(* struct foo_bo **bo: the object is made by the function, and nobody holds its lock before. *)
let is_filled_in typ = List.length (String.split_on_char '*' typ) > 2

(* if (obj->dma_buf) dma_buf_put(obj->dma_buf): what holds a buffer only at times has imported it. *)
let is_if_there result part = match result.condition part with
	| Some { node = Var _; _ } | None -> false
	| Some _ -> true

let inside_kind result (call : call) =
	let imports = List.exists (is_if_there result) call.conditions || List.exists (Names.contains "import_attach") (Names.spellings result.scope call.obj) in
	let wants = does [ Wants_free; Wants_free_import ] call in
	if wants then Some (if imports || does [ Wants_free_import ] call then Wants_free_import else Wants_free)
	else if imports then None
	else Some Locks

let may_wait (call : call) = match call.action with
	| Some ({ does = Acquire | Locks; _ } as action) -> without_context ~unlisted:true action call.arguments
	| _ -> false
let wants_free call = does [ Wants_free; Wants_free_import ] call

let may_be_given result (call : call) =
	let given = given_nothing call in
	List.exists (fun (u : call) -> List.exists (fun part -> List.mem part given) u.conditions)
		(calls_of result [ Release; Release_all ])

(* A way around the call, on which the caller decides by a flag: if (locked) return ...; *)
let goes_around f (call : call) (at, around, failed) =
	let is_flag p = not (is_pointer p.ptype) in
	let flags = List.map (fun p -> p.param) (List.filter is_flag f.params) in
	let names part = List.filter (fun word -> Names.mentions word part) (List.map (fun p -> p.param) f.params) in
	let is_about_flags part =
		part <> "" && names part <> [] && List.for_all (fun name -> List.mem name flags) (names part)
		&& not (Names.contains ">" part) in
	(at.line, at.col) < (call.at.line, call.at.col) && not failed
	&& (match around with part :: _ -> is_about_flags part | [] -> false)

let ways_around f result =
	List.append
		(List.map (fun exit -> (exit.out, exit.around, outcome f exit = Failure)) result.exits)
		(List.map (fun jump -> (jump.from, jump.within, false)) result.gotos)

let insides f result =
	let scope = result.scope in
	let around = ways_around f result in
	List.concat_map (fun ((call : call), states) ->
		let is_there name part =
			wants_free call && (match result.condition part with
				| Some e -> Names.object_of scope e = Some name
				| None -> false) in
		let is_sure =
			(may_wait call || wants_free call) && List.exists is_untouched states
			&& not (may_be_given result call || List.mem "" call.conditions
				|| List.exists (goes_around f call) around) in
		match inside_kind result call with
		| Some kind when is_sure ->
			List.concat (List.mapi (fun i p ->
				if not (is_filled_in p.ptype) && Names.object_of scope call.obj = Some p.param
				   && List.for_all (is_there p.param) call.conditions then
					[ (kind, (call.at.line, call.at.col), i + 1, call.name) ]
				else []) f.params)
		| _ -> []) result.calls

let judge_inside f result =
	match List.sort compare (insides f result) with
	| (does, (line, _), number, name) :: _ -> Some (action ~through:(name, line) does (string_of_int number))
	| [] -> None

let summary ~calls_effect ~is_importer_2 f result =
	let run = List.filter (fun exit -> not exit.state.skipped) result.exits in
	let exits = if run = [] then result.exits else run in
	let ways = List.map (fun exit -> (exit, way result exit)) exits in
	let is_locked = List.exists (function _, Locked _ -> true | _ -> false) ways in
	let of_parameter ids = string_of_int (least result ids) in
	let of_returned () =
		if not (is_pointer f.returns) then None
		else
			let ways = List.map (fun exit -> (exit, way_with_returned f result exit)) exits in
			judge_takes f result ~argument:(fun _ -> returned) ways in
	let takes = match of_returned () with
		| Some found -> Some found
		| None -> judge_takes f result ~argument:of_parameter ways in
	match takes with
	| Some found -> Some found
	| None ->
		let released = judge_releases result ways in
		match released with
		| Some { does = Release | Release_all; _ } -> released
		| _ ->
			match judge_asserts calls_effect f result ways with
			| Some found -> Some found
			| None ->
				if released <> None then released
				else if is_importer_2 f.fname then None
				else if is_locked then
					let ids = List.concat_map (function _, Locked ids -> ids | _ -> []) ways in
					Some (action May_acquire (string_of_int (least result ids)))
				else judge_inside f result
