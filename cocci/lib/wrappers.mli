(* SPDX-License-Identifier: GPL-2.0-only *)
(* Functions that take, try, assert or release a reservation lock for their caller. *)

(* Prints a row for each of the sources that were read: OPERATION is the function, LOCK what it does, OBJECT the number of the parameter
   whose lock it is, 0 if that is not known. STATE is "static" or "extern".
   What it does is a word of locks.ml; or nothing, of one of which more was known before.
   Of those that take the lock inside, or want it free, MESSAGE is the function that they call for that, and LOCK_LINE
   says where. REASON is empty if it is not called in its own file. *)
val print_rows : unit -> unit
