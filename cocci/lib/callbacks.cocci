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
