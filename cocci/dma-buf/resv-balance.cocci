// SPDX-License-Identifier: GPL-2.0-only
/// A reservation lock is still held on some way out of a function, is taken twice, or is dropped twice
///
//# A function that returns with the lock held on purpose is told by its other ways out: it must drop the
//# lock somewhere to be reported, or else none of its callers, which the source must show, may drop it. Where several ways lead through one return, the one that keeps the lock is seen
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

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Resv_balance = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Program = Resvlint.Program
module Report = Resvlint.Report
module Effects = Resvlint.Effects
module Leaks = Resvlint.Leaks
module Rule = Resvlint.Rule

(* Locks that are taken twice. *)

let holds_alone result h =
	let call = result.Interp.call h.Interp.by in
	Interp.does [ Locks.Assert; Locks.Iterate ] call || Leaks.takes_alone call

(* Was it taken in a context that a function which takes it inside is not given? *)
let holds_in_other_context result h (call : Interp.call) =
	Interp.does [ Locks.Acquire_inside ] call
	&& (match Interp.context_of_call (result.Interp.call h.Interp.by) with
	    | Some e -> not (List.exists (Names.related result.Interp.scope e) call.Interp.arguments)
	    | None -> false)

(* What may only try does not wait for itself. *)
let waits result (call : Interp.call) = match call.Interp.action with
	| Some { Locks.does = Locks.Acquire_inside; _ } -> true
	| Some ({ Locks.does = Locks.Acquire; _ } as action) ->
		(Locks.without_context ~unlisted:false action call.Interp.arguments || Effects.begins_context result call)
		&& not (Effects.may_only_try result.Interp.scope call)
	| _ -> false

let seconds func result =
	List.filter_map (fun ((call : Interp.call), states) ->
		let again h =
			let first = result.Interp.call h.Interp.by in
			let is_taken obj = Leaks.is_same result first { call with Interp.obj } in
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
				Some (Leaks.finding func "medium" call.Interp.at call.Interp.name lock line
					(Report.call call.Interp.name ^ " takes a reservation lock that is held already")
					[ Printf.sprintf "%s held since line %d" (Report.quote lock) line ]
					("release " ^ Report.quote lock ^ " first"))) result.Interp.calls

(* Locks that are released twice. *)

let is_own_release result u = List.exists (fun (q, _) -> Leaks.takes q && Leaks.is_same result q u) result.Interp.calls

(* Ways on which no attempt failed that cannot fail. *)
let possible result =
	List.filter (fun s ->
		List.for_all (fun id -> Effects.may_fail result.Interp.scope (result.Interp.call id)) s.Interp.missed)

let released_again func result seconds =
	List.filter_map (fun ((call : Interp.call), states) ->
		let lock = Interp.lock_name call in
		let first s =
			if List.exists (fun h -> Leaks.is_same result (result.Interp.call h.Interp.by) call) s.Interp.held then None
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
				Some (Leaks.finding func "medium" call.Interp.at call.Interp.name lock line
					(call.Interp.name ^ "() drops a reservation lock that is not held any more")
					[ Printf.sprintf "%s released in line %d" (Report.quote lock) line ]
					("release " ^ Report.quote lock ^ " once"))) result.Interp.calls

(* Locks that are released where the attempt to take them failed. *)

let not_got func result =
	if result.Interp.gave_up then []
	else
		List.filter_map (fun ((call : Interp.call), states) ->
			let is_held s = List.exists (fun h -> Leaks.is_same result (result.Interp.call h.Interp.by) call) s.Interp.held in
			let failed s =
				if is_held s then None
				else
					List.find_opt (fun attempt -> Leaks.takes attempt && Leaks.is_same result attempt call) (List.map result.Interp.call s.Interp.missed) in
			if not (Interp.does [ Locks.Release ] call) then None
			else
				match List.filter_map failed (possible result states) with
				| [] -> None
				| attempt :: _ ->
					let lock = Interp.lock_name attempt and line = attempt.Interp.at.Syntax.line in
					Some (Leaks.finding func "medium" call.Interp.at call.Interp.name lock line
						(call.Interp.name ^ "() drops a reservation lock that was not taken")
						[ Printf.sprintf "the attempt to take %s in line %d may have failed" (Report.quote lock) line ]
						("leave before this where " ^ attempt.Interp.name ^ "() fails"))) result.Interp.calls

let rule = Rule.rule "resv-balance" ~before:Resvlint.Unreleased.start (fun func ->
	let result = Program.result func in
	let seconds = seconds func result in
	List.concat [ Leaks.leaks func result; Resvlint.Unreleased.found func result; seconds; released_again func result seconds; not_got func result ])
end

@script:ocaml@
@@
Resvlint.Rule.run Resv_balance.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Resv_balance.rule p };
@@
* E@p

@depends on context@
position p : script:ocaml() { Resvlint.Rule.found Resv_balance.rule p };
@@
* return@p ...;
