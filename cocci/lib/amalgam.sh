#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# amalgam.sh VERSION [DIR]: print the OCaml library as one text, for spatch of this version.
#
# Each lib/NAME.ml becomes a module of its name, with the signature of lib/NAME.mli where there is one, in an
# order in which each is after those it uses. Two modules have no file of their own:
#
#   Compat   the newest lib/compat-X.Y.ml that is no newer than VERSION, X.Y.Z; its signature is compat.mli
#   Tables   those of lib/*.tsv and tables/*.tsv that a module names, each a list of tuples of strings without the
#            line of headings: lib/lock-functions.tsv is Tables.lock_functions
#
# Compilers are told of the lines of the files. With DIR, the modules are left there as NAME.ml, too, and order
# lists them.
set -eu
LC_ALL=C
export LC_ALL

version=${1:?amalgam.sh VERSION [DIR]}
lib=${0%/*}
work=${2-}
if [ -z "$work" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
fi

# The version that a compat-X.Y.ml is for, as a number; of any version, X.Y.Z or X.Y.
number() {
	echo "$1" | awk -F '[^0-9]+' '{ print $1 * 1000000 + $2 * 1000 + $3 }'
}

# wrap NAME FILE: module NAME of FILE's text, and of the signature beside it.
wrap() {
	signature=$lib/$1.mli
	if [ -f "$signature" ]; then
		printf 'module %s : sig\n# 1 "%s"\n' "$(capital "$1")" "$signature"
		cat "$signature"
		printf '\nend = struct\n'
	else
		printf 'module %s = struct\n' "$(capital "$1")"
	fi
	printf '# 1 "%s"\n' "$2"
	cat "$2"
	printf '\nend\n'
}

capital() {
	echo "$1" | awk '{ print toupper(substr($0, 1, 1)) substr($0, 2) }'
}

find_compat() {
	compat='' best=0
	for file in "$lib"/compat-*.ml; do
		of=${file##*/compat-}
		of=$(number "${of%.ml}")
		if [ -f "$file" ] && [ "$of" -le "$(number "$version")" ] && [ "$of" -gt "$best" ]; then
			compat=$file best=$of
		fi
	done
}

tables() {
	for file in "$lib"/*.tsv "$lib"/../tables/*.tsv; do
		name=${file##*/}
		name=$(echo "${name%.tsv}" | tr -c 'A-Za-z0-9_\n' _)
		! grep -q "Tables\.$name\>" "$lib"/*.ml || awk -F '\t' '
			FNR == 1 {
				name = FILENAME
				gsub(/^.*\/|\.tsv$/, "", name)
				gsub(/[^A-Za-z0-9_]/, "_", name)
				print "let " name " = ["
				next
			}
			{
				gsub(/\\/, "&&")
				gsub(/"/, "\\\"")
				row = "\"" $1 "\""
				for (i = 2; i <= NF; i++)
					row = row ", \"" $i "\""
				print "\t(" row ");"
			}
			END { print "]" }' "$file"
	done
}

for file in "$lib"/*.ml; do
	name=${file##*/}
	case $name in
	compat-* | '*.ml') ;;
	*) wrap "${name%.ml}" "$file" >"$work/$name" ;;
	esac
done
find_compat
[ -z "$compat" ] || wrap compat "$compat" >"$work/compat.ml"
{
	echo 'module Tables = struct'
	tables
	echo 'end'
} >"$work/tables.ml"
(cd "$work" && ocamlfind ocamldep -sort ./*.ml | tr -s ' ' '\n') >"$work/order"
while read -r file; do
	cat "$work/$file"
done <"$work/order"
