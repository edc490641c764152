(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type scope = { func : func; sources : (string, expr * int) Hashtbl.t }

let func scope = scope.func
let assigned scope name = List.rev (Hashtbl.find_all scope.sources name)
let sources scope name = List.map fst (assigned scope name)

let is_maker name = name = "dma_resv_iter_begin"

(* x = E, x.member = E, struct foo *x = E, foo_begin(&x, E, ...); and y->member = E, as "y->member" *)
let scope func =
	let sources = Hashtbl.create 16 in
	let note e = match e.node with
		| Call (_, first :: second :: _) when is_maker (callee e) ->
			(match (bare first).node with
			| Unary ("&", { node = Var name; _ }) | Var name -> Hashtbl.add sources name (second, e.at.line)
			| _ -> ())
		| Assign ("=", l, r) ->
			(match (bare l).node with
			| Var name | Field ({ node = Var name; _ }, _) -> Hashtbl.add sources name (r, e.at.line)
			| Field _ | Arrow _ -> Hashtbl.add sources (text (bare l)) (r, e.at.line)
			| _ -> ())
		| _ -> () in
	let variable v s = match v.value with
		| Some (Value e) -> Hashtbl.add sources v.name (e, s.where.line)
		| _ -> () in
	iter ~variable note func.body;
	{ func; sources }

let is_variable scope name =
	let found = ref (List.exists (fun p -> p.param = name) scope.func.params) in
	if not !found then iter ~variable:(fun v _ -> if v.name = name then found := true) ignore scope.func.body;
	!found

let is_set scope name =
	let found = ref false in
	let see e = if (bare e).node = Var name then found := true in
	iter (fun e -> match e.node with
		| Assign (_, place, _) | Postfix (place, _) | Unary (("&" | "++" | "--"), place) -> see place
		| _ -> ()) scope.func.body;
	!found

let rec roots e = match e.node with
	| Var "NULL" -> []
	| Var name -> [ name ]
	| Int _ | Text _ | Type _ | Unknown _ | Block_value _ -> []
	| Call (f, arguments) ->
		let own = match (bare f).node with Var _ -> [] | _ -> roots f in
		List.append own (List.concat_map roots arguments)
	| Field (e, _) | Arrow (e, _) | Unary (_, e) | Postfix (e, _) | Cast (_, e) | Paren e -> roots e
	| Index (a, b) | Binary (_, a, b) | Assign (_, a, b) | Comma (a, b) -> List.append (roots a) (roots b)
	| Cond (c, a, b) -> List.concat [ roots c; List.concat_map roots (Maybe.to_list a); roots b ]
	| Literal (_, init) ->
		let rec parts = function
			| Value e -> roots e
			| Fields list -> List.concat_map (fun (_, init) -> parts init) list in
		parts init

(* What these return is one of many that something keeps, and none of its own. *)
let looks_up e = match (bare e).node with
	| Call _ ->
		List.mem (callee (bare e)) [
			"list_first_entry"; "list_first_entry_or_null"; "list_last_entry"; "list_last_entry_or_null"; "list_next_entry";
			"list_prev_entry"; "list_first_or_null_rcu"; "llist_del_first"; "idr_find"; "idr_get_next"; "idr_remove"; "xa_load";
			"xa_find"; "xa_erase"; "radix_tree_lookup"; "radix_tree_delete"; "rhashtable_lookup"; "rhashtable_lookup_fast" ]
	| _ -> false

let rec origins scope seen = function
	| [] -> seen
	| name :: rest when List.mem name seen -> origins scope seen rest
	| name :: rest ->
		let from = List.concat_map roots (List.filter (fun e -> not (looks_up e)) (sources scope name)) in
		origins scope (name :: seen) (List.append from rest)

let origin_names scope e = origins scope [] (roots e)

let related scope a b =
	let a = origin_names scope a and b = origin_names scope b in
	List.exists (fun name -> List.mem name b) a

(* Members that lead from an object to its lock, or to what has the same lock. *)
let shares_lock member =
	List.mem member [
		"base"; "tbo"; "ttm"; "bo"; "obj"; "gem"; "resv"; "_resv"; "lock"; "dmabuf"; "dma_buf"; "priv";
		"import_attach" ]

(* to_foo(), foo_to_bar() *)
let rec converts name =
	(String.length name > 3 && String.sub name 0 3 = "to_") || match String.index_opt name '_' with
	| Some i -> converts (String.sub name (i + 1) (String.length name - i - 1))
	| None -> false

(* x = foo_get(x) *)
let is_reference name e = match (bare e).node with
	| Call (f, [ { node = Var other; _ } ]) when other = name ->
		let ends tail = Filename.check_suffix (text f) tail in
		ends "_get" || ends "_ref"
	| _ -> false

let object_of scope e =
	let rec find depth e = match e.node with
		| Unary (("&" | "*"), e) | Paren e | Cast (_, e) -> find depth e
		| Field (whole, member) | Arrow (whole, member) ->
			(match find depth whole with
			| Some core when shares_lock member -> Some core
			| Some core -> Some (core ^ "->" ^ member)
			| None -> None)
		| Var name ->
			let from = List.filter (fun from -> not (is_reference name from || (bare from).node = Var "NULL")) (sources scope name) in
			(match List.sort_uniq (fun a b -> compare (text a) (text b)) from with
			| [] -> if name = "NULL" then None else Some name
			| [ from ] when depth < 4 ->
				(match find (depth + 1) from, from.node with
				| None, Call _ -> Some name
				| found, _ -> found)
			| _ -> None)
		| Call (_, [ only ]) when converts (callee e) -> find depth only
		| Call (_, first :: _) when callee e = "container_of" -> find depth first
		| _ -> None in
	find 0 e

let same_object scope a b = match object_of scope a, object_of scope b with
	| Some a, Some b -> a = b
	| _ -> false

let is_inside scope whole e = match object_of scope whole, object_of scope e with
	| Some whole, Some e ->
		let n = String.length whole + 2 in
		String.length e > n && String.sub e 0 n = whole ^ "->"
	| _ -> false

(* What leads to an object: g->map and g, of &g->map->tbo. *)
let rec steps scope e = match (bare e).node with
	| Unary (("&" | "*"), e) -> steps scope e
	| Field (whole, _) | Arrow (whole, _) -> bare e :: steps scope whole
	| Var name ->
		(match sources scope name with
		| [ from ] when not (List.mem name (origins scope [] (roots from))) -> bare e :: steps scope from
		| _ -> [ bare e ])
	| _ -> []

let was_given scope whole part =
	List.exists (fun step ->
		List.exists (fun from -> List.exists (same_object scope part) (arguments_of from)) (sources scope (text step)))
		(steps scope whole)

(* Does a part stand at a place of a text, which is long enough for it? *)
let stands_at part text at =
	let rec same i = i = String.length part || (Char.equal text.[at + i] part.[i] && same (i + 1)) in
	same 0
let contains part text =
	let last = String.length text - String.length part in
	let rec from i = i <= last && (stands_at part text i || from (i + 1)) in
	from 0

let is_letter = function 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' -> true | _ -> false

let last_word name =
	let rec skip i depth =
		if i < 0 then i
		else match name.[i] with
			| ']' -> skip (i - 1) (depth + 1)
			| '[' -> skip (i - 1) (depth - 1)
			| c -> if depth = 0 && is_letter c then i else skip (i - 1) depth in
	let last = skip (String.length name - 1) 0 in
	let rec first i = if i >= 0 && is_letter name.[i] then first (i - 1) else i + 1 in
	let start = first last in
	start, String.sub name start (last + 1 - start)
let is_capital name = name <> "" && name = String.uppercase_ascii name && name <> String.lowercase_ascii name
let begins_with start name = String.length name >= String.length start && stands_at start name 0
let mentions word text =
	let n = String.length word and m = String.length text in
	let free i = i < 0 || i >= m || not (is_letter text.[i]) in
	let rec at i =
		i + n <= m && ((stands_at word text i && free (i - 1) && free (i + n)) || at (i + 1)) in
	n > 0 && at 0

let made_of scope names e =
	let rec plain depth e =
		let written = text e in
		not (contains "priv" written || contains "(" written)
		&& List.for_all (fun name ->
			List.mem name names
			|| (depth > 0 && match sources scope name with
			    | [] -> false
			    | from -> List.for_all (plain (depth - 1)) from)) (roots e) in
	roots e <> [] && plain 3 e

let is_context typ =
	List.exists (fun name -> mentions name typ) [ "ww_acquire_ctx"; "i915_gem_ww_ctx"; "drm_exec" ]

let parameter scope e =
	let from = origin_names scope e in
	let rec find number = function
		| [] -> None
		| { param; ptype } :: _ when List.mem param from -> Some (if is_context ptype then 0 else number)
		| _ :: rest -> find (number + 1) rest in
	find 1 scope.func.params

let parameter_name func number =
	if number < 1 then ""
	else match List.nth_opt func.params (number - 1) with
	| Some p -> p.param
	| None -> ""

let spellings scope e =
	let rec all depth e =
		let from name = if depth = 0 then [] else sources scope name in
		text e :: List.concat_map (all (depth - 1)) (List.concat_map from (roots e)) in
	all 3 e

let hex text = "x" ^ String.concat "" (List.map (fun c -> Printf.sprintf "%02x" (Char.code c)) (List.init (String.length text) (String.get text)))
let of_hex code = String.init (String.length code / 2) (fun i -> Char.chr (int_of_string ("0x" ^ String.sub code (2 * i + 1) 2)))
