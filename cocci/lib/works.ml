(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type binding = { place : string; by : Values.origin option; runs : func; said : func option }

(* Functions and macros that say what runs, with the numbers of the arguments that are the work and the function. *)
let of_work = [
	("INIT_WORK", (0, 1)); ("INIT_WORK_ONSTACK", (0, 1)); ("INIT_RCU_WORK", (0, 1)); ("INIT_RCU_WORK_ONSTACK", (0, 1)) ]
let of_delayed_work = [
	("INIT_DELAYED_WORK", (0, 1)); ("INIT_DELAYED_WORK_ONSTACK", (0, 1)); ("INIT_DEFERRABLE_WORK", (0, 1));
	("INIT_DEFERRABLE_WORK_ONSTACK", (0, 1)) ]
let of_timer = [
	("timer_setup", (0, 1)); ("timer_setup_on_stack", (0, 1)); ("setup_timer", (0, 1)); ("hrtimer_setup", (0, 1));
	("hrtimer_setup_on_stack", (0, 1)); ("kthread_init_delayed_work", (0, 1)) ]
let of_thread = [ ("kthread_init_work", (0, 1)) ]
let declares_work = [ "DECLARE_WORK" ]
let declares_delayed_work = [ "DECLARE_DELAYED_WORK"; "DECLARE_DEFERRABLE_WORK" ]
let declares_timer = [ "DEFINE_TIMER" ]

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

let is_binder name = List.exists (List.mem_assoc name) [ of_work; of_delayed_work; of_timer; of_thread ]
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

let said_by tables =
	let table = List.concat tables in
	List.concat_map (fun (frame, call) ->
		let work, f = List.assoc (callee call) table in
		match nth call work, nth call f with
		| Some work, Some f ->
			let functions = List.filter_map Values.function_of (Values.origins frame f) in
			List.concat_map (fun by -> match Values.place by with
				| Some place -> List.map (fun runs -> { place; by = Some by; runs; said = Some (Values.func frame) }) functions
				| None -> []) (Values.origins frame work)
		| _ -> []) (Values.calls (fun name -> List.mem_assoc name table))
let declared_by names =
	List.concat_map (function
		| file, Invocation (name, work :: f :: _) when List.mem name names ->
			(match Program.find file (text f) with
			| Some runs -> [ { place = file ^ ":" ^ text work; by = None; runs; said = None } ]
			| None -> [])
		| _ -> []) (Program.tops ())
let all calls names = List.sort_uniq compare (List.append (said_by calls) (declared_by names))

let bindings () = all [ of_work; of_delayed_work ] (List.append declares_work declares_delayed_work)
let timers () = all [ of_delayed_work; of_timer ] (List.append declares_delayed_work declares_timer)
let of_threads () = all [ of_thread ] []

let bound bindings work =
	let is_meant b o = Values.place o = Some b.place && (match b.by with Some by -> not (Values.are_apart by o) | None -> true) in
	List.filter (fun b -> List.exists (is_meant b) work) bindings
