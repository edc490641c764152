(* SPDX-License-Identifier: GPL-2.0-only *)
(* What functions do to the reservation lock of one of their arguments, and what a call's result tells of that. *)

open Syntax

type does =
	| Acquire		(* held when it returns with success *)
	| Try			(* held when it returns true *)
	| Query			(* tells by true that it is held *)
	| Assert		(* wants it held, and says so; no more *)
	| Iterate		(* goes over what it protects: where this stands the lock is asserted, too *)
	| Must_hold		(* its caller must hold it, and it does more *)
	| Release
	| Release_all		(* all locks of a context, or of a list *)
	| May_acquire		(* on some paths that are no errors, and not on others *)
	| Acquire_members	(* of what is on a list, which nothing names afterwards *)
	| May_release
	| Acquire_inside	(* takes it first of all, and has released it when it returns *)
	| Must_not_hold		(* calls what must not be called with it held *)
	| Must_not_hold_import	(* likewise, if the buffer is an imported one *)
	| Begin			(* a context, in which locks are taken *)
	| Guard			(* the name of a class, as in guard(), which takes a lock and releases it at the end of the block *)
	| Guard_try		(* likewise, of one that may not get it *)
	| Free			(* the name in a __free(), which releases a lock at the end of the block *)
	| Depends		(* nothing that is known, but for some values of its arguments *)

(* What the value of an expression can be: a set of these, added up. *)
val zero : int		(* 0, NULL, false *)
val positive : int	(* true, a valid pointer *)
val negative : int	(* a negative error *)
val err_ptr : int
val any : int

type action = {
	does : does;
	argument : string;	(* "1"; "&1->lock" for &X->lock, which is about X; "1->map" for what is inside; several, with commas, where it
				   takes locks inside; "0" for none; or `returned` *)
	context : string;	(* the number of the argument that is a ww_acquire_ctx; "-" none, "?" not known *)
	gets : int;		(* values that tell that the lock was got *)
	fails : int;		(* those that tell that it was not; 0 for what cannot fail *)
	tries : string;		(* the number of the argument that, if true, makes it only try; "-" none *)
	may_fail : string;	(* without a ww_acquire_ctx: "+" or "-"; "2" if its second argument is true, "!2" if it is false *)
	through : (string * int) option;	(* of what it does inside: the function called, and the line *)
	cases : case list;	(* what else it does for some values of its arguments *)
}

(* What is asked of an argument, by its number: whether it is true; or, with "&" or "==", of it and a constant. *)
and test = { number : int; sign : string; constant : string }

(* What is done where a test holds, or where it does not. *)
and case = { test : test; holds : bool; what : action option }

val word : does -> string
val of_word : string -> does option

(* An action as a table has it. *)
val action : ?context:string -> ?tries:string -> ?may_fail:string -> ?gets:int -> ?fails:int -> ?through:string * int -> does -> string -> action

(* The argument of an action, with letters behind it for the values by which success and failure are told, where that is not as for an int; and
   such an action. *)
val with_values : action -> string
val of_values : does -> string -> action

(* Does an action do one of these, for some values of its arguments at least? *)
val can_do : does list -> action -> bool

(* Stands for the argument, where the lock is that of what is returned. *)
val returned : string

(* Stands for the argument, where what begins or ends is about no object: a section of the code, by its name. *)
val section : string -> string

(* The argument for what is inside of a function's parameter, by its number and the members that lead there. *)
val inside : int -> string list -> string
val is_inside : string -> bool

(* The names that a path is made of: "g", "map", "bo" of g->map.bo. *)
val parts : string -> string list

(* The object that the action of a call is about, among its arguments; None where the call has no such one. *)
val object_of_call : action -> expr list -> expr option
val other_objects : action -> expr list -> expr list

(* The ww_acquire_ctx that a call is given; None where the function is not known to have one. *)
val context_of : action -> expr list -> expr option

(* The argument that, if true, makes it only try. *)
val try_flag : action -> expr list -> expr option

(* The argument that decides whether an attempt without a ww_acquire_ctx can fail, and the value with which it does. *)
val fails_with : action -> expr list -> (bool * expr) option

(* Can it wait for the lock without a ww_acquire_ctx, so that taking it twice is a deadlock? *)
val without_context : unlisted:bool -> action -> expr list -> bool
