(* SPDX-License-Identifier: GPL-2.0-only *)
(* What the standard module Option has: spatch takes that name in a rule for one of a package. *)

val iter : ('a -> unit) -> 'a option -> unit
val map : ('a -> 'b) -> 'a option -> 'b option
val bind : 'a option -> ('a -> 'b option) -> 'b option
val value : 'a option -> default:'a -> 'a
val to_list : 'a option -> 'a list
