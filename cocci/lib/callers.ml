(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks
open Interp

let rule = "callers"

(* What is asked for. *)

let is_asked : (string, unit) Hashtbl.t = Hashtbl.create 256
let asked name = Hashtbl.mem is_asked name
let struct_name tag = "struct:" ^ tag

(* Members: the structure, the member, and what has such a structure. *)
type member = { owner : string; member : string; fields : (string * string) list }
let members : member list ref = ref []
let parted name =
	let dot = String.index name '.' in
	(String.sub name 0 dot, String.sub name (dot + 1) (String.length name - dot - 1))
let member_of name = match String.split_on_char '@' name with
	| slot :: fields when String.contains slot '.' ->
		let owner, member = parted slot in
		Some { owner; member; fields = List.map parted (List.filter ((<>) "") fields) }
	| _ -> None

let ask names =
	Hashtbl.reset is_asked;
	List.iter (fun name -> Hashtbl.replace is_asked name ()) names;
	members := List.filter_map member_of names
let slot_of m = m.owner ^ "." ^ m.member

(* These call the function that they are given at once, in the state of their caller. *)
let calls_back name = List.mem name [
	"kref_put"; "kref_put_mutex"; "kref_put_lock"; "idr_for_each"; "bus_for_each_dev";
	"bus_for_each_drv"; "class_for_each_device"; "driver_for_each_device"; "device_for_each_child";
	"device_for_each_child_reverse"; "device_find_child"; "pci_walk_bus"; "apply_to_page_range" ]

(* The text of a source, in lines. *)
let lines_read : (string, string array) Hashtbl.t = Hashtbl.create 4
let lines_of name =
	match Hashtbl.find_opt lines_read name with
	| Some lines -> lines
	| None ->
		let lines = Sources.lines_of name in
		Hashtbl.replace lines_read name lines;
		lines

(* The words of C in a text, and all else byte by byte. *)
let words text =
	let n = String.length text in
	let rec stop i = if i < n && Names.is_letter text.[i] then stop (i + 1) else i in
	let rec scan i found =
		if i >= n then List.rev found
		else if Names.is_letter text.[i] then
			let j = stop i in
			scan j (String.sub text i (j - i) :: found)
		else if text.[i] = ' ' || text.[i] = '\t' then scan (i + 1) found
		else scan (i + 1) (String.make 1 text.[i] :: found) in
	scan 0 []

(* What does not name a structure, nor what has one, does not call through it. *)
let words_of_file : (string, (string, unit) Hashtbl.t) Hashtbl.t = Hashtbl.create 4
let file_has file name =
	let found = match Hashtbl.find_opt words_of_file file with
		| Some found -> found
		| None ->
			let found = Hashtbl.create 1024 in
			Array.iter (fun line -> List.iter (fun word -> Hashtbl.replace found word ()) (words line)) (lines_of file);
			Hashtbl.replace words_of_file file found;
			found in
	Hashtbl.mem found name

let tag_of types e = match (bare e).node with
	| Var name -> Maybe.bind (Hashtbl.find_opt types name) Callbacks.tag
	| _ -> None

(* Through which member a call goes: x->ops->m, and what that is a member of, by its last name. *)
let rec without_index e = match (bare e).node with
	| Index (e, _) -> without_index e
	| _ -> bare e
let last_name e = match e.node with
	| Var name | Field (_, name) | Arrow (_, name) -> name
	| _ -> ""

(* A pointer to a function is called through with or without an asterisk. *)
let rec through e = match (bare e).node with
	| Unary ("*", e) -> through e
	| _ -> bare e

let members_called types file target =
	match (through target).node with
	| Field (whole, name) | Arrow (whole, name) ->
		let whole = without_index whole in
		let field = last_name whole in
		let owner = match whole.node with
			| Field (r, _) | Arrow (r, _) -> tag_of types r
			| _ -> None in
		let has_field m =
			List.exists (fun (structure, f) -> f = field && (owner = None || owner = Some structure)) m.fields
			&& List.exists (file_has file) (m.owner :: List.map fst m.fields) in
		List.filter (fun m -> m.member = name && (has_field m || tag_of types whole = Some m.owner)) !members
	| _ -> []

let is_member_call name =
	List.exists (fun m -> Filename.check_suffix name ("->" ^ m.member)
		|| Filename.check_suffix name ("." ^ m.member)) !members

(* Variables, and arrays, that hold functions asked for: a call through one is a call of each of its functions. *)
let pointers : (string, string * string * pos) Hashtbl.t = Hashtbl.create 16	(* the function around; "" for none *)
let variable_of target =
	let rec find e = match (bare e).node with
		| Var name -> name
		| Index (e, _) | Unary ("*", e) -> find e
		| _ -> "" in
	find target
let functions_of target inside =
	let all = Hashtbl.find_all pointers (variable_of target) in
	let own = List.filter (fun (_, within, _) -> within = inside) all in
	List.map (fun (f, _, _) -> f) (if own = [] then List.filter (fun (_, within, _) -> within = "") all else own)

(* Rows. *)

let nothing = ("", 0)
let row ?(confidence = "high") ?(arguments = "") kind state place inside operation lock =
	Report.print_row ~rule kind { Report.nothing with confidence; state; place; inside; operation; arguments; lock } ""

(* The places at which a function's name has been made sense of. *)
let seen : (int * int, unit) Hashtbl.t = Hashtbl.create 64
let note_seen (e : expr) = Hashtbl.replace seen (e.at.line, e.at.col) ()
let unseen (e : expr) = not (Hashtbl.mem seen (e.at.line, e.at.col))

(* f or &f, where f is asked for. *)
let asked_function e = match e.node with
	| Var f when asked f -> Some (f, e)
	| Unary ("&", ({ node = Var f; _ } as e)) when asked f -> Some (f, e)
	| _ -> None

let slot inside lock (f, (e : expr)) =
	if unseen e then begin
		note_seen e;
		row "slot" "inherited" e.at inside f (lock, 0)
	end

(* Does a function say of itself that its caller holds the reservation lock? By its name, or in the comment above. *)
let comment_above (place : pos) =
	let lines = lines_of place.file in
	let line i = if i >= 0 && i < Array.length lines then String.trim lines.(i) else "" in
	let ends i = Filename.check_suffix (line i) "*/" in
	let rec text i found = if i < 0 || Names.contains "/*" (line i) then line i :: found else text (i - 1) (line i :: found) in
	let above = place.line - 2 in
	if ends above then text above [] else if ends (above - 1) then text (above - 1) [] else []
let wants_lock name place =
	let comment = lazy (String.lowercase_ascii (String.concat " " (comment_above place))) in
	let one_of parts = List.exists (fun part -> Names.contains part (Lazy.force comment)) parts in
	(String.length name > 7 && Filename.check_suffix name "_locked")
	|| (one_of [ "caller"; "called with"; "called under"; "must be" ]
	    && one_of [ "hold"; "held"; "locked"; "reserved" ]
	    && one_of [ "resv"; "reserv" ]
	    && not (one_of [ "not hold"; "not be held"; "without"; "unlocked"; "not held"; "not be locked" ]))

(* Tells once of each function whether it is static. *)
let defined : (string, unit) Hashtbl.t = Hashtbl.create 16
let is_static file name = match Program.find file name with Some f -> Program.is_local f | None -> false
let define ?(confidence = "high") (place : pos) name =
	if not (Hashtbl.mem defined name) then begin
		Hashtbl.replace defined name ();
		row ~confidence "define" (if is_static place.file name then "static" else "extern") place name name nothing
	end

(* Calls. *)

(* What a function releases for its caller behind a site was taken before, if not by the caller itself, then by what it
   calls: taking all of a list often is not seen to. *)
let dropped_after (site : Judge.site) =
	let scope = site.result.scope in
	List.find_map (fun ((u : call), states) ->
		if (u.at.line, u.at.col) > (site.call.at.line, site.call.at.col) && u.name <> site.call.name
		   && not (Program.is_primitive u.name)
		   && does [ Release; Release_all ] u && List.exists (fun s -> is_untouched s && s.maybe = []) states
		   && List.exists (fun a -> List.exists (Names.related scope a) u.arguments) site.call.arguments then
			Some (lock_name u, u.at.line)
		else None) site.result.calls

(* How much what a call passes on has to do with an object: high, it is that object or has it inside; medium, it is found in
   it; low, it is another. *)
let passes scope is_made obj arguments =
	match List.filter is_made arguments with
	| [] -> "low"
	| made -> if List.for_all (Names.is_inside scope obj) made then "medium" else "high"

let print_site (site : Judge.site) callees =
	let scope = site.result.scope in
	let inside = site.func.fname and place = site.call.at in
	let arguments = String.concat ", " (List.map text site.call.arguments) in
	let print ?confidence state lock =
		List.iter (fun callee -> row ?confidence ~arguments "call" state place inside callee lock) callees in
	let held = Judge.locks_held ~sure:false site in
	let bare = List.exists (fun s -> s.held = [] && s.past <> Entry) site.states in
	List.iter (fun (call : call) ->
		let confidence = passes scope (Names.related scope call.obj) call.obj site.call.arguments in
		print ~confidence "held" (lock_name call, call.at.line)) held;
	if held = [] && bare then print "not held" nothing;
	let entries = List.filter is_untouched site.states in
	if entries <> [] then
		let maybe = List.concat_map (fun s -> s.maybe) entries in
		match dropped_after site, maybe with
		| Some lock, _ -> print ~confidence:"low" "held" lock
		| None, id :: _ ->
			let call = site.result.call id in
			print ~confidence:"low" "held" (lock_name call, call.at.line)
		| None, [] ->
			let confidence = match site.func.params with
				| p :: _ ->
					passes scope (Names.made_of scope [ p.param ]) { node = Var p.param; at = place } site.call.arguments
				| [] -> "low" in
			print ~confidence "inherited" nothing;
			define place inside

(* The functions that a call calls: the one it names, those among its arguments, or those in its variable. *)
let callees types f (call : call) =
	match (Syntax.bare call.callee).node with
	| Var name when asked name -> [ name ]
	| Var name when calls_back name ->
		List.filter_map (fun a -> Maybe.map fst (asked_function (Syntax.bare a))) call.arguments
	| _ ->
		match members_called types f.source call.callee with
		| [] -> functions_of call.callee f.fname
		| called -> List.map slot_of called

let called_through : (string, unit) Hashtbl.t = Hashtbl.create 16

let print_calls f =
	let types = lazy (Program.types_of f) in
	let watched (call : call) =
		match (Syntax.bare call.callee).node with
		| Var name -> asked name || calls_back name || Hashtbl.mem pointers name
		| _ -> is_member_call call.name || Hashtbl.mem pointers (variable_of call.callee) in
	List.iter (fun (site : Judge.site) ->
		if watched site.call then begin
			let callees = callees (Lazy.force types) f site.call in
			if callees <> [] then Hashtbl.replace called_through (variable_of site.call.callee) ();
			if site.states <> [] then print_site site (List.sort_uniq compare callees)
		end) (Judge.sites (fun _ -> true) f)

(* What is done with the name of a function other than calling it. *)

let rec note_pointers inside name init = match init with
	| Value e ->
		Maybe.iter (fun (f, (e : expr)) -> note_seen e; Hashtbl.add pointers name (f, inside, e.at))
			(asked_function (Syntax.bare e))
	| Fields list -> List.iter (function None, (Value _ as init) -> note_pointers inside name init | _ -> ()) list

(* g(f), and what a macro makes of f in a table. *)
let note_passed inside e = match e.node with
	| Call (g, arguments) ->
		(match (Syntax.bare g).node with
		| Var name when not (asked name || calls_back name) ->
			List.iter (fun a -> Maybe.iter (slot inside (name ^ "()")) (asked_function (Syntax.bare a))) arguments
		| _ -> ())
	| _ -> ()

let rec note_fields ?(is_array = false) inside structure list =
	List.iter (fun (field, init) -> match field, init with
		| Some m, Value e -> Maybe.iter (slot inside (structure ^ "." ^ m)) (asked_function (Syntax.bare e))
		| Some m, Fields inner -> note_fields inside (Callbacks.structure_inside structure m inner) inner
		| None, Fields inner -> note_fields inside structure inner
		| None, Value e ->
			if is_array then iter_expr (note_passed inside) e
			else iter_expr (fun e -> Maybe.iter (slot inside (structure ^ ".*")) (asked_function e)) e) list

let note_variable inside (v : variable) = match v.value, Callbacks.tag v.typ with
	| Some (Fields list), Some structure when not (List.for_all (function None, Value _ -> true | _ -> false) list)
			|| List.exists (function None, Value { node = Call _; _ } -> true | _ -> false) list ->
		note_fields ~is_array:(String.contains v.typ '[') inside structure list
	| Some init, _ -> note_pointers inside v.name init
	| None, _ -> ()

let note_expression inside types e = match e.node with
	| Assign ("=", l, r) ->
		Maybe.iter (fun ((f, (at : expr)) as found) ->
			match (Syntax.bare l).node with
			| Var name -> note_seen at; Hashtbl.add pointers name (f, inside, at.at)
			| Field (whole, m) | Arrow (whole, m) ->
				let structure = Maybe.value (tag_of (Lazy.force types) whole) ~default:"" in
				slot inside (structure ^ "." ^ m) found
			| _ -> ()) (asked_function (Syntax.bare r))
	| Call (g, arguments) ->
		(match (Syntax.bare g).node with
		| Var name when asked name -> note_seen (Syntax.bare g)
		| Var name when calls_back name ->
			List.iter (fun a -> Maybe.iter (fun (_, e) -> note_seen e) (asked_function (Syntax.bare a))) arguments
		| _ -> note_passed inside e)
	| Literal (typ, Fields list) ->
		Maybe.iter (fun structure -> note_fields inside structure list) (Callbacks.tag typ)
	| _ -> ()

let rec note_rest_init = function
	| Value e -> iter_expr (fun e -> Maybe.iter (slot "" "") (asked_function e)) e
	| Fields list -> List.iter (fun (_, init) -> note_rest_init init) list

let exports name = String.length name > 7 && String.sub name 0 7 = "EXPORT_"

let note_names () =
	List.iter (function
		| _, Variables (list, _) -> List.iter (note_variable "") list
		| _, Invocation (name, arguments) ->
			List.iter (fun a -> Maybe.iter (fun found ->
				if exports name then note_seen (snd found) else slot "" (name ^ "()") found)
				(asked_function (Syntax.bare a))) arguments
		| _ -> ()) (Program.tops ());
	List.iter (fun f ->
		let types = lazy (Program.types_of f) in
		iter ~variable:(fun v _ -> note_variable f.fname v) (note_expression f.fname types) f.body)
		(Program.functions ())

(* Whatever else names it. *)
let note_rest () =
	List.iter (fun (_, list, _) -> List.iter (fun (v : variable) -> Maybe.iter note_rest_init v.value) list) (Program.variables ());
	List.iter (fun f ->
		iter (fun e -> Maybe.iter (slot f.fname "") (asked_function e)) f.body) (Program.functions ());
	Hashtbl.iter (fun name (f, inside, at) ->
		if not (Hashtbl.mem called_through name) then row "slot" "inherited" at inside f ("", 0)) pointers

(* What fills members in, `.m = f` or another such macro, may stand in a #define, which spatch does not parse: its name
   is as good as a caller's, until it is met where a structure is filled in. *)
let rec filled_in before = function
	| [] -> []
	| "." :: _ :: "=" :: "&" :: f :: rest | "." :: _ :: "=" :: f :: rest when before ->
		let others = filled_in false rest in
		if asked f then f :: others else others
	| f :: ("(" | ",") :: rest when before && asked f -> f :: filled_in false rest
	| [ f ] when before && asked f -> [ f ]
	| word :: rest -> filled_in (word = ",") rest

(* A line, with those that it goes on in. *)
let rec logical_line lines i =
	if i >= Array.length lines then ""
	else
		let line = String.trim lines.(i) in
		let n = String.length line in
		if n > 0 && line.[n - 1] = '\\' then String.sub line 0 (n - 1) ^ " " ^ logical_line lines (i + 1) else line
let rec behind_parameters depth = function
	| ")" :: rest when depth = 1 -> rest
	| "(" :: rest -> behind_parameters (depth + 1) rest
	| ")" :: rest -> behind_parameters (depth - 1) rest
	| _ :: rest -> behind_parameters depth rest
	| [] -> []
let note_define file number line =
	let place = { nowhere with file; line = number; line_end = number } in
	let note name body =
		List.iter (fun f ->
			row "call" "inherited" place name f nothing;
			define place name) (filled_in true body) in
	match words line with
	| "#" :: "define" :: name :: body ->
		let n = String.length name in
		let rec ends i = if String.sub line i n = name then i + n else ends (i + 1) in
		let i = ends 0 in
		if i < String.length line && line.[i] = '(' then note name (behind_parameters 0 body) else note name body
	| _ -> ()
let note_defines file =
	let lines = lines_of file in
	Array.iteri (fun i line ->
		if String.length line > 0 && line.[0] = '#' then note_define file (i + 1) (logical_line lines i)) lines

let note_structures () =
	List.iter (function
		| _, Structure (tag, place, fields) ->
			if asked (struct_name tag) then row "define" "extern" place "" (struct_name tag) nothing;
			List.iter (fun (name, typ, at) -> match Callbacks.tag typ with
				| Some inner when asked (struct_name inner) ->
					row "field" "inherited" at "" (struct_name inner) (tag ^ "." ^ name, 0)
				| _ -> ()) fields
		| _ -> ()) (Program.tops ())

let () =
	Program.watch (fun name ->
		asked name || calls_back name || is_member_call name
		|| (Hashtbl.length pointers > 0 && List.exists (Hashtbl.mem pointers)
			(List.filter ((<>) "") (String.split_on_char '[' (String.map (function '(' | '*' | ')' -> '[' | c -> c) name)))))

let print_rows files =
	Hashtbl.reset lines_read; Hashtbl.reset words_of_file; Hashtbl.reset pointers; Hashtbl.reset seen; Hashtbl.reset defined;
	Hashtbl.reset called_through;
	List.iter (fun f ->
		if asked f.fname then
			define ~confidence:(if wants_lock f.fname f.place then "low" else "high") f.place f.fname)
		(Program.functions ());
	note_structures ();
	note_names ();
	List.iter print_calls (Program.functions ());
	note_rest ();
	List.iter note_defines files
