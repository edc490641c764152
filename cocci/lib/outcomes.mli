(* SPDX-License-Identifier: GPL-2.0-only *)
(* What becomes of a function by the result of a wait for a fence in it. *)

open Syntax

type t = { func : func; wait : Fences.wait; ways : Ways.ways }
val of_wait : func -> Fences.wait -> t

(* What a way out tells the caller: an error, surely or perhaps; that all is well; the result as it is. *)
type outcome = Fails | May_fail | Well | Raw | Unknown

(* The exits that some of these values lead to, and how these end. *)
val exits_with : int -> t -> Ways.exit list
val ends : int -> t -> outcome list

(* Does nobody get the result where it is one of these values? *)
val is_ignored : int -> t -> bool

(* The first test that parts some values from others, as Ways.parts. *)
val first_parting : int -> int -> t -> Ways.test option

(* Types of integers that have a sign, and of those that have none. *)
val is_signed : string -> bool
val is_unsigned : string -> bool

(* A finding about the wait: its confidence and place; the message goes on after "NAME()". *)
val finding : t -> string -> pos -> string -> string list -> string -> Report.finding
