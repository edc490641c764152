// SPDX-License-Identifier: GPL-2.0-only
/// Code with a reservation lock held takes mmap_lock, or touches user memory, which may fault
///
//# By itself the rule only sees what one function does, and callbacks of dma_buf_ops. The front end also asks who calls the
//# functions that do so. The lock of an object that nobody else knows of yet counts: lockdep does not tell it from others, though
//# nobody can wait for it. What faults under an mmap_lock that is held already, such as hmm_range_fault(), is right where that was
//# taken first, which a caller may have done: it is of low confidence. So is what stands in a branch that may only be for ways
//# on which the lock is not taken.
//
// Clause: resv-hierarchy
// Confidence: High
// Tokens: under-lock
// Options: --no-includes --include-headers
//
// Demand: mmap_lock stands above reservation locks in the locking hierarchy: what takes it must not be called with one held.
//   FUNCTIONS do.
// Found: Here one is held:
// Remedy: Do it before the lock is taken, or after it is released.
//
//: Whoever handles a page fault takes mmap_lock, and then the reservation lock of what is mapped there. So mmap_lock comes
//: first: with any reservation lock held, code must neither take it nor do what may, such as copy_from_user() and its kind,
//: get_user_pages() and its kind, or the last mmput(). dma_resv_lockdep() in drivers/dma-buf/dma-resv.c tells lockdep so.
//:
//: Wrong:
//:
//:     dma_resv_lock(obj->resv, NULL);
//:     if (copy_from_user(obj->vaddr, args->data, args->size))
//:
//: Right:
//:
//:     data = vmemdup_user(args->data, args->size);
//:     ...
//:     dma_resv_lock(obj->resv, NULL);
//:     memcpy(obj->vaddr, data, args->size);
//:
//: Remedy: do it before the lock is taken, or after it is released. mmap_read_trylock(), and __copy_from_user_inatomic() under
//: pagefault_disable(), may stand anywhere.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Resv_hierarchy = struct
module Syntax = Resvlint.Syntax
module Interp = Resvlint.Interp
module Program = Resvlint.Program
module Report = Resvlint.Report
module Operations = Resvlint.Operations
module Sections = Resvlint.Sections
module Judge = Resvlint.Judge
module Maybe = Resvlint.Maybe
module Callbacks = Resvlint.Callbacks
module Rule = Resvlint.Rule

let callbacks = Callbacks.of_slots
	(List.map fst (List.append (Program.convention "entered-held") (Program.convention "exporter-2")))

let kind (site : Judge.site) = Operations.of_call [] site.Judge.result.Interp.scope site.Judge.call

let hint name _ =
	if name = "mmput" then "use mmput_async()" else "do this before the lock is taken, or after it is released"

(* What is done inside of a function that the table has is told where that is called. *)
let sites func =
	if Operations.is_above func.Syntax.fname then []
	else
		List.filter (fun (site : Judge.site) ->
			kind site <> Some Operations.User || not (Sections.surrounds Sections.nofault func site.Judge.call))
			(Judge.sites Operations.is_above func)

let is_at_entry (site : Judge.site) = List.exists Interp.is_untouched site.Judge.states
let in_callback func = Callbacks.find callbacks func <> None

let entered (site : Judge.site) =
	let call = site.Judge.call in
	{ Report.nothing with
	  Report.state = "held"; place = call.Interp.at; inside = site.Judge.func.Syntax.fname; operation = call.Interp.name;
	  arguments = String.concat ", " (List.map Syntax.text call.Interp.arguments);
	  message = call.Interp.name ^ "() with the reservation lock held";
	  reasons = [ Callbacks.description callbacks site.Judge.func ^ ", which is invoked with the lock held" ];
	  hint = hint call.Interp.name [] }

(* mmput() only takes mmap_lock with the last reference. What faults under mmap_lock is right where that was taken first, which
   callers may have done; where it was not, taking it is what is wrong. *)
let most site = match kind site with
	| Some Operations.Faults -> "low"
	| _ -> if site.Judge.call.Interp.name = "mmput" then "medium" else "high"
let rank = function "low" -> 0 | "medium" -> 1 | _ -> 2
let graded most found = if rank most < rank found.Report.confidence then { found with Report.confidence = most } else found

(* Was mmap_lock taken before the lock, so that it is not what faults under it that takes it? *)
let is_in_order (site : Judge.site) found =
	let takes_before ((call : Interp.call), _) =
		call.Interp.at.Syntax.line < snd found.Report.lock
		&& Operations.of_call [] site.Judge.result.Interp.scope call = Some Operations.Mmap in
	kind site = Some Operations.Faults && List.exists takes_before site.Judge.result.Interp.calls

let judge (site : Judge.site) =
	let found = if in_callback site.Judge.func && is_at_entry site then [ entered site ] else Judge.under_no_lock ~hint site in
	List.map (graded (most site)) (List.filter (fun f -> not (is_in_order site f)) found)
let inherited site =
	Maybe.map (fun found ->
		let served = if kind site = Some Operations.User then Sections.nofault ^ "=0" else "" in
		let needs = String.concat "," (List.filter ((<>) "") [ served; found.Report.needs ]) in
		graded (most site) { found with Report.confidence = "medium"; needs }) (Judge.inherited ~hint site)

let rule = Rule.rule "resv-hierarchy" ~before:(fun () -> Callbacks.start callbacks) ~watches:Operations.is_above
	~inherited:(fun func -> if in_callback func then [] else List.filter_map inherited (sites func))
	(fun func -> List.concat_map judge (sites func))
end

@script:ocaml@
@@
Resvlint.Rule.run Resv_hierarchy.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Resv_hierarchy.rule p };
@@
* g@p(...)
