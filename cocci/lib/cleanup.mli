(* SPDX-License-Identifier: GPL-2.0-only *)
(* Blocks at whose end something is called, as <linux/cleanup.h> has them, in terms of variables with a cleanup. *)

open Syntax

(* What only the text tells: the function that is called where a variable ends, by the line of its declaration; and the blocks, by line and
   column, that were scoped_cond_guard(name, FAIL, lock) { ... }, and are { if (name) FAIL; lock; ... }. There are none, or perhaps some. *)
type t
val none : t
val some : t
val add_cleanup : string -> int -> string -> t -> t
val add_choice : int -> int -> t -> t
val add_macro : t -> t

(* Is it the name of a macro that is rewritten? *)
val is_macro : string -> bool

(* Rewrites guard(), scoped_guard(), scoped_cond_guard(), CLASS(), ACQUIRE(), __free() and the like. *)
val rewrite : t -> stmt list -> stmt list

(* A macro that stands before a statement, where it is used: with these arguments, before this one. *)
val put_in : func -> expr list -> pos -> stmt -> stmt

(* The functions that are called where a variable of a class begins and ends, and where one with __free() ends, by that name; and the other
   way round. *)
type ending = Class of string | Free of string
val constructor : string -> string
val destructor : string -> string
val free : string -> string
val constructed : string -> string option
val ended : string -> ending option

(* The class in the name by which what is rewritten calls a constructor, which is that of the macro: "guard(foo)". *)
val begun : string -> string option

(* A name as tables have it, which know of each class that has one by guard(CLASS). *)
val as_guard : string -> string
