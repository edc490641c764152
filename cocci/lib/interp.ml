(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax
open Locks

type call = {
	id : int;
	name : string;
	callee : expr;
	arguments : expr list;
	at : pos;
	whole : pos;
	action : action option;
	obj : expr;
	others : expr list;
	conditions : string list;
	loops : pos list;
}

type held = { by : int; taken : bool; sure : bool; goto : pos option; stale : bool }
type past = Entry | Released of int | Failed of int

type state = {
	held : held list;
	past : past;
	dropped : int list;
	gone : int list;
	missed : int list;
	asserted : int list;
	maybe : int list;
	skipped : bool;
	open_ : int list;
	facts : (string * int) list;
}

type exit = { state : state; result : int; value : expr option; out : pos; around : string list }

type jump = { from : pos; target : string; within : string list }

type result = {
	scope : Names.scope;
	condition : string -> expr option;
	calls : (call * state list) list;
	exits : exit list;
	call : int -> call;
	drops : call -> call -> bool;
	checks : call -> bool;
	cleans : call -> bool;
	gotos : jump list;
	gave_up : bool;
}

type knowledge = { effect_of : string -> action option; watched : string -> bool }

let lock_name call = text call.obj
let context_of_call call = Maybe.bind call.action (fun action -> context_of action call.arguments)

let does kinds call = match call.action with
	| Some action -> List.mem action.does kinds
	| None -> false

let is_untouched state = state.past = Entry && state.held = []

let entry = {
	held = []; past = Entry; dropped = []; gone = []; missed = []; asserted = []; maybe = []; skipped = false; open_ = []; facts = [] }

(* So many states are kept apart. *)
let most_states = 64

(* A variable at whose end a lock is released: the call that began it, where that took the lock, and from where to where it is there. *)
type cleanup = { begun_by : int option; variable : string; from : pos; block : pos }

(* What is the same for all of a walk. *)
type walk = {
	knowledge : knowledge;
	names : Names.scope;
	asks : (string, expr) Hashtbl.t;			(* parts of conditions, by their texts *)
	assumed : string list;			(* facts that are kept to the end *)
	drop_decided : bool;
	constant : string -> int option;
	actions : (int * int, action option) Hashtbl.t;	(* what is done by what is called at a place, whatever its arguments are *)
	known : (int * int, call) Hashtbl.t;		(* calls by their place: several where values of arguments decide what is done *)
	by_id : (int, call) Hashtbl.t;
	sites : (int, state list) Hashtbl.t;
	tested : (string, (int * int) list) Hashtbl.t;	(* where conditions ask for a text *)
	set_at : (string, (int * int) list) Hashtbl.t;	(* where it is assigned *)
	arrivals : (string, state list) Hashtbl.t;	(* at labels *)
	outcomes : (string, unit) Hashtbl.t;		(* places that tell whether a lock was got *)
	cleanups : (int, cleanup) Hashtbl.t;		(* by the ids of the calls that they are *)
	cleaned : (string, unit) Hashtbl.t;		(* the variables with one *)
	drops : (int * int, unit) Hashtbl.t;		(* calls that release, each with the call that took what it did *)
	results : (int * int, expr) Hashtbl.t;		(* what calls, by their place, are assigned to *)
	checks : (int, unit) Hashtbl.t;			(* calls that a warning takes for granted *)
	mutable crowded : bool;				(* there were more states than are kept apart *)
	mutable gave_up : bool;				(* and still, without what has nothing to do with locks *)
	mutable changed : bool;
	mutable exits : exit list;
	mutable jumps : jump list;
}

(* Where a statement stands, and where the ways out of a loop or switch lead. *)
type context = {
	mutable broken : state list;
	mutable continued : state list;
	switched : state list;
	around : string list;
	inside : pos list;				(* the loops *)
	block : pos;
}

let call_of walk id = Hashtbl.find walk.by_id id

(* The order of compare, which takes long. Most states that are compared come from one, and differ in their facts. *)
let rec compare_facts a b = match a, b with
	| (key, mask) :: rest, (key', mask') :: rest' ->
		let order = if key == key' then 0 else String.compare key key' in
		let order = if order = 0 then compare (mask : int) mask' else order in
		if order <> 0 then order else if rest == rest' then 0 else compare_facts rest rest'
	| _ -> List.compare_lengths a b
let compare_states a b =
	if a.held == b.held && a.past == b.past && a.dropped == b.dropped && a.gone == b.gone && a.missed == b.missed
	   && a.asserted == b.asserted && a.maybe == b.maybe && a.skipped = b.skipped && a.open_ == b.open_
	then if a.facts == b.facts then 0 else compare_facts a.facts b.facts
	else compare a b

(* In order, each once: most lists are that already. *)
let tidy_by order list =
	let rec is_tidy = function
		| a :: (b :: _ as rest) -> order a b < 0 && is_tidy rest
		| _ -> true in
	if is_tidy list then list else List.sort_uniq order list
let tidy list = tidy_by compare list
let tidy_states = tidy_by compare_states

(* Does a fact decide whether a lock is taken or released, or tell whether it was got? *)
let is_about_locks walk =
	let conditions = Hashtbl.fold (fun _ (call : call) all -> if call.action <> None then List.append call.conditions all else all) walk.by_id [] in
	let conditions = tidy conditions and known = Hashtbl.create 16 in
	fun (key, _) -> match Hashtbl.find_opt known key with
		| Some is_about -> is_about
		| None ->
			let is_about = Hashtbl.mem walk.outcomes key || List.exists (Names.contains key) conditions in
			Hashtbl.replace known key is_about;
			is_about

(* One state for all: what only some hold is not sure to be held. *)
let in_one states =
	let all part = tidy (List.concat_map part states) in
	let in_each h = List.for_all (fun s -> List.exists (fun other -> other.by = h.by && other.sure) s.held) states in
	let once = List.sort_uniq (fun a b -> compare a.by b.by) (all (fun s -> s.held)) in
	let past = match List.find_opt (fun s -> s.past <> Entry) states with Some s -> s.past | None -> Entry in
	{ held = List.map (fun h -> { h with sure = in_each h }) once; past; dropped = all (fun s -> s.dropped); gone = all (fun s -> s.gone); missed = all (fun s -> s.missed);
	  asserted = all (fun s -> s.asserted); maybe = all (fun s -> s.maybe); skipped = List.for_all (fun s -> s.skipped) states;
	  open_ = all (fun s -> s.open_); facts = [] }

(* What is known in each of two states, by their facts, which are in order. *)
let rec known_in_both a b = match a, b with
	| (key, _) :: rest, (other, _) :: _ when key < other -> known_in_both rest b
	| (key, _) :: _, (other, _) :: rest when key > other -> known_in_both a rest
	| (key, mask) :: a, (_, mask') :: b ->
		let both = mask lor mask' in
		if both = any then known_in_both a b else (key, both) :: known_in_both a b
	| _ -> []

(* One state for those that differ in nothing but facts that are not kept apart. *)
let one_for_each keeps states =
	let rec join = function
		| (group, facts) :: (other, facts') :: rest when group = other -> join ((group, known_in_both facts facts') :: rest)
		| (group, facts) :: rest -> { group with facts } :: join rest
		| [] -> [] in
	let grouped = List.map (fun s -> ({ s with facts = List.filter keeps s.facts }, s.facts)) states in
	tidy_states (join (List.sort (fun (a, _) (b, _) -> compare a b) grouped))

(* Too many states: conditions that have nothing to do with locks are the first that no longer keep them apart,
   and last of all the locks. *)
let merge walk states =
	let fits states = List.compare_length_with states most_states <= 0 in
	let states = tidy_states states in
	if fits states then states
	else begin
		walk.crowded <- true;
		let fewer = one_for_each (is_about_locks walk) states in
		if fits fewer then fewer
		else begin
			walk.gave_up <- true;
			let fewer = one_for_each (fun _ -> false) states in
			if List.compare_length_with fewer (4 * most_states) <= 0 then fewer else [ in_one fewer ]
		end
	end
let join walk a b = if a = [] then b else if b = [] then a else merge walk (List.append a b)

(* Facts. *)

let mask state key = match List.assoc_opt key state.facts with Some mask -> mask | None -> any
let learn key mask state =
	let fact = if mask = any then [] else [ (key, mask) ] in
	let rec put = function
		| (other, _ as first) :: rest when other < key -> first :: put rest
		| (other, _) :: rest when other = key -> List.append fact rest
		| rest -> List.append fact rest in
	{ state with facts = put state.facts }
let restrict key allowed state =
	match mask state key land allowed with
	| 0 -> None
	| left -> Some (learn key left state)

let places table key = Maybe.value (Hashtbl.find_opt table key) ~default:[]
let times walk key = List.length (places walk.tested key)

(* Is a text asked for after a place, before it is assigned anew? *)
let is_asked_after walk key (at : pos) =
	let after = List.filter (fun place -> place > (at.line_end, at.col_end)) in
	match after (places walk.tested key), List.sort compare (after (places walk.set_at key)) with
	| [], _ -> false
	| _, [] -> true
	| tests, first :: _ -> List.exists (fun place -> place < first) tests

(* Is the value of a place asked for, if only whether it is a certain error? *)
let is_asked walk key = times walk key > 0 || times walk ("=" ^ key) > 0

(* Where a == b, what is about a is about b, too. *)
let equals (fact, mask) = match String.index_opt fact '=' with
	| Some i when mask = positive && i > 1 && Names.contains " == " fact ->
		Some (String.sub fact 0 (i - 1), String.sub fact (i + 3) (String.length fact - i - 3))
	| _ -> None
let replaced a b name =
	if Names.mentions a name then
		let n = String.length a in
		let rec at i =
			if String.sub name i n = a then
				String.sub name 0 i ^ b ^ String.sub name (i + n) (String.length name - i - n)
			else at (i + 1) in
		[ at 0 ]
	else []
let other_name name fact = match equals fact with
	| Some (a, b) -> List.append (replaced a b name) (replaced b a name)
	| None -> []

(* Facts that no condition further down asks for keep states apart for nothing. *)
let prune walk context (at : pos) states =
	if context.inside <> [] || at.line = 0 then states
	else
		let later key = List.exists (fun place -> place >= (at.line, at.col)) (places walk.tested key) in
		let asked ((key, mask) as fact) =
			later key || later ("=" ^ key) || List.mem key walk.assumed || Hashtbl.mem walk.cleaned key || (mask = positive && equals fact <> None) in
		tidy_states (List.map (fun s ->
			if List.for_all asked s.facts then s
			else { s with facts = List.filter asked s.facts }) states)

(* Conditions. *)

let is_null = Cases.is_null
let is_held_constant e = (bare e).node = Var "LOCK_STATE_HELD"

(* Functions whose value is that of an argument, by its number. *)
let passes_through = [
	"likely", 1; "unlikely", 1; "WARN_ON", 1; "WARN_ON_ONCE", 1; "WARN", 1; "WARN_ONCE", 1;
	"drm_WARN_ON", 2; "drm_WARN_ON_ONCE", 2; "drm_WARN", 2; "drm_WARN_ONCE", 2; "XE_WARN_ON", 1; "GEM_WARN_ON", 1;
	"BUG_ON", 1; "GEM_BUG_ON", 1; "__cond_lock", 2; "no_free_ptr", 1 ]
let is_silent e = List.mem (callee e) [ "likely"; "unlikely"; "__cond_lock"; "no_free_ptr" ]
let does_not_return e = List.mem (callee e) [ "BUG_ON"; "GEM_BUG_ON"; "KUNIT_ASSERT_EQ" ]
let passed e = match (bare e).node with
	| Call (_, _ :: a :: b :: _) when List.mem (callee e) [ "KUNIT_EXPECT_EQ"; "KUNIT_ASSERT_EQ" ] ->
		Some { e with node = Binary ("!=", a, b) }
	| Call (_, [ condition ]) when List.mem (callee e) [ "lockdep_assert"; "lockdep_assert_once" ] ->
		Some { e with node = Unary ("!", condition) }
	| Call (_, arguments) ->
		(match List.assoc_opt (callee e) passes_through with
		| Some number -> List.nth_opt arguments (number - 1)
		| None -> None)
	| _ -> None
let is_warning e = match passed e with
	| Some _ -> not (is_silent e)
	| None -> false

let is_error_constant e = match (bare e).node with
	| Unary ("-", e) -> (match (bare e).node with Var _ | Int _ -> true | _ -> false)
	| _ -> false

(* The comparison of two expressions, as the truth of a text. *)
let comparison sign a b =
	let a = text (bare a) and b = text (bare b) in
	match sign with
	| "!=" -> a ^ " == " ^ b, false
	| ">" -> b ^ " < " ^ a, true
	| ">=" -> a ^ " < " ^ b, false
	| "<=" -> b ^ " < " ^ a, false
	| _ -> a ^ " " ^ sign ^ " " ^ b, true

let is_name name e = match (bare e).node with
	| Unary ("-", { node = Var other; _ }) -> other = name
	| _ -> false

let rec is_place e = match (bare e).node with
	| Var _ -> true
	| Field (e, _) | Arrow (e, _) -> is_place e
	| Unary ("*", e) -> is_place e
	| Index (a, _) -> is_place a
	| _ -> false

(* What is asked about, by "ret" as by "ret = lock()". *)
let place_text e = match (bare e).node with
	| Assign (_, l, _) -> text (bare l)
	| _ -> text (bare e)

(* ACQUIRE_ERR(foo, &guard): an error where the guard did not get its lock. *)
let guard_of_error e = match callee e, arguments_of e with
	| "ACQUIRE_ERR", [ _; { node = Unary ("&", guard); _ } ] -> Some guard
	| _ -> None

(* What a condition, or a return, asks for. *)
let rec asked note e =
	let e = bare e in
	match passed e, e.node with
	| Some e, _ -> asked note e
	| None, Unary ("!", e) -> asked note e
	| None, Binary (("&&" | "||"), a, b) -> asked note a; asked note b
	| None, Binary (("==" | "!=" | "<" | ">" | "<=" | ">=") as sign, a, b) ->
		if is_null b || is_held_constant b then asked note a
		else if is_null a then asked note b
		else begin
			note e (fst (comparison sign a b));
			if is_error_constant b then note a ("=" ^ place_text a)
		end
	| None, Cond (c, a, b) -> asked note c; Maybe.iter (asked note) a; asked note b
	| None, Call (_, [ argument ])
	  when List.mem (callee e) [ "IS_ERR"; "IS_ERR_OR_NULL"; "PTR_ERR_OR_ZERO"; "PTR_ERR"; "ERR_PTR"; "ERR_CAST" ] ->
		asked note argument
	| None, _ -> note e (place_text e)

let find_tests knowledge func =
	let tested = Hashtbl.create 32 in
	let set_at = Hashtbl.create 32 in
	let add table key place = Hashtbl.replace table key (place :: places table key) in
	let note (e : expr) key = add tested key (e.at.line_end, e.at.col_end) in
	let stmt s = match s.kind with
		| If (c, _, _) | While (c, _) | Do (_, c) | For (_, Some c, _, _) | Return (Some c) -> asked note c
		| Switch (e, _) -> asked note e
		| Either (conditions, _, _) ->
			List.iter (fun condition -> note { no_expr with at = { nowhere with line_end = max_int } } ("#" ^ condition)) conditions
		| _ -> () in
	let expr e = match e.node with
		| Cond (c, _, _) -> asked note c
		| Call (_, arguments) ->
			List.iter (Maybe.iter (asked note)) [ passed e; guard_of_error e ];
			(match knowledge.effect_of (text (bare (called e))) with
			| Some { cases; _ } -> List.iter (fun case -> Maybe.iter (asked note) (List.nth_opt arguments (case.test.number - 1))) cases
			| None -> ())
		| Assign (_, l, r) ->
			add set_at (text (bare l)) (e.at.line, e.at.col);
			if is_place r then note r (text (bare r))
		| _ -> () in
	let variable (v : variable) _ = match v.value with
		| Some (Value r) when is_place r -> note r (text (bare r))
		| _ -> () in
	iter ~stmt ~variable expr func.body;
	tested, set_at

(* The parts of a condition, and what holds where it does not. *)
let rec conjuncts walk e = match (bare e).node with
	| Binary ("&&", a, b) -> List.append (conjuncts walk a) (conjuncts walk b)
	| _ ->
		let key = text (bare e) in
		Hashtbl.replace walk.asks key (bare e);
		[ key ]
let negated condition =
	if String.length condition > 1 && condition.[0] = '!' then String.sub condition 1 (String.length condition - 1)
	else "!" ^ condition
let otherwise walk e = match conjuncts walk e with
	| [ alone ] -> [ negated alone ]
	| _ -> [ "" ]

(* Locks. *)

let is_same walk a b =
	let ta = lock_name a and tb = lock_name b in
	(ta = tb && ta <> "") || Names.same_object walk.names a.obj b.obj

(* The locks of a state that a release of an object is about. *)
let matching walk release state =
	let call h = call_of walk h.by in
	let name = lock_name release in
	let names = name :: List.concat_map (other_name name) state.facts in
	let exactly = List.filter (fun h -> List.mem (lock_name (call h)) names) state.held in
	if exactly <> [] then exactly
	else
		match List.filter (fun h -> is_same walk (call h) release) state.held with
		| [] ->
			let only_one is_it = match List.filter is_it state.held with
				| [ only ] -> [ only ]
				| _ -> [] in
			(match only_one (fun h -> Names.related walk.names (call h).obj release.obj) with
			| [] -> only_one (fun h -> Names.was_given walk.names release.obj (call h).obj)
			| related -> related)
		| same -> same

let note_drops walk (release : call) found =
	List.iter (fun h -> Hashtbl.replace walk.drops (release.id, h.by) ()) found

let hold ~taken walk call state =
	let again id = is_same walk (call_of walk id) call in
	let h = { by = call.id; taken; sure = true; goto = None; stale = false } in
	let others = List.filter (fun h -> h.by <> call.id) state.held in
	{ state with
	  held = List.sort compare (h :: others); past = Entry;
	  gone = List.filter (fun id -> not (again id)) state.gone; missed = List.filter (fun id -> not (again id)) state.missed }
let take walk call state = hold ~taken:true walk call state

let unsure which state =
	if List.exists which state.held then
		{ state with held = tidy (List.map (fun h -> if which h then { h with sure = false } else h) state.held) }
	else state

(* bos[j] may be what bos[i] was. *)
let rec without_index e = match e.node with
	| Index (whole, _) -> { e with node = Index (without_index whole, no_expr) }
	| Field (whole, name) -> { e with node = Field (without_index whole, name) }
	| Arrow (whole, name) -> { e with node = Arrow (without_index whole, name) }
	| Unary (sign, e) -> { e with node = Unary (sign, without_index e) }
	| Paren e | Cast (_, e) -> without_index e
	| _ -> e
let blur walk call state =
	let name = text (without_index call.obj) in
	if not (String.contains name '[') then state
	else
		let is_like h = text (without_index (call_of walk h.by).obj) = name in
		unsure is_like state

let release walk call state =
	match matching walk call state with
	| [] ->
		let not_got = match state.past with
			| Failed id -> is_same walk (call_of walk id) call
			| _ -> false in
		let dropped = if not_got then state.dropped else tidy (call.id :: state.dropped) in
		blur walk call { state with dropped; past = Released call.id; gone = tidy (call.id :: state.gone) }
	| found ->
		note_drops walk call found;
		let dropped = if List.for_all (fun h -> h.taken) found then state.dropped else tidy (call.id :: state.dropped) in
		{ state with dropped; held = List.filter (fun h -> not (List.mem h found)) state.held;
		  past = Released call.id; gone = tidy (call.id :: state.gone) }

(* What is known to be of another context stays. *)
let release_all walk call state =
	(* drm_exec_fini(&vm_exec.exec) after drm_gpuvm_exec_lock(&vm_exec) *)
	let whole e = match (bare e).node with Unary ("&", e) -> text (bare e) | _ -> text (bare e) in
	let is_inside e = List.exists (fun step -> text step = whole e) (Names.steps walk.names call.obj) in
	let is_of_other h =
		let taker = call_of walk h.by in
		match context_of_call taker with
		| Some e -> not (List.mem (text e) ("NULL" :: lock_name call :: List.map text call.arguments)) && not (is_same walk taker call || is_inside e)
		| None -> false in
	let taken = List.filter (fun h -> h.taken) state.held in
	let kept = List.filter is_of_other taken in
	let members = List.exists (fun id -> does [ Acquire_members ] (call_of walk id)) state.maybe in
	if taken <> [] || members then
		{ state with held = kept; maybe = []; past = Released call.id; gone = List.sort_uniq compare (call.id :: state.gone) }
	else if Names.parameter walk.names call.obj <> None || call.obj == no_expr then
		{ state with held = []; dropped = tidy (call.id :: state.dropped); past = Released call.id }
	else state

let is_held walk call state = List.exists (fun h -> is_same walk (call_of walk h.by) call) state.held

let assert_held walk call state =
	let state = { state with asserted = tidy (call.id :: state.asserted) } in
	if is_held walk call state then state else hold ~taken:false walk call state

(* What is held already is held after an attempt that fails, too. *)
let fail walk call state =
	let missed = if is_held walk call state then state.missed else tidy (call.id :: state.missed) in
	{ state with past = Failed call.id; missed }

(* What a call whose result nobody looks at does. *)
let apply walk call state = match call.action with
	| None -> state
	| Some action ->
		match action.does with
		| Acquire | Try | Query -> take walk call state
		| Assert | Iterate -> assert_held walk call state
		| Release -> release walk call state
		| Release_all -> release_all walk call state
		| May_acquire | Acquire_members -> { state with maybe = tidy (call.id :: state.maybe) }
		| May_release ->
			note_drops walk call (matching walk call state);
			unsure (fun _ -> true) state
		(* What was held is taken again, which waits for itself, and released. *)
		| Acquire_inside ->
			let again obj h = is_same walk (call_of walk h.by) { call with obj } in
			unsure (fun h -> List.exists (fun obj -> again obj h) (call.obj :: call.others)) state
		| Must_hold | Must_not_hold | Must_not_hold_import | Begin | Guard | Guard_try | Free | Depends -> state

(* Are there two outcomes? *)
let is_attempt = does [ Acquire; Try; Query ]
let gets call = match call.action with Some action -> action.gets | None -> any
let fails call = match call.action with Some action -> action.fails | None -> any

(* Assignments. *)

let forget_text key state =
	if List.exists (fun (fact, _) -> Names.mentions key fact) state.facts then
		{ state with facts = List.filter (fun (fact, _) -> not (Names.mentions key fact)) state.facts }
	else state
let go_stale ?(derived = false) walk name state =
	let named h =
		let obj = (call_of walk h.by).obj in
		List.mem name (Names.roots obj) || (derived && List.mem name (Names.origin_names walk.names obj)) in
	let state =
		if List.exists (fun h -> named h && not h.stale) state.held then
			{ state with held = tidy (List.map (fun h -> if named h then { h with stale = true } else h) state.held) }
		else state in
	let is_of id = List.mem name (Names.roots (call_of walk id).obj) in
	if List.exists is_of state.gone || List.exists is_of state.missed then
		let others = List.filter (fun id -> not (is_of id)) in
		{ state with gone = others state.gone; missed = others state.missed }
	else state
(* flags |= X; what was asked of other bits stays. *)
let set_bits place bits state =
	let words = Names.roots bits in
	let stays (fact, _) =
		not (Names.mentions place fact)
		|| (Names.contains (place ^ " & ") fact && words <> []
		    && not (List.exists (fun word -> Names.mentions word fact) words)) in
	if List.for_all stays state.facts then state
	else { state with facts = List.filter stays state.facts }

let set walk place state =
	let key = text (bare place) in
	let state = forget_text key state in
	match (bare place).node with
	| Var name -> go_stale walk name state
	| _ -> state

(* The lock of what a call returned is that of the variable that was set. Of what that was before, bo = get(bo), it is not known whose it is. *)
let refresh walk place state =
	let is_of h =
		let call = call_of walk h.by in
		h.stale && (call.at.line, call.at.col) = place in
	let again h = match (call_of walk h.by).action with
		| Some { argument; _ } when argument = returned -> { h with stale = false }
		| _ -> { h with sure = false } in
	if List.exists is_of state.held then
		{ state with held = tidy (List.map (fun h -> if is_of h then again h else h) state.held) }
	else state

(* Cleanups. *)

let is_within (outer : pos) (place : pos) =
	(outer.line, outer.col) <= (place.line, place.col) && (place.line, place.col) <= (outer.line_end, outer.col_end)

(* What began the variable took is released, or else what the variable is by now, if that is held. *)
let clean_up walk state id =
	let cleanup = Hashtbl.find walk.cleanups id and call = call_of walk id in
	let is_begun h = cleanup.begun_by = Some h.by in
	let state = { state with open_ = List.filter ((<>) id) state.open_ } in
	if List.exists is_begun state.held then
		{ state with held = List.filter (fun h -> not (is_begun h)) state.held; past = Released (Maybe.value cleanup.begun_by ~default:id) }
	else if mask state cleanup.variable land lnot zero = 0 || matching walk call state = [] then state
	else release walk call state

let close walk is_over state =
	let over = List.filter (fun id -> is_over (Hashtbl.find walk.cleanups id)) state.open_ in
	List.fold_left (clean_up walk) state (List.rev over)
let close_all walk is_over states =
	if List.for_all (fun s -> s.open_ = []) states then states else tidy_states (List.map (close walk is_over) states)

let at_place walk (place : pos) states =
	if place.line = 0 then states
	else
		close_all walk (fun c -> not (is_within c.block place) || (place.line, place.col) < (c.from.line, c.from.col)) states
let at_end_of walk block = close_all walk (fun c -> c.block = block)
let at_exit walk state = close walk (fun _ -> true) state

(* What is taken out of a variable is not cleaned up there. *)
let keeps = [ "no_free_ptr"; "retain_and_null_ptr" ]
let keep walk e state = match callee e, arguments_of e with
	| name, [ variable ] when List.mem name keeps ->
		let is_it id = (Hashtbl.find walk.cleanups id).variable = text (bare variable) in
		{ state with open_ = List.filter (fun id -> not (is_it id)) state.open_ }
	| _ -> state

(* Calls. *)

let place_of_call e = let f = bare (called e) in (f.at.line, f.at.col)

let new_call walk context e action obj =
	let f = bare (called e) and arguments = arguments_of e in
	let call = {
		id = Hashtbl.length walk.by_id; name = text f; callee = f; arguments; at = f.at; whole = e.at; action; obj;
		others = (match action with Some action -> other_objects action arguments | None -> []); conditions = context.around; loops = context.inside } in
	Hashtbl.add walk.known (place_of_call e) call;
	Hashtbl.replace walk.by_id call.id call;
	call

let known_call walk e is_it =
	List.find_opt (fun (call : call) -> call.name = text (bare (called e)) && is_it call) (Hashtbl.find_all walk.known (place_of_call e))

(* What is done by what is called, whatever its arguments are. *)
let action_at walk e =
	let place = place_of_call e in
	match Hashtbl.find_opt walk.actions place with
	| Some action -> action
	| None ->
		let action = walk.knowledge.effect_of (text (bare (called e))) in
		Hashtbl.replace walk.actions place action;
		action

(* What a call does in states, by the values that its arguments have in them. *)
let chosen walk e states = match action_at walk e with
	| Some ({ cases = _ :: _; _ } as action) ->
		let choice state =
			let known = { Cases.mask = mask state; constant = walk.constant; is_variable = Names.is_variable walk.names } in
			Cases.choose known action (arguments_of e) in
		let choices = List.map (fun state -> (choice state, state)) states in
		List.map (fun action ->
			(action, List.filter_map (fun (other, state) -> if other = action then Some state else None) choices))
			(List.sort_uniq compare (List.map fst choices))
	| action -> [ (action, states) ]

let make_call walk context e action =
	let obj = match action with
		| Some action when action.argument = returned -> Hashtbl.find_opt walk.results (place_of_call e)
		| Some action -> object_of_call action (arguments_of e)
		| None -> None in
	let action = if obj = None then None else action in
	match known_call walk e (fun call -> call.action = action) with
	| Some call -> Some call
	| None when action = None && not (walk.knowledge.watched (text (bare (called e)))) -> None
	| None -> Some (new_call walk context e action (Maybe.value obj ~default:no_expr))

let rec visit_call walk call states =
	let before = Maybe.value (Hashtbl.find_opt walk.sites call.id) ~default:[] in
	Hashtbl.replace walk.sites call.id (tidy_states (List.append states before))

(* The arguments of a call, and the call as one of interest, which it may be in different ways in different states. What is passed by its address may be something else
   afterwards. *)
and begin_call walk context e states =
	let states = List.map (keep walk e) states in
	let states = List.fold_left (fun states a -> eval walk context a states) states (arguments_of e) in
	let states = match (bare (called e)).node with
		| Var _ -> states
		| _ -> eval walk context (called e) states in
	let passed_by_address = if guard_of_error e <> None then [] else List.filter_map (fun a -> match (bare a).node with
		| Unary ("&", place) when is_place place -> Some place
		| _ -> None) (arguments_of e) in
	List.map (fun (action, states) ->
		let call = make_call walk context e action in
		Maybe.iter (fun call -> visit_call walk call states) call;
		let keep = match call with Some { action = Some _; _ } -> true | _ -> false in
		call, if keep then states
			else List.fold_left (fun states place ->
				List.map (forget_text (text (bare place))) states) states passed_by_address) (chosen walk e states)

(* The states after an expression whose value nobody looks at. *)
and eval walk context e states =
	if states = [] then []
	else match e.node with
	| Var _ | Int _ | Text _ | Type _ | Unknown _ -> states
	| Paren e | Cast (_, e) | Field (e, _) | Arrow (e, _) -> eval walk context e states
	| Call _ when is_warning e -> warn walk context e states
	| Call _ ->
		List.concat_map (function
			| Some call, states -> List.map (apply walk call) states
			| None, states -> states) (begin_call walk context e states)
	| Unary (("++" | "--"), place) | Postfix (place, _) ->
		List.map (set walk place) (eval walk context place states)
	| Unary (_, e) -> eval walk context e states
	| Index (a, b) | Comma (a, b) -> eval walk context b (eval walk context a states)
	| Binary (("&&" | "||"), _, _) ->
		let yes, no = cond walk context e states in
		join walk yes no
	| Binary (_, a, b) -> eval walk context b (eval walk context a states)
	| Assign _ -> List.map fst (value walk context e states)
	| Cond (c, a, b) ->
		let yes, no = cond walk context c states in
		let yes = match a with Some a -> eval walk context a yes | None -> yes in
		join walk yes (eval walk context b no)
	| Block_value body ->
		(match block_value walk context body states with
		| states, Some last -> eval walk context last states
		| states, None -> states)
	| Literal (_, init) -> eval_init walk context init states

and eval_init walk context init states = match init with
	| Value e -> eval walk context e states
	| Fields list -> List.fold_left (fun states (_, init) -> eval_init walk context init states) states list

(* WARN_ON(!dma_resv_is_locked(resv)), WARN_ON(ret): whoever asks so takes the answer for granted. *)
and warn walk context e states =
	let yes, no = cond walk context e states in
	let asks = ref false in
	iter_expr (fun e -> match e.node with
		| Call (f, _) ->
			(match walk.knowledge.effect_of (text (bare f)) with
			| Some { does = Query | Try; _ } -> asks := true
			| _ -> ())
		| _ -> ()) e;
	let tells = ref false in
	iter_expr (fun e -> if is_place e && Hashtbl.mem walk.outcomes (text e) || takes_a_lock walk e then tells := true) e;
	let was_got s = match s.past with Failed _ -> false | _ -> true in
	let asserts id s = List.mem id s.asserted in
	let is_learnt id = List.for_all (asserts id) no && not (List.exists (asserts id) states) in
	List.iter (fun s -> List.iter (fun id -> if is_learnt id then Hashtbl.replace walk.checks id ()) s.asserted) no;
	if !asks || does_not_return e then no
	else join walk (if !tells then List.filter was_got yes else yes) no

(* The value of ({ ... }) is that of its last statement: the states before that, and the expression. *)
and block_value walk context body states =
	match List.rev body with
	| { kind = Expr (Some last); _ } :: before -> exec_all walk context (List.rev before) states, Some last
	| _ -> exec_all walk context body states, None

(* States, each with what the value of an expression can be in it. *)
and value walk context e states : (state * int) list =
	if states = [] then []
	else
		let all mask states = List.map (fun s -> (s, mask)) states in
		match e.node with
		| Paren e | Cast (_, e) -> value walk context e states
		| Int digits -> all (match int_of_string_opt digits with Some 0 -> zero | _ -> positive) states
		| Var ("NULL" | "false") -> all zero states
		| Var "true" -> all positive states
		| Text _ -> all positive states
		| Unary ("&", _) -> all positive (eval walk context e states)
		| Unary ("-", { node = Var _ | Int _; _ }) -> all negative states
		| Unary ("!", _) | Binary (("&&" | "||" | "==" | "!=" | "<" | ">" | "<=" | ">="), _, _) -> truth walk context e states
		| Cond (c, Some a, b) ->
			let yes, no = cond walk context c states in
			List.append (value walk context a yes) (value walk context b no)
		| Cond (a, None, b) ->
			let split = value walk context a states in
			let set = List.filter_map (fun (s, m) -> if m land lnot zero = 0 then None else Some (s, m land lnot zero)) split in
			let unset = List.filter_map (fun (s, m) -> if m land zero = 0 then None else Some s) split in
			List.append set (value walk context b (tidy_states unset))
		| Comma (a, b) -> value walk context b (eval walk context a states)
		| Assign (sign, l, r) -> assign walk context sign l r states
		| Call (_, arguments) -> value_of_call walk context e arguments states
		| Block_value body ->
			(match block_value walk context body states with
			| states, Some last -> value walk context last states
			| states, None -> all any states)
		| Binary ("&", _, _) ->
			let key = text e in
			List.map (fun s -> (s, mask s key)) (eval walk context e states)
		| _ when is_place e ->
			let key = text (bare e) in
			List.map (fun s -> (s, mask s key)) (eval walk context e states)
		| _ -> all any (eval walk context e states)

and truth walk context e states =
	let yes, no = cond walk context e states in
	List.append (List.map (fun s -> (s, positive)) yes) (List.map (fun s -> (s, zero)) no)

and value_of_call walk context e arguments states =
	match callee e, arguments with
	| ("ERR_PTR" | "ERR_CAST"), [ a ] ->
		List.map (fun (s, m) ->
			(s, (if m land zero <> 0 && m <> any && m land negative = 0 then zero else 0)
			    lor (if m land lnot zero <> 0 then err_ptr else 0))) (value walk context a states)
	| "PTR_ERR", [ a ] -> List.map (fun s -> (s, negative)) (eval walk context a states)
	| "PTR_ERR_OR_ZERO", [ a ] ->
		List.concat_map (fun (s, m) ->
			let error = m land err_ptr and other = m land lnot err_ptr in
			let key = text (bare a) in
			let learn mask s = if is_place a && is_asked walk key then learn key mask s else s in
			List.append
				(if error <> 0 then [ (learn err_ptr s, negative) ] else [])
				(if other <> 0 then [ (learn other s, zero) ] else [])) (value walk context a states)
	| ("IS_ERR" | "IS_ERR_OR_NULL"), [ _ ] -> truth walk context e states
	| _ ->
		match passed e, guard_of_error e with
		| Some argument, _ -> value walk context argument (List.map (keep walk e) states)
		| None, Some guard ->
			let got, not_got = split walk context guard (any land lnot (zero lor err_ptr)) states in
			List.append (List.map (fun s -> (s, zero)) got) (List.map (fun s -> (s, negative)) not_got)
		| None, None ->
			(* Only guards of locks that are known may fail to take them. *)
			let value = if Cleanup.begun (callee e) <> None then positive else any in
			List.concat_map (function
				| Some call, states when is_attempt call ->
					let gets = gets call in
					List.append
						(List.map (fun s -> (take_or_see walk call s, gets)) states)
						(if fails call = 0 then [] else List.map (fun s -> (fail walk call s, fails call)) states)
				| Some call, states -> List.map (fun s -> (apply walk call s, value)) states
				| None, states -> List.map (fun s -> (s, value)) states) (begin_call walk context e states)

and take_or_see walk call state = match call.action with
	| Some { does = Query; _ } -> assert_held walk call state
	| _ -> take walk call state

and takes_a_lock walk e = match walk.knowledge.effect_of (callee (bare e)) with
	| Some action -> can_do [ Acquire; Try; Query ] action
	| None -> false

(* ret = lock(); what is never asked for is taken to be a success. *)
and assign walk context sign l r states =
	let states = eval walk context (match (bare l).node with Var _ -> no_expr | _ -> l) states in
	let key = text (bare l) in
	let is_asked = is_asked walk key in
	if takes_a_lock walk r then Hashtbl.replace walk.outcomes key ();
	let place = match (bare r).node with Call (f, _) -> ((bare f).at.line, (bare f).at.col) | _ -> (0, 0) in
	if sign = "=" && is_place l then Hashtbl.replace walk.results place (bare l);
	let result =
		if sign <> "=" then List.map (fun s -> (s, any)) (eval walk context r states)
		else if is_asked || not (is_place l) then value walk context r states
		else match (bare r).node with
			| Call _ when passed r = None -> List.map (fun s -> (s, any)) (eval walk context r states)
			| _ -> value walk context r states in
	List.map (fun (s, m) ->
		let s = match sign with
			| "|=" | "&=" -> set_bits key r s
			| _ -> refresh walk place (set walk l s) in
		((if is_asked || Hashtbl.mem walk.cleaned key then learn key m s else s), m)) result

(* The states in which a condition holds, and those in which it does not. *)
and cond walk context e states : state list * state list =
	if states = [] then [], []
	else match e.node with
	| Paren e | Cast (_, e) -> cond walk context e states
	| Unary ("!", e) -> let yes, no = cond walk context e states in no, yes
	| Binary ("&&", a, b) ->
		let yes, no = cond walk context a states in
		let yes', no' = cond walk context b yes in
		yes', join walk no no'
	| Binary ("||", a, b) ->
		let yes, no = cond walk context a states in
		let yes', no' = cond walk context b no in
		join walk yes yes', no'
	| Binary (("==" | "!=" | "<" | ">" | "<=" | ">=") as sign, a, b) -> compare_values walk context e sign a b states
	| Var ("true") -> states, []
	| Var ("false" | "NULL") -> [], states
	| Call (_, [ a ]) when callee e = "IS_ERR" -> split walk context a err_ptr states
	| Call (_, [ a ]) when callee e = "IS_ERR_OR_NULL" -> split walk context a (err_ptr lor zero) states
	| _ -> split walk context e (any land lnot zero) states

(* Parts states by whether the value of an expression is one of a mask's. *)
and split walk context e allowed states =
	let e = match passed e with Some inner -> inner | None -> e in
	match (bare e).node with
	| Unary ("!", _) | Binary (("&&" | "||" | "==" | "!=" | "<" | ">" | "<=" | ">="), _, _)
	  when allowed = any land lnot zero -> cond walk context (bare e) states
	| Call (_, [ _ ]) when List.mem (callee (bare e)) [ "IS_ERR"; "IS_ERR_OR_NULL" ] && allowed = any land lnot zero ->
		cond walk context (bare e) states
	| _ ->
		let key = place_text e in
		let keeps = times walk key + times walk ("=" ^ key) > 1 in
		let part (s, m) allowed =
			let m = m land (if keeps then mask s key else any) land allowed in
			if m = 0 then None else Some (if keeps then learn key m s else s) in
		let values = value walk context e states in
		merge walk (List.filter_map (fun v -> part v allowed) values),
		merge walk (List.filter_map (fun v -> part v (any land lnot allowed)) values)

and compare_values walk context e sign a b states =
	let nonzero = any land lnot zero in
	let flip (yes, no) = (no, yes) in
	if is_null b then
		match sign with
		| "==" -> flip (split walk context a nonzero states)
		| "!=" -> split walk context a nonzero states
		| "<" -> split walk context a negative states
		| ">=" -> flip (split walk context a negative states)
		| ">" -> split walk context a (positive lor err_ptr) states
		| _ -> split walk context a (zero lor negative) states
	else if is_null a then
		compare_values walk context e (turned sign) b a states
	else match sign with
		| "==" when is_held_constant b -> split walk context a nonzero states
		| "!=" when is_held_constant b -> flip (split walk context a nonzero states)
		| ("==" | "!=") when is_error_constant b ->
			let result = equals_error walk context a b states in
			if sign = "==" then result else flip result
		| _ ->
			let key, holds = comparison sign a b in
			let states = eval walk context b (eval walk context a states) in
			let yes, no = decide walk key states in
			if holds then yes, no else no, yes

(* ret == -EDEADLK: of a failure, one or another. Where nothing else is asked, any other is taken for a success. *)
and equals_error walk context a b states =
	let key = fst (comparison "==" a b) in
	let keeps = times walk key > 1 in
	let values = value walk context a states in
	let place = place_text a in
	let yes = List.filter_map (fun (s, m) ->
		if m land negative = 0 || mask s key land positive = 0 then None
		else
			let s = if is_asked walk place then learn place negative s else s in
			let s = if is_name "EALREADY" b then got_before walk s else s in
			Some (if keeps then learn key positive s else s)) values in
	let no = List.filter_map (fun (s, m) ->
		if mask s key land zero = 0 || (is_failure s m && not (is_asked_after walk place b.at)) then None
		else
			let s = if is_asked walk place && m <> any then learn place m s else s in
			Some (if keeps then learn key zero s else s)) values in
	tidy_states yes, tidy_states no

(* -EALREADY: the context has the lock already. *)
and got_before walk s = match s.past with
	| Failed id -> hold ~taken:false walk (call_of walk id) s
	| _ -> s
and is_failure s m = m land lnot negative = 0 && (match s.past with Failed _ -> true | _ -> false)

(* The truth of a text, which stays what it is as long as nothing in it changes. *)
and decide walk key states =
	if times walk key < 2 then states, states
	else
		tidy_states (List.filter_map (restrict key positive) states),
		tidy_states (List.filter_map (restrict key zero) states)

(* Statements. *)

and exec_all walk context statements states =
	List.fold_left (fun states s -> exec walk context s states) states statements

(* A branch has conditions of its own, and the ways out of what is around. *)
and branch walk context parts s states =
	let inner = { context with broken = []; continued = []; around = List.append parts context.around } in
	let states = exec walk inner s states in
	context.broken <- join walk context.broken inner.broken;
	context.continued <- join walk context.continued inner.continued;
	states

and exec walk context s states =
	let states = at_place walk s.where states in
	match s.kind with
	| Nothing | Expr None -> states
	| Expr (Some e) -> merge walk (prune walk context s.where (eval walk context e states))
	| Block list ->
		(* The ways out of a block are those of what is around. A jump may lead to its beginning. *)
		let inner = { context with block = s.where } in
		let at_end = at_end_of walk s.where in
		let states = exec_all walk inner list (at_end states) in
		context.broken <- join walk context.broken (at_end inner.broken);
		context.continued <- join walk context.continued (at_end inner.continued);
		at_end states
	| Decl list -> List.fold_left (fun states v -> merge walk (declare walk context v states)) states list
	| If (c, a, b) ->
		let yes, no = cond walk context c states in
		let unless_decided others parts = if walk.drop_decided && others = [] then [] else parts in
		let around_yes = unless_decided no (conjuncts walk c) and around_no = unless_decided yes (otherwise walk c) in
		let yes = branch walk context around_yes a yes in
		let no = match b with
			| Some b -> branch walk context around_no b no
			| None -> no in
		prune walk context (last_place s) (join walk yes no)
	| Switch (e, body) -> exec_switch walk context e body states
	| While (c, body) -> loop walk context s (fun states -> cond walk context c states) body (fun states -> states) states
	| Do (body, c) -> exec_do walk context s body c states
	| For (first, test, next, body) ->
		let states = match first with Some first -> exec walk context first states | None -> states in
		let test states = match test with
			| Some c -> cond walk context c states
			| None -> states, [] in
		let next states = match next with Some e -> eval walk context e states | None -> states in
		loop walk context s test body next states
	| Each (name, arguments, body) -> exec_each walk context s name arguments body states
	| Goto target -> jump walk context s.where target states; []
	| Label (name, s) ->
		let arrived = Maybe.value (Hashtbl.find_opt walk.arrivals name) ~default:[] in
		exec walk context s (join walk states arrived)
	| Case (e, s) ->
		exec walk context s (join walk states (eval walk context e context.switched))
	| Default s -> exec walk context s (join walk states context.switched)
	| Break -> context.broken <- join walk context.broken states; []
	| Continue -> context.continued <- join walk context.continued states; []
	| Return None -> leave walk context s None (List.map (fun state -> (state, any)) states); []
	| Return (Some e) ->
		leave walk context s (Some e) (value walk context e states); []
	| Either (conditions, branches, has_else) -> exec_either walk context conditions branches has_else states

and last_place s = { s.where with line = s.where.line_end; col = s.where.col_end }

and leave walk context s value results =
	List.iter (fun (state, result) ->
		walk.exits <- { state = { (at_exit walk state) with facts = [] }; result; value; out = s.where; around = context.around }
			:: walk.exits) results

and jump walk context place target states =
	let note = { from = place; target; within = context.around } in
	if not (List.mem note walk.jumps) then walk.jumps <- note :: walk.jumps;
	let mark s = if s.held = [] then s
		else { s with held = List.map (fun h -> { h with goto = Some place }) s.held } in
	let before = Maybe.value (Hashtbl.find_opt walk.arrivals target) ~default:[] in
	let after = join walk before (List.map mark states) in
	if after <> before then begin
		walk.changed <- true;
		Hashtbl.replace walk.arrivals target after
	end

and declare walk context v states =
	if v.cleanup <> "" then Hashtbl.replace walk.cleaned v.name ();
	let states = begin_variable walk context v states in
	if v.cleanup <> "" then note_cleanup walk context v states else states

(* What is cleaned up where the block ends. A variable of a class that takes a lock as it begins gives that back. One that a function
   makes of which nothing is known comes with the lock that its cleanup releases. *)
and note_cleanup walk context v states =
	let value = match v.value with Some (Value e) -> e | _ -> no_expr in
	let init = match value.node with Call _ -> known_call walk value (fun _ -> true) | _ -> None in
	let taker = match init with Some init when does [ Acquire; Try; Assert ] init -> Some init.id | _ -> None in
	let is_class = match Cleanup.ended v.cleanup with Some (Cleanup.Class _) -> true | _ -> false in
	let ends = match walk.knowledge.effect_of v.cleanup with
		| Some { does = Release | Release_all | May_release; _ } as found -> found
		| _ -> if is_class && taker <> None then Some (Locks.action Release "1") else None in
	match ends with
	| None -> states
	| Some action ->
		let from = if value.at.line > 0 then value.at else context.block in
		let word node = { node; at = { from with col = from.col + 20_000 } } in
		let e = word (Call (word (Var v.cleanup), [ word (Var v.name) ])) in
		let call = match known_call walk e (fun _ -> true) with
			| Some call -> call
			| None -> new_call walk context e (Some { action with argument = "1" }) (word (Var v.name)) in
		let is_known = match init with Some { action = Some _; _ } -> true | _ -> false in
		let is_made = not is_known && (match value.node with Call _ -> Names.object_of walk.names value = None | _ -> false) in
		let begun_by = if is_made then Some call.id else taker in
		Hashtbl.replace walk.cleanups call.id { begun_by; variable = v.name; from; block = context.block };
		List.map (fun s ->
			let s = { s with open_ = tidy (call.id :: s.open_) } in
			if is_made && not (is_held walk call s) then hold ~taken:true walk call s else s) states

and begin_variable walk context v states =
	match v.value with
	| None -> List.map (fun s -> go_stale walk v.name (forget_text v.name s)) states
	| Some (Value e) ->
		let place = { node = Var v.name; at = e.at } in
		List.map fst (assign walk context "=" place e states) |> tidy_states
	| Some init -> eval_init walk context init states

and exec_switch walk context e body states =
	let states = eval walk context e states in
	let inner = { context with broken = []; continued = []; switched = states } in
	let out = exec walk inner body [] in
	context.continued <- join walk context.continued inner.continued;
	let out = join walk out inner.broken in
	if has_default body then out else join walk out states

(* One round of a loop: the states after its body, and those that left it. *)
and round walk context s body states =
	let inner = { context with broken = []; continued = []; inside = s.where :: context.inside } in
	let out = exec walk inner body states in
	join walk out inner.continued, inner.broken

(* Locks that a round takes or releases; where it does, not to run it at all is an odd case. *)
and is_locking before after =
	let locks s = (s.held, s.dropped, s.gone) in
	let seen = List.map locks before in
	List.exists (fun s -> not (List.mem (locks s) seen)) after

and loop walk context s test body next states =
	let yes, no = test states in
	let first, left = round walk context s body yes in
	let first = next first in
	let yes', no' = test first in
	let is_known state = List.mem state yes in
	let no'', left' =
		if List.for_all is_known yes' then [], []
		else
			let second, left' = round walk context s body yes' in
			let _, no'' = test (next second) in
			no'', left' in
	let no = if yes <> [] && is_locking yes first then List.map (fun s -> { s with skipped = true }) no else no in
	List.fold_left (join walk) no [ no'; no''; left; left' ]

and exec_do walk context s body c states =
	let first, left = round walk context s body states in
	let yes, no = cond walk context c first in
	let second, left' = round walk context s body yes in
	let _, no' = cond walk context c second in
	List.fold_left (join walk) no [ no'; left; left' ]

(* Macros that stand before a block: how often that is run, and what becomes of the locks that are taken inside. *)
and block_macro name = List.find_opt (fun (macro, _, _) -> macro = name) Tables.block_macros

and exec_each walk context s name arguments body states =
	let place = { s.where with line_end = s.where.line; col_end = s.where.col + String.length name } in
	let states = eval walk context { node = Call ({ node = Var name; at = place }, arguments); at = s.where } states in
	match block_macro name with
	| Some (_, "once", _) ->
		let out, left = round walk context s body states in
		join walk out left
	| Some (_, _, locks) ->
		let out, left = round walk context s body states in
		let again, left' = round walk context s body out in
		let all = List.fold_left (join walk) out [ again; left; left' ] in
		if locks = "released" then List.map (end_scope states) all else all
	| None ->
		let variables = List.filter_map (fun a -> match (bare a).node with
			| Var name -> Some name
			| _ -> None) arguments in
		(* What nothing but the macro sets goes from member to member, and what is made of it goes along. *)
		let is_set_here name =
			Names.assigned walk.names name = []
			&& not (List.exists (fun p -> p.param = name) (Names.func walk.names).params) in
		let turn states = List.map (fun s ->
			List.fold_left (fun s name ->
				go_stale ~derived:(is_set_here name) walk name (forget_text name s)) s variables) states in
		loop walk context s (fun states -> turn states, turn states) body (fun states -> states) states

(* All that was taken inside is released. *)
and end_scope before state =
	let outer = List.concat_map (fun s -> List.map (fun h -> h.by) s.held) before in
	let inner = List.filter (fun h -> not (List.mem h.by outer)) state.held in
	match inner with
	| [] -> state
	| h :: _ ->
		{ state with held = List.filter (fun h -> List.mem h.by outer) state.held; past = Released h.by }

(* Branches of an undecided conditional: the same condition the same way through the function. *)
and exec_either walk context conditions branches has_else states =
	let rec each conditions branches states = match conditions, branches with
		| condition :: rest, b :: others ->
			let yes, no = if condition = "" then states, [] else decide walk ("#" ^ condition) states in
			let out = exec_all walk context b yes in
			join walk out (each rest others no)
		| _ -> if has_else then [] else states in
	each conditions branches states

(* Runs. *)

let rec until_stable walk func assume round =
	walk.changed <- false;
	walk.exits <- [];
	let context = { broken = []; continued = []; switched = []; around = []; inside = []; block = { func.place with line_end = max_int } } in
	let out = exec_all walk context func.body [ { entry with facts = List.sort compare assume } ] in
	List.iter (fun state ->
		walk.exits <- { state = { (at_exit walk state) with facts = [] }; result = any; value = None; out = func.closing; around = [] }
			:: walk.exits) out;
	if walk.changed && round < 6 then until_stable walk func assume (round + 1)

let run ?(assume = []) ?(drop_decided = false) ?(constant = fun _ -> None) knowledge func =
	let tested, set_at = find_tests knowledge func in
	(* What is known of a parameter decides a condition that asks for it but once, too. *)
	List.iter (fun (key, _) -> Hashtbl.replace tested key ((-1, 0) :: (-1, 1) :: places tested key)) assume;
	let walk = {
		knowledge; names = Names.scope func; assumed = List.map fst assume; drop_decided; constant; actions = Hashtbl.create 32; asks = Hashtbl.create 16; known = Hashtbl.create 32; by_id = Hashtbl.create 32; sites = Hashtbl.create 32;
		tested; set_at; arrivals = Hashtbl.create 8; cleanups = Hashtbl.create 4; cleaned = Hashtbl.create 4; drops = Hashtbl.create 8; results = Hashtbl.create 16; checks = Hashtbl.create 4; outcomes = Hashtbl.create 8; crowded = false; gave_up = false; changed = false; exits = []; jumps = [] } in
	until_stable walk func assume 1;
	(* Which conditions have to do with locks is known by now. *)
	if walk.crowded then begin
		Hashtbl.reset walk.sites;
		Hashtbl.reset walk.arrivals;
		walk.gave_up <- false;
		until_stable walk func assume 1
	end;
	let all = Hashtbl.fold (fun _ call all -> call :: all) walk.by_id [] in
	let order (a, _) (b, _) = compare ((a : call).at.line, (a : call).at.col, a.id) ((b : call).at.line, (b : call).at.col, b.id) in
	let calls = List.sort order (List.map (fun (call : call) ->
		(call, Maybe.value (Hashtbl.find_opt walk.sites call.id) ~default:[])) all) in
		{ scope = walk.names; condition = Hashtbl.find_opt walk.asks; calls; exits = tidy walk.exits; call = call_of walk; drops = (fun a b -> Hashtbl.mem walk.drops (a.id, b.id)); checks = (fun call -> Hashtbl.mem walk.checks call.id);
		  cleans = (fun call -> Hashtbl.mem walk.cleanups call.id); gotos = walk.jumps; gave_up = walk.gave_up }
