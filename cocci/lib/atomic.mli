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

(* Whether a function takes the lock of a fence that it is given. *)
type takes =
	| Always
	| Unless_signalled
	| If_tested	(* if the fence's signaled() says that it is done *)

type operation =
	| Sleeps
	| May_sleep
	| Wants_irqs			(* must not be called with interrupts off *)
	| Turns_irqs_on
	| Runs_softirqs			(* when what it takes is released, which interrupts that are off do not allow *)
	| Locks of expr
	| Locks_irqsave of expr		(* with interrupts off *)
	| Fence of takes * expr
	| Harmless

(* What a call by name does, where the parameters of the function have these values; None where the table does not tell. *)
val of_call : Operations.values -> Names.scope -> Interp.call -> operation option

(* What can be said of questions that code asks about where it is, as Interp.run takes it. *)
val assumed : (string * int) list

(* Is an expression the fence, or the structure that it is in, where the parameters have these values? *)
val is_own : Operations.values -> Names.scope -> expr -> bool

(* Where the fence is, or what it is in, among values: may its signaled() say that it is done? *)
val is_tested : Operations.values -> bool

(* Is a lock the fence's own? *)
val is_own_lock : Operations.values -> Names.scope -> expr -> bool

(* Which arguments of a call are the fence, or what it is in: by number, as values. *)
val own_arguments : Operations.values -> Names.scope -> Interp.call -> (int * Operations.value) list

(* The functions of the sources with which such callbacks begin: tables of dma_fence_ops, and what dma_fence_add_callback() is given. *)
val entries : unit -> (entry * func) list

(* What is known of the parameters of such a function. *)
val at_entry : func -> (int * Operations.value) list
