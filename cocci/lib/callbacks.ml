(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type t = { slots : string list; here : (string, string * string * pos) Hashtbl.t }

(* Those that tables in other files name, with the slot and the operations structure. *)
let elsewhere : (string, string * string) Hashtbl.t = Hashtbl.create 64
let learn lines =
	Hashtbl.reset elsewhere;
	List.iter (fun line -> match String.split_on_char ' ' line with
		| f :: slot :: ops -> Hashtbl.add elsewhere f (slot, String.concat " " ops)
		| _ -> ()) lines

let owner slot = String.sub slot 0 (String.index slot '.')
let member slot = let n = String.length (owner slot) + 1 in String.sub slot n (String.length slot - n)

let has slots structure field =
	List.mem (structure ^ "." ^ field) slots || List.mem (structure ^ ".*") slots

let of_slots names =
	let slots = List.map (fun name -> if String.contains name '.' then name else "dma_buf_ops." ^ name) names in
	{ slots; here = Hashtbl.create 16 }

(* The tag of "const struct foo *". *)
let tag typ =
	let rec find = function
		| "struct" :: tag :: _ -> Some tag
		| _ :: rest -> find rest
		| [] -> None in
	let words = String.split_on_char ' ' (String.map (function '*' | '[' | ']' -> ' ' | c -> c) typ) in
	find (List.filter ((<>) "") words)

(* f, &f, E ? f : NULL, PTR_IF(E, f) *)
let rec function_of e = match (bare e).node with
	| Var "NULL" -> None
	| Var name -> Some (name, (bare e).at)
	| Unary ("&", e) | Cond (_, Some e, _) -> function_of e
	| Call (_, [ _; f ]) when callee e = "PTR_IF" -> function_of f
	| _ -> None

(* The operations structures that others of the kernel's own begin with. *)
let structure_inside structure field fields = match structure, field with
	| "virtio_dma_buf_ops", "ops" -> "dma_buf_ops"
	| _ -> if List.mem_assoc (Some "map_dma_buf") fields then "dma_buf_ops" else ""

let note t structure field ops e =
	match function_of e with
	| Some (f, at) when has t.slots structure field ->
		Hashtbl.replace t.here f (structure ^ "." ^ field, ops, at)
	| _ -> ()

let rec read_fields t structure ops fields =
	List.iter (function
		| Some field, Value e -> note t structure field ops e
		| Some field, Fields inner -> read_fields t (structure_inside structure field inner) ops inner
		| None, Fields inner -> read_fields t structure ops inner
		| None, Value _ -> ()) fields

let read_variable t v = match tag v.typ, v.value with
	| Some structure, Some (Fields fields) -> read_fields t structure v.name fields
	| _ -> ()

(* ops.member = f, pointer->member = f, and (struct foo){ .member = f } *)
let read_function t f =
	let types = Program.types_of f in
	iter ~variable:(fun v _ -> read_variable t v) ignore f.body;
	let expr e = match e.node with
		| Assign ("=", { node = Field ({ node = Var x; _ }, m) | Arrow ({ node = Var x; _ }, m); _ }, value) ->
			(match Maybe.bind (Hashtbl.find_opt types x) tag with
			| Some structure -> note t structure m ("a struct " ^ structure) value
			| None -> ())
		| Literal (typ, Fields fields) ->
			(match tag typ with
			| Some structure -> read_fields t structure ("a struct " ^ structure) fields
			| None -> ())
		| _ -> () in
	iter expr f.body

let start t =
	Hashtbl.reset t.here;
	List.iter (fun (_, vs, _) -> List.iter (read_variable t) vs) (Program.variables ());
	List.iter (read_function t) (Program.functions ())

let find t f =
	match Hashtbl.find_opt t.here f.fname with
	| Some (slot, ops, _) -> Some (slot, ops)
	| None ->
		if f.static then None
		else List.find_opt (fun (slot, _) -> has t.slots (owner slot) (member slot)) (Hashtbl.find_all elsewhere f.fname)

let description t f = match find t f with
	| Some (slot, ops) ->
		Printf.sprintf "%s() is the %s callback of %s" f.fname (member slot) (Report.quote ops)
	| None -> ""

(* Calls through members. *)

type wants = Held | Free
type target = { slot : string; wants : wants; obj : expr; others : expr list }

(* A callback as the table has it: what it is about, and the structures that its arguments point to. *)
type shape = { about : string; arguments : string option list; is_unique : bool }
let shape structure name =
	List.find_opt (fun (s, m, _, _, _) -> s = structure && m = name) Tables.callbacks
	|> Maybe.map (fun (_, _, about, arguments, unique) ->
		let argument word = if word = "-" then None else Some word in
		{ about; arguments = List.map argument (String.split_on_char ',' arguments); is_unique = unique = "yes" })

(* The callbacks that want something of the lock, by the name of the member. *)
let wanted : (string, string * wants) Hashtbl.t = Hashtbl.create 64
let () =
	let note wants (slot, _) =
		let structure = owner slot and name = member slot in
		match shape structure name with
		| Some { about = "-"; _ } -> ()
		| _ -> if name <> "*" then Hashtbl.add wanted name (structure, wants) in
	let clauses wants names = List.iter (fun clause -> List.iter (note wants) (Program.convention clause)) names in
	clauses Held [ "entered-held"; "exporter-2" ];
	clauses Free [ "entered-free"; "exporter-1" ]

(* map of "b->ops->map", "(*b->ops.map)" *)
let last_member name =
	let start, word = Names.last_word name in
	if word <> "" && start > 0 && (name.[start - 1] = '.' || name.[start - 1] = '>') then Some word else None
let may_want name = match last_member name with
	| Some name -> Hashtbl.mem wanted name
	| None -> false

(* The structure that a member is or points to, as the sources at hand have it, or the kernel's own. *)
let type_of_member structure name =
	let fields = List.find_map (function
		| _, Structure (tag, _, fields) when tag = structure -> Some fields
		| _ -> None) (Program.tops ()) in
	match fields with
	| Some fields ->
		Maybe.bind (List.find_opt (fun (field, _, _) -> field = name) fields) (fun (_, typ, _) -> tag typ)
	| None ->
		List.find_opt (fun (s, m, _) -> s = structure && m = name) Tables.members
		|> Maybe.map (fun (_, _, typ) -> typ)

(* The structure that an expression is or points to. *)
let rec type_of types e = match e.node with
	| Var name -> Maybe.bind (Hashtbl.find_opt types name) tag
	| Field (whole, name) | Arrow (whole, name) ->
		Maybe.bind (type_of types whole) (fun structure -> type_of_member structure name)
	| Unary (("*" | "&"), e) | Paren e | Index (e, _) -> type_of types e
	| Cast (typ, _) -> tag typ
	| Call (_, [ _; { node = Type typ; _ }; _ ]) when callee e = "container_of" -> tag typ
	| _ -> None

(* Members of other structures by which the kernel's own have a structure. *)
let is_holder structure name = List.exists (fun (_, m, typ) -> m = name && typ = structure) Tables.members

(* Where nothing tells of what structure the member is, the arguments do, or a name that no other structure has. *)
let fits types arguments field (structure, name) = match shape structure name with
	| Some shape when is_holder structure field && List.compare_lengths shape.arguments arguments = 0 ->
		let agrees wanted e = match wanted, type_of types e with
			| Some wanted, Some found -> Some (wanted = found)
			| _ -> None in
		let told = List.filter_map (fun found -> found) (List.map2 agrees shape.arguments arguments) in
		List.for_all (fun found -> found) told && (told <> [] || shape.is_unique)
	| _ -> false

let rec called_through e = match (bare e).node with
	| Unary ("*", e) -> called_through e
	| _ -> bare e

(* What has the operations structure: b of b->ops, and of a variable that was set to b->ops. *)
let rec holder scope e = match (bare e).node with
	| Field (whole, _) | Arrow (whole, _) -> Some whole
	| Unary (("*" | "&"), e) -> holder scope e
	| Var name ->
		(match Names.assigned scope name with
		| [ ({ node = Field _ | Arrow _; _ } as from, _) ] -> holder scope from
		| _ -> None)
	| _ -> None

let target types scope (call : Interp.call) = match (called_through call.Interp.callee).node with
	| Field (ops, name) | Arrow (ops, name) ->
		let arguments = call.Interp.arguments in
		let field = match (bare ops).node with Field (_, m) | Arrow (_, m) | Var m -> m | _ -> "" in
		let is_meant = match type_of types ops with
			| Some found -> fun (structure, _) -> structure = found
			| None -> fun (structure, _) -> fits types arguments field (structure, name) in
		(match List.find_opt is_meant (Hashtbl.find_all wanted name) with
		| None -> None
		| Some (structure, wants) ->
			let about = match shape structure name with Some shape -> shape.about | None -> "this" in
			let obj = match int_of_string_opt about, holder scope ops, arguments with
				| Some number, _, _ -> List.nth_opt arguments (number - 1)
				| None, Some whole, _ -> Some whole
				| None, None, first :: _ -> Some first
				| None, None, [] -> None in
			Maybe.map (fun obj -> { slot = structure ^ "." ^ name; wants; obj; others = arguments }) obj)
	| _ -> None
