(* SPDX-License-Identifier: GPL-2.0-only *)
(* What a function does to the lock of one of its parameters, by the ways out of it. *)

open Syntax

(* calls_effect: what the functions that it calls do. *)
val summary :
	calls_effect:(string -> Locks.action option) -> is_importer_2:(string -> bool) -> func -> Interp.result
	-> Locks.action option

(* What a way out tells its caller. *)
type outcome = Success | Failure | Either

val outcome : func -> Interp.exit -> outcome

(* Does the function release a lock where the call was given nothing to lock? *)
val released_as_given : Interp.result -> Interp.call -> bool

(* Is an attempt perhaps one that does not wait for the lock? *)
val may_only_try : Names.scope -> Interp.call -> bool

(* Can an attempt fail, as far as its arguments tell? *)
val may_fail : Names.scope -> Interp.call -> bool
