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

(* The argument of a call that the table tells of: a lock, or a fence. *)
val argument_of : Interp.call -> expr option

(* A callback by the word of its context, such as "fence-enable". *)
val entry_of_word : string -> entry option

(* A section of code with interrupts off, and what begins and ends it. *)
val irqs_off : string
val effect_of : string -> Locks.action option

(* Answers to questions whether it may sleep, as assumptions of Interp.run. *)
val answers : (string * int) list

(* A flag of an object, or a parameter of which the caller knows more than its callee tells, without which the call is not made: of objects of some kinds, or
   calls with other values, nothing is known. *)
val depends_on : Operations.values -> Interp.result -> Interp.call -> string option

(* Is an expression the fence, or the structure that it is in, where the parameters have these values? *)
val is_own : Operations.values -> Names.scope -> expr -> bool

(* Where the fence is, or what it is in, among values: may its signaled() say that it is done? *)
val is_tested : Operations.values -> bool

(* Is a lock the fence's own? *)
val is_own_lock : Operations.values -> Names.scope -> expr -> bool

(* What is known of the arguments of a call, by number, for what is called. *)
val passed : Operations.values -> Interp.result -> Interp.call -> (int * Operations.value) list

(* The functions of the sources with which such callbacks begin: tables of dma_fence_ops, and what dma_fence_add_callback() is given. *)
val entries : unit -> (entry * func) list

(* What is known of the parameters of such a function. *)
val at_entry : func -> (int * Operations.value) list

(* What a lock is called wherever its driver uses it: "drm_sched_job.dependencies". None where the types that the function has do not tell. *)
val lock_name : func -> expr -> string option

(* Of these calls of a function, those that take a lock and leave interrupts on, each with whether they are surely on. *)
val takers : (Interp.call -> bool) -> func -> (Interp.call * bool) list
