(* SPDX-License-Identifier: GPL-2.0-only *)
(* Waits for fences, and what is known of the fence and of the timeout. *)

open Syntax

(* What a wait returns: the time that is left, 0 for a timeout or a negative error; or 0 or a negative error. *)
type gives = Time_left | Errno

(* Zero only asks; Finite is a constant; Unknown may be infinite. *)
type timeout = Zero | Infinite | Finite | Unknown

type wait = {
	call : expr;
	name : string;
	gives : gives;
	fence : expr;			(* or the reservation object *)
	interruptible : expr;
	limit : expr;			(* no_expr for none *)
	timeouts : timeout list;	(* what the limit can be *)
}

val is_wait : string -> bool

(* Does a function of this name signal a fence? *)
val is_signal : string -> bool

(* The waits in a function, in the order of the text. *)
val waits : func -> Names.scope -> wait list

(* Is its timeout a constant that comes to an end? *)
val is_finite : wait -> bool

(* Can the wait end by a signal, as its argument says? *)
val is_interruptible : wait -> bool

(* Where the fence comes from, if that is a reservation object or user space: "a reservation object". *)
val foreign : func -> Names.scope -> wait -> string option

(* Does the function ask, after the wait, whether the fence has signalled? *)
val is_asked_later : func -> wait -> bool

(* Does the wait end as waits do by default, so that 0 is its timeout? Fences of drivers may have a wait of their own. *)
val has_default_wait : Names.scope -> wait -> bool
