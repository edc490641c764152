// SPDX-License-Identifier: GPL-2.0-only
/// A callback that is invoked with the reservation lock held takes it again
///
//# The front end also knows callbacks that a table in another file names, the rule alone those of its file.
//# What stands in the callback itself is seen, and calls of functions that take the lock of an argument first of all,
//# or that call what wants it free, found by their bodies: by the rule alone in the same file, one call deep, by
//# the front end through functions and files. They may do so on a path that this callback never takes. A lock that
//# the callback takes for another object than the buffer it was called for is reported with lower confidence if the
//# names show it.
//
// Clause: exporter-2
// Confidence: High
// Tokens: dma_buf_ops virtio_dma_buf_ops map_dma_buf entered-held callbacks
// Options: --no-includes --include-headers
//
// Demand: The dma-buf core calls some callbacks of an exporter with the reservation lock held. That is the second
//   clause for exporters of the locking convention of dma-buf, in force since Linux 6.2. Calls of FUNCTIONS there
//   take it again, which waits for itself.
// Found: These callbacks do so:
// Variant: Call the variants that expect the lock to be held, as the caller does.
// Remedy: Assert the lock that the caller holds, instead of taking it.
//
//: The callbacks pin, unpin, map_dma_buf, unmap_dma_buf, vmap and vunmap of struct dma_buf_ops (and mmap
//: from Linux 6.2 until the convention changed) are invoked with the reservation lock of the dma-buf held.
//: An exporter that takes the lock there, or calls a function that does, waits for itself. So does any other callback
//: that lib/contexts.tsv, or a table given with --contexts, says is entered with the lock held, such as vmap and pin
//: of struct drm_gem_object_funcs; a rule alone, without resvlint, does not know these.
//:
//: Wrong:
//:
//:     static struct sg_table *foo_map_dma_buf(struct dma_buf_attachment *attach, ...)
//:     {
//:             dma_resv_lock(attach->dmabuf->resv, NULL);
//:             sgt = foo_get_pages(attach->dmabuf->priv);
//:             dma_resv_unlock(attach->dmabuf->resv);
//:
//: Right:
//:
//:             dma_resv_assert_held(attach->dmabuf->resv);
//:             sgt = foo_get_pages(attach->dmabuf->priv);
//:
//: Remedy: rely on the caller's lock, and say so with dma_resv_assert_held(). A function that takes the
//: lock needs a variant that does not.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Exporter_locked = struct
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

let callbacks = Callbacks.of_slots
	(List.map fst (List.append (Program.convention "entered-held") (Program.convention "exporter-2")))

(* The callback's own buffer by its plain name, such as attach->dmabuf->resv; or an object that it was reached from,
   such as the one behind dmabuf->priv; or none of both. *)
type whose = Buffer | From_buffer | Other

let parameters func = List.map (fun p -> p.Syntax.param) func.Syntax.params
let whose func scope e =
	if Names.made_of scope (parameters func) e then Buffer
	else if Names.parameter scope e <> None then From_buffer
	else Other

(* Is it the callback's buffer, or what goes with it, as far as names tell? *)
let is_own func scope e = match Names.object_of scope e with
	| Some name -> List.mem name (parameters func)
	| None -> false

let finding func (call : Interp.call) confidence arguments lock message hint =
	{ Report.nothing with
	  Report.confidence; state = "held"; place = call.Interp.at; inside = func.Syntax.fname;
	  operation = call.Interp.name; arguments; lock; message;
	  reasons = [ Callbacks.description callbacks func ^ ", which is invoked with the lock held" ]; hint }

(* Of a function that takes the lock inside, not every path is known to do so. What is taken with a ww_acquire_ctx, or
   only tried, is most likely another lock, unless it plainly is the buffer's. *)
let take func scope slot (call : Interp.call) action =
	let obj = call.Interp.obj in
	let own = is_own func scope obj in
	let waits = Locks.without_context ~unlisted:true action call.Interp.arguments && action.Locks.does <> Locks.Try in
	let confidence =
		if action.Locks.does = Locks.Acquire_inside then (if own then "medium" else "low")
		else match whose func scope obj with
			| Buffer -> "high"
			| From_buffer when waits || own -> "medium"
			| From_buffer | Other -> "low" in
	let lock = Interp.lock_name call in
	finding func call confidence lock (lock, call.Interp.at.Syntax.line)
		(Printf.sprintf "%s() in %s takes the reservation lock again" call.Interp.name slot)
		"rely on the caller's lock: dma_resv_assert_held()"

(* What is exported was not imported: it never gets to where that is asked for. *)
let calls_importer func result slot (call : Interp.call) =
	let scope = result.Interp.scope and name = call.Interp.name in
	let confidence =
		if Program.is_importer_2 name then
			match call.Interp.arguments with
			| first :: _ when whose func scope first = Buffer -> "high"
			| _ -> "low"
		else if is_own func scope call.Interp.obj then "medium"
		else "low" in
	if confidence = "low" && Effects.is_for_import result call then None
	else Some (finding func call confidence (String.concat ", " (List.map Syntax.text call.Interp.arguments)) ("", 0)
		(Printf.sprintf "%s() in %s, under the reservation lock" name slot)
		"call what does not take the lock, or do this outside of the callback")

let is_before_release s =
	s.Interp.dropped = [] && (match s.Interp.past with Interp.Released _ -> false | _ -> true)

let judge func = match Callbacks.find callbacks func with
	| None -> []
	| Some (slot, _) ->
		let result = Program.result func in
		let scope = result.Interp.scope in
		List.filter_map (fun ((call : Interp.call), states) ->
			match call.Interp.action with
			| Some { Locks.does = Locks.Acquire_inside; argument; _ } when Locks.is_inside argument -> None
			| Some ({ Locks.does = Locks.Acquire | Locks.Try | Locks.Acquire_inside; _ } as action)
			  when List.exists is_before_release states -> Some (take func scope slot call action)
			| Some { Locks.does = Locks.Must_not_hold; _ } -> calls_importer func result slot call
			| _ when Program.is_importer_2 call.Interp.name -> calls_importer func result slot call
			| _ -> None) result.Interp.calls

(* What a person would fix without a thought: a plain dma_resv_lock() of the buffer's lock that is released by
   plain dma_resv_unlock() on each path and nowhere else, in a callback that has no other lock functions and that
   nobody else calls. *)

let is_named name e = match (Syntax.bare e).Syntax.node with
	| Syntax.Var other | Syntax.Unary ("&", { Syntax.node = Syntax.Var other; _ }) -> other = name
	| _ -> false
let is_called name =
	let calls e = match e.Syntax.node with
		| Syntax.Call (g, arguments) -> List.exists (is_named name) (g :: arguments)
		| _ -> false in
	List.exists (fun f -> Syntax.exists calls f.Syntax.body) (Program.functions ())

let counts (call : Interp.call) = match call.Interp.action with
	| None | Some { Locks.does = Locks.Assert | Locks.Iterate | Locks.Query | Locks.Must_not_hold | Locks.Must_not_hold_import; _ } -> false
	| Some _ -> true

let is_plain_lock func (call : Interp.call) =
	call.Interp.name = "dma_resv_lock" && Syntax.is_in_block func.Syntax.body call.Interp.at
	&& (match call.Interp.arguments with [ _; context ] -> Syntax.text context = "NULL" | _ -> false)

let plain_unlocks func result (lock : Interp.call) =
	let holds s = List.exists (fun h -> h.Interp.by = lock.Interp.id) s.Interp.held in
	let others = List.filter (fun ((call : Interp.call), _) -> counts call && call.Interp.id <> lock.Interp.id)
		result.Interp.calls in
	let is_unlock ((call : Interp.call), states) =
		call.Interp.name = "dma_resv_unlock" && Syntax.is_in_block func.Syntax.body call.Interp.at
		&& Interp.lock_name call = Interp.lock_name lock && states <> [] && List.for_all holds states in
	if others <> [] && List.for_all is_unlock others
	   && not (List.exists (fun exit -> holds exit.Interp.state) result.Interp.exits) then
		List.map fst others
	else []

let edits f =
	match List.find_opt (fun func -> func.Syntax.fname = f.Report.inside
			&& func.Syntax.source = f.Report.place.Syntax.file) (Program.functions ()) with
	| Some func when f.Report.confidence = "high" && func.Syntax.static && not (is_called func.Syntax.fname) ->
		let result = Program.result func in
		(match List.find_opt (fun ((call : Interp.call), _) -> call.Interp.at = f.Report.place) result.Interp.calls with
		| Some (lock, _) when is_plain_lock func lock ->
			(match plain_unlocks func result lock with
			| [] -> []
			| unlocks ->
				(f.Report.place, "dma_resv_lock", "call", "dma_resv_assert_held(" ^ Interp.lock_name lock ^ ")")
				:: List.map (fun (u : Interp.call) -> (u.Interp.at, "dma_resv_unlock", "remove", "")) unlocks)
		| _ -> [])
	| _ -> []

let rule = Rule.rule "exporter-locked" ~before:(fun () -> Callbacks.start callbacks)
	~watches:Program.is_importer_2 ~edits judge
end

@script:ocaml@
@@
Resvlint.Rule.run Exporter_locked.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Exporter_locked.rule p };
@@
* E@p

@depends on patch@
expression R, C;
position p : script:ocaml() { Resvlint.Rule.has_edit Exporter_locked.rule "call" p };
position u : script:ocaml() { Resvlint.Rule.has_edit Exporter_locked.rule "remove" u };
@@
(
- dma_resv_lock@p(R, C);
+ dma_resv_assert_held(R);
|
- dma_resv_unlock@u(R);
)
