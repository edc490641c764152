(* SPDX-License-Identifier: GPL-2.0-only *)
(* What expressions stand for, as far as the sources that were read tell: through variables, parameters of functions that they
   call themselves, what their functions return, and their macros. *)

open Syntax

(* Looks at the sources that were read. *)
val start : unit -> unit

(* A way into a function: one of the calls of it in its source, with the way to that; or any other. *)
type frame
val func : frame -> func

(* The calls by which a function is entered on this way, innermost first, each with the way into where it stands. *)
val entered_by : frame -> (frame * expr) list

(* Calls of functions by name, for each way into the function in which they stand. *)
val calls : (string -> bool) -> (frame * expr) list

(* What an expression may be, followed as far as it can be. Unknown "_" stands for what something else sets than an assignment. *)
type origin = { what : expr; within : frame }
val origins : frame -> expr -> origin list

(* The function that an expression is. *)
val function_of : origin -> func option

(* Likewise for a member of a structure, by its address: ops of &args. What an initialiser leaves out is 0. *)
val member : frame -> expr -> string -> origin list

(* What a member, or a variable that is no pointer, is called wherever its source uses it: "foo_device.reset.wq". None where the types that
   the source declares do not tell of which structure it is. *)
val place : origin -> string option

(* Assignments to such a place: what is assigned to, and what. *)
val assignments : string -> (origin * origin) list

(* Where some origins are members, what these may be, unless they are set in other ways than by assignments. *)
val settled : origin list -> origin list

(* Other sources may tell more of what is assigned to a place, or of where it is named. *)
val want_assignments : string -> unit
val want_uses : string -> unit

(* Are two expressions in the same place surely about two objects: dev->a.wq and dev->b.wq? *)
val are_apart : origin -> origin -> bool

(* Is an expression of a function reached after another one on every way to it, as far as branches and loops tell? *)
val is_always_before : func -> pos -> pos -> bool

(* Is it the same function? *)
val is_same : func -> func -> bool

(* A function and those that it calls by name in its source, and so on. *)
val reach : func -> func list

val calls_in : func -> expr list

(* What it returns. *)
val returned : func -> expr list

(* What an expression of a function may be, whoever calls that. *)
val origins_in : func -> expr -> origin list
