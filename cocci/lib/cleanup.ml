(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type t = { cleanups : (string * int * string) list; choices : (int * int) list; is_used : bool }
let none = { cleanups = []; choices = []; is_used = false }
let add_macro found = { found with is_used = true }
let some = add_macro none
let add_cleanup variable line by found = add_macro { found with cleanups = (variable, line, by) :: found.cleanups }
let add_choice line column found = add_macro { found with choices = (line, column) :: found.choices }

let is_macro = function
	| "guard" | "CLASS" | "CLASS_INIT" | "ACQUIRE" | "return_ptr" | "scoped_guard" | "scoped_cond_guard" | "scoped_class" -> true
	| _ -> false

type ending = Class of string | Free of string

let constructor name = "class_" ^ name ^ "_constructor"
let destructor name = "class_" ^ name ^ "_destructor"
let free name = "__free_" ^ name

(* What stands between two parts of a name. *)
let between before behind name =
	let first = String.length before and n = String.length name - String.length before - String.length behind in
	if n > 0 && Names.stands_at before name 0 && Filename.check_suffix name behind then Some (String.sub name first n) else None
let constructed = between "class_" "_constructor"
let ended name = match between "class_" "_destructor" name, between "__free_" "" name with
	| Some name, _ -> Some (Class name)
	| None, Some name -> Some (Free name)
	| None, None -> None

(* What begins a variable has the macro's name, for those who read of it. *)
let beginning macro name = macro ^ "(" ^ name ^ ")"
let begun name = match String.index_opt name '(' with
	| Some open_ when is_macro (String.sub name 0 open_) -> Some (String.sub name (open_ + 1) (String.length name - open_ - 2))
	| _ -> None
let as_guard name = match begun name with
	| Some cls -> beginning "guard" cls
	| None -> name

(* A variable of a class, which a macro at a place declares; what no name stands for is known by that place. *)
let instance ?name macro (at : pos) cls arguments =
	let name = Maybe.value name ~default:(Printf.sprintf "%s_%d_%d" macro at.line at.col) in
	let value = { node = Call ({ node = Var (beginning macro (text cls)); at }, arguments); at } in
	{ name; typ = "class_" ^ text cls; value = Some (Value value); cleanup = destructor (text cls); static = false }

let block where list = { kind = Block list; where }
let once body = { kind = Do (body, { node = Int "0"; at = body.where }); where = body.where }
let only_if variable where yes no = { kind = If ({ node = Var variable.name; at = where }, yes, no); where }

(* The macro's own place, of a statement that begins with it. *)
let macro_place name (where : pos) = { where with line_end = where.line; col_end = where.col + String.length name }

let scoped macro (first : pos) cls arguments ?name ~is_tested body =
	let variable = instance ?name macro (macro_place macro first) cls arguments and where = span first (extent [ body ]) in
	block where [ { kind = Decl [ variable ]; where = macro_place macro first }; if is_tested then only_if variable where (once body) None else once body ]

let rewrite_all found body =
	let is_choice (where : pos) = List.mem (where.line, where.col) found.choices in
	let cleanup (where : pos) v =
		match List.find_opt (fun (name, line, _) -> name = v.name && where.line <= line && line <= where.line_end) found.cleanups with
		| Some (_, _, by) -> { v with cleanup = by }
		| None -> v in
	let stmt s =
		let declare v = { s with kind = Decl [ v ] } in
		match s.kind with
		| Expr (Some { node = Call ({ node = Call ({ node = Var ("guard" as macro); _ }, [ cls ]); at }, arguments); _ }) ->
			declare (instance macro at cls arguments)
		| Expr (Some { node = Call ({ node = Call ({ node = Var ("CLASS" | "ACQUIRE" as macro); _ }, [ cls; variable ]); at }, arguments); _ }) ->
			declare (instance ~name:(text variable) macro at cls arguments)
		| Expr (Some { node = Call ({ node = Var "CLASS_INIT"; _ }, [ cls; variable; value ]); _ }) ->
			declare { name = text variable; typ = "class_" ^ text cls; value = Some (Value value); cleanup = destructor (text cls); static = false }
		| Expr (Some { node = Call ({ node = Var "return_ptr"; at }, [ e ]); _ }) ->
			{ s with kind = Return (Some { node = Call ({ node = Var "no_free_ptr"; at }, [ e ]); at }) }
		| Each ("scoped_guard" as macro, cls :: arguments, body) -> scoped macro s.where cls arguments ~is_tested:true body
		| Each ("scoped_class" as macro, cls :: variable :: arguments, body) -> scoped macro s.where cls arguments ~name:(text variable) ~is_tested:false body
		| Block ({ kind = If (cls, fail, None); _ } :: rest) when is_choice s.where ->
			let macro = "scoped_cond_guard" in
			let rec listed e = match e.node with Comma (a, b) -> List.append (listed a) [ b ] | _ -> [ e ] in
			let arguments, body = match rest with
				| { kind = Expr (Some e); _ } :: rest -> listed e, rest
				| rest -> [], rest in
			let variable = instance macro (macro_place macro s.where) cls arguments in
			block s.where [ { kind = Decl [ variable ]; where = macro_place macro s.where };
				only_if variable s.where (once (block (extent body) body)) (Some fail) ]
		| Decl list -> { s with kind = Decl (List.map (cleanup s.where) list) }
		| _ -> s in
	map ~stmt (fun e -> e) body

let rewrite found body = if found.is_used then rewrite_all found body else body

(* Of all that a macro is made of, places of its own for each use, in the line of that. *)
let place_in (use : pos) (p : pos) =
	if p.line = 0 then p
	else
		let column col = (use.col + 1) * 1_000_000 + col in
		{ use with col = column p.col; line_end = use.line; col_end = column p.col_end }

let put_in (macro : func) arguments (use : pos) body =
	let given = List.combine (List.map (fun p -> p.param) macro.params) arguments in
	let expr e = match e.node with
		| Var name when List.mem_assoc name given -> { (List.assoc name given) with at = place_in use e.at }
		| Paren ({ node = Var _ | Field _ | Arrow _; _ } as inner) -> inner
		| _ -> { e with at = place_in use e.at } in
	let stmt s = match s.kind with
		| Expr (Some { node = Call ({ node = Var "__body"; _ }, []); _ }) -> body
		| _ -> { s with where = place_in use s.where } in
	block (span use (extent [ body ])) (map ~stmt expr macro.body)
