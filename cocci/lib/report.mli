(* SPDX-License-Identifier: GPL-2.0-only *)
(* Findings, and how they are printed. *)

open Syntax

(* A call elsewhere, that a finding is about as well. *)
type link = { caller : string; callee : string; at : pos }

(* That of a function. *)
val link : func -> expr -> link

(* What a rule says of one place. *)
type finding = {
	confidence : string;		(* high, medium or low *)
	state : string;			(* of the lock there: held, not held or inherited *)
	place : pos;
	inside : string;		(* the function *)
	operation : string;
	arguments : string;
	lock : string * int;		(* the lock seen, and in which line; "", 0 where none was *)
	message : string;
	reasons : string list;
	links : link list;
	hint : string;
	replacement : string;		(* for the operation's name; "" where there is no such remedy *)
	kind : string;			(* what tells that only objects of a certain kind come here: a test or, of a site, "imported"; "" for none *)
	needs : string;			(* of a site: what has to be where it is come to, as in callers.mli; "" where nothing is known *)
}

(* All that most rows leave open, for those that have little to say. *)
val nothing : finding

val quote : string -> string

(* A call by this name; that of a guard, "guard(foo)", is one already. *)
val call : string -> string

(* Without the front end, which can choose, what is of low confidence is not shown. *)
val is_shown : finding -> bool

(* Rows for the front end: one for each reason, and of the kinds "kind", whose reason is the test, and "link", each a call
   by its place, function and operation. *)
val print_facts : rule:string -> finding -> unit

(* A site is no finding by itself: its state is the caller's, and what the caller does decides. *)
val print_site : rule:string -> finding -> unit

(* What a finding's remedy changes besides: the call of a name at a place becomes the text ("call"), or its statement
   goes ("remove"). *)
val print_edit : rule:string -> finding -> pos -> string -> string -> string -> unit

(* A row of another kind: its kind, the finding's columns, and the reason. above: see lib/descend.mli. *)
val print_row : ?above:string -> rule:string -> string -> finding -> string -> unit

val print_report : finding -> unit
val print_org : finding -> unit

(* Of findings at one place, one: that of the highest confidence, with the reasons of all that are as sure. *)
val join : finding list -> finding list
