(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

(* The branches and loops around a place, outermost first: which statement, and which of its branches. *)
type around = (int * int) list

type set =
	| To of expr
	| Members of (string option * init) list
	| Otherwise			(* in some other way *)

(* A variable, or a member of one where the name of that is not "", gets a value. *)
type definition = { variable : string; field : string; set : set; at : pos; around : around }

(* What is known of a body. *)
type body = {
	definitions : definition list;			(* in the order of the text *)
	locals : (string, string) Hashtbl.t;		(* the types of what is declared in it *)
	places : (int * int, around) Hashtbl.t;		(* of the expressions in it *)
	passed : (string * string * pos) list;		(* addresses of variables, by the function that gets them, "" for none *)
	calls : expr list;
	returned : expr list;
}

type frame = { func : func; from : (frame * expr) option }
type origin = { what : expr; within : frame }

let func frame = frame.func
let function_of o = Program.function_of o.within.func.source o.what
let rec entered_by frame = match frame.from with
	| Some (caller, call) -> (caller, call) :: entered_by caller
	| None -> []
let unknown = { no_expr with node = Unknown "_" }
let start_of (p : pos) = (p.line, p.col)

(* Bodies. *)

let read_body f =
	let definitions = ref [] and passed = ref [] and calls = ref [] and returned = ref [] and count = ref 0 in
	let locals = Hashtbl.create 16 and places = Hashtbl.create 128 in
	let define around variable field set at = definitions := { variable; field; set; at; around } :: !definitions in
	let target e = match (bare e).node with
		| Var x -> Some (x, "")
		| Field ({ node = Var x; _ }, m) | Arrow ({ node = Var x; _ }, m) -> Some (x, m)
		| _ -> None in
	let address e = match (bare e).node with Unary ("&", { node = Var x; _ }) -> Some x | _ -> None in
	let assign around (l : expr) set at = Maybe.iter (fun (x, m) -> define around x m set at) (target l) in
	(* Macros of macros end somewhere. *)
	let rec note ?(macros = 4) around (e : expr) =
		Hashtbl.replace places (start_of e.at) around;
		(match e.node with
		| Call _ when macros > 0 ->
			Maybe.iter (iter_expr (note ~macros:(macros - 1) around)) (Program.expanded f.source e)
		| _ -> ());
		match e.node with
		| Assign ("=", l, ({ node = Literal (_, Fields fields); _ })) -> assign around l (Members fields) e.at
		| Assign ("=", l, r) -> assign around l (To r) e.at
		| Assign (sign, l, r) ->
			assign around l (To { e with node = Binary (String.sub sign 0 (String.length sign - 1), l, r) }) e.at
		| Unary (("++" | "--"), l) | Postfix (l, _) -> assign around l Otherwise e.at
		| Call (_, arguments) ->
			calls := e :: !calls;
			List.iter (fun a -> Maybe.iter (fun x -> passed := (x, callee e, e.at) :: !passed) (address a)) arguments
		| _ -> () in
	let expr around (e : expr) = iter_expr (fun e -> note around e) e in
	let declare around (v : Syntax.variable) =
		Hashtbl.replace locals v.name v.typ;
		match v.value with
		| Some (Value (e : expr)) -> expr around e; define around v.name "" (To e) e.at
		| Some (Fields fields) ->
			let rec values = function
				| Value e -> expr around e
				| Fields list -> List.iter (fun (_, init) -> values init) list in
			values (Fields fields);
			define around v.name "" (Members fields) nowhere
		| None -> () in
	let branch around n = List.append around [ (!count, n) ] in
	let rec each around list = List.iter (stmt around) list
	and cases around list =
		let id = !count and number = ref 0 in
		List.iter (fun s ->
			(match s.kind with Case _ | Default _ -> incr number | _ -> ());
			stmt (List.append around [ (id, !number) ]) s) list
	and stmt around s = match s.kind with
		| Expr e -> Maybe.iter (expr around) e
		| Return e -> Maybe.iter (fun e -> expr around e; returned := e :: !returned) e
		| If (c, a, b) ->
			expr around c;
			incr count;
			let first = branch around 0 and second = branch around 1 in
			stmt first a; Maybe.iter (stmt second) b
		| Switch (c, a) ->
			expr around c;
			incr count;
			(match a.kind with Block list -> cases around list | _ -> cases around [ a ])
		| While (c, a) -> expr around c; incr count; stmt (branch around 0) a
		| Do (a, c) -> stmt around a; expr around c
		| For (first, test, next, a) ->
			Maybe.iter (stmt around) first;
			Maybe.iter (expr around) test;
			incr count;
			let inside = branch around 0 in
			stmt inside a; Maybe.iter (expr inside) next
		| Each (_, arguments, a) ->
			List.iter (fun (e : expr) -> expr around e; assign around e Otherwise e.at) arguments;
			incr count;
			stmt (branch around 0) a
		| Label (_, a) | Default a -> stmt around a
		| Case (e, a) -> expr around e; stmt around a
		| Block list -> each around list
		| Either (_, branches, _) ->
			incr count;
			let id = !count in
			List.iteri (fun i list -> each (List.append around [ (id, i) ]) list) branches
		| Decl list -> List.iter (declare around) list
		| Goto _ | Break | Continue | Nothing -> () in
	each [] f.body;
	{ definitions = List.rev !definitions; locals; places; passed = !passed; calls = List.rev !calls;
	  returned = List.rev !returned }

(* Sources. *)

let bodies : (string * string, body) Hashtbl.t = Hashtbl.create 256
let callers : (string * string, func * expr) Hashtbl.t = Hashtbl.create 256
let found_members : (string * string, string) Hashtbl.t = Hashtbl.create 64

let key (f : func) = (f.source, f.fname)
let is_same f g = key f = key g

let body f =
	match Hashtbl.find_opt bodies (key f) with
	| Some body -> body
	| None ->
		let body = read_body f in
		Hashtbl.replace bodies (key f) body;
		body
let calls_in f = (body f).calls
let returned f = (body f).returned

let is_parameter f x = List.exists (fun p -> p.param = x) f.params
let is_local f x = is_parameter f x || Hashtbl.mem (body f).locals x

let type_of_variable f x =
	match Hashtbl.find_opt (body f).locals x, List.find_opt (fun p -> p.param = x) f.params with
	| Some typ, _ -> Some typ
	| None, Some p -> Some p.ptype
	| None, None -> Maybe.map (fun (_, (v : variable)) -> v.typ) (Program.variable f.source x)

(* Which comes before which. *)

let rec is_beginning a b = match a, b with
	| [], _ -> true
	| x :: a, y :: b -> x = y && is_beginning a b
	| _ :: _, [] -> false
let is_always_before f (first : pos) (second : pos) =
	match Hashtbl.find_opt (body f).places (start_of first), Hashtbl.find_opt (body f).places (start_of second) with
	| Some a, Some b -> start_of first < start_of second && is_beginning a b
	| _ -> false

(* The definitions that can be the last before a place, the last first, and whether what holds before all of them can last. *)
let reaching f variable field (at : pos) =
	let around = Hashtbl.find_opt (body f).places (start_of at) in
	let is_meant d =
		d.variable = variable && (d.field = field || d.field = "")
		&& (around = None || d.at.line = 0 || start_of d.at < start_of at) in
	let ends d = match around with Some around -> is_beginning d.around around | None -> false in
	let rec take taken = function
		| [] -> List.rev taken, true
		| d :: rest -> if ends d then List.rev (d :: taken), false else take (d :: taken) rest in
	take [] (List.rev (List.filter is_meant (body f).definitions))

(* Does something else than an assignment set a variable, which gets its address? *)
let is_filled_in f variable is_harmless =
	List.exists (fun (x, callee, _) -> x = variable && not (is_harmless callee)) (body f).passed

(* Frames. *)

let most_frames = 64
let rec frames_below depth f =
	let known = if depth = 0 then [] else Hashtbl.find_all callers (key f) in
	let other = { func = f; from = None } in
	let is_inside frame = List.exists (is_same f) frame in
	let rec chain frame = frame.func :: (match frame.from with Some (caller, _) -> chain caller | None -> []) in
	let ways = List.concat_map (fun (caller, call) ->
		if is_same f caller then []
		else
			frames_below (depth - 1) caller
			|> List.filter (fun frame -> not (is_inside (chain frame)))
			|> List.map (fun frame -> { func = f; from = Some (frame, call) })) known in
	let ways = List.filteri (fun i _ -> i < most_frames) ways in
	if ways = [] || not (Program.is_local f) then other :: ways else ways
let frames f = frames_below 3 f

let calls is_meant =
	List.concat_map (fun f ->
		match List.filter (fun e -> is_meant (callee e)) (calls_in f) with
		| [] -> []
		| calls -> List.concat_map (fun frame -> List.map (fun call -> (frame, call)) calls) (frames f))
		(Program.functions ())

(* Origins. *)

(* Functions in other sources may call it. *)
let want_callers f = if not (Program.is_local f) then Program.want [ "names"; f.fname ]

let most_steps = 12
let copies_of_structure = [ "drm_sched_init"; "memset" ]

let rec trace steps frame (e : expr) : origin list =
	let e = bare e in
	let found = { what = e; within = frame } in
	if steps = 0 then [ found ]
	else match e.node with
		| Var x when is_local frame.func x -> trace_variable steps frame e x
		| _ when Program.expanded frame.func.source e <> None ->
			List.concat_map (trace (steps - 1) frame) (Maybe.to_list (Program.expanded frame.func.source e))
		| Var x ->
			(match Program.variable frame.func.source x with
			| Some (_, { value = Some (Value value); typ; _ }) when Names.mentions "const" typ && not (is_pointer typ) ->
				trace (steps - 1) frame value
			| _ -> [ found ])
		| Field ({ node = Var x; _ }, m) when Hashtbl.mem (body frame.func).locals x -> trace_member steps frame x m e.at
		| Cond (_, Some a, b) -> List.append (trace (steps - 1) frame a) (trace (steps - 1) frame b)
		| Cond (a, None, b) -> List.append (trace (steps - 1) frame a) (trace (steps - 1) frame b)
		| Comma (_, b) | Assign ("=", _, b) -> trace (steps - 1) frame b
		| Call _ ->
			(match Program.find frame.func.source (callee e) with
			| Some f when (body f).returned <> [] && not (List.exists (is_same f) (around_frame frame)) ->
				List.concat_map (trace (steps - 1) { func = f; from = Some (frame, e) }) (body f).returned
			| _ -> [ found ])
		| _ -> [ found ]

and around_frame frame = frame.func :: (match frame.from with Some (caller, _) -> around_frame caller | None -> [])

and trace_variable steps frame (e : expr) x =
	let definitions, is_open = reaching frame.func x "" e.at in
	let set d = match d.set with
		| To value -> trace (steps - 1) frame value
		| Members _ -> [ { what = { e with node = Var x }; within = frame } ]
		| Otherwise -> [ { what = unknown; within = frame } ] in
	let entry =
		if not is_open || not (is_parameter frame.func x) then []
		else match frame.from with
			| None -> want_callers frame.func; [ { what = e; within = frame } ]
			| Some (caller, call) -> trace_argument (steps - 1) caller call frame.func x in
	let filled = if is_filled_in frame.func x (fun _ -> false) then [ { what = unknown; within = frame } ] else [] in
	match List.append (List.concat_map set definitions) entry with
	| [] -> { what = e; within = frame } :: filled
	| all -> List.append all filled

and trace_argument steps caller call f x =
	let rec number i = function
		| [] -> None
		| p :: _ when p.param = x -> Some i
		| _ :: rest -> number (i + 1) rest in
	match Maybe.bind (number 0 f.params) (List.nth_opt (arguments_of call)) with
	| Some argument -> trace steps caller argument
	| None -> [ { what = unknown; within = caller } ]

and trace_member steps frame x m at =
	let definitions, is_open = reaching frame.func x m at in
	let zero = { what = { no_expr with node = Int "0" }; within = frame } in
	let set d = match d.set with
		| Members fields ->
			(match List.assoc_opt (Some m) fields with
			| Some (Value value) when d.field = "" -> trace (steps - 1) frame value
			| None when d.field = "" && not (List.mem_assoc None fields) -> [ zero ]
			| _ -> [ { what = unknown; within = frame } ])
		| To value when d.field = m -> trace (steps - 1) frame value
		| To _ | Otherwise -> [ { what = unknown; within = frame } ] in
	let is_filled = is_filled_in frame.func x (fun callee -> List.mem callee copies_of_structure) in
	let other = if is_filled || is_open then [ { what = unknown; within = frame } ] else [] in
	List.append (List.concat_map set definitions) other

let origins frame e = List.sort_uniq compare (trace most_steps frame e)

let member frame e m =
	let of_origin o = match o.what.node with
		| Unary ("&", { node = Var x; at }) when Hashtbl.mem (body o.within.func).locals x ->
			trace_member most_steps o.within x m at
		| Unary ("&", { node = Var x; _ }) | Var x ->
			(match Program.variable o.within.func.source x with
			| Some (_, { value = Some (Fields fields); _ }) ->
				(match List.assoc_opt (Some m) fields with
				| Some (Value value) -> trace most_steps o.within value
				| Some (Fields _) -> [ { o with what = unknown } ]
				| None -> [ { o with what = { no_expr with node = Int "0" } } ])
			| _ -> [ { o with what = unknown } ])
		| _ -> [ { o with what = unknown } ] in
	List.sort_uniq compare (List.concat_map of_origin (origins frame e))

(* Places. *)

(* Structures that a source, which is no header, defines are its own: other sources can have others of that name. *)
let tag_of f tag = if Program.has_own_structure f.source tag then f.source ^ ":" ^ tag else tag
let tag_in f typ = Maybe.map (tag_of f) (Callbacks.tag typ)
let plain_tag tag = match String.index_opt tag ':' with
	| Some i -> String.sub tag (i + 1) (String.length tag - i - 1)
	| None -> tag

(* The structure that a member of another one is or points to. *)
let type_of_member f tag path =
	let listed () = match Program.structure f.source (plain_tag tag) with
		| Some fields -> Maybe.map (fun (_, typ, _) -> typ) (List.find_opt (fun (name, _, _) -> name = path) fields)
		| None ->
			Maybe.map (fun (_, _, typ) -> "struct " ^ typ) (List.find_opt (fun (s, m, _) -> s = tag && m = path) Tables.members) in
	match Maybe.bind (listed ()) (tag_in f), Hashtbl.find_opt found_members (tag, path) with
	| Some tag, _ -> Some tag
	| None, Some "" -> None
	| None, found -> found

(* The structure that an expression is about, and the members from there on as far as it is not known of what type they are. *)
let rec locate ?(macros = 8) f e = match (bare e).node with
	| Unary (("&" | "*"), e) | Index (e, _) -> locate ~macros f e
	| Var x -> Maybe.bind (type_of_variable f x) (tag_in f) |> Maybe.map (fun tag -> (tag, ""))
	| Field (whole, m) | Arrow (whole, m) ->
		Maybe.bind (locate ~macros f whole) (fun (tag, path) ->
			let path = if path = "" then m else path ^ "." ^ m in
			match type_of_member f tag path with
			| Some tag -> Some (tag, "")
			| None -> Some (tag, path))
	| Call (_, [ _; { node = Type typ; _ }; _ ]) when callee (bare e) = "container_of" ->
		Maybe.map (fun tag -> (tag, "")) (tag_in f typ)
	| Call _ ->
		(match Program.find f.source (callee (bare e)) with
		| Some g -> Maybe.map (fun tag -> (tag, "")) (tag_in f g.returns)
		| None when macros > 0 -> Maybe.bind (Program.expanded f.source (bare e)) (locate ~macros:(macros - 1) f)
		| None -> None)
	| _ -> None

let rec place o =
	let f = o.within.func in
	match (bare o.what).node with
	| Unary (("&" | "*"), e) | Index (e, _) -> place { o with what = e }
	| Var x when is_local f x ->
		(match type_of_variable f x with
		| Some typ when not (is_pointer typ || is_parameter f x) -> Some (Printf.sprintf "%s:%s().%s" f.source f.fname x)
		| _ -> None)
	| Var x when x <> "NULL" -> Some (if Program.has_own_variable f.source x then f.source ^ ":" ^ x else x)
	| Field (whole, m) | Arrow (whole, m) ->
		Maybe.map (fun (tag, path) -> tag ^ "." ^ (if path = "" then m else path ^ "." ^ m)) (locate f whole)
	| _ -> None

(* The members on the way to what an expression is about, each with whether it is a part of what it is a member of, and the structure that the way
   begins at. *)
let way o =
	let rec go is_part e = match (bare e).node with
		| Unary (("&" | "*"), e) | Index (e, _) -> go is_part e
		| Var x -> Maybe.bind (type_of_variable o.within.func x) Callbacks.tag |> Maybe.map (fun tag -> (tag, []))
		| Field (whole, m) -> Maybe.map (fun (tag, members) -> (tag, (m, is_part) :: members)) (go true whole)
		| Arrow (whole, m) -> Maybe.map (fun (tag, members) -> (tag, (m, is_part) :: members)) (go false whole)
		| _ -> None in
	Maybe.map (fun (tag, members) -> (tag, List.rev members)) (go false o.what)

let are_apart a b = match way a, way b with
	| Some (tag, a), Some (other, b) when tag = other ->
		let rec differ a b = match a, b with
			| (m, true) :: _, (n, true) :: _ when m <> n -> true
			| (m, _) :: a, (n, _) :: b when m = n -> differ a b
			| _ -> false in
		differ a b
	| _ -> false

(* Learns of what type members are by the variables that are assigned from them, or to them. *)
let learn f =
	let changed = ref false in
	let note tag path found =
		match Hashtbl.find_opt found_members (tag, path) with
		| Some known when known = found || known = "" -> ()
		| Some _ -> Hashtbl.replace found_members (tag, path) ""
		| None -> Hashtbl.replace found_members (tag, path) found; changed := true in
	let pair l r = match (bare r).node, l with
		| (Field _ | Arrow _ | Unary ("&", _)), Some (found, "") ->
			(match locate f r with
			| Some (tag, path) when path <> "" -> note tag path found
			| _ -> ())
		| _ -> () in
	List.iter (fun d -> match d.set with
		| To r when d.field = "" -> pair (locate f { no_expr with node = Var d.variable }) r
		| _ -> ()) (body f).definitions;
	let expr e = match e.node with
		| Assign ("=", l, r) ->
			(match (bare l).node with Field _ | Arrow _ -> pair (locate f r) l | _ -> ())
		| _ -> () in
	iter expr f.body;
	!changed

let assigned : (string, func * expr * expr) Hashtbl.t = Hashtbl.create 64
let set_otherwise : (string, unit) Hashtbl.t = Hashtbl.create 64	(* places that something else sets, or may set *)
let looked_at = ref 0

(* What callers give a function as a parameter. *)
let given f x =
	List.concat_map (fun within -> match within.from with
		| Some (caller, call) -> trace_argument 1 caller call f x
		| None -> []) (frames f)

let read_assignments f =
	let with_place e work = Maybe.iter work (place { what = e; within = { func = f; from = None } }) in
	let set e = with_place e (fun place -> Hashtbl.replace set_otherwise place ()) in
	let assign l r =
		with_place l (fun place -> Hashtbl.add assigned place (f, l, r));
		match (bare l).node with
		| Unary ("*", { node = Var x; _ }) ->
			List.iter (fun place -> Hashtbl.add assigned place (f, l, r)) (List.filter_map place (given f x))
		| _ -> () in
	let members whole fields =
		List.iter (function
			| Some m, Value r -> assign { r with node = Field (whole, m) } r
			| _ -> ()) fields in
	let variable (v : Syntax.variable) _ = match v.value with
		| Some (Fields fields) -> members { no_expr with node = Var v.name } fields
		| _ -> () in
	let expr e = match e.node with
		| Assign ("=", l, { node = Literal (_, Fields fields); _ }) -> members l fields
		| Assign ("=", l, r) -> assign l r
		| Assign (_, l, _) | Unary (("++" | "--" | "&"), l) | Postfix (l, _) -> set l
		| _ -> () in
	iter ~variable expr f.body

let read_calls f =
	List.iter (fun call ->
		Maybe.iter (fun g -> Hashtbl.add callers (key g) (f, call)) (Program.find f.source (callee call))) (calls_in f)

let start () =
	if !looked_at <> Program.reading () then begin
		let functions = Program.functions () in
		let rec learn_all rounds =
			let changed = List.filter learn functions in
			if changed <> [] && rounds > 1 then learn_all (rounds - 1) in
		looked_at := Program.reading ();
		Hashtbl.reset callers;
		Hashtbl.reset bodies;
		Hashtbl.reset found_members;
		Hashtbl.reset assigned;
		Hashtbl.reset set_otherwise;
		List.iter read_calls functions;
		learn_all 3;
		List.iter read_assignments functions
	end

let assignments place =
	List.concat_map (fun (f, l, r) ->
		List.concat_map (fun within -> List.map (fun o -> ({ what = l; within }, o)) (origins within r)) (frames f))
		(List.rev (Hashtbl.find_all assigned place))

(* What other sources may tell. *)

let want kind place =
	let is_own = String.contains place ':' in
	match String.split_on_char '.' place with
	| [ variable ] when not is_own -> Program.want [ kind; variable ]
	| tag :: path when not is_own ->
		if List.length path > 1 then Program.want [ "header"; tag ];
		Program.want (kind :: tag :: path)
	| _ -> ()
let want_assignments = want "sets"
let want_uses = want "names"

let settled origins =
	let rec settle seen o = match o.what.node with
		| Field _ | Arrow _ ->
			(match place o with
			| Some place when not (List.mem place seen) ->
				let found = List.filter (fun (to_this, _) -> not (are_apart o to_this)) (assignments place) in
				want_uses place;
				if found = [] then [ o ]
				else if Hashtbl.mem set_otherwise place then [ { o with what = unknown } ]
				else List.concat_map (fun (_, from) -> settle (place :: seen) from) found
			| _ -> [ o ])
		| _ -> [ o ] in
	List.sort_uniq compare (List.concat_map (settle []) origins)

let reach f =
	let rec go seen = function
		| [] -> List.rev seen
		| (f : func) :: rest when List.exists (is_same f) seen -> go seen rest
		| f :: rest ->
			let next = List.filter_map (fun call -> Program.find f.source (callee call)) (calls_in f) in
			Program.look_into f;
			go (f :: seen) (List.append rest next) in
	go [] [ f ]

let origins_in func e = origins { func; from = None } e

