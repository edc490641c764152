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
