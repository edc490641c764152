(* SPDX-License-Identifier: GPL-2.0-only *)
(* What a function makes of the value that one call returns, on the ways from there on. *)

open Syntax

(* Sets of values: negative, zero and positive ones. *)
val negative : int
val zero : int
val positive : int
val any : int
val nonzero : int

(* Is one of these values in a set? *)
val has : int -> int -> bool

(* Is each value of the first set in the second? *)
val within : int -> int -> bool

(* What an expression is on a way: what the call returned, one of a set of values, or anything. *)
type value = Result | Among of int | Other

(* A return, or the last brace, for which result tells the values that the call can have returned. *)
type exit = {
	result : int;
	value : value;
	returned : expr option;
	out : pos;
	used : bool;		(* the result went somewhere else: into a call, a structure or a sum *)
}

(* Where the values part: those with which a condition holds, and the others. *)
type test = { condition : expr; yes : int; no : int; line : int }

(* Does a test part one set of values from another, neither of which is on both sides of it? *)
val parts : int -> int -> test -> bool

(* A call with a text, or a WARN_ON(), that is reached with these values only, and is it about what is wrong? *)
type message = { told : int; teller : expr; complaint : bool }

type ways = {
	exits : exit list;
	tests : test list;
	messages : message list;
	again : int;			(* with these the call is reached again *)
	compared : string list;		(* constants that the result is compared with *)
	holders : string list;		(* variables that get the result *)
	gave_up : bool;			(* there were too many ways to follow *)
}

(* The ways from a call, which is known by its place. *)
val from : func -> expr -> ways
