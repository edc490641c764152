(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type t = { frame : Values.frame; call : expr; argument : string -> Values.origin list }

(* Which argument is what, by how many there are: until 5.14, 6.6, 6.7 and 6.14. *)
let positions count = match count with
	| 6 | 7 -> [ ("ops", 1); ("timeout", 4) ]
	| 8 | 9 -> [ ("ops", 1); ("timeout", 4); ("timeout_wq", 5) ]
	| 10 -> [ ("ops", 1); ("timeout", 5); ("timeout_wq", 6) ]
	| 11 -> [ ("ops", 1); ("submit_wq", 2); ("timeout", 6); ("timeout_wq", 7) ]
	| _ -> []

let argument frame call name =
	let found = match arguments_of call with
		| [ _; structure ] -> Values.member frame structure name
		| arguments ->
			(match List.assoc_opt name (positions (List.length arguments)) with
			| Some position -> Values.origins frame (List.nth arguments position)
			| None -> []) in
	if List.mem name [ "ops"; "timeout" ] then Values.settled found else found

let all () =
	List.map (fun (frame, call) -> { frame; call; argument = argument frame call })
		(Values.calls (fun name -> name = "drm_sched_init"))

let is_null (o : Values.origin) = match o.Values.what.node with
	| Var "NULL" | Int "0" -> true
	| _ -> false

type table = { name : string; file : string; fields : (string option * init) list; by : Values.origin }

(* The tables that an expression may be the address of: all of an array, whichever is meant. *)
let tables_at (by : Values.origin) =
	let table file name = function
		| Some (Fields fields) when not (List.mem_assoc None fields) -> [ { name; file; fields; by } ]
		| _ -> [] in
	let find name elements =
		match Program.variable (Values.func by.Values.within).source name with
		| Some (file, { value = Some value; typ; _ }) when Names.mentions "drm_sched_backend_ops" typ ->
			List.concat_map (table file name) (elements value)
		| Some (_, { value = Some _; _ }) -> []
		| _ -> Program.want [ "defines"; name ]; [] in
	match by.Values.what.node with
	| Unary ("&", { node = Var name; _ }) -> find name (fun value -> [ Some value ])
	| Unary ("&", { node = Index ({ node = Var name; _ }, _); _ }) ->
		find name (function Fields list -> List.map (fun (_, init) -> Some init) list | Value _ -> [])
	| _ -> []
let tables t =
	let found = List.map tables_at (t.argument "ops") in
	if List.mem [] found then [] else List.concat found

type callback = Missing | Function of func | Elsewhere
(* Is a member of a table set by an assignment? *)
let is_set table name =
	let sets e = match e.node with
		| Assign ("=", { node = Field ({ node = Var x; _ }, m); _ }, _) -> x = table.name && m = name
		| _ -> false in
	List.exists (fun f -> exists sets f.body) (Program.functions ())

let callback table name = match List.assoc_opt (Some name) table.fields with
	| _ when is_set table name -> Elsewhere
	| None | Some (Value { node = Var "NULL"; _ }) -> Missing
	| Some (Value e) ->
		(match Program.function_of table.file e with
		| Some f -> Program.look_into f; Function f
		| None ->
			Program.want [ "defines"; text (bare e) ];
			Elsewhere)
	| Some (Fields _) -> Elsewhere

let functions table = List.filter_map (fun name -> match callback table name with Function f -> Some f | _ -> None)

let is_endless (o : Values.origin) = match o.Values.what.node with
	| Var ("MAX_SCHEDULE_TIMEOUT" | "LONG_MAX") -> true
	| _ -> false
