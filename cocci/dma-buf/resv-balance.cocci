// SPDX-License-Identifier: GPL-2.0-only
/// A reservation lock is still held on some way out of a function, is taken twice, or is dropped twice
///
//# A function that returns with the lock held on purpose is told by its other ways out: it must drop the
//# lock somewhere to be reported. Where several ways lead through one return, the one that keeps the lock is seen
//# if it is a jump over the release, or has put an error into what is returned. A lock is dropped that was not taken
//# where the attempt can fail, as far as its arguments tell; WARN_ON() of the result says that it did not.
//# Locks of a ww_acquire_ctx that is released as a whole, and locks that are taken in a loop over objects, are not
//# followed, nor is a break out of a loop or a switch.
//
// Clause: balance
// Confidence: Moderate
// Tokens: lock-functions
// Options: --no-includes --include-headers
//
// Demand: A reservation lock that a function takes has to be dropped on every way out of it, and must not be taken
//   twice. The lock is taken with FUNCTIONS.
// Found: This is not so here:
// Remedy: Drop the lock where it was forgotten.
//
//: A function that takes a reservation lock and drops it again has to drop it on every way out, once, and only where
//: it was taken: a message about an attempt that failed is not enough. It must not take the lock of an object that it
//: has locked already: unless it does so with the same ww_acquire_ctx, that waits for itself.
//:
//: Wrong:
//:
//:     ret = dma_resv_lock_interruptible(obj->resv, NULL);
//:     if (ret)
//:             return ret;
//:     ret = foo_move(obj);
//:     if (ret)
//:             return ret;
//:     dma_resv_unlock(obj->resv);
//:     return 0;
//:
//: Right:
//:
//:     ret = foo_move(obj);
//:     dma_resv_unlock(obj->resv);
//:     return ret;
//:
//: Remedy: drop the lock before the return, or go to a label that does.

virtual report
virtual context
virtual org
virtual patch
virtual facts

@initialize:ocaml@
@@
module Resv_balance = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Program = Resvlint.Program
module Report = Resvlint.Report
module Judge = Resvlint.Judge
module Callbacks = Resvlint.Callbacks
module Effects = Resvlint.Effects
module Rule = Resvlint.Rule

let takes = Interp.does [ Locks.Acquire; Locks.Try ]
let releases = Interp.does [ Locks.Release; Locks.Release_all ]
let before (a : Syntax.pos) (b : Syntax.pos) =
	(a.Syntax.line, a.Syntax.col) < (b.Syntax.line, b.Syntax.col)

let taken lock line = Printf.sprintf "%s taken in line %d" (Report.quote lock) line

let finding func confidence place operation lock line message reasons hint =
	{ Report.confidence; state = "held"; place; inside = func.Syntax.fname; operation; arguments = lock;
	  lock = (lock, line); message; reasons; hint; replacement = ""; kind = "" }

let is_same result (a : Interp.call) (b : Interp.call) =
	Interp.lock_name a = Interp.lock_name b
	|| Names.same_object result.Interp.scope a.Interp.obj b.Interp.obj

let context_of (call : Interp.call) = match call.Interp.action with
	| Some action -> Locks.context_of action call.Interp.arguments
	| None -> None

(* drm_exec_fini(&exec) releases what drm_exec_lock_obj(&exec, obj) took. *)
let is_context_of (u : Interp.call) (call : Interp.call) = match context_of call with
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

(* goto: the last jump before it; shared: others come to the same way out after they released the lock; joined: others
   come to it without the lock, if only since they did not get it. *)
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

(* Is it a mistake? A function may return 0 with the lock held and release it on errors, or release it
   under the condition that it took it; it does not release it on success and keep it on an error. *)
let judge_leak func result leak =
	let failed = Effects.outcome func leak.exit = Effects.Failure || is_fault leak.exit in
	let for_caller = match Program.effect_of func with
		| Some { Locks.does = Locks.Acquire | Locks.Try; _ } -> true
		| _ -> false in
	if is_retry result leak || is_of_nothing leak
	   || List.mem (value_text leak.exit) (Names.roots leak.by.Interp.obj) then None
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

(* What is taken with the ww_acquire_ctx of the caller is released with it. *)
let is_callers_context result call = match context_of call with
	| Some e -> Syntax.text e <> "NULL" && Names.parameter result.Interp.scope e <> None
	| None -> false

let leaks func result =
	let of_exit exit =
		List.filter_map (fun h ->
			let call = result.Interp.call h.Interp.by in
			if h.Interp.sure && h.Interp.taken && not h.Interp.stale && takes call
			   && not (is_callers_context result call) && releases_of result call <> []
			   && not (Effects.released_as_given result call) then
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

(* Locks that are taken twice. *)

let holds_alone result h =
	let call = result.Interp.call h.Interp.by in
	Interp.does [ Locks.Assert; Locks.Iterate ] call || takes_alone call

(* Was it taken in a context that a function which takes it inside is not given? *)
let holds_in_other_context result h (call : Interp.call) =
	Interp.does [ Locks.Locks ] call
	&& (match context_of (result.Interp.call h.Interp.by) with
	    | Some e -> not (List.exists (Names.related result.Interp.scope e) call.Interp.arguments)
	    | None -> false)

(* What may only try does not wait for itself. *)
let waits result (call : Interp.call) = match call.Interp.action with
	| Some { Locks.does = Locks.Locks; _ } -> true
	| Some ({ Locks.does = Locks.Acquire; _ } as action) ->
		(Locks.without_context ~unlisted:false action call.Interp.arguments || Effects.begins_context result call)
		&& not (Effects.may_only_try result.Interp.scope call)
	| _ -> false

let seconds func result =
	List.filter_map (fun ((call : Interp.call), states) ->
		let again h =
			let first = result.Interp.call h.Interp.by in
			let is_taken obj = is_same result first { call with Interp.obj } in
			h.Interp.sure && not h.Interp.stale
			&& (holds_alone result h || holds_in_other_context result h call)
			&& List.exists is_taken (call.Interp.obj :: call.Interp.others) in
		if not (waits result call) then None
		else
			match List.concat_map (fun s -> List.filter again s.Interp.held) states with
			| [] -> None
			| h :: _ ->
				let first = result.Interp.call h.Interp.by in
				let lock = Interp.lock_name first and line = first.Interp.at.Syntax.line in
				Some (finding func "medium" call.Interp.at call.Interp.name lock line
					(call.Interp.name ^ "() takes a reservation lock that is held already")
					[ Printf.sprintf "%s held since line %d" (Report.quote lock) line ]
					("release " ^ Report.quote lock ^ " first"))) result.Interp.calls

(* Locks that are released twice. *)

let is_own_release result u = List.exists (fun (q, _) -> takes q && is_same result q u) result.Interp.calls

(* Ways on which no attempt failed that cannot fail. *)
let possible result =
	List.filter (fun s ->
		List.for_all (fun id -> Effects.may_fail result.Interp.scope (result.Interp.call id)) s.Interp.missed)

let released_again func result seconds =
	List.filter_map (fun ((call : Interp.call), states) ->
		let lock = Interp.lock_name call in
		let first s =
			if List.exists (fun h -> is_same result (result.Interp.call h.Interp.by) call) s.Interp.held then None
			else List.find_opt (fun id ->
				let u = result.Interp.call id in
				Interp.lock_name u = lock && Interp.does [ Locks.Release ] u && is_own_release result u) s.Interp.gone in
		let is_second = List.exists (fun f -> fst f.Report.lock = lock) seconds in
		if not (Interp.does [ Locks.Release ] call) || String.contains lock (Char.chr 91) || is_second then None
		else
			match List.filter_map first (possible result states) with
			| [] -> None
			| id :: _ ->
				let line = (result.Interp.call id).Interp.at.Syntax.line in
				Some (finding func "medium" call.Interp.at call.Interp.name lock line
					(call.Interp.name ^ "() drops a reservation lock that is not held any more")
					[ Printf.sprintf "%s released in line %d" (Report.quote lock) line ]
					("release " ^ Report.quote lock ^ " once"))) result.Interp.calls

(* Locks that are released where the attempt to take them failed. *)

let not_got func result =
	if result.Interp.gave_up then []
	else
		List.filter_map (fun ((call : Interp.call), states) ->
			let is_held s = List.exists (fun h -> is_same result (result.Interp.call h.Interp.by) call) s.Interp.held in
			let failed s =
				if is_held s then None
				else
					List.find_opt (fun attempt -> takes attempt && is_same result attempt call) (List.map result.Interp.call s.Interp.missed) in
			if not (Interp.does [ Locks.Release ] call) then None
			else
				match List.filter_map failed (possible result states) with
				| [] -> None
				| attempt :: _ ->
					let lock = Interp.lock_name attempt and line = attempt.Interp.at.Syntax.line in
					Some (finding func "medium" call.Interp.at call.Interp.name lock line
						(call.Interp.name ^ "() drops a reservation lock that was not taken")
						[ Printf.sprintf "the attempt to take %s in line %d may have failed" (Report.quote lock) line ]
						("leave before this where " ^ attempt.Interp.name ^ "() fails"))) result.Interp.calls

let rule = Rule.rule "resv-balance" (fun func ->
	let result = Program.result func in
	let seconds = seconds func result in
	List.concat [ leaks func result; seconds; released_again func result seconds; not_got func result ])
end

@script:ocaml@
@@
Resvlint.Rule.start Resv_balance.rule (Coccilib.files ())

@script:ocaml depends on facts@
@@
Resvlint.Rule.facts Resv_balance.rule

@script:ocaml depends on report@
@@
Resvlint.Rule.report Resv_balance.rule

@script:ocaml depends on org@
@@
Resvlint.Rule.org Resv_balance.rule

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Resv_balance.rule p };
@@
* E@p

@depends on context@
position p : script:ocaml() { Resvlint.Rule.found Resv_balance.rule p };
@@
* return@p ...;
