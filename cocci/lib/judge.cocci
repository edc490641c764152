@initialize:ocaml@
@@
(* Findings for operations that need the lock, and for those that must not be called under it. *)

let in_line line = if line = 0 then "" else Printf.sprintf " in line %d" line
let dropped lock line = quote lock ^ " released" ^ in_line line
let not_got lock line = quote lock ^ " not taken: the attempt" ^ in_line line ^ " failed"
let taken (lock, line) = quote lock ^ " taken" ^ in_line line

let no_lock = ("", 0)

(* hint and replacement: functions of the operation and its arguments. free: what shows that the lock is not held
   on entry to the function, and in which line. *)
let needs_lock ?(free = fun _ -> None) ~hint ~replacement site =
	let func = site.at.current_element in
	let held = locks_held site in
	(* if (x) lock(); ... if (x && y) call(): the way around the lock is none to the call. *)
	let here = conditions site.at.file site.at.line in
	let follows (_, line) =
		let there = conditions site.at.file line in
		there <> []
		&& (List.for_all (fun part -> List.mem part here) there
		    || List.exists (set_with_lock func site.at.file line there) here) in
	(* if (!held) lock(); call(); if (!held) unlock(); with a parameter that says so. *)
	let told_by_caller (_, line) =
		List.exists (fun part -> released_under part site && roots part <> []
			&& List.for_all (fun name -> List.mem name (roots (entry_parameters site))) (roots part)
			&& not (String.contains part '>')) (conditions site.at.file line) in
	let own lock = related func lock site.arguments in
	let other_held lock =
		List.exists (fun (h, _) -> not (related func h lock) && (own h || not (own lock))) held in
	let without = List.filter (function
		| Entry -> not (List.exists follows held)
		| Released (lock, _) | Failed (lock, _) -> not (other_held lock)
		| Held _ | Kept _ -> false) site.paths in
	let finding confidence state lock message reasons replacement = [ {
		confidence; state; lock; message; reasons; replacement; place = site.at;
		operation = site.operation; arguments = site.arguments;
		hint = hint site.operation site.arguments } ] in
	let reason = function
		| Entry -> "no lock taken between entry and this call"
		| Released (lock, line) -> dropped lock line
		| Failed (lock, line) -> not_got lock line
		| Held (lock, line) | Kept (lock, line) -> taken (lock, line) in
	let lock_of = function
		| Released (lock, line) | Failed (lock, line) -> (lock, line)
		| _ -> no_lock in
	let message = site.operation ^ "() without the reservation lock" in
	match without, held with
	| [], [] -> []
	| [], _ when List.exists (fun (lock, _) -> related func lock site.arguments) held -> []
	| [ Entry ], [] when drops_for_caller func -> []
	| [ Entry ], [] when may_be_taken site <> [] ->
		let q = List.hd (may_be_taken site) in
		finding "low" "not held" (lock_at [ q ], q.line) message
			[ reason Entry; Printf.sprintf "%s()%s may take %s" (name_at [ q ]) (in_line q.line)
				(quote (lock_at [ q ])) ] ""
	| [], (lock, line) :: _ ->
		finding "low" "held" (lock, line)
			(site.operation ^ "() with the reservation lock of another object")
			[ taken (lock, line) ^ ", not known to be this buffer's" ] ""
	| [ Entry ], lock :: _ when List.exists told_by_caller held ->
		finding "low" "not held" lock message
			[ reason Entry; "on another path " ^ taken lock
			  ^ ", and released, under a condition that the caller sets" ] ""
	| [ Entry ], [] ->
		let confidence, reasons = match free site with
			| Some (name, line) ->
				("high", [ reason Entry; Printf.sprintf
					"%s()%s wants the lock free, and nothing between takes or drops it"
					name (in_line line) ])
			| None -> ("medium", [ reason Entry ]) in
		finding confidence "inherited" no_lock message reasons (replacement site.operation)
	| paths, [] ->
		finding "high" "not held" (lock_of (List.nth paths (List.length paths - 1))) message
			(List.map reason paths) (replacement site.operation)
	| paths, locks ->
		finding "medium" "not held" (List.hd locks) message
			(List.append (List.map reason paths)
				(List.map (fun lock -> "on another path " ^ taken lock) locks)) ""

(* A lock that is not released after the call may have been released by a function that hides it. *)
let certainty site free (_, line) =
	let place = (site.at.file, line) in
	let sure = Hashtbl.mem asserted place || Hashtbl.mem released_later (key site.at) in
	if sure then (if free then "medium" else "high")
	else if Hashtbl.mem wrapped place then "low" else "medium"

let must_not_hold ~hint ~replacement site =
	let func = site.at.current_element in
	let rank lock = match certainty site false lock with "high" -> 0 | "medium" -> 1 | _ -> 2 in
	let surer a b = compare (rank a) (rank b) in
	let own, other =
		List.partition (fun (lock, _) -> related func lock site.arguments) (List.sort surer (locks_held site)) in
	let free = List.exists (function Held _ | Kept _ -> false | _ -> true) site.paths in
	let finding confidence state message locks note replacement = [ {
		confidence; state; message; place = site.at;
		lock = (match locks with lock :: _ -> lock | [] -> no_lock);
		operation = site.operation; arguments = site.arguments;
		reasons = List.map (fun lock -> taken lock ^ note) locks;
		hint = hint site.operation site.arguments;
		replacement } ] in
	match own, other with
	| [], [] -> []
	| [], locks ->
		finding "low" "held" (site.operation ^ "() with the reservation lock of another object held")
			locks " and still held, not known to be this buffer's" ""
	| (surest :: _ as locks), _ ->
		finding (certainty site free surest) "held"
			(site.operation ^ "() with the reservation lock held") locks
			(if free then " and still held on one path" else " and still held")
			(if free then "" else replacement site.operation)

(* Sites whose state is the caller's: what to say where callers turn out to hold the lock. *)
let inherited_sites ~hint =
	List.filter (fun site -> List.mem Entry site.paths) (all_sites ())
	|> List.map (fun site -> {
		confidence = "low"; state = "inherited"; place = site.at; operation = site.operation;
		arguments = site.arguments; lock = no_lock; reasons = []; replacement = "";
		message = site.operation ^ "() with the reservation lock held";
		hint = hint site.operation site.arguments })
