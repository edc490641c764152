(* SPDX-License-Identifier: GPL-2.0-only *)
(* The text of a source, made such that spatch parses it. No token of it moves: what goes is blanked, and a semicolon comes where there
   is a blank, or at the end of a line. A text whose brackets do not match keeps its code.

   - Attributes go that stand behind parameters, members and variables, or before a function's name, and have arguments:
     `int f(struct foo *foo) __must_hold(&foo->lock) {`.
   - Of a function's name that a macro makes, its argument stays: `int HANDLER(NAME)(struct foo *foo) {`; and of a type that a macro makes
     of arguments, the macro's name. A function that returns a pointer to a function returns some pointer.
   - Of members that are declared through a macro, the declarations stay: `DECLARE_IF(struct foo foo;)`.
   - Of the values of a variable, macros go that bring their own commas: `{ SET_PM_OPS(f, g) .member = h }`. What a macro declares,
     `EXPORT_OPS(name) = { ... }`, is some int.
   - A macro that is a statement by itself gets the semicolon that it lacks.
   - #define goes where it cannot be an expression or a statement, and within a function; so do #error and #warning of several lines. *)

(* Code that spatch does not parse where it stands: as a function, in one line, with the line that it stands in. *)
type aside = { about : about; line : int; code : string }
and about =
	| Annotated of string	(* what annotations say of this function, by calls: `int f(struct foo *foo) __must_hold(&foo->lock)` *)
	| Made of string	(* this function, which DEFINE_GUARD() and the like make *)
	| Head of string	(* a macro that stands before a statement, which is a call of body_of_head() *)

type t = {
	text : string;
	blocks : string list;	(* macros that stand before a statement, `NAME(...) statement`, each time that they are used *)
	bare_blocks : string list;	(* those without arguments, `NAME {` *)
	asides : aside list;
	cleanups : Cleanup.t;
}

val make : string -> t

(* The name that a call has in an aside in another one's place. *)
val shown : string -> string

val body_of_head : string

(* The text with the asides behind it, each a function in a line of its own after one that is empty. *)
val with_asides : t -> string

(* Those macros as lines of #define, for spatch. *)
val macros : t -> string list
