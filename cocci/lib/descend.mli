(* SPDX-License-Identifier: GPL-2.0-only *)
(* Down from where a context begins: what a function does that is forbidden there, and what it calls. *)

open Syntax

type context =
	| Signalling	(* a fence needs this code to complete *)
	| Reclaim	(* a shrinker's callback *)
	| Notifier	(* an MMU notifier's *)
	| Atomic of Atomic.entry	(* a callback that comes of a fence, and may not sleep *)

(* A call that the function comes to in the context. *)
type at = {
	context : context;
	func : func;
	result : Interp.result;
	call : Interp.call;
	states : Interp.state list;
	values : Operations.values;		(* of the function's parameters *)
	does : Operations.kind option;
	atomic : Atomic.operation option;	(* what it does that matters in an Atomic context; None in others *)
	lock : Locks.action option;		(* what it does to a reservation lock *)
	scope_of_memalloc : bool;		(* memalloc_noreclaim_save() and its kind are in force on all ways *)
}

(* What a rule says of a call that is forbidden there. *)
type verdict = {
	confidence : string;
	message : string;
	above : string;		(* what a function does that comes to the call, as the message of a call of that goes on *)
	reason : string;
	hint : string;
}

(* Does the call wait for a reservation lock? Not where it may only try to take it. Those who call it by functions of
   their own, which the table does not have, are gone down through. *)
val waits_for_lock : at -> bool

(* rule NAME judge: a rule that judges calls in contexts; one that has nothing against a call gives None. judge_lock, for
   contexts that are Atomic: what it says of a call that takes a lock and leaves interrupts as they are, off, if other code takes the lock with
   interrupts on. By itself such a rule goes down from the callbacks that come of a fence, in one source; another one looks at sections. *)
val rule : ?judge_lock:(at -> verdict option) -> string -> (at -> verdict option) -> Rule.t

(* What is asked for: lines "wraps NAME OTHER", where NAME calls OTHER, which begins or ends a section, for its callers; and lines "below FILE FUNCTION NUMBER CONTEXT VALUES ONCE". CONTEXT is signalling, section (only what stands between
   dma_fence_begin_signalling() and its end counts), reclaim or notifier. VALUES are of parameters, by number, as
   "2=0,3=reclaims:GFP_KERNEL", or "-". ONCE are names, with commas between, of what is not there yet on the way to the function; "=" before
   the name of what has come to be there on it, so that the way is gone once; or "-". *)
val ask : string list -> unit

(* Prints, for the functions asked for in the sources that were read, rows "below", which a rule has something against, and rows
   "descend", of other calls, with the word by which they call as arguments, the values of their arguments and ONCE for what is called, each with the number it was asked by as the line of its lock. *)
val print_rows : unit -> unit
