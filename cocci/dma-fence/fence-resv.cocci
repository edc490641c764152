// SPDX-License-Identifier: GPL-2.0-only
/// Code that a fence needs to complete takes a reservation lock
///
//# By itself the rule only sees what stands between dma_fence_begin_signalling() and its end, and lock functions of
//# the same file. The front end goes down from there, and from the callbacks of the DRM scheduler, through all
//# that they call. A lock that code takes for an object which nobody else can have yet is reported, too.
//
// Clause: fence-resv
// Confidence: High
// Tokens: drm_sched_backend_ops dma_fence_begin_signalling
// Context: signalling
// Options: --no-includes --include-headers
//
// Demand: Code that is required for a fence to complete must not take a reservation lock: others wait for fences with
//   the lock held. FUNCTIONS take it.
// Found: Here it is taken:
// Remedy: Take the lock before the fence is published, or only try to.
//
//: Drivers are allowed to wait for fences with a reservation lock held. Code on the way to dma_fence_signal() that takes
//: such a lock can so wait for somebody who waits for that very fence. To try for the lock is allowed.
//:
//: Wrong:
//:
//:     static struct dma_fence *foo_run_job(struct drm_sched_job *job)
//:     {
//:             dma_resv_lock(bo->base.resv, NULL);
//:
//: Right:
//:
//:     if (!dma_resv_trylock(bo->base.resv))
//:             return foo_later(bo);
//:
//: Remedy: do what needs the lock before the fence is published, or in a worker that no fence waits for.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_resv = struct
module Interp = Resvlint.Interp
module Descend = Resvlint.Descend

let judge (at : Descend.at) =
	if at.Descend.context <> Descend.Signalling || not (Descend.waits_for_lock at) then None
	else
		Some {
			Descend.confidence = "high";
			Descend.message = at.Descend.call.Interp.name ^ "() takes a reservation lock in code that a fence needs to complete";
			Descend.above = "takes a reservation lock in code that a fence needs to complete";
			Descend.reason = "whoever holds the lock may wait for this fence";
			Descend.hint = "take the lock before the fence is published, or only try to" }

let rule = Descend.rule "fence-resv" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_resv.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Fence_resv.rule p };
@@
* g@p(...)
