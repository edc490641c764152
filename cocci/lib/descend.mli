(* SPDX-License-Identifier: GPL-2.0-only *)
(* Down from where a context begins: what a function does that is forbidden there, and what it calls. *)

open Syntax

type context =
	| Signalling	(* a fence needs this code to complete *)
	| Reclaim	(* a shrinker's callback *)
	| Notifier	(* an MMU notifier's *)
	| Holder	(* this code holds a lock that code which a fence needs waits for *)
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
	irqs_on : bool option;			(* in the context Holder, of the call that takes the lock: interrupts are on; is that sure? *)
	irqs_off : bool;			(* in an Atomic context: the code itself has turned interrupts off, on all ways *)
	lock : Locks.action option;		(* what it does to a reservation lock *)
	scope_of_memalloc : bool;		(* memalloc_noreclaim_save() and its kind are in force on all ways *)
	is_restarted : bool;			(* the scheduler may have been started again *)
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

(* Does the call wait for a mutex or a semaphore? What a rule has against that stands only if it has something against what others do
   with that lock held, in the context Holder. *)
val waits_for_mutex : at -> bool

(* In an Atomic context, does the call take a lock, not the fence's own, and leave interrupts off? What a rule has against that stands only if it has
   something against how others take it, by irqs_on. *)
val leaves_irqs_off : at -> bool

(* rule NAME judge: a rule that judges calls in contexts; one that has nothing against a call gives None. By itself it looks at sections of one source;
   of_fences: goes down from callbacks that come of a fence. *)
val rule : ?of_fences:bool -> string -> (at -> verdict option) -> Rule.t

(* What is asked for: lines "wraps NAME OTHER", where NAME calls OTHER, which begins or ends a section, for its callers; and lines "below FILE FUNCTION NUMBER CONTEXT VALUES ONCE". CONTEXT is signalling, reclaim, notifier, holder or
   that of a callback which comes of a fence (Atomic.entry_of_word), with ":entry" for such a callback itself; of a
   part of a function signalling:section, between dma_fence_begin_signalling() and its end, or holder:LINES, with a lock held that is taken in one
   of these lines, with commas between. VALUES are of parameters, by number, as
   "2=0,3=reclaims:GFP_KERNEL", or "-"; "@memalloc" and "@restarted" are sections, as in tables/sections.tsv, that the caller is in, as is Atomic.irqs_off. ONCE are names, with commas between, of what is not there yet on the way to the function; "=" before
   the name of what has come to be there on it, so that the way is gone once; or "-". *)
val ask : string list -> unit

(* Prints, for the functions asked for in the sources that were read, rows "below", which a rule has something against, or "waits" if that waits for a mutex, and rows
   "descend", of other calls, with the word by which they call as arguments, the values of their arguments and ONCE for what is called, each with the number it was asked by as the line of its lock. *)
val print_rows : unit -> unit
