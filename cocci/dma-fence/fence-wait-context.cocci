// SPDX-License-Identifier: GPL-2.0-only
/// A shrinker, or an MMU notifier, outside of drivers/gpu waits for a fence
///
//# By itself the rule sees nothing: the front end goes down from the callbacks. Of code outside of a kernel tree
//# nobody knows where it belongs, and nothing is said.
//
// Clause: fence-wait
// Confidence: Moderate
// Tokens: shrinker mmu_notifier_ops mmu_interval_notifier_ops
// Context: reclaim
// Outside: drivers/gpu drivers/accel
// Options: --no-includes --include-headers
//
// Demand: No driver outside of drivers/gpu may wait for a fence in a shrinker or an MMU notifier. FUNCTIONS wait for one.
// Found: Here one is waited for:
// Remedy: Do not wait there.
//
//: Only drivers of GPUs have a reason to wait for fences in shrinkers and in MMU notifiers, says the fence
//: cross-driver contract: no driver outside of drivers/gpu should ever do so. (Those in drivers/accel are of the
//: same kind.)
//:
//: Wrong, outside of drivers/gpu:
//:
//:     static bool foo_invalidate(struct mmu_interval_notifier *mni, ...)
//:     {
//:             dma_fence_wait(foo->fence, false);
//:
//: Right: stop the device's access in another way, such as page faults.
//:
//: Remedy: none is mechanical.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_wait_context = struct
module Interp = Resvlint.Interp
module Operations = Resvlint.Operations
module Descend = Resvlint.Descend

let judge (at : Descend.at) =
	let found what =
		Some {
			Descend.confidence = "medium";
			Descend.message = Printf.sprintf "%s() waits for a fence in %s, outside of drivers/gpu" at.Descend.call.Interp.name what;
			Descend.above = Printf.sprintf "waits for a fence in %s, outside of drivers/gpu" what;
			Descend.reason = "only drivers of GPUs have a reason to";
			Descend.hint = "stop what the device does in another way" } in
	match at.Descend.context, at.Descend.does with
	| Descend.Reclaim, Some Operations.Wait -> found "a shrinker"
	| Descend.Notifier, Some Operations.Wait -> found "an MMU notifier"
	| _ -> None

let rule = Descend.rule "fence-wait-context" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_wait_context.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Fence_wait_context.rule p };
@@
* g@p(...)
