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
	mutable paths : path list;
}

let key p = (p.file, p.line, p.col)
let first = function p :: _ -> p | [] -> failwith "a position without a place"

(* The line of q for a message about p; 0 where q comes out of a macro. *)
let line_at q p = if (first q).file = (first p).file then (first q).line else 0

let within p r =
	p.file = r.file && (r.line, r.col) <= (p.line, p.col)
	&& (p.line_end, p.col_end) <= (r.line_end, r.col_end)

(* Functions that do something to the reservation lock of an argument, by name: what they do, and which
   argument. Those of lock-functions.tsv; those that the front end found in the tree; those found in this file. *)
let inferred_here : (string, string * string) Hashtbl.t = Hashtbl.create 16
let static_here : (string, unit) Hashtbl.t = Hashtbl.create 16
let inferred_before : (string, string * string * string) Hashtbl.t = Hashtbl.create 64
let listed : (string, string * string) Hashtbl.t = Hashtbl.create 128
let contexts : (string, string) Hashtbl.t = Hashtbl.create 128
let primitive : (string, unit) Hashtbl.t = Hashtbl.create 32
let only_primitives = Sys.getenv_opt "RESVLINT_PRIMITIVES" <> None
let () =
	List.iter (fun (does, name, argument, context, level) ->
		if level <> "wrapper" || not only_primitives then
			begin
			Hashtbl.replace listed name (does, argument);
			if level <> "wrapper" then Hashtbl.replace primitive name ();
			Hashtbl.replace contexts name context
		end) lock_functions;
	let take line = match String.split_on_char ' ' line with
		| [ does; name; argument; file ] -> Hashtbl.add inferred_before name (does, argument, file)
		| _ -> () in
	match Sys.getenv_opt "RESVLINT_WRAPPERS" with
	| None -> ()
	| Some name ->
		let file = open_in name in
		try while true do take (input_line file) done with End_of_file -> close_in file

let note_static f p =
	if not (Filename.check_suffix (first p).file ".h") then Hashtbl.replace static_here f ()

(* What a body shows is believed more than the table, unless it tells little; the table also tells the kinds
   of release apart. *)
let is_vague does = List.mem does [ "may-release"; "may-acquire"; "locks"; "wants-free"; "wants-free-import" ]
let family = function "release-all" | "may-release" -> "release" | does -> does

(* The functions that want the lock free, by the convention; and of these, the ones that get the buffer, or an
   attachment to it, as their first argument. *)
let importer_2 = convention "importer-2" (List.map (fun name -> (name, "")) [
	"dma_buf_attach"; "dma_buf_dynamic_attach"; "dma_buf_detach"; "dma_buf_export"; "dma_buf_fd";
	"dma_buf_get"; "dma_buf_put"; "dma_buf_mmap"; "dma_buf_begin_cpu_access";
	"dma_buf_end_cpu_access"; "dma_buf_map_attachment_unlocked";
	"dma_buf_unmap_attachment_unlocked"; "dma_buf_vmap_unlocked"; "dma_buf_vunmap_unlocked" ])
let is_importer_2 name = List.mem_assoc name importer_2
let wants_buffer_free name =
	is_importer_2 name && not (List.mem name [ "dma_buf_export"; "dma_buf_get" ])

(* A static function of this file is not the one that others know by its name. *)
let known : (string, (string * string) option) Hashtbl.t = Hashtbl.create 256
let find_lock_function name =
	if wants_buffer_free name then Some ("wants-free", "1")
	else match Hashtbl.find_opt inferred_here name with
	| Some found -> Some found
	| None ->
		let files = Coccilib.files () in
		let own, others = List.partition (fun (_, _, file) -> List.mem file files)
			(Hashtbl.find_all inferred_before name) in
		let listed = match Hashtbl.find_opt listed name with
			| Some (_, argument) as found when argument.[0] = '&' || not (Hashtbl.mem static_here name) ->
				found
			| _ -> None in
		match own, List.filter (fun (_, _, file) -> file = "*") others, listed with
		| _, _, Some _ when Hashtbl.mem primitive name -> listed
		| (does, argument, _) :: _, _, _ -> Some (does, argument)
		| [], (does, _, _) :: _, Some (known, _) when family does = family known || is_vague does -> listed
		| [], (does, argument, _) :: _, _ when not (Hashtbl.mem static_here name) ->
			Some (does, argument)
		| [], _, _ -> listed

let lock_function name =
	match Hashtbl.find_opt known name with
	| Some found -> found
	| None ->
		let found = find_lock_function name in
		Hashtbl.replace known name found;
		found

(* The object that an argument like "1" or "&1->lock" names; None where the call has no such one. *)
let squeeze text = String.concat "" (String.split_on_char ' ' text)

let lock_object argument arguments =
	let nth i = List.nth_opt (split_arguments arguments) (i - 1) in
	if argument = "0" then Some ""
	else if argument.[0] <> '&' then nth (int_of_string argument)
	else
		let tail = squeeze (String.sub argument 2 (String.length argument - 2)) in
		match nth 1 with
		| Some text when text <> "" && text.[0] = '&' ->
			let text' = squeeze text in
			let m = String.length tail and k = String.length text' in
			if k > m && String.sub text' (k - m) m = tail then
				(* as spatch prints it, without the member: "obj -> resv" *)
				let rec cut i left =
					if left = 0 then String.trim (String.sub text 1 (i - 1))
					else cut (i - 1) (if text.[i - 1] = ' ' then left else left - 1) in
				Some (cut (String.length text) m)
			else None
		| _ -> None

(* The calls of lock functions, and of functions that may turn out to be such, by the place of the call's
   end: the name and the arguments. *)
let lock_calls : (string * int * int, string * string * pos) Hashtbl.t = Hashtbl.create 64
let resolved : (string * int * int, (string * string) option) Hashtbl.t = Hashtbl.create 64
let with_calls : (string, unit) Hashtbl.t = Hashtbl.create 64

let has_calls name = Hashtbl.mem with_calls name
let with_operations : (string, unit) Hashtbl.t = Hashtbl.create 16
let note_operation ps =
	List.iter (fun p -> Hashtbl.replace with_operations p.current_element ()) ps

(* Is a function one to know more about? *)
let matters f = has_calls f || Hashtbl.mem with_operations f
let may_lock name = has_calls name || lock_function name <> None
let note_lock_call name arguments ps =
	List.iter (fun q ->
		Hashtbl.replace lock_calls (key q) (name, arguments, q);
		Hashtbl.replace with_calls q.current_element ()) ps

(* What the call that ends at q does, and to which object. *)
let lock_call q =
	let place = key (first q) in
	match Hashtbl.find_opt resolved place with
	| Some call -> call
	| None ->
		let call = match Hashtbl.find_opt lock_calls place with
			| None -> None
			| Some (name, arguments, _) ->
				match lock_function name with
				| None -> None
				| Some (does, argument) ->
					match lock_object argument arguments with
					| Some lock -> Some (does, lock)
					| None -> None in
		Hashtbl.replace resolved place call;
		call
let does kinds q = match lock_call q with Some (kind, _) -> List.mem kind kinds | None -> false
let lock_at q = match lock_call q with Some (_, lock) -> lock | None -> ""
let name_at q = match Hashtbl.find_opt lock_calls (key (first q)) with Some (name, _, _) -> name | None -> ""

(* Is the lock taken without a ww_acquire_ctx? Of wrappers that are not listed it is not known. *)
let without_context ?(unlisted = false) q =
	match Hashtbl.find_opt lock_calls (key (first q)) with
	| None -> false
	| Some (name, arguments, _) ->
		match Hashtbl.find_opt contexts name with
		| None -> unlisted
		| Some "-" -> true
		| Some number -> lock_object number arguments = Some "NULL"

let may_wait q = (does [ "acquire"; "locks" ] q) && without_context ~unlisted:true q
let waits = does [ "acquire" ]
let takes = does [ "acquire"; "try" ]
let asks = does [ "acquire"; "try"; "query" ]		(* and tells whether it is held *)
let tries = does [ "try"; "query" ]			(* and tells so by true *)
let asserts = does [ "assert" ]
let leaves_held = does [ "acquire"; "try"; "query"; "assert" ]
let locks = does [ "locks" ]				(* takes it, and may have dropped it when it returns *)
let wants_free = does [ "wants-free"; "wants-free-import" ]	(* or calls what does *)
let wants_free_import = does [ "wants-free-import" ]	(* if the buffer is an imported one *)
let releases = does [ "release"; "release-all" ]
let releases_all = does [ "release-all" ]
let may_release = does [ "release"; "release-all"; "may-release" ]
let touches = does [ "acquire"; "try"; "query"; "assert"; "release"; "release-all" ]
let may_take = does [ "may-acquire" ]		(* on some ways that are no error, and not on others *)
let opens = does [ "acquire"; "try"; "query"; "begin" ]

let sites : (string * int * int, site) Hashtbl.t = Hashtbl.create 64
let scoped : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let in_scope : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let released_later : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let negated : (string * int * int, unit) Hashtbl.t = Hashtbl.create 64
let assigned : (string * string, string) Hashtbl.t = Hashtbl.create 64
let assigned_in : (string * string, int * string) Hashtbl.t = Hashtbl.create 64

(* The branches, with the conditions that they are taken on, and by the lines that these stand in. And where
   conditions ask for what a call returned before. *)
type branch = { region : pos; condition : pos; is_else : bool }
let branches : branch list ref = ref []
let conditions_in : (string * int, pos) Hashtbl.t = Hashtbl.create 64
let asked_later : (pos * pos) list ref = ref []
let in_condition t =
	let t = first t in
	List.exists (within t) (Hashtbl.find_all conditions_in (t.file, t.line))
let has_member expression = String.contains expression '.' || String.contains expression '>'
let note_asked q t = asked_later := (first q, first t) :: !asked_later
let ends p = (p.file, p.line_end, p.col_end)
let note_negated t = List.iter (fun t -> Hashtbl.replace negated (ends t) ()) t

(* What these mean, as far as it is known by now which functions are lock functions: branches that are taken
   because a lock was not got, with the lock and the line of its call; and by the call, branches outside of
   which its lock is not held. A condition asks for success or for failure: it is about a call that tells
   success by true or not, and negates or not. *)
let failures : (pos * string * int) list ref = ref []
let only_within : (string * int * int, pos) Hashtbl.t = Hashtbl.create 16
let with_else : (string * int * int, unit) Hashtbl.t = Hashtbl.create 16
let taken_at : pos list ref = ref []
let dropped_at : pos list ref = ref []
let may_be_taken_at : pos list ref = ref []
let asserted : (string * int, unit) Hashtbl.t = Hashtbl.create 16
let wrapped : (string * int, unit) Hashtbl.t = Hashtbl.create 16

let settle_branch call t { region; condition; is_else } =
	let fails () = failures := (region, lock_at [ call ], call.line) :: !failures in
	if within t condition then
		match is_else, tries [ call ] <> Hashtbl.mem negated (ends t) with
		| false, true -> Hashtbl.add only_within (key call) region
		| false, false -> fails ()
		| true, true -> Hashtbl.replace with_else (key call) (); fails ()
		| true, false -> ()

let settle_call _ (name, _, q) =
	let line = (q.file, q.line) in
	if waits [ q ] then taken_at := q :: !taken_at;
	if releases [ q ] then dropped_at := q :: !dropped_at;
	if may_take [ q ] then may_be_taken_at := q :: !may_be_taken_at;
	if asserts [ q ] then Hashtbl.replace asserted line ();
	if takes [ q ] && not (Hashtbl.mem listed name) then Hashtbl.replace wrapped line ()

let settle_lock_functions () =
	Hashtbl.reset resolved; Hashtbl.reset known;
	failures := []; taken_at := []; dropped_at := []; may_be_taken_at := [];
	List.iter Hashtbl.reset [ asserted; wrapped ];
	Hashtbl.reset only_within; Hashtbl.reset with_else;
	Hashtbl.iter settle_call lock_calls;
	let settle (q, t) = if asks [ q ] then List.iter (settle_branch q t) !branches in
	Hashtbl.iter (fun _ (_, _, q) -> settle (q, q)) lock_calls;
	List.iter settle !asked_later

(* What follows in a branch that was taken because a lock was not got is no failure any more once one is
   taken. *)
let branch_failed s =
	let s = first s in
	let mended r =
		List.exists (fun q -> within q r && (q.line, q.col) < (s.line, s.col)
			&& not (within q s)) !taken_at in
	List.exists (fun (r, _, _) -> within s r && not (mended r)) !failures

(* A block of for_i915_gem_ww() ends with all its locks released. *)
let note_scoped q = Hashtbl.replace scoped (key (first q)) ()
let is_scoped q = Hashtbl.mem scoped (key (first q))
let note_in_scope p = Hashtbl.replace in_scope (key (first p)) ()
let note_released_later p = Hashtbl.replace released_later (key (first p)) ()

(* What holds where a place is: the parts of the conditions of the branches around it. *)
let parts_of : (pos * string list) list ref = ref []
let other_halves : pos list ref = ref []	(* of conditions with several parts: which of them does not hold? *)
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
let add_branch is_else region condition =
	branches := { region; condition; is_else } :: !branches;
	for line = condition.line to condition.line_end do
		Hashtbl.add conditions_in (condition.file, line) condition
	done
let note_branch s e condition =
	add_branch false (first s) (first e);
	parts_of := (first s, conjuncts condition) :: !parts_of
let negated_condition condition =
	if String.length condition > 2 && String.sub condition 0 2 = "! " then
		String.sub condition 2 (String.length condition - 2)
	else "! " ^ condition
let note_else_branch s e condition =
	add_branch true (first s) (first e);
	match conjuncts condition with
	| [ alone ] -> parts_of := (first s, [ negated_condition alone ]) :: !parts_of
	| _ -> other_halves := first s :: !other_halves
let conditions file line =
	List.concat (List.map (fun (r, parts) ->
		if r.file = file && r.line <= line && line <= r.line_end then parts else []) !parts_of)

(* Can the lock that q took be held at p, as far as the branches tell that stand around p? What a branch has in which
   it is held is not the end of it, if that branch keeps it and a later one is for where it was not got. *)
let goes_on q p region =
	List.exists (fun (r, _, line) ->
		line = q.line && (r.line, r.col) > (region.line_end, region.col_end)
		&& (r.line, r.col) < (p.line, p.col)) !failures
	&& not (List.exists (fun u -> within u region) !dropped_at)
let is_refused q p = List.exists (fun (r, _, line) -> line = q.line && within p r) !failures
let reaches q p =
	let before r = (p.line, p.col) < (r.line, r.col) in
	let regions =
		List.filter (fun region -> not (goes_on q p region)) (Hashtbl.find_all only_within (key q)) in
	not (is_refused q p)
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

let contains part text =
	let n = String.length part in
	let rec at i = i + n <= String.length text && (String.sub text i n = part || at (i + 1)) in
	at 0

(* Is an expression made of parameters, perhaps through variables, and neither of private data nor of what a call
   returns? *)
let made_of func parameters expression =
	let parameters = roots parameters in
	let rec plain depth text =
		not (contains "priv" text || contains "(" text)
		&& List.for_all (fun name ->
			List.mem name parameters
			|| (depth > 0
			    && (match Hashtbl.find_all assigned (func, name) with
			        | [] -> false
			        | from -> List.for_all (plain (depth - 1)) from)))
			(roots text) in
	roots expression <> [] && plain 3 expression

let add_site p operation arguments =
	match Hashtbl.find_opt sites (key p) with
	| Some site -> site
	| None ->
		let site = { at = p; operation; arguments; paths = [] } in
		Hashtbl.replace sites (key p) site;
		site

let add_path ps path =
	List.iter (fun p ->
		match Hashtbl.find_opt sites (key p) with
		| Some site when not (List.mem path site.paths) -> site.paths <- path :: site.paths
		| _ -> ()) ps

(* A path that takes lock at q and comes to p. *)
let add_locked ps q path lock =
	let q = first q in
	List.iter (fun p -> add_path [ p ] (if reaches q p then path else Failed (lock, q.line))) ps

(* The parameters of functions that have to do with locks, or with operations. *)
let parameters : (string, string) Hashtbl.t = Hashtbl.create 64
let parameters_of f = match Hashtbl.find_opt parameters f with Some text -> text | None -> ""

(* Those that tell what a site is entered with, if some path comes from the entry of its function. *)
let entry_parameters site =
	if List.mem Entry site.paths then parameters_of site.at.current_element else ""

(* The lock that the innermost failed branch around p did not get. *)
let failed_around p =
	let inner (a, _, _) (b, _, _) = compare (b.line, b.col) (a.line, a.col) in
	match List.sort inner (List.filter (fun (r, _, _) -> within p r) !failures) with
	| (_, lock, line) :: _ -> [ Failed (lock, line) ]
	| [] -> []

(* Sites to which spatch finds no path, as in a `case` within `#if`: a function in which nothing touches a lock leaves
   the state as it is on entry. *)
let touches_lock f =
	Hashtbl.fold (fun _ (_, _, (q : pos)) found ->
		found || (q.current_element = f && (touches [ q ] || may_release [ q ]))) lock_calls false
let lost_sites f =
	Hashtbl.fold (fun _ site lost ->
		if site.at.current_element = f && site.paths = [] then site :: lost else lost) sites []
let has_lost_sites f = lost_sites f <> [] && not (touches_lock f)
let find_lost_sites f = List.iter (fun site -> site.paths <- [ Entry ]) (lost_sites f)

(* Is a result asked about again between a failed branch and a place? Then that decides what comes of the failure. *)
let asked_again s p =
	List.exists (fun (r, _, line) ->
		within s r && List.exists (fun (later, _, other) ->
			other = line && (r.line_end, r.col_end) < (later.line, later.col) && later.line_end < p.line)
			!failures) !failures

(* err = check(); if (!err) err = lock(); if (err) return err; *)
let skipped_on_error site =
	let func = site.at.current_element in
	List.exists (fun (r, lock, line) ->
		let is_asked name = List.exists (fun (l, _) -> l = line) (Hashtbl.find_all assigned_in (func, name)) in
		line < r.line && r.line_end < site.at.line && r.current_element = func
		&& not (List.mem (Failed (lock, line)) site.paths)
		&& List.exists (fun part ->
			match roots part with
			| [ name ] -> List.mem part [ "! " ^ name; name ^ " == 0" ] && is_asked name
			| _ -> false) (conditions site.at.file line)) !failures

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
	let paths = List.append lexical (List.filter stands site.paths) in
	let paths = if skipped_on_error site then List.filter ((<>) Entry) paths else paths in
	site.paths <- List.sort_uniq compare paths

(* if (x) { lock(); locked = true; } ... if (locked) unlock(); *)
let set_with_lock func file line there flag =
	List.exists (fun (l, value) ->
		(value = "true" || value = "1") && abs (l - line) < 20 && conditions file l = there)
		(Hashtbl.find_all assigned_in (func, flag))

(* The locks held at a site on some path, as far as names can tell. Where a lock is taken and released
   under one condition, no path that takes it goes around the release. *)
let locks_held site =
	let func = site.at.current_element in
	let always taken dropped =
		let there = conditions site.at.file taken and here = conditions site.at.file dropped in
		let follows part = List.mem part there || set_with_lock func site.at.file taken there part in
		here <> [] && List.for_all follows here in
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

(* The calls before a site, in its function, by which a lock may have been taken; the last one first. *)
let may_be_taken site =
	let is_before q =
		q.file = site.at.file && q.current_element = site.at.current_element
		&& (q.line, q.col) < (site.at.line, site.at.col) in
	List.sort (fun a b -> compare (key b) (key a)) (List.filter is_before !may_be_taken_at)

(* A function that drops its caller's lock is entered with it. *)
let drops_for_caller f = match lock_function f with
	| Some (("release" | "release-all"), _) -> true
	| _ -> false

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

(* All of the above is about one file. *)
let forget_locks () =
	Hashtbl.reset inferred_here; Hashtbl.reset static_here; Hashtbl.reset known;
	Hashtbl.reset lock_calls; Hashtbl.reset with_calls; Hashtbl.reset with_operations; Hashtbl.reset resolved;
	Hashtbl.reset sites; branches := []; asked_later := []; parts_of := []; other_halves := [];
	List.iter Hashtbl.reset [ scoped; in_scope; negated; released_later ];
	Hashtbl.reset conditions_in; Hashtbl.reset parameters;
	Hashtbl.reset assigned; Hashtbl.reset assigned_in;
	settle_lock_functions ()

// Naming these makes spatch parse them; else it loses the functions that they stand in.

@static_definition@
iterator name drm_exec_until_all_locked, scoped_guard, scoped_cond_guard;
iterator name with_intel_runtime_pm, with_intel_runtime_pm_if_in_use, with_intel_runtime_pm_if_active;
identifier f;
type T;
position p;
@@
static T f@p(...) { ... }

@script:ocaml@
f << static_definition.f;
p << static_definition.p;
@@
note_static f p

// Other names of lock functions.

@alias depends on !inferred@
identifier f;
identifier l : script:ocaml() { may_lock l };
position p;
@@
#define f l@p

@script:ocaml@
f << alias.f;
l << alias.l;
p << alias.p;
@@
note_alias f l p

// The calls that do something to a lock, and those of functions in which there are such.

@known_call@
identifier l : script:ocaml() { may_lock l };
expression list es;
position q;
@@
l(es)@q

@script:ocaml@
l << known_call.l;
es << known_call.es;
q << known_call.q;
@@
note_lock_call l es q

@called_operation@
identifier g : script:ocaml() { operation g };
position p;
@@
g@p(...)

@script:ocaml@
p << called_operation.p;
@@
note_operation p

@own_call@
identifier l : script:ocaml() { has_calls l };
expression list es;
position q;
@@
l(es)@q

@script:ocaml@
l << own_call.l;
es << own_call.es;
q << own_call.q;
@@
note_lock_call l es q

@parameters@
identifier f : script:ocaml() { matters f };
parameter list params;
@@
f(params) { ... }

@script:ocaml@
f << parameters.f;
params << parameters.params;
@@
Hashtbl.replace parameters f params

// Where the variables of a function come from.

@comes_from@
identifier x, m;
expression E;
position p : script:ocaml() { matters (first p).current_element };
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
identifier l : script:ocaml() { may_lock l };
position q;
@@
for_i915_gem_ww(...) { ... when any
l(...)@q
... when any
}

@script:ocaml@
q << scoped.q;
@@
note_scoped q

// Branches that are taken because a lock was not got, and branches outside of which it is not held.

@negation@
expression E;
position q;
@@
\(E@q == 0\|E@q >= 0\)

@script:ocaml@
q << negation.q;
@@
note_negated q

@negation_through@
identifier w = {unlikely, likely, WARN_ON, WARN_ON_ONCE, drm_WARN_ON, drm_WARN_ON_ONCE};
expression E, D;
position q;
@@
\(w(E@q) == 0\|w(D, E@q) == 0\)

@script:ocaml@
q << negation_through.q;
@@
note_negated q

// The branches of functions that have to do with locks, and their conditions.

@branch disable neg_if@
expression E;
statement S;
position e : script:ocaml() { matters (first e).current_element };
position s;
@@
if (E@e) S@s

@script:ocaml@
s << branch.s;
e << branch.e;
condition << branch.E;
@@
note_branch s e condition

@branches disable neg_if, drop_else@
expression E;
statement S, S1;
position e : script:ocaml() { matters (first e).current_element };
position s, s1;
@@
if (E@e) S@s
else S1@s1

@script:ocaml@
s << branches.s;
s1 << branches.s1;
e << branches.e;
condition << branches.E;
@@
note_branch s e condition;
note_else_branch s1 e condition

// Conditions that ask for what a call returned before; of variables by a rule of their own, which spends half
// the time of one that is about any expression.

@asked_later exists@
identifier l : script:ocaml() { may_lock l };
identifier ret;
expression X, X1, X2;
position q;
position t : script:ocaml() { in_condition t };
@@
\(ret = l(...)@q\|ret = X1 ?: l(...)@q\|ret = X1 ? l(...)@q : X2\|ret = X1 ? X2 : l(...)@q\)
... when any
    when != ret = X
ret@t

@script:ocaml@
q << asked_later.q;
t << asked_later.t;
@@
note_asked q t

@member_asked_later exists@
identifier l : script:ocaml() { may_lock l };
expression ret : script:ocaml() { has_member ret };
expression X;
position q;
position t : script:ocaml() { in_condition t };
@@
ret = l(...)@q
... when any
    when != ret = X
ret@t

@script:ocaml@
q << member_asked_later.q;
t << member_asked_later.t;
@@
note_asked q t

@script:ocaml@
@@
settle_lock_functions ()
