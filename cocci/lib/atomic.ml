(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Interp

type entry = Enable | Callback | Test | Deadline | Release
let is_locked entry = entry = Enable || entry = Callback
type takes = Always | Unless_signalled | If_tested
type operation =
	| Sleeps
	| May_sleep
	| Puts
	| Wants_irqs
	| Turns_irqs_on
	| Runs_softirqs
	| Locks of expr
	| Locks_irqsave of expr
	| Fence of takes * expr
	| Harmless

(* Calls. *)

let table : (string, string * int option) Hashtbl.t = Hashtbl.create 256
let () = List.iter (fun (does, name, argument) -> Hashtbl.replace table name (does, int_of_string_opt argument)) Tables.atomic
let row name = Hashtbl.find_opt table (Cleanup.as_guard name)
let does name = match row name with Some (does, _) -> does | None -> ""
let argument_of (call : call) =
	Maybe.bind (Maybe.bind (row call.name) snd) (fun n -> List.nth_opt call.arguments (n - 1))

(* spin_unlock_irq() of what the function itself took so is told of where it took it. *)
let is_taken_here func lock =
	let same e = text (bare e) = text (bare lock) in
	exists (fun e -> match e.node with
		| Call (f, first :: _) -> does (text (bare f)) = "locks-irq" && same first
		| _ -> false) func.body

let words = [ "fence-enable", Enable; "fence-callback", Callback; "fence-test", Test; "fence-deadline", Deadline; "fence-release", Release ]
let entry_of_word word = List.assoc_opt word words

(* Interrupts. *)

let irqs_off = "irqs-off"
let effect_of name = match does name with
	| "irqs-off" | "locks-irqsave" | "locks-irq" -> Some (Locks.action Locks.Assert (Locks.section irqs_off))
	| "irqs-on" | "ends-irqs-off" | "restores-irqs" -> Some (Locks.action Locks.Release (Locks.section irqs_off))
	| _ -> None
let answers = [ "drm_can_sleep()", Locks.zero; "in_atomic()", Locks.positive; "irqs_disabled()", Locks.positive; "preemptible()", Locks.zero ]
let is_off = Sections.is_in irqs_off

(* The fence. *)

let is_parameter scope name = List.exists (fun p -> p.param = name) (Names.func scope).params

(* Does something else than an assignment set a variable: a loop, or what gets its address? *)
let is_set_otherwise func name =
	let is_name e = match (bare e).node with Var other -> other = name | _ -> false in
	let stmt s = match s.kind with Each (_, arguments, _) -> List.exists is_name arguments | _ -> false in
	exists ~stmt (fun e -> match e.node with
		| Unary (("&" | "++" | "--"), e) | Postfix (e, _) -> is_name e
		| Assign (sign, l, _) -> sign <> "=" && is_name l
		| _ -> false) func.body

(* The pointer to a structure, and the members in it, that an expression goes through: foo and "base.fence" of foo->base.fence. *)
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
		| from, None -> List.for_all (fun (from, _) -> again from) from
		| _, Some _ -> false)
	| Unary ("&", inner) ->
		(match embedded [] inner with
		| Some (whole, path) ->
			again whole && (match place_in 0 scope whole with Some place -> place = path | None -> true)
		| None -> false)
	| Call (_, first :: _) when callee (bare e) = "container_of" -> again first
	| Call (_, [ only ]) when does (callee (bare e)) = "same" -> again only
	| Call (_, [ only ]) -> converts depth scope (callee (bare e)) && again only
	| Cond (_, Some a, b) -> again a && again b
	| _ -> false

(* Does a function turn a pointer to a fence into one to the structure that it is in? By its body, or else by the kernel's custom. *)
and converts depth scope name = match Program.find (Names.func scope).source name with
	| Some ({ params = [ { param; _ } ]; body = _ :: _; _ } as func) ->
		let returned = List.filter (fun e -> text (bare e) <> "NULL") (returned_in func.body) in
		returned <> [] && List.for_all (own (depth + 1) [ param, Operations.Own ] (Names.scope func)) returned
	| _ -> Names.converts name

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

(* What calls do. *)

(* to_foo(fence) does no more. *)
let is_conversion values scope (call : call) = match call.arguments with
	| [ only ] -> Names.converts call.name && is_own values scope only
	| _ -> false

let of_call values scope (call : call) =
	let about make = Maybe.map make (argument_of call) in
	let is_true () = Maybe.bind (argument_of call) (Operations.truth values scope) in
	match does call.name with
	| "sleeps" -> Some (if is_true () = Some false then Harmless else Sleeps)
	| "sleeps-if" -> Some (if is_true () = Some true then Sleeps else Harmless)
	| "may-sleep" -> Some May_sleep
	| "last-put" -> Some Puts
	| "wants-irqs" -> Some Wants_irqs
	| "locks-irq" | "irqs-on" -> Some Turns_irqs_on
	| "ends-irqs-off" -> about (fun lock -> if is_taken_here (Names.func scope) lock then Harmless else Turns_irqs_on)
	| "locks-bh" | "runs-softirqs" -> Some Runs_softirqs
	| "locks" -> about (fun lock -> Locks lock)
	| "locks-irqsave" -> about (fun lock -> Locks_irqsave lock)
	| "fence" -> about (fun fence -> Fence (Always, fence))
	| "fence-unsignalled" -> about (fun fence -> Fence (Unless_signalled, fence))
	| "fence-tested" -> about (fun fence -> Fence (If_tested, fence))
	| "" -> if is_conversion values scope call then Some Harmless else None
	| _ -> Some Harmless

(* What is passed on. *)

let is_tested values = List.exists (fun (_, value) -> value = Operations.Own_tested) values
let is_constant scope e = match (bare e).node with
	| Unknown text -> Names.contains "sizeof(" text
	| Int _ -> true
	| Var name -> not (is_parameter scope name) && Names.assigned scope name = [] && Program.constants name <> []
	| _ -> false
let passed values result (call : call) =
	let scope = result.scope in
	let known = Operations.values_of values scope call in
	let own = if is_tested values then Operations.Own_tested else Operations.Own in
	let value i e =
		let number = i + 1 in
		if is_own values scope e then [ (number, own) ]
		else match List.assoc_opt number known with
		| Some Operations.Nonzero | None when is_constant scope e -> [ (number, Operations.Constant) ]
		| Some value -> [ (number, value) ]
		| None -> [] in
	List.concat (List.mapi value call.arguments)

(* check_add_overflow(a, b, &sum) and its kind: variables, each with those that it is made of. *)
let checked_sums func =
	let found = ref [] in
	iter (fun e -> match e.node with
		| Call (_, [ a; b; { node = Unary ("&", { node = Var sum; _ }); _ } ])
		  when List.mem (callee e) [ "check_add_overflow"; "check_sub_overflow"; "check_mul_overflow" ] ->
			found := (sum, List.append (Names.roots a) (Names.roots b)) :: !found
		| _ -> ()) func.body;
	!found

let depends_on values result call =
	let scope = result.scope in
	let is_own_flag place = match (bare place).node with
		| Unary ("&", { node = Arrow (fence, _); _ }) | Arrow (fence, _) -> is_own values scope fence
		| _ -> false in
	let flag (e, holds) = match (bare e).node with
		| Call (_, [ flag; place ]) when callee (bare e) = "test_bit" && holds && not (is_own_flag place) -> Some (text (bare flag))
		| Binary ("&", place, flag) when holds && not (is_own_flag place) ->
			(match (bare flag).node with
			| Var name when not (is_parameter scope name) && Names.assigned scope name = [] -> Some name
			| _ -> None)
		| _ -> None in
	let sums = checked_sums (Names.func scope) in
	let parts name = name :: List.concat_map (fun (sum, from) -> if sum = name then from else []) sums in
	let size (e, _) = match (bare e).node with
		| Binary (("<" | ">" | "<=" | ">=" | "=="), a, b) ->
			let names = List.concat_map parts (List.append (Names.origin_names scope a) (Names.origin_names scope b)) in
			List.find_opt (fun name -> List.assoc_opt name values = Some Operations.Constant) names
		| _ -> None in
	let known = Effects.known_at result call in
	match List.append (List.filter_map flag known) (List.filter_map size known) with
	| found :: _ -> Some (String.concat "" (List.filter ((<>) "") (String.split_on_char ' ' found)))
	| [] -> None

(* Entries. *)

let tables () =
	List.concat_map (fun (file, variables, _) ->
		List.filter_map (fun (v : variable) -> match v.value with
			| Some (Fields fields) when Names.mentions "dma_fence_ops" v.typ -> Some (file, fields)
			| _ -> None) variables) (Program.variables ())
let names_in fields member = List.filter_map (function
	| Some other, Value e when other = member -> (match (bare e).node with Var name -> Some name | _ -> None)
	| _ -> None) fields

(* The calls of a function by its name, each with the function in which it stands. *)
let calls_of name =
	List.concat_map (fun func ->
		let found = ref [] in
		iter (fun e -> if callee e = name then found := (func, arguments_of e) :: !found) func.body;
		!found) (Program.functions ())

(* The functions that an expression stands for, also by a variable, or as a parameter that is passed on. *)
let rec functions_of depth func e = match (bare e).node with
	| _ when depth = 0 -> []
	| Cond (_, a, b) -> List.concat_map (functions_of (depth - 1) func) (List.append (Maybe.to_list a) [ b ])
	| Var name ->
		(match Program.find func.source name with
		| Some found -> [ found ]
		| None ->
			let put = List.concat_map (fun (from, _) -> functions_of (depth - 1) func from) (Names.assigned (Names.scope func) name) in
			let is_it p = p.param = name in
			if not (List.exists is_it func.params) then put
			else List.append put (List.concat_map (fun (caller, arguments) ->
				List.concat (List.mapi (fun i argument -> match List.nth_opt func.params i with
					| Some p when is_it p -> functions_of (depth - 1) caller argument
					| _ -> []) arguments)) (calls_of func.fname)))
	| _ -> []

let entries () =
	let of_table (file, fields) = List.concat_map (fun (member, entry) ->
		List.filter_map (fun name -> Maybe.map (fun func -> (entry, func)) (Program.find file name)) (names_in fields member)) [
			"enable_signaling", Enable; "signaled", Test; "set_deadline", Deadline; "release", Release ] in
	let of_call (func, arguments) = match List.nth_opt arguments 2 with
		| Some callback -> List.map (fun found -> (Callback, found)) (functions_of 4 func callback)
		| None -> [] in
	List.sort_uniq compare (List.append (List.concat_map of_table (tables ())) (List.concat_map of_call (calls_of "dma_fence_add_callback")))

let at_entry func =
	let has_test (file, fields) =
		file = func.source && List.mem func.fname (names_in fields "enable_signaling") && names_in fields "signaled" <> [] in
	[ 1, if List.exists has_test (tables ()) then Operations.Own_tested else Operations.Own ]

(* Locks. *)

let tag_of typ = match String.split_on_char ' ' typ with
	| words ->
		let rec find = function
			| "struct" :: tag :: _ -> Some tag
			| _ :: rest -> find rest
			| [] -> None in
		find words

let is_declared func name =
	let found = ref (List.exists (fun p -> p.param = name) func.params) in
	iter ~variable:(fun v _ -> if v.name = name then found := true) ignore func.body;
	!found

let rec lock_name func lock = match (bare lock).node, embedded [] lock with
	| Unary ("&", inner), _ -> lock_name func inner
	| Var name, _ -> if is_declared func name then None else Some name
	| _, Some ({ node = Var name; _ }, path) ->
		Maybe.map (fun tag -> tag ^ "." ^ path) (Maybe.bind (Hashtbl.find_opt (Program.types_of func) name) tag_of)
	| _ -> None

let takers is_it func =
	let is_taker (call : call) = match does call.name with
		| "locks" | "locks-bh" -> is_it call
		| _ -> false in
	let result = Interp.run { effect_of; watched = (fun _ -> true) } func in
	let on states = List.exists (fun s -> not (is_off result s)) states in
	let waits (call : call) = match of_call [] result.scope call, Operations.of_call [] result.scope call with
		| Some (Sleeps | Runs_softirqs), _ -> true
		| _, Some (Operations.Alloc (Operations.Reclaims _) | Operations.Mmap | Operations.Pages | Operations.User | Operations.Wait) -> true
		| _ -> false in
	let is_sure = List.exists (fun (call, states) -> waits call && on states) result.calls in
	List.filter_map (fun (call, states) -> if is_taker call && on states then Some (call, is_sure) else None) result.calls
