(* SPDX-License-Identifier: GPL-2.0-only *)
(* What a function says of reservation locks by annotations, such as __must_hold(&bo->resv->lock). *)

open Syntax

(* Annotations of a function with these parameters, as calls with the reservation object in place of its lock. Those about other locks
   are left out, and one about several locks is several. *)
val about_reservations : param list -> expr list -> expr list

(* The statements that stand for what holds, or must not, where the body begins. *)
val at_entry : func -> stmt list

(* What the function does, as it says itself. *)
val says : func -> Locks.action option

(* The annotation for what must be held where a function is called that does this, if something must. *)
val said_of : func -> Locks.action -> expr option
