// SPDX-License-Identifier: GPL-2.0-only
/// A dma-buf callback that is invoked without the reservation lock presumes that it is held
///
//# The front end also knows callbacks that a table in another file names, the rule alone those of its file.
//# Only what stands in the callback itself is seen; what its helpers assert, resv-asserted reports. A function that is also called by
//# the driver, with the lock held, is reported for the calls that the dma-buf core makes.
//
// Clause: exporter-1
// Confidence: High
// Tokens: dma_buf_ops virtio_dma_buf_ops map_dma_buf callbacks
// Options: --no-includes --include-headers
//
// Demand: The dma-buf core calls some callbacks of an exporter without the reservation lock. That is the first
//   clause for exporters of the locking convention of dma-buf, in force since Linux 6.2. Calls of FUNCTIONS there
//   rely on a lock that nobody has taken.
// Found: These callbacks rely on it:
// Variant: Call what does not rely on the lock.
// Remedy: Drop the assertions: nobody has taken the lock.
//
//: The callbacks attach, detach, release, begin_cpu_access and end_cpu_access of struct dma_buf_ops (and
//: mmap, since the convention changed after Linux 6.2) are invoked without the reservation lock of the
//: dma-buf. An exporter that needs the lock takes it; one that asserts it, or drops it, is wrong.
//:
//: Wrong:
//:
//:     static int foo_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
//:     {
//:             dma_resv_assert_held(dmabuf->resv);
//:             return foo_sync(dmabuf->priv);
//:     }
//:
//: Right:
//:
//:             dma_resv_lock(dmabuf->resv, NULL);
//:             ret = foo_sync(dmabuf->priv);
//:             dma_resv_unlock(dmabuf->resv);
//:
//: Remedy: take the lock where it is needed, or remove the assertion where it is not.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Exporter_unlocked = struct
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

let callbacks = Callbacks.of_slots (List.map fst (Program.convention "exporter-1"))

let is_taken result h = match (result.Interp.call h.Interp.by).Interp.action with
	| Some { Locks.does = Locks.Acquire | Locks.Try | Locks.Query; _ } -> true
	| _ -> false
let is_free result s = not (List.exists (is_taken result) s.Interp.held)
let asserts_unheld result s =
	is_free result s && (match s.Interp.past with Interp.Failed _ -> false | _ -> true)
let releases_unheld result s =
	is_free result s && (match s.Interp.past with
		| Interp.Entry -> true
		| Interp.Released id -> List.mem id s.Interp.dropped
		| Interp.Failed _ -> false)

let note func slot does (call : Interp.call) =
	let lock = Interp.lock_name call in
	{ Report.nothing with
	  Report.confidence = "high"; state = "not held"; place = call.Interp.at; inside = func.Syntax.fname;
	  operation = call.Interp.name; arguments = lock; lock = (lock, call.Interp.at.Syntax.line);
	  message = Printf.sprintf "%s() in %s %s the reservation lock, which is not held" call.Interp.name slot does;
	  reasons = [ Callbacks.description callbacks func ^ ", which is invoked without the lock" ];
	  hint = "take " ^ Report.quote lock ^ " where it is needed" }

let judge func = match Callbacks.find callbacks func with
	| None -> []
	| Some (slot, _) ->
		let result = Program.result func in
		List.filter_map (fun ((call : Interp.call), states) ->
			match call.Interp.action with
			| Some { Locks.does = Locks.Assert; _ } when List.exists (asserts_unheld result) states ->
				Some (note func slot "asserts" call)
			| Some { Locks.does = Locks.Release; _ } when List.exists (releases_unheld result) states ->
				Some (note func slot "drops" call)
			| _ -> None) result.Interp.calls

(* The assertion goes, where something is left around it. *)
let edits f =
	let is_around func =
		func.Syntax.fname = f.Report.inside && func.Syntax.source = f.Report.place.Syntax.file
		&& Syntax.is_in_block func.Syntax.body f.Report.place in
	if Names.contains " asserts " f.Report.message && List.exists is_around (Program.functions ()) then
		[ (f.Report.place, f.Report.operation, "remove", "") ]
	else []

let rule = Rule.rule "exporter-unlocked" ~before:(fun () -> Callbacks.start callbacks) ~edits judge
end

@script:ocaml@
@@
Resvlint.Rule.run Exporter_unlocked.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Exporter_unlocked.rule p };
@@
* E@p

@depends on patch@
identifier l;
position p : script:ocaml() { Resvlint.Rule.has_edit Exporter_unlocked.rule "remove" p };
@@
- l@p(...);
