(* SPDX-License-Identifier: GPL-2.0-only *)
(* Locks that a way out of a function still holds, though the function releases them elsewhere. *)

open Syntax

(* A finding about a lock, by its name and the line in which it was taken: finding FUNC CONFIDENCE PLACE OPERATION LOCK LINE MESSAGE REASONS
   HINT. *)
val finding : func -> string -> pos -> string -> string -> int -> string -> string list -> string -> Report.finding

(* Does a call take a lock, or try to? *)
val takes : Interp.call -> bool

(* A lock that a way out still holds; goto: the last jump before it; shared: others come to the same way out after they released the lock;
   joined: others come to it without the lock, if only since they did not get it. *)
type leak = { by : Interp.call; exit : Interp.exit; goto : pos option; shared : bool; joined : bool }

(* Is it kept for whoever gets the object, the context or another try? *)
val is_given_on : Interp.result -> leak -> bool

(* "`bo->resv` taken in line 7" *)
val taken : string -> int -> string

(* Likewise one that has no ww_acquire_ctx, as far as its arguments tell. *)
val takes_alone : Interp.call -> bool

(* Are the locks of two calls the same, as far as names tell? *)
val is_same : Interp.result -> Interp.call -> Interp.call -> bool

(* The ways out of a function that keep a lock which others release, as findings, each place once. *)
val leaks : func -> Interp.result -> Report.finding list
