// SPDX-License-Identifier: GPL-2.0-only
/// A dma-buf callback that is invoked without the reservation lock presumes that it is held
///
//# Only what stands in the callback itself is seen, not what it calls. A function that is also called by
//# the driver, with the lock held, is reported for the calls that the dma-buf core makes.
//
// Clause: exporter-1
// Confidence: High
// Tokens: dma_buf_ops
// Options: --no-includes --include-headers
//
//: The callbacks attach, detach, release, begin_cpu_access and end_cpu_access of struct dma_buf_ops (and
//: mmap, since the convention changed after Linux 6.2) are invoked without the reservation lock of the
//: dma-buf. An exporter that needs the lock takes it; one that asserts it, or drops it, is wrong.
//:
//: Wrong:
//:
//:     static int foo_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
//:     {
//:             dma_resv_assert_held(dmabuf->resv);
//:             return foo_sync(dmabuf->priv);
//:     }
//:
//: Right:
//:
//:             dma_resv_lock(dmabuf->resv, NULL);
//:             ret = foo_sync(dmabuf->priv);
//:             dma_resv_unlock(dmabuf->resv);
//:
//: Remedy: take the lock where it is needed, or remove the assertion where it is not.

virtual report
virtual context
virtual org
virtual patch
virtual facts

using "../lib/resv.iso"
using "../lib/lockdep.iso"

@initialize:ocaml@
@@
let rule = "exporter-unlocked"

// >>> lib/output.cocci
@initialize:ocaml@
@@
(* What a rule says of one place. *)
type finding = {
	confidence : string;		(* high, medium or low *)
	state : string;			(* of the lock there: held, not held or inherited *)
	place : Coccilib.pos;
	operation : string;
	arguments : string;
	lock : string * int;		(* the lock seen, and in which line; "", 0 where none was *)
	message : string;
	reasons : string list;
	hint : string;
	replacement : string;		(* for the operation's name; "" where there is no such remedy *)
}

let one_line s = String.map (function '\t' | '\n' | '\r' -> ' ' | c -> c) s
let quote expression = "`" ^ one_line expression ^ "`"

(* The name of the function that a call calls, and the place of that name. *)
let called expression =
	match String.index_opt expression '(' with
	| Some i -> String.trim (String.sub expression 0 i)
	| None -> expression
let place_of_name name (p : Coccilib.pos) =
	{ p with Coccilib.line_end = p.Coccilib.line;
	  Coccilib.col_end = p.Coccilib.col + String.length name }

(* Asks whether the lock is held, and takes nothing. *)
let is_query name = name = "dma_resv_held" || name = "dma_resv_is_locked"

(* The first of a call's arguments. *)
let first_argument arguments =
	let rec stop i depth =
		if i >= String.length arguments then i
		else match arguments.[i] with
		| ',' when depth = 0 -> i
		| '(' | '[' | '{' -> stop (i + 1) (depth + 1)
		| ')' | ']' | '}' -> stop (i + 1) (depth - 1)
		| _ -> stop (i + 1) depth
	in
	String.trim (String.sub arguments 0 (stop 0 0))

(* Rows for the front end, one for each reason. A "site" is no finding by itself: its state is the
   caller's, and what the caller does decides. *)
let print_row kind finding reason =
	let p = finding.place and lock, lock_line = finding.lock in
	let fix = if finding.replacement = "" then "" else finding.operation in
	print_endline (String.concat "\t" (List.map one_line [
		"resvlint"; kind; rule; finding.confidence; finding.state;
		p.file; string_of_int p.line; string_of_int p.col;
		string_of_int p.line_end; string_of_int p.col_end;
		p.current_element; finding.operation; finding.arguments;
		lock; string_of_int lock_line; finding.message; reason; finding.hint;
		fix; finding.replacement ]))

let print_facts finding = List.iter (print_row "finding" finding) finding.reasons
let print_site finding = print_row "site" finding ""

(* Columns count from 1 for people, and from 0 in org mode, as the kernel`s other rules do. *)
let plain s = String.concat "" (String.split_on_char (Char.chr 96) s)
let text finding =
	plain (finding.message ^ ": " ^ String.concat "; " finding.reasons)
let is_shown finding = finding.confidence <> "low"	(* without the front end, which can choose *)
let print_report finding =
	let p = finding.place in
	if is_shown finding then
		Printf.printf "%s:%d:%d-%d: WARNING: %s\n" p.file p.line p.col p.col_end (text finding)
let print_org finding =
	if is_shown finding then Coccilib.print_main (text finding) [ finding.place ]

(* The convention in force: the functions of a clause, and the variant of each that takes the lock
   itself. The front end knows which it is; else it is what the rule names. *)
let convention clause named =
	match Sys.getenv_opt "RESVLINT_CONVENTION" with
	| None -> named
	| Some table ->
		List.filter_map (fun line ->
			match String.split_on_char ' ' line with
			| [ c; name; variant ] when c = clause ->
				Some (name, if variant = "-" then "" else variant)
			| _ -> None) (String.split_on_char '\n' table)
// <<< lib/output.cocci

@initialize:ocaml@
@@
let slots = convention "exporter-1" [
	("attach", ""); ("detach", ""); ("release", ""); ("begin_cpu_access", "");
	("end_cpu_access", ""); ("mmap", "") ]

// >>> lib/callbacks.cocci
@initialize:ocaml@
@@
(* The callbacks of a clause, and which functions of this file are one: by function, the member and
   the name of the operations structure or variable. *)
let callbacks : (string, string * string) Hashtbl.t = Hashtbl.create 16
let prefix = "dma_buf_ops."
let member name =
	let n = String.length prefix in
	if String.length name > n && String.sub name 0 n = prefix then
		String.sub name n (String.length name - n)
	else name
let is_slot m = List.exists (fun (name, _) -> member name = m) slots
let is_callback f = Hashtbl.mem callbacks f
let note_callback f m ops = Hashtbl.replace callbacks f (m, ops)
let filled_in f =
	let m, ops = Hashtbl.find callbacks f in
	Printf.sprintf "%s() is the %s callback of %s" f m (quote ops)


@callback@
identifier ops, f;
identifier m : script:ocaml() { is_slot m };
@@
struct dma_buf_ops ops = { .m = \(f\|&f\), };

@script:ocaml@
ops << callback.ops;
m << callback.m;
f << callback.f;
@@
note_callback f m ops

@callback_in_array@
identifier ops, f;
identifier m : script:ocaml() { is_slot m };
@@
struct dma_buf_ops ops[...] = { ..., { .m = \(f\|&f\), }, ... };

@script:ocaml@
ops << callback_in_array.ops;
m << callback_in_array.m;
f << callback_in_array.f;
@@
note_callback f m ops

@callback_by_index@
identifier ops, f;
identifier m : script:ocaml() { is_slot m };
@@
struct dma_buf_ops ops[...] = { ..., [...] = { .m = \(f\|&f\), }, ... };

@script:ocaml@
ops << callback_by_index.ops;
m << callback_by_index.m;
f << callback_by_index.f;
@@
note_callback f m ops

@callback_assigned@
struct dma_buf_ops ops;
struct dma_buf_ops *pointer;
identifier f;
identifier m : script:ocaml() { is_slot m };
@@
(
ops.m = \(f\|&f\)
|
pointer->m = \(f\|&f\)
)

@script:ocaml@
m << callback_assigned.m;
f << callback_assigned.f;
@@
note_callback f m "a struct dma_buf_ops"
// <<< lib/callbacks.cocci

@initialize:ocaml@
@@
let operation _ = false

// >>> lib/lock-state.cocci
@initialize:ocaml@
@@
open Coccilib

(* What some path to a site does to the reservation lock. Locks come with the line of the event. *)
type path =
	| Entry				(* nothing: the state is the caller's *)
	| Held of string * int		(* takes this lock and releases none since *)
	| Kept of string * int		(* takes this lock and releases only locks of other names since *)
	| Released of string * int	(* releases this lock and takes none since *)
	| Failed of string * int	(* did not get this lock *)

type site = {
	at : pos;
	operation : string;
	arguments : string;
	mutable parameters : string;	(* of the function, if a path comes from its entry *)
	mutable paths : path list;
}

let sites : (string * int * int, site) Hashtbl.t = Hashtbl.create 64
let failures : (pos * string * int) list ref = ref []
let dropped_at : pos list ref = ref []
let taken_at : pos list ref = ref []
let only_within : (string * int * int, pos) Hashtbl.t = Hashtbl.create 16
let scoped : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let in_scope : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let with_else : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let tries : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let asserted : (string * int, unit) Hashtbl.t = Hashtbl.create 16
let wrapped : (string * int, unit) Hashtbl.t = Hashtbl.create 16
let released_later : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let negated : (string * int * int, unit) Hashtbl.t = Hashtbl.create 64
let assigned : (string * string, string) Hashtbl.t = Hashtbl.create 64
let assigned_in : (string * string, int * string) Hashtbl.t = Hashtbl.create 64
let wrappers : (string, string) Hashtbl.t = Hashtbl.create 16

let key p = (p.file, p.line, p.col)
let first = function p :: _ -> p | [] -> failwith "a position without a place"

(* The line of q for a message about p; 0 where q comes out of a macro. *)
let line_at q p = if (first q).file = (first p).file then (first q).line else 0

let within p r =
	p.file = r.file && (r.line, r.col) <= (p.line, p.col)
	&& (p.line_end, p.col_end) <= (r.line_end, r.col_end)

(* Branches that are taken because a lock was not got, with the lock and the line of its call. *)
let note_failure s lock q = failures := (first s, lock, (first q).line) :: !failures
let branch_failed s =
	let s = first s in
	let mended r =
		List.exists (fun q -> within q r && (q.line, q.col) < (s.line, s.col)
			&& not (within q s)) !taken_at in
	List.exists (fun (r, _, _) -> within s r && not (mended r)) !failures

(* Does a condition that tests the call at q through the expression at t ask for its success? *)
let ends p = (p.file, p.line_end, p.col_end)
let at_line q = ((first q).file, (first q).line)
(* Where locks are taken; what follows in a branch that was taken because one was not got is no
   failure any more. *)
let note_dropped u = dropped_at := first u :: !dropped_at
let note_taken q = taken_at := first q :: !taken_at
let note_asserted q = Hashtbl.replace asserted (at_line q) ()
let note_wrapped q = Hashtbl.replace wrapped (at_line q) ()
(* A block of for_i915_gem_ww() ends with all its locks released. *)
let note_scoped q = Hashtbl.replace scoped (key (first q)) ()
let is_scoped q = Hashtbl.mem scoped (key (first q))
let note_in_scope p = Hashtbl.replace in_scope (key (first p)) ()
let note_released_later p = Hashtbl.replace released_later (key (first p)) ()
let note_try q = Hashtbl.replace tries (key (first q)) ()
let note_negated t = List.iter (fun t -> Hashtbl.replace negated (ends t) ()) t
let asks_success q t = Hashtbl.mem tries (key (first q)) <> Hashtbl.mem negated (ends (first t))

let note_then s lock q t =
	if asks_success q t then Hashtbl.add only_within (key (first q)) (first s)
	else note_failure s lock q
let note_else s lock q t =
	if asks_success q t then begin
		note_failure s lock q;
		Hashtbl.replace with_else (key (first q)) ()
	end

(* What holds where a place is: the parts of the conditions of the branches around it. *)
let branches : (pos * string list) list ref = ref []
let rec conjuncts condition =
	let n = String.length condition in
	let rec split i depth =
		if i + 1 >= n then None
		else match condition.[i] with
		| '(' -> split (i + 1) (depth + 1)
		| ')' -> split (i + 1) (depth - 1)
		| '&' when depth = 0 && condition.[i + 1] = '&' -> Some i
		| _ -> split (i + 1) depth
	in
	match split 0 0 with
	| None -> [ String.trim condition ]
	| Some i ->
		String.trim (String.sub condition 0 i)
		:: conjuncts (String.sub condition (i + 2) (n - i - 2))
let note_branch s condition = branches := (first s, conjuncts condition) :: !branches
let negated_condition condition =
	if String.length condition > 2 && String.sub condition 0 2 = "! " then
		String.sub condition 2 (String.length condition - 2)
	else "! " ^ condition
let note_else_branch s condition =
	match conjuncts condition with
	| [ alone ] -> branches := (first s, [ negated_condition alone ]) :: !branches
	| _ -> ()
let conditions file line =
	List.concat (List.map (fun (r, parts) ->
		if r.file = file && r.line <= line && line <= r.line_end then parts else []) !branches)

(* Can the lock that q took be held at p, as far as the branches tell that stand around p? *)
let reaches q p =
	let before r = (p.line, p.col) < (r.line, r.col) in
	let refused = List.exists (fun (r, _, line) -> line = q.line && within p r) !failures in
	let regions = Hashtbl.find_all only_within (key q) in
	not refused
	&& (not (Hashtbl.mem scoped (key q)) || Hashtbl.mem in_scope (key p))
	&& (Hashtbl.mem with_else (key q) || regions = []
	    || List.exists (within p) regions || List.for_all before regions)

(* The variables that an expression is made from: attach in "attach -> dmabuf -> resv". *)
let roots expression =
	let is_word = function
		| 'a' .. 'z' | 'A' .. 'Z' | '0' .. '9' | '_' -> true
		| _ -> false in
	let n = String.length expression in
	let rec word_end i = if i < n && is_word expression.[i] then word_end (i + 1) else i in
	let rec skip_blank i = if i < n && expression.[i] = ' ' then skip_blank (i + 1) else i in
	let rec scan i member found =
		if i >= n then found
		else if is_word expression.[i] then begin
			let stop = word_end i in
			let name = String.sub expression i (stop - i) in
			let after = skip_blank stop in
			let called = after < n && expression.[after] = '(' in
			scan stop false (if member || called then found else name :: found)
		end
		else match expression.[i] with
		| ' ' -> scan (i + 1) member found
		| '.' -> scan (i + 1) true found
		| '>' -> scan (i + 1) (i > 0 && expression.[i - 1] = '-') found
		| _ -> scan (i + 1) false found
	in
	List.filter (fun name -> name <> "NULL" && name.[0] > '9') (scan 0 false [])

(* The same, and what these variables were assigned from in this function. *)
let rec origins func seen = function
	| [] -> seen
	| name :: rest when List.mem name seen -> origins func seen rest
	| name :: rest ->
		let from = List.concat (List.map roots (Hashtbl.find_all assigned (func, name))) in
		origins func (name :: seen) (List.append from rest)

let related func a b =
	let a = origins func [] (roots a) and b = origins func [] (roots b) in
	List.exists (fun name -> List.mem name b) a

let add_site p operation arguments =
	match Hashtbl.find_opt sites (key p) with
	| Some site -> site
	| None ->
		let site = { at = p; operation; arguments; parameters = ""; paths = [] } in
		Hashtbl.replace sites (key p) site;
		site

let add_path ps operation arguments path =
	List.iter (fun p ->
		let site = add_site p operation arguments in
		if not (List.mem path site.paths) then site.paths <- path :: site.paths) ps

let note_parameters ps parameters =
	List.iter (fun p ->
		match Hashtbl.find_opt sites (key p) with
		| Some site -> site.parameters <- parameters
		| None -> ()) ps

(* A path that takes lock at q and comes to p. *)
let add_locked ps operation arguments q path lock =
	let q = first q in
	List.iter (fun p ->
		let path = if reaches q p then path else Failed (lock, q.line) in
		add_path [ p ] operation arguments path) ps

(* The lock that the innermost failed branch around p did not get. *)
let failed_around p =
	let inner (a, _, _) (b, _, _) = compare (b.line, b.col) (a.line, a.col) in
	match List.sort inner (List.filter (fun (r, _, _) -> within p r) !failures) with
	| (_, lock, line) :: _ -> [ Failed (lock, line) ]
	| [] -> []

(* A lock that was not got, but was taken in another way before the site, does not count. *)
let settle site =
	let taken_since line = function Held (_, l) | Kept (_, l) -> l > line | _ -> false in
	let lexical =
		List.filter (fun (r, _, _) -> within site.at r) !failures
		|> List.filter (fun (r, _, _) -> not (List.exists (taken_since (r.line - 1)) site.paths))
		|> List.map (fun (_, lock, line) -> Failed (lock, line)) in
	let stands = function
		| Failed (_, line) -> not (List.exists (taken_since line) site.paths)
		| _ -> true in
	site.paths <- List.sort_uniq compare (List.append lexical (List.filter stands site.paths))

(* The locks held at a site on some path, as far as names can tell. Where a lock is taken and released
   under one condition, no path that takes it goes around the release. *)
let locks_held site =
	let func = site.at.current_element in
	let always taken dropped =
		let there = conditions site.at.file taken and here = conditions site.at.file dropped in
		here <> [] && List.for_all (fun part -> List.mem part there) here in
	let released lock = function Released (r, _) -> related func r lock | _ -> false in
	let here = conditions site.at.file site.at.line in
	let excluded line =
		List.exists (fun part -> List.mem (negated_condition part) here)
			(conditions site.at.file line) in
	let released_as_taken lock line = function
		| Released (r, l) -> l > line && related func r lock && always line l
		| _ -> false in
	List.sort_uniq compare (List.concat (List.map (function
		| (Held (_, line) | Kept (_, line)) when excluded line -> []
		| Held (lock, line) when not (List.exists (released_as_taken lock line) site.paths) ->
			[ (lock, line) ]
		| Kept (lock, line)
		  when not (List.exists (released lock) site.paths
			    || List.exists (released_as_taken lock line) site.paths) ->
			[ (lock, line) ]
		| _ -> []) site.paths))

(* Is a lock released further down under this condition? *)
let released_under part site =
	List.exists (fun u ->
		u.file = site.at.file && u.line > site.at.line
		&& u.current_element = site.at.current_element
		&& List.mem part (conditions u.file u.line)) !dropped_at

let all_sites () =
	let found = Hashtbl.fold (fun _ site found -> site :: found) sites [] in
	List.iter settle found;
	List.sort (fun a b -> compare (key a.at) (key b.at)) found

(* Functions that take or drop the lock of an argument for their caller. *)
type way_out = Untouched | Locked | Unlocked

let ways_out : (string, way_out * string * int) Hashtbl.t = Hashtbl.create 64
let drops : (string, unit) Hashtbl.t = Hashtbl.create 16
let asserts : (string, unit) Hashtbl.t = Hashtbl.create 16
let may_wrap f = Hashtbl.mem ways_out f || Hashtbl.mem asserts f || Hashtbl.mem drops f

let is_wrapper kind name = List.mem kind (Hashtbl.find_all wrappers name) && not (operation name)
let tries_wrapper = is_wrapper "try"
let acquires name = is_wrapper "acquire" name || tries_wrapper name
let releases = is_wrapper "release"
let may_release name = Hashtbl.mem drops name && not (operation name)
let leaves_held name = acquires name || is_wrapper "assert" name
let touches name = leaves_held name || releases name

let note_way_out f way value p = Hashtbl.add ways_out f (way, value, (first p).line)

(* "" is the end of a function that returns nothing. *)
let is_success value = value = "" || (value.[0] >= '0' && value.[0] <= '9') || value = "true"
let is_error value =
	let begins prefix =
		let n = String.length prefix in
		String.length value > n && String.sub value 0 n = prefix in
	value = "NULL" || value = "false"
	|| List.exists begins [ "-"; "ERR_PTR"; "PTR_ERR"; "ERR_CAST" ]

let note_wrapper f =
	if not (Hashtbl.mem wrappers f) then begin
	let ways = List.sort_uniq compare (Hashtbl.find_all ways_out f) in
	let locked_at line = List.exists (fun (way, _, l) -> way = Locked && l = line) ways in
	let locked_success =
		List.exists (fun (way, value, _) -> way = Locked && is_success value) ways in
	let spoils (way, value, line) =
		way <> Locked && not (is_error value)
		&& (is_success value || not (locked_at line || locked_success)) in
	let spoils_assert (way, value, _) = way = Untouched && not (is_error value) in
	let is_locked (way, value, _) = way = Locked && not (is_error value) in
	if List.exists is_locked ways && not (List.exists spoils ways) then
		Hashtbl.replace wrappers f "acquire"
	else if Hashtbl.mem asserts f && not (List.exists spoils_assert ways) then
		Hashtbl.replace wrappers f "assert"
	else if Hashtbl.mem drops f && List.for_all (fun (way, _, _) -> way = Unlocked) ways then
		Hashtbl.replace wrappers f "release"
	end

let note_wrappers () =
	let names table = Hashtbl.fold (fun f _ found -> f :: found) table [] in
	List.iter note_wrapper
		(List.sort_uniq compare (List.concat [
			names ways_out; names asserts; names drops ]))

(* All of the above is about one file. *)
let forget_file () =
	failures := []; taken_at := []; dropped_at := []; branches := [];
	Hashtbl.reset sites;
	List.iter Hashtbl.reset [ scoped; in_scope; with_else; tries; negated; released_later ];
	List.iter Hashtbl.reset [ asserted; wrapped ];
	List.iter Hashtbl.reset [ drops; asserts ];
	Hashtbl.reset only_within; Hashtbl.reset assigned; Hashtbl.reset assigned_in;
	Hashtbl.reset wrappers; Hashtbl.reset ways_out

// Where the variables of a function come from.

@comes_from@
identifier x, m;
expression E;
position p;
@@
\(x@p = E\|x@p.m = E\)

@script:ocaml@
p << comes_from.p;
x << comes_from.x;
e << comes_from.E;
@@
Hashtbl.add assigned ((first p).current_element, x) e;
Hashtbl.add assigned_in ((first p).current_element, x) ((first p).line, e)

@scoped exists@
iterator name for_i915_gem_ww;
expression R, C;
position q;
@@
for_i915_gem_ww(...) { ... when any
dma_resv_lock(R, C)@q
... when any
}

@script:ocaml@
q << scoped.q;
@@
note_scoped q

// Functions of this file that take or drop the lock of an argument for their caller.

@locked_return exists@
identifier f;
parameter list params;
expression E, R, R1, C;
position p, q;
@@
f(params) {
... when any
\(dma_resv_lock(R, C)@q\|dma_resv_trylock(R)@q\)
... when != dma_resv_unlock(R1)
return@p E;
... when any
}

@script:ocaml@
f << locked_return.f;
params << locked_return.params;
r << locked_return.R;
q << locked_return.q;
v << locked_return.E;
p << locked_return.p;
@@
if related f r params && not (is_scoped q) then note_way_out f Locked v p

@lock_returned@
identifier f;
parameter list params;
expression R, C;
position p;
@@
f(params) {
<+...
return@p dma_resv_lock(R, C);
...+>
}

@script:ocaml@
f << lock_returned.f;
params << lock_returned.params;
r << lock_returned.R;
p << lock_returned.p;
@@
if related f r params then note_way_out f Locked "ret" p

@try_returned@
identifier f;
parameter list params;
expression R;
@@
f(params) {
<+...
return dma_resv_trylock(R);
...+>
}

@script:ocaml@
f << try_returned.f;
params << try_returned.params;
r << try_returned.R;
@@
if related f r params then Hashtbl.replace wrappers f "try"

@locked_end exists@
identifier f;
parameter list params;
expression R, R1, C;
position p, q;
@@
void f@p(params) {
... when any
\(dma_resv_lock(R, C)@q\|dma_resv_trylock(R)@q\)
... when != dma_resv_unlock(R1)
}

@script:ocaml@
f << locked_end.f;
params << locked_end.params;
r << locked_end.R;
q << locked_end.q;
p << locked_end.p;
@@
if related f r params && not (is_scoped q) then note_way_out f Locked "" p

@asserts exists@
identifier f;
parameter list params;
expression R, R1, C;
@@
f(params) {
... when != \(dma_resv_lock(R1, C)\|dma_resv_trylock(R1)\|dma_resv_unlock(R1)\)
dma_resv_assert_held(R)
... when any
}

@script:ocaml@
f << asserts.f;
params << asserts.params;
r << asserts.R;
@@
if related f r params then Hashtbl.replace asserts f ()

@drops exists@
identifier f;
parameter list params;
expression R, R1, C;
@@
f(params) {
... when != \(dma_resv_lock(R1, C)\|dma_resv_assert_held(R1)\|dma_resv_trylock(R1)\)
dma_resv_unlock(R)
... when any
}

@script:ocaml@
f << drops.f;
params << drops.params;
r << drops.R;
@@
if related f r params then Hashtbl.replace drops f ()

@unlocked_return exists@
identifier f : script:ocaml() { may_wrap f };
expression E, R, R1, C;
position p;
@@
f(...) {
... when any
dma_resv_unlock(R)
... when != \(dma_resv_lock(R1, C)\|dma_resv_assert_held(R1)\|dma_resv_trylock(R1)\)
return@p E;
... when any
}

@script:ocaml@
f << unlocked_return.f;
v << unlocked_return.E;
p << unlocked_return.p;
@@
note_way_out f Unlocked v p

@unlocked_end exists@
identifier f : script:ocaml() { may_wrap f };
expression R, R1, C;
position p;
@@
void f@p(...) {
... when any
dma_resv_unlock(R)
... when != \(dma_resv_lock(R1, C)\|dma_resv_assert_held(R1)\|dma_resv_trylock(R1)\)
}

@script:ocaml@
f << unlocked_end.f;
p << unlocked_end.p;
@@
note_way_out f Unlocked "" p

@untouched_return exists@
identifier f : script:ocaml() { may_wrap f };
expression E, R, R1, C;
position p;
@@
f(...) {
... when != \(dma_resv_lock(R, C)\|dma_resv_assert_held(R)\|dma_resv_trylock(R)\)
    when != dma_resv_unlock(R1)
return@p E;
... when any
}

@script:ocaml@
f << untouched_return.f;
v << untouched_return.E;
p << untouched_return.p;
@@
note_way_out f Untouched v p

@untouched_end exists@
identifier f : script:ocaml() { may_wrap f };
expression R, R1, C;
position p;
@@
void f@p(...) {
... when != \(dma_resv_lock(R, C)\|dma_resv_assert_held(R)\|dma_resv_trylock(R)\)
    when != dma_resv_unlock(R1)
}

@script:ocaml@
f << untouched_end.f;
p << untouched_end.p;
@@
note_way_out f Untouched "" p

@script:ocaml@
@@
note_wrappers ()

// Branches that are taken because a lock was not got, and branches outside of which it is not held.
// A condition asks for success or for failure: it is about dma_resv_trylock() or not, and negates or not.

@try_call@
// Naming them here makes spatch parse them; else it loses the functions that they stand in.
iterator name drm_exec_until_all_locked, scoped_guard, scoped_cond_guard;
iterator name with_intel_runtime_pm, with_intel_runtime_pm_if_in_use, with_intel_runtime_pm_if_active;
expression R;
position q;
@@
dma_resv_trylock(R)@q

@script:ocaml@
q << try_call.q;
@@
note_try q

@take@
identifier w : script:ocaml() { acquires w };
expression R, C;
position q;
@@
\(dma_resv_lock(R, C)@q\|w(R, ...)@q\)

@script:ocaml@
q << take.q;
@@
note_taken q

@try_wrapper_call@
identifier w : script:ocaml() { tries_wrapper w };
position q;
@@
w(...)@q

@script:ocaml@
q << try_wrapper_call.q;
@@
note_try q

@drop@
identifier w : script:ocaml() { releases w };
expression R;
position q;
@@
\(dma_resv_unlock(R)@q\|w(R, ...)@q\)

@script:ocaml@
q << drop.q;
@@
note_dropped q

@assert_call@
expression R;
position q;
@@
dma_resv_assert_held(R)@q

@script:ocaml@
q << assert_call.q;
@@
note_asserted q

@negation@
expression E;
position q;
@@
\(E@q == 0\|E@q >= 0\)

@script:ocaml@
q << negation.q;
@@
note_negated q

@then_branch disable neg_if@
identifier w : script:ocaml() { acquires w };
expression R, C;
statement S, S1;
position q, s;
@@
if (<+... \(dma_resv_lock(R, C)@q\|w(R, ...)@q\|dma_resv_trylock(R)@q\) ...+>) S@s
else S1

@script:ocaml@
s << then_branch.s;
r << then_branch.R;
q << then_branch.q;
@@
note_then s r q q

@else_branch disable neg_if, drop_else@
identifier w : script:ocaml() { acquires w };
expression R, C;
statement S, S1;
position q, s;
@@
if (<+... \(dma_resv_lock(R, C)@q\|w(R, ...)@q\|dma_resv_trylock(R)@q\) ...+>) S1
else S@s

@script:ocaml@
s << else_branch.s;
r << else_branch.R;
q << else_branch.q;
@@
note_else s r q q

@then_branch_later disable neg_if exists@
identifier w : script:ocaml() { acquires w };
expression R, C, ret, X;
statement S, S1;
position q, t, s;
@@
ret = \(dma_resv_lock(R, C)@q\|w(R, ...)@q\|dma_resv_trylock(R)@q\)
... when any
    when != ret = X
if (<+... ret@t ...+>) S@s
else S1

@script:ocaml@
s << then_branch_later.s;
r << then_branch_later.R;
q << then_branch_later.q;
t << then_branch_later.t;
@@
note_then s r q t

@else_branch_later disable neg_if, drop_else exists@
identifier w : script:ocaml() { acquires w };
expression R, C, ret, X;
statement S, S1;
position q, t, s;
@@
ret = \(dma_resv_lock(R, C)@q\|w(R, ...)@q\|dma_resv_trylock(R)@q\)
... when any
    when != ret = X
if (<+... ret@t ...+>) S1
else S@s

@script:ocaml@
s << else_branch_later.s;
r << else_branch_later.R;
q << else_branch_later.q;
t << else_branch_later.t;
@@
note_else s r q t
// <<< lib/lock-state.cocci

@initialize:ocaml@
@@
let found_here : finding list ref = ref []

let note what f lock call ps =
	List.iter (fun (p : Coccilib.pos) ->
		let name = called call in
		found_here := {
			confidence = "high"; state = "not held"; place = place_of_name name p;
			operation = name; arguments = lock; lock = (lock, p.Coccilib.line);
			message = Printf.sprintf "%s() in dma_buf_ops.%s %s the reservation lock, which is not held"
				name (fst (Hashtbl.find callbacks f)) what;
			reasons = [ filled_in f ^ ", which is invoked without the lock" ];
			hint = "take " ^ quote lock ^ " where it is needed"; replacement = "" } :: !found_here) ps

let findings () =
	List.sort_uniq (fun a b -> compare (key a.place) (key b.place)) !found_here
let found p = List.exists (fun f -> is_shown f && key f.place = key (first p)) (findings ())

@asserts_unheld exists@
identifier f : script:ocaml() { is_callback f };
identifier w : script:ocaml() { acquires w };
expression R, R1, C, E;
position p;
@@
f(...) {
... when != \(dma_resv_lock(R1, C)\|w(...)\|dma_resv_trylock(R1)\)
\(dma_resv_assert_held(R)\&E@p\)
... when any
}

@script:ocaml@
f << asserts_unheld.f;
r << asserts_unheld.R;
e << asserts_unheld.E;
p << asserts_unheld.p;
@@
note "asserts" f r e p

@asserts_after exists@
identifier f : script:ocaml() { is_callback f };
identifier w : script:ocaml() { acquires w };
identifier u : script:ocaml() { releases u };
expression R, R1, R2, C, E;
position p;
@@
f(...) {
... when any
\(dma_resv_unlock(R2)\|u(R2, ...)\)
... when != \(dma_resv_lock(R1, C)\|w(...)\|dma_resv_trylock(R1)\)
\(dma_resv_assert_held(R)\&E@p\)
... when any
}

@script:ocaml@
f << asserts_after.f;
r << asserts_after.R;
e << asserts_after.E;
p << asserts_after.p;
@@
note "asserts" f r e p

@drops_unheld exists@
identifier f : script:ocaml() { is_callback f };
identifier w : script:ocaml() { acquires w };
expression R, R1, C, E;
position p;
@@
f(...) {
... when != \(dma_resv_lock(R1, C)\|w(...)\|dma_resv_trylock(R1)\)
\(dma_resv_unlock(R)\&E@p\)
... when any
}

@script:ocaml@
f << drops_unheld.f;
r << drops_unheld.R;
e << drops_unheld.E;
p << drops_unheld.p;
@@
note "drops" f r e p

@script:ocaml depends on facts@
@@
List.iter print_facts (findings ())

@script:ocaml depends on report@
@@
List.iter print_report (findings ())

@script:ocaml depends on org@
@@
List.iter print_org (findings ())

@depends on context@
expression E;
position p : script:ocaml() { found p };
@@
* E@p

@depends on patch@
expression R;
position p : script:ocaml() { found p };
@@
- dma_resv_assert_held@p(R);

@script:ocaml@
@@
forget_file (); Hashtbl.reset callbacks; found_here := []
