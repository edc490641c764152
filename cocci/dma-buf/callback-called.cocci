// SPDX-License-Identifier: GPL-2.0-only
/// A callback is called with the reservation lock in another state than it is entered in
///
//# What the callee does is not looked at: it may do without the lock. Of which structure a member is shows in the
//# types of variables, parameters and members that the file declares or that are the kernel's own, else in the
//# arguments; where they do not tell, nothing is reported. By itself the rule sees one function at a time, and
//# only knows the callbacks of struct dma_buf_ops: where it finds that no lock was taken between entry and the call, the
//# callers may hold it. The front end asks them, and knows those of lib/contexts.tsv.
//
// Clause: called
// Confidence: High
// Tokens: called-held lock-functions entered-held callbacks dma_buf_ops map_dma_buf
// Options: --no-includes --include-headers
//
// Demand: A callback relies on the state of the reservation lock in which the kernel's core enters it, whoever
//   calls FUNCTIONS.
// Found: Here the lock is in the other state:
// Variant: Call the variants that bring the lock into the state that the callback expects.
// Remedy: Call the core's own function instead, or bring the lock into the state that the callback expects.
//
//: The kernel's core enters some callbacks with the reservation lock of the buffer held, and others without it:
//: of struct dma_buf_ops, as the locking convention says, and of others such as struct drm_gem_object_funcs and struct
//: ttm_device_funcs, as lib/contexts.tsv, or a table given with --contexts, has it. Who calls such a callback through
//: its structure, past the core, has to bring about the same state: the callback relies on it.
//:
//: Wrong:
//:
//:     ret = obj->funcs->vmap(obj, &map);
//:
//: Right:
//:
//:     dma_resv_lock(obj->resv, NULL);
//:     ret = obj->funcs->vmap(obj, &map);
//:     ...
//:     dma_resv_unlock(obj->resv);
//:
//: The lock is that of the object whose callback is called. An exporter that passes a call on to another buffer's
//: exporter holds the lock of its own buffer only.
//:
//: Remedy: call the core's own function, such as drm_gem_vmap() or dma_buf_vmap(), which asserts the lock or
//: takes it, and checks more besides. Else take the lock around the call, or drop it before.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Callback_called = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Program = Resvlint.Program
module Report = Resvlint.Report
module Judge = Resvlint.Judge
module Callbacks = Resvlint.Callbacks
module Rule = Resvlint.Rule

let entered_held = Callbacks.of_slots
	(List.map fst (List.append (Program.convention "entered-held") (Program.convention "exporter-2")))

let lock_of obj = "the reservation lock of " ^ Report.quote (Syntax.text obj)
let hint (target : Callbacks.target) _ _ = match target.Callbacks.wants with
	| Callbacks.Held ->
		Printf.sprintf "hold %s: %s() is entered with it" (lock_of target.Callbacks.obj) target.Callbacks.slot
	| Callbacks.Free ->
		Printf.sprintf "drop %s before this call: %s() is entered without it" (lock_of target.Callbacks.obj)
			target.Callbacks.slot
let no_replacement _ = ""

(* The lock that the function itself is entered with: of the object whose callback is called, of another, or of one
   that names do not tell. *)
type entry = Not_entered | Own | Other | Unknown
let entry func scope obj = match Callbacks.find entered_held func, Names.object_of scope obj with
	| None, _ -> Not_entered
	| Some _, None -> Unknown
	| Some _, Some name ->
		if List.exists (fun p -> p.Syntax.param = name) func.Syntax.params then Own else Other

let entered_with func (site : Judge.site) confidence message hint =
	{ Report.nothing with
	  Report.confidence; state = "held"; place = site.Judge.call.Interp.at; inside = func.Syntax.fname;
	  operation = site.Judge.call.Interp.name;
	  arguments = String.concat ", " (List.map Syntax.text site.Judge.call.Interp.arguments); message;
	  reasons = [ Callbacks.description entered_held func ^ ", which is invoked with the lock held" ]; hint }

(* Variables that something else than an assignment sets: a loop over a list, or a function that gets their address. *)
let is_filled_in func scope =
	let local = Syntax.declared_in func.Syntax.body in
	fun name -> List.exists (fun (v : Syntax.variable) -> v.Syntax.name = name) local && Names.assigned scope name = []

(* An object that comes from there may come with its lock held. Nor is it known where a function may have taken it. *)
let without_unknown (site : Judge.site) obj =
	let scope = site.Judge.result.Interp.scope in
	let comes_from_elsewhere = List.exists (is_filled_in site.Judge.func scope) (Names.origin_names scope obj) in
	let may_be_taken s =
		List.exists (fun id -> List.exists (Names.related scope (site.Judge.result.Interp.call id).Interp.obj) site.Judge.about)
			s.Interp.maybe in
	let is_own h = List.exists (Names.related scope (site.Judge.result.Interp.call h.Interp.by).Interp.obj) [ obj ] in
	let is_sure s = match s.Interp.past with
		| _ when List.exists is_own s.Interp.held -> true
		| Interp.Released _ | Interp.Failed _ -> s.Interp.held = [] && site.Judge.call.Interp.loops = []
		| Interp.Entry -> false in
	{ site with Judge.states =
		List.filter (fun s -> not (may_be_taken s) && (is_sure s || not comes_from_elsewhere)) site.Judge.states }

(* What is untouched at the call is what the callback was entered with. *)
let judge_entered func (site : Judge.site) (target : Callbacks.target) hint =
	let name = site.Judge.call.Interp.name in
	let is_untouched = List.exists Interp.is_untouched site.Judge.states in
	match target.Callbacks.wants, entry func site.Judge.result.Interp.scope target.Callbacks.obj with
	| Callbacks.Held, Other when is_untouched ->
		[ entered_with func site "low" (name ^ "() with the reservation lock of another object") hint ]
	| Callbacks.Free, Own when is_untouched ->
		[ entered_with func site "medium" (name ^ "() with the reservation lock held") hint ]
	| _ -> []

let targets func =
	match Judge.sites Callbacks.may_want func with
	| [] -> []
	| sites ->
		let types = Program.types_of func in
		List.concat_map (fun (site : Judge.site) ->
			match Callbacks.target types site.Judge.result.Interp.scope site.Judge.call with
			| Some target -> [ ({ site with Judge.about = target.Callbacks.obj :: target.Callbacks.others }, target) ]
			| None -> []) sites

let is_entered func = Callbacks.find entered_held func <> None

let judge func =
	List.concat_map (fun ((site : Judge.site), (target : Callbacks.target)) ->
		let touched =
			if is_entered func then
				{ site with Judge.states = List.filter (fun s -> not (Interp.is_untouched s)) site.Judge.states }
			else site in
		let found = match target.Callbacks.wants with
			| Callbacks.Held ->
				Judge.needs_lock ~hint:(hint target) ~replacement:no_replacement
					(without_unknown touched target.Callbacks.obj)
			| Callbacks.Free -> Judge.must_not_hold ~hint:(hint target) ~replacement:no_replacement touched in
		List.append found (judge_entered func site target (hint target () ()))) (targets func)

let inherited func =
	if is_entered func then []
	else
		List.concat_map (fun (site, (target : Callbacks.target)) ->
			match target.Callbacks.wants with
			| Callbacks.Held -> []
			| Callbacks.Free ->
				match Judge.inherited ~hint:(hint target) site with
				| Some found -> [ found ]
				| None -> []) (targets func)

let rule = Rule.rule "callback-called" ~before:(fun () -> Callbacks.start entered_held) ~watches:Callbacks.may_want
	~inherited judge
end

@script:ocaml@
@@
Resvlint.Rule.run Callback_called.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Callback_called.rule p };
@@
* E@p
