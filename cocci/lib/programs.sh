#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# programs.sh OUT RULE.cocci...: compile the scripts of what the front end has spatch run, each of the rules and all of
# them: OUT/resvlint/programs/ID and all, beside the library that compile.sh made there.
#
# A program's scripts are scripts.ml and scripts.cmxs, which ocamlopt.sh takes where the text is the same. Does nothing
# where the rules are those of the last time.
set -eu
LC_ALL=C
export LC_ALL

out=${1:?programs.sh OUT RULE.cocci...}/resvlint
shift
lib=${0%/*}
[ -d "$out" ] || exit 0

stamp() {
	cat "$lib/serve.cocci" "$lib/ocamlopt.sh" "$lib/programs.sh" "$@"
}

! stamp "$@" | cmp -s - "$out/programs/stamp" || exit 0
out=$(cd "$out" && pwd)
new=$(mktemp -d "$out/.new.XXXXXX")
work=$(mktemp -d)
trap 'rm -rf "$work" "$new"' EXIT
trap 'exit 130' INT TERM
stamp "$@" >"$new/stamp"
lib=$(cd "$lib" && pwd)

# program ID RULE...: of cocci/RULE, as the front end puts it together, and calls spatch (see library.c and spatch.c).
program() {
	id=$1
	shift
	mkdir "$work/$id" "$work/$id/bin" "$work/$id/tmp" "$new/$id"
	cd "$work/$id"
	ln -s "$lib/.." cocci
	cp "$lib/ocamlopt.sh" bin/ocamlopt.opt
	chmod 755 bin/ocamlopt.opt
	: >empty.c
	{
		printf '#include "cocci/%s"\n' "$@"
		cat cocci/lib/serve.cocci
	} >program.cocci
	# Of a rule that is wrong, a run tells.
	TMPDIR=tmp OCAMLPATH=${out%/*} PATH=bin:$PATH "${SPATCH:-spatch}" -D serve --very-quiet --no-includes \
		--no-saved-typedefs --macro-file cocci/lib/macros.h --cocci-file program.cocci empty.c \
		</dev/null >/dev/null 2>&1 || return 0
	cp scripts.ml scripts.cmxs "$new/$id/" 2>/dev/null || return 0
	chmod 644 "$new/$id"/*
}

# In the order of their ids, as the front end has them.
for rule; do
	group=${rule%/*}
	echo "${rule##*/} ${group##*/}/${rule##*/}"
done | sort >"$work/rules"
while read -r file rule; do
	program "${file%.cocci}" "$rule"
done <"$work/rules"
# shellcheck disable=SC2046 # a word for each
program all $(sed 's/.* //' "$work/rules")
chmod 755 "$new"
rm -rf "$out/programs"
mv "$new" "$out/programs"
