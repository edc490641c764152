#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The rules as files that stand alone, as `make kernel-rules` makes them: spatch runs each with nothing else, from any
# directory, and it gives what it gives with the library beside it. Nothing that is made is in git.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

spatch=${SPATCH:-spatch}
unset OCAMLPATH
rules=$scratch/rules
set -- "$top"/cocci/[!l]*/*.cocci
"$top/cocci/lib/kernel-rules.sh" "$rules" "$@"
SPATCH=$spatch "$top/cocci/lib/compile.sh" "$scratch/ocaml" "$top/build/ocaml"

# expected_case RULE MODE: the first of its fixtures for which something is expected, without .c.
expected_case() {
	for path in "$top/expected/$1"/*."$2"; do
		case $path in
		*-kernel-* | *crlf*) continue ;;
		esac
		if [ -s "$path" ]; then
			basename "$path" ".$2"
			return
		fi
	done
}

# Reads what spatch prints of a file in the current directory by its whole name, as if it were by its own; what a diff
# compares with has a name that spatch makes up.
by_its_name() {
	sed "s|$PWD/||g" | awk '
		/^--- / { name = substr($0, 5) }
		/^\+\+\+ / { $0 = "+++ " name }
		{ print }'
}

# print_both RULE CASE OPTION...: what spatch prints in the modes of the options goes to $both.alone, with the rule alone,
# and to $both.package.
print_both() {
	rule=$1 case=$2
	shift 2
	cp "$top/fixtures/$rule/$case.c" .
	file=$PWD/$case.c
	mkdir by-itself
	cp "$rules"/*/"$rule.cocci" by-itself/r.cocci
	(cd by-itself && "$spatch" "$@" --very-quiet --no-includes --cocci-file r.cocci "$file") \
		>out 2>err || fail "$(cat err)"
	by_its_name <out >alone
	OCAMLPATH=$scratch/ocaml "$spatch" "$@" --very-quiet --no-includes --macro-file "$top/cocci/lib/macros.h" \
		--cocci-file "$top"/cocci/*/"$rule.cocci" "$case.c" >out 2>err || fail "$(cat err)"
	by_its_name <out >"$both.package"
	mv alone "$both.alone"
}

# of_mode MODE: the lines of that mode, of what is printed in one or several.
of_mode() {
	awk -v mode="$1" '
		{ kind = /^\* TODO / ? "org" : /^[-+@ ]/ ? "context" : "report" }
		mode == "patch" || mode == kind'
}

# alone RULE MODE: compared with what this spatch prints, not with what is expected: versions lay out patches differently.
# spatch takes seconds to read a rule that has the library in it, and longer if its name is long, which it puts before
# each line: so it is run once for all modes that can go together, on a rule with a short name.
alone() {
	case=$(expected_case "$1" "$2")
	[ -n "$case" ] || skip "nothing is expected of any fixture"
	case $2 in
	patch) set -- "$@" -D patch ;;
	*) set -- "$@" -D report -D context -D org ;;
	esac
	rule=$1 mode=$2
	shift 2
	both=$scratch/$rule-$case-$#
	[ -e "$both.alone" ] || print_both "$rule" "$case" "$@"
	of_mode "$mode" <"$both.alone" >got
	[ -s got ] || fail "nothing is printed"
	of_mode "$mode" <"$both.package" | diff -u - got || fail "$case.c gives something else than with all beside it"
}

# scripts/coccicheck of the kernel takes options from any line with that word.
headers_are_the_kernels() {
	for rule in "$rules"/*/*.cocci; do
		[ "$(grep -c 'Options:' "$rule")" = 1 ] || fail "$rule: Options: is not in one line"
		[ "$(grep -c 'Requires: [1-9]' "$rule")" = 1 ] || fail "$rule: Requires: is not in one line"
		head -n 2 "$rule" | grep -q '^/// ' || fail "$rule: no summary"
	done
}

into_a_tree() {
	mkdir -p linux/scripts/coccinelle/locks
	make -C "$top" --no-print-directory kernel-rules KDIR="$PWD/linux" >.out 2>.err || fail "$(cat .err)"
	[ "$(find linux/scripts/coccinelle -name '*.cocci' | wc -l)" = "$(find "$rules" -name '*.cocci' | wc -l)" ] ||
		fail "rules are missing: $(ls -R linux)"
	mkdir other
	if make -C "$top" --no-print-directory kernel-rules KDIR="$PWD/other" >.out 2>.err; then
		fail "put into something that is no kernel tree"
	fi
	says "$PWD/other"
}

nothing_made_is_in_git() {
	git -C "$top" rev-parse >.out 2>&1 || skip "this is no git tree"
	if git -C "$top" grep -l '>>> lib/' -- cocci >.out; then
		fail "shared parts are copied into $(cat .out)"
	fi
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

for file; do
	rule=$(basename "$file" .cocci)
	for mode in report context org patch; do
		if grep -q "^virtual.*\<$mode\>" "$file"; then
			check "$rule alone, mode $mode" alone "$rule" "$mode"
		fi
	done
done
check "headers are as the kernel's coccicheck wants them" headers_are_the_kernels
check "make kernel-rules puts them into a kernel tree" into_a_tree
check "nothing that is made is in git" nothing_made_is_in_git
check "no rule defines a name twice" names_are_defined_once

finish
