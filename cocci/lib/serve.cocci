// SPDX-License-Identifier: GPL-2.0-only
//
// Not a rule: what the front end runs. serve.mli tells of the requests that it answers.

virtual serve

@script:ocaml depends on serve@
@@
Resvlint.Serve.run ()
