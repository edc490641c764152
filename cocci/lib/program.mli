(* SPDX-License-Identifier: GPL-2.0-only *)
(* The functions of the sources that spatch was given, and what each does to a lock. *)

open Syntax

(* Does the front end ask, so that a rule need not judge by one source what that asks for? *)
val serves : bool ref

(* The convention in force: the functions, or callbacks, of a clause, each with its variant; "" where it has none. *)
val convention : string -> (string * string) list

(* Must a function not be called with the lock held? Those of importer clause 2. *)
val is_importer_2 : string -> bool

(* Is it one of the functions that the convention tells of by name? *)
val is_convention : string -> bool

(* Reads some sources, which are looked at together, and forgets those of before. *)
val read : string list -> unit

(* How many times that was done. *)
val reading : unit -> int

(* What functions do that other sources define: lines "DOES NAME ARGUMENT FILE", the first three as in
   wrappers.mli, of a function of that file alone, or "*"; what prototypes say, "says-DOES ..."; and "asserted-until NAME VERSION *", of a function of
   the kernel, where the kernel to check for is not known. Forgets what was learnt before. *)
val learn : string list -> unit

(* The functions of these, in the order of the text; variables with initialisers; lines that do not parse. *)
val functions : unit -> func list
val variables : unit -> (string * variable list * pos) list
val tops : unit -> (string * top) list

(* Calls of functions that are to be told of, besides lock functions. *)
val watch : (string -> bool) -> unit

(* The walk through a function. *)
val result : func -> Interp.result

(* What a call by this name does in a source. *)
val effect_in : string -> string -> Locks.action option

(* What the function itself does, by its body. *)
val effect_of : func -> Locks.action option

(* What a name means in a source, if that is among those that were read: a function with a body, a variable of a file, a macro that is an expression, the members of
   a structure. What other sources define for themselves does not count. *)
val find : string -> string -> func option
val variable : string -> string -> (string * variable) option
val macro : string -> string -> (string list option * expr) option
val structure : string -> string -> (string * string * pos) list option

(* What an expression stands for that is a macro which is used, with its arguments. *)
val expanded : string -> expr -> expr option

(* The function that an expression is. *)
val function_of : string -> expr -> func option

(* Is there a variable, or a structure, that only this source means by that name? *)
val has_own_variable : string -> string -> bool
val has_own_structure : string -> string -> bool

(* What other sources of the same program may tell: "names WORD...", one that has all of these words; "sets WORD...", likewise, and the
   last of them is assigned to; "defines NAME", one that defines a function, or a variable with functions in it; "header NAME", a header
   that defines a macro or a structure. *)
val want : string list -> unit

(* Of some sources not all functions have bodies: that of this one is wanted, too, "in NAME" of its source. *)
val look_into : func -> unit

(* What was wanted since the sources were read; "" where it is not of one of them. *)
val wanted : unit -> (string * string list) list

(* What a macro without parameters stands for, by each definition in the sources; None for one that is no single expression. *)
val constants : string -> expr option list

(* Is it a function of its file alone? *)
val is_local : func -> bool

(* Was something known of a function of this source before? *)
val was_known : string -> string -> bool

(* The prototypes of the sources that say by annotations what a function does to a lock. *)
val said : unit -> (func * Locks.action) list

(* Those that stand before a statement and take or release locks, with their texts as Sources.know_blocks has them. *)
val block_macros : unit -> (func * string) list

(* The macros of the sources that do something to a lock: name, where, and what. *)
val macro_effects : unit -> (string * pos * Locks.action) list

(* Does the table tell of it as one of the functions that all others use? *)
val is_primitive : string -> bool

(* Does the table tell of it? *)
val is_listed : string -> bool

(* The version of the kernel until which what a name means in a source asserted the lock, if it asserts it no more. *)
val asserted_until : string -> string -> string option

(* The types of variables by name, as far as a function and its sources declare them. *)
val types_of : func -> (string, string) Hashtbl.t
