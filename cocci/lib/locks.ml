(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type does =
	| Acquire | Try | Query | Assert | Iterate | Must_hold | Release | Release_all | May_acquire | Acquire_members | May_release
	| Acquire_inside | Must_not_hold | Must_not_hold_import | Begin | Guard | Guard_try | Free | Depends

let zero = 1
let positive = 2
let negative = 4
let err_ptr = 8
let any = 15

type action = {
	does : does;
	argument : string;
	context : string;
	gets : int;
	fails : int;
	tries : string;
	may_fail : string;
	through : (string * int) option;
	cases : case list;
}
and test = { number : int; sign : string; constant : string }
and case = { test : test; holds : bool; what : action option }

let words = [
	Acquire, "acquire"; Try, "try"; Query, "query"; Assert, "assert"; Iterate, "iterate"; Must_hold, "must-hold"; Release, "release";
	Release_all, "release-all"; May_acquire, "may-acquire"; Acquire_members, "may-acquire-members"; May_release, "may-release"; Acquire_inside, "acquire-inside";
	Must_not_hold, "must-not-hold"; Must_not_hold_import, "must-not-hold-import"; Begin, "begin"; Guard, "guard"; Guard_try, "guard-try"; Free, "free"; Depends, "depends" ]
let word does = List.assoc does words
let of_word text = Maybe.map fst (List.find_opt (fun (_, word) -> word = text) words)

let gets_of = function
	| Try | Query -> positive
	| _ -> zero
let fails_of does gets = match does with
	| _ when gets = zero -> negative
	| Acquire -> zero lor err_ptr
	| _ -> zero
let action ?(context = "?") ?(tries = "-") ?(may_fail = "+") ?gets ?fails ?through does argument =
	let gets = Maybe.value gets ~default:(gets_of does) in
	{ does; argument; context; tries; may_fail; gets; fails = Maybe.value fails ~default:(fails_of does gets); through; cases = [] }

let can_do kinds action =
	let is_one action = List.mem action.does kinds in
	is_one action || List.exists (fun case -> match case.what with Some action -> is_one action | None -> false) action.cases

(* X of &X->lock.base, by the members from the last one on. *)
let rec without_members members e = match members, (bare e).node with
	| [], _ -> Some e
	| member :: rest, (Field (whole, name) | Arrow (whole, name)) when name = member -> without_members rest whole
	| _ -> None
let is_separator c = c = '.' || c = '-' || c = '>'
let parts path =
	String.map (fun c -> if is_separator c then ' ' else c) path
	|> String.split_on_char ' ' |> List.filter ((<>) "")
let members_of argument = List.rev (List.tl (parts argument))

let returned = "r"

(* "2->map->bo": something inside of the second argument. *)
let inside number path = String.concat "->" (string_of_int number :: path)
let is_inside argument = argument <> "" && argument.[0] <> '&' && String.contains (List.hd (String.split_on_char ',' argument)) '>'
let section name = "@" ^ name

let with_values e =
	let letter mask c = if e.fails land mask <> 0 then c else "" in
	if e.does = Acquire && e.gets = positive then e.argument ^ "p" ^ letter zero "n" ^ letter err_ptr "e" else e.argument
let of_values does argument = match String.index_opt argument 'p' with
	| Some i when not (is_inside argument) ->
		let has mask c = if String.contains_from argument i c then mask else 0 in
		action ~gets:positive ~fails:(has zero 'n' lor has err_ptr 'e') does (String.sub argument 0 i)
	| _ -> action does argument

let is_section argument = argument <> "" && argument.[0] = '@'
let behind e member = match (bare e).node with
	| Unary ("&", whole) -> { e with node = Field (whole, member) }
	| _ -> { e with node = Arrow (e, member) }

let object_named argument arguments =
	let nth i = List.nth_opt arguments (i - 1) in
	if argument = returned then None
	else if is_section argument then Some { node = Var argument; at = nowhere }
	else if argument = "0" || argument = "" then Some { node = Unknown ""; at = (List.hd (List.append arguments [ { node = Unknown ""; at = { file = ""; line = 0; col = 0; line_end = 0; col_end = 0 } } ])).at }
	else if is_inside argument then
		let number = int_of_string (String.sub argument 0 (String.index argument '-')) in
		Maybe.map (fun e -> List.fold_left behind e (List.rev (members_of argument))) (nth number)
	else if argument.[0] <> '&' then nth (int_of_string argument)
	else match nth 1 with
	| Some e ->
		(match (bare e).node with
		| Unary ("&", e) -> without_members (members_of argument) e
		| _ -> None)
	| None -> None

let object_of_call action arguments = object_named (List.hd (String.split_on_char ',' action.argument)) arguments
let other_objects action arguments =
	List.filter_map (fun argument -> object_named argument arguments) (List.tl (String.split_on_char ',' action.argument))

let numbered number arguments = match int_of_string_opt number with
	| Some number -> List.nth_opt arguments (number - 1)
	| None -> None
let context_of action = numbered action.context
let try_flag action = numbered action.tries

(* The argument that decides whether an attempt can fail, and the value with which it does. *)
let fails_with action arguments =
	let n = String.length action.may_fail in
	if n > 1 && action.may_fail.[0] = '!' then
		Maybe.map (fun e -> (false, e)) (numbered (String.sub action.may_fail 1 (n - 1)) arguments)
	else Maybe.map (fun e -> (true, e)) (numbered action.may_fail arguments)

let without_context ~unlisted action arguments = match action.context with
	| "?" -> unlisted
	| "-" -> true
	| _ ->
		match context_of action arguments with
		| Some e -> text (bare e) = "NULL"
		| None -> false
