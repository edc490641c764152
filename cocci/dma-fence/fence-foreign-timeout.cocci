// SPDX-License-Identifier: GPL-2.0-only
/// A constant timeout on somebody else's fence, after which the code carries on as if the fence had signalled
///
//# Somebody else's are the fences of reservation objects, which any driver may add to, those of a plane's state, and
//# those that come from user space. What a function does where the time ran out is told by its ways out: another one than
//# that of success is none of the kind, nor is a later question whether the fence signalled; where there is a message
//# and no more, confidence is low. Timeouts that the caller or user space gives are not looked at. Callers of a function
//# that returns what the wait returned may tell the two apart, and nothing is reported.
//
// Clause: timeouts
// Confidence: Moderate
// Tokens: dma_fence_wait_timeout dma_fence_wait_any_timeout dma_fence_default_wait dma_resv_wait_timeout
//   dma_resv_wait_timeout_rcu reservation_object_wait_timeout_rcu
// Options: --no-includes --include-headers
//
// Demand: Drivers do not second guess the timeout handling of fences from other drivers. FUNCTIONS wait for such a
//   fence here with a constant timeout,
// Found: after which the code carries on as if it had signalled:
// Remedy: Wait without a timeout, or give up with an error where the time ran out.
//
//: A fence completes in a time that its own driver finds reasonable, which recovers from hangs by itself. Drivers
//: should not second guess that for fences from other drivers: a constant timeout of one's own ends while the other
//: device still works on the buffer. Whoever then carries on frees, moves or reads memory that is in use.
//:
//: Wrong:
//:
//:     ret = dma_resv_wait_timeout(obj->resv, DMA_RESV_USAGE_WRITE, false, 5 * HZ);
//:     if (ret < 0)
//:             return ret;
//:     foo_move(obj);
//:
//: Right:
//:
//:     ret = dma_resv_wait_timeout(obj->resv, DMA_RESV_USAGE_WRITE, false, MAX_SCHEDULE_TIMEOUT);
//:     if (ret < 0)
//:             return ret;
//:     foo_move(obj);
//:
//: Remedy: wait with MAX_SCHEDULE_TIMEOUT, or give up with an error where the wait returns 0.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_foreign_timeout = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Fences = Resvlint.Fences
module Ways = Resvlint.Ways
module Rule = Resvlint.Rule
module Outcomes = Resvlint.Outcomes
open Syntax
open Outcomes

(* The tests that tell the timeout from success. *)
let complaints judged = List.filter (Ways.parts Ways.zero Ways.positive) judged.ways.tests

(* Conditions that decide of a message and of nothing else: WARN_ON(ret <= 0), if (!ret) dev_err(...); *)
let only_told func (ways : Ways.ways) =
	let places = ref [] in
	let inside e = iter_expr (fun e -> places := e.at :: !places) e in
	let rec is_message s = match s.kind with
		| Block list -> List.for_all is_message list
		| Expr (Some e) -> List.exists (fun (m : Ways.message) -> m.Ways.teller.at = e.at) ways.Ways.messages
		| Expr None | Nothing -> true
		| _ -> false in
	iter ~stmt:(fun s -> match s.kind with
		| If (c, a, None) when is_message a -> inside c
		| Expr (Some e) when is_message s -> inside e
		| _ -> ()) ignore func.body;
	fun (t : Ways.test) -> List.mem t.Ways.condition.at !places

(* The timeout and success are one but for messages, and nobody else gets the result. *)
let carries_on judged =
	not judged.ways.gave_up && List.for_all (only_told judged.func judged.ways) (complaints judged) && is_ignored Ways.zero judged

let finding judged source =
	let complains = complaints judged <> [] in
	let reason =
		if complains then "where the time ran out there is a message, and no more"
		else if judged.ways.tests <> [] then "only errors are told apart, and a timeout is no error"
		else "nothing asks whether the fence signalled" in
	Outcomes.finding judged (if complains then "low" else "medium") (called judged.wait.call).at
		" with a constant timeout, after which the code carries on"
		[ Printf.sprintf "the fence comes from %s, and may be another driver's" source; reason ]
		"wait with MAX_SCHEDULE_TIMEOUT, or give up where it returns 0"

let judge func =
	let scope = Names.scope func in
	List.filter_map (fun (wait : Fences.wait) ->
		if wait.gives <> Fences.Time_left || not (Fences.is_finite wait) || Fences.is_asked_later func wait then None
		else Resvlint.Maybe.bind (Fences.foreign func scope wait) (fun source ->
			let judged = Outcomes.of_wait func wait in
			if carries_on judged then Some (finding judged source) else None)) (Fences.waits func scope)

let rule = Rule.rule "fence-foreign-timeout" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_foreign_timeout.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Fence_foreign_timeout.rule p };
@@
* E@p
