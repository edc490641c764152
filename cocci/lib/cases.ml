(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks

type known = { mask : string -> int; constant : string -> int option; is_variable : string -> bool }

let is_null e = match (bare e).node with
	| Var ("NULL" | "false" | "LOCK_STATE_NOT_HELD") -> true
	| Int digits -> (match int_of_string_opt digits with Some 0 -> true | _ -> false)
	| _ -> false

let nonzero = any land lnot zero
let is_set mask = mask land zero = 0
let negation mask = (if is_set mask then 0 else positive) lor (if mask land nonzero <> 0 then zero else 0)
let either a b = if is_set a || is_set b then nonzero else if a = zero && b = zero then zero else any
let both a b = if a = zero || b = zero then zero else if is_set a && is_set b then positive else any
let with_sign sign a b = text (bare a) ^ " " ^ sign ^ " " ^ text (bare b)

(* What the value of an expression can be. *)
let rec value known e =
	let again = value known and e = bare e in
	match e.node with
	| Int digits -> (match int_of_string_opt digits with Some 0 -> zero | Some _ -> positive | None -> any)
	| Var ("NULL" | "false") -> zero
	| Var "true" | Text _ | Unary ("&", _) -> positive
	| Unary ("!", e) -> negation (again e)
	| Binary ("==", a, b) when is_null b -> negation (again a)
	| Binary ("!=", a, b) when is_null b -> negation (negation (again a))
	| Binary ("==", a, b) -> equals known a b
	| Binary ("!=", a, b) -> negation (equals known a b)
	| Binary (("|" | "||"), a, b) -> either (again a) (again b)
	| Binary ("&&", a, b) -> both (again a) (again b)
	| Binary ("&", a, b) -> if again a = zero || again b = zero then zero else bits known a b
	| Cond (c, Some a, b) ->
		let c = again c in
		(if c = zero then 0 else again a) lor (if is_set c then 0 else again b)
	| _ -> known.mask (text e)

(* Constants of different names are different ones. *)
and equals known a b = match (bare a).node, (bare b).node with
	| Var a, Var b when a = b -> positive
	| Var a, Var b when not (known.is_variable a || known.is_variable b) -> zero
	| _ -> known.mask (with_sign "==" a b)

and bits known e flag = match (bare e).node, (bare flag).node with
	| Binary ("|", a, b), _ -> either (bits known a flag) (bits known b flag)
	| Var a, Var b when a = b && not (known.is_variable b) -> positive
	| Var a, Var b ->
		(match known.constant a, known.constant b with
		| Some a, Some b -> if a land b = 0 then zero else nonzero
		| _ -> known.mask (with_sign "&" e flag))
	| _ -> if value known e = zero then zero else known.mask (with_sign "&" e flag)

let outcome known arguments test =
	match List.nth_opt arguments (test.number - 1) with
	| None -> any
	| Some e ->
		let constant = { e with node = Var test.constant } in
		match test.sign with
		| "&" -> bits known e constant
		| "==" -> equals known e constant
		| _ -> value known e

let is_decided known arguments case =
	let mask = outcome known arguments case.test in
	mask <> 0 && (if case.holds then is_set mask else mask = zero)

(* Of what several values decide, what tells most counts. *)
let choose known action arguments =
	let whatever = if action.does = Depends then None else Some { action with cases = [] } in
	let is_vague = function Some { does = May_acquire | May_release | Acquire_members; _ } -> true | _ -> false in
	let decided = List.map (fun case -> case.what) (List.filter (is_decided known arguments) action.cases) in
	match List.find_opt (fun what -> what <> None && not (is_vague what)) decided, decided with
	| Some what, _ -> what
	| None, what :: _ -> what
	| None, [] -> whatever

(* Tests. *)

let test_of ~number ~is_variable sign a b = match (bare a).node, (bare b).node with
	| Var a, Var b when not (is_variable b) ->
		Maybe.to_list (Maybe.map (fun number -> { number; sign; constant = b }) (number a))
	| _ -> []

let rec tests ~number ~is_variable e =
	let again = tests ~number ~is_variable in
	match (bare e).node with
	| Unary ("!", e) -> again e
	| Binary (("&&" | "||"), a, b) -> List.append (again a) (again b)
	| Binary (("==" | "!="), a, b) when is_null b -> again a
	| Binary (("==" | "!="), a, b) -> test_of ~number ~is_variable "==" a b
	| Binary ("&", a, b) -> test_of ~number ~is_variable "&" a b
	| Cond (c, Some a, b) -> List.concat_map again [ c; a; b ]
	| Call _ when List.mem (callee (bare e)) [ "likely"; "unlikely" ] -> List.concat_map again (arguments_of (bare e))
	| Var name -> Maybe.to_list (Maybe.map (fun number -> { number; sign = ""; constant = "" }) (number name))
	| _ -> []

let rec test ~number ~is_variable (e, holds) =
	let one found = match found with [ test ] -> Some (test, holds) | _ -> None in
	match (bare e).node with
	| Unary ("!", e) -> test ~number ~is_variable (e, not holds)
	| Binary ("==", a, b) when is_null b -> test ~number ~is_variable (a, not holds)
	| Binary ("!=", a, b) -> test ~number ~is_variable ({ e with node = Binary ("==", a, b) }, not holds)
	| Var _ | Binary (("==" | "&"), _, _) -> one (tests ~number ~is_variable e)
	| _ -> None

let parameters scope =
	let numbers = List.mapi (fun i p -> (p.param, i + 1)) (Names.func scope).params in
	fun name -> match List.assoc_opt name numbers with
		| Some number when not (Names.is_set scope name) -> Some number
		| _ -> None

let passed_on ~number ~is_variable action arguments =
	let of_case case = match List.nth_opt arguments (case.test.number - 1) with
		| None -> []
		| Some e when case.test.sign = "" -> tests ~number ~is_variable e
		| Some e -> test_of ~number ~is_variable case.test.sign e { e with node = Var case.test.constant } in
	List.concat_map of_case action.cases

let assumption name test holds = match test.sign with
	| "" -> (name, if holds then nonzero else zero)
	| sign -> (name ^ " " ^ sign ^ " " ^ test.constant, if holds then positive else zero)

(* Words: ";2=0:locks:1", ";3&FOO=1:acquire:1". *)

let word test = Printf.sprintf "%d%s%s" test.number (if test.sign = "==" then "~" else test.sign) test.constant
let word_of_test (test, holds) = word test ^ (if holds then "=1" else "=0")

let nothing = "nothing"
let to_word action =
	let case { test; holds; what } =
		let does, argument = match what with
			| Some action -> Locks.word action.does, with_values action
			| None -> nothing, "0" in
		Printf.sprintf ";%s:%s:%s" (word_of_test (test, holds)) does argument in
	String.concat "" (List.map case action.cases)

let test_of_word text =
	let split sign written = match String.index_opt text sign with
		| Some i ->
			Maybe.map (fun number -> { number; sign = written; constant = String.sub text (i + 1) (String.length text - i - 1) })
				(int_of_string_opt (String.sub text 0 i))
		| None -> None in
	match int_of_string_opt text, split '&' "&" with
	| Some number, _ -> Some { number; sign = ""; constant = "" }
	| None, (Some _ as found) -> found
	| None, None -> split '~' "=="

let of_word text =
	let case part = match String.split_on_char ':' part with
		| [ condition; does; argument ] ->
			(match String.split_on_char '=' condition with
			| [ test; holds ] ->
				Maybe.map (fun test ->
					{ test; holds = holds = "1"; what = Maybe.map (fun does -> of_values does argument) (Locks.of_word does) }) (test_of_word test)
			| _ -> None)
		| _ -> None in
	List.filter_map case (String.split_on_char ';' text)
