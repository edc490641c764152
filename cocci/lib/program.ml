(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks

let serves = ref false

(* Tables. *)

let in_force = Maybe.map (String.split_on_char '\n') (Sys.getenv_opt "RESVLINT_CONVENTION")
let convention clause =
	match in_force with
	| Some lines ->
		List.filter_map (fun line -> match String.split_on_char ' ' line with
			| [ c; name; variant ] when c = clause -> Some (name, if variant = "-" then "" else variant)
			| _ -> None) lines
	| None ->
		(* A name that the newest kernels no longer have means what it did last. *)
		let is_last name until =
			until = "-" || not (List.exists (fun (_, other, _, until, _) -> other = name && until = "-") Tables.convention) in
		List.filter_map (function
			| (c, name, _, until, variant) when c = clause && is_last name until ->
				Some (name, if variant = "-" then "" else variant)
			| _ -> None) Tables.convention

let importer_2 = convention "importer-2"
let is_convention name =
	List.exists (fun clause -> List.mem_assoc name (convention clause)) [ "importer-1"; "importer-2"; "exporter-3" ]
let is_importer_2 name = List.mem_assoc name importer_2

(* Those of importer clause 2 that get the buffer, or an attachment to it, as their first argument. *)
let is_forbidden_under_lock name = is_importer_2 name && not (List.mem name [ "dma_buf_export"; "dma_buf_get" ])

let only_primitives = Sys.getenv_opt "RESVLINT_PRIMITIVES" <> None
let listed : (string, action) Hashtbl.t = Hashtbl.create 128
let primitive : (string, unit) Hashtbl.t = Hashtbl.create 32
let () =
	List.iter (function
		| (does, name, argument, context, level, tries, may_fail) when level <> "wrapper" || not only_primitives ->
			Maybe.iter (fun does -> Hashtbl.replace listed name (action ~context ~tries ~may_fail does argument)) (of_word does);
			if level <> "wrapper" then Hashtbl.replace primitive name ()
		| _ -> ()) Tables.lock_functions

(* What the front end found in other sources: by bodies, and by what prototypes say. *)
let found_elsewhere : (string, action * string) Hashtbl.t = Hashtbl.create 64
let said_elsewhere : (string, action) Hashtbl.t = Hashtbl.create 8
let asserted_before : (string, string) Hashtbl.t = Hashtbl.create 16
let said word = match String.index_opt word '-' with
	| Some i when String.sub word 0 i = "says" -> of_word (String.sub word (i + 1) (String.length word - i - 1))
	| _ -> None
let learn lines =
	let block line = match String.split_on_char ' ' line with
		| [ "block"; name; code; _ ] -> Some (name, Names.of_hex code)
		| _ -> None in
	Sources.know_blocks (List.filter_map block lines);
	Hashtbl.reset found_elsewhere;
	Hashtbl.reset said_elsewhere;
	Hashtbl.reset asserted_before;
	List.iter (fun line -> match String.split_on_char ' ' line with
		| [ "asserted-until"; name; version; _ ] -> Hashtbl.replace asserted_before name version
		| [ does; name; argument; where ] ->
			let argument, cases = match String.index_opt argument ';' with
				| Some i -> String.sub argument 0 i, Cases.of_word (String.sub argument i (String.length argument - i))
				| None -> argument, [] in
			(match said does with
			| Some does ->
				let through = if does = Must_hold then Some ("__must_hold", 0) else None in
				Hashtbl.replace said_elsewhere name { (of_values does argument) with through }
			| None -> Maybe.iter (fun does -> Hashtbl.add found_elsewhere name ({ (of_values does argument) with cases }, where)) (of_word does))
		| _ -> ()) lines

(* Sources. *)

let defined : func Scopes.t = Scopes.make ()
let globals : (string * variable) Scopes.t = Scopes.make ()
let macros : (string list option * expr) Scopes.t = Scopes.make ()
let structures : (string * string * pos) list Scopes.t = Scopes.make ()
let prototypes : (string * string, func) Hashtbl.t = Hashtbl.create 16	(* those with annotations *)
let block_macros : (string * string, func) Hashtbl.t = Hashtbl.create 16	(* by file and name *)
let own : (string * top) list ref = ref []
let invoked : (string * string, unit) Hashtbl.t = Hashtbl.create 16	(* first arguments of macros outside of functions *)
let own_functions : func list ref = ref []
let wants : string list list ref = ref []
let bodies : (string * string) list ref = ref []
let readings = ref 0

let is_local f = f.static && not (Scopes.is_header f.source)

(* A variable with a value is the one that a declaration without one is of. *)
let note_variable file (v : variable) =
	if v.value <> None || Scopes.own globals file v.name = None then
		Scopes.put globals file v.name ~is_shared:(v.value <> None && not v.static) (file, v)

let note file = function
	| Function f -> Scopes.put defined file f.fname ~is_shared:(not (is_local f)) f
	| Made f -> Scopes.put defined file f.fname ~is_shared:(Scopes.is_header file) f
	| Block_macro (f, _) -> Hashtbl.replace block_macros (file, f.fname) f
	| Invocation (_, name :: _) -> Hashtbl.replace invoked (file, text name) ()
	| Macro (name, parameters, Some e) -> Scopes.put macros file name ~is_shared:(Scopes.is_header file) (parameters, e)
	| Variables (list, _) -> List.iter (note_variable file) list
	| Structure (tag, _, fields) -> Scopes.put structures file tag ~is_shared:(Scopes.is_header file) fields
	| _ -> ()
let tops () = !own
let functions () = !own_functions
let variables () = List.filter_map (function file, Variables (vs, p) -> Some (file, vs, p) | _ -> None) !own

let find = Scopes.find defined
let function_of file e = match (bare e).node with
	| Var name | Unary ("&", { node = Var name; _ }) -> find file name
	| _ -> None
let variable = Scopes.find globals
let macro = Scopes.find macros
let expanded file e = match e.node with
	| Call (_, arguments) when find file (callee e) = None ->
		(match macro file (callee e) with
		| Some (Some parameters, value) when List.compare_lengths parameters arguments = 0 ->
			Some (replace e.at (List.combine parameters arguments) (bare value))
		| _ -> None)
	| Var name -> (match macro file name with Some (None, value) -> Some (replace e.at [] (bare value)) | _ -> None)
	| _ -> None
let structure = Scopes.find structures
let has_own_variable file name = match Scopes.own globals file name with
	| Some (_, v) -> v.static
	| None -> Hashtbl.mem invoked (file, name)
let has_own_structure file tag = not (Scopes.is_header file) && Scopes.own structures file tag <> None

let is_word s = s <> "" && List.for_all Names.is_letter (List.init (String.length s) (String.get s))
let want words = if List.for_all is_word words then wants := words :: !wants
let look_into f = if f.body = [] then bodies := (f.source, f.fname) :: !bodies
let wanted () = List.append (List.map (fun words -> ("", words)) (List.sort_uniq compare !wants))
	(List.map (fun (source, name) -> (source, [ "in"; name ])) (List.sort_uniq compare !bodies))
let reading () = !readings

let constants name =
	List.filter_map (function
		| _, Macro (other, None, e) when other = name -> Some e
		| _ -> None) !own

(* Effects. *)

let watchers : (string -> bool) list ref = ref []
let watch is_watched = watchers := is_watched :: !watchers

let results : (string * string, Interp.result) Hashtbl.t = Hashtbl.create 64
let effects : (string * string, action option) Hashtbl.t = Hashtbl.create 256
let at_work : (string * string, unit) Hashtbl.t = Hashtbl.create 16

(* A function or macro that is at work is not asked again by those that it calls. *)
let working key work =
	let is_outermost = not (Hashtbl.mem at_work key) in
	Hashtbl.replace at_work key ();
	let found = work () in
	if is_outermost then Hashtbl.remove at_work key;
	found

(* What a body shows is believed more than the table, unless it tells little; the table also tells the kinds of
   release apart. *)
let is_vague does = List.mem does [ Depends; May_release; May_acquire; Acquire_members; Acquire_inside; Must_not_hold; Must_not_hold_import ]
let family = function Release_all | May_release -> Release | does -> does

(* So many tests of a function's parameters are looked into. *)
let most_tests = 8

(* The number that a macro is, if that is plain: 4, BIT(2), 1 << 2. *)
let number_of name =
	let rec number depth e = match (bare e).node with
		| Int digits -> int_of_string_opt (List.hd (String.split_on_char 'U' (List.hd (String.split_on_char 'L' digits))))
		| Call ({ node = Var ("BIT" | "BIT_ULL"); _ }, [ bit ]) -> Maybe.map (fun bit -> 1 lsl bit) (number depth bit)
		| Binary ("<<", a, b) -> two depth (lsl) a b
		| Binary ("|", a, b) -> two depth (lor) a b
		| Var name when depth > 0 -> named (depth - 1) name
		| _ -> None
	and two depth combine a b = Maybe.bind (number depth a) (fun a -> Maybe.map (combine a) (number depth b))
	and named depth name = match List.sort_uniq compare (List.map (Maybe.map (number depth)) (constants name)) with
		| [ Some found ] -> found
		| _ -> None in
	named 4 name

(* An annotation is believed where the body shows neither taking nor releasing. *)
let or_said said found = match found, said with
	| Some { does = Acquire | Try | Release | Release_all; _ }, _ | _, None -> found
	| _, Some _ -> said

let rec effect_in file name =
	let begun = Cleanup.begun name in
	if begun <> None then Maybe.bind begun (effect_of_class file)
	else if Cleanup.ended name <> None then effect_of_end file name
	else if is_forbidden_under_lock name then Some (action Must_not_hold "1")
	else
		let from_body = match find file name with
			| Some f -> effect_of f
			| None ->
				match Hashtbl.find_opt block_macros (file, name) with
				| Some f -> effect_of_block f
				| None -> effect_of_macro file name in
		let is_static = match find file name with Some f -> is_local f | None -> false in
		let listed = match Hashtbl.find_opt listed name with
			| Some e when is_static && e.argument.[0] <> '&' -> None
			| found -> found in
		let said = match Hashtbl.find_opt prototypes (file, name) with
			| Some f -> Annotations.says f
			| None -> if is_static then None else Hashtbl.find_opt said_elsewhere name in
		or_said said @@
		let tells = match from_body with Some { does = Depends; _ } -> listed = None | found -> found <> None in
		if tells then from_body
		else if Hashtbl.mem primitive name then listed
		else
			let known = List.filter (fun (e, _) -> not (List.mem e.does [ Guard; Guard_try; Free ])) (Hashtbl.find_all found_elsewhere name) in
			let own, others = List.partition (fun (_, where) -> where = file) known in
			match own, List.filter (fun (_, where) -> where = "*") others, listed with
			| (e, _) :: _, _, _ -> Some e
			| [], (e, _) :: _, Some l when family e.does = family l.does || is_vague e.does -> listed
			| [], (e, _) :: _, _ when not is_static -> Some e
			| _ -> listed

(* DEFINE_GUARD(my_resv, struct dma_resv *, dma_resv_lock(_T, NULL), dma_resv_unlock(_T)): a class whose variables take a lock where they
   begin, and release it where they end. What its constructor returns tells whether it was got. *)
and effect_of_class file name =
	let sure ?context argument = Some (action ?context ~gets:any ~fails:0 Acquire argument) in
	let tried argument = Some (action ~gets:positive ~fails:zero Try argument) in
	match find file (Cleanup.constructor name) with
	| Some f ->
		(match effect_of f with
		| Some { does = Acquire | Try; argument; context; _ } when find file (Cleanup.destructor name) = None || effect_of_end file (Cleanup.destructor name) <> None ->
			if List.for_all (fun (exit : Interp.exit) -> exit.Interp.state.Interp.held <> []) (result f).Interp.exits then sure ~context argument
			else tried argument
		| _ -> None)
	| None ->
		match known_class file name [ Guard; Guard_try ] with
		| Some { does = Guard; argument; _ } -> sure argument
		| Some { argument; _ } -> tried argument
		| None -> None

(* What is called where a variable ends. *)
and effect_of_end file name = match find file name with
	| Some f ->
		(match effect_of f with
		| Some ({ does = Release | Release_all | May_release; _ } as found) -> Some found
		| _ -> None)
	| None ->
		let known = match Cleanup.ended name with
			| Some (Cleanup.Class cls) when find file (Cleanup.constructor cls) <> None -> effect_of_class file cls
			| Some (Cleanup.Class cls) -> known_class file cls [ Guard; Guard_try ]
			| Some (Cleanup.Free name) -> known_class file name [ Free ]
			| None -> None in
		Maybe.map (fun _ -> action Release "1") known

and known_class file name kinds =
	let is_known (e, where) = List.mem e.does kinds && (where = file || where = "*") in
	Maybe.map fst (List.find_opt is_known (Hashtbl.find_all found_elsewhere name))

(* #define my_lock(bo) dma_resv_lock((bo)->resv, NULL), #define my_lock dma_resv_lock *)
and effect_of_macro file name =
	let key = (file, name) in
	match Scopes.own macros file name with
	| Some macro when not (Hashtbl.mem at_work key) ->
		working key (fun () -> match macro with
			| None, { node = Var other; _ } -> effect_in file other
			| Some parameters, e -> effect_of_call file parameters (bare e)
			| None, _ -> None)
	| _ -> None

(* A macro that stands before a statement, and asserts the lock as it begins, or for each member that it goes over. *)
and effect_of_block f =
	if Hashtbl.mem at_work (f.source, f.fname) then None
	else Maybe.map (action Iterate) (Effects.asserted (result f))

(* What such a macro does in a function, where it does more than that. *)
and with_block_macros f =
	let rec statement depth s = match s.kind with
		| Each (name, arguments, body) when depth > 0 && name <> f.fname ->
			(match Hashtbl.find_opt block_macros (f.source, name) with
			| Some m when List.compare_lengths m.params arguments = 0 && takes_locks f.source m.body ->
				statement_of depth (Cleanup.put_in m arguments s.where body)
			| _ -> s)
		| _ -> s
	and statement_of depth s = match map ~stmt:(statement (depth - 1)) (fun e -> e) [ s ] with
		| [ s ] -> s
		| list -> { s with kind = Block list } in
	let is_used = ref false in
	if Hashtbl.length block_macros > 0 then
		iter ~stmt:(fun s -> match s.kind with
			| Each (name, _, _) when Hashtbl.mem block_macros (f.source, name) -> is_used := true
			| _ -> ()) ignore f.body;
	if not !is_used then f else { f with body = map ~stmt:(statement 4) (fun e -> e) f.body }

and takes_locks file body =
	let found = ref false in
	let note name = match effect_in file name with
		| Some { does = Acquire | Try | Release | Release_all | May_release | May_acquire; _ } -> found := true
		| _ -> () in
	let stmt s = match s.kind with
		| Each (name, _, _) ->
			(match Hashtbl.find_opt block_macros (file, name) with
			| Some m when m.body != body && takes_locks file m.body -> found := true
			| _ -> ())
		| _ -> () in
	iter ~stmt (fun e -> match e.node with Call _ -> note (callee e) | _ -> ()) body;
	!found

and effect_of_call file parameters e = match e.node with
	| Call (_, arguments) ->
		(match effect_in file (callee e) with
		| Some { does = Depends; _ } -> None
		| Some action ->
			(match object_of_call action arguments with
			| Some obj ->
				let named = Names.roots obj in
				let rec number i = function
					| [] -> None
					| name :: _ when List.mem name named -> Some i
					| _ :: rest -> number (i + 1) rest in
				Maybe.map (fun n -> { action with argument = string_of_int n; context = "?"; cases = [] }) (number 1 parameters)
			| None -> None)
		| None -> None)
	| _ -> None

and run ?assume f =
	let knowledge = {
		Interp.effect_of = (fun name -> if name = f.fname then listed_only name else effect_in f.source name);
		watched = (fun name -> List.exists (fun is_watched -> is_watched name) !watchers) } in
	Interp.run ?assume ~drop_decided:(assume <> None) ~constant:number_of knowledge (with_block_macros f)

and result f =
	let key = (f.source, f.fname) in
	match Hashtbl.find_opt results key with
	| Some result -> result
	| None ->
		let result = working key (fun () -> run f) in
		Hashtbl.replace results key result;
		result

and listed_only name = Hashtbl.find_opt listed name

and effect_of f =
	let key = (f.source, f.fname) in
	match Hashtbl.find_opt effects key with
	| Some action -> action
	| None ->
		if Hashtbl.mem at_work key then None
		else begin
			let action = or_said (Annotations.says f) (working key (fun () -> with_cases f (summary f (result f)))) in
			Hashtbl.replace effects key action;
			action
		end

and summary f = Effects.summary ~calls_effect:(effect_in f.source) ~is_importer_2 f

(* What a function does, by tests of its parameters too, where that is more or less than what it does whatever they are. *)
and with_cases f action =
	let essence = Maybe.map (fun action -> (action.does, action.argument, action.gets, action.fails)) in
	let case test holds =
		let assume = [ Cases.assumption (Names.parameter_name f test.number) test holds ] in
		let what = summary f (run ~assume f) in
		if essence what = essence action then None else Some { test; holds; what } in
	match List.concat_map (fun test -> List.filter_map (case test) [ false; true ]) (deciding f) with
	| [] -> action
	| cases ->
		let through = List.find_map (fun case -> Maybe.bind case.what (fun action -> action.through)) cases in
		let depends = Locks.action ?through Depends "0" in
		Some { (Maybe.value action ~default:depends) with cases }

(* The tests of a function's parameters that can decide what it does: its own where it does something to locks, and those of what it calls. *)
and deciding f =
	let result = result f in
	let scope = result.Interp.scope in
	let calls = List.map fst result.Interp.calls in
	let number = Cases.parameters scope in
	let is_variable = Names.is_variable scope in
	let found = ref [] in
	let note tests = found := List.append tests !found in
	let own e = note (Cases.tests ~number ~is_variable e) in
	let acts = List.exists (fun (call : Interp.call) -> call.Interp.action <> None) calls in
	let stmt s = match s.kind with
		| If (c, _, _) | While (c, _) | Do (_, c) -> if acts then own c
		| _ -> () in
	let variable (v : variable) _ = match v.value with
		| Some (Value e) when acts && e.node <> Var v.name -> own e
		| _ -> () in
	iter ~stmt ~variable (fun e -> match e.node with
		| Cond (c, _, _) | Assign ("=", _, c) when acts -> own c
		| Call (_, arguments) ->
			(match effect_in f.source (callee e) with
			| Some ({ cases = _ :: _; _ } as action) -> note (Cases.passed_on ~number ~is_variable action arguments)
			| _ -> ())
		| _ -> ()) f.body;
	List.filteri (fun i _ -> i < most_tests) (List.sort_uniq compare !found)

(* A function has what its prototype says, here or in a header, by the names of its own parameters. *)
let with_annotations file f =
	let of_prototype (p : func) =
		let name e = match e.node with
			| Var name ->
				(match List.find_opt (fun (mine, other) -> other.param = name && mine.param <> name) (List.combine f.params p.params) with
				| Some (mine, _) -> { e with node = Var mine.param }
				| None -> e)
			| _ -> e in
		List.map (map_expr name) p.annotations in
	let annotations = match Hashtbl.find_opt prototypes (file, f.fname), Hashtbl.find_opt said_elsewhere f.fname with
		| _ when f.annotations <> [] -> f.annotations
		| Some p, _ when List.compare_lengths p.params f.params = 0 -> of_prototype p
		| _, Some said when not (is_local f) -> Maybe.to_list (Annotations.said_of f said)
		| _ -> [] in
	let annotated = { f with annotations } in
	{ annotated with body = List.append (Annotations.at_entry annotated) f.body }

let read files =
	own := [];
	wants := [];
	bodies := [];
	incr readings;
	Scopes.reset macros;
	Scopes.reset globals;
	Scopes.reset structures;
	Scopes.reset defined;
	Hashtbl.reset invoked;
	Hashtbl.reset prototypes;
	Hashtbl.reset block_macros;
	Hashtbl.reset results;
	Hashtbl.reset effects;
	List.iter (fun file ->
		let tops = Sources.read file in
		List.iter (function Prototype f -> Hashtbl.replace prototypes (file, f.fname) f | _ -> ()) tops;
		let tops = List.map (function
			| Function f -> (file, Function (with_annotations file f))
			| top -> (file, top)) tops in
		List.iter (fun (file, top) -> note file top) tops;
		own := List.append !own tops) files;
	own_functions := List.filter_map (function _, Function f -> Some f | _ -> None) !own

let was_known file name =
	List.exists (fun (_, where) -> where = "*" || where = file) (Hashtbl.find_all found_elsewhere name)

let said () =
	List.filter_map (function
		| _, Prototype f -> Maybe.map (fun action -> (f, action)) (Annotations.says f)
		| _ -> None) !own

let macro_effects () =
	List.filter_map (function
		| file, Made f ->
			let of_class name = Maybe.map (fun found ->
				(name, f.place, { found with does = if found.does = Try then Guard_try else Guard })) (effect_of_class file name) in
			let of_free name = Maybe.map (fun found -> (name, f.place, { found with does = Free })) (effect_of_end file f.fname) in
			(match Cleanup.constructed f.fname, Cleanup.ended f.fname with
			| Some name, _ -> of_class name
			| None, Some (Cleanup.Free name) -> of_free name
			| _ -> None)
		| _, Block_macro (f, _) when f.place.line <> Sources.elsewhere -> Maybe.map (fun found -> (f.fname, f.place, found)) (effect_of_block f)
		| file, Macro (name, _, Some e) ->
			Maybe.map (fun action -> (name, { e.at with file }, action)) (effect_of_macro file name)
		| _ -> None) !own

let block_macros () =
	List.filter_map (function
		| file, Block_macro (f, code) when f.place.line <> Sources.elsewhere && takes_locks file f.body -> Some (f, code)
		| _ -> None) !own

let is_primitive = Hashtbl.mem primitive
let is_listed = Hashtbl.mem listed

let asserted_until file name = match find file name with
	| Some _ -> None
	| None -> Hashtbl.find_opt asserted_before name

let types_of f =
	let types = Hashtbl.create 16 in
	let note (v : variable) = Hashtbl.replace types v.name v.typ in
	List.iter (fun (_, vs, _) -> List.iter note vs) (variables ());
	List.iter (fun p -> Hashtbl.replace types p.param p.ptype) f.params;
	iter ~variable:(fun v _ -> note v) ignore f.body;
	types
