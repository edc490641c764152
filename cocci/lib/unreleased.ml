(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks
open Interp

(* The calls whose locks some way out still holds, each with the last such way, in a function that releases nothing at all. *)
let kept func result =
	let releases (call : call) = does [ Release; Release_all; May_release ] call in
	let of_exit exit =
		List.filter_map (fun h ->
			let call = result.call h.by in
			let is_left = h.sure && h.taken && not h.stale && Leaks.takes call
				&& not (Leaks.is_given_on result { Leaks.by = call; exit; goto = h.goto; shared = false; joined = false }) in
			if is_left then Some (call, exit) else None) exit.state.held in
	if List.exists (fun (call, _) -> releases call) result.calls then []
	else
		let all = List.concat_map of_exit (List.filter (fun exit -> Effects.outcome func exit <> Effects.Failure) result.exits) in
		let last (_, a) (_, b) = compare (b.out.line, b.out.col) (a.out.line, a.out.col) in
		List.fold_left (fun found (call, exit) ->
			if List.exists (fun ((other : call), _) -> other.id = call.id) found then found else (call, exit) :: found) [] (List.sort last all)

(* Functions that are entered by the kernel, and nothing is known of what is held. *)
let slots, registering =
	let free = List.filter (fun (_, _, state, _, _, _, _) -> state = "not held") Tables.contexts in
	let is_function (_, member, _, _, _, _, _) = member = "()" in
	let functions, members = List.partition is_function free in
	Callbacks.of_slots (List.map (fun (owner, member, _, _, _, _, _) -> owner ^ "." ^ member) members),
	List.map (fun (name, _, _, _, _, _, _) -> name) functions

let start () = Callbacks.start slots

let names name = exists_in (fun e -> e.node = Var name)

(* All expressions of the sources, and what stands outside of functions. *)
let iter_all note =
	List.iter (fun f -> iter note f.body) (Program.functions ());
	List.iter (fun (_, variables, where) -> iter note [ { kind = Decl variables; where } ]) (Program.variables ());
	List.iter (function
		| _, Invocation (name, arguments) -> note { no_expr with node = Call ({ no_expr with node = Var name }, arguments) }
		| _ -> ()) (Program.tops ())

let is_registered name =
	let found = ref false in
	iter_all (fun e -> match e.node with
		| Call (_, arguments) when List.mem (callee e) registering && List.exists (names name) arguments -> found := true
		| _ -> ());
	!found
let is_entered func = Callbacks.find slots func <> None || is_registered func.fname

let is_release action = List.mem action.does [ Release; Release_all; May_release ]
let is_releasing func e = match (bare e).node with
	| Var name -> (match Program.effect_in func.source name with Some action -> is_release action | None -> false)
	| _ -> false

(* Does another function in a table that names this one release locks? *)
let releases_beside func =
	let rec values = function
		| Value e -> [ e ]
		| Fields list -> List.concat_map (fun (_, init) -> values init) list in
	List.exists (fun (_, variables, _) ->
		List.exists (fun (v : variable) -> match v.value with
			| Some init ->
				let all = values init in
				List.exists (names func.fname) all && List.exists (is_releasing func) all
			| None -> false) variables) (Program.variables ())

let is_passed_on func =
	let named = ref 0 and called = ref 0 in
	iter_all (fun e -> match e.node with
		| Var name when name = func.fname -> incr named
		| Call _ when callee e = func.fname -> incr called
		| _ -> ());
	!named > !called

(* Who calls a function: "high" where the kernel does, or functions that do not release what it takes; "low" where it is passed to code that
   is not known; "" where somebody may release it. *)
let rec unaware seen func =
	let calls h =
		List.filter (fun (call : call) -> call.name = func.fname && Leaks.takes call) (List.map fst (Program.result h).calls) in
	let callers = List.filter (fun h -> h.fname <> func.fname && calls h <> []) (Program.functions ()) in
	let leaves h =
		let left = kept h (Program.result h) in
		List.for_all (fun (call : call) -> List.exists (fun ((other : call), _) -> other.id = call.id) left) (calls h)
		&& not (List.mem h.fname seen) && unaware (func.fname :: seen) h <> "" in
	if List.exists (fun h -> not (leaves h)) callers then ""
	else if is_entered func || (func.static && is_passed_on func) then
		if releases_beside func then "" else if is_entered func then "high" else "low"
	else if not func.static then ""
	else if callers = [] then ""
	else if List.exists (fun h -> unaware (func.fname :: seen) h = "low") callers then "low"
	else "high"

(* May something release the lock of which nothing is known: what a pointer leads to, or a macro that is more than an expression, and gets
   the object or what that is in; a function that gets the lock itself; or one that gets another one which releases locks? *)
let is_given_away func result (call : call) =
	let scope = result.scope in
	let steps = List.map text (call.obj :: Names.steps scope call.obj) in
	let lock = match (bare call.obj).node with Var _ -> None | _ -> Some (text (bare call.obj)) in
	let place argument = match (bare argument).node with Unary ("&", place) -> bare place | _ -> bare argument in
	let gets is_it = List.exists (fun argument -> List.exists is_it (Names.spellings scope (place argument))) in
	let gets_lock = gets (fun name -> match lock with Some lock -> Names.mentions lock name | None -> false) in
	let gets_object = gets (fun name -> List.mem name steps) in
	let is_statement name = List.exists (function _, Macro (other, _, None) -> other = name | _ -> false) (Program.tops ()) in
	let may_release e arguments = match callee e with
		| "" -> gets_object arguments || gets_lock arguments
		| name ->
			List.exists (is_releasing func) arguments
			|| match Program.effect_in func.source name with
			| Some action -> is_release action && gets_lock arguments
			| None -> Program.find func.source name = None && (gets_lock arguments || (gets_object arguments && is_statement name)) in
	exists (fun e -> match e.node with
		| Call (_, arguments) -> (e.at.line, e.at.col) > (call.whole.line, call.whole.col) && may_release e arguments
		| _ -> false) func.body

let found func result =
	let is_elsewhere (call : call) = match Program.find func.source call.name with
		| Some callee -> Program.is_listed call.name || unaware [] callee = ""
		| None -> true in
	match List.filter (fun (call, _) -> is_elsewhere call) (kept func result) with
	| [] -> []
	| kept ->
		match unaware [] func with
		| "" -> []
		| sure ->
			List.map (fun ((call : call), exit) ->
				let confidence = if sure = "high" && not (is_given_away func result call) then "medium" else "low" in
				let lock = lock_name call and line = call.at.line in
				Leaks.finding func confidence
					{ exit.out with line_end = exit.out.line; col_end = exit.out.col + String.length "return" }
					"return" lock line "return with the reservation lock held, which nothing releases"
					[ Leaks.taken lock line ^ ", and not released here, nor where this function is called" ]
					("release " ^ Report.quote lock)) kept
