(* SPDX-License-Identifier: GPL-2.0-only *)
(* Sources, parsed. A source can be read again with other parts of it left out: functions whose text is what it was are not parsed
   again. *)

(* What a source is made of: first all else, then functions, each in the order of the text. *)
val read : string -> Syntax.top list

(* What macros that stand before a statement are in other sources: by name, as asides, whose line is `elsewhere`. Forgets those of before. *)
val know_blocks : (string * string) list -> unit
val elsewhere : int

(* The lines of a file, without their ends. *)
val lines_of : string -> string list

(* How many functions were parsed, and how many of these not for the first time. *)
val parsed : unit -> int * int

(* Gives the memory of what was parsed back, if that is a lot. *)
val tidy : unit -> unit
