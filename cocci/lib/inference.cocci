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
let does_more g = not (may_lock g) && String.uppercase_ascii g <> g
(* Is it the own lock of that parameter, as far as names tell: bo->tbo.base.resv, not bo->parent->resv? *)
let is_own_lock name lock =
	let letter = function
		| 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' as c -> c
		| _ -> ' ' in
	match List.filter ((<>) "") (String.split_on_char ' ' (String.map letter lock)) with
	| root :: members ->
		root = name
		&& List.for_all (fun member ->
			List.mem member [ "base"; "tbo"; "ttm"; "bo"; "obj"; "gem"; "resv"; "_resv"; "dmabuf"; "lock" ])
			members
	| [] -> false

let inside : (string, int) Hashtbl.t = Hashtbl.create 16
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

(* Runs what is to be done with a function if the lock at q is that of one of its parameters. *)
let of_parameter f params q note =
	match parameter_of f params (lock_at q) with
	| Some number -> Hashtbl.add numbers f number; note ()
	| None -> ()

(* if (bo) dma_resv_assert_held(bo->resv); *)
let only_null_checks f params q =
	let own = match parameter_of f params (lock_at q) with
		| Some number when number > 0 -> parameter_name (List.nth (split_arguments params) (number - 1))
		| _ -> "" in
	let conditions = conditions (first q).file (first q).line in
	conditions <> [] && List.for_all (fun part -> part = own) conditions

let note_way_out f way value p = Hashtbl.add ways_out f (way, value, (first p).line)
(* Where a lock is taken and released under one condition, no way out that takes it goes around that. *)
let released_as_taken q p =
	let q = first q and p = first p in
	let taken = conditions q.file q.line in
	List.exists (fun u ->
		let dropped = conditions u.file u.line in
		u.current_element = q.current_element && q.line < u.line && u.line <= p.line
		&& dropped <> [] && List.for_all (fun part -> List.mem part taken) dropped) !dropped_at

let note_locked f params q value p =
	if not (is_refused (first q) (first p) || is_scoped q || released_as_taken q p) then
		of_parameter f params q (fun () -> note_way_out f Locked value p)
let may_loop q = may_wrap (first q).current_element && (takes q || releases q)
(* Takes the lock of a parameter, whatever it does with it later. *)
let note_inside f params q =
	if conditions (first q).file (first q).line = [] then
		List.iteri (fun i text ->
			if is_own_lock (parameter_name text) (lock_at q) then Hashtbl.replace inside f (i + 1))
			(split_arguments params)

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

(* What a function does, by its ways out. A loop over locks is taken to run at least once. *)
let judge_function f =
	let loops_to way = List.mem way (Hashtbl.find_all loops f) in
	let ways = List.sort_uniq compare (Hashtbl.find_all ways_out f) in
	let ways = List.filter (fun (way, value, line) ->
		not (way = Untouched && not (is_error value)
		     && List.exists (fun (other, _, l) -> other <> Untouched && l = line && loops_to other) ways))
		ways in
	let locked_success =
		List.exists (fun (way, value, _) -> way = Locked && is_success value) ways in
	(* return dma_resv_lock(...) is a way out that has touched nothing before. *)
	let is_locking line = List.exists (fun (way, _, l) -> way = Locked && l = line) ways in
	let spoils (way, value, line) =
		way <> Locked && not (is_error value)
		&& (is_success value || not (locked_success || (way = Untouched && is_locking line))) in
	let spoils_assert (way, value, _) =
		way = Untouched && not (is_error value || Hashtbl.mem null_checking f) in
	let is_locked (way, value, _) = way = Locked && not (is_error value) in
	let tells (way, value, _) =
		if way = Locked then value = "true" else value = "false" in
	if Hashtbl.mem trying f then Some "try"
	else if List.exists is_locked ways && List.for_all tells ways then Some "try"
	else if List.exists is_locked ways && not (List.exists spoils ways) then Some "acquire"
	else if Hashtbl.mem drops f && List.for_all (fun (way, _, _) -> way = Unlocked) ways then
		Some (if Hashtbl.mem drops_all f || loops_to Unlocked then "release-all" else "release")
	else if Hashtbl.mem asserting f && not (List.exists spoils_assert ways) then
		Some (if Hashtbl.mem busy f then "require" else "assert")
	else if Hashtbl.mem drops f then Some "may-release"
	else None

let note_function f =
	match judge_function f with
	| None when Hashtbl.mem inside f ->
		Hashtbl.replace inferred_here f ("locks", string_of_int (Hashtbl.find inside f))
	| None -> ()
	| Some does ->
		let number = List.fold_left min max_int (Hashtbl.find_all numbers f) in
		let argument = if number = max_int then "0" else string_of_int number in
		Hashtbl.replace inferred_here f (does, argument)

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
	Hashtbl.reset loops; Hashtbl.reset inside; Hashtbl.reset numbers; Hashtbl.reset ways_out

@locked_return depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
parameter list params;
expression E;
statement S;
position p;
position q : script:ocaml() { takes q };
position u : script:ocaml() { may_release u };
position s : script:ocaml() { branch_failed s };
@@
f(params) {
... when any
l(...)@q
... when != v(...)@u
    when != S@s
    when any
return@p E;
... when any
}

@script:ocaml@
f << locked_return.f;
params << locked_return.params;
q << locked_return.q;
v << locked_return.E;
p << locked_return.p;
@@
note_locked f params q v p

@lock_returned depends on !inferred@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
parameter list params;
position q : script:ocaml() { takes q };
position p;
@@
f(params) {
<+...
return@p l(...)@q;
...+>
}

@script:ocaml@
f << lock_returned.f;
params << lock_returned.params;
q << lock_returned.q;
p << lock_returned.p;
@@
if tries q then of_parameter f params q (fun () -> Hashtbl.replace trying f ())
else note_locked f params q "ret" p

@tried depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
parameter list params;
expression x, E;
position q : script:ocaml() { takes q && tries q };
@@
f(params) {
... when any
x = l(...)@q
... when any
    when != x = E
return x;
... when any
}

@script:ocaml@
f << tried.f;
params << tried.params;
q << tried.q;
@@
of_parameter f params q (fun () -> Hashtbl.replace trying f ())

@locked_end depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
parameter list params;
statement S;
position p;
position q : script:ocaml() { takes q };
position u : script:ocaml() { may_release u };
position s : script:ocaml() { branch_failed s };
@@
void f@p(params) {
... when any
l(...)@q
... when != v(...)@u
    when != S@s
}

@script:ocaml@
f << locked_end.f;
params << locked_end.params;
q << locked_end.q;
p << locked_end.p;
@@
note_locked f params q "" p

@asserts depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
parameter list params;
position q : script:ocaml() { asserts q };
position u : script:ocaml() { takes u || releases u };
@@
f(params) {
... when != v(...)@u
    when any
l(...)@q
... when any
}

@script:ocaml@
f << asserts.f;
params << asserts.params;
q << asserts.q;
@@
of_parameter f params q (fun () ->
	Hashtbl.replace asserting f ();
	if only_null_checks f params q then Hashtbl.replace null_checking f ())

@locks_inside depends on !inferred exists@
identifier f : script:ocaml() { has_calls f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
parameter list params;
position q : script:ocaml() { may_wait q };
position u : script:ocaml() { touches u };
@@
f(params) {
... when != v(...)@u
l(...)@q
... when any
}

@script:ocaml@
f << locks_inside.f;
params << locks_inside.params;
q << locks_inside.q;
@@
note_inside f params q

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
parameter list params;
position q : script:ocaml() { may_release q };
position u : script:ocaml() { takes u };
@@
f(params) {
... when != v(...)@u
    when any
l(...)@q
... when any
}

@script:ocaml@
f << drops.f;
params << drops.params;
q << drops.q;
@@
of_parameter f params q (fun () ->
	Hashtbl.replace drops f ();
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
identifier f : script:ocaml() { may_wrap f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
expression E;
position p;
position q : script:ocaml() { releases q };
position u : script:ocaml() { takes u };
@@
f(...) {
... when any
l(...)@q
... when != v(...)@u
    when any
return@p E;
... when any
}

@script:ocaml@
f << unlocked_return.f;
v << unlocked_return.E;
p << unlocked_return.p;
@@
note_way_out f Unlocked v p

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

@untouched_return depends on !inferred exists@
identifier f : script:ocaml() { may_wrap f };
identifier v : script:ocaml() { may_lock v };
expression E;
position p;
position u : script:ocaml() { takes u || asserts u || releases u };
@@
f(...) {
... when != v(...)@u
    when any
return@p E;
... when any
}

@script:ocaml@
f << untouched_return.f;
v << untouched_return.E;
p << untouched_return.p;
@@
note_way_out f Untouched v p

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
