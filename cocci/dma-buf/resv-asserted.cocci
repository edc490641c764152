// SPDX-License-Identifier: GPL-2.0-only
/// A function that asserts the reservation lock of its argument is called without it
///
//# By itself the rule only knows the functions of the same file that assert, and says nothing where the callers
//# may hold the lock. The front end finds them in the whole tree, by their bodies, and asks the callers. An
//# assertion that depends on something that the caller knows is taken for one that always holds, but for true and false,
//# NULL, bits of flags and enumerators that are passed as arguments.
//
// Clause: asserted
// Confidence: Moderate
// Tokens: must-hold dma_resv_assert_held dma_resv_for_each_fence dma_resv_iter_first dma_resv_iter_next
//   &lockdep_assert_held &lockdep_assert_held_once &lockdep_assert_held_write &lockdep_is_held &__must_hold
// Options: --no-includes --include-headers
//
// Demand: The reservation lock must be held for FUNCTIONS: the function asserts that of its argument.
// Found: Here the lock is not held:
// Variant: Call the variants that take the lock around the same call. No way that leads to these calls is known to
//   hold it already.
// Remedy: Take the lock around these calls. No way that leads to them is known to hold it already.
//
//: A function that asserts the reservation lock of an object with dma_resv_assert_held(), on each way through it
//: that is no error, needs its caller to hold that lock, as much as dma_buf_vmap() does. Which functions these
//: are is found by their bodies: what a kernel's own code says beats any table. To go over the fences of an
//: object with dma_resv_for_each_fence(), or with dma_resv_iter_first(), asserts its lock, too;
//: dma_resv_for_each_fence_unlocked() does not.
//:
//: Wrong:
//:
//:     ret = ttm_bo_validate(bo, &placement, &ctx);
//:
//: Right:
//:
//:     ret = ttm_bo_reserve(bo, false, false, NULL);
//:     if (ret)
//:             return ret;
//:     ret = ttm_bo_validate(bo, &placement, &ctx);
//:     ttm_bo_unreserve(bo);
//:
//: Remedy: take the lock around the call, or call a variant of the function that takes it. Where the caller
//: was meant to hold it, the fix belongs there.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Resv_asserted = struct
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

(* The version before which the function asserted the lock, where the kernel to check for is not known. *)
let until (site : Judge.site) = Program.asserted_until site.Judge.func.Syntax.source site.Judge.call.Interp.name

(* The functions of the convention have rules of their own. *)
let must_hold (site : Judge.site) = match site.Judge.call.Interp.action with
	| Some { Locks.does = Locks.Must_hold | Locks.Iterate; _ } -> not (Program.is_convention site.Judge.call.Interp.name)
	| _ -> until site <> None

(* Is a function entered by other ways than calls by its name, which are judged where they stand? *)
let is_passed_on func =
	let named = ref 0 and called = ref 0 in
	let expr e = match e.Syntax.node with
		| Syntax.Var name when name = func.Syntax.fname -> incr named
		| Syntax.Call _ when Syntax.callee e = func.Syntax.fname -> incr called
		| _ -> () in
	List.iter (fun (_, variables, where) ->
		Syntax.iter expr [ { Syntax.kind = Syntax.Decl variables; Syntax.where = where } ]) (Program.variables ());
	List.iter (fun f -> Syntax.iter expr f.Syntax.body) (Program.functions ());
	!named > !called

(* What the function asserts of its parameter is demanded of its callers. *)
let is_demanded (site : Judge.site) = match site.Judge.call.Interp.action, Program.effect_of site.Judge.func with
	| Some { Locks.does = Locks.Iterate; _ }, Some { Locks.does = Locks.Assert | Locks.Must_hold; Locks.argument; _ } ->
		Names.parameter site.Judge.result.Interp.scope site.Judge.call.Interp.obj = int_of_string_opt argument
		&& not (is_passed_on site.Judge.func)
	| _ -> false

let hint (site : Judge.site) name arguments =
	let argument = String.concat ", " (List.map Syntax.text arguments) in
	match until site with
	| None ->
		let why = match site.Judge.call.Interp.action with
			| Some { Locks.through = Some ("__must_hold", _); _ } -> "is declared __must_hold()"
			| _ -> "asserts it" in
		Printf.sprintf "hold the lock of %s: %s() %s" (Report.quote argument) name why
	| Some version ->
		Printf.sprintf "before Linux %s %s() asserts the lock of %s: --kernel names the kernel to check for"
			version name (Report.quote argument)

(* Variables that another function has put an object into, which may come with its lock held. *)
let filled func =
	let found = ref [] in
	Syntax.iter (fun e -> match e.Syntax.node with
		| Syntax.Call (_, arguments) when not (Names.is_maker (Syntax.callee e)) ->
			List.iter (fun a -> match (Syntax.bare a).Syntax.node with
				| Syntax.Unary ("&", { Syntax.node = Syntax.Var x; _ }) -> found := x :: !found
				| _ -> ()) arguments
		| _ -> ()) func.Syntax.body;
	!found

(* Most that call such a function are called with the lock held, or hold it in ways that names do not show:
   only what releases the lock, or fails to get it, is sure to be wrong. *)
let judge filled (site : Judge.site) =
	let obj = site.Judge.call.Interp.obj in
	let made_here = List.exists (fun name -> List.mem name filled) (Names.roots obj) in
	let is_settled = made_here || is_demanded site in
	let states = if is_settled then List.filter (fun s -> not (Interp.is_untouched s)) site.Judge.states else site.Judge.states in
	let site = { site with Judge.about = [ obj ]; Judge.states } in
	let sure = until site = None && not (List.exists Interp.is_untouched states) in
	if Syntax.text obj = "NULL" then []
	else
		List.map (fun f ->
			let confidence = if f.Report.confidence = "high" && sure then "medium" else "low" in
			{ f with Report.confidence }) (Judge.needs_lock ~hint:(hint site) ~replacement:(fun _ -> "") site)

let rule = Rule.rule "resv-asserted" (fun func ->
	let filled = filled func in
	Judge.sites (fun _ -> true) func
	|> List.filter must_hold
	|> List.concat_map (judge filled))
end

@script:ocaml@
@@
Resvlint.Rule.run Resv_asserted.rule (Coccilib.files ())

@depends on context@
identifier g;
position p : script:ocaml() { Resvlint.Rule.found Resv_asserted.rule p };
@@
* g@p(...)
