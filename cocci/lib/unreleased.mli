(* SPDX-License-Identifier: GPL-2.0-only *)
(* Locks that no way through a function releases, nor any of its callers. *)

(* Looks at the sources that were read. *)
val start : unit -> unit

(* As findings, one for each lock. Only functions count of which this source shows who calls them: the kernel, or functions of the same
   source. A function that takes a lock for its callers has one that releases it. *)
val found : Syntax.func -> Interp.result -> Report.finding list
