// SPDX-License-Identifier: GPL-2.0-only
/// The result of a wait for a fence is misread: the time that is left for an error, or a timeout for a success
///
//# A function is judged by its ways out: what it returns, or says, where the fence signalled, where the time ran
//# out, and where the wait failed. A result that goes into a call, a structure or a sum is not followed, nor is one in
//# a member of a structure. Functions that compare it with -ETIME wait for fences with a wait of their own, and are
//# not judged; a timeout that is taken for success is reported for fences that are known to have none, as those of the
//# scheduler. Nor is a function with too many ways to follow.
//
// Clause: waits
// Confidence: Moderate
// Tokens: dma_fence_wait dma_fence_wait_timeout dma_fence_wait_any_timeout dma_fence_default_wait dma_resv_wait_timeout
//   dma_resv_wait_timeout_rcu reservation_object_wait_timeout_rcu
// Options: --no-includes --include-headers
//
// Demand: A wait with a timeout returns the time that is left, 0 where the time ran out, and a negative error. The
//   waits here are FUNCTIONS.
// Found: What is made of that here is not what it means:
// Variant: The failure is what is not greater than 0.
// Remedy: Tell the three apart.
// Subject: do not take the time left of a wait for an error
//
//: dma_fence_wait_timeout(), dma_fence_wait_any_timeout() and dma_resv_wait_timeout() return the time that is left
//: where the fence signalled, which is greater than 0; 0 where the time ran out; and a negative error, as where
//: a signal ended an interruptible wait. With a timeout of 0 they only ask: 0 is not signalled yet. With
//: MAX_SCHEDULE_TIMEOUT, 0 does not come. dma_fence_wait() has no timeout, and returns 0 or a negative error.
//:
//: Wrong:
//:
//:     ret = dma_fence_wait_timeout(fence, true, timeout);
//:     if (ret)
//:             return ret;
//:
//: Right:
//:
//:     ret = dma_fence_wait_timeout(fence, true, timeout);
//:     if (ret < 0)
//:             return ret;
//:     if (ret == 0)
//:             return -ETIMEDOUT;
//:
//: Remedy: tell the three apart. Where there is no error to pass on, `<= 0` is the failure.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_wait_result = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Program = Resvlint.Program
module Report = Resvlint.Report
module Fences = Resvlint.Fences
module Ways = Resvlint.Ways
module Rule = Resvlint.Rule
module Outcomes = Resvlint.Outcomes
open Syntax
open Ways
open Outcomes

let success = positive
let only allowed ends = ends <> [] && List.for_all (fun o -> List.mem o allowed) ends

let gives judged =
	Printf.sprintf "what %s() in line %d returns is %s" judged.wait.name judged.wait.call.at.line
		(match judged.wait.gives with
		| Fences.Time_left -> "greater than 0 where the fence signalled, and 0 where the time ran out"
		| Fences.Errno -> "0 where the fence signalled, and else negative")

let only_asks judged = judged.wait.timeouts = [ Fences.Zero ]
let returns_one_of names part judged =
	List.for_all (fun (e : exit) -> match e.returned with
		| Some e -> List.exists (fun name -> Names.mentions name (text e)) names
		| None -> false) (exits_with part judged)

(* Is success what a message is about, as where a test wants a wait to fail? *)
let tells_of_success (m : message) =
	let text = String.lowercase_ascii (String.concat " " (List.map text (arguments_of m.teller))) in
	let has_one = List.exists (fun part -> Names.contains part text) in
	has_one [ "signal"; "complete"; "early"; "succe"; "unexpected" ]
	&& not (has_one [ "fail"; "not "; "n't "; "timeout"; "timed out"; "time out" ])
let is_meant judged =
	List.exists (fun (m : message) -> has success m.told && not (has zero m.told) && tells_of_success m)
		judged.ways.messages

(* Does the function return 0 and errors, or keep the result where it keeps errors elsewhere? *)
let returns_errno func =
	let returned = returned_in func.body in
	List.exists (fun e -> match e.node with Unary ("-", _) -> true | _ -> false) returned
	&& List.exists (fun e -> integer e = Some 0) returned
let has_errors judged =
	let scope = Names.scope judged.func in
	let is_error (e, _) =
		let e = bare e in
		match e.node with
		| Unary ("-", _) -> true
		| Call _ -> not (Fences.is_wait (callee e))
		| _ -> false in
	returns_errno judged.func
	|| List.exists (fun name -> List.exists is_error (Names.assigned scope name)) judged.ways.holders

(* The values on the side of a test that success is on: one that asks for `> 0` knows what it asks for. *)
let side_of_success (t : test) = if has success t.yes then t.yes else t.no

(* Conditions that `<= 0` mends, by their places, and the call that one is. *)
let mended : (string * int * int, string option) Hashtbl.t = Hashtbl.create 8
let key (at : pos) = (at.file, at.line, at.col)

(* if (ret) return -ETIMEDOUT; *)
let note_mended judged (e : expr) =
	let text = match (bare e).node with
		| Var name when Resvlint.Maybe.map is_signed (Hashtbl.find_opt (Program.types_of judged.func) name) = Some true -> Some None
		| Call _ when e.at = judged.wait.call.at -> Some (Some (text e ^ " <= 0"))
		| _ -> None in
	let is_whole s = match s.kind with If (c, _, _) -> c.at = e.at | _ -> false in
	if exists_stmt is_whole judged.func.body then Resvlint.Maybe.iter (Hashtbl.replace mended (key e.at)) text

(* Success ends in an error, and the timeout does not. *)
let success_fails judged =
	match first_parting success zero judged with
	| None -> []
	| Some t ->
		let good = ends success judged and timed_out = ends zero judged in
		let carries_on = List.exists (fun o -> List.mem o [ Well; Unknown; Raw ]) timed_out in
		let report confidence =
			[ finding judged confidence t.condition.at ": a wait that succeeded is taken for one that failed" [ gives judged ]
				"compare it with 0: the failure is `<= 0`, of which 0 is the timeout" ] in
		let is_for_timeout = returns_one_of [ "EBUSY"; "ETIME"; "ETIMEDOUT"; "EAGAIN"; "EWOULDBLOCK" ] success judged in
		let is_for_success = returns_one_of [ "EALREADY"; "EEXIST" ] success judged in
		let is_blind = has negative (side_of_success t) || is_for_timeout in
		if has success judged.ways.again || not carries_on || not is_blind || is_for_success || is_meant judged then []
		else if only [ Fails; May_fail ] good && (not (only_asks judged) || is_for_timeout) then
			if only [ Fails ] good then begin
				if has negative (side_of_success t) then note_mended judged t.condition;
				report "high"
			end
			else report "medium"
		else if only [ Fails; May_fail; Raw ] good && judged.func.returns = "int" && not (only_asks judged)
			&& List.for_all (fun (e : exit) -> e.result = nonzero) (exits_with success judged) then
			report (if has_errors judged then "medium" else "low")
		else []

(* A test that nothing is left for, since zero was taken care of, and with which success goes the way of errors. *)
let success_left_over judged =
	let is_left_over (t : test) = match t.yes, t.no with
		| 0, one | one, 0 -> one = nonzero || one = zero
		| _ -> false in
	match List.find_opt is_left_over judged.ways.tests with
	| Some t when judged.func.returns = "int" && not (only_asks judged) && not (is_meant judged)
	  && only [ Fails; May_fail; Raw ] (ends success judged) && not (has success judged.ways.again)
	  && List.for_all (fun (e : exit) -> e.result = nonzero && not e.used) (exits_with success judged) ->
		[ finding judged (if has_errors judged then "medium" else "low") t.condition.at
			": a wait that succeeded is taken for one that failed" [ gives judged; "nothing is left for the other branch" ]
			"the error is `< 0`" ]
	| _ -> []

(* A message that stands where the wait succeeded or failed, and not where the time ran out. *)
let is_test func = List.exists (fun p -> Names.mentions "kunit" p.ptype) func.params
let success_complained judged =
	List.filter_map (fun (m : message) ->
		if m.told = nonzero && m.complaint && not (is_test judged.func) && not (tells_of_success m) && not (only_asks judged) then
			Some (finding judged "medium" m.teller.at ": a wait that succeeded is reported as one that failed" [ gives judged ]
				"compare it with 0: the failure is `<= 0`, of which 0 is the timeout")
		else None) judged.ways.messages

(* A timeout that goes with success, where errors do not. *)
let timeout_carries_on judged =
	let wait = judged.wait and scope = Names.scope judged.func in
	match first_parting negative success judged with
	| Some t when Fences.is_finite wait && Fences.foreign judged.func scope wait = None && Fences.has_default_wait scope wait
	  && first_parting zero success judged = None && not (has zero judged.ways.again) && is_ignored zero judged ->
		[ finding judged "medium" t.condition.at ": a timeout is taken for success"
			[ gives judged; "only errors are told apart, and the timeout is finite" ]
			"treat 0 as a failure, too" ]
	| _ -> []

(* An interrupted wait that goes with success, where the timeout does not. *)
let error_carries_on judged =
	match first_parting success zero judged with
	| Some t when Fences.is_interruptible judged.wait && first_parting negative success judged = None
	  && judged.ways.compared = [] && not (has success judged.ways.again) && is_ignored success judged
	  && List.mem Well (ends success judged) && not (List.mem Well (ends zero judged)) ->
		[ finding judged "medium" t.condition.at ": an interrupted wait is taken for success"
			[ gives judged; "it is negative where a signal ends the wait, which this one lets" ]
			"treat what is negative as a failure, too" ]
	| _ -> []

(* What is kept in an unsigned variable is never less than 0. *)
let never_negative judged =
	let is_unsigned_variable e = match (bare e).node with
		| Var name ->
			let own = List.filter (fun (v : variable) -> v.name = name) (declared_in judged.func.body) in
			own <> [] && List.for_all (fun (v : variable) -> is_unsigned v.typ) own
		| _ -> false in
	let asks (t : test) = List.mem negative [ t.yes; t.no ] && is_unsigned_variable t.condition in
	match List.find_opt asks judged.ways.tests with
	| Some t ->
		[ finding judged "high" t.condition.at ": an error is looked for in an unsigned variable"
			[ Report.quote (text t.condition) ^ " is never less than 0" ] "keep the result in a long" ]
	| None -> []

(* The result as it is, returned where 0 is success. *)
let is_ioctl func = match List.map (fun p -> p.ptype) func.params with
	| [ "struct drm_device *"; "void *"; "struct drm_file *" ] -> true
	| _ -> false
let returned_raw judged =
	let is_raw (e : exit) = e.value = Result && has success e.result in
	match List.filter is_raw judged.ways.exits with
	| exit :: _ when judged.func.returns = "int" && (is_ioctl judged.func || returns_errno judged.func) ->
		let out = exit.out in
		[ finding judged (if is_ioctl judged.func then "medium" else "low")
			{ out with line_end = out.line; col_end = out.col + String.length "return" }
			": the time that is left is returned where 0 is success" [ gives judged ]
			"return 0 where it is greater than 0, and an error where it is 0" ]
	| _ -> []

(* dma_fence_wait() has no time left: greater than 0 is never, and 0 is success. *)
let errno_misread judged =
	match first_parting success zero judged with
	| Some t when only [ Fails ] (ends zero judged)
	  && List.exists (fun o -> List.mem o [ Well; Unknown ]) (ends success judged)
	  && not (has zero judged.ways.again)
	  && not (returns_one_of [ "EAGAIN"; "EALREADY"; "EDEADLK"; "ERESTARTSYS" ] zero judged) ->
		[ finding judged "high" t.condition.at ": a wait that succeeded is taken for one that failed" [ gives judged ]
			"the failure is `< 0`" ]
	| _ -> []

(* A callback of memory management that must wait until the fence has signalled. *)
let must_wait func =
	let types = List.map (fun p -> p.ptype) func.params in
	let has_type name = List.exists (fun typ -> Names.mentions name typ) types in
	(has_type "mmu_notifier_range" && (has_type "mmu_interval_notifier" || has_type "mmu_notifier"))
	|| (has_type "shrinker" && has_type "shrink_control")
let is_dropped func (wait : Fences.wait) =
	exists_stmt (fun s -> match s.kind with Expr (Some e) -> e.at = wait.call.at | _ -> false) func.body
(* Is it kept, and nobody asks for it? *)
let is_unread judged =
	let ways = judged.ways in
	not ways.gave_up && ways.holders <> [] && ways.tests = [] && ways.compared = [] && ways.exits <> [] && is_ignored any judged
let dropped judged =
	if (is_dropped judged.func judged.wait || is_unread judged) && Fences.is_interruptible judged.wait && must_wait judged.func
	   && not (Fences.is_asked_later judged.func judged.wait) then
		[ finding judged "medium" (called judged.wait.call).at
			": the result of a wait that signals end is dropped, where memory is taken away"
			[ "a signal ends the wait, and the callback goes on as if the fence had signalled" ]
			"wait without signals" ]
	else []

let readings judged =
	if judged.ways.gave_up then []
	else if never_negative judged <> [] then never_negative judged
	else match judged.wait.gives with
	| Fences.Errno -> errno_misread judged
	| Fences.Time_left ->
		match List.concat [ success_fails judged; success_complained judged; success_left_over judged ] with
		| [] -> List.concat [ timeout_carries_on judged; error_carries_on judged; returned_raw judged ]
		| worst :: _ -> [ worst ]

(* A fence with a wait of its own may return -ETIME. *)
let has_own_wait judged =
	List.exists (fun name -> List.mem name [ "-ETIME"; "-ETIMEDOUT" ]) judged.ways.compared

let judge func =
	let all = List.map (Outcomes.of_wait func) (Fences.waits func (Names.scope func)) in
	let judged = if List.exists has_own_wait all then [] else List.concat_map readings all in
	List.append judged (List.concat_map dropped all)

let edits f = match Hashtbl.find_opt mended (key f.Report.place) with
	| Some (Some text) -> [ (f.Report.place, f.Report.operation, "call", text) ]
	| _ -> []
let is_mended places =
	List.exists (fun (p : Coccilib.pos) -> Hashtbl.mem mended (p.Coccilib.file, p.Coccilib.line, p.Coccilib.col)) places

let rule = Rule.rule "fence-wait-result" ~before:(fun () -> Hashtbl.reset mended) ~edits judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_wait_result.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Fence_wait_result.rule p };
@@
* E@p

@depends on context@
position p : script:ocaml() { Resvlint.Rule.found Fence_wait_result.rule p };
@@
* return@p ...;

@depends on patch@
expression E;
statement S1, S2;
position p : script:ocaml() { Fence_wait_result.is_mended p };
@@
  if (E@p
+ <= 0
  ) S1 else S2
