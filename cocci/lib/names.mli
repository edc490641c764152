(* SPDX-License-Identifier: GPL-2.0-only *)
(* Which object an expression is about, as far as the names in a function tell. *)

open Syntax

(* A function's variables, with what each is assigned from. *)
type scope

val scope : func -> scope

(* Does a function make what its first argument points to from the second, as an assignment would? *)
val is_maker : string -> bool
val func : scope -> func

(* The variables that an expression is made from: attach of attach->dmabuf->resv. *)
val roots : expr -> string list

(* These, and the variables that they are assigned from; one that is looked up in a list or a table comes from nothing. *)
val origin_names : scope -> expr -> string list

(* Does a function of this name turn what it is given into the structure that it is in, by the kernel's custom? *)
val converts : string -> bool

(* Are two expressions made from a common variable, also by way of assignments? *)
val related : scope -> expr -> expr -> bool

(* The object whose lock an expression is about: "bo" of bo->tbo.base.resv and to_foo(&bo->base), "attach" of
   attach->dmabuf->priv, "bo->parent" of bo->parent->resv. A variable that is assigned once is what it is assigned from.
   None where names do not tell. *)
val object_of : scope -> expr -> string option
val same_object : scope -> expr -> expr -> bool

(* Is an expression about another object, which the first leads to: bo->dev of bo? *)
val is_inside : scope -> expr -> expr -> bool

(* What an expression goes through to reach an object: g->map and g, of &g->map->tbo; a variable that is assigned once
   goes on with what it is assigned from. *)
val steps : scope -> expr -> expr list

(* Was an object, or what leads to it, made by a call that was given another: vm->va by vm->va = foo_add(vm, bo)? *)
val was_given : scope -> expr -> expr -> bool

(* Is an expression made of these variables, perhaps through others, and neither of private data nor of what a call
   returns? *)
val made_of : scope -> string list -> expr -> bool

(* Is a type that of a ww_acquire_ctx, or of what stands for one? *)
val is_context : string -> bool

(* The number, from 1, of the parameter that an expression is made from; 0 for one that is a context whose locks are
   released as a whole. *)
val parameter : scope -> expr -> int option

(* The name of a parameter by its number, "" where there is none. *)
val parameter_name : func -> int -> string

(* An expression, and what its variables are assigned from, as texts. *)
val spellings : scope -> expr -> string list

(* Is it a parameter or another variable of the function? Is it set there, in any way? *)
val is_variable : scope -> string -> bool
val is_set : scope -> string -> bool

(* What a variable is assigned from, and in which line. *)
val assigned : scope -> string -> (expr * int) list

(* stands_at PART TEXT PLACE: does a part stand there in a text, which is long enough? *)
val stands_at : string -> string -> int -> bool

(* Does a text contain another? Does it begin with it? Is a word in it? *)
val contains : string -> string -> bool
val begins_with : string -> string -> bool
val mentions : string -> string -> bool

(* Is a name in capitals, as those of macros are? *)
val is_capital : string -> bool

(* Can a character stand in a name? *)
val is_letter : char -> bool

(* The word in what is called, f of f, x->f, *f and f[i], and where it begins. *)
val last_word : string -> int * string

(* Any text as one word, and back. *)
val hex : string -> string
val of_hex : string -> string
