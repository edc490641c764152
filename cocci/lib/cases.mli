(* SPDX-License-Identifier: GPL-2.0-only *)
(* What a function does to a lock that depends on the values of its arguments: the cases of a Locks.action. *)

open Syntax
open Locks

(* Is it a constant that is 0? *)
val is_null : expr -> bool

(* What is known where a call stands: what the value of a text can be, the number that a constant is, and which names are of variables. *)
type known = { mask : string -> int; constant : string -> int option; is_variable : string -> bool }

(* What a call does with its arguments: one of the cases of what is called if they decide that, else what that does whatever they are. *)
val choose : known -> action -> expr list -> action option

(* The tests of parameters that an expression is made of; number: of a parameter that keeps its value, by its name. *)
val tests : number:(string -> int option) -> is_variable:(string -> bool) -> expr -> test list

(* The tests of a function's own parameters that decide what a call does, which has cases. *)
val passed_on : number:(string -> int option) -> is_variable:(string -> bool) -> action -> expr list -> test list

(* The test of a parameter that a part of a condition is, which holds or does not, and whether that holds then. *)
val test : number:(string -> int option) -> is_variable:(string -> bool) -> expr * bool -> (test * bool) option

(* The numbers of a function's parameters that keep their values, by their names. *)
val parameters : Names.scope -> string -> int option

(* The fact that a test of the parameter of a name holds, or does not. *)
val assumption : string -> test -> bool -> string * int

(* "2=1", "2&FOO=1", "2~FOO=0" for ==: a test, and whether it holds. *)
val word : test -> string
val word_of_test : test * bool -> string

(* The cases of an action as one word, which begins with a ';' if there are any, and back. *)
val to_word : action -> string
val of_word : string -> case list
