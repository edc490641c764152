(* SPDX-License-Identifier: GPL-2.0-only *)
let takes = Interp.does [ Locks.Acquire; Locks.Try ]
let releases = Interp.does [ Locks.Release; Locks.Release_all ]
let before (a : Syntax.pos) (b : Syntax.pos) =
	(a.Syntax.line, a.Syntax.col) < (b.Syntax.line, b.Syntax.col)

let taken lock line = Printf.sprintf "%s taken in line %d" (Report.quote lock) line

let finding func confidence place operation lock line message reasons hint =
	{ Report.nothing with
	  Report.confidence; state = "held"; place; inside = func.Syntax.fname; operation; arguments = lock;
	  lock = (lock, line); message; reasons; hint }

let is_same result (a : Interp.call) (b : Interp.call) =
	Interp.lock_name a = Interp.lock_name b
	|| Names.same_object result.Interp.scope a.Interp.obj b.Interp.obj

(* drm_exec_fini(&exec) releases what drm_exec_lock_obj(&exec, obj) took. *)
let is_context_of (u : Interp.call) (call : Interp.call) = match Interp.context_of_call call with
	| Some e -> Interp.does [ Locks.Release_all ] u && Syntax.text e = Interp.lock_name u
	| None -> false

let takes_alone (call : Interp.call) = match call.Interp.action with
	| Some ({ Locks.does = Locks.Acquire | Locks.Try | Locks.Query; _ } as action) ->
		Locks.without_context ~unlisted:false action call.Interp.arguments
	| _ -> false

(* The releases of this function that are of the lock that a call took. What may release it counts for a lock that is
   known to have no ww_acquire_ctx: others are released with that. *)
let releases_of result (call : Interp.call) =
	List.filter (fun u ->
		releases u && (is_same result u call || is_context_of u call)
		|| result.Interp.drops u call && (releases u || takes_alone call)) (List.map fst result.Interp.calls)

(* Locks that a way out still holds. *)

type leak = { by : Interp.call; exit : Interp.exit; goto : Syntax.pos option; shared : bool; joined : bool }

let value_text exit = match exit.Interp.value with Some e -> Syntax.text e | None -> ""
let is_fault exit =
	let text = value_text exit in
	String.length text > 9 && String.sub text 0 9 = "VM_FAULT_"

(* A fault handler that asks for another try has released its locks before. *)
let is_retry result leak =
	let exit = leak.exit in
	let jumped = match leak.goto with
		| Some place ->
			List.concat_map (fun j -> if j.Interp.from = place then j.Interp.within else []) result.Interp.gotos
		| None -> [] in
	List.exists (Names.mentions "VM_FAULT_RETRY") (value_text exit :: List.append jumped exit.Interp.around)

(* if (!bo) return 0; foo(bo, given) may lock what it makes, where it was given nothing *)
let is_of_nothing leak =
	let names = Interp.lock_name leak.by :: Names.roots leak.by.Interp.obj in
	let missing = List.concat_map (fun name -> [ "!" ^ name; name ^ " == NULL"; "!*" ^ name; "*" ^ name ^ " == NULL" ]) names in
	let plain part = String.concat "" (String.split_on_char (Char.chr 40) (String.concat "" (String.split_on_char (Char.chr 41) part))) in
	List.exists (fun part -> List.mem (plain part) missing) leak.exit.Interp.around

(* A jump to a way out that others take rightly is the mistake. *)
let wrong_jump leak = if leak.joined then leak.goto else None

let is_without (by : Interp.call) exit other =
	other.Interp.out = exit.Interp.out
	&& not (List.exists (fun h -> h.Interp.by = by.Interp.id) other.Interp.state.Interp.held)
let is_released result (by : Interp.call) other =
	List.exists (fun id -> List.mem (result.Interp.call id) (releases_of result by)) other.Interp.state.Interp.gone

let releases_with_success func result leak =
	List.exists (fun other ->
		other.Interp.out <> leak.exit.Interp.out && Effects.outcome func other = Effects.Success
		&& List.exists (fun id -> List.mem (result.Interp.call id) (releases_of result leak.by)) other.Interp.state.Interp.gone)
		result.Interp.exits

(* What is taken with the ww_acquire_ctx of the caller is released with it. *)
let is_callers_context result call = match Interp.context_of_call call with
	| Some e -> Syntax.text e <> "NULL" && Names.parameter result.Interp.scope e <> None
	| None -> false

let is_given_on result leak =
	is_retry result leak || is_of_nothing leak || is_callers_context result leak.by || Effects.released_as_given result leak.by
	|| List.mem (value_text leak.exit) (Names.roots leak.by.Interp.obj)

(* Is it a mistake? A function may return 0 with the lock held and release it on errors, or release it
   under the condition that it took it; it does not release it on success and keep it on an error. *)
let judge_leak func result leak =
	let failed = Effects.outcome func leak.exit = Effects.Failure || is_fault leak.exit in
	let for_caller = match Program.effect_of func with
		| Some { Locks.does = Locks.Acquire | Locks.Try; _ } -> true
		| _ -> false in
	if is_given_on result leak then None
	else match leak.goto with
		| Some _ when leak.shared -> if for_caller && not failed then None else Some "medium"
		| _ ->
			if leak.shared || for_caller then if failed then Some "medium" else None
			else if failed then Some "high"
			else if Effects.outcome func leak.exit = Effects.Success && releases_with_success func result leak then
				Some "medium"
			else None

let report_leak func result leak confidence =
	let out = leak.exit.Interp.out in
	let statement, place, way = match wrong_jump leak with
		| Some place ->
			let target = match List.find_opt (fun j -> j.Interp.from = place) result.Interp.gotos with
				| Some j -> j.Interp.target
				| None -> "" in
			"goto", place, "goto " ^ target
		| None ->
			let text = value_text leak.exit in
			"return", out, if text = "" then "return" else "return " ^ Report.quote text in
	let lock = Interp.lock_name leak.by in
	let line = leak.by.Interp.at.Syntax.line in
	let u = List.hd (releases_of result leak.by) in
	finding func confidence
		{ place with Syntax.line_end = place.Syntax.line; col_end = place.Syntax.col + String.length statement }
		statement lock line (way ^ " with the reservation lock held")
		[ Printf.sprintf "%s and not released on this way out, as it is in line %d" (taken lock line)
			u.Interp.at.Syntax.line ]
		("release " ^ Report.quote lock ^ " before this " ^ statement)

let leaks func result =
	let of_exit exit =
		List.filter_map (fun h ->
			let call = result.Interp.call h.Interp.by in
			if h.Interp.sure && h.Interp.taken && not h.Interp.stale && takes call && releases_of result call <> [] then
				let joined = List.filter (is_without call exit) result.Interp.exits in
				let shared = List.exists (is_released result call) joined in
				Some { by = call; exit; goto = h.Interp.goto; shared; joined = joined <> [] }
			else None) exit.Interp.state.Interp.held in
	let last_first a b = before b.by.Interp.at a.by.Interp.at in
	let all = List.concat_map of_exit result.Interp.exits in
	let all = List.sort (fun a b -> if last_first a b then -1 else if last_first b a then 1 else 0) all in
	List.fold_left (fun found leak ->
		match judge_leak func result leak with
		| Some confidence ->
			let f = report_leak func result leak confidence in
			if List.exists (fun g -> g.Report.place = f.Report.place) found then found else f :: found
		| None -> found) [] all
