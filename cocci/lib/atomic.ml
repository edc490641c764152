(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type entry = Enable | Callback | Test | Deadline | Release
type takes = Always | Unless_signalled | If_tested
type operation =
	| Sleeps
	| May_sleep
	| Wants_irqs
	| Turns_irqs_on
	| Runs_softirqs
	| Locks of expr
	| Locks_irqsave of expr
	| Fence of takes * expr
	| Harmless

(* Calls. *)

let table : (string, string * int option) Hashtbl.t = Hashtbl.create 256
let () = List.iter (fun (name, does, argument) -> Hashtbl.replace table name (does, int_of_string_opt argument)) Tables.atomic
let does name = match Hashtbl.find_opt table name with Some (does, _) -> does | None -> ""
let argument_of (call : Interp.call) =
	Maybe.bind (Maybe.bind (Hashtbl.find_opt table call.Interp.name) snd) (fun n -> List.nth_opt call.Interp.arguments (n - 1))

(* spin_unlock_irq() of what the function itself took so is told of where it took it. *)
let is_taken_here func lock =
	let found = ref false in
	let same a = text (bare a) = text (bare lock) in
	iter (fun e -> match e.node with
		| Call (f, a :: _) when does (text (bare f)) = "turns-irqs-on" && same a -> found := true
		| _ -> ()) func.body;
	!found

let of_call values scope (call : Interp.call) =
	let argument = argument_of call in
	let about make = Maybe.map make argument in
	match does call.Interp.name with
	| "sleeps" ->
		let never = match argument with Some e -> Operations.truth values scope e = Some false | None -> false in
		if never then Some Harmless else Some Sleeps
	| "may-sleep" -> Some May_sleep
	| "wants-irqs" -> Some Wants_irqs
	| "turns-irqs-on" -> Some Turns_irqs_on
	| "ends-irqs-off" -> about (fun lock -> if is_taken_here (Names.func scope) lock then Harmless else Turns_irqs_on)
	| "runs-softirqs" -> Some Runs_softirqs
	| "locks" -> about (fun lock -> Locks lock)
	| "locks-irqsave" -> about (fun lock -> Locks_irqsave lock)
	| "fence" -> about (fun fence -> Fence (Always, fence))
	| "fence-unsignalled" -> about (fun fence -> Fence (Unless_signalled, fence))
	| "fence-tested" -> about (fun fence -> Fence (If_tested, fence))
	| "harmless" | "same" -> Some Harmless
	| _ -> None

let assumed = [ "drm_can_sleep()", Locks.zero; "in_atomic()", Locks.positive; "irqs_disabled()", Locks.positive; "preemptible()", Locks.zero ]

(* The fence. *)

(* Does something else than an assignment set a variable: a loop, or what gets its address? *)
let is_set_otherwise func name =
	let found = ref false in
	let is_name e = match (bare e).node with Var other -> other = name | _ -> false in
	let stmt s = match s.kind with
		| Each (_, arguments, _) -> if List.exists is_name arguments then found := true
		| _ -> () in
	iter ~stmt (fun e -> match e.node with
		| Unary (("&" | "++" | "--"), e) | Postfix (e, _) -> if is_name e then found := true
		| Assign (sign, l, _) when sign <> "=" -> if is_name l then found := true
		| _ -> ()) func.body;
	!found

(* The member of a structure that an expression leads to by its address, with the pointer to that: foo and "base.fence" of &foo->base.fence. *)
let rec embedded path e = match (bare e).node with
	| Field (whole, member) -> embedded (member :: path) whole
	| Arrow (whole, member) -> Some (whole, String.concat "." (member :: path))
	| _ -> None

(* Where in a structure the fence is, if that is known, by how a pointer to the structure came from that to the fence. *)
let rec place_in depth scope e = match (bare e).node with
	| Call (_, [ _; _; member ]) when callee (bare e) = "container_of" -> Some (text member)
	| Var name when depth < 4 ->
		(match Names.assigned scope name with
		| [ from, _ ] -> place_in (depth + 1) scope from
		| _ -> None)
	| _ -> None

let rec own depth values scope e =
	let again = own (depth + 1) values scope in
	if depth > 6 then false
	else match (bare e).node with
	| Var name when not (is_set_otherwise (Names.func scope) name) ->
		(match Names.assigned scope name, List.assoc_opt name values with
		| [], Some (Operations.Own | Operations.Own_tested) -> true
		| [], _ -> false
		| from, known -> known = None && List.for_all (fun (from, _) -> again from) from)
	| Unary ("&", inner) ->
		(match embedded [] inner with
		| Some (whole, path) ->
			again whole && (match place_in 0 scope whole with Some place -> place = path | None -> true)
		| None -> false)
	| Call (_, first :: _) when callee (bare e) = "container_of" -> again first
	| Call (_, [ only ]) when Names.converts (callee (bare e)) || does (callee (bare e)) = "same" -> again only
	| Cond (_, Some a, b) -> again a && again b
	| _ -> false
let is_own values scope e = own 0 values scope e

let is_own_lock values scope e = match (bare e).node with
	| Arrow (fence, "lock") ->
		let is_fence = match (bare fence).node with
			| Var name -> List.exists (fun p -> p.param = name && Names.contains "struct dma_fence *" p.ptype) (Names.func scope).params
			| _ -> false in
		is_fence && is_own values scope fence
	| Field (fence, "lock") -> is_own values scope { fence with node = Unary ("&", fence) }
	| Call (_, [ fence ]) when callee (bare e) = "dma_fence_spinlock" -> is_own values scope fence
	| _ -> false

let is_tested values = List.exists (fun (_, value) -> value = Operations.Own_tested) values
let own_arguments values scope (call : Interp.call) =
	let value = if is_tested values then Operations.Own_tested else Operations.Own in
	List.concat (List.mapi (fun i e -> if is_own values scope e then [ (i + 1, value) ] else []) call.Interp.arguments)

(* Entries. *)

let tables () =
	List.concat_map (fun (file, variables, _) ->
		List.filter_map (fun (v : variable) -> match v.value with
			| Some (Fields fields) when Names.mentions "dma_fence_ops" v.typ -> Some (file, fields)
			| _ -> None) variables) (Program.variables ())
let names_in fields member = List.filter_map (function
	| Some other, Value e when other = member -> (match (bare e).node with Var name -> Some name | _ -> None)
	| _ -> None) fields
let entries () =
	let find entry file name = Maybe.to_list (Maybe.map (fun func -> (entry, func)) (Program.find file name)) in
	let of_table (file, fields) =
		List.concat_map (fun (member, entry) -> List.concat_map (find entry file) (names_in fields member)) [
			"enable_signaling", Enable; "signaled", Test; "set_deadline", Deadline; "release", Release ] in
	let passed = List.concat_map (fun func ->
		let found = ref [] in
		iter (fun e -> match e.node with
			| Call (_, [ _; _; callback ]) when callee e = "dma_fence_add_callback" ->
				(match (bare callback).node with
				| Var name -> found := List.append (find Callback func.source name) !found
				| _ -> ())
			| _ -> ()) func.body;
		!found) (Program.functions ()) in
	List.sort_uniq compare (List.append (List.concat_map of_table (tables ())) passed)

let at_entry func =
	let has_test (file, fields) =
		file = func.source && List.mem func.fname (names_in fields "enable_signaling") && names_in fields "signaled" <> [] in
	[ 1, if List.exists has_test (tables ()) then Operations.Own_tested else Operations.Own ]
