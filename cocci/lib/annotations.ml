(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks

(* The reservation object of obj->resv, &obj->resv->lock and &obj->resv->lock.base. *)
let rec reservation params e = match (bare e).node with
	| Unary ("&", e) -> reservation params e
	| Field ({ node = Field (whole, "lock") | Arrow (whole, "lock"); _ }, "base") -> Some (bare whole)
	| Field (whole, "lock") | Arrow (whole, "lock") -> named params whole
	| _ -> named params e
and named params e = match (bare e).node with
	| Field (_, ("resv" | "_resv")) | Arrow (_, ("resv" | "_resv")) -> Some (bare e)
	| Var name when List.exists (fun p -> p.param = name && Names.mentions "dma_resv" p.ptype) params -> Some (bare e)
	| _ -> None

let about_reservations params annotations =
	let of_lock annotation condition e =
		Maybe.map (fun resv -> { annotation with node = Call (called annotation, List.append condition [ resv ]) }) (reservation params e) in
	List.concat_map (fun annotation -> match callee annotation, arguments_of annotation with
		| "__cond_acquires", condition :: (_ :: _ as locks) -> List.filter_map (of_lock annotation [ condition ]) locks
		| _, locks -> List.filter_map (of_lock annotation []) locks) annotations

let named name func = List.filter (fun annotation -> callee annotation = name) func.annotations
let lock annotation = List.nth (arguments_of annotation) (List.length (arguments_of annotation) - 1)

let at_entry func =
	let stmt e = { kind = Expr (Some e); where = e.at } in
	let must_hold e = { e with node = Call ({ (called e) with node = Var "__must_hold" }, [ lock e ]) } in
	List.map stmt (List.concat [
		List.map must_hold (List.append (named "__must_hold" func) (named "__releases" func));
		named "__must_not_hold" func ])

(* The other way round, for what must hold. *)
let said_of func action =
	match action.does, Names.parameter_name func (Maybe.value (int_of_string_opt action.argument) ~default:0) with
	| _, "" -> None
	| (Must_hold | Release), name ->
		let word node = { node; at = func.place } in
		Some (word (Call (word (Var "__must_hold"), [ word (Var name) ])))
	| _ -> None

(* The number of the parameter that is a ww_acquire_ctx. *)
let context func =
	let rec find number = function
		| [] -> "-"
		| p :: rest -> if Names.is_context p.ptype then string_of_int number else find (number + 1) rest in
	find 1 func.params

let says func =
	let context = context func in
	let scope = Names.scope func in
	let number e = string_of_int (Maybe.value (Names.parameter scope (lock e)) ~default:0) in
	let first name = match named name func with e :: _ -> Some e | [] -> None in
	let conditionally e =
		let on gets fails = Some (action ~context ~gets ~fails Acquire (number e)) in
		match arguments_of e with
		| { node = Var "NULL"; _ } :: _ :: _ | { node = Var "false"; _ } :: _ :: _ -> on zero positive
		| { node = Int "0"; _ } :: _ :: _ -> on zero negative
		| _ -> if is_pointer func.returns then on positive zero else Some (action Try (number e)) in
	match first "__cond_acquires", first "__acquires", first "__releases" with
	| Some e, _, _ -> conditionally e
	| None, Some e, Some _ -> Some (action May_release (number e))
	| None, Some e, None -> Some (action ~context ~gets:any ~fails:0 Acquire (number e))
	| None, None, Some e -> Some (action Release (number e))
	| None, None, None ->
		match first "__must_hold", first "__must_not_hold" with
		| Some e, _ -> Some (action ~through:("__must_hold", e.at.line) Must_hold (number e))
		| None, Some e -> Some (action ~through:("__must_not_hold", e.at.line) Must_not_hold (number e))
		| None, None -> None
