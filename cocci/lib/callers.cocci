// SPDX-License-Identifier: GPL-2.0-only
//
// Not a rule: facts about who calls the functions that the front end asks for, as callers.mli has them.

virtual facts

@initialize:ocaml@
@@
module Callers = Resvlint.Callers

@script:ocaml depends on facts@
@@
Callers.run (Coccilib.files ())
