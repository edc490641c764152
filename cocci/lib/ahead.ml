(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

(* A body is walked from its end to its beginning. Each step takes whether a wanted call can come after the statement
   or expression, and gives whether one can from its beginning on. *)
type walk = {
	wanted : pos -> bool;
	marked : (pos, unit) Hashtbl.t;			(* calls after which one can come *)
	labels : (string, bool) Hashtbl.t;
	mutable changed : bool;
}

(* Where the ways out of a loop or switch lead; can one come from some case on? *)
type around = { broken : bool; continued : bool; mutable case : bool }

let rec expr walk after e = match e.node with
	| Var _ | Int _ | Text _ | Type _ | Unknown _ -> after
	| Paren e | Cast (_, e) | Field (e, _) | Arrow (e, _) | Unary (_, e) | Postfix (e, _) -> expr walk after e
	| Index (a, b) | Binary (_, a, b) | Assign (_, a, b) | Comma (a, b) -> expr walk (expr walk after b) a
	| Cond (c, a, b) ->
		let no = expr walk after b in
		let yes = match a with Some a -> expr walk after a | None -> after in
		expr walk (yes || no) c
	| Call (f, arguments) ->
		let place = (bare f).at in
		if after then Hashtbl.replace walk.marked place ();
		List.fold_left (expr walk) (after || walk.wanted place) (List.rev (f :: arguments))
	| Block_value body -> stmts walk { broken = after; continued = after; case = false } after body
	| Literal (_, value) -> init walk after value

and init walk after = function
	| Value e -> expr walk after e
	| Fields list -> List.fold_left (fun after (_, value) -> init walk after value) after (List.rev list)

and stmts walk around after list = List.fold_left (stmt walk around) after (List.rev list)

and stmt walk around after s = match s.kind with
	| Nothing | Expr None -> after
	| Expr (Some e) -> expr walk after e
	| Block list -> stmts walk around after list
	| Decl list ->
		List.fold_left (fun after v -> match v.value with
			| Some value -> init walk after value
			| None -> after) after (List.rev list)
	| If (c, a, b) ->
		let yes = stmt walk around after a in
		let no = match b with Some b -> stmt walk around after b | None -> after in
		expr walk (yes || no) c
	| Switch (e, body) ->
		let inner = { around with broken = after; case = false } in
		ignore (stmt walk inner after body);
		expr walk (inner.case || not (has_default body) && after) e
	| While (c, body) -> loop walk after (fun head -> expr walk head c) body
	| For (first, test, next, body) ->
		let optional e head = match e with Some e -> expr walk head e | None -> head in
		let head = loop walk after ~next:(optional next) (optional test) body in
		(match first with Some first -> stmt walk around head first | None -> head)
	| Each (_, arguments, body) ->
		let head = loop walk after (fun head -> head) body in
		List.fold_left (expr walk) head (List.rev arguments)
	| Do (body, c) ->
		let turn head =
			let test = expr walk head c in
			stmt walk { around with broken = after; continued = test } test body in
		turn (after || turn after)
	| Goto target -> Maybe.value (Hashtbl.find_opt walk.labels target) ~default:false
	| Label (name, s) ->
		let here = stmt walk around after s in
		if here && not (Hashtbl.mem walk.labels name) then begin
			walk.changed <- true;
			Hashtbl.replace walk.labels name true
		end;
		here
	| Case (_, s) | Default s ->
		let here = stmt walk around after s in
		around.case <- around.case || here;
		here
	| Break -> around.broken
	| Continue -> around.continued
	| Return None -> false
	| Return (Some e) -> expr walk false e
	| Either (_, branches, has_else) ->
		List.exists (fun here -> here) (List.map (stmts walk around after) branches) || not has_else && after

(* `test` leads to the body or out, `next` from the body to the test. *)
and loop walk after ?(next = fun head -> head) test body =
	let turn again =
		let continued = next (test (after || again)) in
		stmt walk { broken = after; continued; case = false } continued body in
	let first = turn false in
	let second = turn (after || first) in
	test (after || first || second)

let can_come func ~wanted =
	let walk = { wanted; marked = Hashtbl.create 32; labels = Hashtbl.create 8; changed = true } in
	while walk.changed do
		walk.changed <- false;
		ignore (stmts walk { broken = false; continued = false; case = false } false func.body)
	done;
	Hashtbl.mem walk.marked
