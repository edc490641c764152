(* SPDX-License-Identifier: GPL-2.0-only *)
(* Timers by which a driver notices itself that a job takes too long. *)

open Syntax

(* What is known of such a timer. Perhaps: the call in a function that may start it, and how it may: "may start a timer". *)
type detection = Found | Perhaps of func * expr * string | None_found

(* detection SOURCES FUNCTIONS: of the functions that submit a job, and of sources in which others may start the timer. *)
val detection : string list -> func list -> detection
