(* SPDX-License-Identifier: GPL-2.0-only *)
(* Findings for operations that need the lock, and for those that must not be called under it. *)

open Syntax
open Report

(* An operation, and what the ways to it do to locks. *)
type site = {
	func : func;
	result : Interp.result;
	call : Interp.call;
	states : Interp.state list;
	about : expr list;	(* what the operation is about: its arguments, or the one that matters *)
}

(* The calls of a function for which a name says so. *)
val sites : (string -> bool) -> func -> site list

(* The names and lines of locks that some way holds, those of the operation's object first. *)
val locks_held : sure:bool -> site -> Interp.call list

val is_own : site -> Interp.call -> bool

(* hint and replacement: of the operation and its arguments. free: what shows that the lock is not held on entry to the
   function, and in which line. *)
val needs_lock :
	?free:(site -> (string * int) option) -> hint:(string -> expr list -> string) -> replacement:(string -> string)
	-> site -> finding list

val must_not_hold :
	hint:(string -> expr list -> string) -> replacement:(string -> string) -> site -> finding list

(* The locks that some way holds, whosever they are, each with the confidence in that. *)
val locks_of_any : site -> (Interp.call * string) list

(* Whosever lock is held counts. *)
val under_no_lock : hint:(string -> expr list -> string) -> site -> finding list

(* What to say of a site whose state is the caller's, where callers turn out to hold the lock. *)
val inherited : hint:(string -> expr list -> string) -> site -> finding option

val in_line : int -> string
