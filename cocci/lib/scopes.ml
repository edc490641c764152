(* SPDX-License-Identifier: GPL-2.0-only *)

(* shared: the files that define something by a name for others. *)
type 'a t = { defined : (string * string, 'a) Hashtbl.t; shared : (string, string) Hashtbl.t }

let make () = { defined = Hashtbl.create 64; shared = Hashtbl.create 64 }
let reset scope =
	Hashtbl.reset scope.defined;
	Hashtbl.reset scope.shared

let put scope file name ~is_shared value =
	if is_shared && not (List.mem file (Hashtbl.find_all scope.shared name)) then Hashtbl.add scope.shared name file;
	Hashtbl.replace scope.defined (file, name) value

let own scope file name = Hashtbl.find_opt scope.defined (file, name)

let is_header file = Filename.check_suffix file ".h"

(* A header often has an empty function for where that of a source is not compiled. *)
let find scope file name = match own scope file name with
	| Some value -> Some value
	| None ->
		let headers, sources = List.partition is_header (Hashtbl.find_all scope.shared name) in
		match sources, headers with
		| [ only ], _ | [], [ only ] -> own scope only name
		| _ -> None
