// SPDX-License-Identifier: GPL-2.0-only
//
// Not a rule: facts about the functions that tables of callbacks name and that are defined in other files. Rows are as
// in report.ml, of the kind "slot": OPERATION is the function, LOCK the STRUCT.MEMBER, and OBJECT the operations
// structure or variable.

virtual facts

@initialize:ocaml@
@@
module Callbacks = Resvlint.Callbacks
module Program = Resvlint.Program

let callbacks = Callbacks.of_slots
	(List.concat_map (fun clause -> List.map fst (Program.convention clause)) [ "entered-held"; "exporter-1"; "exporter-2" ])

@script:ocaml depends on facts@
@@
Program.read (Coccilib.files ());
Callbacks.start callbacks;
Callbacks.print_elsewhere callbacks
