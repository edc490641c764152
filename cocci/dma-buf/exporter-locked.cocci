// SPDX-License-Identifier: GPL-2.0-only
/// A callback that is invoked with the reservation lock held takes it again
///
//# The front end also knows callbacks that a table in another file names, the rule alone those of its file.
//# What stands in the callback itself is seen, and calls of functions that take the lock of an argument first of all,
//# or that call what wants it free, found by their bodies: by the rule alone in the same file, one call deep, by
//# the front end through functions and files. They may do so on a path that this callback never takes. A lock that
//# the callback takes for another object than the buffer it was called for is reported with lower confidence if the
//# names show it.
//
// Clause: exporter-2
// Confidence: High
// Tokens: dma_buf_ops virtio_dma_buf_ops map_dma_buf entered-held callbacks
// Options: --no-includes --include-headers
//
//: The callbacks pin, unpin, map_dma_buf, unmap_dma_buf, vmap and vunmap of struct dma_buf_ops (and mmap
//: from Linux 6.2 until the convention changed) are invoked with the reservation lock of the dma-buf held.
//: An exporter that takes the lock there, or calls a function that does, waits for itself. So does any other callback
//: that lib/contexts.tsv, or a table given with --contexts, says is entered with the lock held, such as vmap and pin
//: of struct drm_gem_object_funcs; a rule alone, without resvlint, does not know these.
//:
//: Wrong:
//:
//:     static struct sg_table *foo_map_dma_buf(struct dma_buf_attachment *attach, ...)
//:     {
//:             dma_resv_lock(attach->dmabuf->resv, NULL);
//:             sgt = foo_get_pages(attach->dmabuf->priv);
//:             dma_resv_unlock(attach->dmabuf->resv);
//:
//: Right:
//:
//:             dma_resv_assert_held(attach->dmabuf->resv);
//:             sgt = foo_get_pages(attach->dmabuf->priv);
//:
//: Remedy: rely on the caller's lock, and say so with dma_resv_assert_held(). A function that takes the
//: lock needs a variant that does not.

virtual report
virtual context
virtual org
virtual patch
virtual facts
virtual inferred

@initialize:ocaml@
@@
let rule = "exporter-locked"

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

(* The arguments of a call, or the parameters of a function. *)
let rec split_arguments text =
	let n = String.length text in
	let rec stop i depth =
		if i >= n then i
		else match text.[i] with
		| ',' when depth = 0 -> i
		| '(' | '[' | '{' -> stop (i + 1) (depth + 1)
		| ')' | ']' | '}' -> stop (i + 1) (depth - 1)
		| _ -> stop (i + 1) depth
	in
	let i = stop 0 0 in
	let head = String.trim (String.sub text 0 i) in
	if i >= n then [ head ] else head :: split_arguments (String.sub text (i + 1) (n - i - 1))
let first_argument arguments = List.hd (split_arguments arguments)

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

(* What a finding's remedy changes besides: the call of `name` at a place becomes the text ("call"), or its statement
   goes ("remove"). LOCK_LINE is the finding's line, and REASON says which. *)
let print_edit finding (place : Coccilib.pos) name what text =
	let place = { place with Coccilib.current_element = finding.place.Coccilib.current_element } in
	let lock = ("", finding.place.Coccilib.line) in
	print_row "edit" { finding with place; operation = name; lock; message = ""; hint = ""; replacement = text } what

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
   itself. The front end knows which it is; else it is what the rule names. Its clause entered-held is the other
   callbacks that are entered with the lock held. *)
let convention clause named =
	match Sys.getenv_opt "RESVLINT_CONVENTION" with
	| None -> named
	| Some table ->
		List.filter_map (fun line ->
			match String.split_on_char ' ' line with
			| [ c; name; variant ] when c = clause ->
				Some (name, if variant = "-" then "" else variant)
			| _ -> None) (String.split_on_char '\n' table)

(* The operations structures that others of the kernel's own begin with. *)
let structure_inside structure field = match structure, field with
	| "virtio_dma_buf_ops", "ops" -> "dma_buf_ops"
	| _ -> ""
// <<< lib/output.cocci

@initialize:ocaml@
@@
let slots = List.append (convention "entered-held" []) (convention "exporter-2" [
	("pin", ""); ("unpin", ""); ("map_dma_buf", ""); ("unmap_dma_buf", ""); ("vmap", "");
	("vunmap", "") ])

// >>> lib/callbacks.cocci
@initialize:ocaml@
@@
(* The callbacks that are meant, as STRUCT.MEMBER, or a member of struct dma_buf_ops; and which functions are one: by
   function, that, and the name of the operations structure or variable; the front end knows those that tables in
   other files name. *)
let callbacks : (string, string * string * Coccilib.pos) Hashtbl.t = Hashtbl.create 16
let callbacks_elsewhere : (string, string * string) Hashtbl.t = Hashtbl.create 16
let of_dma_buf name = if String.contains name '.' then name else "dma_buf_ops." ^ name
let slot_names = List.map (fun (name, _) -> of_dma_buf name) slots
let owner name = String.sub name 0 (String.index name '.')
let member name = let n = String.length (owner name) + 1 in String.sub name n (String.length name - n)
let owners = List.sort_uniq compare (List.map owner slot_names)
let is_owner t = List.mem t owners
let is_member m =
	List.exists (fun name -> name = owner name ^ "." ^ m || name = owner name ^ ".*") slot_names
let is_slot t m = List.mem (t ^ "." ^ m) slot_names || List.mem (t ^ ".*") slot_names

let () = match Sys.getenv_opt "RESVLINT_CALLBACKS" with
	| None -> ()
	| Some name ->
		let file = open_in name in
		let take line = match String.split_on_char ' ' line with
			| [ f; slot; ops ] when is_slot (owner slot) (member slot) ->
				Hashtbl.replace callbacks_elsewhere f (slot, ops)
			| _ -> () in
		try while true do take (input_line file) done with End_of_file -> close_in file

(* A static function is none that another file names. *)
let statics : (string, unit) Hashtbl.t = Hashtbl.create 16
let find_callback f = match Hashtbl.find_opt callbacks f with
	| Some (slot, ops, _) -> Some (slot, ops)
	| None -> if Hashtbl.mem statics f then None else Hashtbl.find_opt callbacks_elsewhere f
let is_callback f = find_callback f <> None
let slot_of_callback f = match find_callback f with Some (slot, _) -> slot | None -> ""
let note_callback f t m ops p = if is_slot t m && f <> "NULL" then Hashtbl.replace callbacks f (t ^ "." ^ m, ops, List.hd p)
let filled_in f = match find_callback f with
	| Some (slot, ops) -> Printf.sprintf "%s() is the %s callback of %s" f (member slot) (quote ops)
	| None -> ""

(* An operations structure inside of another is the one that only exporters have. *)
let exporters_inside : (string * string, unit) Hashtbl.t = Hashtbl.create 4
let note_callback_inside t ops o f m p =
	if Hashtbl.mem exporters_inside (ops, o) then note_callback f "dma_buf_ops" m ops p
	else note_callback f (structure_inside t o) m ops p

let callbacks_here () = Hashtbl.fold (fun f (slot, ops, p) all -> (f, slot, ops, p) :: all) callbacks []
let forget_callback f = Hashtbl.remove callbacks f
let forget_callbacks () = Hashtbl.reset callbacks; Hashtbl.reset statics; Hashtbl.reset exporters_inside

@static_callback@
identifier f : script:ocaml() { Hashtbl.mem callbacks_elsewhere f };
position p;
@@
static f@p(...) { ... }

@script:ocaml@
f << static_callback.f;
@@
Hashtbl.replace statics f ()

@callback@
identifier ops, f;
expression E, E1;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
position p;
@@
struct t ops = { .m = \(f@p\|&f@p\|E ? f@p : E1\|PTR_IF(E, f@p)\), };

@script:ocaml@
ops << callback.ops;
t << callback.t;
m << callback.m;
f << callback.f;
p << callback.p;
@@
note_callback f t m ops p

@callback_in_array@
identifier ops, f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
position p;
@@
struct t ops[...] = { ..., { .m = \(f@p\|&f@p\), }, ... };

@script:ocaml@
ops << callback_in_array.ops;
t << callback_in_array.t;
m << callback_in_array.m;
f << callback_in_array.f;
p << callback_in_array.p;
@@
note_callback f t m ops p

@callback_by_index@
identifier ops, f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
position p;
@@
struct t ops[...] = { ..., [...] = { .m = \(f@p\|&f@p\), }, ... };

@script:ocaml@
ops << callback_by_index.ops;
t << callback_by_index.t;
m << callback_by_index.m;
f << callback_by_index.f;
p << callback_by_index.p;
@@
note_callback f t m ops p

@callback_in_literal@
identifier f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
position p;
@@
  (struct t) { .m = \(f@p\|&f@p\), }

@script:ocaml@
t << callback_in_literal.t;
m << callback_in_literal.m;
f << callback_in_literal.f;
p << callback_in_literal.p;
@@
note_callback f t m ("a struct " ^ t) p

@exporter_inside@
identifier ops, o, t;
expression E;
@@
struct t ops = { .o = { .map_dma_buf = E, }, };

@script:ocaml@
ops << exporter_inside.ops;
o << exporter_inside.o;
@@
Hashtbl.replace exporters_inside (ops, o) ()

@callback_inside@
identifier ops, o, t, f;
identifier m : script:ocaml() { is_member m };
position p;
@@
struct t ops = { .o = { .m = \(f@p\|&f@p\), }, };

@script:ocaml@
t << callback_inside.t;
ops << callback_inside.ops;
o << callback_inside.o;
m << callback_inside.m;
f << callback_inside.f;
p << callback_inside.p;
@@
note_callback_inside t ops o f m p

@callback_assigned@
identifier t : script:ocaml() { is_owner t };
struct t ops;
struct t *pointer;
identifier f;
identifier m : script:ocaml() { is_member m };
position p;
@@
(
ops.m = \(f@p\|&f@p\)
|
pointer->m = \(f@p\|&f@p\)
)

@script:ocaml@
t << callback_assigned.t;
m << callback_assigned.m;
f << callback_assigned.f;
p << callback_assigned.p;
@@
note_callback f t m ("a struct " ^ t) p
// <<< lib/callbacks.cocci

// >>> lib/lock-functions.tsv
@initialize:ocaml@
@@
let lock_functions = [
	("acquire", "dma_resv_lock", "1", "2", "primitive");
	("acquire", "dma_resv_lock_interruptible", "1", "2", "primitive");
	("acquire", "dma_resv_lock_slow", "1", "2", "primitive");
	("acquire", "dma_resv_lock_slow_interruptible", "1", "2", "primitive");
	("try", "dma_resv_trylock", "1", "-", "primitive");
	("query", "dma_resv_held", "1", "-", "primitive");
	("query", "dma_resv_is_locked", "1", "-", "primitive");
	("assert", "dma_resv_assert_held", "1", "-", "primitive");
	("release", "dma_resv_unlock", "1", "-", "primitive");
	("acquire", "ww_mutex_lock", "&1->lock", "2", "primitive");
	("acquire", "ww_mutex_lock_interruptible", "&1->lock", "2", "primitive");
	("acquire", "ww_mutex_lock_slow", "&1->lock", "2", "primitive");
	("try", "ww_mutex_trylock", "&1->lock", "-", "primitive");
	("query", "ww_mutex_is_locked", "&1->lock", "-", "primitive");
	("release", "ww_mutex_unlock", "&1->lock", "-", "primitive");
	("assert", "lockdep_assert_held", "&1->lock.base", "-", "common");
	("acquire", "reservation_object_lock", "1", "2", "primitive");
	("acquire", "reservation_object_lock_interruptible", "1", "2", "primitive");
	("try", "reservation_object_trylock", "1", "-", "primitive");
	("assert", "reservation_object_assert_held", "1", "-", "primitive");
	("release", "reservation_object_unlock", "1", "-", "primitive");
	("acquire", "drm_gem_lock", "1", "-", "wrapper");
	("release", "drm_gem_unlock", "1", "-", "wrapper");
	("acquire", "drm_gem_lock_reservations", "1", "3", "wrapper");
	("release-all", "drm_gem_unlock_reservations", "1", "-", "wrapper");
	("acquire", "drm_client_buffer_vmap_local", "1", "-", "wrapper");
	("release", "drm_client_buffer_vunmap_local", "1", "-", "wrapper");
	("acquire", "drm_exec_lock_obj", "2", "1", "wrapper");
	("acquire", "drm_exec_prepare_obj", "2", "1", "wrapper");
	("acquire", "drm_exec_prepare_array", "2", "1", "wrapper");
	("release", "drm_exec_unlock_obj", "2", "-", "wrapper");
	("release-all", "drm_exec_fini", "1", "-", "wrapper");
	("acquire", "drm_gpuvm_prepare_vm", "1", "2", "wrapper");
	("acquire", "drm_gpuvm_prepare_objects", "1", "2", "wrapper");
	("acquire", "drm_gpuvm_exec_lock", "1", "1", "wrapper");
	("acquire", "drm_gpuvm_exec_lock_array", "1", "1", "wrapper");
	("acquire", "drm_gpuvm_exec_lock_range", "1", "1", "wrapper");
	("assert", "drm_gpuvm_resv_assert_held", "1", "-", "wrapper");
	("release-all", "drm_gpuvm_exec_unlock", "1", "-", "wrapper");
	("acquire", "ttm_bo_reserve", "1", "4", "wrapper");
	("acquire", "ttm_bo_reserve_slowpath", "1", "3", "wrapper");
	("release", "ttm_bo_unreserve", "1", "-", "wrapper");
	("acquire", "ttm_eu_reserve_buffers", "2", "1", "wrapper");
	("release-all", "ttm_eu_backoff_reservation", "2", "-", "wrapper");
	("release-all", "ttm_eu_fence_buffer_objects", "2", "-", "wrapper");
	("acquire", "amdgpu_bo_reserve", "1", "-", "wrapper");
	("release", "amdgpu_bo_unreserve", "1", "-", "wrapper");
	("acquire", "amdgpu_bo_create_reserved", "5", "-", "wrapper");
	("acquire", "radeon_bo_reserve", "1", "-", "wrapper");
	("release", "radeon_bo_unreserve", "1", "-", "wrapper");
	("acquire", "qxl_bo_reserve", "1", "-", "wrapper");
	("release", "qxl_bo_unreserve", "1", "-", "wrapper");
	("acquire", "i915_gem_object_lock", "1", "2", "wrapper");
	("acquire", "i915_gem_object_lock_interruptible", "1", "2", "wrapper");
	("try", "i915_gem_object_trylock", "1", "-", "wrapper");
	("assert", "assert_object_held", "1", "-", "wrapper");
	("release", "i915_gem_object_unlock", "1", "-", "wrapper");
	("release-all", "i915_gem_ww_ctx_fini", "1", "-", "wrapper");
	("acquire", "i915_vma_lock", "1", "-", "wrapper");
	("assert", "assert_vma_held", "1", "-", "wrapper");
	("release", "i915_vma_unlock", "1", "-", "wrapper");
	("acquire", "msm_gem_lock", "1", "-", "wrapper");
	("acquire", "msm_gem_lock_interruptible", "1", "-", "wrapper");
	("try", "msm_gem_trylock", "1", "-", "wrapper");
	("release", "msm_gem_unlock", "1", "-", "wrapper");
	("acquire", "xe_bo_lock", "1", "-", "wrapper");
	("assert", "xe_bo_assert_held", "1", "-", "wrapper");
	("release", "xe_bo_unlock", "1", "-", "wrapper");
	("acquire", "xe_vm_lock", "1", "-", "wrapper");
	("assert", "xe_vm_assert_held", "1", "-", "wrapper");
	("release", "xe_vm_unlock", "1", "-", "wrapper");
	("acquire", "virtio_gpu_array_lock_resv", "1", "-", "wrapper");
	("release-all", "virtio_gpu_array_unlock_resv", "1", "-", "wrapper");
	("begin", "drm_exec_init", "1", "-", "wrapper");
]
// <<< lib/lock-functions.tsv

// >>> lib/state.cocci
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
// <<< lib/state.cocci

// >>> lib/inference.cocci
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
// <<< lib/inference.cocci

@initialize:ocaml@
@@
(* Those of the convention, and those that call one of them for the buffer of an argument; not what does so for
   imported buffers alone: an exported one is none. *)
let operation name = is_importer_2 name || match lock_function name with
	| Some ("wants-free", _) -> true
	| _ -> false

let found_here : finding list ref = ref []

(* The callback's own buffer by its plain name, such as attach -> dmabuf -> resv; or an object that it
   was reached from, such as the one behind dmabuf -> priv; or none of both. *)
type whose = Buffer | From_buffer | Other

let whose func params expression =
	if made_of func params expression then Buffer
	else if related func expression params then From_buffer
	else Other

let add confidence p operation arguments lock message f hint =
	found_here := {
		confidence; state = "held"; place = p; operation; arguments; lock; message;
		reasons = [ filled_in f ^ ", which is invoked with the lock held" ]; hint;
		replacement = "" } :: !found_here

(* Is it the callback's buffer, or what goes with it, as far as names tell? *)
let is_own f params text =
	List.exists (fun parameter -> object_of f text = Some (parameter_name parameter))
		(split_arguments params)

(* Of a function that takes the lock inside, not every path is known to do so. What is taken with a ww_acquire_ctx, or
   only tried, is most likely another lock, unless it plainly is the buffer's. *)
let note_take f params q ps =
	let lock = lock_at q and name = name_at q in
	let waits = without_context ~unlisted:true q && not (tries q) in
	List.iter (fun p ->
		let confidence =
			if locks q then (if is_own f params lock then "medium" else "low")
			else match whose f params lock with
				| Buffer -> "high"
				| From_buffer when waits || is_own f params lock -> "medium"
				| From_buffer | Other -> "low" in
		add confidence (p) name lock (lock, p.line)
			(Printf.sprintf "%s() in %s takes the reservation lock again"
					name (slot_of_callback f)) f
				("rely on the caller's lock: dma_resv_assert_held()")) ps

let note_call f params name arguments ps =
	List.iter (fun p ->
		let confidence =
			if is_importer_2 name then
				match whose f params (first_argument arguments) with
				| Buffer -> "high" | From_buffer | Other -> "low"
			else match lock_function name with
				| Some ("wants-free", argument) ->
					(match lock_object argument arguments with
					| Some buffer when is_own f params buffer -> "medium"
					| _ -> "low")
				| _ -> "low" in
		add confidence p name arguments ("", 0)
			(Printf.sprintf "%s() in %s, under the reservation lock"
				name (slot_of_callback f)) f
			"call what does not take the lock, or do this outside of the callback") ps

let findings () =
	List.sort_uniq (fun a b -> compare (key a.place) (key b.place)) !found_here
let found p = List.exists (fun f -> is_shown f && key f.place = key (first p)) (findings ())

(* The locks that can be mended: by callback, the place of the lock, its object, and the places of its releases. *)
let plain_locks : (string, pos * string * pos list) Hashtbl.t = Hashtbl.create 4
let sure_take ps =
	List.exists (fun f -> f.confidence = "high" && f.operation = "dma_resv_lock" && key f.place = key (first ps))
		!found_here
let note_plain ps lock =
	List.iter (fun p -> Hashtbl.replace plain_locks p.current_element (p, lock, [])) ps
let plain_lock p = Hashtbl.find_opt plain_locks p.current_element
let is_plain ps = match plain_lock (first ps) with
	| Some (p, _, _) -> key p = key (first ps)
	| None -> false
let note_unlock ps us =
	match plain_lock (first ps) with
	| Some (p, lock, unlocks) ->
		let added = List.filter (fun u -> not (List.exists (fun v -> key u = key v) unlocks)) us in
		Hashtbl.replace plain_locks p.current_element (p, lock, List.append added unlocks)
	| None -> ()
let is_unlock us = match plain_lock (first us) with
	| Some (_, _, unlocks) -> List.exists (fun v -> key v = key (first us)) unlocks
	| None -> false
let forget_plain ps = Hashtbl.remove plain_locks (first ps).current_element

(* All that the callback does to locks is to take and drop this one. *)
let is_alone f unlocks =
	let others = Hashtbl.fold (fun _ (name, _, (place : pos)) count ->
		let matters = match lock_function name with
			| Some (does, _) -> place.current_element = f && not (List.mem (family does) [ "assert"; "query"; "wants-free"; "wants-free-import" ])
			| None -> false in
		if matters then count + 1 else count) lock_calls 0 in
	others = 1 + List.length unlocks
(* Callbacks that are not only entered through the table, or may not be. *)
let called : (string, unit) Hashtbl.t = Hashtbl.create 4
let note_called f = Hashtbl.replace called f ()
let is_only_callback f = Hashtbl.mem static_here f && not (Hashtbl.mem called f)
let mended finding =
	match plain_lock finding.place with
	| Some (p, lock, unlocks) when key p = key finding.place && unlocks <> []
				      && is_only_callback p.current_element
				      && is_alone p.current_element unlocks -> Some (lock, unlocks)
	| _ -> None
let print_mended finding =
	match mended finding with
	| Some (lock, unlocks) ->
		print_edit finding finding.place "dma_resv_lock" "call" ("dma_resv_assert_held(" ^ lock ^ ")");
		List.iter (fun u -> print_edit finding u "dma_resv_unlock" "remove" "") unlocks
	| None -> ()
let is_mended ps = List.exists (fun f -> key f.place = key (first ps) && mended f <> None) (findings ())
let unlock_mended us =
	List.exists (fun f -> match mended f with
		| Some (_, unlocks) -> List.exists (fun u -> key u = key (first us)) unlocks
		| None -> false) (findings ())

@again exists@
identifier f : script:ocaml() { is_callback f };
identifier l : script:ocaml() { may_lock l };
identifier v : script:ocaml() { may_lock v };
parameter list params;
position p;
position q : script:ocaml() { takes q || locks q };
position u : script:ocaml() { releases u };
@@
f(params) {
... when != v(...)@u
    when any
l@p(...)@q
... when any
}

@script:ocaml@
f << again.f;
params << again.params;
q << again.q;
p << again.p;
@@
note_take f params q p

@calls exists@
identifier f : script:ocaml() { is_callback f };
identifier g : script:ocaml() { operation g };
parameter list params;
expression list es;
position p;
@@
f(params) {
... when any
g@p(es)
... when any
}

@script:ocaml@
f << calls.f;
params << calls.params;
g << calls.g;
es << calls.es;
p << calls.p;
@@
note_call f params g es p

// What a person would mend without a thought: a plain dma_resv_lock() of the buffer's lock that is released by
// plain dma_resv_unlock() on each path and nowhere else, in a callback that has no other lock functions and that
// nobody else calls.

@called@
identifier f : script:ocaml() { is_callback f };
identifier g;
@@
(
f(...)
|
g(..., f, ...)
|
g(..., &f, ...)
)

@script:ocaml@
f << called.f;
@@
note_called f

@plain_lock@
expression R;
position p : script:ocaml() { sure_take p };
@@
dma_resv_lock@p(R, NULL);

@script:ocaml@
p << plain_lock.p;
r << plain_lock.R;
@@
note_plain p r

@plain_unlock exists@
expression R, C;
position p : script:ocaml() { is_plain p };
position u;
@@
dma_resv_lock@p(R, C);
... when any
dma_resv_unlock@u(R);

@script:ocaml@
p << plain_unlock.p;
u << plain_unlock.u;
@@
note_unlock p u

@not_unlocked exists@
identifier f;
expression R, C;
position p : script:ocaml() { is_plain p };
@@
f(...) {
... when any
dma_resv_lock@p(R, C);
... when != dma_resv_unlock(R)
}

@script:ocaml@
p << not_unlocked.p;
@@
forget_plain p

@not_locked exists@
identifier f;
expression R, C;
position u : script:ocaml() { is_unlock u };
@@
f(...) {
... when != dma_resv_lock(R, C)
dma_resv_unlock@u(R);
... when any
}

@script:ocaml@
u << not_locked.u;
@@
forget_plain u

@script:ocaml depends on facts@
@@
List.iter (fun finding -> print_facts finding; print_mended finding) (findings ())

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
expression R, C;
position p : script:ocaml() { is_mended p };
position u : script:ocaml() { unlock_mended u };
@@
(
- dma_resv_lock@p(R, C);
+ dma_resv_assert_held(R);
|
- dma_resv_unlock@u(R);
)

@script:ocaml@
@@
forget_file (); forget_callbacks (); Hashtbl.reset plain_locks; Hashtbl.reset called; found_here := []
