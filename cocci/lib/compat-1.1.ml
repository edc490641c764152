(* SPDX-License-Identifier: GPL-2.0-only *)
(* Constructors of spatch's syntax tree that differ between its versions: this file is for 1.1. *)
open Ast_c

let cast = function
	| Cast (typ, _, expression) -> Some (typ, expression)
	| _ -> None

let index = function
	| ArrayAccess (whole, index) -> Some (whole, index)
	| _ -> None

let for_loop = function
	| For (first, (test, _), (next, _), body) -> Some (first, test, next, body)
	| _ -> None

(* Tables of fields, and what a designator or a declaration is made of. *)
let parse file = List.map fst (fst (Parse_c.parse_c_and_cpp false false file))
