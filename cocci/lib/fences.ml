(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

type gives = Time_left | Errno
type timeout = Zero | Infinite | Finite | Unknown

type wait = {
	call : expr;
	name : string;
	gives : gives;
	fence : expr;
	interruptible : expr;
	limit : expr;
	timeouts : timeout list;
}

(* The numbers of the arguments that are the fence, whether signals end the wait, and the timeout. *)
let table = [
	"dma_fence_wait", (Errno, 1, 2, 0);
	"dma_fence_wait_timeout", (Time_left, 1, 2, 3);
	"dma_fence_default_wait", (Time_left, 1, 2, 3);
	"dma_fence_wait_any_timeout", (Time_left, 1, 3, 4);
	"dma_resv_wait_timeout", (Time_left, 1, 3, 4);
	"dma_resv_wait_timeout_rcu", (Time_left, 1, 3, 4);
	"reservation_object_wait_timeout_rcu", (Time_left, 1, 3, 4) ]
let is_wait name = List.mem_assoc name table

let is_signal name = List.mem_assoc name Tables.signals

(* Timeouts. *)

let is_infinite_name name =
	List.mem name [ "MAX_SCHEDULE_TIMEOUT"; "LONG_MAX"; "ULONG_MAX"; "INT_MAX"; "UINT_MAX" ]
let may_be_infinite name = List.exists (fun part -> Names.contains part name) [ "MAX"; "INF"; "FOREVER"; "NEVER" ]

let macro_value name = match Program.constants name with
	| [ Some e ] -> `Is e
	| [] -> `Elsewhere
	| _ -> `Open

let conversions = [ "msecs_to_jiffies"; "usecs_to_jiffies"; "nsecs_to_jiffies"; "secs_to_jiffies"; "nsecs_to_jiffies64" ]

let rec kinds depth scope e = match (bare e).node with
	| Int _ -> (match integer e with Some 0 -> [ Zero ] | Some _ -> [ Finite ] | None -> [ Unknown ])
	| Var name when is_infinite_name name -> [ Infinite ]
	| Var name when Names.is_capital name ->
		(match macro_value name with
		| `Is e when depth > 0 -> kinds (depth - 1) scope e
		| `Elsewhere when not (may_be_infinite name) -> [ Finite ]
		| _ -> [ Unknown ])
	| Var name when depth > 0 && not (List.exists (fun p -> p.param = name) (Names.func scope).params) ->
		(match Names.assigned scope name, Program.variable (Names.func scope).source name with
		| [], Some (_, { value = Some (Value e); typ; _ }) when Names.mentions "const" typ -> kinds (depth - 1) scope e
		| [], _ -> [ Unknown ]
		| from, _ -> List.concat_map (fun (e, _) -> kinds (depth - 1) scope e) from)
	(* What another wait left of it. *)
	| Call _ when is_wait (callee (bare e)) -> []
	| Cond (_, Some a, b) -> List.append (kinds depth scope a) (kinds depth scope b)
	| Call (_, [ a ]) when List.mem (callee (bare e)) conversions && kinds depth scope a = [ Finite ] -> [ Finite ]
	| Binary (("+" | "-" | "*" | "/"), a, b) when kinds depth scope a = [ Finite ] && kinds depth scope b = [ Finite ] -> [ Finite ]
	| _ -> [ Unknown ]

(* Waits. *)

let wait_of scope e = match e.node with
	| Call (_, arguments) ->
		(match List.assoc_opt (callee e) table with
		| Some (gives, fence, interruptible, limit) ->
			let nth number = Maybe.value (if number = 0 then None else List.nth_opt arguments (number - 1)) ~default:no_expr in
			let limit = nth limit in
			let timeouts = if gives = Errno then [ Infinite ] else kinds 3 scope limit in
			Some { call = e; name = callee e; gives; fence = nth fence; interruptible = nth interruptible; limit;
			       timeouts = List.sort_uniq compare timeouts }
		| None -> None)
	| _ -> None

let waits func scope =
	let found = ref [] in
	iter (fun e -> Maybe.iter (fun w -> found := w :: !found) (wait_of scope e)) func.body;
	List.rev !found

let is_finite wait =
	List.mem Finite wait.timeouts && List.for_all (fun t -> List.mem t [ Finite; Zero ]) wait.timeouts

let is_interruptible wait = match (bare wait.interruptible).node with
	| Var "true" -> true
	| Int _ -> (match integer wait.interruptible with Some n -> n <> 0 | None -> false)
	| _ -> false

(* Where fences come from. *)

let from_user = [ "sync_file_get_fence"; "drm_syncobj_find_fence"; "drm_syncobj_fence_get"; "drm_syncobj_find" ]
let gives_from_resv name =
	Names.begins_with "dma_resv_get_" name || Names.begins_with "reservation_object_get_" name || Names.begins_with "dma_resv_iter_" name
	|| Names.begins_with "dma_resv_for_each_fence" name
	|| List.mem name [ "dma_resv_excl_fence"; "dma_resv_shared_list"; "dma_resv_fence_get"; "dma_resv_list_fence" ]

let source_of_call name =
	if List.mem name from_user then Some "user space"
	else if gives_from_resv name then Some "a reservation object"
	else None

(* Variables that calls fill in: foo(&fence), and loops: dma_resv_for_each_fence(&cursor, resv, usage, fence) *)
let filled_by func =
	let found = ref [] in
	let add source a = match (bare a).node with
		| Unary ("&", inner) -> found := (text (bare inner), source) :: !found
		| _ -> () in
	let note e = match e.node with
		| Call (_, arguments) -> Maybe.iter (fun source -> List.iter (add source) arguments) (source_of_call (callee e))
		| _ -> () in
	let stmt s = match s.kind with
		| Each (name, arguments, _) ->
			Maybe.iter (fun source ->
				match List.rev arguments with
				| last :: _ -> found := (text (bare last), source) :: !found
				| [] -> ()) (source_of_call name)
		| _ -> () in
	iter ~stmt note func.body;
	!found

let passes_on name =
	List.mem name
		[ "dma_fence_get"; "dma_fence_get_rcu"; "dma_fence_get_rcu_safe"; "rcu_dereference"; "rcu_dereference_protected" ]

let foreign func scope wait =
	let filled = filled_by func in
	let is_plane_state e = match (bare e).node with
		| Var name ->
			(match Hashtbl.find_opt (Program.types_of func) name with
			| Some typ -> Names.mentions "drm_plane_state" typ
			| None -> false)
		| _ -> false in
	let rec source depth e =
		let e = bare e in
		match e.node, List.assoc_opt (text e) filled with
		| _, Some source -> Some source
		| Arrow (whole, "fence"), _ when is_plane_state whole -> Some "a plane's state"
		| Call (_, arguments), _ ->
			(match source_of_call (callee e) with
			| Some source -> Some source
			| None when passes_on (callee e) ->
				Maybe.bind (List.nth_opt arguments 0) (source depth)
			| None -> None)
		| Var name, _ when depth > 0 ->
			List.fold_left (fun found (from, _) -> if found = None then source (depth - 1) from else found) None (Names.assigned scope name)
		| (Field (whole, _) | Arrow (whole, _) | Index (whole, _) | Unary ("&", whole)), _ -> source depth whole
		| _ -> None in
	if Names.contains "resv" wait.name || Names.contains "reservation" wait.name then Some "a reservation object"
	else source 3 wait.fence

(* Later questions. *)

let asks_for_signal name =
	Names.begins_with "dma_fence_is_signaled" name || Names.begins_with "dma_resv_test_signaled" name
	|| List.mem name [ "dma_fence_get_status"; "dma_fence_get_status_locked"; "reservation_object_test_signaled_rcu" ]

let is_asked_later func wait =
	exists (fun e -> match e.node with
		| Call (_, first :: _) ->
			asks_for_signal (callee e) && (e.at.line, e.at.col) > (wait.call.at.line, wait.call.at.col)
			&& text (bare first) = text (bare wait.fence)
		| _ -> false) func.body

(* Those of the scheduler have none. *)
let has_default_wait scope wait =
	Names.begins_with "dma_resv_" wait.name || wait.name = "dma_fence_default_wait"
	|| List.exists (Names.mentions "s_fence") (Names.spellings scope wait.fence)
