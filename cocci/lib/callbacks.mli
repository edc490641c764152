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

(* Calls through members of which the tables say how they are entered. *)

type wants = Held | Free
type target = {
	slot : string;		(* STRUCT.MEMBER *)
	wants : wants;		(* how the reservation lock is to be *)
	obj : expr;		(* of this object *)
	others : expr list;	(* all arguments of the call *)
}

(* Can a call of such a name, as it is written, be one? *)
val may_want : string -> bool

(* Which one a call is, by the types of what is in it, with the types of variables as Program.types_of has them. *)
val target : (string, string) Hashtbl.t -> Names.scope -> Interp.call -> target option
