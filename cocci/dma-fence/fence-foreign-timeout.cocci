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
module Report = Resvlint.Report
module Fences = Resvlint.Fences
module Ways = Resvlint.Ways
module Rule = Resvlint.Rule

let has part mask = mask land part <> 0

let is_constant (wait : Fences.wait) =
	List.mem Fences.Finite wait.Fences.timeouts
	&& List.for_all (fun t -> List.mem t [ Fences.Finite; Fences.Zero ]) wait.Fences.timeouts

(* Does a test tell the timeout from success? *)
let tells_apart (t : Ways.test) =
	let apart yes no = has Ways.zero yes && not (has Ways.positive yes) && has Ways.positive no && not (has Ways.zero no) in
	apart t.Ways.yes t.Ways.no || apart t.Ways.no t.Ways.yes

(* Conditions that decide of a message and of nothing else: WARN_ON(ret <= 0), if (!ret) dev_err(...); *)
let only_told func (ways : Ways.ways) =
	let places = ref [] in
	let inside e = Syntax.iter_expr (fun e -> places := e.Syntax.at :: !places) e in
	let rec is_message s = match s.Syntax.kind with
		| Syntax.Block list -> List.for_all is_message list
		| Syntax.Expr (Some e) -> List.exists (fun (m : Ways.message) -> m.Ways.teller.Syntax.at = e.Syntax.at) ways.Ways.messages
		| Syntax.Expr None | Syntax.Nothing -> true
		| _ -> false in
	Syntax.iter ~stmt:(fun s -> match s.Syntax.kind with
		| Syntax.If (c, a, None) when is_message a -> inside c
		| Syntax.Expr (Some e) when is_message s -> inside e
		| _ -> ()) ignore func.Syntax.body;
	fun (t : Ways.test) -> List.mem t.Ways.condition.Syntax.at !places

(* The timeout and success are one but for messages, and nobody else gets the result. *)
let carries_on func (ways : Ways.ways) =
	not ways.Ways.gave_up
	&& List.for_all (only_told func ways) (List.filter tells_apart ways.Ways.tests)
	&& List.for_all (fun (e : Ways.exit) -> not (has Ways.zero e.Ways.result) || (not e.Ways.used && e.Ways.value <> Ways.Result))
		ways.Ways.exits

let is_asked (ways : Ways.ways) = ways.Ways.tests <> []

let complains (ways : Ways.ways) = List.exists tells_apart ways.Ways.tests

let finding func (wait : Fences.wait) source ways =
	let f = match wait.Fences.call.Syntax.node with Syntax.Call (f, _) -> f | _ -> wait.Fences.call in
	let reason =
		if complains ways then "where the time ran out there is a message, and no more"
		else if is_asked ways then "only errors are told apart, and a timeout is no error"
		else "nothing asks whether the fence signalled" in
	{ Report.nothing with
	  Report.confidence = if complains ways then "low" else "medium"; state = "held"; place = f.Syntax.at; inside = func.Syntax.fname;
	  operation = wait.Fences.name; arguments = String.concat ", " (List.map Syntax.text (Syntax.arguments_of wait.Fences.call));
	  message = wait.Fences.name ^ "() with a constant timeout, after which the code carries on";
	  reasons = [ Printf.sprintf "the fence comes from %s, and may be another driver's" source; reason ];
	  hint = "wait with MAX_SCHEDULE_TIMEOUT, or give up where it returns 0" }

let judge func =
	let scope = Names.scope func in
	List.filter_map (fun (wait : Fences.wait) ->
		if wait.Fences.gives <> Fences.Time_left || not (is_constant wait) || Fences.is_asked_later func wait then None
		else match Fences.foreign func scope wait with
			| None -> None
			| Some source ->
				let ways = Ways.from func wait.Fences.call in
				if carries_on func ways then Some (finding func wait source ways) else None) (Fences.waits func scope)

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
