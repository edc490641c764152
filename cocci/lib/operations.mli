(* SPDX-License-Identifier: GPL-2.0-only *)
(* What calls of the kernel's functions do that is forbidden in one context or another, by tables/operations.tsv: allocate,
   take mmap_lock, fault user pages in, wait for a fence; and what is known of the values that are passed on. *)

(* What an allocation may do by its flags. *)
type flags =
	| Reclaims of string		(* wait for reclaim, by the flag of this name; "" where it is given none *)
	| Harmless
	| Unknown

(* What is known of a value: of a parameter by its caller, of an argument for what is called. Constant: one that is
   not worked out, such as a size; Own: the fence whose callback the context began with, or what that is in; Own_tested, if its signaled() may say that
   it is done. *)
type value = Zero | Nonzero | Constant | Own | Own_tested | Flags of flags

(* By the names of parameters. *)
type values = (string * value) list

type kind =
	| Alloc of flags
	| Mmap		(* mmap_lock *)
	| Pages		(* user pages faulted in or pinned *)
	| Faults	(* likewise, under an mmap_lock that is held already *)
	| User		(* user memory accessed, which may fault *)
	| Wait		(* for a fence *)

(* Does what this names take what stands above reservation locks in the locking hierarchy: mmap_lock, itself or for a fault? *)
val is_above : string -> bool

(* What a call by name does, where the parameters of the function have these values; None where the table does not tell. *)
val of_call : values -> Names.scope -> Interp.call -> kind option

(* What is known of the arguments of a call, by their numbers from 1; nothing of those of which nothing is. *)
val values_of : values -> Names.scope -> Interp.call -> (int * value) list

(* Likewise on some of the ways to it, by what was tested before, too, as text_of_values; besides "2=@1" and "2=!1" for an argument that is a
   parameter of the function, or what that is not, "2=@1&FOO" for a test of one, and "2&FOO=1" and "2~FOO=1" for constants, as in cases.mli. *)
val values : Interp.result -> Interp.state list -> Interp.call -> string

(* What the parameters of a function have to be where a call is come to, by the branches around it, as tests of cases.mli with commas between; those
   that the function assigns are left out; and that these objects are there. *)
val needs : ?objects:Syntax.expr list -> Interp.result -> Interp.call -> string

(* Is a value true, where the parameters of the function have these values? *)
val truth : values -> Names.scope -> Syntax.expr -> bool option

(* As one word, and back: "0", "1", "constant", "own", "harmless", "reclaims:GFP_KERNEL"; several of them: "2=0,3=reclaims:GFP_KERNEL". *)
val word_of_value : value -> string
val value_of_word : string -> value option
val text_of_values : (int * value) list -> string
