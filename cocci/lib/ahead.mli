(* SPDX-License-Identifier: GPL-2.0-only *)
(* What can still come, on some way through a function, after a place in it. *)

open Syntax

(* Can one of the calls that are wanted come after a call, which is known as they are by the place of what it calls? In a loop,
   what stands before it may come after it. *)
val can_come : func -> wanted:(pos -> bool) -> pos -> bool
