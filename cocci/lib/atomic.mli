(* SPDX-License-Identifier: GPL-2.0-only *)
(* What calls do that matters where code may not sleep, by tables/atomic.tsv, and what they do it to: the fence whose callback it is, or a lock. *)

open Syntax

(* The callbacks that come of a fence. *)
type entry =
	| Enable	(* dma_fence_ops.enable_signaling: with the fence's lock, interrupts off *)
	| Callback	(* of dma_fence_add_callback(): likewise, and the fence has signalled *)
	| Test		(* dma_fence_ops.signaled: from anywhere, with the fence's lock or without *)
	| Deadline	(* dma_fence_ops.set_deadline: from anywhere, without *)
	| Release	(* dma_fence_ops.release: likewise *)

(* Is it surely called with the fence's lock held and interrupts off? *)
val is_locked : entry -> bool

(* Whether a function takes the lock of a fence that it is given. *)
type takes =
	| Always
	| Unless_signalled
	| If_tested	(* if the fence's signaled() says that it is done *)

type operation =
	| Sleeps
	| May_sleep
	| Puts				(* a reference, of which the last may sleep *)
	| Wants_irqs			(* must not be called with interrupts off *)
	| Turns_irqs_on
	| Runs_softirqs			(* when what it takes is released, which interrupts that are off do not allow *)
	| Locks of expr			(* and leaves interrupts as they are *)
	| Locks_irqsave of expr
	| Fence of takes * expr
	| Harmless

(* What a call by name does, where the parameters of the function have these values; None where the table does not tell. *)
val of_call : Operations.values -> Names.scope -> Interp.call -> operation option

(* The walk through a function, where questions whether it may sleep are answered, and what turns interrupts off is followed as a lock is;
   assume: as of Interp.run. *)
val run : assume:(string * int) list -> func -> Interp.result

(* Are interrupts off at a call on all ways to it: by what the function does, or by what its callers did, which values tell? *)
val is_irqs_off : Operations.values -> Interp.result -> Interp.state list -> bool

(* A flag of an object, or a parameter of which the caller knows more than its callee tells, without which the call is not made: of objects of some kinds, or
   calls with other values, nothing is known. *)
val depends_on : Operations.values -> Interp.result -> Interp.call -> string option

(* Is an expression the fence, or the structure that it is in, where the parameters have these values? *)
val is_own : Operations.values -> Names.scope -> expr -> bool

(* Where the fence is, or what it is in, among values: may its signaled() say that it is done? *)
val is_tested : Operations.values -> bool

(* Is a lock the fence's own? *)
val is_own_lock : Operations.values -> Names.scope -> expr -> bool

(* What is known of the arguments of a call, by number, for what is called; 0, that interrupts are off. *)
val passed : entry -> Operations.values -> Interp.result -> Interp.call -> Interp.state list -> (int * Operations.value) list

(* The functions of the sources with which such callbacks begin: tables of dma_fence_ops, and what dma_fence_add_callback() is given. *)
val entries : unit -> (entry * func) list

(* What is known of the parameters of such a function. *)
val at_entry : func -> (int * Operations.value) list

(* What a lock is called wherever its driver uses it: "drm_sched_job.dependencies". None where the types that the function has do not tell. *)
val lock_name : func -> expr -> string option

(* The calls by which a function takes a lock by this name and leaves interrupts on, each with whether they are surely on. *)
val takers : string -> func -> (Interp.call * bool) list
