// SPDX-License-Identifier: GPL-2.0-only
/// A callback that comes of a fence sleeps, takes the lock of that fence, or turns interrupts on
///
//# By itself the rule goes down from the tables of dma_fence_ops and the calls of dma_fence_add_callback() of one
//# source, by calls of its functions. The front end goes through files, members and what passes a callback on. Whether
//# a lock is the fence's own is told where names lead from one to the other: a lock that several fences share, of
//# which another one is signalled, is not seen. A function that asks whether it may sleep, other than by in_atomic()
//# and its kind, is taken to sleep.
//
// Clause: fence-atomic
// Confidence: High
// Tokens: dma_fence_ops dma_fence_add_callback dma_fence_cb
// Context: atomic
// Options: --no-includes --include-headers
//
// Demand: Callbacks that come of a fence run with the lock of the fence held and interrupts off, or may: they must not
//   sleep, take that lock or turn interrupts on. FUNCTIONS do.
// Found: Here that is done:
// Remedy: Do it in a worker that the callback queues.
//
//: A fence is signalled from anywhere, often from an interrupt handler, and calls what was passed to
//: dma_fence_add_callback() with its spinlock held and interrupts off. So is enable_signaling() of dma_fence_ops
//: called. Such code must not sleep: no mutex, no allocation that may wait for reclaim, no wait for work. It must not
//: call what takes the lock of the same fence, such as dma_fence_signal(), and must not turn interrupts on, as
//: spin_unlock_irq() does. signaled() is called with that lock or without, and set_deadline() without, both from any
//: context, so they must not sleep, either; release() may be called in interrupts.
//:
//: Wrong:
//:
//:     static void foo_done(struct dma_fence *fence, struct dma_fence_cb *cb)
//:     {
//:             struct foo *foo = container_of(cb, struct foo, cb);
//:
//:             mutex_lock(&foo->lock);
//:
//: Right:
//:
//:             queue_work(foo->wq, &foo->done_work);
//:
//: Remedy: queue a worker, or an irq_work where it only has to get out of the fence's lock; in the callbacks of a fence
//: use dma_fence_signal_locked() and the like for the fence itself, and locks with irqsave.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_atomic = struct
module Interp = Resvlint.Interp
module Locks = Resvlint.Locks
module Operations = Resvlint.Operations
module Atomic = Resvlint.Atomic
module Descend = Resvlint.Descend

let where = function
	| Atomic.Enable -> "enable_signaling() of a fence"
	| Atomic.Callback -> "a callback of a fence"
	| Atomic.Test -> "signaled() of a fence"
	| Atomic.Deadline -> "set_deadline() of a fence"
	| Atomic.Release -> "release() of a fence"
let reason = function
	| Atomic.Enable -> "enable_signaling() is called with the fence's lock held and interrupts off"
	| Atomic.Callback -> "such callbacks are called with the lock of their fence held and interrupts off, perhaps from an interrupt handler"
	| Atomic.Test -> "signaled() is called from any context, with the fence's lock held or not"
	| Atomic.Deadline -> "set_deadline() is called from any context"
	| Atomic.Release -> "release() is called where the last reference goes, which may be in an interrupt"

let say entry (at : Descend.at) confidence what hint =
	Some {
		Descend.confidence = (if entry = Atomic.Release then "low" else confidence);
		Descend.message = Printf.sprintf "%s() %s in %s" at.Descend.call.Interp.name what (where entry);
		Descend.above = what ^ " in " ^ where entry;
		Descend.reason = reason entry; Descend.hint = hint }
let use_irqsave = "save and restore what was, as spin_lock_irqsave() does"

let judge_in entry (at : Descend.at) =
	let scope = at.Descend.result.Interp.scope and values = at.Descend.values in
	let say = say entry at in
	let sleeps confidence what = say confidence what "do this in a worker that is queued here" in
	let sure = if Atomic.is_locked entry then "high" else "medium" in
	let own_lock confidence =
		say confidence "takes the lock of the fence, which may be held," "use what wants the lock held, such as dma_fence_signal_locked()" in
	let is_own = Atomic.is_own values scope in
	let may_be_held = Atomic.is_locked entry || entry = Atomic.Test in
	match at.Descend.atomic, at.Descend.does with
	| Some Atomic.Sleeps, _ -> sleeps "high" "sleeps"
	| Some Atomic.May_sleep, _ -> sleeps "medium" "may sleep"
	| Some Atomic.Puts, _ -> sleeps "low" "may sleep, if this is the last reference,"
	| _, Some (Operations.Alloc (Operations.Reclaims flag)) ->
		sleeps "high" (if flag = "" then "may sleep to allocate" else Printf.sprintf "with %s may sleep" flag)
	| _, Some (Operations.Mmap | Operations.Pages | Operations.Faults | Operations.User | Operations.Wait) -> sleeps "high" "may sleep"
	| _ when Descend.waits_for_lock at -> sleeps "high" "sleeps"
	| Some Atomic.Wants_irqs, _ -> sleeps sure "wants interrupts on"
	| Some Atomic.Turns_irqs_on, _ -> say sure "turns interrupts on" use_irqsave
	| Some Atomic.Runs_softirqs, _ -> say sure "lets soft interrupts run" use_irqsave
	| Some (Atomic.Locks lock | Atomic.Locks_irqsave lock), _ when may_be_held && Atomic.is_own_lock values scope lock -> own_lock sure
	| Some (Atomic.Locks _), _ when Descend.leaves_irqs_off at ->
		Some {
			Descend.confidence = if entry = Atomic.Callback then "medium" else "low";
			Descend.message = Printf.sprintf "%s() in %s waits for a lock that others hold with interrupts on" at.Descend.call.Interp.name (where entry);
			Descend.above = "in " ^ where entry;
			Descend.reason = reason entry; Descend.hint = "use the variant with irqsave, or irq, wherever this lock is taken" }
	| Some (Atomic.Locks _), _ when not at.Descend.irqs_off ->
		say "medium" "takes a lock that interrupts may take, and leaves them on," use_irqsave
	| Some (Atomic.Fence (Atomic.Always, fence)), _ when may_be_held && is_own fence -> own_lock sure
	| Some (Atomic.Fence (Atomic.Unless_signalled, fence)), _ when may_be_held && entry <> Atomic.Callback && is_own fence -> own_lock sure
	| Some (Atomic.Fence (Atomic.If_tested, fence)), _ when entry = Atomic.Enable && Atomic.is_tested values && is_own fence ->
		own_lock "medium"
	| Some (Atomic.Fence (Atomic.If_tested, fence)), _ when entry = Atomic.Test && is_own fence ->
		say "high" "calls itself" "this callback tells whether the fence is done"
	| _ -> None

(* How others take a lock that such code takes. *)
let judge_holder is_sure =
	Some {
		Descend.confidence = (if is_sure then "high" else "low");
		Descend.message = ""; Descend.above = (if is_sure then "leaves interrupts on" else "leaves interrupts as they are"); Descend.reason = ""; Descend.hint = "" }

let judge (at : Descend.at) = match at.Descend.context with
	| Descend.Atomic entry -> judge_in entry at
	| Descend.Holder -> (match at.Descend.irqs_on with Some is_sure -> judge_holder is_sure | None -> None)
	| Descend.Signalling | Descend.Reclaim | Descend.Notifier -> None

let rule = Descend.rule ~of_fences:true "fence-atomic" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_atomic.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Fence_atomic.rule p };
@@
* g@p(...)
