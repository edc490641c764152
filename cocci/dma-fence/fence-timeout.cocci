// SPDX-License-Identifier: GPL-2.0-only
/// A DRM scheduler can never time out, or can time out and has nothing that handles it
///
//# The timeout has to be a constant: what a module parameter sets, or is computed, may be anything. By itself the rule sees one
//# source; resvlint also looks for tables, callbacks, macros and members in other sources of the driver. A timer or delayed work that
//# run_job starts counts as the driver's own detection of a hang, unless all that its handler does is known, and nothing of it can be a recovery:
//# it signals no fence, stops no scheduler and writes no register. Where run_job calls what is not known, that may start
//# one, too: such a scheduler without a timeout is reported with low confidence. So is one that cannot run out of time but by a
//# run_job that itself takes so long. A fence that is signalled, or waited for, before run_job returns it is told by the name of the
//# variable.
//
// Clause: fence-timeout
// Confidence: Moderate
// Tokens: whole-source drm_sched_init
// Options: --no-includes --include-headers
//
// Demand: Fences must complete in reasonable time. Those of jobs that could run forever need a timeout, and code that recovers from a
//   hang: at least no further job may go to the hardware then, and all fences that are in flight have to complete. These set up
//   such schedulers: FUNCTIONS.
// Found: Here this is missing:
// Remedy: Give the scheduler a timeout, and its table a timedout_job.
//
//: Fences must complete in reasonable time. What a job from userspace does on the hardware may run forever, so a
//: scheduler needs a timeout, and in struct drm_sched_backend_ops a timedout_job, which stops further submission, completes the
//: fences of all jobs that are in flight and, if it can, resets the hardware. With MAX_SCHEDULE_TIMEOUT the scheduler never calls it; and where
//: the timeout runs out, the scheduler calls timedout_job without asking whether there is one.
//:
//: Wrong:
//:
//:     static const struct drm_sched_backend_ops foo_ops = {
//:             .run_job = foo_run_job,
//:             .free_job = foo_free_job,
//:     };
//:     ...
//:     struct drm_sched_init_args args = {
//:             .ops = &foo_ops,
//:             .timeout = MAX_SCHEDULE_TIMEOUT,
//:
//: Right:
//:
//:     static const struct drm_sched_backend_ops foo_ops = {
//:             .run_job = foo_run_job,
//:             .timedout_job = foo_timedout_job,
//:             .free_job = foo_free_job,
//:     };
//:     ...
//:             .timeout = msecs_to_jiffies(500),
//:
//: Right, too: a run_job that has done all of the job when it returns, and so returns NULL or a fence that is signalled, without
//: a timeout; and a timer of the driver's own, which run_job starts.
//:
//: Remedy: a timeout, and a timedout_job. For jobs that run_job does itself, MAX_SCHEDULE_TIMEOUT.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_timeout = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Program = Resvlint.Program
module Report = Resvlint.Report
module Values = Resvlint.Values
module Schedulers = Resvlint.Schedulers
module Fences = Resvlint.Fences
module Hangs = Resvlint.Hangs
module Rule = Resvlint.Rule
open Syntax

let line (e : expr) = e.at.line

(* Timeouts. *)

type timeout = Never | After of string | Open

let rec is_constant frame e =
	List.for_all (fun (o : Values.origin) -> match o.Values.what.node with
		| Int _ -> true
		| Var name when Names.is_capital name ->
			Program.want [ "header"; name ];
			not (Names.contains "MAX" name)
		| Binary (_, a, b) -> is_constant o.Values.within a && is_constant o.Values.within b
		| _ -> false) (Values.settled (Values.origins frame e))

let timeout_of (o : Values.origin) =
	let e = o.Values.what in
	let after b = if b then After (text e) else Open in
	match e.node with
	| _ when Schedulers.is_endless o -> Never
	| Int digits -> after (digits <> "0")
	| Var "HZ" -> after true
	| Binary (("*" | "/" | "+"), _, _) -> after (is_constant o.Values.within e)
	| Call (_, [ time ]) when Filename.check_suffix (callee e) "secs_to_jiffies" ->
		after (is_constant o.Values.within time)
	| Var name when Names.is_capital name ->
		Program.want [ "header"; name ];
		Open
	| Call _ ->
		Program.want [ "defines"; callee e ];
		Open
	| _ -> Open

let timeout origins =
	let all = List.map timeout_of origins in
	let is_never t = t = Never and is_after = function After _ -> true | _ -> false in
	if all = [] then Open
	else if List.for_all is_never all then Never
	else if List.for_all is_after all then List.hd all
	else Open

(* Jobs that run_job does itself. *)

let gives_done = [ "ERR_PTR"; "ERR_CAST"; "dma_fence_get_stub"; "dma_fence_allocate_private_stub" ]

let rec referenced e = match (bare e).node with
	| Call (_, [ only ]) when callee (bare e) = "dma_fence_get" -> referenced only
	| _ -> bare e

(* What is returned under a test that it is an error. *)
let returned_as_error (f : func) =
	let found = ref [] in
	let stmt s = match s.kind with
		| If (c, a, _) when Names.contains "IS_ERR" (text c) -> found := List.append (returned_in [ a ]) !found
		| _ -> () in
	iter ~stmt ignore f.body;
	!found

let waits = [ "dma_fence_wait"; "dma_fence_wait_timeout"; "dma_fence_default_wait" ]
let is_done_fence (f : func) e =
	let name = text (referenced e) in
	let is_signal call = (Fences.is_signal (callee call) || List.mem (callee call) waits) && match arguments_of call with
		| fence :: _ -> text (referenced fence) = name
		| [] -> false in
	List.exists (fun call -> is_signal call && Values.is_always_before f call.at e.at) (Values.calls_in f)

(* What is returned where the job goes on: None if it never does. *)
let rec goes_on depth (f : func) =
	let errors = returned_as_error f in
	let is_done (o : Values.origin) = match o.Values.what.node with
		| Call _ when List.mem (callee o.Values.what) gives_done -> true
		| _ -> Schedulers.is_null o || is_done_fence (Values.func o.Values.within) o.Values.what in
	let goes e =
		not (List.memq e errors || is_done_fence f e)
		&& not (List.for_all is_done (Values.origins_in f (referenced e))) in
	let callee = match Values.returned f with [ e ] -> callee (bare e) | _ -> "" in
	match Program.find f.source callee with
	| Some g when depth > 0 && not (Values.is_same g f) ->
		Program.look_into g;
		goes_on (depth - 1) g
	| _ ->
		if callee <> "" then Program.want [ "defines"; callee ];
		List.find_opt goes (Values.returned f)

(* Findings. *)

(* The call that tells the scheduler's table, or its timeout: of drm_sched_init(), or of a function that does the rest. *)
let telling (s : Schedulers.t) (origins : Values.origin list) =
	let ways = Values.entered_by s.Schedulers.frame in
	let rec depth n (o : Values.origin) = function
		| (frame, _) :: _ when frame = o.Values.within -> n
		| _ :: rest -> depth (n + 1) o rest
		| [] -> 0 in
	match List.fold_left max 0 (List.map (fun o -> depth 1 o ways) origins) with
	| 0 -> (s.Schedulers.frame, s.Schedulers.call)
	| n -> List.nth ways (n - 1)

let finding s origins confidence message reasons hint =
	let frame, call = telling s origins in
	let inside = Values.func frame in
	let reasons, links = reasons inside in
	{ Report.nothing with
	  Report.confidence; state = "not held"; place = (called call).at; inside = inside.fname;
	  operation = callee call; message = callee call ^ "() " ^ message; reasons; hint; links }

(* That a function makes a call, for a finding in another. *)
let told_of (f : func) call does (inside : func) =
	let link = Report.link f call in
	let name = link.Report.callee in
	if f.source = inside.source then
		([ Printf.sprintf "%s(), which %s() calls in line %d, %s" name f.fname (line call) does ], [])
	else
		([ Printf.sprintf "%s(), which %s() calls, %s" name f.fname does ],
		 [ link ])

let judge_endless s origins (table : Schedulers.table) = match Schedulers.callback table "run_job" with
	| Schedulers.Function run ->
		(match goes_on 3 run with
		| None -> []
		| Some returned ->
			let reached = List.concat_map Values.reach (Schedulers.functions table [ "run_job"; "prepare_job" ]) in
			let report confidence more =
				let reasons inside =
					let more, links = more inside in
					(List.append [
						Printf.sprintf "the timeout of the scheduler with %s is infinite" (Report.quote table.Schedulers.name);
						Printf.sprintf "its run_job, %s(), returns a fence that something else signals: %s" run.fname
							(Report.quote (text returned)) ] more, links) in
				[ finding s (table.Schedulers.by :: origins) confidence "sets up a scheduler that never times out" reasons
					"give it a timeout, and code that recovers from a hang" ] in
			match Hangs.detection [ run.source; (Values.func s.Schedulers.frame).source ] reached with
			| Hangs.Found -> []
			| Hangs.Perhaps (f, call, does) -> report "low" (told_of f call does)
			| Hangs.None_found -> report "medium" (fun _ -> ([], [])))
	| _ -> []

let judge_handler s origins after (table : Schedulers.table) =
	if Schedulers.callback table "timedout_job" <> Schedulers.Missing then []
	else
		let is_done = List.exists (fun run -> goes_on 3 run = None) (Schedulers.functions table [ "run_job" ]) in
		let more = if is_done then [ "only a run_job that takes longer by itself comes to that" ] else [] in
		[ finding s (table.Schedulers.by :: origins) (if is_done then "low" else "high")
			"sets up a scheduler that times out, and has no timedout_job"
			(fun _ -> (Printf.sprintf "timedout_job, which %s lacks, is called without a test after %s"
				(Report.quote table.Schedulers.name) (Report.quote after) :: more, []))
			"add a timedout_job that recovers from a hang" ]

let judge s =
	let origins = s.Schedulers.argument "timeout" in
	match timeout origins with
	| Open -> []
	| Never -> List.concat_map (judge_endless s origins) (Schedulers.tables s)
	| After text -> List.concat_map (judge_handler s origins text) (Schedulers.tables s)

let look () =
	Values.start ();
	Report.join (List.concat_map judge (Schedulers.all ()))

let rule = Rule.rule "fence-timeout" ~of_source:look (fun _ -> [])
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_timeout.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Fence_timeout.rule p };
@@
* E@p
