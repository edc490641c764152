#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The parts that rules share are the same in all rules, as `make rules` would leave them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

parts_are_spliced() {
	cp -R "$top/cocci" cocci
	for rule in cocci/*/*.cocci; do
		cp "$rule" before
		cocci/lib/splice.sh "$rule"
		cmp before "$rule" || fail "run 'make rules': $rule"
	done
}

# Scripts see the last definition of a name, wherever they stand, and spatch says nothing.
names_are_defined_once() {
	for rule in "$top"/cocci/*/*.cocci; do
		awk '
			/^@initialize:ocaml@/ { inside = 1 }
			/^@[a-z]/ && !/^@initialize/ { inside = 0 }
			inside && /^(let|and) / {
				name = $2 == "rec" ? $3 : $2
				if (seen[name]++ && name != "()")
					print name
			}
		' "$rule" >names
		[ ! -s names ] || fail "$(basename "$rule") defines twice: $(tr '\n' ' ' <names)"
	done
}

check "each rule carries the shared parts as they are in cocci/lib" parts_are_spliced
check "no rule defines a name twice" names_are_defined_once

finish
