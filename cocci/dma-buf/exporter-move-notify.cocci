// SPDX-License-Identifier: GPL-2.0-only
/// An exporter calls dma_buf_move_notify(), now dma_buf_invalidate_mappings(), without the reservation lock
///
//# By itself the rule sees one function at a time: where it finds that no lock was taken between entry and
//# the call, the callers may hold it. The front end asks them.
//
// Clause: exporter-3
// Confidence: High
// Tokens: clause:exporter-3
// Options: --no-includes --include-headers
//
// Demand: Exporters must hold the reservation lock of a dma-buf when they call FUNCTIONS. That is the third clause
//   for exporters of the locking convention of dma-buf, in force since Linux 6.2.
// Found: Here the lock is not held:
// Variant: Call the variants that take the lock around the same call. No way that leads to these calls is known to
//   hold it already.
// Remedy: Take the lock around these calls. No way that leads to them is known to hold it already.
//
//: Exporters must hold the reservation lock of a dma-buf while they call dma_buf_invalidate_mappings() on
//: it, which was dma_buf_move_notify() before Linux 7.1: the function walks the list of attachments, which
//: the lock protects, and calls the importers' invalidate_mappings() callbacks, which were move_notify()
//: and rely on it.
//:
//: Wrong:
//:
//:     dma_buf_invalidate_mappings(obj->dma_buf);
//:
//: Right:
//:
//:     dma_resv_lock(obj->dma_buf->resv, NULL);
//:     dma_buf_invalidate_mappings(obj->dma_buf);
//:     dma_resv_unlock(obj->dma_buf->resv);
//:
//: Remedy: take the lock around the move of the buffer, of which the notification is a part.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Exporter_move_notify = struct
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

let operations = Program.convention "exporter-3"
let operation name = List.mem_assoc name operations

let hint _ arguments = match arguments with
	| buffer :: _ -> "hold " ^ Report.quote (Syntax.text buffer ^ "->resv")
	| [] -> ""

let rule = Rule.rule "exporter-move-notify" ~watches:operation (fun func ->
	List.concat_map (Judge.needs_lock ~hint ~replacement:(fun _ -> "")) (Judge.sites operation func))
end

@script:ocaml@
@@
Resvlint.Rule.run Exporter_move_notify.rule (Coccilib.files ())

@depends on context@
identifier g : script:ocaml() { Exporter_move_notify.operation g };
position p : script:ocaml() { Resvlint.Rule.found Exporter_move_notify.rule p };
@@
* g@p(...)
