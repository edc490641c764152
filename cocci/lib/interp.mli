(* SPDX-License-Identifier: GPL-2.0-only *)
(* The states of reservation locks on the ways through a function, by walking its body. *)

open Syntax

(* A call of a lock function, or another one that is watched. *)
type call = {
	id : int;			(* in the order in which calls were met *)
	name : string;			(* as it is written: "x->ops->map" for a call through a member *)
	callee : expr;			(* the name, as an expression *)
	arguments : expr list;
	at : pos;			(* of what stands before the parenthesis *)
	whole : pos;
	action : Locks.action option;
	obj : expr;			(* that the action is about; no_expr for none *)
	others : expr list;		(* of what takes locks inside: further objects that it takes the locks of *)
	conditions : string list;	(* parts of the conditions of the branches around it; "" for an unknown part *)
	loops : pos list;		(* the loops around it *)
}

type held = {
	by : int;		(* the call that took or asserted it *)
	taken : bool;		(* here; not found held, or asserted *)
	sure : bool;		(* false: something may have released it since *)
	goto : pos option;	(* the last jump since it was taken *)
	stale : bool;		(* the variables that named it name something else by now *)
}

(* The last that happened to a lock on a way: nothing, or the call that released it or did not get it. *)
type past = Entry | Released of int | Failed of int

type state = {
	held : held list;
	past : past;
	dropped : int list;	(* releases of what this function did not take *)
	gone : int list;	(* releases after which the lock was not taken again *)
	missed : int list;	(* attempts that failed, after which the lock was not taken *)
	asserted : int list;
	maybe : int list;	(* calls that may have taken a lock *)
	skipped : bool;		(* a loop that takes or releases locks was not run *)
	open_ : int list;	(* cleanups of variables that are still there *)
	facts : (string * int) list;	(* values of expressions that were tested, as in Locks *)
}

type exit = {
	state : state;
	result : int;		(* what can be returned; Locks.any where nothing is *)
	value : expr option;
	out : pos;		(* of the return, or of the last brace *)
	around : string list;	(* conditions, as in call *)
}

(* A goto, with the conditions around it. *)
type jump = { from : pos; target : string; within : string list }

type result = {
	scope : Names.scope;
	condition : string -> expr option;	(* a part of a condition, by its text *)
	calls : (call * state list) list;	(* in the order of the text, with the states on the ways to each *)
	exits : exit list;
	call : int -> call;			(* by its id *)
	drops : call -> call -> bool;		(* does the first release, or may it, what the second took? *)
	checks : call -> bool;			(* is it one whose answer a warning takes for granted? *)
	cleans : call -> bool;			(* is it the cleanup of a variable? *)
	gotos : jump list;
	gave_up : bool;				(* there were too many ways: conditions that belong together are ways of their own *)
}

(* What is asked of other functions while a body is walked. *)
type knowledge = {
	effect_of : string -> Locks.action option;
	watched : string -> bool;
}

(* What holds where a condition does not. *)
val negated : string -> string

(* assume: what the values of parameters can be, as facts of a state; drop_decided: conditions that always hold are not among those around a
   call or an exit; constant: the number that a name stands for. *)
val run : ?assume:(string * int) list -> ?drop_decided:bool -> ?constant:(string -> int option) -> knowledge -> func -> result

(* Is what a call does one of these? *)
val does : Locks.does list -> call -> bool

(* Has nothing happened to a lock yet, so that the state is the one at the entry? *)
val is_untouched : state -> bool

(* What a call such as WARN_ON() or likely() passes on; is it one that warns, and one that does not return where it does? *)
val passed : expr -> expr option
val is_warning : expr -> bool
val does_not_return : expr -> bool

(* The lock that a call took, as text. *)
val lock_name : call -> string

(* The ww_acquire_ctx, or what stands for one, that a call is given. *)
val context_of_call : call -> expr option
