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

(* vm = lookup(); bo = vm->root; lock(bo->resv); return vm; *)
let way_with_returned f result exit =
	let name = match Maybe.map bare exit.value with
		| Some { node = Var name; _ } when not (List.exists (fun p -> p.param = name) f.params) -> name
		| _ -> "" in
	let is_returned h =
		let call = result.call h.by in
		h.sure && h.taken && not h.stale && takes call && List.mem name (Names.origin_names result.scope call.obj) in
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
	let stmt s = match s.kind with Each (name, _, _) -> calls_effect name <> None | _ -> false in
	exists ~stmt (fun e -> match e.node with
		| Call ({ node = Var name; _ }, _) when String.uppercase_ascii name <> name ->
			(match calls_effect name with
			| Some { does = Assert | Query | Try | Acquire | Release | Release_all; _ } -> false
			| _ -> true)
		| Call ({ node = Field _ | Arrow _; _ }, _) -> true
		| _ -> false) f.body

(* Assertions that come before anything else is done to a lock. *)
let first_assertions result =
	List.filter_map (fun ((call : call), states) ->
		let is_first s =
			s.past = Entry && List.for_all (fun h -> not h.taken) s.held in
		if (does [ Assert; Iterate ] call || result.checks call) && is_parameters result.scope call && List.exists is_first states then Some call
		else None) result.calls

let asserted result =
	let scope = result.scope in
	(* A cursor belongs to the object that it was begun with. *)
	let owner (call : call) =
		let root = match Maybe.map parts (Names.object_of scope call.obj) with
			| Some (name :: _) -> Names.parameter scope { call.obj with node = Var name }
			| _ -> None in
		Maybe.value (if root = None then number scope call else root) ~default:0 in
	match List.sort compare (List.map owner (first_assertions result)) with
	| number :: _ -> Some (string_of_int number)
	| [] -> None

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
			let does = if does_more calls_effect f then Must_hold else Assert in
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

(* The argument that is the ww_acquire_ctx with which all of some calls take their locks; "-" where they take them without one. *)
let context_of_calls result ids =
	let context id =
		let call = result.call id in
		match call.action with
		| Some action when without_context ~unlisted:false action call.arguments -> "-"
		| Some action ->
			let is_given p = Names.is_context p.ptype && match context_of action call.arguments with
				| Some e -> List.mem p.param (Names.origin_names result.scope e)
				| None -> false in
			let rec find number = function
				| [] -> "?"
				| p :: rest -> if is_given p then string_of_int number else find (number + 1) rest in
			find 1 (Names.func result.scope).params
		| None -> "?" in
	match List.sort_uniq compare (List.map context ids) with
	| [ only ] -> only
	| _ -> "?"

let judge_takes f result ~argument ways =
	let locked = List.filter_map (function exit, Locked ids -> Some (exit, ids) | _ -> None) ways in
	let others = List.filter (function _, Locked _ -> false | _ -> true) ways in
	if locked = [] then None
	else
		let ids = List.concat_map snd locked in
		let argument = argument ids and context = context_of_calls result ids in
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
				Some (action ~context ~gets ?fails:(failures f others) Acquire argument)
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

(* What is known where a condition holds, or does not: parts without a !, and == for !=, each with whether it holds. *)
let rec parts_of (e, holds) = match (bare e).node with
	| Unary ("!", e) -> parts_of (e, not holds)
	| Binary ("&&", a, b) when holds -> List.append (parts_of (a, true)) (parts_of (b, true))
	| Binary ("||", a, b) when not holds -> List.append (parts_of (a, false)) (parts_of (b, false))
	| Binary ("!=", a, b) -> [ ({ e with node = Binary ("==", a, b) }, not holds) ]
	| _ -> match passed e with
		| Some inner -> parts_of (inner, holds)
		| None -> [ (bare e, holds) ]

let label_in func name =
	let found = ref None in
	iter ~stmt:(fun s -> match s.kind with Label (other, _) when other = name -> found := Some s.where | _ -> ()) ignore func.body;
	!found

let known_at result (call : call) =
	let says holds part = match result.condition part, result.condition (negated part) with
		| Some e, _ -> parts_of (e, holds)
		| None, Some e -> parts_of (e, not holds)
		| None, None -> [] in
	let is_before (a : pos) (b : pos) = (a.line, a.col) < (b.line, b.col) in
	let left_before (out, around) = match around with
		| part :: around when is_before out call.at && List.for_all (fun part -> List.mem part call.conditions) around -> says false part
		| _ -> [] in
	let passes jump = is_before jump.from call.at && (match label_in (Names.func result.scope) jump.target with
		| Some label -> is_before call.at label || is_before label jump.from
		| None -> false) in
	let left = List.map (fun exit -> (exit.out, exit.around)) result.exits in
	let passed = List.map (fun jump -> (jump.from, jump.within)) (List.filter passes result.gotos) in
	List.append (List.concat_map (says true) call.conditions) (List.concat_map left_before (List.append left passed))

(* if (t->dma_buf) dma_buf_vmap_unlocked(t->dma_buf, map): a buffer that the object of a driver has only at times. What it exports
   itself it has not got from others. *)
let is_for_import result (call : call) =
	let scope = result.scope in
	let given = List.concat_map (Names.spellings scope) call.arguments in
	let is_member text = String.contains text '>' || String.contains text '.' in
	let is_given e = match (bare e).node with
		| Var _ | Field _ | Arrow _ ->
			List.exists (fun part -> is_member part && List.exists (Names.mentions part) given) (Names.spellings scope e)
		| _ -> false in
	let is_there (e, holds) = match e.node with
		| Binary ("==", a, b) when text (bare b) = "NULL" -> not holds && is_given a
		| _ -> holds && is_given e in
	does [ Must_not_hold_import ] call || List.exists is_there (known_at result call)

let inside_kind result (call : call) =
	let is_import = List.exists (Names.contains "import_attach") (Names.spellings result.scope call.obj) in
	if does [ Must_not_hold; Must_not_hold_import ] call then
		let is_import = is_import || does [ Must_not_hold_import ] call || List.exists (is_if_there result) call.conditions in
		Some (if is_import then Must_not_hold_import else Must_not_hold)
	else if is_import then None
	else Some Acquire_inside

(* A context that the function begins itself has none of the locks of its callers: it waits for these. *)
let begins_context result (call : call) =
	let scope = result.scope in
	let is_begun e =
		let from = Names.origin_names scope e in
		List.exists (fun (v : variable) -> List.mem v.name from && not (is_pointer v.typ)) (declared_in (Names.func scope).body)
		&& Names.parameter scope e = None in
	match context_of_call call with
	| Some e -> is_begun e
	| None -> false

let is_given_context scope (call : call) = List.exists (fun a -> Names.parameter scope a = Some 0) call.arguments

(* An argument as its caller may have spelled it. *)
let values scope e = match Names.spellings scope e with
	| [ alone ] -> [ alone ]
	| texts -> List.tl texts
let is_always scope value e =
	let words = if value then [ "true"; "1" ] else [ "false"; "0" ] in
	List.for_all (fun text -> List.mem text words) (values scope e)

let may_only_try scope (call : call) =
	match Maybe.bind call.action (fun action -> try_flag action call.arguments) with
	| Some flag -> not (is_always scope false flag)
	| None -> false

let may_fail scope (call : call) = match call.action with
	| Some ({ does = Acquire; _ } as action) when without_context ~unlisted:true action call.arguments && not (may_only_try scope call) ->
		(match fails_with action call.arguments with
		| Some (value, flag) -> not (is_always scope (not value) flag)
		| None -> action.may_fail <> "-")
	| _ -> true

let may_wait result (call : call) = match call.action with
	| Some ({ does = Acquire | Acquire_inside; _ } as action) ->
		not (is_given_context result.scope call || may_only_try result.scope call)
		&& (without_context ~unlisted:true action call.arguments || begins_context result call)
	| _ -> false
let must_not_hold call = does [ Must_not_hold; Must_not_hold_import ] call

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

(* if (g->map) lock(g->map->resv): whoever holds that lock has such an object. *)
let is_of_existing scope (call : call) condition =
	let leads_there e = List.exists (fun step -> text step = text (bare e)) (Names.steps scope call.obj) in
	match (bare condition).node with
	| Binary ("!=", e, { node = Var "NULL"; _ }) -> leads_there e
	| _ -> leads_there condition

(* Does a function, before a call, put another object where the call finds its own? *)
let is_put_there f scope (call : call) =
	let pointers = List.filter_map (fun step -> match step.node with
		| Var _ -> None
		| _ -> Some (text step)) (Names.steps scope call.obj) in
	let is_set e =
		List.mem (text (bare e)) pointers && (e.at.line, e.at.col) < (call.at.line, call.at.col) in
	let is_whole e = List.exists (fun step -> match step.node with
		| Arrow (whole, _) -> text whole = text (bare e)
		| _ -> false) (Names.steps scope call.obj) || text (bare call.obj) = text (bare e) in
	exists (fun e -> match e.node with
		| Assign (_, l, _) -> is_set l
		| Unary ("&", place) -> is_whole place && is_set place
		| _ -> false) f.body

(* The parameter, by its number, that the lock of a call belongs to, and the members that lead there. *)
let parameter_inside f scope (call : call) =
	match Maybe.map parts (Names.object_of scope call.obj) with
	| Some (root :: members) ->
		let rec find number = function
			| [] -> None
			| p :: _ when p.param = root && not (is_filled_in p.ptype) -> Some (number, members)
			| _ :: rest -> find (number + 1) rest in
		find 1 f.params
	| _ -> None

(* Has nothing happened yet to the lock that a call takes? *)
let is_first result (call : call) s =
	s.held = [] && not (List.exists (fun id -> Names.same_object result.scope (result.call id).obj call.obj) (List.concat [ s.gone; s.dropped; s.missed ]))

let insides f result =
	let scope = result.scope in
	let around = ways_around f result in
	let inside_of states (call : call) = match inside_kind result call, parameter_inside f scope call with
		| Some kind, Some (number, members) ->
			let is_there part = match result.condition part with
				| None -> false
				| Some e when must_not_hold call -> Names.object_of scope e = Names.object_of scope call.obj
				| Some e -> is_of_existing scope call e in
			let is_early s = is_untouched s || (kind = Acquire_inside && is_first result call s) in
			let is_sure =
				(may_wait result call || must_not_hold call) && List.exists is_early states
				&& List.for_all is_there call.conditions
				&& not (may_be_given result call || List.exists (goes_around f call) around) in
			let is_known = members = [] || (kind = Acquire_inside && not (is_put_there f scope call)) in
			if is_sure && is_known then Some ((members <> [], kind, (call.at.line, call.at.col)), (inside number members, call.name))
			else None
		| _ -> None in
	List.concat_map (fun ((call : call), states) ->
		List.filter_map (fun obj -> inside_of states { call with obj }) (call.obj :: call.others)) result.calls

let judge_inside f result =
	let all = List.sort compare (insides f result) in
	match all with
	| ((_, does, (line, _)), (argument, name)) :: rest ->
		let others = List.filter_map (fun ((_, kind, _), (other, _)) ->
			if does = Acquire_inside && kind = Acquire_inside && other <> argument then Some other else None) rest in
		Some (action ~through:(name, line) does (String.concat "," (argument :: List.sort_uniq compare others)))
	| [] -> None

(* The locks of the members of a list, which nothing names outside of the loop over it: by the parameter that the list
   belongs to, 0 for none. *)
let list_of f result (call : call) =
	let number = ref None in
	let walks_to arguments (e : expr) = match arguments with
		| { node = Var member; _ } :: heads when List.mem member (Names.origin_names result.scope e) ->
			number := Some (Maybe.value (List.find_map (Names.parameter result.scope) heads) ~default:0)
		| _ -> () in
	let stmt s = match s.kind with
		| Each (_, arguments, _) when List.mem s.where call.loops -> walks_to arguments call.obj
		| _ -> () in
	iter ~stmt ignore f.body;
	!number

(* Locks of members that are kept, if only by what it calls. *)
let judge_members f result exits =
	let members exit =
		List.filter_map (fun h ->
			let call = result.call h.by in
			if h.taken && takes call then list_of f result call else None) exit.state.held in
	let further exit =
		List.map (fun call -> Maybe.value (number result.scope call) ~default:0)
			(List.filter (does [ Acquire_members ]) (List.map result.call exit.state.maybe)) in
	(* What may release a lock that is held may release these. *)
	let may_release id = List.exists (fun (call, states) -> does [ May_release ] call && List.exists (fun s -> List.mem id s.maybe) states) result.calls in
	let kept = List.filter (fun exit -> outcome f exit <> Failure) exits in
	let releases exit = exit.state.gone <> [] || exit.state.dropped <> [] || List.exists may_release exit.state.maybe in
	match List.append (List.concat_map members kept) (List.concat_map further kept) with
	| _ when List.exists releases kept -> None
	| [] -> None
	| numbers -> Some (action Acquire_members (string_of_int (List.fold_left max 0 numbers)))

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
				let members = judge_members f result exits in
				if members <> None then members
				else if released <> None then released
				else if is_importer_2 f.fname then None
				else if is_locked then
					let ids = List.concat_map (function _, Locked ids -> ids | _ -> []) ways in
					Some (action May_acquire (string_of_int (least result ids)))
				else judge_inside f result
