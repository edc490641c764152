(* SPDX-License-Identifier: GPL-2.0-only *)
(* Schedulers of DRM that sources initialise: the calls of drm_sched_init(), in all the forms that it has had. *)

open Syntax

(* argument: what a parameter of it may be, by the name that it has in struct drm_sched_init_args: ops, submit_wq, timeout,
   timeout_wq; none where that kernel has no such parameter. *)
type t = { frame : Values.frame; call : expr; argument : string -> Values.origin list }

(* Those of the sources that Values.start looked at, one for each way into the function in which the call stands. *)
val all : unit -> t list

val is_null : Values.origin -> bool

(* Its struct drm_sched_backend_ops, where all that it may be are known tables; [] else. *)
type table = { name : string; file : string; fields : (string option * init) list; by : Values.origin }
val tables : t -> table list

(* What is in a table. *)
type callback = Missing | Function of func | Elsewhere
val callback : table -> string -> callback

(* The functions that are surely in some of its members. *)
val functions : table -> string list -> func list

(* Is a timeout one that never runs out? *)
val is_endless : Values.origin -> bool
