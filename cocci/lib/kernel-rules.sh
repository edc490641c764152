#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kernel-rules.sh OUT RULE.cocci...: make OUT/GROUP/RULE.cocci, each of which spatch runs alone, wherever it is.
#
# What a rule shares with others is in its file: the OCaml library (see amalgam.sh) as a module Resvlint, and what
# it includes. They go into scripts/coccinelle/ of a kernel tree, whose scripts/coccicheck looks for "Options:"
# and "Requires:" anywhere in a file. They are for the version of spatch they were made for, SPATCH's.
set -eu
LC_ALL=C
export LC_ALL

out=${1:?kernel-rules.sh OUT RULE.cocci...}
shift
lib=${0%/*}
version=$("${SPATCH:-spatch}" --version | sed -n '1s/^spatch version \([0-9.]*\).*/\1/p')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

fail() {
	printf 'kernel-rules.sh: %s\n' "$*" >&2
	exit 1
}

# Of OCaml's own modules, spatch takes these for its own; it looks for a package for any other.
is_known() {
	case $1 in
	Arg | Array | ArrayLabels | Bigarray | Buffer | Callback | Char | Complex | Condition | Digest | Dynlink | \
		Event | Filename | Format | Gc | Genlex | Hashtbl | Int32 | Int64 | Lazy | Lexing | List | \
		ListLabels | Map | Marshal | MoreLabels | Mutex | Nativeint | Obj | Oo | Parsing | Printexc | \
		Printf | Queue | Random | Scanf | Set | Stack | StdLabels | Str | String | StringLabels | Sys | \
		Unix | UnixLabels | Weak) ;;
	*) return 1 ;;
	esac
}

check_modules() {
	standard=$(ocamlfind printconf stdlib)
	for module in $(ocamlfind ocamldep -modules "$1" | sed 's/.*://'); do
		if [ "$module" = Stdlib ] || { [ -e "$standard/stdlib__$module.cmi" ] && ! is_known "$module"; }; then
			fail "spatch has no module $module for a rule that runs alone: cocci/lib/*.ml are to do without"
		fi
	done
}

library() {
	for file in "$lib"/*.ml; do
		[ -f "$file" ] || return 0
	done
	mkdir "$work/modules"
	sh "$lib/amalgam.sh" "$version" "$work/modules" >"$work/amalgam"
	awk -f "$lib/escape.awk" "$work/amalgam" >"$work/escaped.ml"
	check_modules "$work/escaped.ml"
	printf '@initialize:ocaml@\n@@\nmodule Resvlint = struct\n'
	cat "$work/escaped.ml"
	printf 'end\n\n'
}

# expand FILE DIR: its text, with what it includes, which is looked for in DIR, in cocci/ and in its parent.
expand() {
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'#include "'*'"')
			name=${line#*\"}
			name=${name%\"*}
			for dir in "$2" "$lib/.." "$lib/../.."; do
				[ ! -f "$dir/$name" ] || break
			done
			[ -f "$dir/$name" ] || fail "$rule: there is no $name to include"
			(expand "$dir/$name" "$dir")
			;;
		*) printf '%s\n' "$line" ;;
		esac
	done <"$1"
}

# What stands before the first part of a rule, and what after.
before_parts() {
	awk '/^[@#]/ { exit } { print }' "$1"
}

after_parts() {
	awk '/^[@#]/ { inside = 1 } inside { print }' "$1"
}

[ -n "$version" ] || fail "spatch does not tell its version"
library >"$work/library"
for rule; do
	group=${rule%/*}
	group=$out/${group##*/}
	mkdir -p "$group"
	before_parts "$rule" >"$work/head"
	after_parts "$rule" >"$work/parts"
	{
		awk -v version="$version" '
			!/^\/\// && !said {
				print "// Requires: " version
				print "// Made by resvlint (make kernel-rules) for spatch " version ": another may need its own."
				said = 1
			}
			{ print }' "$work/head"
		cat "$work/library"
		expand "$work/parts" "${rule%/*}"
	} >"$work/rule"
	count=$(grep -c 'Options:' "$work/rule") || :
	[ "$count" -le 1 ] || fail "$rule: 'Options:' is in more lines than that of the header"
	[ "$(grep -c 'Requires:' "$work/rule")" = 1 ] || fail "$rule: 'Requires:' is in more lines than one"
	mv "$work/rule" "$group/${rule##*/}"
done
