(* SPDX-License-Identifier: GPL-2.0-only *)
(* For spatch 1.1 (Debian 12). *)
open Ast_c

let parse file = List.map fst (fst (Parse_c.parse_c_and_cpp false false file))

let apart work = work ()

let cast = function
	| Cast (typ, _, expression) -> Some (typ, expression)
	| _ -> None

let index = function
	| ArrayAccess (whole, index) -> Some (whole, index)
	| _ -> None

let elements = function
	| InitList list -> list
	| _ -> []

let while_loop = function
	| While (test, body) -> Some (test, body)
	| _ -> None

let for_loop = function
	| For (ForDecl first, (test, _), (next, _), body) -> Some (Common.Left first, test, next, body)
	| For (ForExp (first, _), (test, _), (next, _), body) -> Some (Common.Right first, test, next, body)
	| _ -> None

let declared = function
	| DeclList (list, il) -> Some (List.map fst list, il)
	| _ -> None

let macro_declaration = function
	| MacroDecl ((_, name, arguments, _, _), _) -> Some (name, arguments)
	| _ -> None

let initial = function
	| ValInit (_, init) -> Some init
	| _ -> None

let is_static = function
	| Sto Static, _ -> true
	| _ -> false

let structure (_, (typ, _)) = match typ with
	| StructUnion (kind, tag, fields) -> Some (kind, tag, fields)
	| _ -> None
let type_tokens (_, (_, il)) = il

let simple_field = function
	| Simple (name, typ) -> Some (name, typ)
	| _ -> None

let name_tokens = function
	| RegularName (_, il) | CppVariadicName (_, il) | CppIdentBuilder ((_, il), _) -> il
	| CppConcatenatedName parts -> List.concat_map (fun ((_, il), _) -> il) parts
