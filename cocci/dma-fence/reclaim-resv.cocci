// SPDX-License-Identifier: GPL-2.0-only
/// A shrinker, or an MMU notifier, waits for a reservation lock
///
//# By itself the rule sees nothing: the front end goes down from the callbacks. That a lock is only tried for is
//# seen by the functions for that, and by an argument that says so, where its value is known.
//
// Clause: reclaim
// Confidence: Moderate
// Tokens: shrinker mmu_notifier_ops mmu_interval_notifier_ops
// Context: reclaim
// Options: --no-includes --include-headers
//
// Demand: A shrinker or an MMU notifier must not wait for a reservation lock: memory is allocated with such locks held.
//   FUNCTIONS wait for one.
// Found: Here one is waited for:
// Remedy: Only try to take the lock.
//
//: Memory is allocated under reservation locks, and that may call shrinkers and MMU notifiers: one that waits for
//: such a lock may wait for the allocation that called it. They may try for the lock, and they may wait for fences.
//:
//: Wrong:
//:
//:     static unsigned long foo_scan(struct shrinker *shrinker, struct shrink_control *sc)
//:     {
//:             dma_resv_lock(bo->base.resv, NULL);
//:
//: Right:
//:
//:             if (!dma_resv_trylock(bo->base.resv))
//:                     continue;
//:
//: Remedy: only try to take the lock, and pass over what is locked.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Reclaim_resv = struct
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Operations = Resvlint.Operations
module Descend = Resvlint.Descend

(* Of a ww_acquire_ctx, callers often have none, and then only try. *)
let is_given_context (at : Descend.at) = match at.Descend.lock with
	| Some action ->
		(match Locks.context_of action at.Descend.call.Interp.arguments with
		| Some e -> Operations.truth at.Descend.values at.Descend.result.Interp.scope e <> Some false
		| None -> false)
	| None -> false

let judge (at : Descend.at) =
	let found what =
		Some {
			Descend.confidence = if is_given_context at then "low" else "medium";
			Descend.message = Printf.sprintf "%s() waits for a reservation lock in %s" at.Descend.call.Interp.name what;
			Descend.above = "waits for a reservation lock in " ^ what;
			Descend.reason = "memory is allocated with such locks held, and that comes here";
			Descend.hint = "only try to take the lock" } in
	match at.Descend.context with
	| Descend.Reclaim when Descend.waits_for_lock at -> found "a shrinker"
	| Descend.Notifier when Descend.waits_for_lock at -> found "an MMU notifier"
	| _ -> None

let rule = Descend.rule "reclaim-resv" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Reclaim_resv.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Reclaim_resv.rule p };
@@
* g@p(...)
