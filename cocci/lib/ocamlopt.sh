#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# ocamlopt.sh OPTION... SOURCE: what spatch finds as ocamlopt.opt, in bin/, which is the first directory of PATH.
#
# Each process of spatch compiles the scripts of its rules anew, which takes longer than all else that it does before
# the first file. So what is compiled is kept: scripts.cmxs, of the text in scripts.ml. Other text is compiled.
set -eu

out='' before=''
for source; do
	[ "$before" != -o ] || out=$source
	before=$source
done
if ! cmp -s "$source" scripts.ml; then
	PATH=${PATH#bin:} ocamlopt.opt "$@"
	# Of several at a time, the first keeps its own; what is compared comes last.
	! ln "$out" scripts.cmxs 2>/dev/null || ln "$source" scripts.ml
	exit 0
fi
# spatch removes these, too.
for suffix in cmi cmx o; do
	: >"${out%.cmxs}.$suffix"
done
exec ln scripts.cmxs "$out"
