// SPDX-License-Identifier: GPL-2.0-only
/// The result of a wait for a fence is misread: the time that is left for an error, or a timeout for a success
///
//# A function is judged by its ways out: what it returns, or says, where the fence signalled, where the time ran
//# out, and where the wait failed. A result that goes into a call, a structure or a sum is not followed, nor is one in
//# a member of a structure. Functions that compare it with -ETIME wait for fences with a wait of their own, and are
//# not judged; a timeout that is taken for success is reported for fences that are known to have none, as those of the
//# scheduler. Nor is a function with too many ways to follow.
//
// Clause: waits
// Confidence: Moderate
// Tokens: dma_fence_wait dma_fence_wait_timeout dma_fence_wait_any_timeout dma_fence_default_wait dma_resv_wait_timeout
//   dma_resv_wait_timeout_rcu reservation_object_wait_timeout_rcu
// Options: --no-includes --include-headers
//
// Demand: A wait with a timeout returns the time that is left, 0 where the time ran out, and a negative error. The
//   waits here are FUNCTIONS.
// Found: What is made of that here is not what it means:
// Variant: The failure is what is not greater than 0.
// Remedy: Tell the three apart.
// Subject: do not take the time left of a wait for an error
//
//: dma_fence_wait_timeout(), dma_fence_wait_any_timeout() and dma_resv_wait_timeout() return the time that is left
//: where the fence signalled, which is greater than 0; 0 where the time ran out; and a negative error, as where
//: a signal ended an interruptible wait. With a timeout of 0 they only ask: 0 is not signalled yet. With
//: MAX_SCHEDULE_TIMEOUT, 0 does not come. dma_fence_wait() has no timeout, and returns 0 or a negative error.
//:
//: Wrong:
//:
//:     ret = dma_fence_wait_timeout(fence, true, timeout);
//:     if (ret)
//:             return ret;
//:
//: Right:
//:
//:     ret = dma_fence_wait_timeout(fence, true, timeout);
//:     if (ret < 0)
//:             return ret;
//:     if (ret == 0)
//:             return -ETIMEDOUT;
//:
//: Remedy: tell the three apart. Where there is no error to pass on, `<= 0` is the failure.

virtual report, context, org, patch, facts

@initialize:ocaml@
@@
module Fence_wait_result = struct
module Syntax = Resvlint.Syntax
module Names = Resvlint.Names
module Program = Resvlint.Program
module Report = Resvlint.Report
module Fences = Resvlint.Fences
module Ways = Resvlint.Ways
module Rule = Resvlint.Rule

let has part mask = mask land part <> 0
let failure = Ways.negative lor Ways.positive
let success = Ways.positive

(* What a way out tells the caller: an error, surely or perhaps; that all is well; the result as it is. *)
type outcome = Fails | May_fail | Well | Raw | Unknown

let is_integer typ = List.mem typ [ "int"; "long"; "signed long"; "ssize_t"; "long int"; "s32"; "s64"; "unsigned long" ]

let outcome func (exit : Ways.exit) =
let returned = match exit.Ways.returned with Some e -> Syntax.callee (Syntax.bare e) | None -> "" in
	let returns = func.Syntax.returns in
	match exit.Ways.value with
	| Ways.Result -> Raw
	| Ways.Among m when is_integer returns ->
		if m = Ways.negative then Fails else if m = failure then May_fail else if m = Ways.zero then Well else Unknown
	| Ways.Among m when Syntax.is_pointer returns && m = Ways.zero -> Fails
	| _ -> if List.mem returned [ "ERR_PTR"; "ERR_CAST" ] then Fails else Unknown

type judged = { func : Syntax.func; wait : Fences.wait; ways : Ways.ways }

let exits_with part judged = List.filter (fun (e : Ways.exit) -> has part e.Ways.result) judged.ways.Ways.exits
let ends part judged = List.sort_uniq compare (List.map (outcome judged.func) (exits_with part judged))
let only allowed ends = ends <> [] && List.for_all (fun o -> List.mem o allowed) ends

(* Does a test part one set of values from another? *)
let parts one other (t : Ways.test) =
	let apart yes no = has one yes && not (has other yes) && has other no && not (has one no) in
	apart t.Ways.yes t.Ways.no || apart t.Ways.no t.Ways.yes
let first_parting one other judged = List.find_opt (parts one other) judged.ways.Ways.tests

let line_of (wait : Fences.wait) = wait.Fences.call.Syntax.at.Syntax.line
let callee_place (wait : Fences.wait) = match wait.Fences.call.Syntax.node with
	| Syntax.Call (f, _) -> f.Syntax.at
	| _ -> wait.Fences.call.Syntax.at

let finding judged confidence place message reasons hint =
	let wait = judged.wait in
	{ Report.nothing with
	  Report.confidence; state = "held"; place; inside = judged.func.Syntax.fname; operation = wait.Fences.name;
	  arguments = String.concat ", " (List.map Syntax.text (Syntax.arguments_of wait.Fences.call));
	  message; reasons; hint }

let gives judged = match judged.wait.Fences.gives with
	| Fences.Time_left ->
		Printf.sprintf "what %s() in line %d returns is greater than 0 where the fence signalled, and 0 where the time ran out"
			judged.wait.Fences.name (line_of judged.wait)
	| Fences.Errno ->
		Printf.sprintf "what %s() in line %d returns is 0 where the fence signalled, and else negative"
			judged.wait.Fences.name (line_of judged.wait)

let only_asks judged = judged.wait.Fences.timeouts = [ Fences.Zero ]
let returns_one_of names part judged =
	List.for_all (fun (e : Ways.exit) -> match e.Ways.returned with
		| Some e -> List.exists (fun name -> Names.mentions name (Syntax.text e)) names
		| None -> false) (exits_with part judged)

(* Is success what a message is about, as where a test wants a wait to fail? *)
let tells_of_success (m : Ways.message) =
	let text = String.lowercase_ascii (String.concat " " (List.map Syntax.text (Syntax.arguments_of m.Ways.teller))) in
	let has_one = List.exists (fun part -> Names.contains part text) in
	has_one [ "signal"; "complete"; "early"; "succe"; "unexpected" ]
	&& not (has_one [ "fail"; "not "; "n't "; "timeout"; "timed out"; "time out" ])
let is_meant judged =
	List.exists (fun (m : Ways.message) -> has success m.Ways.told && not (has Ways.zero m.Ways.told) && tells_of_success m)
		judged.ways.Ways.messages

(* Does the function return 0 and errors, or keep the result where it keeps errors elsewhere? *)
let returns_errno func =
	let negative = ref false and zero = ref false in
	Syntax.iter ~stmt:(fun s -> match s.Syntax.kind with
		| Syntax.Return (Some { Syntax.node = Syntax.Unary ("-", _); _ }) -> negative := true
		| Syntax.Return (Some e) when Syntax.integer e = Some 0 -> zero := true
		| _ -> ()) ignore func.Syntax.body;
	!negative && !zero
let has_errors judged =
	let scope = Names.scope judged.func in
	let is_error (e, _) =
		let e = Syntax.bare e in
		match e.Syntax.node with
		| Syntax.Unary ("-", _) -> true
		| Syntax.Call _ -> not (Fences.is_wait (Syntax.callee e))
		| _ -> false in
	returns_errno judged.func
	|| List.exists (fun name -> List.exists is_error (Names.assigned scope name)) judged.ways.Ways.holders

(* The values on the side of a test that success is on: one that asks for `> 0` knows what it asks for. *)
let side_of_success (t : Ways.test) = if has success t.Ways.yes then t.Ways.yes else t.Ways.no

(* Conditions that `<= 0` mends, by their places, and the call that one is. *)
let mended : (string * int * int, string option) Hashtbl.t = Hashtbl.create 8
let key (at : Syntax.pos) = (at.Syntax.file, at.Syntax.line, at.Syntax.col)

let is_signed func name = match Hashtbl.find_opt (Program.types_of func) name with
	| Some typ -> List.mem typ [ "int"; "long"; "signed long"; "long int"; "s32"; "s64" ]
	| None -> false

(* if (ret) return -ETIMEDOUT; *)
let note_mended judged (e : Syntax.expr) =
	let text = match (Syntax.bare e).Syntax.node with
		| Syntax.Var name when is_signed judged.func name -> Some None
		| Syntax.Call _ when e.Syntax.at = judged.wait.Fences.call.Syntax.at -> Some (Some (Syntax.text e ^ " <= 0"))
		| _ -> None in
	let is_whole = ref false in
	Syntax.iter ~stmt:(fun s -> match s.Syntax.kind with
		| Syntax.If (c, _, _) when c.Syntax.at = e.Syntax.at -> is_whole := true
		| _ -> ()) ignore judged.func.Syntax.body;
	if !is_whole then Resvlint.Maybe.iter (Hashtbl.replace mended (key e.Syntax.at)) text

(* Success ends in an error, and the timeout does not. *)
let success_fails judged =
	match first_parting success Ways.zero judged with
	| None -> []
	| Some t ->
		let good = ends success judged and timed_out = ends Ways.zero judged in
		let carries_on = List.exists (fun o -> List.mem o [ Well; Unknown; Raw ]) timed_out in
		let report confidence =
			[ finding judged confidence t.Ways.condition.Syntax.at
				(judged.wait.Fences.name ^ "(): a wait that succeeded is taken for one that failed") [ gives judged ]
				"compare it with 0: the failure is `<= 0`, of which 0 is the timeout" ] in
		let is_for_timeout = returns_one_of [ "EBUSY"; "ETIME"; "ETIMEDOUT"; "EAGAIN"; "EWOULDBLOCK" ] success judged in
		let is_for_success = returns_one_of [ "EALREADY"; "EEXIST" ] success judged in
		let is_blind = has Ways.negative (side_of_success t) || is_for_timeout in
		if has success judged.ways.Ways.again || not carries_on || not is_blind || is_for_success || is_meant judged then []
		else if only [ Fails; May_fail ] good && (not (only_asks judged) || is_for_timeout) then
			if only [ Fails ] good then begin
				if has Ways.negative (side_of_success t) then note_mended judged t.Ways.condition;
				report "high"
			end
			else report "medium"
		else if only [ Fails; May_fail; Raw ] good && judged.func.Syntax.returns = "int" && not (only_asks judged)
			&& List.for_all (fun (e : Ways.exit) -> e.Ways.result = failure) (exits_with success judged) then
			report (if has_errors judged then "medium" else "low")
		else []

(* A test that nothing is left for, since zero was taken care of, and with which success goes the way of errors. *)
let success_left_over judged =
	let is_left_over (t : Ways.test) = match t.Ways.yes, t.Ways.no with
		| 0, one | one, 0 -> one = failure || one = Ways.zero
		| _ -> false in
	match List.find_opt is_left_over judged.ways.Ways.tests with
	| Some t when judged.func.Syntax.returns = "int" && not (only_asks judged) && not (is_meant judged)
	  && only [ Fails; May_fail; Raw ] (ends success judged) && not (has success judged.ways.Ways.again)
	  && List.for_all (fun (e : Ways.exit) -> e.Ways.result = failure && not e.Ways.used) (exits_with success judged) ->
		[ finding judged (if has_errors judged then "medium" else "low") t.Ways.condition.Syntax.at
			(judged.wait.Fences.name ^ "(): a wait that succeeded is taken for one that failed")
			[ gives judged; "nothing is left for the other branch" ]
			"the error is `< 0`" ]
	| _ -> []

(* A message that stands where the wait succeeded or failed, and not where the time ran out. *)
let is_test func = List.exists (fun p -> Names.mentions "kunit" p.Syntax.ptype) func.Syntax.params
let success_complained judged =
	List.filter_map (fun (m : Ways.message) ->
		if m.Ways.told = failure && m.Ways.complaint && not (is_test judged.func) && not (tells_of_success m) && not (only_asks judged) then
			Some (finding judged "medium" m.Ways.teller.Syntax.at
				(judged.wait.Fences.name ^ "(): a wait that succeeded is reported as one that failed") [ gives judged ]
				"compare it with 0: the failure is `<= 0`, of which 0 is the timeout")
		else None) judged.ways.Ways.messages

(* A timeout that goes with success, where errors do not. *)
let timeout_carries_on judged =
	let wait = judged.wait in
	let is_finite =
		List.mem Fences.Finite wait.Fences.timeouts
		&& List.for_all (fun t -> List.mem t [ Fences.Finite; Fences.Zero ]) wait.Fences.timeouts in
	let scope = Names.scope judged.func in
	let is_foreign = Fences.foreign judged.func scope wait <> None in
	match first_parting Ways.negative success judged with
	| Some t when is_finite && not is_foreign && Fences.has_default_wait scope wait
	  && first_parting Ways.zero success judged = None
	  && not (has Ways.zero judged.ways.Ways.again)
	  && List.for_all (fun (e : Ways.exit) -> not e.Ways.used && e.Ways.value <> Ways.Result) (exits_with Ways.zero judged) ->
		[ finding judged "medium" t.Ways.condition.Syntax.at
			(wait.Fences.name ^ "(): a timeout is taken for success")
			[ gives judged; "only errors are told apart, and the timeout is finite" ]
			"treat 0 as a failure, too" ]
	| _ -> []

(* An interrupted wait that goes with success, where the timeout does not. *)
let error_carries_on judged =
	match first_parting success Ways.zero judged with
	| Some t when Fences.is_interruptible judged.wait && first_parting Ways.negative success judged = None
	  && judged.ways.Ways.compared = [] && not (has success judged.ways.Ways.again)
	  && List.for_all (fun (e : Ways.exit) -> not e.Ways.used && e.Ways.value <> Ways.Result) (exits_with success judged)
	  && List.mem Well (ends success judged) && not (List.mem Well (ends Ways.zero judged)) ->
		[ finding judged "medium" t.Ways.condition.Syntax.at
			(judged.wait.Fences.name ^ "(): an interrupted wait is taken for success")
			[ gives judged; "it is negative where a signal ends the wait, which this one lets" ]
			"treat what is negative as a failure, too" ]
	| _ -> []

(* What is kept in an unsigned variable is never less than 0. *)
let is_unsigned typ =
	List.mem typ [ "bool"; "size_t"; "u8"; "u16"; "u32"; "u64"; "uint32_t"; "uint64_t"; "uint" ]
	|| List.mem "unsigned" (String.split_on_char ' ' typ)
let never_negative judged =
	let types = ref [] in
	Syntax.iter ~variable:(fun v _ -> types := (v.Syntax.name, v.Syntax.typ) :: !types) ignore judged.func.Syntax.body;
	let is_unsigned_variable e = match (Syntax.bare e).Syntax.node with
		| Syntax.Var name ->
			let own = List.filter (fun (other, _) -> other = name) !types in
			own <> [] && List.for_all (fun (_, typ) -> is_unsigned typ) own
		| _ -> false in
	let asks (t : Ways.test) = List.mem Ways.negative [ t.Ways.yes; t.Ways.no ] && is_unsigned_variable t.Ways.condition in
	match List.find_opt asks judged.ways.Ways.tests with
	| Some t ->
		[ finding judged "high" t.Ways.condition.Syntax.at
			(judged.wait.Fences.name ^ "(): an error is looked for in an unsigned variable")
			[ Report.quote (Syntax.text t.Ways.condition) ^ " is never less than 0" ] "keep the result in a long" ]
	| None -> []

(* The result as it is, returned where 0 is success. *)
let is_ioctl func = match List.map (fun p -> p.Syntax.ptype) func.Syntax.params with
	| [ "struct drm_device *"; "void *"; "struct drm_file *" ] -> true
	| _ -> false
let returned_raw judged =
	let is_raw (e : Ways.exit) = e.Ways.value = Ways.Result && has success e.Ways.result in
	match List.filter is_raw judged.ways.Ways.exits with
	| exit :: _ when judged.func.Syntax.returns = "int" && (is_ioctl judged.func || returns_errno judged.func) ->
		let out = exit.Ways.out in
		[ finding judged (if is_ioctl judged.func then "medium" else "low")
			{ out with Syntax.line_end = out.Syntax.line; col_end = out.Syntax.col + String.length "return" }
			(judged.wait.Fences.name ^ "(): the time that is left is returned where 0 is success") [ gives judged ]
			"return 0 where it is greater than 0, and an error where it is 0" ]
	| _ -> []

(* dma_fence_wait() has no time left: greater than 0 is never, and 0 is success. *)
let errno_misread judged =
	match first_parting success Ways.zero judged with
	| Some t when only [ Fails ] (ends Ways.zero judged)
	  && List.exists (fun o -> List.mem o [ Well; Unknown ]) (ends success judged)
	  && not (has Ways.zero judged.ways.Ways.again)
	  && not (returns_one_of [ "EAGAIN"; "EALREADY"; "EDEADLK"; "ERESTARTSYS" ] Ways.zero judged) ->
		[ finding judged "high" t.Ways.condition.Syntax.at
			(judged.wait.Fences.name ^ "(): a wait that succeeded is taken for one that failed") [ gives judged ]
			"the failure is `< 0`" ]
	| _ -> []

(* A callback of memory management that must wait until the fence has signalled. *)
let must_wait func =
	let types = List.map (fun p -> p.Syntax.ptype) func.Syntax.params in
	let has_type name = List.exists (fun typ -> Names.mentions name typ) types in
	(has_type "mmu_notifier_range" && (has_type "mmu_interval_notifier" || has_type "mmu_notifier"))
	|| (has_type "shrinker" && has_type "shrink_control")
let is_dropped func (wait : Fences.wait) =
	let dropped = ref false in
	Syntax.iter ~stmt:(fun s -> match s.Syntax.kind with
		| Syntax.Expr (Some e) when e.Syntax.at = wait.Fences.call.Syntax.at -> dropped := true
		| _ -> ()) ignore func.Syntax.body;
	!dropped
(* Is it kept, and nobody asks for it? *)
let is_unread judged =
	let ways = judged.ways in
	not ways.Ways.gave_up && ways.Ways.holders <> [] && ways.Ways.tests = [] && ways.Ways.compared = [] && ways.Ways.exits <> []
	&& List.for_all (fun (e : Ways.exit) -> not e.Ways.used && e.Ways.value <> Ways.Result) ways.Ways.exits
let dropped judged =
	if (is_dropped judged.func judged.wait || is_unread judged) && Fences.is_interruptible judged.wait && must_wait judged.func
	   && not (Fences.is_asked_later judged.func judged.wait) then
		[ finding judged "medium" (callee_place judged.wait)
			(judged.wait.Fences.name ^ "(): the result of a wait that signals end is dropped, where memory is taken away")
			[ "a signal ends the wait, and the callback goes on as if the fence had signalled" ]
			"wait without signals" ]
	else []

let readings judged =
	if judged.ways.Ways.gave_up then []
	else if never_negative judged <> [] then never_negative judged
	else match judged.wait.Fences.gives with
	| Fences.Errno -> errno_misread judged
	| Fences.Time_left ->
		match List.concat [ success_fails judged; success_complained judged; success_left_over judged ] with
		| [] -> List.concat [ timeout_carries_on judged; error_carries_on judged; returned_raw judged ]
		| worst :: _ -> [ worst ]

(* A fence with a wait of its own may return -ETIME. *)
let has_own_wait judged =
	List.exists (fun name -> List.mem name [ "-ETIME"; "-ETIMEDOUT" ]) judged.ways.Ways.compared

let judge func =
	let waits = Fences.waits func (Names.scope func) in
	let all = List.map (fun wait -> { func; wait; ways = Ways.from func wait.Fences.call }) waits in
	let judged = if List.exists has_own_wait all then [] else List.concat_map readings all in
	List.append judged (List.concat_map dropped all)

let edits f = match Hashtbl.find_opt mended (key f.Report.place) with
	| Some (Some text) -> [ (f.Report.place, f.Report.operation, "call", text) ]
	| _ -> []
let is_mended places =
	List.exists (fun (p : Coccilib.pos) -> Hashtbl.mem mended (p.Coccilib.file, p.Coccilib.line, p.Coccilib.col)) places

let rule = Rule.rule "fence-wait-result" ~before:(fun () -> Hashtbl.reset mended) ~edits judge
end

@script:ocaml@
@@
Resvlint.Rule.run Fence_wait_result.rule (Coccilib.files ())

@depends on context@
expression E;
position p : script:ocaml() { Resvlint.Rule.found Fence_wait_result.rule p };
@@
* E@p

@depends on context@
position p : script:ocaml() { Resvlint.Rule.found Fence_wait_result.rule p };
@@
* return@p ...;

@depends on patch@
expression E;
statement S1, S2;
position p : script:ocaml() { Fence_wait_result.is_mended p };
@@
  if (E@p
+ <= 0
  ) S1 else S2
