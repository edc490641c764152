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

check "each rule carries the shared parts as they are in cocci/lib" parts_are_spliced

finish
