// SPDX-License-Identifier: GPL-2.0-only
/// A function that must not be called under the reservation lock is called with it held
///
//# Locks that are taken and released under the same condition, both times tested anew, look like a path
//# that still holds them. That a lock is another buffer's shows only in the names. A function of another file that
//# calls one of these may do so on a path that this caller never takes.
//
// Clause: importer-2
// Confidence: High
// Tokens: clause:importer-2 must-not-hold &lockdep_assert_not_held &__must_not_hold
// Options: --no-includes --include-headers
//
// Demand: Importers must not hold the reservation lock of a dma-buf when they call FUNCTIONS. That is the second
//   clause for importers of the locking convention of dma-buf, in force since Linux 6.2.
// Found: Here the lock is held:
// Variant: Call the variants that expect the lock to be held. It is held on every way to these calls, so what they
//   do stays protected.
// Remedy: Do not hold the lock over these calls: they take it themselves, or call an exporter's callback that may.
//
//: Importers must not hold the reservation lock of a dma-buf while they call dma_buf_attach(),
//: dma_buf_dynamic_attach(), dma_buf_detach(), dma_buf_export(), dma_buf_fd(), dma_buf_get(),
//: dma_buf_put(), dma_buf_mmap(), dma_buf_begin_cpu_access(), dma_buf_end_cpu_access() or one of the
//: four _unlocked variants: these take the lock, or call an exporter's callback that may.
//:
//: Wrong:
//:
//:     dma_resv_lock(dmabuf->resv, NULL);
//:     ret = dma_buf_vmap_unlocked(dmabuf, &map);
//:     ...
//:     dma_buf_put(dmabuf);
//:     dma_resv_unlock(dmabuf->resv);
//:
//: Right:
//:
//:     dma_resv_lock(dmabuf->resv, NULL);
//:     ret = dma_buf_vmap(dmabuf, &map);
//:     ...
//:     dma_resv_unlock(dmabuf->resv);
//:     dma_buf_put(dmabuf);
//:
//: Remedy: call the plain function where there is one, or move the call out of the locked region.
//: dma_buf_put() may drop the last reference, which frees the lock that is held.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Importer_unlocked = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Program = Resvlint.Program
module Report = Resvlint.Report
module Judge = Resvlint.Judge
module Callbacks = Resvlint.Callbacks
module Effects = Resvlint.Effects
module Rule = Resvlint.Rule

(* Functions say themselves that they must not be called with the lock held. *)
let says_so name = List.mem name [ "lockdep_assert_not_held"; "__must_not_hold" ]

(* Those that say so, and those of other files that call one of them, or one of the convention, for the buffer of an argument. Of other
   functions of this file the callers are asked. *)
let must_not_hold func (call : Interp.call) = match call.Interp.action with
	| Some { Locks.does = Locks.Must_not_hold | Locks.Must_not_hold_import; Locks.through; _ } ->
		not (says_so call.Interp.name)
		&& (Program.find func.Syntax.source call.Interp.name = None || List.exists says_so (List.map fst (Resvlint.Maybe.to_list through)))
	| _ -> false

(* dma_buf_vmap for dma_buf_vmap_unlocked, "" for a function without a plain variant. *)
let locked name = if Filename.check_suffix name "_unlocked" then Filename.chop_suffix name "_unlocked" else ""
let hint name _ =
	if locked name = "" then "drop the lock before this call"
	else Printf.sprintf "use %s(), or drop the lock before this call" (locked name)

let sites func =
	List.filter_map (fun (site : Judge.site) ->
		if Program.is_importer_2 site.Judge.call.Interp.name then Some site
		else if must_not_hold func site.Judge.call then
			Some { site with Judge.about = [ site.Judge.call.Interp.obj ] }
		else None) (Judge.sites (fun _ -> true) func)

(* What another file does is believed less, and not at all where it may be for another buffer. *)
let judge (site : Judge.site) =
	let found = Judge.must_not_hold ~hint ~replacement:locked site in
	if Program.is_importer_2 site.Judge.call.Interp.name then found
	else
		let is_same (call : Interp.call) =
			Names.same_object site.Judge.result.Interp.scope call.Interp.obj site.Judge.call.Interp.obj in
		let is_own = List.exists is_same (Judge.locks_held ~sure:true site) in
		List.map (fun f ->
			let confidence = if f.Report.confidence = "low" || not is_own then "low" else "medium" in
			{ f with Report.confidence }) found

let rule = Rule.rule "importer-unlocked" ~watches:Program.is_importer_2
	~inherited:(fun func -> List.filter_map (Judge.inherited ~hint) (sites func))
	(fun func -> List.concat_map judge (sites func))
end

@script:ocaml@
@@
Resvlint.Rule.run Importer_unlocked.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Importer_unlocked.rule p };
@@
* g@p(...)

@depends on patch@
identifier g : script:ocaml() { Resvlint.Program.is_importer_2 g };
fresh identifier _variant = script:ocaml(g) { Importer_unlocked.locked g };
position p : script:ocaml() { Resvlint.Rule.fixed Importer_unlocked.rule p };
@@
- g@p
+ _variant
  (...)
