(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

let negative = 1
let zero = 2
let positive = 4
let any = negative lor zero lor positive
let nonzero = negative lor positive
let has part mask = mask land part <> 0
let within part whole = part land lnot whole = 0

type value = Result | Among of int | Other

type exit = { result : int; value : value; returned : expr option; out : pos; used : bool }
type test = { condition : expr; yes : int; no : int; line : int }
type message = { told : int; teller : expr; complaint : bool }

let parts one other test =
	let apart yes no = has one yes && not (has other yes) && has other no && not (has one no) in
	apart test.yes test.no || apart test.no test.yes

type ways = {
	exits : exit list;
	tests : test list;
	messages : message list;
	again : int;
	compared : string list;
	holders : string list;
	gave_up : bool;
}

(* met: the call was reached; values: of variables of which something is known. *)
type state = { met : bool; mask : int; taken : bool; values : (string * value) list }

let most_states = 256

type walk = {
	call : expr;
	watched : string list;				(* variables of which values are kept *)
	arrivals : (string, state list) Hashtbl.t;
	split : (int * int, expr * int * int) Hashtbl.t;	(* by the place of a condition: what the result is where it holds, and where not *)
	told : (int * int, expr * int) Hashtbl.t;
	mutable left : exit list;
	mutable repeated : int;
	mutable constants : string list;
	mutable changed : bool;
	mutable crowded : bool;
}

(* cases: the states at a switch; others: of these, those that no case is for. *)
type context = {
	mutable broken : state list; mutable continued : state list; cases : state list; others : state list; scrutinee : expr }

let outermost () = { broken = []; continued = []; cases = []; others = []; scrutinee = no_expr }

(* What the cases of a switch compare with, but for those of a switch inside. *)
let cases_of body =
	let rec of_stmt s = match s.kind with
		| Case (e, s) -> e :: of_stmt s
		| Default s | Label (_, s) -> of_stmt s
		| Block list -> List.concat_map of_stmt list
		| Either (_, branches, _) -> List.concat_map (List.concat_map of_stmt) branches
		| _ -> [] in
	of_stmt body

let tidy walk states =
	let states = List.sort_uniq compare states in
	if List.compare_length_with states most_states > 0 then begin walk.crowded <- true; [] end else states
let join walk a b = if a = [] then b else if b = [] then a else tidy walk (List.append a b)

(* Expressions. *)

let is_call walk e = match e.node with
	| Call (f, _) -> (match walk.call.node with Call (g, _) -> f.at = g.at && e.at = walk.call.at | _ -> false)
	| _ -> false

let is_error_name name =
	String.length name > 1 && name.[0] = 'E'
	&& (let all = ref true in
	    String.iter (function 'A' .. 'Z' | '0' .. '9' -> () | _ -> all := false) name; !all)

let sign n = if n < 0 then negative else if n = 0 then zero else positive
let constant e = match (bare e).node with
	| Unary ("-", inner) ->
		(match (bare inner).node with
		| Var name when is_error_name name -> Some negative
		| _ -> (match integer inner with Some n -> Some (sign (- n)) | None -> None))
	| Var ("true") -> Some positive
	| Var ("false" | "NULL") -> Some zero
	| _ -> Maybe.map sign (integer e)

let find name state = Maybe.value (List.assoc_opt name state.values) ~default:Other
let set walk name value state =
	let others = List.remove_assoc name state.values in
	let kept = match value with
		| Result -> true
		| Among m -> m <> any && List.mem name walk.watched
		| Other -> false in
	{ state with values = if kept then List.sort compare ((name, value) :: others) else others }

let mentions_result state e =
	exists_in (fun e -> match e.node with Var name -> find name state = Result | _ -> false) e
let take e states =
	List.map (fun s -> if (not s.taken) && mentions_result s e then { s with taken = true } else s) states

let has_text arguments = List.exists (fun a -> match (bare a).node with Text t -> t <> "" && t.[0] = '"' | _ -> false) arguments
let words name = String.split_on_char '_' (String.lowercase_ascii name)
let is_complaint name =
	List.exists (fun word -> List.mem word [ "err"; "error"; "warn"; "warning"; "alert"; "crit"; "emerg"; "fail"; "bug" ]) (words name)
(* Messages are for people, and what is printed elsewhere for whoever reads it. *)
let is_message name arguments =
	has_text arguments && not (List.exists (fun part -> Names.contains part name) [ "seq_"; "printf"; "emit"; "puts" ])
let is_trace name = match words name with "trace" :: _ -> true | _ -> false

let place (e : expr) = (e.at.line, e.at.col)
let tell walk e states =
	let result = List.fold_left (fun all s -> if s.met then all lor s.mask else all) 0 states in
	let elsewhere = List.exists (fun s -> not s.met) states in
	if result <> 0 && not elsewhere then
		let _, before = Maybe.value (Hashtbl.find_opt walk.told (place e)) ~default:(e, 0) in
		Hashtbl.replace walk.told (place e) (e, before lor result)

let note_split walk e yes no =
	let result states = List.fold_left (fun all s -> if s.met then all lor s.mask else all) 0 states in
	let y = result yes and n = result no in
	let _, y', n' = Maybe.value (Hashtbl.find_opt walk.split (place e)) ~default:(e, 0, 0) in
	Hashtbl.replace walk.split (place e) (e, y lor y', n lor n')

(* Values with which a comparison with zero holds. *)
let compared_with_zero = function
	| "<" -> negative | ">" -> positive | "<=" -> negative lor zero | ">=" -> zero lor positive
	| "==" -> zero | _ -> negative lor positive

(* ret < 1 is ret <= 0. *)
let with_zero sign n = match sign, n with
	| _, 0 -> Some sign
	| "<", 1 -> Some "<="
	| ">=", 1 -> Some ">"
	| ">", -1 -> Some ">="
	| "<=", -1 -> Some "<"
	| _ -> None

let rec value walk e states : (state * value) list =
	if states = [] then []
	else match e.node with
	| Var name ->
		(match constant e with
		| Some m -> List.map (fun s -> (s, Among m)) states
		| None -> List.map (fun s -> (s, find name s)) states)
	| Int _ -> List.map (fun s -> (s, match constant e with Some m -> Among m | None -> Other)) states
	| Text _ | Type _ | Unknown _ -> List.map (fun s -> (s, Other)) states
	| Paren e | Cast (_, e) -> value walk e states
	| Call _ when is_call walk e ->
		let states = eval_all walk (arguments_of e) ~escapes:false states in
		List.iter (fun s -> if s.met then walk.repeated <- walk.repeated lor s.mask) states;
		let start s =
			{ met = true; mask = any; taken = false; values = List.filter (fun (_, v) -> v <> Result) s.values } in
		List.map (fun s -> (s, Result)) (tidy walk (List.map start states))
	| Call (f, arguments) ->
		(match Interp.passed e with
		| Some inner when Interp.is_warning e ->
			let states = eval_all walk (List.filter (fun a -> a != inner) arguments) ~escapes:false states in
			let yes, no = cond walk inner states in
			tell walk e yes;
			let no_return = Interp.does_not_return e in
			List.append (if no_return then [] else List.map (fun s -> (s, Among positive)) yes)
				(List.map (fun s -> (s, Among zero)) no)
		| Some inner -> value walk inner states
		| None ->
			let name = callee e in
			if has_text arguments then tell walk e states;
			let states = match (bare f).node with Var _ -> states | _ -> eval walk f states in
			let escapes = not (is_message name arguments || is_trace name) in
			List.map (fun s -> (s, Other)) (eval_all walk arguments ~escapes states))
	| Unary (("-" | "~" | "+"), inner) when constant e = None -> List.map (fun s -> (s, Other)) (used walk inner states)
	| Unary ("-", _) -> List.map (fun s -> (s, match constant e with Some m -> Among m | None -> Other)) states
	| Unary ("!", _) -> truth walk e states
	| Unary ("&", { node = Var name; _ }) -> List.map (fun s -> (set walk name Other s, Other)) (take e states)
	| Unary (("++" | "--"), inner) | Postfix (inner, _) -> List.map (fun s -> (assign walk inner Other s, Other)) (eval walk inner states)
	| Unary (_, inner) | Field (inner, _) | Arrow (inner, _) -> List.map (fun s -> (s, Other)) (eval walk inner states)
	| Index (a, b) -> List.map (fun s -> (s, Other)) (eval walk b (eval walk a states))
	| Comma (a, b) -> value walk b (eval walk a states)
	| Binary (("&&" | "||" | "==" | "!=" | "<" | ">" | "<=" | ">="), _, _) -> truth walk e states
	| Binary (_, a, b) ->
		List.map (fun s -> (s, Other)) (used walk b (used walk a states))
	| Assign ("=", l, r) ->
		let states = match (bare l).node with Var _ -> states | _ -> eval walk l states in
		List.map (fun (s, v) -> (assign walk l v s, v)) (value walk r states)
	| Assign (_, l, r) ->
		List.map (fun s -> (assign walk l Other s, Other)) (take l (used walk r states))
	| Cond (c, a, b) ->
		(match a with
		| Some a ->
			let yes, no = cond walk c states in
			List.append (value walk a yes) (value walk b no)
		| None ->
			let yes, no = parted walk c "!=" (value walk c states) in
			List.append yes (value walk b (List.map fst no)))
	| Block_value body ->
		(match List.rev body with
		| { kind = Expr (Some last); _ } :: before -> value walk last (exec_all walk (outermost ()) (List.rev before) states)
		| _ -> List.map (fun s -> (s, Other)) (exec_all walk (outermost ()) body states))
	| Literal (_, init) -> List.map (fun s -> (s, Other)) (eval_init walk init states)

and eval walk e states = tidy walk (List.map fst (value walk e states))

(* A part of something else. *)
and used walk e states =
	tidy walk (List.map (fun (s, v) -> if v = Result then { s with taken = true } else s) (value walk e states))

(* Arguments: does the result escape in one? *)
and eval_all walk list ~escapes states =
	List.fold_left (fun states e ->
		let values = value walk e states in
		let after (s, v) = if escapes && v = Result then { s with taken = true } else s in
		tidy walk (List.map after values)) states list

and eval_init walk init states = match init with
	| Value e -> eval_all walk [ e ] ~escapes:true states
	| Fields list -> List.fold_left (fun states (_, init) -> eval_init walk init states) states list

and truth walk e states =
	let yes, no = cond walk e states in
	List.append (List.map (fun s -> (s, Among positive)) yes) (List.map (fun s -> (s, Among zero)) no)

and assign walk l v state = match (bare l).node with
	| Var name -> set walk name v state
	| _ -> if v = Result then { state with taken = true } else state

(* Parts values by a comparison of each with zero. *)
and parted walk e sign values =
	let allowed = compared_with_zero sign in
	let side keep (s, v) = match v with
		| Result ->
			let mask = s.mask land keep in
			if mask = 0 then None else Some ({ s with mask }, v)
		| Among m -> if m land keep = 0 then None else Some (s, Among (m land keep))
		| Other ->
			(match (bare e).node with
			| (Var name | Assign (_, { node = Var name; _ }, _)) when keep <> any -> Some (set walk name (Among keep) s, Among keep)
			| _ -> Some (s, v)) in
	let pick keep = List.sort_uniq compare (List.filter_map (side keep) values) in
	let narrow (s, v) = match v, (bare e).node with
		| Among m, (Var name | Assign (_, { node = Var name; _ }, _)) -> (set walk name (Among m) s, v)
		| _ -> (s, v) in
	let yes = List.map narrow (pick allowed) and no = List.map narrow (pick (any land lnot allowed)) in
	if List.exists (fun (_, v) -> v = Result) values then begin
		let of_result = List.filter (fun (_, v) -> v = Result) in
		note_split walk e (List.map fst (of_result yes)) (List.map fst (of_result no))
	end;
	yes, no

and cond walk e states =
	if states = [] then [], []
	else match e.node with
	| Paren inner | Cast (_, inner) -> cond walk inner states
	| Unary ("!", inner) -> let yes, no = cond walk inner states in no, yes
	| Binary ("&&", a, b) ->
		let yes, no = cond walk a states in
		let yes', no' = cond walk b yes in
		yes', join walk no no'
	| Binary ("||", a, b) ->
		let yes, no = cond walk a states in
		let yes', no' = cond walk b no in
		join walk yes yes', no'
	| Binary (("==" | "!=" | "<" | ">" | "<=" | ">=") as sign, a, b) -> compare_values walk e sign a b states
	| Call _ when Interp.passed e <> None && not (Interp.is_warning e) ->
		(match Interp.passed e with Some inner -> cond walk inner states | None -> states, states)
	| _ ->
		let yes, no = parted walk e "!=" (value walk e states) in
		tidy walk (List.map fst yes), tidy walk (List.map fst no)

and compare_values walk e sign a b states =
	match integer b, integer a with
	| None, Some _ -> compare_values walk e (turned sign) b a states
	| Some n, _ when with_zero sign n <> None ->
		let sign = Maybe.value (with_zero sign n) ~default:sign in
		let yes, no = parted walk a sign (value walk a states) in
		tidy walk (List.map fst yes), tidy walk (List.map fst no)
	| _ ->
		let is_equal = List.mem sign [ "=="; "!=" ] in
		match constant b, constant a with
		| Some m, _ when m = negative && is_equal -> equals walk sign a b states
		| _, Some m when m = negative && is_equal -> equals walk sign b a states
		| Some m, _ when (m = zero) && is_equal ->
			let yes, no = parted walk a sign (value walk a states) in
			tidy walk (List.map fst yes), tidy walk (List.map fst no)
		| _ ->
			let all = used walk b (used walk a states) in
			all, all

(* ret == -ERESTARTSYS: one of the negative values. *)
and equals walk sign a b states =
	let values = value walk a states in
	if List.exists (fun (_, v) -> v = Result) values then begin
		let name = text (bare b) in
		if not (List.mem name walk.constants) then walk.constants <- name :: walk.constants
	end;
	let yes = List.filter_map (fun (s, v) -> match v with
		| Result -> if s.mask land negative = 0 then None else Some { s with mask = negative }
		| Among m -> if m land negative = 0 then None else Some s
		| Other -> Some s) values in
	let yes = tidy walk yes and no = tidy walk (List.map fst values) in
	if sign = "==" then yes, no else no, yes

(* Statements. *)

and exec_all walk context list states = List.fold_left (fun states s -> exec walk context s states) states list

and exec walk context s states = match s.kind with
	| Nothing | Expr None -> states
	| Expr (Some e) -> eval walk e states
	| Block list -> exec_all walk context list states
	| Decl list ->
		List.fold_left (fun states (v : variable) -> match v.value with
			| Some (Value e) -> tidy walk (List.map (fun (s, value) -> set walk v.name value s) (value walk e states))
			| Some init -> eval_init walk init states
			| None -> tidy walk (List.map (set walk v.name Other) states)) states list
	| If (c, a, b) ->
		let yes, no = cond walk c states in
		let yes = exec walk context a yes in
		let no = match b with Some b -> exec walk context b no | None -> no in
		join walk yes no
	| Switch (e, body) ->
		(* What is asked is worked out once, and goes by a name if it has none. *)
		let scrutinee = match (bare e).node with
			| Var _ -> bare e
			| _ -> { e with node = Var (text e) } in
		let name = text scrutinee in
		let states = tidy walk (List.map (fun (s, v) -> if scrutinee.node = (bare e).node then s else set walk name v s) (value walk e states)) in
		let is_case yes e states =
			let sides = compare_values walk e "==" scrutinee e states in
			if yes then fst sides else snd sides in
		let others = List.fold_left (fun states e -> is_case false e states) states (cases_of body) in
		let inner = { broken = []; continued = []; cases = states; others; scrutinee } in
		let out = exec walk inner body [] in
		context.continued <- join walk context.continued inner.continued;
		let out = join walk out inner.broken in
		if has_default body then out else join walk out others
	| Case (e, s) ->
		let here = if context.scrutinee == no_expr then context.cases
			else fst (compare_values walk e "==" context.scrutinee e context.cases) in
		exec walk context s (join walk states here)
	| Default s -> exec walk context s (join walk states context.others)
	| While (c, body) -> loop walk context (cond walk c) body (fun states -> states) states
	| Do (body, c) ->
		let rec again seen states =
			let out, left = round walk context body states in
			let yes, no = cond walk c out in
			let fresh = List.filter (fun s -> not (List.mem s seen)) yes in
			if fresh = [] then join walk no left
			else join walk (join walk no left) (again (List.append fresh seen) fresh) in
		again states states
	| For (first, test, next, body) ->
		let states = match first with Some first -> exec walk context first states | None -> states in
		let test states = match test with Some c -> cond walk c states | None -> states, [] in
		let next states = match next with Some e -> eval walk e states | None -> states in
		loop walk context test body next states
	| Each (_, arguments, body) ->
		let states = eval_all walk arguments ~escapes:false states in
		let turn states =
			let forget s a = match (bare a).node with Var name -> set walk name Other s | _ -> s in
			let states = tidy walk (List.map (fun s -> List.fold_left forget s arguments) states) in
			states, states in
		loop walk context turn body (fun states -> states) states
	| Goto target ->
		let before = Maybe.value (Hashtbl.find_opt walk.arrivals target) ~default:[] in
		let after = join walk before states in
		if after <> before then begin walk.changed <- true; Hashtbl.replace walk.arrivals target after end;
		[]
	| Label (name, s) ->
		exec walk context s (join walk states (Maybe.value (Hashtbl.find_opt walk.arrivals name) ~default:[]))
	| Break -> context.broken <- join walk context.broken states; []
	| Continue -> context.continued <- join walk context.continued states; []
	| Return None -> leave walk None s.where (List.map (fun s -> (s, Other)) states); []
	| Return (Some e) -> leave walk (Some e) s.where (value walk e states); []
	| Either (_, branches, has_else) ->
		let all = List.fold_left (fun all branch -> join walk all (exec_all walk context branch states)) [] branches in
		if has_else then all else join walk all states

and leave walk returned out values =
	List.iter (fun (s, value) ->
		if s.met then walk.left <- { result = s.mask; value; returned; out; used = s.taken } :: walk.left) values

and round walk context body states =
	let inner = { context with broken = []; continued = [] } in
	let out = exec walk inner body states in
	join walk out inner.continued, inner.broken

and loop walk context test body next states =
	let rec turns seen states =
		let yes, no = test states in
		let fresh = List.filter (fun s -> not (List.mem s seen)) yes in
		if fresh = [] then no
		else
			let out, left = round walk context body fresh in
			join walk (join walk no left) (turns (List.append fresh seen) (next out)) in
	turns [] states

(* Walks. *)

let rec until_stable walk func count =
	walk.changed <- false;
	walk.left <- [];
	let out = exec_all walk (outermost ()) func.body [ { met = false; mask = 0; taken = false; values = [] } ] in
	leave walk None func.closing (List.map (fun s -> (s, Other)) out);
	if walk.changed && count < 8 then until_stable walk func (count + 1)

(* Variables that are returned, asked for or get the result tell something of a way. *)
let returned_names func =
	let names = ref [] in
	let note e = iter_expr (fun e -> match e.node with Var name -> names := name :: !names | _ -> ()) e in
	List.iter note (returned_in func.body);
	List.sort_uniq compare !names

let holders_of func call =
	let found = ref [] in
	let holds e = exists_in (fun e -> e.at = call.at && e.node = call.node) e in
	let note e = match e.node with
		| Assign ("=", l, r) when holds r -> (match (bare l).node with Var name -> found := name :: !found | _ -> ())
		| _ -> () in
	let variable (v : variable) _ = match v.value with
		| Some (Value e) when holds e -> found := v.name :: !found
		| _ -> () in
	iter ~variable note func.body;
	List.sort_uniq compare !found

let from func call =
	let holders = holders_of func call in
	let walk = {
		call; watched = List.append holders (returned_names func); arrivals = Hashtbl.create 8;
		split = Hashtbl.create 8; told = Hashtbl.create 8; left = []; repeated = 0; constants = []; changed = false; crowded = false } in
	until_stable walk func 1;
	let tests = Hashtbl.fold (fun (line, _) (condition, yes, no) all -> { condition; yes; no; line } :: all) walk.split [] in
	let messages = Hashtbl.fold (fun _ (teller, told) all ->
		{ told; teller; complaint = is_complaint (callee teller) } :: all) walk.told [] in
	let by_place (a : expr) (b : expr) = compare (place a) (place b) in
	{ exits = List.sort_uniq compare walk.left; tests = List.sort (fun a b -> by_place a.condition b.condition) tests;
	  messages = List.sort (fun a b -> by_place a.teller b.teller) messages; again = walk.repeated;
	  compared = walk.constants; holders; gave_up = walk.crowded }
