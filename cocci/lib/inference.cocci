// Functions of this file that take, try, assert or drop the lock of an argument for their caller.
// The front end has asked for them before, in the whole tree, when it gives -D inferred.

@initialize:ocaml@
@@
type way_out = Untouched | Locked | Unlocked

let ways_out : (string, way_out * string * int) Hashtbl.t = Hashtbl.create 64
let drops : (string, unit) Hashtbl.t = Hashtbl.create 16
let asserting : (string, unit) Hashtbl.t = Hashtbl.create 16
let null_checking : (string, unit) Hashtbl.t = Hashtbl.create 16
let busy : (string, unit) Hashtbl.t = Hashtbl.create 16
let trying : (string, unit) Hashtbl.t = Hashtbl.create 16
let loops : (string, way_out) Hashtbl.t = Hashtbl.create 16
let drops_all : (string, unit) Hashtbl.t = Hashtbl.create 16
let numbers : (string, int) Hashtbl.t = Hashtbl.create 16
(* Is a call of it more than a look at a lock? Of what is a macro by its name, it is not. *)
let does_more g = match lock_function g with
	| Some (("assert" | "query" | "try" | "acquire" | "release" | "release-all"), _) -> false
	| _ -> String.uppercase_ascii g <> g
(* Members that lead from an object to its lock, or to what has the same lock. *)
let shares_lock member =
	List.mem member [
		"base"; "tbo"; "ttm"; "bo"; "obj"; "gem"; "resv"; "_resv"; "lock"; "dmabuf"; "dma_buf"; "priv";
		"import_attach" ]

let is_letter = function 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' -> true | _ -> false
let is_name text = text <> "" && text.[0] > '9' && String.for_all is_letter text
let after i text = String.trim (String.sub text i (String.length text - i))
(* to_foo(), foo_to_bar() *)
let rec converts name =
	(String.length name > 3 && String.sub name 0 3 = "to_") || match String.index_opt name '_' with
	| Some i -> converts (String.sub name (i + 1) (String.length name - i - 1))
	| None -> false

(* The parenthesis that belongs to the one at i. *)
let closing text i =
	let rec scan i depth =
		if i >= String.length text then None
		else match text.[i] with
		| '(' | '[' -> scan (i + 1) (depth + 1)
		| ')' | ']' when depth = 1 -> Some i
		| ')' | ']' -> scan (i + 1) (depth - 1)
		| _ -> scan (i + 1) depth in
	scan i 0

(* Where the last member of an expression begins: "x -> y" and " z" of "x -> y . z". *)
let last_member text =
	let n = String.length text in
	let rec scan i depth found =
		if i >= n then found
		else match text.[i] with
		| '(' | '[' -> scan (i + 1) (depth + 1) found
		| ')' | ']' -> scan (i + 1) (depth - 1) found
		| '.' when depth = 0 -> scan (i + 1) 0 (Some (i, i + 1))
		| '-' when depth = 0 && i + 1 < n && text.[i + 1] = '>' -> scan (i + 2) 0 (Some (i, i + 2))
		| _ -> scan (i + 1) depth found in
	match scan 0 0 None with
	| Some (stop, from) -> Some (String.trim (String.sub text 0 stop), after from text)
	| None -> None

(* x = foo_get(x) *)
let is_reference name expression =
	List.exists (fun tail ->
		let text = squeeze expression and tail = tail ^ "(" ^ name ^ ")" in
		let n = String.length text and m = String.length tail in
		n > m && String.sub text (n - m) m = tail) [ "_get"; "_ref" ]

(* The object whose lock an expression is about, as far as names tell: "bo" of bo->tbo.base.resv and
   to_foo(&bo->base), "attach" of attach->dmabuf->priv, "bo -> parent" of bo->parent->resv. A variable that is
   assigned once is what it is assigned from. None for anything else. *)
let object_of func expression =
	let rec find depth text =
		let text = String.trim text in
		if text = "" then None
		else if text.[0] = '&' || text.[0] = '*' then find depth (after 1 text)
		else match last_member text with
		| Some (whole, member) when is_name member ->
			(match find depth whole with
			| Some core when shares_lock member -> Some core
			| Some core -> Some (core ^ " -> " ^ member)
			| None -> None)
		| Some _ -> None
		| None when text.[0] = '(' -> parenthesis depth text
		| None when is_name text -> variable depth text
		| None -> call depth text
	and parenthesis depth text =
		match closing text 0 with
		| Some i when i = String.length text - 1 -> find depth (String.sub text 1 (i - 1))
		| Some i -> find depth (after (i + 1) text)
		| None -> None
	and variable depth name =
		let others = List.filter (fun from -> not (is_reference name from))
			(Hashtbl.find_all assigned (func, name)) in
		match List.sort_uniq compare others with
		| [] -> if name = "NULL" then None else Some name
		| [ from ] when depth < 4 -> find (depth + 1) from
		| _ -> None
	and call depth text =
		match String.index_opt text '(' with
		| None -> None
		| Some i ->
			let name = String.trim (String.sub text 0 i) in
			match closing text i with
			| Some stop when stop = String.length text - 1 && is_name name ->
				(match split_arguments (String.sub text (i + 1) (stop - i - 1)) with
				| [ only ] when converts name -> find depth only
				| first :: _ when name = "container_of" -> find depth first
				| _ -> None)
			| _ -> None in
	find 0 expression

let same_object func a b =
	match object_of func a, object_of func b with
	| Some a, Some b -> a = b
	| _ -> false

(* By function: what it does first of all, and to which parameter; the call by which, and its place. *)
type inside = { kind : string; number : int; callee : string; call_at : pos }
let inside : (string, inside) Hashtbl.t = Hashtbl.create 16
let may_wrap f = Hashtbl.mem ways_out f || Hashtbl.mem asserting f || Hashtbl.mem drops f

(* bo, of "struct foo_bo * bo" *)
let parameter_name text = match roots text with name :: _ -> name | [] -> ""

let is_context word =
	List.mem word [ "ww_acquire_ctx"; "i915_gem_ww_ctx"; "drm_exec" ]

(* The number of the parameter that a lock belongs to; 0 for a context, whose locks are released as a whole. *)
let parameter_of func params lock =
	let from = origins func [] (roots lock) in
	let rec find number = function
		| [] -> None
		| text :: rest ->
			match roots text with
			| name :: _ as words when List.mem name from ->
				Some (if List.exists is_context words then 0 else number)
			| _ -> find (number + 1) rest in
	find 1 (split_arguments params)

(* The same for the lock at q in the function around; what is known by now of its variables. *)
let numbers_at : (string * int * int, int option) Hashtbl.t = Hashtbl.create 64
let number_at q =
	let place = key (first q) and f = (first q).current_element in
	match Hashtbl.find_opt numbers_at place with
	| Some number -> number
	| None ->
		let number = parameter_of f (parameters_of f) (lock_at q) in
		Hashtbl.replace numbers_at place number;
		number
let is_parameters q = number_at q <> None

(* Runs what is to be done with a function if the lock at q is that of one of its parameters. *)
let of_parameter q note =
	let f = (first q).current_element in
	match number_at q with
	| Some number -> Hashtbl.add numbers f number; note f
	| None -> ()

(* The name of a parameter by its number, "" if there is none. *)
let parameter_at f number =
	if number < 1 then ""
	else match List.nth_opt (split_arguments (parameters_of f)) (number - 1) with
	| Some text -> parameter_name text
	| None -> ""

(* if (bo) dma_resv_assert_held(bo->resv); *)
let only_null_checks f q =
	let own = match number_at q with Some number -> parameter_at f number | None -> "" in
	let conditions = conditions (first q).file (first q).line in
	conditions <> [] && List.for_all (fun part -> part = own) conditions

let note_way_out f way value p = Hashtbl.add ways_out f (way, value, (first p).line)

(* What functions that have to do with locks return, by the place of the return. *)
let returned : (string * int * int, string) Hashtbl.t = Hashtbl.create 64
let value_at p = match Hashtbl.find_opt returned (key (first p)) with Some value -> value | None -> ""

(* That nothing was given to what takes a lock: foo_init_reserved(bo, resv); ... if (!resv) unlock(bo); *)
let given_nothing q =
	match Hashtbl.find_opt lock_calls (key (first q)) with
	| Some (_, arguments, _) -> List.map negated_condition (split_arguments arguments)
	| None -> []

(* Where a lock is taken and released under one condition, no way out that takes it goes around that. *)
let released_as_taken q p =
	let given = given_nothing q and q = first q and p = first p in
	let taken = List.append (conditions q.file q.line) given in
	List.exists (fun u ->
		let dropped = conditions u.file u.line in
		u.current_element = q.current_element && q.line < u.line && u.line <= p.line
		&& dropped <> [] && List.for_all (fun part -> List.mem part taken) dropped) !dropped_at

(* Functions with a way out on which no condition speaks against the lock's being held. *)
let leaves_locked : (string, unit) Hashtbl.t = Hashtbl.create 16
let note_locked q value p =
	if not (is_refused (first q) (first p) || is_scoped q || released_as_taken q p) then
		of_parameter q (fun f ->
			if reaches (first q) (first p) then Hashtbl.replace leaves_locked f ();
			note_way_out f Locked value p)
let may_loop q = may_wrap (first q).current_element && (takes q || releases q)

(* An expression, and what its variables are assigned from. *)
let rec spellings func depth text =
	let from name = if depth = 0 then [] else Hashtbl.find_all assigned (func, name) in
	text :: List.concat_map (spellings func (depth - 1)) (List.concat_map from (roots text))

(* What a call does to a lock first of all; of one that wants it free, whether for imported buffers alone. *)
let inside_kind f q =
	let imports = List.exists (contains "import_attach") (spellings f 3 (lock_at q)) in
	if wants_free q then Some (if imports || wants_free_import q then "wants-free-import" else "wants-free")
	else if imports then None
	else Some "locks"

(* struct foo_bo **bo: the object is made by the function, and nobody holds its lock before. *)
let is_filled_in text = List.length (String.split_on_char '*' text) > 2

(* Takes the lock of a parameter, or calls what wants it free, whatever it does later. Under a condition that may
   depend on the caller, but for whether there is such a buffer, nothing can be told. *)
let insides q =
	let f = (first q).current_element and lock = lock_at q and call_at = first q in
	let conditions = conditions call_at.file call_at.line in
	let is_there name part = wants_free q && object_of f part = Some name in
	let is_open = List.exists (within call_at) !other_halves in
	let inside kind number text =
		let name = parameter_name text in
		if not (is_filled_in text) && object_of f lock = Some name && List.for_all (is_there name) conditions then
			[ { kind; number; callee = name_at q; call_at } ]
		else [] in
	match inside_kind f q with
	| Some kind when not is_open ->
		List.concat (List.mapi (fun i -> inside kind (i + 1)) (split_arguments (parameters_of f)))
	| _ -> []
let may_be_given q =
	let given = given_nothing q and q = first q in
	List.exists (fun u ->
		u.current_element = q.current_element
		&& List.exists (fun part -> List.mem part given) (conditions u.file u.line)) !dropped_at
let is_inside q = (may_wait q || wants_free q) && insides q <> [] && not (may_be_given q)
let note_inside q = List.iter (Hashtbl.add inside (first q).current_element) (insides q)

(* Returns and jumps of functions, with what is returned. *)
let jumps : (string, pos * string) Hashtbl.t = Hashtbl.create 16
let note_jump p value = Hashtbl.add jumps (first p).current_element (first p, value)
let note_return p value =
	List.iter (fun p -> Hashtbl.replace returned (key p) value) p;
	note_jump p value

let note_loop q =
	let f = (first q).current_element in
	if takes q then Hashtbl.add loops f Locked
	else if releases q then Hashtbl.add loops f Unlocked

(* "" is the end of a function that returns nothing. *)
let is_success value = value = "" || (value.[0] >= '0' && value.[0] <= '9') || value = "true"
let is_error value =
	let begins prefix =
		let n = String.length prefix in
		String.length value > n && String.sub value 0 n = prefix in
	value = "NULL" || value = "false"
	|| List.exists begins [ "-"; "ERR_PTR"; "PTR_ERR"; "ERR_CAST" ]

(* Does it drop the lock first of all, and take it again? It was the caller's then. *)
let drops_first : (string, int) Hashtbl.t = Hashtbl.create 16
let takes_again f =
	let lines = List.map (fun q -> q.line) (List.filter (fun q -> q.current_element = f) !taken_at) in
	lines <> []
	&& List.exists (fun dropped -> List.for_all (fun line -> dropped < line) lines)
		(Hashtbl.find_all drops_first f)

(* A loop over locks is taken to run at least once: is a way out untouched only because it does not? *)
let is_around_loop f ways line =
	let loops_to way = List.mem way (Hashtbl.find_all loops f) in
	List.exists (fun (other, _, l) -> other <> Untouched && l = line && loops_to other) ways

(* Of a function, whether all of its ways out with a lock return true, and whether some return a success. *)
let locked_ways ways = List.filter (fun (way, _, _) -> way = Locked) ways
let tells_true ways = List.for_all (fun (_, value, _) -> value = "true") (locked_ways ways)
let locks_with_success ways = List.exists (fun (_, value, _) -> is_success value) (locked_ways ways)

(* if (!bo) return 0; dma_resv_assert_held(bo->resv); *)
let returns_for_null p =
	let f = (first p).current_element and here = conditions (first p).file (first p).line in
	let is_null number =
		match parameter_at f number with
		| "" -> false
		| name -> List.mem ("! " ^ name) here || List.mem (name ^ " == NULL") here in
	Hashtbl.mem asserting f && locked_ways (Hashtbl.find_all ways_out f) = []
	&& List.exists is_null (Hashtbl.find_all numbers f)

(* Would it decide what the function does, if it could return at p with no lock touched? With success, or what may
   be it; or with an error. What is returned is a success beside ways out that lock and return one. *)
let succeeds_untouched p =
	let f = (first p).current_element and value = value_at p and line = (first p).line in
	let ways = Hashtbl.find_all ways_out f in
	(* return dma_resv_lock(...) is a way out that has touched nothing before *)
	let is_locking = List.exists (fun (_, _, l) -> l = line) (locked_ways ways) in
	not (is_error value || is_around_loop f ways line || returns_for_null p)
	&& (is_success value || locked_ways ways = [] || tells_true ways
	    || not (locks_with_success ways || is_locking))
let fails_untouched p =
	let value = value_at p and ways = Hashtbl.find_all ways_out (first p).current_element in
	is_error value && (locked_ways ways = [] || (tells_true ways && value <> "false"))

(* What a function does, by its ways out. *)
let judge_function f =
	let loops_to way = List.mem way (Hashtbl.find_all loops f) in
	let ways = List.sort_uniq compare (Hashtbl.find_all ways_out f) in
	let ways = List.filter (fun (way, value, line) ->
		not (way = Untouched && not (is_error value) && is_around_loop f ways line)) ways in
	let spoils (way, value, _) =
		way <> Locked && not (is_error value)
		&& (is_success value || not (locks_with_success ways)) in
	let spoils_assert (way, value, _) =
		way = Untouched && not (is_error value || Hashtbl.mem null_checking f) in
	let is_locked (way, value, _) = way = Locked && not (is_error value) in
	let tells (way, value, _) =
		if way = Locked then value = "true" else value = "false" in
	if Hashtbl.mem trying f then Some "try"
	else if List.exists is_locked ways && List.for_all tells ways then Some "try"
	else if List.exists is_locked ways && not (List.exists spoils ways) then
		Some (if takes_again f then "may-release" else "acquire")
	else if Hashtbl.mem drops f && List.for_all (fun (way, _, _) -> way = Unlocked) ways then
		Some (if Hashtbl.mem drops_all f || loops_to Unlocked then "release-all" else "release")
	else if Hashtbl.mem asserting f && not (List.exists spoils_assert ways) then
		Some (if Hashtbl.mem busy f then "require" else "assert")
	else if Hashtbl.mem drops f then Some "may-release"
	else None

(* The parts of the condition of the innermost branch around a place. *)
let innermost p =
	let around = List.filter (fun (r, _) -> within p r) !parts_of in
	let inner (a, _) (b, _) = compare (b.line, b.col) (a.line, a.col) in
	match List.sort inner around with
	| (_, parts) :: _ -> parts
	| [] -> []

(* A way around the call, on which the caller decides by a flag: if (locked) return ...; *)
let goes_around params call (p, value) =
	let is_flag text = not (String.contains text '*') in
	let flags = List.map parameter_name (List.filter is_flag (split_arguments params)) in
	let is_about_flags part =
		roots part <> [] && List.for_all (fun name -> List.mem name flags) (roots part) in
	(p.line, p.col) < (call.line, call.col) && not (is_error value)
	&& List.exists is_about_flags (innermost p)

(* What a function does inside: the first of the calls that decide; a lock that is taken counts more. *)
let inside_of f =
	let jumps = Hashtbl.find_all jumps f in
	let is_sure call = not (List.exists (goes_around (parameters_of f) call.call_at) jumps) in
	let calls = List.filter is_sure (Hashtbl.find_all inside f) in
	let order a b = compare (a.kind, key a.call_at, a.number) (b.kind, key b.call_at, b.number) in
	match List.sort order calls with
	| first :: _ -> Some first
	| [] -> None

(* By function: the call by which it does so, and the line. *)
let through : (string, string * int) Hashtbl.t = Hashtbl.create 16

let note_does f does =
	let number = List.fold_left min max_int (Hashtbl.find_all numbers f) in
	let argument = if number = max_int then "0" else string_of_int number in
	Hashtbl.replace inferred_here f (does, argument)

let note_function f =
	match judge_function f with
	| None when is_importer_2 f -> ()
	| None when Hashtbl.mem leaves_locked f -> note_does f "may-acquire"
	| None ->
		(match inside_of f with
		| Some call ->
			Hashtbl.replace through f (call.callee, call.call_at.line);
			Hashtbl.replace inferred_here f (call.kind, string_of_int call.number)
		| None -> ())
	| Some does -> note_does f does

(* #define my_lock(bo) dma_resv_lock((bo)->resv, NULL) *)
let macros : (string, pos) Hashtbl.t = Hashtbl.create 16
let note_macro f parameters l arguments p =
	match lock_function l with
	| None -> ()
	| Some (does, argument) ->
		match lock_object argument arguments with
		| None -> ()
		| Some lock ->
			match parameter_of f parameters lock with
			| None -> ()
			| Some number ->
				Hashtbl.replace macros f (first p);
				Hashtbl.replace inferred_here f (does, string_of_int number)

(* #define my_lock dma_resv_lock *)
let note_alias f l p =
	match lock_function l with
	| None -> ()
	| Some found ->
		Hashtbl.replace macros f (first p);
		Hashtbl.replace inferred_here f found

let judge_functions () =
	let names table = Hashtbl.fold (fun f _ found -> f :: found) table [] in
	List.iter note_function
		(List.sort_uniq compare (List.concat [
			names ways_out; names asserting; names drops; names trying; names inside ]));
	settle_lock_functions ()

let forget_file () =
	forget_locks ();
	Hashtbl.reset macros;
	List.iter Hashtbl.reset [ drops; asserting; null_checking; busy; trying; drops_all ];
	Hashtbl.reset numbers_at; Hashtbl.reset loops; Hashtbl.reset inside; Hashtbl.reset jumps; Hashtbl.reset through;
	Hashtbl.reset drops_first; Hashtbl.reset numbers; Hashtbl.reset ways_out; Hashtbl.reset returned;
	Hashtbl.reset leaves_locked

@returns@
expression E;
position p : script:ocaml() { has_calls (first p).current_element };
@@
return@p E;

@script:ocaml@
p << returns.p;
v << returns.E;
@@
note_return p v

@locked_return depends on !inferred exists@
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
expression E;
statement S;
position p;
position q : script:ocaml() { takes q && is_parameters q };
position u : script:ocaml() { may_release u };
position s : script:ocaml() { branch_failed s };
@@
l(...)@q
... when != v(...)@u
    when != S@s
    when any
return@p E;

@script:ocaml@
q << locked_return.q;
p << locked_return.p;
@@
note_locked q (value_at p) p

@lock_returned depends on !inferred@
identifier l : script:ocaml() { may_lock l };
position q : script:ocaml() { takes q };
position p;
@@
return@p l(...)@q;

@script:ocaml@
q << lock_returned.q;
p << lock_returned.p;
@@
if tries q then of_parameter q (fun f -> Hashtbl.replace trying f ())
else note_locked q "ret" p

@tried depends on !inferred exists@
identifier l : script:ocaml() { may_lock l };
expression x, E;
position q : script:ocaml() { takes q && tries q && is_parameters q };
@@
x = l(...)@q
... when any
    when != x = E
return x;

@script:ocaml@
q << tried.q;
@@
of_parameter q (fun f -> Hashtbl.replace trying f ())

@locked_end depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
statement S;
position p;
position q : script:ocaml() { takes q && is_parameters q };
position u : script:ocaml() { may_release u };
position s : script:ocaml() { branch_failed s };
@@
void f@p(...) {
... when any
l(...)@q
... when != v(...)@u
    when != S@s
}

@script:ocaml@
q << locked_end.q;
p << locked_end.p;
@@
note_locked q "" p

@asserts depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
position q : script:ocaml() { asserts q && is_parameters q };
position u : script:ocaml() { takes u || releases u };
@@
f(...) {
... when != v(...)@u
    when any
l(...)@q
... when any
}

@script:ocaml@
q << asserts.q;
@@
of_parameter q (fun f ->
	Hashtbl.replace asserting f ();
	if only_null_checks f q then Hashtbl.replace null_checking f ())

@locks_inside depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
position q : script:ocaml() { is_inside q };
position u : script:ocaml() { touches u };
@@
f(...) {
... when != v(...)@u
l(...)@q
... when any
}

@script:ocaml@
q << locks_inside.q;
@@
note_inside q

@returns_nothing depends on locks_inside@
position p;
@@
return@p;

@script:ocaml@
p << returns_nothing.p;
@@
note_jump p ""

@jumps depends on locks_inside@
identifier target;
position p;
@@
goto@p target;

@script:ocaml@
p << jumps.p;
@@
note_jump p ""

@busy depends on !inferred@
identifier g : script:ocaml() { does_more g };
position p : script:ocaml() { Hashtbl.mem asserting (first p).current_element };
@@
g@p(...)

@script:ocaml@
p << busy.p;
@@
List.iter (fun p -> Hashtbl.replace busy p.current_element ()) p

@drops depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
position q : script:ocaml() { releases q && is_parameters q };
position u : script:ocaml() { takes u };
@@
f(...) {
... when != v(...)@u
    when any
l(...)@q
... when any
}

@script:ocaml@
q << drops.q;
@@
of_parameter q (fun f ->
	Hashtbl.replace drops f ();
	if conditions (first q).file (first q).line = [] then Hashtbl.add drops_first f (first q).line;
	if releases_all q then Hashtbl.replace drops_all f ())

@looped depends on !inferred exists@
identifier l : script:ocaml() { may_lock l };
position q : script:ocaml() { may_loop q };
@@
l(...)@q
... when any
l(...)@q

@script:ocaml@
q << looped.q;
@@
note_loop q

@unlocked_return depends on !inferred exists@
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
expression E;
position p;
position q : script:ocaml() { releases q && may_wrap (first q).current_element };
position u : script:ocaml() { takes u };
@@
l(...)@q
... when != v(...)@u
    when any
return@p E;

@script:ocaml@
p << unlocked_return.p;
@@
note_way_out (first p).current_element Unlocked (value_at p) p

@unlocked_end depends on !inferred exists@
identifier f : script:ocaml() { may_wrap f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
position p;
position q : script:ocaml() { releases q };
position u : script:ocaml() { takes u };
@@
void f@p(...) {
... when any
l(...)@q
... when != v(...)@u
}

@script:ocaml@
f << unlocked_end.f;
p << unlocked_end.p;
@@
note_way_out f Unlocked "" p

// Whether there is such a way out is all that counts: a rule that tells which takes spatch far longer.

@untouched_success depends on !inferred exists@
identifier f : script:ocaml() { may_wrap f };
identifier v : script:ocaml() { may_lock v };
expression E;
position p : script:ocaml() { succeeds_untouched p };
position u : script:ocaml() { takes u || asserts u || releases u };
@@
f(...) {
... when != v(...)@u
    when any
return@p E;
... when any
}

@script:ocaml@
f << untouched_success.f;
@@
Hashtbl.add ways_out f (Untouched, "0", 0)

@untouched_failure depends on !inferred exists@
identifier f : script:ocaml() { may_wrap f };
identifier v : script:ocaml() { may_lock v };
expression E;
position p : script:ocaml() { fails_untouched p };
position u : script:ocaml() { takes u || asserts u || releases u };
@@
f(...) {
... when != v(...)@u
    when any
return@p E;
... when any
}

@script:ocaml@
f << untouched_failure.f;
@@
Hashtbl.add ways_out f (Untouched, "NULL", 0)

@untouched_end depends on !inferred exists@
identifier f : script:ocaml() { may_wrap f };
identifier v : script:ocaml() { may_lock v };
position p;
position u : script:ocaml() { takes u || asserts u || releases u };
@@
void f@p(...) {
... when != v(...)@u
}

@script:ocaml@
f << untouched_end.f;
p << untouched_end.p;
@@
note_way_out f Untouched "" p

@macro depends on !inferred@
identifier f;
identifier l : script:ocaml() { may_lock l };
identifier list is;
expression list es;
position p;
@@
#define f(is) l@p(es)

@script:ocaml@
f << macro.f;
is << macro.is;
l << macro.l;
es << macro.es;
p << macro.p;
@@
note_macro f is l es p

@script:ocaml@
@@
judge_functions ()
