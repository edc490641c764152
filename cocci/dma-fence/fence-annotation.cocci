// SPDX-License-Identifier: GPL-2.0-only
/// A signalling critical section has no end on some way out, ends twice, or gets a cookie that is not its own
///
//# A cookie that is kept in a structure, returned, or passed on or filled in by its address, belongs to a section that
//# goes over several functions, and is not followed. Nor is a cookie that is a parameter. Conditions that belong
//# together (`if (x) cookie = ...; ... if (x) dma_fence_end_signalling(cookie);`) are, unless there are too many ways to
//# keep them apart, where confidence is low.
//
// Clause: annotation
// Confidence: High
// Tokens: dma_fence_begin_signalling dma_fence_end_signalling
// Options: --no-includes --include-headers
//
// Demand: Code that is needed to signal a fence is annotated from dma_fence_begin_signalling() to
//   dma_fence_end_signalling(), which gets the cookie of the first, on every way. The section here is marked with FUNCTIONS.
// Found: This is not so here:
// Remedy: End the section where it was forgotten, with its own cookie.
//
//: The code that a fence needs to be signalled stands between dma_fence_begin_signalling() and
//: dma_fence_end_signalling(). The first returns a cookie, which tells whether the section is nested in another and
//: which the second must get. A section that does not end makes lockdep take all that comes after it for a part of
//: it; an end without its section, or with the cookie of another, unbalances what lockdep knows.
//:
//: Wrong:
//:
//:     cookie = dma_fence_begin_signalling();
//:     if (foo_is_dead(foo))
//:             return;
//:     dma_fence_signal(&foo->fence);
//:     dma_fence_end_signalling(cookie);
//:
//: Right:
//:
//:     cookie = dma_fence_begin_signalling();
//:     if (!foo_is_dead(foo))
//:             dma_fence_signal(&foo->fence);
//:     dma_fence_end_signalling(cookie);
//:
//: Remedy: end the section on every way out, with the cookie of its own begin.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_annotation = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Locks = Resvlint.Locks
module Interp = Resvlint.Interp
module Report = Resvlint.Report
module Rule = Resvlint.Rule
open Syntax

let begin_name = "dma_fence_begin_signalling"
let end_name = "dma_fence_end_signalling"

(* A section is held by its cookie. *)
let knowledge = {
	Interp.effect_of = (fun name ->
		if name = begin_name then Some (Locks.action ~gets:Locks.any ~fails:0 Locks.Acquire Locks.returned)
		else if name = end_name then Some (Locks.action Locks.Release "1")
		else None);
	watched = (fun name -> name = begin_name || name = end_name) }

let finding func confidence place operation arguments message reasons hint =
	{ Report.nothing with
	  Report.confidence; state = "held"; place; inside = func.fname; operation; arguments; message; reasons; hint }

(* Cookies that other functions may have to do with, or that are none of this function's. *)
let shared func =
	let found = ref (List.map (fun p -> p.param) func.params) in
	let add e = match (bare e).node with Var name -> found := name :: !found | _ -> () in
	let rec add_all e = match (bare e).node with
		| Cond (_, a, b) -> Resvlint.Maybe.iter add_all a; add_all b
		| _ -> add e in
	let note e = match e.node with
		| Unary ("&", inner) -> add inner
		| Call (_, arguments) when callee e <> end_name -> List.iter add_all arguments
		| Assign (_, l, r) ->
			(match (bare l).node with Var _ -> () | _ -> add_all r)
		| _ -> () in
	let variable (v : variable) _ = match v.value with
		| Some (Fields _ as fields) ->
			let rec each = function Value e -> add_all e | Fields list -> List.iter (fun (_, init) -> each init) list in
			each fields
		| _ -> () in
	iter ~variable
		~stmt:(fun s -> match s.kind with Return (Some e) -> add_all e | _ -> ()) note func.body;
	!found

(* Names of which one stands for another variable in a block inside: which of the two is meant, a name does not say. *)
let shadowed func =
	let found = ref [] in
	let declare names (v : variable) =
		if List.mem v.name names then found := v.name :: !found;
		v.name :: names in
	let rec stmt names s = match s.kind with
		| Decl list -> List.fold_left declare names list
		| Block list -> ignore (List.fold_left stmt names list); names
		| If (_, a, b) -> ignore (stmt names a); Resvlint.Maybe.iter (fun b -> ignore (stmt names b)) b; names
		| For (first, _, _, a) ->
			let inside = match first with Some first -> stmt names first | None -> names in
			ignore (stmt inside a); names
		| Switch (_, a) | While (_, a) | Do (a, _) | Each (_, _, a) -> ignore (stmt names a); names
		| Label (_, a) | Case (_, a) | Default a -> stmt names a
		| Either (_, branches, _) -> List.iter (fun list -> ignore (List.fold_left stmt names list)) branches; names
		| _ -> names in
	ignore (List.fold_left stmt (List.map (fun p -> p.param) func.params) func.body);
	!found

let locals func =
	List.filter_map (fun (v : variable) -> if Names.mentions "static" v.typ then None else Some v.name) (declared_in func.body)

type sections = { func : func; result : Interp.result; own : Interp.call -> bool }

let line (call : Interp.call) = call.Interp.at.line
let begun call = Printf.sprintf "%s() in line %d" begin_name (line call)
let out_of (exit : Interp.exit) =
	let text = match exit.Interp.value with Some e -> " " ^ Report.quote (text e) | None -> "" in
	"return" ^ text

(* The place of a way out, what stands there, and how to say it: the last jump, if others come to the same end without
   the section; else the return or the last brace. *)
let way_out s (h : Interp.held) (exit : Interp.exit) =
	let is_without (other : Interp.exit) =
		other.Interp.out = exit.Interp.out
		&& not (List.exists (fun g -> g.Interp.by = h.Interp.by) other.Interp.state.Interp.held) in
	let target place = match List.find_opt (fun j -> j.Interp.from = place) s.result.Interp.gotos with
		| Some j -> j.Interp.target
		| None -> "" in
	match h.Interp.goto with
	| Some place when List.exists is_without s.result.Interp.exits -> place, "goto", "goto " ^ target place
	| _ when exit.Interp.out = s.func.closing -> exit.Interp.out, "}", "the function ends"
	| _ -> exit.Interp.out, "return", out_of exit

(* Sections that are still open on a way out. overwritten: what was said of their cookies. *)
let left_open s overwritten =
	List.concat_map (fun (exit : Interp.exit) ->
		List.filter_map (fun (h : Interp.held) ->
			let call = s.result.Interp.call h.Interp.by in
			let is_told = List.exists (fun f -> f.Report.place = call.Interp.at) overwritten in
			if not (h.Interp.sure && h.Interp.taken && not h.Interp.stale && s.own call) || is_told then None
			else
				let place, word, way = way_out s h exit in
				let col_end = place.col + String.length word in
				let ends (other, _) = Interp.does [ Locks.Release ] other && s.result.Interp.drops other call in
				let confidence = if List.exists ends s.result.Interp.calls then "high" else "medium" in
				Some (finding s.func confidence { place with line_end = place.line; col_end } word ""
					(way ^ " in a signalling critical section")
					[ begun call ^ " begins it, and it does not end on this way out" ]
					("call " ^ end_name ^ "(" ^ Interp.lock_name call ^ ") before"))) exit.Interp.state.Interp.held)
		s.result.Interp.exits
	|> List.sort_uniq compare

let argument (call : Interp.call) = String.concat ", " (List.map text call.Interp.arguments)

(* A begin that overwrites the cookie of a section that is still open. *)
let overwritten s =
	List.filter_map (fun ((call : Interp.call), states) ->
		if call.Interp.name <> begin_name || not (s.own call) then None
		else
			let open_before = List.concat_map (fun st -> List.filter (fun (h : Interp.held) ->
				h.Interp.sure && h.Interp.taken && not h.Interp.stale
				&& Interp.lock_name (s.result.Interp.call h.Interp.by) = Interp.lock_name call) st.Interp.held) states in
			match open_before with
			| h :: _ ->
				let first = s.result.Interp.call h.Interp.by in
				Some (finding s.func "high" call.Interp.at call.Interp.name (argument call)
					(begin_name ^ "() overwrites the cookie of a section that has not ended")
					[ Report.quote (Interp.lock_name call) ^ " is the cookie of " ^ begun first ]
					"end that section first, or keep another cookie")
			| [] -> None) s.result.Interp.calls

(* What a cookie is: that of a begin, or else false; false, or not set at all. Unknown may be true, for which an end does
   nothing. *)
type kind = Cookie | Constant | Unknown

let is_true e = match e.node with
	| Var "true" -> true
	| _ -> (match integer e with Some n -> n <> 0 | None -> false)
let is_false e = match e.node with
	| Var "false" -> true
	| _ -> integer e = Some 0

let rec kind_of scope depth name =
	let sources = List.map (fun (e, _) -> bare e) (Names.assigned scope name) in
	let kind e = match e.node with
		| Call _ when callee e = begin_name -> Cookie
		| _ when is_false e -> Constant
		| Var other when depth > 0 && not (is_true e) -> kind_of scope (depth - 1) other
		| _ -> Unknown in
	let kinds = List.map kind sources in
	if List.for_all (fun e -> is_true e || is_false e) sources then Constant
	else if List.mem Unknown kinds then Unknown
	else if List.mem Cookie kinds then Cookie
	else Constant

(* An end that ends nothing on some way: the section has ended, or did not begin. *)
let end_of_nothing s report (call : Interp.call) states name =
	let is_open st =
		let cookies = Names.origin_names s.result.Interp.scope call.Interp.obj in
		List.exists (fun (h : Interp.held) ->
			h.Interp.taken && List.mem (Interp.lock_name (s.result.Interp.call h.Interp.by)) cookies) st.Interp.held in
	let closed = List.filter (fun st -> not (is_open st)) states in
	let is_before id = Interp.lock_name (s.result.Interp.call id) = name && id <> call.Interp.id in
	let confidence = if List.length closed = List.length states then "high" else "medium" in
	if closed = [] || s.result.Interp.gave_up then None
	else match List.concat_map (fun st -> List.filter is_before st.Interp.gone) closed with
		| id :: _ ->
			report confidence (end_name ^ "() ends a section that has ended")
				[ Printf.sprintf "%s() in line %d ended it" end_name (line (s.result.Interp.call id)) ] "end it once"
		| [] when call.Interp.loops <> [] -> None
		| [] ->
			report confidence (end_name ^ "() without a section")
				[ Printf.sprintf "on %s way to it, %s() was not called for %s"
					(if confidence = "high" then "every" else "some") begin_name (Report.quote name) ]
				"end it where it began only"

(* Ends with a cookie that is not that of an open section. *)
let wrong_ends s shared locals =
	List.filter_map (fun ((call : Interp.call), states) ->
		let report confidence message reasons hint =
			Some (finding s.func confidence call.Interp.at call.Interp.name (argument call) message reasons hint) in
		match call.Interp.name = end_name, List.map (fun e -> (bare e).node) call.Interp.arguments with
		| true, [ (Int _ | Var ("true" | "false")) ] ->
			report "high" (end_name ^ "() with a constant for the cookie")
				[ "the cookie is what " ^ begin_name ^ "() returned" ] "pass what that returned"
		| true, [ Var name ] when List.mem name locals && not (List.mem name shared) ->
			(match kind_of s.result.Interp.scope 3 name with
			| Constant ->
				report "high" (end_name ^ "() with a cookie that " ^ begin_name ^ "() did not return")
					[ Report.quote name ^ " is not set by it" ] "pass what that returned"
			| Cookie -> end_of_nothing s report call states name
			| Unknown -> None)
		| _ -> None) s.result.Interp.calls

(* begin as a statement: nobody keeps the cookie. *)
let dropped func =
	let found = ref [] in
	iter ~stmt:(fun s -> match s.kind with
		| Expr (Some e) when callee (bare e) = begin_name ->
			found := finding func "high" (called (bare e)).at begin_name "" ("the cookie of " ^ begin_name ^ "() is dropped")
				[ end_name ^ "() must get it" ] "keep it, and end the section with it" :: !found
		| _ -> ()) ignore func.body;
	!found

let judge func =
	let calls e = callee e = begin_name || callee e = end_name in
	if not (exists calls func.body) || func.fname = begin_name || func.fname = end_name then []
	else
		let shared = List.append (shadowed func) (shared func) and locals = locals func in
		let result = Interp.run knowledge func in
		let own (call : Interp.call) =
			let name = Interp.lock_name call in
			List.mem name locals && not (List.mem name shared) in
		let s = { func; result; own } in
		let again = overwritten s in
		let unsure f = if result.Interp.gave_up then { f with Report.confidence = "low" } else f in
		List.append (dropped func) (List.map unsure (List.concat [ again; left_open s again; wrong_ends s shared locals ]))

let rule = Rule.rule "fence-annotation" judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_annotation.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Fence_annotation.rule p };
@@
* E@p

@depends on context@
position p : script:ocaml() { Resvlint.Rule.found Fence_annotation.rule p };
@@
* return@p ...;
