(* SPDX-License-Identifier: GPL-2.0-only *)
(* Work, and timers: where they are told what they run, and where they are queued or started. *)

open Syntax

(* A function that is run later; by which expression of the work or timer, and in which function that is said, if it is in one. *)
type binding = { place : string; by : Values.origin option; runs : func; said : func option }

(* Work of work queues. *)
val bindings : unit -> binding list

(* Timers, and delayed work, also that of kthread workers; and such work that is not delayed. *)
val timers : unit -> binding list
val of_threads : unit -> binding list

(* Does a function or macro of this name say what work or a timer runs? *)
val is_binder : string -> bool

(* Those of what an expression may be, but for those that are surely of another object. *)
val bound : binding list -> Values.origin list -> binding list

(* Calls that queue work of work queues, with the queue, unless that is the system's, and the work. *)
val is_queuer : string -> bool
val queued : expr -> (expr option * expr) option

(* The timer, or delayed work, that a call starts; the work that it gives to a kthread worker. *)
val started : expr -> expr option
val handed : expr -> expr option
