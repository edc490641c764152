// SPDX-License-Identifier: GPL-2.0-only
/// Work that the completion of a fence needs is queued where no rescuer is guaranteed
///
//# Queues are followed through variables, parameters, what functions return, and members by the structure that they are
//# of, by resvlint also through the sources of a driver. Where a queue is used shows by no types that the sources
//# declare, nothing is reported. Nor is it where the flags are not plain. Functions that signal a fence are told by what they
//# and those that they call by name call; macros that put the names of members together hide them. That a worker signals
//# a fence somewhere does not say that others wait for it while memory is short: where it is queued when the last reference to an object goes,
//# confidence is low.
//
// Clause: fence-workqueue
// Confidence: Moderate
// Tokens: whole-source drm_sched_init dma_fence_signal dma_fence_signal_locked dma_fence_signal_timestamp
//   dma_fence_signal_timestamp_locked dma_fence_check_and_signal dma_fence_check_and_signal_locked
//   drm_sched_fence_finished drm_sched_fence_scheduled
// Options: --no-includes --include-headers
//
// Demand: Whoever frees memory may wait for fences, so that what completes them cannot rely on memory. Only a work queue that
//   is made with WQ_MEM_RECLAIM has a thread in reserve for when no further one can be had. These make one: FUNCTIONS.
// Found: Here the flag is missing:
// Remedy: Make the queue with WQ_MEM_RECLAIM.
// Subject: make queues that fences need with WQ_MEM_RECLAIM
//
//: Drivers may wait for a fence from their shrinkers and MMU notifiers, thus while memory is being reclaimed. What has to
//: run before a fence can be signalled must go on without new memory: jobs that a DRM scheduler submits (submit_wq), the
//: recovery from a hang (timeout_wq), and any worker that signals a fence. A work queue whose threads are all busy needs memory
//: for a new one, unless it was made with WQ_MEM_RECLAIM: then it has a rescuer, a thread in reserve.
//:
//: Wrong:
//:
//:     foo->reset_wq = alloc_ordered_workqueue("foo-reset", 0);
//:     ...
//:     args.timeout_wq = foo->reset_wq;
//:     ret = drm_sched_init(&foo->sched, &args);
//:
//: Right:
//:
//:     foo->reset_wq = alloc_ordered_workqueue("foo-reset", WQ_MEM_RECLAIM);
//:
//: Without queues of its own (NULL), a scheduler has what it needs. create_workqueue(), create_singlethread_workqueue() and
//: create_freezable_workqueue() imply the flag.
//: The system's queues, which schedule_work() takes, have no rescuer; as many use them, that is reported with low
//: confidence.
//:
//: Remedy: add the flag. A worker there must not flush a queue without it, nor wait for work on one. Work that fences
//: do not need belongs on another queue.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_workqueue = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Program = Resvlint.Program
module Report = Resvlint.Report
module Values = Resvlint.Values
module Schedulers = Resvlint.Schedulers
module Works = Resvlint.Works
module Queues = Resvlint.Queues
module Fences = Resvlint.Fences
module Rule = Resvlint.Rule
open Syntax

let line (e : expr) = e.at.line

(* How a function signals a fence: the functions on the way, each with its call, the outermost first; [] if it does not. *)
type step = { caller : func; call : expr }
let signals : (string * string, step list) Hashtbl.t = Hashtbl.create 64
let find_signal (f : func) =
	let is_signal call = Fences.is_signal (callee call) in
	let rec search seen = function
		| [] -> []
		| (f, way) :: rest ->
			let step call = { caller = f; call } :: way in
			(match List.find_opt is_signal (Values.calls_in f) with
			| Some call -> List.rev (step call)
			| None ->
				let next = List.filter_map (fun call ->
					Resvlint.Maybe.map (fun g -> (g, step call)) (Program.find f.source (callee call))) (Values.calls_in f) in
				let next = List.filter (fun (g, _) -> not (List.exists (Values.is_same g) seen)) next in
				search (List.append (List.map fst next) seen) (List.append rest next)) in
	let key = (f.source, f.fname) in
	match Hashtbl.find_opt signals key with
	| Some known -> known
	| None ->
		let found = search [ f ] [ (f, []) ] in
		Hashtbl.replace signals key found;
		found
let signals_fence f = find_signal f <> []

(* What work runs that is queued in a function: where it is told of several functions, not all of which signal a fence, those that are told of
   in the same function count. *)
let run_by bindings (inside : func) work =
	let at = Works.bound bindings work in
	let is_said_here b = match b.Works.said with Some f -> Values.is_same f inside | None -> false in
	let signals b = signals_fence b.Works.runs in
	let at = if List.for_all signals at then at else List.filter (fun b -> signals b && is_said_here b) at in
	List.sort_uniq compare (List.map (fun b -> b.Works.runs) at)

(* Where a queue is used, and for what. *)
type role = Jobs | Timeouts | Work | Release
type use = {
	queue : Values.origin list;
	at : expr;
	inside : func;
	role : role;
	why : string -> string * Report.link list;	(* for a finding in this source: what is in others is told by links *)
	runs : unit -> func list;
}

(* What runs on a queue that has the flag must not wait for one that has not. *)
let waiters = [ "flush_work"; "flush_delayed_work"; "flush_rcu_work"; "flush_workqueue"; "drain_workqueue"; "flush_scheduled_work" ]
let find_flush functions =
	let flush (f : func) =
		List.find_opt (fun call -> List.mem (callee call) waiters) (Values.calls_in f)
		|> Resvlint.Maybe.map (fun call -> Printf.sprintf "%s() in %s(), line %d" (callee call) f.fname (line call)) in
	List.find_map flush (List.concat_map Values.reach functions)

let callbacks s () =
	List.concat_map (fun table -> Schedulers.functions table [ "prepare_job"; "run_job"; "timedout_job"; "free_job" ]) (Schedulers.tables s)

let uses_of_schedulers () =
	List.concat_map (fun (s : Schedulers.t) ->
		let timeouts = s.Schedulers.argument "timeout" and inside = Values.func s.Schedulers.frame and at = s.Schedulers.call in
		let is_endless = timeouts <> [] && List.for_all Schedulers.is_endless timeouts in
		let queues = [ ("submit_wq", Jobs) ] in
		let queues = if is_endless then queues else ("timeout_wq", Timeouts) :: queues in
		let why name file =
			if inside.source = file then
				(Printf.sprintf "it is the %s of a scheduler, by drm_sched_init() in line %d" name (line at), [])
			else (Printf.sprintf "it is the %s of a scheduler" name, [ Report.link inside at ]) in
		List.map (fun (name, role) ->
			{ queue = s.Schedulers.argument name; at; inside; why = why name; role; runs = callbacks s }) queues) (Schedulers.all ())

let why_signals (f : func) (inside : func) call file =
	let way = find_signal f in
	let last = List.nth way (List.length way - 1) in
	if List.for_all (fun (g : func) -> g.source = file) (inside :: List.map (fun s -> s.caller) way) then
		let through = if List.length way > 1 then Printf.sprintf ", through %s()" last.caller.fname else "" in
		(Printf.sprintf "%s(), which %s() queues in line %d, signals a fence: %s() in line %d%s" f.fname
			(callee call) (line call) (callee last.call) (line last.call) through, [])
	else
		(Printf.sprintf "%s(), which %s() queues, signals a fence" f.fname (callee call),
		 Report.link inside call :: List.map (fun s -> Report.link s.caller s.call) way)

(* Is a function the release of an object that is no longer used? What its worker signals is left over: others seldom wait for it. *)
let is_release (f : func) =
	let is_put name = List.mem name [ "kref_put"; "kref_put_mutex"; "kref_put_lock" ] in
	List.exists (fun g ->
		List.exists (fun call -> is_put (callee call) && List.exists (fun e -> text e = f.fname) (arguments_of call))
			(Values.calls_in g)) (Program.functions ())

(* Functions that get such work may queue it. *)
let ends_work = [
	"cancel_work_sync"; "cancel_work"; "cancel_delayed_work"; "cancel_delayed_work_sync"; "flush_work"; "flush_delayed_work"; "work_pending";
	"delayed_work_pending"; "work_busy"; "destroy_work_on_stack"; "container_of"; "to_delayed_work" ]
let want_queuers signalling =
	let is_meant name = name <> "" && not (Works.is_queuer name || Works.is_binder name || List.mem name ends_work) in
	let gets_work f e = match (bare e).node with
		| Unary ("&", _) -> Works.bound signalling (Values.origins_in f e) <> []
		| _ -> false in
	List.iter (fun f ->
		List.iter (fun call ->
			let name = callee call in
			if is_meant name && Program.find f.source name = None && List.exists (gets_work f) (arguments_of call) then begin
				Program.want [ "defines"; name ];
				Program.want [ "header"; name ]
			end) (Values.calls_in f)) (Program.functions ())

let system_work = { no_expr with node = Var "system_wq" }
let uses_of_work () =
	let bindings = Works.bindings () in
	let signalling = List.filter (fun b -> signals_fence b.Works.runs) bindings in
	List.iter (fun b -> Values.want_uses b.Works.place) signalling;
	if signalling = [] then []
	else begin
		want_queuers signalling;
		List.concat_map (fun (frame, call) ->
			let inside = Values.func frame in
			match Works.queued call with
			| None -> []
			| Some (queue, work) ->
				let run = run_by bindings inside (Values.origins frame work) in
				let queue = match queue with
					| Some queue when run <> [] -> Values.origins frame queue
					| _ -> [ { Values.what = system_work; within = frame } ] in
				let role = if run <> [] && is_release inside then Release else Work in
				List.map (fun f -> { queue; at = call; inside; why = why_signals f inside call; role; runs = (fun () -> [ f ]) }) run)
			(Values.calls Works.is_queuer)
	end

let finding confidence (inside : func) call message hint use more =
	let why, links = use.why inside.source in
	{ Report.nothing with
	  Report.confidence; state = "not held"; place = (called call).at; inside = inside.fname;
	  operation = callee call; message; reasons = why :: more; hint; links }

(* Findings, each with the call that makes the queue, and whether a fix may change it. *)
let judge_made use all (made : Values.origin) =
	let disagree = List.exists (function Queues.Made o -> not (Queues.is_without_rescuer o) | Queues.System _ | Queues.Other -> false) all in
	let flush = find_flush (use.runs ()) in
	let waits = match flush with
		| Some where -> [ "what runs on it waits for another queue, which needs the flag, too: " ^ where ]
		| None -> [] in
	let others = if disagree then [ "some such queues have the flag" ] else [] in
	let release = if use.role = Release then [ use.inside.fname ^ "() releases an object that is no longer used" ] else [] in
	let is_doubtful = disagree || use.role = Release in
	let confidence = if is_doubtful then "low" else if use.role = Work then "medium" else "high" in
	let message = callee made.Values.what ^ "() without WQ_MEM_RECLAIM, for work that fences need" in
	(finding confidence (Values.func made.Values.within) made.Values.what message "add WQ_MEM_RECLAIM" use
		(List.concat [ waits; others; release ]),
	 if flush = None && is_doubtful then None else Some (made.Values.what, flush = None))

(* A queue of the system's counts only where it can be no other. *)
let judge_system use name =
	let report message hint = [ (finding "low" use.inside use.at message hint use [], None) ] in
	match use.role with
	| Work | Release ->
		report (callee use.at ^ "() of work that signals a fence, on a queue of the system's")
			"queue it on one that is made with WQ_MEM_RECLAIM"
	| Jobs ->
		report (Printf.sprintf "drm_sched_init() with %s for its jobs" name) "pass NULL, or a queue that is made with WQ_MEM_RECLAIM"
	| Timeouts -> []

let judge_use use =
	let all = List.concat_map Queues.sources use.queue in
	let is_system = List.for_all (function Queues.System _ -> true | Queues.Made _ | Queues.Other -> false) all in
	List.concat_map (function
		| Queues.Made made when Queues.is_without_rescuer made -> [ judge_made use all made ]
		| Queues.System name when is_system -> judge_system use name
		| Queues.Made _ | Queues.System _ | Queues.Other -> []) all

(* The calls that a fix changes, each with its flags and what becomes of them. *)
let fixes : (pos, expr * expr * string) Hashtbl.t = Hashtbl.create 8

let rec is_plain (e : expr) = match e.node with
	| Var name -> Queues.is_flag name
	| Binary ("|", a, b) -> is_plain a && is_plain b
	| _ -> false
(* What a macro stands for is not written where the macro is. *)
let is_written (call : expr) = (called call).at <> call.at
let note_fix call =
	let note flags changed = Hashtbl.replace fixes (called call).at (call, flags, changed) in
	match Queues.flags_of call with
	| Some ({ node = Int "0"; _ } as flags) -> note flags "WQ_MEM_RECLAIM"
	| Some flags when is_plain flags -> note flags (text flags ^ " | WQ_MEM_RECLAIM")
	| _ -> ()

let look () =
	Values.start ();
	Hashtbl.reset signals;
	Hashtbl.reset fixes;
	let found = List.concat_map judge_use (List.append (uses_of_schedulers ()) (uses_of_work ())) in
	List.iter (fun (_, made) -> match made with Some (call, true) when is_written call -> note_fix call | _ -> ()) found;
	List.iter (fun (_, made) -> match made with Some (call, false) -> Hashtbl.remove fixes (called call).at | _ -> ()) found;
	Report.join (List.map fst found)

let edits (f : Report.finding) = match Hashtbl.find_opt fixes f.Report.place with
	| Some (call, flags, changed) when f.Report.confidence <> "low" ->
		let arguments = List.map (fun a -> if a == flags then changed else text a) (arguments_of call) in
		[ (f.Report.place, f.Report.operation, "call", f.Report.operation ^ "(" ^ String.concat ", " arguments ^ ")") ]
	| _ -> []

(* For patch mode: is an expression the flags of a call that is changed, and are they 0? *)
let is_flags is_zero (places : Coccilib.pos list) =
	Hashtbl.fold (fun _ (_, (flags : expr), _) found ->
		let p = flags.at and zero = match flags.node with Int _ -> true | _ -> false in
		found || zero = is_zero && List.exists (fun (q : Coccilib.pos) ->
			(p.line, p.col, p.line_end, p.col_end)
			= (q.Coccilib.line, q.Coccilib.col, q.Coccilib.line_end, q.Coccilib.col_end)) places) fixes false

let rule = Rule.rule "fence-workqueue" ~of_source:look ~edits (fun _ -> [])
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_workqueue.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Fence_workqueue.rule p };
@@
* E@p

@depends on patch@
expression E, F;
position p : script:ocaml() { Fence_workqueue.is_flags true p };
position q : script:ocaml() { Fence_workqueue.is_flags false q };
@@
(
- E@p
+ WQ_MEM_RECLAIM
|
- F@q
+ F | WQ_MEM_RECLAIM
)
