(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type binding = { place : string; by : Values.origin option; runs : func; said : func option }

(* What says which function runs: in what, and whether that is delayed. The work is the first argument of it, the function the second. *)
type kind = Worker | Delayed_worker | Thread | Delayed_thread | Timer
let kind_of = function
	| "worker" -> Some Worker
	| "worker:delayed" -> Some Delayed_worker
	| "thread" -> Some Thread
	| "thread:delayed" -> Some Delayed_thread
	| "timer" -> Some Timer
	| _ -> None
let binders : (string, kind) Hashtbl.t = Hashtbl.create 32
let () = List.iter (fun (name, _, _, _, _, _, begins) -> Maybe.iter (Hashtbl.replace binders name) (kind_of begins)) Tables.contexts
let is_of kinds name = match Hashtbl.find_opt binders name with
	| Some kind -> List.mem kind kinds
	| None -> false

(* Functions that queue work: which arguments are the queue, if there is one, and the work. *)
let queuers = [
	("queue_work", (Some 0, 1)); ("queue_rcu_work", (Some 0, 1)); ("queue_work_on", (Some 1, 2)); ("queue_work_node", (Some 1, 2));
	("schedule_work", (None, 0)); ("schedule_work_on", (None, 1)) ]
let delayed_queuers = [
	("queue_delayed_work", (Some 0, 1)); ("mod_delayed_work", (Some 0, 1)); ("queue_delayed_work_on", (Some 1, 2));
	("mod_delayed_work_on", (Some 1, 2)); ("schedule_delayed_work", (None, 0)); ("schedule_delayed_work_on", (None, 1)) ]
let starters = [
	("mod_timer", 0); ("mod_timer_pending", 0); ("add_timer", 0); ("add_timer_on", 0); ("add_timer_local", 0); ("add_timer_global", 0);
	("timer_reduce", 0); ("hrtimer_start", 0); ("hrtimer_start_range_ns", 0); ("hrtimer_restart", 0); ("hrtimer_start_expires", 0);
	("kthread_queue_delayed_work", 1); ("kthread_mod_delayed_work", 1) ]

let is_binder = Hashtbl.mem binders
let is_queuer name = List.mem_assoc name queuers || List.mem_assoc name delayed_queuers

let nth call number = List.nth_opt (arguments_of call) number
let find_queued tables call =
	Maybe.bind (List.find_map (List.assoc_opt (callee call)) tables) (fun (queue, work) ->
		Maybe.map (fun work -> (Maybe.bind queue (nth call), work)) (nth call work))
let queued = find_queued [ queuers; delayed_queuers ]
let started call = match List.assoc_opt (callee call) starters with
	| Some number -> nth call number
	| None -> Maybe.map snd (find_queued [ delayed_queuers ] call)
let handed call = if callee call = "kthread_queue_work" then nth call 1 else None

let said_by kinds =
	List.concat_map (fun (frame, call) ->
		match nth call 0, nth call 1 with
		| Some work, Some f ->
			let functions = List.filter_map Values.function_of (Values.origins frame f) in
			List.concat_map (fun by -> match Values.place by with
				| Some place -> List.map (fun runs -> { place; by = Some by; runs; said = Some (Values.func frame) }) functions
				| None -> []) (Values.origins frame work)
		| _ -> []) (Values.calls (is_of kinds))
let declared_by kinds =
	List.concat_map (function
		| file, Invocation (name, work :: f :: _) when is_of kinds name ->
			(match Program.find file (text f) with
			| Some runs -> [ { place = file ^ ":" ^ text work; by = None; runs; said = None } ]
			| None -> [])
		| _ -> []) (Program.tops ())
let all kinds = List.sort_uniq compare (List.append (said_by kinds) (declared_by kinds))

let bindings () = all [ Worker; Delayed_worker ]
let timers () = all [ Delayed_worker; Delayed_thread; Timer ]
let of_threads () = all [ Thread ]

let bound bindings work =
	let is_meant b o = Values.place o = Some b.place && (match b.by with Some by -> not (Values.are_apart by o) | None -> true) in
	List.filter (fun b -> List.exists (is_meant b) work) bindings
