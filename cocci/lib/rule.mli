(* SPDX-License-Identifier: GPL-2.0-only *)
(* A rule: what it says of each function, and the modes in which spatch runs it. *)

open Syntax

type t

(* rule NAME ~watches JUDGE: before is called when sources were read; watches says which functions' calls are looked at, besides those of lock functions; JUDGE
   gives the findings of a function, of_source those that it takes all functions of a source for. inherited: sites whose state is the caller's. edits: what a finding's remedy
   changes, as Report.print_edit. *)
val rule :
	string -> ?before:(unit -> unit) -> ?of_source:(unit -> Report.finding list) -> ?watches:(string -> bool) -> ?inherited:(func -> Report.finding list)
	-> ?edits:(Report.finding -> (pos * string * string * string) list)
	-> (func -> Report.finding list) -> t

(* The rule of a name. *)
val find : string -> t option

(* Rules that are compiled into the package, each with what makes it; load makes the one of a name, unless that is done. *)
val offer : string -> (unit -> unit) -> unit
val load : string -> unit

(* Looks at all functions that were read. *)
val look : t -> unit

(* Prints what the front end is told of a rule. *)
val facts : t -> unit

(* Reads the sources of a group, looks at them, and prints what the mode is for that -D gives spatch: facts, report or org. *)
val run : t -> string list -> unit

(* For context and patch mode: is there a finding, or one with this remedy, at a place? *)
val found : t -> Coccilib.pos list -> bool
val fixed : t -> Coccilib.pos list -> bool
val has_edit : t -> string -> Coccilib.pos list -> bool
