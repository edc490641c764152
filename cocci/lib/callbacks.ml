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
