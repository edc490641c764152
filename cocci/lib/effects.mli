(* SPDX-License-Identifier: GPL-2.0-only *)
(* What a function does to the lock of one of its parameters, by the ways out of it. *)

open Syntax

(* calls_effect: what the functions that it calls do. *)
val summary :
	calls_effect:(string -> Locks.action option) -> is_importer_2:(string -> bool) -> func -> Interp.result
	-> Locks.action option

(* The number of the parameter whose lock is asserted before anything else is done to a lock, if only on some way. *)
val asserted : Interp.result -> string option

(* What a way out tells its caller. *)
type outcome = Success | Failure | Either

val outcome : func -> Interp.exit -> outcome

(* Does the function release a lock where the call was given nothing to lock? *)
val released_as_given : Interp.result -> Interp.call -> bool

(* Does a call take its lock with a context that the function begins itself, which has none of the locks of its callers? *)
val begins_context : Interp.result -> Interp.call -> bool

(* What is known at a call by the branches around it, and by those before it that leave, jump past it or
   back: expressions, none of which is a ! or !=, each with whether it holds. *)
val known_at : Interp.result -> Interp.call -> (expr * bool) list

(* Is a call only for a buffer that the object of a driver has at times, and so has imported? *)
val is_for_import : Interp.result -> Interp.call -> bool

(* Is an attempt perhaps one that does not wait for the lock? *)
val may_only_try : Names.scope -> Interp.call -> bool

(* Can an attempt fail, as far as its arguments tell? *)
val may_fail : Names.scope -> Interp.call -> bool
