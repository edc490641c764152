// SPDX-License-Identifier: GPL-2.0-only
/// Code that a fence needs to complete waits for a lock with which others wait for that fence
///
//# By itself the rule sees nothing: the front end goes down from where fences are needed, and from where the locks that are taken
//# there are held elsewhere. Locks are told apart by structure and member, as lockdep does it, not by object; a lock that only
//# has a variable is not followed.
//
// Clause: fence-lock-taint
// Confidence: Moderate
// Tokens: drm_sched_backend_ops dma_fence_begin_signalling
// Context: signalling
// Options: --no-includes --include-headers
//
// Demand: Code that is required for a fence to complete must not wait for a mutex or a semaphore with which other code
//   allocates memory in a way that may wait for reclaim, takes a reservation lock or mmap_lock, or waits for a fence.
//   FUNCTIONS wait for one.
// Found: Here the lock is waited for:
// Remedy: Allocate before the lock is taken, or with GFP_NOWAIT, where others hold it; or do without the lock here.
//
//: What code that a fence needs may not do it may not wait for either: a lock that is held while memory is allocated
//: can be held by somebody who waits for reclaim, which may wait for that very fence. The same holds for a lock with
//: which a reservation lock or mmap_lock is taken, user memory is accessed, or a fence is waited for.
//:
//: Wrong:
//:
//:     static int foo_create(struct foo *foo)
//:     {
//:             mutex_lock(&foo->lock);
//:             ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
//:     ...
//:     static struct dma_fence *foo_run_job(struct drm_sched_job *job)
//:     {
//:             mutex_lock(&foo->lock);
//:
//: Right:
//:
//:             ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
//:             mutex_lock(&foo->lock);
//:
//: Remedy: allocate before the lock is taken, or take another lock in code that a fence needs.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_lock_taint = struct
module Operations = Resvlint.Operations
module Descend = Resvlint.Descend

(* The front end puts the message together: it knows the lock, and who holds that. *)
let verdict above = Some {
	Descend.confidence = "medium";
	Descend.message = "";
	Descend.above = above;
	Descend.reason = "whoever holds the lock may wait for this fence";
	Descend.hint = "allocate before the lock is taken where others hold it, or do without the lock here" }

let forbidden = function
	| Operations.Alloc (Operations.Reclaims _) -> Some "allocates in a way that may wait for reclaim"
	| Operations.Mmap -> Some "takes mmap_lock"
	| Operations.Pages | Operations.Faults -> Some "faults user pages in"
	| Operations.User -> Some "accesses user memory, which may fault"
	| Operations.Wait -> Some "waits for a fence"
	| Operations.Alloc _ -> None

let judge (at : Descend.at) = match at.Descend.context, at.Descend.does with
	| Descend.Signalling, _ when Descend.waits_for_mutex at ->
		verdict "in code that a fence needs to complete"
	| Descend.Holder, Some (Operations.Alloc _) when at.Descend.scope_of_memalloc -> None
	| Descend.Holder, Some operation -> Resvlint.Maybe.bind (forbidden operation) verdict
	| Descend.Holder, None when Descend.waits_for_lock at -> verdict "takes a reservation lock"
	| _ -> None

let rule = Descend.rule "fence-lock-taint" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_lock_taint.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Fence_lock_taint.rule p };
@@
* g@p(...)
