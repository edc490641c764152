(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

(* Functions that make a queue, with the number of the argument that is its flags. *)
let makers = [
	("alloc_workqueue", 1); ("alloc_ordered_workqueue", 1); ("alloc_workqueue_noprof", 1);
	("alloc_workqueue_lockdep_map", 1); ("alloc_ordered_workqueue_lockdep_map", 1);
	("devm_alloc_workqueue", 2); ("devm_alloc_ordered_workqueue", 2); ("drmm_alloc_ordered_workqueue", 2) ]

(* Those that imply the flag. *)
let safe_makers = [
	"create_workqueue"; "create_singlethread_workqueue"; "create_freezable_workqueue"; "devm_create_workqueue"; "create_rt_workqueue" ]

(* The queues of the system; work of a BH queue needs no thread. *)
let is_system name =
	Names.begins_with "system_" name && Filename.check_suffix name "_wq" && not (Names.contains "_bh_" name)

let is_flag name = List.mem name [
	"WQ_BH"; "WQ_UNBOUND"; "WQ_FREEZABLE"; "WQ_MEM_RECLAIM"; "WQ_HIGHPRI"; "WQ_CPU_INTENSIVE"; "WQ_SYSFS"; "WQ_POWER_EFFICIENT";
	"WQ_PERCPU"; "WQ_NON_REENTRANT"; "__WQ_ORDERED"; "__WQ_ORDERED_EXPLICIT"; "__WQ_LEGACY" ]

let flags_of call = Maybe.bind (List.assoc_opt (callee call) makers) (List.nth_opt (arguments_of call))

(* What flags may be, each by the names; None where they are not plain. *)
let rec flags frame e =
	let join a b = match a, b with Some a, Some b -> Some (List.append a b) | _ -> None in
	match (bare e).node with
	| Int "0" -> [ Some [] ]
	| Binary ("|", a, b) ->
		let others = flags frame b in
		List.concat_map (fun a -> List.map (join a) others) (flags frame a)
	| Var name when is_flag name -> [ Some [ name ] ]
	| _ ->
		(match Values.origins frame e with
		| [ { Values.what; _ } ] when what = bare e -> [ None ]
		| origins -> List.concat_map (fun (o : Values.origin) -> flags o.Values.within o.Values.what) origins)

(* Is it certain that a queue has no rescuer, and needs one? *)
let is_without_rescuer (made : Values.origin) =
	let lacks = function
		| Some names -> not (List.mem "WQ_MEM_RECLAIM" names || List.mem "WQ_BH" names)
		| None -> false in
	match flags_of made.Values.what with
	| Some argument -> List.for_all lacks (flags made.Values.within argument)
	| None -> false

(* What an expression that is a queue may be. *)
type t = Made of Values.origin | System of string | Other
let rec sources_but seen (o : Values.origin) = match o.Values.what.node with
	| Call _ when List.mem_assoc (callee o.Values.what) makers -> [ Made o ]
	| Call _ ->
		if not (List.mem (callee o.Values.what) safe_makers) then Program.want [ "defines"; callee o.Values.what ];
		[ Other ]
	| Var name when is_system name -> [ System name ]
	| Var "NULL" | Int _ -> []
	| Var _ | Field _ | Arrow _ | Index _ ->
		(match Values.place o with
		| Some place when List.mem place seen -> []
		| Some place ->
			let assigned = List.filter (fun (to_this, _) -> not (Values.are_apart o to_this)) (Values.assignments place) in
			let found = List.concat_map (fun (_, from) -> sources_but (place :: seen) from) assigned in
			if found = [] then Values.want_assignments place;
			if found = [] then [ Other ] else found
		| None -> [ Other ])
	| _ -> [ Other ]
let sources = sources_but []
