(* SPDX-License-Identifier: GPL-2.0-only *)
(* Functions that take, try, assert or release a reservation lock for their caller. *)

(* Prints a row for each of the sources that were read: OPERATION is the function, LOCK what it does, OBJECT the number of the parameter
   whose lock it is, 0 if that is not known, or "r" for what it returns. Where true or a pointer tells that the lock was got, there
   is a "p" behind it, and "n" if NULL or false, "e" if an ERR_PTR() tells that it was not. STATE is "static" or "extern".
   What it does is a word of locks.ml; or nothing, of one of which more was known before.
   Of those that take the lock inside, or want it free, MESSAGE is the function that they call for that, and LOCK_LINE
   says where. REASON is empty if it is not called in its own file. *)
val print_rows : unit -> unit
