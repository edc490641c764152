(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type flags = Reclaims of string | Harmless | Unknown
type value = Zero | Nonzero | Constant | Own | Own_tested | Flags of flags
type values = (string * value) list
type kind = Alloc of flags | Mmap | Pages | Faults | User | Wait

let reclaim = "reclaims:"
let word_of_value = function
	| Zero -> "0"
	| Nonzero -> "1"
	| Constant -> "constant"
	| Own -> "own"
	| Own_tested -> "own-tested"
	| Flags (Reclaims name) -> reclaim ^ name
	| Flags Harmless -> "harmless"
	| Flags Unknown -> "?"
let value_of_word word =
	let n = String.length reclaim in
	match word with
	| "0" -> Some Zero
	| "1" -> Some Nonzero
	| "constant" -> Some Constant
	| "own" -> Some Own
	| "own-tested" -> Some Own_tested
	| "harmless" -> Some (Flags Harmless)
	| _ when String.length word >= n && String.sub word 0 n = reclaim ->
		Some (Flags (Reclaims (String.sub word n (String.length word - n))))
	| _ -> None

(* Flags. *)

let flag_words : (string, flags) Hashtbl.t = Hashtbl.create 32
let () =
	List.iter (fun (word, waits) ->
		Hashtbl.replace flag_words word (if waits = "yes" then Reclaims word else Harmless)) Tables.gfp
let is_flag name = Hashtbl.mem flag_words name || Names.contains "GFP_" name

(* Flags put together with |; __GFP_NOWARN and the like change nothing. *)
let both a b = match a, b with
	| Reclaims word, _ | _, Reclaims word -> Reclaims word
	| Unknown, _ | _, Unknown -> Unknown
	| Harmless, Harmless -> Harmless
(* One or the other. *)
let either a b = match a, b with
	| Reclaims word, Reclaims _ -> Reclaims word
	| Harmless, Harmless -> Harmless
	| _ -> Unknown

let is_modifier e = match (bare e).node with
	| Var name -> Names.contains "__GFP_" name && not (Hashtbl.mem flag_words name)
	| _ -> false

let rec truth values scope e = match (bare e).node with
	| Var ("true") -> Some true
	| Var ("false" | "NULL") -> Some false
	| Int digits -> Maybe.map ((<>) 0) (int_of_string_opt digits)
	| Unary ("!", e) -> Maybe.map not (truth values scope e)
	| Var name -> (match List.assoc_opt name values with
		| Some Zero -> Some false
		| Some (Nonzero | Own | Own_tested) -> Some true
		| _ -> None)
	| _ -> None

let rec flags_of depth values scope e =
	let again = flags_of (depth + 1) values scope in
	if depth > 8 then Unknown
	else match (bare e).node with
	| Int digits -> if int_of_string_opt digits = Some 0 then Harmless else Unknown
	| Var name when Hashtbl.mem flag_words name -> Hashtbl.find flag_words name
	| Var name ->
		(match List.assoc_opt name values with
		| Some (Flags flags) -> flags
		| Some Zero -> Harmless
		| Some (Nonzero | Constant | Own | Own_tested) -> Unknown
		| None ->
			match Names.assigned scope name, List.find_map (fun e -> e) (Program.constants name) with
			| [], Some e -> again e
			| [], None -> Unknown
			| (first, _) :: rest, _ when not (List.exists (fun p -> p.param = name) (Names.func scope).params) ->
				List.fold_left (fun flags (e, _) -> either flags (again e)) (again first) rest
			| _ -> Unknown)
	| Binary ("|", a, b) -> if is_modifier a then again b else if is_modifier b then again a else both (again a) (again b)
	| Binary ("&", a, { node = Unary ("~", without); _ }) ->
		let drops = ref false in
		iter_expr (fun e -> match e.node with
			| Var ("__GFP_DIRECT_RECLAIM" | "__GFP_RECLAIM") -> drops := true
			| _ -> ()) without;
		if !drops then Harmless else again a
	| Cond (c, Some a, b) ->
		(match truth values scope c with
		| Some true -> again a
		| Some false -> again b
		| None -> either (again a) (again b))
	| _ -> Unknown

(* Calls. *)

let table : (string, string * string) Hashtbl.t = Hashtbl.create 256
let () = List.iter (fun (name, kind, flags) -> Hashtbl.replace table name (kind, flags)) Tables.operations

(* "2": the flags are the second argument; "2?": or GFP_KERNEL if it is not given; "-": it has none, and may reclaim. *)
let flags_at column values scope (call : Interp.call) =
	let n = String.length column in
	let is_optional = column.[n - 1] = '?' in
	let number = int_of_string_opt (if is_optional then String.sub column 0 (n - 1) else column) in
	match Maybe.bind number (fun number -> List.nth_opt call.Interp.arguments (number - 1)) with
	| Some e -> flags_of 0 values scope e
	| None -> if is_optional || number = None then Reclaims "" else Unknown

let is_above name = match Hashtbl.find_opt table name with
	| Some (("mmap" | "pages" | "faults" | "user"), _) -> true
	| _ -> false

let of_call values scope (call : Interp.call) =
	match Hashtbl.find_opt table call.Interp.name with
	| Some ("alloc", column) -> Some (Alloc (flags_at column values scope call))
	| Some ("mmap", _) -> Some Mmap
	| Some ("pages", _) -> Some Pages
	| Some ("faults", _) -> Some Faults
	| Some ("user", _) -> Some User
	| Some ("wait", _) -> Some Wait
	| _ -> None

let mentions_flags values e =
	let found = ref false in
	iter_expr (fun e -> match e.node with
		| Var name -> if is_flag name || (match List.assoc_opt name values with Some (Flags _) -> true | _ -> false) then found := true
		| _ -> ()) e;
	!found

let value_of values scope e = match (bare e).node with
	| Unary ("&", _) -> Some Nonzero
	| _ ->
		match truth values scope e with
		| Some true -> Some Nonzero
		| Some false -> Some Zero
		| None ->
			if mentions_flags values e then
				match flags_of 0 values scope e with
				| Unknown -> None
				| flags -> Some (Flags flags)
			else None

let values_with value (call : Interp.call) =
	List.concat (List.mapi (fun i e -> match value e with
		| Some value -> [ (i + 1, value) ]
		| None -> []) call.Interp.arguments)

let values_of values scope = values_with (value_of values scope)

let values_at (result : Interp.result) states (call : Interp.call) =
	let scope = result.Interp.scope in
	let known = lazy (Effects.known_at result call) in
	let mask key (s : Interp.state) = Maybe.value (List.assoc_opt key s.Interp.facts) ~default:Locks.any in
	let in_states key = match List.fold_left (fun all s -> all lor mask key s) 0 states with
		| mask when mask land Locks.zero = 0 && mask <> 0 -> Some Nonzero
		| mask -> if mask = Locks.zero then Some Zero else None in
	let by_branches name =
		if List.length (Names.assigned scope name) > 1 then None
		else
			let asks (e, _) = text e = name in
			Maybe.map (fun (_, holds) -> if holds then Nonzero else Zero) (List.find_opt asks (Lazy.force known)) in
	values_with (fun e -> match value_of [] scope e, in_states (text (bare e)), (bare e).node with
		| Some value, _, _ | None, Some value, _ -> Some value
		| None, None, Var name -> by_branches name
		| _ -> None) call

let text_of_values values =
	String.concat "," (List.map (fun (n, value) -> Printf.sprintf "%d=%s" n (word_of_value value)) values)

let joined parts = String.concat "," (List.filter ((<>) "") parts)

let needs ?objects:(objects = []) (result : Interp.result) (call : Interp.call) =
	let scope = result.Interp.scope in
	let test = Cases.test ~number:(Cases.parameters scope) ~is_variable:(Names.is_variable scope) in
	let there = List.map (fun e -> (e, true)) objects in
	joined (List.map Cases.word_of_test (List.sort_uniq compare (List.filter_map test (List.append there (Effects.known_at result call)))))

(* An argument that is a test of a parameter, or constants. *)
let given scope number e =
	let is_variable = Names.is_variable scope in
	let rec constants e = match (bare e).node with
		| Var ("NULL" | "true" | "false") -> None
		| Var name -> if is_variable name then None else Some [ name ]
		| Binary ("|", a, b) -> (match constants a, constants b with
			| Some a, Some b -> Some (List.append a b)
			| _ -> None)
		| _ -> None in
	let holds sign constant = Cases.word_of_test ({ Locks.number; sign; constant }, true) in
	match Cases.test ~number:(Cases.parameters scope) ~is_variable (e, true), constants e with
	| Some (test, holds), _ -> Printf.sprintf "%d=%c%s" number (if holds then '@' else '!') (Cases.word test)
	| None, Some [ alone ] -> joined [ holds "==" alone; holds "&" alone ]
	| None, Some all -> joined (List.map (holds "&") all)
	| None, None -> ""

let values result states (call : Interp.call) =
	let known = values_at result states call in
	let given = List.mapi (fun i e -> if List.mem_assoc (i + 1) known then "" else given result.Interp.scope (i + 1) e) call.Interp.arguments in
	joined (text_of_values known :: given)
