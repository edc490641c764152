(* SPDX-License-Identifier: GPL-2.0-only *)
(* What differs between versions of spatch's syntax tree, in the same way for all: None is for any other constructor. *)
open Ast_c

val parse : string -> toplevel list

(* Gives what a function does, which parses and has a result of plain data, without a trace in the next parse. *)
val apart : (unit -> 'a) -> 'a

(* Expressions. *)
val cast : expressionbis -> (fullType * expression) option
val index : expressionbis -> (expression * expression) option

(* What a list of initial values is made of. *)
val elements : initialiserbis -> initialiser wrap2 list

(* Statements. For a loop's beginning, there is a declaration or an expression. *)
val while_loop : iteration -> (expression * statement) option
val for_loop :
	iteration ->
	((declaration, exprStatement) Common.either * exprStatement * exprStatement * statement) option

(* Declarations, and calls of macros that stand for one. *)
val declared : declaration -> (onedecl list * il) option
val macro_declaration : declaration -> (string * argument wrap2 list) option
val initial : v_init -> initialiser option
val is_static : storage -> bool

(* A structure's kind, its tag, and its fields; tokens of the type are the word struct, the tag, and braces. *)
val structure : fullType -> (structUnion * string option * field list) option
val type_tokens : fullType -> il
val simple_field : fieldkind -> (name option * fullType) option

(* The tokens of a name. *)
val name_tokens : name -> il
