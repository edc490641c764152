(* SPDX-License-Identifier: GPL-2.0-only *)
(* For spatch 1.3 (Debian 13), whose tree has attributes in more places, and C++. *)
open Ast_c

let parse file = List.map fst (fst (Parse_c.parse_c_and_cpp false false file))

(* A macro that spatch takes for an iterator, a declarer or an attribute is one in each file from then on, and
   nothing that scripts can reach forgets it. So a child process parses. Unix itself would have to be found by the
   compiler that spatch runs. *)
external fork : unit -> int = "caml_unix_fork"
external wait : unit -> int * int = "caml_unix_wait"
external leave : int -> unit = "caml_unix_exit"

let write work name =
	let result = match work () with
		| result -> Ok result
		| exception failure -> Error (Printexc.to_string failure) in
	let channel = open_out_bin name in
	Marshal.to_channel channel result [];
	close_out channel

let read name =
	let channel = open_in_bin name in
	let result = try Marshal.from_channel channel with End_of_file -> Error "spatch ended while it parsed" in
	close_in channel;
	result

let apart work =
	let name = Filename.temp_file "parsed" "" in
	if fork () = 0 then (try write work name; leave 0 with _ -> leave 1);
	ignore (wait ());
	let result = read name in
	Sys.remove name;
	match result with
	| Ok result -> result
	| Error why -> failwith why

let cast = function
	| Cast (typ, expression) -> Some (typ, expression)
	| _ -> None

let index = function
	| ArrayAccess (whole, [ Common.Left index, _ ]) -> Some (whole, index)
	| _ -> None

let elements = function
	| InitList list | InitListNoBrace list -> list
	| _ -> []

let while_loop = function
	| While (WhileExp test, body) -> Some (test, body)
	| _ -> None

let for_loop = function
	| For (ForDecl (first, (test, _), (next, _)), body) -> Some (Common.Left first, test, next, body)
	| For (ForExp ((first, _), (test, _), (next, _)), body) -> Some (Common.Right first, test, next, body)
	| _ -> None

let declared = function
	| DeclList ((list, _), il) -> Some (List.map fst list, il)
	| _ -> None

let macro_declaration = function
	| MacroDecl ((_, _, name, arguments, _, _), _) -> Some (name, arguments)
	| _ -> None

let initial = function
	| ValInit (init, _) -> Some init
	| _ -> None

let is_static = function
	| Sto Static, _, _ -> true
	| _ -> false

let structure (_, _, (typ, _)) = match typ with
	| StructUnion (kind, tag, _, _, fields) -> Some (kind, tag, fields)
	| _ -> None
let type_tokens (_, _, (_, il)) = il

let simple_field = function
	| Simple (_, _, name, typ, _) -> Some (Maybe.map fst name, typ)
	| _ -> None

let rec name_tokens = function
	| RegularName (_, il) | Operator (_, il) | CppVariadicName (_, il) | CppIdentBuilder ((_, il), _) -> il
	| CppConcatenatedName parts -> List.concat_map (fun ((_, il), _) -> il) parts
	| QualName parts -> List.concat_map (fun (name, _) -> name_tokens name) parts
