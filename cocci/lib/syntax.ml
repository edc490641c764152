(* SPDX-License-Identifier: GPL-2.0-only *)
module C = Ast_c

type pos = { file : string; line : int; col : int; line_end : int; col_end : int }

type expr = { node : node; at : pos }
and node =
	| Var of string
	| Int of string
	| Text of string
	| Call of expr * expr list
	| Field of expr * string
	| Arrow of expr * string
	| Index of expr * expr
	| Unary of string * expr
	| Postfix of expr * string
	| Binary of string * expr * expr
	| Assign of string * expr * expr
	| Cond of expr * expr option * expr
	| Comma of expr * expr
	| Cast of string * expr
	| Paren of expr
	| Block_value of stmt list
	| Literal of string * init
	| Type of string
	| Unknown of string

and init =
	| Value of expr
	| Fields of (string option * init) list

and stmt = { kind : kind; where : pos }
and kind =
	| Expr of expr option
	| If of expr * stmt * stmt option
	| Switch of expr * stmt
	| While of expr * stmt
	| Do of stmt * expr
	| For of stmt option * expr option * expr option * stmt
	| Each of string * expr list * stmt
	| Goto of string
	| Label of string * stmt
	| Case of expr * stmt
	| Default of stmt
	| Break
	| Continue
	| Return of expr option
	| Block of stmt list
	| Decl of variable list
	| Either of string list * stmt list list * bool
	| Nothing

and variable = { name : string; typ : string; static : bool; value : init option; cleanup : string }

type param = { param : string; ptype : string }

type func = {
	fname : string;
	static : bool;
	returns : string;
	params : param list;
	body : stmt list;
	place : pos;
	closing : pos;
	source : string;
	annotations : expr list;
}

type top =
	| Function of func
	| Prototype of func
	| Made of func
	| Block_macro of func * string
	| Variables of variable list * pos
	| Macro of string * string list option * expr option
	| Structure of string * pos * (string * string * pos) list
	| Invocation of string * expr list
	| Lost of int * int
	| Other

(* Positions. *)

(* The file that is parsed, and the name of the source, which may be another. *)
let file_name = ref ""
let source_name = ref ""

(* The line of it that is a line of the file. *)
let line_of_source = ref (fun line -> line)

let nowhere = { file = ""; line = 0; col = 0; line_end = 0; col_end = 0 }

(* What one of spatch's own macros brings has its place in the file of these macros. *)
let token info =
	if C.is_fake info || C.file_of_info info <> !file_name then nowhere
	else
		let line = !line_of_source (C.line_of_info info) and col = C.col_of_info info in
		let length = String.length (C.str_of_info info) in
		{ file = !source_name; line; col; line_end = line; col_end = col + length }

let span a b =
	if a.line = 0 then b
	else if b.line = 0 then a
	else
		let first = if (a.line, a.col) <= (b.line, b.col) then a else b in
		let last = if (a.line_end, a.col_end) >= (b.line_end, b.col_end) then a else b in
		{ first with line_end = last.line_end; col_end = last.col_end }
let spans = List.fold_left span nowhere
let tokens il = spans (List.map token il)

let name_token name = tokens (Compat.name_tokens name)

(* Text. *)

let rec text e = match e.node with
	| Var name | Int name | Text name | Type name | Unknown name -> name
	| Call (f, arguments) -> text f ^ "(" ^ String.concat ", " (List.map text arguments) ^ ")"
	| Field (whole, field) -> text whole ^ "." ^ field
	| Arrow (whole, field) -> text whole ^ "->" ^ field
	| Index (whole, index) -> text whole ^ "[" ^ text index ^ "]"
	| Unary (sign, e) -> sign ^ text e
	| Postfix (e, sign) -> text e ^ sign
	| Binary (sign, a, b) | Assign (sign, a, b) -> text a ^ " " ^ sign ^ " " ^ text b
	| Cond (c, Some a, b) -> text c ^ " ? " ^ text a ^ " : " ^ text b
	| Cond (c, None, b) -> text c ^ " ?: " ^ text b
	| Comma (a, b) -> text a ^ ", " ^ text b
	| Cast (typ, e) -> "(" ^ typ ^ ")" ^ text e
	| Paren e -> "(" ^ text e ^ ")"
	| Block_value _ -> "({ ... })"
	| Literal (typ, _) -> "(" ^ typ ^ "){ ... }"

let rec bare e = match e.node with
	| Paren e | Cast (_, e) -> bare e
	| _ -> e

let called e = match (bare e).node with Call (f, _) -> f | _ -> e

let callee e = match e.node with
	| Call (f, _) -> (match (bare f).node with Var name -> name | _ -> "")
	| _ -> ""

let arguments_of e = match (bare e).node with Call (_, arguments) -> arguments | _ -> []

let integer e = match (bare e).node with
	| Int digits ->
		let rec trimmed s =
			let n = String.length s in
			if n > 1 && List.mem s.[n - 1] [ 'U'; 'L'; 'u'; 'l' ] then trimmed (String.sub s 0 (n - 1)) else s in
		int_of_string_opt (trimmed digits)
	| _ -> None

let printed print x =
	let buffer = Buffer.create 32 in
	let add text =
		let n = Buffer.length buffer in
		let joins c = match c with 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' -> true | _ -> false in
		if n > 0 && text <> "" && joins (Buffer.nth buffer (n - 1)) && (joins text.[0] || text.[0] = '*') then
			Buffer.add_char buffer ' ';
		Buffer.add_string buffer text in
	(try print ~pr_elem:(fun info -> add (C.str_of_info info)) ~pr_space:(fun () -> ()) x with _ -> ());
	Buffer.contents buffer
let type_text t = printed Pretty_print_c.pp_type_gen t
let is_pointer typ = String.contains typ '*'

(* Expressions. *)

let arithmetic = function
	| C.Plus -> "+" | C.Minus -> "-" | C.Mul -> "*" | C.Div -> "/" | C.Mod -> "%"
	| C.DecLeft -> "<<" | C.DecRight -> ">>" | C.And -> "&" | C.Or -> "|" | C.Xor -> "^"
	| C.Max -> ">?" | C.Min -> "<?"
let logical = function
	| C.Inf -> "<" | C.Sup -> ">" | C.InfEq -> "<=" | C.SupEq -> ">=" | C.Eq -> "==" | C.NotEq -> "!="
	| C.AndLog -> "&&" | C.OrLog -> "||"
let unary = function
	| C.GetRef -> "&" | C.DeRef -> "*" | C.UnPlus -> "+" | C.UnMinus -> "-" | C.Tilde -> "~" | C.Not -> "!"
	| C.GetRefLabel -> "&&"
let fix = function C.Dec -> "--" | C.Inc -> "++"

let rec expr (((e, _), il) as whole : C.expression) =
	let own = tokens il in
	let make node parts = { node; at = spans (own :: List.map (fun e -> e.at) parts) } in
	match e with
	| C.Ident name ->
		{ node = Var (C.str_of_name name); at = span (name_token name) own }
	| C.Constant (C.Int (digits, _)) -> make (Int digits) []
	| C.Constant _ | C.StringConstant _ -> make (Text (printed Pretty_print_c.pp_expression_gen whole)) []
	| C.FunCall (f, arguments) ->
		let f = expr f and arguments = List.map argument arguments in
		make (Call (f, arguments)) (f :: arguments)
	| C.CondExpr (c, a, b) ->
		let c = expr c and a = option expr a and b = expr b in
		make (Cond (c, a, b)) [ c; b ]
	| C.Sequence (a, b) -> let a = expr a and b = expr b in make (Comma (a, b)) [ a; b ]
	| C.Assignment (l, (op, _), r) ->
		let sign = match op with C.SimpleAssign -> "=" | C.OpAssign op -> arithmetic op ^ "=" in
		let l = expr l and r = expr r in
		make (Assign (sign, l, r)) [ l; r ]
	| C.Postfix (e, op) -> let e = expr e in make (Postfix (e, fix op)) [ e ]
	| C.Infix (e, op) -> let e = expr e in make (Unary (fix op, e)) [ e ]
	| C.Unary (e, op) -> let e = expr e in make (Unary (unary op, e)) [ e ]
	| C.Binary (a, (op, _), b) ->
		let sign = match op with C.Arith op -> arithmetic op | C.Logical op -> logical op in
		let a = expr a and b = expr b in
		make (Binary (sign, a, b)) [ a; b ]
	| C.RecordAccess (e, name) ->
		let e = expr e in
		{ node = Field (e, C.str_of_name name); at = spans [ e.at; own; name_token name ] }
	| C.RecordPtAccess (e, name) ->
		let e = expr e in
		{ node = Arrow (e, C.str_of_name name); at = spans [ e.at; own; name_token name ] }
	| C.ParenExpr e -> let e = expr e in make (Paren e) [ e ]
	| C.StatementExpr (compound, _) -> make (Block_value (block compound)) []
	| C.Constructor (typ, init) -> make (Literal (type_text typ, initialiser init)) []
	| C.SizeOfExpr e -> make (Unknown ("sizeof(" ^ text (bare (expr e)) ^ ")")) []
	| C.SizeOfType typ -> make (Unknown ("sizeof(" ^ type_text typ ^ ")")) []
	| other ->
		match Compat.cast other, Compat.index other with
		| Some (typ, e), _ -> let e = expr e in make (Cast (type_text typ, e)) [ e ]
		| _, Some (array, index) ->
			let array = expr array and index = expr index in
			make (Index (array, index)) [ array; index ]
		| None, None -> make (Unknown (printed Pretty_print_c.pp_expression_gen whole)) []

and option : 'a 'b. ('a -> 'b) -> 'a option -> 'b option = fun f -> function
	| Some x -> Some (f x)
	| None -> None

and argument (argument, _) = match argument with
	| Common.Left e -> expr e
	| Common.Right (C.ArgType parameter) -> { node = Type (type_text parameter.C.p_type); at = nowhere }
	| Common.Right (C.ArgAction _) -> { node = Unknown "..."; at = nowhere }

and initialiser ((init, _) : C.initialiser) = match init with
	| C.InitExpr e -> Value (expr e)
	| C.InitDesignators _ | C.InitFieldOld _ | C.InitIndexOld _ -> Fields [ designated (init, []) ]
	| _ -> Fields (List.map (fun (i, _) -> designated i) (Compat.elements init))

and designated ((init, _) as whole : C.initialiser) = match init with
	| C.InitDesignators ([ C.DesignatorField name, _ ], value) -> (Some name, initialiser value)
	| C.InitDesignators ((C.DesignatorField name, _) :: rest, value) ->
		(Some name, Fields [ designated (C.InitDesignators (rest, value), []) ])
	| C.InitDesignators (_ :: (_ :: _ as rest), value) ->
		(None, Fields [ designated (C.InitDesignators (rest, value), []) ])
	| C.InitDesignators (_, value) -> (None, initialiser value)
	| C.InitFieldOld (name, value) -> (Some name, initialiser value)
	| C.InitIndexOld (_, value) -> (None, initialiser value)
	| _ -> (None, initialiser whole)

(* Statements. *)

and block compound = List.map sequencable compound

and nothing = { kind = Nothing; where = nowhere }

and sequencable = function
	| C.StmtElem s -> stmt s
	| C.IfdefStmt2 (directives, branches) -> conditional directives (List.map block branches)
	| C.CppDirectiveStmt _ | C.IfdefStmt _ -> nothing

and conditional directives branches =
	let guard_text = function
		| C.Gifdef name -> "defined(" ^ name ^ ")"
		| C.Gifndef name -> "!defined(" ^ name ^ ")"
		| C.Gif_str (_, text) -> text
		| C.Gif e -> text (expr e)
		| C.Gnone -> "" in
	let conditions, has_else = List.fold_left (fun (conditions, has_else) (C.IfdefDirective ((kind, _), _)) ->
		match kind with
		| C.Ifdef guard | C.IfdefElseif guard -> (guard_text guard :: conditions, has_else)
		| C.IfdefElse -> ("" :: conditions, true)
		| C.IfdefEndif -> (conditions, has_else)) ([], false) directives in
	{ kind = Either (List.rev conditions, branches, has_else); where = nowhere }

and stmt ((s, il) : C.statement) =
	let own = tokens il in
	let make kind = { kind; where = own } in
	match s with
	| C.Labeled (C.Label (name, s)) ->
		{ kind = Label (C.str_of_name name, stmt s); where = span (name_token name) own }
	| C.Labeled (C.Case (e, s)) -> make (Case (expr e, stmt s))
	| C.Labeled (C.CaseRange (e, _, s)) -> make (Case (expr e, stmt s))
	| C.Labeled (C.Default s) -> make (Default (stmt s))
	| C.Compound compound -> make (Block (block compound))
	| C.ExprStatement None -> make (Expr None)
	| C.ExprStatement (Some e) -> let e = expr e in { kind = Expr (Some e); where = span e.at own }
	| C.Selection (C.If (c, a, b)) -> make (If (expr c, stmt a, other_branch b))
	| C.Selection (C.Ifdef_Ite (c, a, b)) -> make (If (expr c, stmt a, other_branch b))
	| C.Selection (C.Ifdef_Ite2 (c, a, b, d)) ->
		make (Block [ { kind = If (expr c, stmt a, other_branch b); where = own }; stmt d ])
	| C.Selection (C.Switch (e, s)) -> make (Switch (expr e, stmt s))
	| C.Iteration (C.DoWhile (s, c)) -> make (Do (stmt s, expr c))
	| C.Iteration (C.MacroIteration (name, arguments, s)) ->
		make (Each (name, List.map argument arguments, stmt s))
	| C.Iteration other ->
		(match Compat.while_loop other, Compat.for_loop other with
		| Some (test, body), _ -> make (While (expr test, stmt body))
		| _, Some (first, test, next, body) ->
			make (For (Some (beginning first), option expr test, option expr next, stmt body))
		| None, None -> nothing)
	| C.Jump (C.Goto name) -> { kind = Goto (C.str_of_name name); where = tokens [ List.hd il ] }
	| C.Jump C.Continue -> make Continue
	| C.Jump C.Break -> make Break
	| C.Jump C.Return -> { kind = Return None; where = tokens [ List.hd il ] }
	| C.Jump (C.ReturnExpr e) -> { kind = Return (Some (expr e)); where = tokens [ List.hd il ] }
	| C.Jump (C.GotoComputed _) -> nothing
	| C.Decl d ->
		{ kind = Decl (declaration d); where = span own (declaration_place d) }
	| C.IfdefStmt1 (directives, statements) ->
		conditional directives (List.map (fun s -> [ stmt s ]) statements)
	| _ -> nothing

and other_branch s = match fst s with
	| C.ExprStatement None when List.for_all C.is_fake (snd s) -> None
	| _ -> Some (stmt s)

and beginning = function
	| Common.Left d -> { kind = Decl (declaration d); where = nowhere }
	| Common.Right e -> { kind = Expr (option expr e); where = nowhere }

and declaration d = match Compat.declared d with
	| Some (list, _) -> List.filter_map declared list
	| None -> []

(* From the first name that is declared to the end. *)
and declaration_place d = match Compat.declared d with
	| Some (list, il) ->
		spans (tokens il :: List.map (fun d -> match d.C.v_namei with Some (name, _) -> name_token name | None -> nowhere) list)
	| None -> nowhere

and declared d = match d.C.v_namei with
	| None -> None
	| Some (name, init) ->
		let value = option initialiser (Compat.initial init) in
		Some { name = C.str_of_name name; typ = type_text d.C.v_type; static = Compat.is_static d.C.v_storage; value; cleanup = "" }

(* What a file is made of. *)

let parameters (_, (list, _)) =
	List.filter_map (fun (p, _) ->
		match p.C.p_namei with
		| Some name -> Some { param = C.str_of_name name; ptype = type_text p.C.p_type }
		| None -> None) list

let definition ((d, il) : C.definition) =
	let returns, _ = d.C.f_type in
	let static = Compat.is_static d.C.f_storage in
	let later a b = if (a.line, a.col) >= (b.line, b.col) then a else b in
	let closing = List.fold_left later nowhere (List.map token il) in
	let place = name_token d.C.f_name in
	{ fname = C.str_of_name d.C.f_name; static; returns = type_text returns;
	  params = parameters d.C.f_type; body = block d.C.f_body; place; closing; source = place.file;
	  annotations = [] }

let define ((name, _), (kind, value)) =
	let parameters = match kind with
		| C.DefineVar | C.Undef -> None
		| C.DefineFunc (list, _) -> Some (List.map (fun ((name, _), _) -> name) list) in
	let value = match value with C.DefineExpr e -> Some (expr e) | _ -> None in
	Macro (name, parameters, value)

(* The tokens of what does not parse have blanks and comments between. *)
let is_code info =
	let text = String.trim (C.str_of_info info) in
	text <> "" && not (String.length text > 1 && text.[0] = '/' && (text.[1] = '*' || text.[1] = '/'))

let lines il =
	match List.filter (fun p -> p.line > 0) (List.map token (List.filter is_code il)) with
	| [] -> Other
	| first :: _ as all -> Lost (first.line, List.fold_left (fun last p -> max last p.line_end) first.line all)

(* The structures that a declaration defines, with their members, and those of structures without a tag inside. *)
let rec members fields =
	List.concat_map (function
		| C.DeclarationField (C.FieldDeclList (list, _)) ->
			List.concat_map (fun (field, _) -> match Compat.simple_field field with
				| Some (name, typ) -> member name typ
				| None -> []) list
		| _ -> []) fields
and member name typ = match Compat.structure typ, name with
	| Some (_, None, fields), _ -> members fields
	| _, Some name -> [ (C.str_of_name name, type_text typ, name_token name) ]
	| _, None -> []

let structures declaration =
	let of_type typ = match Compat.structure typ with
		| Some (C.Struct, Some tag, fields) ->
			let il = Compat.type_tokens typ in
			let at = match il with _ :: tag :: _ -> token tag | _ -> tokens il in
			[ Structure (tag, at, members fields) ]
		| _ -> [] in
	match Compat.declared declaration with
	| Some (list, _) -> List.concat_map (fun d -> of_type d.C.v_type) list
	| None -> []

let top = function
	| C.Definition d -> Function (definition d)
	| C.Declaration d ->
		(match Compat.macro_declaration d, Compat.declared d with
		| Some (name, arguments), _ -> Invocation (name, List.map argument arguments)
		| None, Some (list, il) -> Variables (List.filter_map declared list, tokens il)
		| None, None -> Variables ([], nowhere))
	| C.CppTop (C.Define d) -> define d
	| C.MacroTop (name, arguments, _) -> Invocation (name, List.map argument arguments)
	| C.NotParsedCorrectly il -> lines il
	| _ -> Other

let extent_of (d : C.definition) =
	let head = { (fst d) with C.f_body = [] }, snd d in
	tokens (Lib_parsing_c.ii_of_def head)

(* Does something while spatch takes more macros for what stands before a statement. *)
let with_macros definitions work =
	let known = !Parse_c._defs_builtins in
	let name, channel = Filename.open_temp_file "macros" ".h" in
	output_string channel (String.concat "\n" definitions ^ "\n");
	close_out channel;
	let finish () = Parse_c._defs_builtins := known; Sys.remove name in
	Parse_c.init_defs_builtins name;
	let all = Hashtbl.copy known in
	Hashtbl.iter (Hashtbl.replace all) !Parse_c._defs_builtins;
	Parse_c._defs_builtins := all;
	match work () with
	| result -> finish (); result
	| exception failure -> finish (); raise failure

let parse ?named ?(line = fun same -> same) ?(macros = []) file =
	file_name := file;
	source_name := Maybe.value ~default:file named;
	line_of_source := line;
	let tops () = List.concat_map (fun t -> match t with
		| C.Declaration d -> List.map (fun top -> (top, nowhere)) (top t :: structures d)
		| C.Definition d -> [ (top t, extent_of d) ]
		| _ -> [ (top t, nowhere) ]) (Compat.parse file) in
	Compat.apart (fun () -> if macros = [] then tops () else with_macros macros tops)

(* Visiting. *)

let rec replace at values e =
	let visit = replace at values in
	(* The name of a member can be one, too. *)
	let member m = match List.assoc_opt m values with
		| Some { node = Var name; _ } -> name
		| _ -> m in
	let node = match e.node with
		| Var name -> (match List.assoc_opt name values with Some value -> Paren value | None -> e.node)
		| Call (f, arguments) -> Call (visit f, List.map visit arguments)
		| Field (e, m) -> Field (visit e, member m)
		| Arrow (e, m) -> Arrow (visit e, member m)
		| Index (a, b) -> Index (visit a, visit b)
		| Unary (sign, e) -> Unary (sign, visit e)
		| Postfix (e, sign) -> Postfix (visit e, sign)
		| Binary (sign, a, b) -> Binary (sign, visit a, visit b)
		| Assign (sign, a, b) -> Assign (sign, visit a, visit b)
		| Cond (c, a, b) -> Cond (visit c, Maybe.map visit a, visit b)
		| Comma (a, b) -> Comma (visit a, visit b)
		| Cast (typ, e) -> Cast (typ, visit e)
		| Paren e -> Paren (visit e)
		| Int _ | Text _ | Type _ | Unknown _ | Block_value _ | Literal _ -> e.node in
	{ node; at }

let rec iter_expr note e =
	note e;
	let visit = iter_expr note in
	match e.node with
	| Var _ | Int _ | Text _ | Type _ | Unknown _ -> ()
	| Call (f, arguments) -> visit f; List.iter visit arguments
	| Field (e, _) | Arrow (e, _) | Unary (_, e) | Postfix (e, _) | Cast (_, e) | Paren e -> visit e
	| Index (a, b) | Binary (_, a, b) | Assign (_, a, b) | Comma (a, b) -> visit a; visit b
	| Cond (c, a, b) -> visit c; Maybe.iter visit a; visit b
	| Block_value body -> iter note body
	| Literal (_, init) -> iter_init visit init

and iter_init visit = function
	| Value e -> visit e
	| Fields list -> List.iter (fun (_, init) -> iter_init visit init) list

and iter ?(stmt = ignore) ?(variable = fun _ _ -> ()) note body =
	let each = iter ~stmt ~variable note and visit = iter_expr note in
	List.iter (fun s ->
		stmt s;
		match s.kind with
		| Expr e | Return e -> Maybe.iter visit e
		| If (c, a, b) -> visit c; each [ a ]; each (Maybe.to_list b)
		| Switch (c, a) | While (c, a) -> visit c; each [ a ]
		| Do (a, c) -> each [ a ]; visit c
		| For (first, test, next, a) ->
			each (Maybe.to_list first); Maybe.iter visit test; Maybe.iter visit next; each [ a ]
		| Each (_, arguments, a) -> List.iter visit arguments; each [ a ]
		| Label (_, a) | Default a -> each [ a ]
		| Case (e, a) -> visit e; each [ a ]
		| Block list -> each list
		| Either (_, branches, _) -> List.iter each branches
		| Decl list ->
			List.iter (fun v -> variable v s; Maybe.iter (iter_init visit) v.value) list
		| Goto _ | Break | Continue | Nothing -> ()) body

let extent body =
	let all = ref nowhere in
	let add p = all := span !all p in
	iter ~stmt:(fun s -> add s.where) (fun e -> add e.at) body;
	!all

let rec map_expr change e =
	let again = map_expr change in
	let node = match e.node with
		| Var _ | Int _ | Text _ | Type _ | Unknown _ as same -> same
		| Call (f, arguments) -> Call (again f, List.map again arguments)
		| Field (e, name) -> Field (again e, name)
		| Arrow (e, name) -> Arrow (again e, name)
		| Index (a, b) -> Index (again a, again b)
		| Unary (sign, e) -> Unary (sign, again e)
		| Postfix (e, sign) -> Postfix (again e, sign)
		| Binary (sign, a, b) -> Binary (sign, again a, again b)
		| Assign (sign, a, b) -> Assign (sign, again a, again b)
		| Cond (c, a, b) -> Cond (again c, option again a, again b)
		| Comma (a, b) -> Comma (again a, again b)
		| Cast (typ, e) -> Cast (typ, again e)
		| Paren e -> Paren (again e)
		| Block_value body -> Block_value (map change body)
		| Literal (typ, init) -> Literal (typ, map_init again init) in
	change { e with node }

and map_init again = function
	| Value e -> Value (again e)
	| Fields list -> Fields (List.map (fun (name, init) -> (name, map_init again init)) list)

and map ?(stmt = fun s -> s) change body =
	let expr = map_expr change in
	let rec each s =
		let kind = match s.kind with
			| Goto _ | Break | Continue | Nothing as same -> same
			| Expr e -> Expr (option expr e)
			| Return e -> Return (option expr e)
			| If (c, a, b) -> If (expr c, each a, option each b)
			| Switch (e, s) -> Switch (expr e, each s)
			| While (c, s) -> While (expr c, each s)
			| Do (s, c) -> Do (each s, expr c)
			| For (first, test, next, s) -> For (option each first, option expr test, option expr next, each s)
			| Each (name, arguments, s) -> Each (name, List.map expr arguments, each s)
			| Label (name, s) -> Label (name, each s)
			| Case (e, s) -> Case (expr e, each s)
			| Default s -> Default (each s)
			| Block list -> Block (List.map each list)
			| Decl list -> Decl (List.map (fun v -> { v with value = option (map_init expr) v.value }) list)
			| Either (conditions, branches, has_else) -> Either (conditions, List.map (List.map each) branches, has_else) in
		stmt { s with kind } in
	List.map each body

let exists ?(stmt = fun _ -> false) ?(variable = fun _ -> false) expr body =
	let found = ref false in
	let note is_meant x = if is_meant x then found := true in
	iter ~stmt:(note stmt) ~variable:(fun v _ -> note variable v) (note expr) body;
	!found
let exists_stmt stmt body = exists ~stmt (fun _ -> false) body
let exists_in is_meant e =
	let found = ref false in
	iter_expr (fun e -> if is_meant e then found := true) e;
	!found
let returned_in body =
	let found = ref [] in
	iter ~stmt:(fun s -> match s.kind with Return (Some e) -> found := e :: !found | _ -> ()) ignore body;
	List.rev !found
let declared_in body =
	let found = ref [] in
	iter ~variable:(fun v _ -> found := v :: !found) ignore body;
	List.rev !found

let has_default body = exists_stmt (fun s -> match s.kind with Default _ -> true | _ -> false) [ body ]
let turned = function "<" -> ">" | ">" -> "<" | "<=" -> ">=" | ">=" -> "<=" | same -> same

let is_in_block body at =
	let rec is_call s = match s.kind with
		| Expr (Some { node = Call (f, _); _ }) -> f.at = at
		| Label (_, s) | Case (_, s) | Default s -> is_call s
		| _ -> false in
	List.exists is_call body || exists_stmt (fun s -> match s.kind with
		| Block list -> List.exists is_call list
		| Either (_, branches, _) -> List.exists (List.exists is_call) branches
		| _ -> false) body

let no_expr = { node = Unknown ""; at = nowhere }
