// SPDX-License-Identifier: GPL-2.0-only
/// Code that a fence needs to complete takes mmap_lock, or touches user memory that may fault
///
//# By itself the rule only sees what stands between dma_fence_begin_signalling() and its end. The front end goes
//# down from there, and from the callbacks of the DRM scheduler, through all that they call.
//
// Clause: fence-mmap-lock
// Confidence: High
// Tokens: drm_sched_backend_ops dma_fence_begin_signalling
// Context: signalling
// Options: --no-includes --include-headers
//
// Demand: Code that is required for a fence to complete must take nothing that stands above the reservation lock in the
//   locking hierarchy: neither mmap_lock, nor what may take it. FUNCTIONS do.
// Found: Here that is done:
// Remedy: Do it before the fence is published, or in a worker that no fence waits for.
//
//: What holds for reservation locks on the way to dma_fence_signal() holds for what is taken outside of them:
//: mmap_lock, and what takes it, such as copy_from_user(), get_user_pages() and their kind, or the last mmput().
//:
//: Wrong:
//:
//:     static struct dma_fence *foo_run_job(struct drm_sched_job *job)
//:     {
//:             mmap_read_lock(job->mm);
//:
//: Right: do it when the job is submitted. mmput_async() may stand anywhere.
//:
//: Remedy: do it before the fence is published, or in a worker that no fence waits for.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_mmap_lock = struct
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Effects = Resvlint.Effects
module Operations = Resvlint.Operations
module Descend = Resvlint.Descend

let judge (at : Descend.at) =
	let name = at.Descend.call.Interp.name ^ "()" in
	let say what =
		Some {
			Descend.confidence = "high";
			Descend.message = Printf.sprintf "%s %s in code that a fence needs to complete" name what;
			Descend.above = what ^ " in code that a fence needs to complete";
			Descend.reason = "mmap_lock is taken outside of reservation locks, whose holders may wait for this fence";
			Descend.hint = "do this before the fence is published, or in a worker that no fence waits for" } in
	match at.Descend.context, at.Descend.does with
	| Descend.Signalling, Some Operations.Mmap -> say (if name = "mmput()" then "may take mmap_lock" else "takes mmap_lock")
	| Descend.Signalling, Some (Operations.Pages | Operations.Faults) -> say "faults user pages in"
	| Descend.Signalling, Some Operations.User -> say "touches user memory, which may fault,"
	| _ -> None

let rule = Descend.rule "fence-mmap-lock" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_mmap_lock.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Fence_mmap_lock.rule p };
@@
* g@p(...)
