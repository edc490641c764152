// SPDX-License-Identifier: GPL-2.0-only
/// Code that a fence needs to complete allocates memory in a way that may wait for reclaim
///
//# By itself the rule only sees what stands between dma_fence_begin_signalling() and its end. The front end goes
//# down from there, and from the callbacks of the DRM scheduler, through all that they call. A function that
//# allocates inside, in a directory that is not read, is known by cocci/tables/operations.tsv.
//
// Clause: fence-alloc
// Confidence: High
// Tokens: drm_sched_backend_ops dma_fence_begin_signalling
// Context: signalling
// Options: --no-includes --include-headers
//
// Demand: Code that is required for a fence to complete must not allocate memory in a way that waits for reclaim:
//   shrinkers and MMU notifiers may wait for fences. FUNCTIONS can wait for that.
// Found: Here such memory is allocated:
// Remedy: Allocate when the job is made, or with GFP_NOWAIT and a fallback.
//
//: Drivers are allowed to wait for fences in shrinkers, and in MMU notifiers. Reclaim calls both. Memory that is
//: allocated on the way to dma_fence_signal() with GFP_KERNEL, GFP_NOFS or GFP_NOIO can so wait for that very
//: fence. Such code is what stands between dma_fence_begin_signalling() and dma_fence_end_signalling(), and what
//: the DRM scheduler calls for a job whose fence is published: run_job(), prepare_job() and timedout_job() of
//: drm_sched_backend_ops; and work that such code waits for, by flush_work() or cancel_work_sync(). So is what a
//: worker or an interrupt handler does before it signals a fence.
//:
//: Wrong:
//:
//:     static struct dma_fence *foo_run_job(struct drm_sched_job *job)
//:     {
//:             struct foo_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);
//:
//: Right:
//:
//:     job->fence = kzalloc(sizeof(*job->fence), GFP_KERNEL);  /* before drm_sched_job_arm() */
//:
//: Remedy: allocate before the fence is published, that is before drm_sched_job_arm(), or with GFP_NOWAIT, and cope
//: with failure. GFP_ATOMIC is allowed, too.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_alloc = struct
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Effects = Resvlint.Effects
module Operations = Resvlint.Operations
module Descend = Resvlint.Descend

let judge (at : Descend.at) = match at.Descend.context, at.Descend.does with
	| Descend.Signalling, Some (Operations.Alloc (Operations.Reclaims flag)) when not at.Descend.scope_of_memalloc ->
		let name = at.Descend.call.Interp.name in
		Some {
			Descend.confidence = "high";
			Descend.message =
				(if flag = "" then name ^ "() in code that a fence needs to complete, which may wait for reclaim"
				else Printf.sprintf "%s() with %s in code that a fence needs to complete" name flag);
			Descend.above = "allocates in a way that may wait for reclaim, in code that a fence needs to complete";
			Descend.reason = "reclaim may wait for this fence, in a shrinker or an MMU notifier";
			Descend.hint = "allocate before the fence is published, or use GFP_NOWAIT and cope with failure" }
	| _ -> None

let rule = Descend.rule "fence-alloc" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_alloc.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Fence_alloc.rule p };
@@
* g@p(...)
