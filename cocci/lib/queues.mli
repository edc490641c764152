(* SPDX-License-Identifier: GPL-2.0-only *)
(* Work queues: how they are made, and which of them an expression may be. *)

open Syntax

type t =
	| Made of Values.origin		(* by this call *)
	| System of string		(* one of the system's, by its name *)
	| Other				(* not known *)

(* None for NULL. *)
val sources : Values.origin -> t list

(* The argument of a call that makes a queue which is its flags. *)
val flags_of : expr -> expr option
val is_flag : string -> bool

(* Is it certain that the queue which a call makes has no rescuer, and needs one? *)
val is_without_rescuer : Values.origin -> bool
