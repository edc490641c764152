// SPDX-License-Identifier: GPL-2.0-only
/// An importer calls a function that needs the reservation lock without holding it
///
//# By itself the rule sees one function at a time: where it finds that no lock was taken between entry and
//# the call, the callers may hold it. The front end asks them. Locks that are taken
//# and released under the same condition, both times tested anew, look like a path without the lock.
//
// Clause: importer-1
// Confidence: High
// Tokens: clause:importer-1
// Options: --no-includes --include-headers
//
// Demand: Importers must hold the reservation lock of a dma-buf when they call FUNCTIONS. That is the first clause
//   for importers of the locking convention of dma-buf, in force since Linux 6.2.
// Found: Here the lock is not held:
// Variant: Call the _unlocked variants instead, which take the lock around the same call. No way that leads to these
//   calls is known to hold the lock of that buffer, so none takes it twice.
// Remedy: Take the lock around these calls. No way that leads to them is known to hold it already.
// Subject: use the _unlocked dma-buf functions
//
//: Importers must hold the reservation lock of a dma-buf while they call dma_buf_pin(),
//: dma_buf_unpin(), dma_buf_map_attachment(), dma_buf_unmap_attachment(), dma_buf_vmap() or
//: dma_buf_vunmap(). Since Linux 6.2 these functions assert it, and the exporter's callbacks
//: behind them rely on it.
//:
//: Wrong:
//:
//:     sgt = dma_buf_map_attachment(attach, DMA_BIDIRECTIONAL);
//:
//: Right, where the lock is not held:
//:
//:     sgt = dma_buf_map_attachment_unlocked(attach, DMA_BIDIRECTIONAL);
//:
//: Right, where more is done under the lock:
//:
//:     dma_resv_lock(attach->dmabuf->resv, NULL);
//:     sgt = dma_buf_map_attachment(attach, DMA_BIDIRECTIONAL);
//:     ...
//:     dma_resv_unlock(attach->dmabuf->resv);
//:
//: Remedy: call the function's _unlocked variant, which takes the lock itself. dma_buf_pin() and
//: dma_buf_unpin() have none: take the lock around them. Where the caller was meant to hold the lock,
//: the fix belongs there.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Importer_locked = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Program = Resvlint.Program
module Report = Resvlint.Report
module Judge = Resvlint.Judge
module Rule = Resvlint.Rule

let operations = Program.convention "importer-1"
let operation name = List.mem_assoc name operations

(* A function that must be called without the lock of the same buffer, with nothing before it that touches a lock,
   shows that the lock is not held on entry: where it is, that call is wrong whatever the operation does. *)
let shown_free (site : Judge.site) =
	let shows ((call : Interp.call), states) =
		Program.is_importer_2 call.Interp.name && List.exists Interp.is_untouched states
		&& not (List.exists (fun part -> List.mem (Interp.negated part) call.Interp.conditions)
			site.Judge.call.Interp.conditions)
		&& (match site.Judge.about with
		    | first :: _ -> List.exists (Names.related site.Judge.result.Interp.scope first) call.Interp.arguments
		    | [] -> false) in
	match List.find_opt shows site.Judge.result.Interp.calls with
	| Some (call, _) -> Some (call.Interp.name, call.Interp.at.Syntax.line)
	| None -> None

let unlocked name = List.assoc name operations
let lock_of name arguments =
	let buffer = match arguments with first :: _ -> Syntax.text first | [] -> "" in
	match name with
	| "dma_buf_vmap" | "dma_buf_vunmap" -> buffer ^ "->resv"
	| _ -> buffer ^ "->dmabuf->resv"
let hint name arguments =
	let hold = "hold " ^ Report.quote (lock_of name arguments) in
	if unlocked name = "" then hold ^ ": there is no _unlocked variant"
	else Printf.sprintf "use %s(), or %s" (unlocked name) hold

let rule = Rule.rule "importer-locked"
	~watches:(fun name -> operation name || Program.is_importer_2 name)
	(fun func ->
		List.concat_map (Judge.needs_lock ~free:shown_free ~hint ~replacement:unlocked) (Judge.sites operation func))
end

@script:ocaml@
@@
Resvlint.Rule.run Importer_locked.rule (Coccilib.files ())

@depends on context@
identifier g : script:ocaml() { Importer_locked.operation g };
position p : script:ocaml() { Resvlint.Rule.found Importer_locked.rule p };
@@
* g@p(...)

@depends on patch@
identifier g : script:ocaml() { Importer_locked.operation g };
fresh identifier _variant = script:ocaml(g) { Importer_locked.unlocked g };
position p : script:ocaml() { Resvlint.Rule.fixed Importer_locked.rule p };
@@
- g@p
+ _variant
  (...)
