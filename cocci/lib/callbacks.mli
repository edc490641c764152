(* SPDX-License-Identifier: GPL-2.0-only *)
(* Which functions are callbacks in an operations structure. *)

open Syntax

type t

(* The callbacks that are meant: STRUCT.MEMBER, STRUCT.* for all of a structure, or a member of struct dma_buf_ops. *)
val of_slots : string list -> t

(* Looks at the sources that were read. *)
val start : t -> unit

(* The callback that a function is, and the name of the operations structure, or of the variable that it is in. *)
val find : t -> func -> (string * string) option

(* The tag of "const struct foo *"; that of a structure inside of another, "" where it is not known. *)
val tag : string -> string option
val structure_inside : string -> string -> (string option * init) list -> string

(* Those that tables in other files name: lines "FUNCTION STRUCT.MEMBER OPS", OPS the operations structure or variable. Forgets what was
   learnt before. *)
val learn : string list -> unit

(* "foo_map() is the map_dma_buf callback of `foo_ops`" *)
val description : t -> func -> string
