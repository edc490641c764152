@initialize:ocaml@
@@
(* The callbacks that are meant, as STRUCT.MEMBER, or a member of struct dma_buf_ops; and which functions of this file
   are one: by function, that, and the name of the operations structure or variable. *)
let callbacks : (string, string * string) Hashtbl.t = Hashtbl.create 16
let of_dma_buf name = if String.contains name '.' then name else "dma_buf_ops." ^ name
let slot_names = List.map (fun (name, _) -> of_dma_buf name) slots
let owner name = String.sub name 0 (String.index name '.')
let owners = List.sort_uniq compare (List.map owner slot_names)
let is_owner t = List.mem t owners
let is_member m =
	List.exists (fun name -> name = owner name ^ "." ^ m || name = owner name ^ ".*") slot_names
let is_slot t m = List.mem (t ^ "." ^ m) slot_names || List.mem (t ^ ".*") slot_names
let is_callback f = Hashtbl.mem callbacks f
let note_callback f t m ops = if is_slot t m then Hashtbl.replace callbacks f (t ^ "." ^ m, ops)
let filled_in f =
	let slot, ops = Hashtbl.find callbacks f in
	let n = String.length (owner slot) + 1 in
	Printf.sprintf "%s() is the %s callback of %s" f (String.sub slot n (String.length slot - n)) (quote ops)


@callback@
identifier ops, f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
@@
struct t ops = { .m = \(f\|&f\), };

@script:ocaml@
ops << callback.ops;
t << callback.t;
m << callback.m;
f << callback.f;
@@
note_callback f t m ops

@callback_in_array@
identifier ops, f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
@@
struct t ops[...] = { ..., { .m = \(f\|&f\), }, ... };

@script:ocaml@
ops << callback_in_array.ops;
t << callback_in_array.t;
m << callback_in_array.m;
f << callback_in_array.f;
@@
note_callback f t m ops

@callback_by_index@
identifier ops, f;
identifier m : script:ocaml() { is_member m };
identifier t : script:ocaml() { is_owner t };
@@
struct t ops[...] = { ..., [...] = { .m = \(f\|&f\), }, ... };

@script:ocaml@
ops << callback_by_index.ops;
t << callback_by_index.t;
m << callback_by_index.m;
f << callback_by_index.f;
@@
note_callback f t m ops

@callback_assigned@
identifier t : script:ocaml() { is_owner t };
struct t ops;
struct t *pointer;
identifier f;
identifier m : script:ocaml() { is_member m };
@@
(
ops.m = \(f\|&f\)
|
pointer->m = \(f\|&f\)
)

@script:ocaml@
t << callback_assigned.t;
m << callback_assigned.m;
f << callback_assigned.f;
@@
note_callback f t m ("a struct " ^ t)
