(* SPDX-License-Identifier: GPL-2.0-only *)
(* Sections of a function, by tables/sections.tsv: what begins and ends one is followed as if it were a lock. *)

(* Where an access to user memory does not fault. *)
val nofault : string

(* Functions that begin or end a section for their callers: lines "wraps NAME OTHER", of which OTHER is the one that it calls
   for that. Forgets those of before; other lines are not for this. *)
val learn : string list -> unit

(* The functions that one of these calls for that, else itself. *)
val unwrapped : string -> string list

(* Does a function by this name begin a section of this kind? *)
val begins : string -> string -> bool

(* The walk through a function, with the sections in its states; assume: as of Interp.run; also: what else functions do,
   which counts before a section that they begin or end. *)
val run : ?assume:(string * int) list -> ?also:(string -> Locks.action option) -> Syntax.func -> Interp.result

(* Is a state of such a walk in a section of this kind? *)
val is_in : string -> Interp.result -> Interp.state -> bool

(* Are all ways to a call of a function in one? *)
val surrounds : string -> Syntax.func -> Interp.call -> bool

(* Is one begun in a function, if only for a block? *)
val has : string -> Syntax.func -> bool
