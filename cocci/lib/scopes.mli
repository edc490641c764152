(* SPDX-License-Identifier: GPL-2.0-only *)
(* What names mean in sources that are looked at together: in each its own, else the only one of the others that counts for all. *)

type 'a t

val make : unit -> 'a t
val reset : 'a t -> unit

(* put scope FILE NAME ~is_shared VALUE: what a file defines, in place of what it defined by that name before; others can mean it, too. *)
val put : 'a t -> string -> string -> is_shared:bool -> 'a -> unit

(* What a file itself defines by a name; what that means there, also where another file defines it. *)
val own : 'a t -> string -> string -> 'a option
val find : 'a t -> string -> string -> 'a option

val is_header : string -> bool
