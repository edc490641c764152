#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# compile.sh OUT [MADE...]: make OUT/resvlint, the package of the OCaml library that rules use, and of what the rules
# themselves have of OCaml.
#
# spatch looks up each module that a rule's scripts name and that is neither its own nor one of OCaml's old ones: it asks
# `ocamlfind query` for the name in lower case, and loads NAME.cmxs from the directory that it is told. So the
# library is one module, Resvlint, which amalgam.sh makes of lib/*.ml, and rules name its parts as
# Resvlint.Part, or after `module Part = Resvlint.Part`. (`open Resvlint` and then Part.f does not do: spatch
# would ask for a package "part".) OCAMLPATH=OUT lets ocamlfind find it. spatch compiles the scripts of a rule that
# runs alone; those that serve.ml is told to load are in the package: Rule.load NAME runs what NAME.cocci initialises.
#
# What OCaml compiles fits one version of spatch and one of OCaml alone, so the package has a stamp: these versions
# and all sources. If OUT or a directory MADE has one whose stamp fits, that is taken and nothing is compiled.
# Where there is no lib/*.ml, nothing is made.
#
# SPATCH names spatch, SPATCH_VERSION is what it says of its version if that is known, and COCCINELLE_HOME is where
# its OCaml interfaces are. OCAMLFLAGS are more flags for the compiler.
set -eu
LC_ALL=C
export LC_ALL

out=${1:?compile.sh OUT [MADE...]}
shift
lib=${0%/*}
spatch=${SPATCH:-spatch}

for file in "$lib"/*.ml; do
	[ -f "$file" ] || exit 0
done

newline='
'

fail() {
	printf 'compile.sh: %s\n' "$*" >&2
	exit 1
}

# spatch needs them, too, for the scripts of each rule.
if ! command -v ocamlfind >/dev/null || ! command -v ocamlopt >/dev/null; then
	fail "no OCaml compiler: install it (apt install ocaml ocaml-findlib)"
fi


# wrapper/run/package.c makes the same stamp, and takes a package that has it without this script.
stamp() {
	echo "$versions"
	set --
	for file in "$lib"/../*/*; do
		case $file in
		*.ml | *.mli | *.tsv | *.cocci | */amalgam.sh | */compile.sh)
			echo "${file##*/}"
			set -- "$@" "$file"
			;;
		esac
	done
	cat "$@"
}

# Where the interfaces of spatch's modules are.
find_interfaces() {
	program=$(command -v "$spatch") || fail "there is no spatch ('$spatch')"
	prefix=$(dirname "$(dirname "$(readlink -f "$program")")")
	for home in ${COCCINELLE_HOME:+"$COCCINELLE_HOME"} "$prefix/lib/coccinelle" \
		/usr/local/lib/coccinelle /usr/lib/coccinelle; do
		interfaces=$home/ocaml
		[ ! -f "$interfaces/coccilib.cmi" ] || return 0
	done
	fail "coccilib.cmi of $spatch is in none of the usual places: set COCCINELLE_HOME"
}

# What rules initialise, each as a functor.
rules() {
	for file in "$lib"/../*/*.cocci; do
		[ ! -f "$file" ] || awk '
			/^@/ { is_inside = 0 }
			is_inside { text = text $0 "\n" }
			is_header && /^@@/ {
				text = text "# " FNR + 1 " \"" FILENAME "\"\n"
				is_inside = 1
			}
			{ is_header = /^@initialize:ocaml/ || (is_header && !/^@@/) }
			END {
				name = FILENAME
				gsub(/^.*\/|\.cocci$/, "", name)
				module = "Make_" name
				gsub(/[^A-Za-z0-9_]/, "_", module)
				if (text)
					printf "module %s () = struct\n%send\n" \
						"let () = Resvlint.Rule.offer \"%s\" (fun () -> let module _ = %s () in ())\n", module, text, name, module
			}' "$file"
	done
}

compile() {
	find_interfaces
	version=$(echo "$versions" | sed 's/^spatch version \([0-9.]*\).*/\1/')
	case $version in
	1.1 | 1.1.* | 1.3 | 1.3.*) ;;
	*) fail "spatch $version: the rules' library knows the trees of spatch 1.1 (Debian 12) and 1.3 (Debian 13) only" ;;
	esac
	{
		echo 'module Resvlint = struct'
		sh "$lib/amalgam.sh" "$version"
		echo 'end include Resvlint'
		rules
	} >"$new/resvlint.ml"
	# What is linked with spatch's modules has to be for the pack that they are for.
	pack=$(ocamlobjinfo "$interfaces/coccilib.cmx" | sed -n 's/^For pack: YES: *//p')
	# shellcheck disable=SC2086 # lists of words
	ocamlfind ocamlopt -g -strict-sequence -w +a-4-9-29-40..42-44-45-48-58-70 ${OCAMLFLAGS:-} \
		-I "$interfaces" ${pack:+-for-pack "$pack"} -shared -o "$new/resvlint.cmxs" "$new/resvlint.ml"
	echo 'version = "0"' >"$new/META"
	rm -f "$new/resvlint.o" "$new/resvlint.ml"
	mv "$new/.stamp" "$new/stamp"
}

set -- "$out" "$@"
for file in "$lib"/*.ml; do
	[ -f "$file" ] || exit 0
done
# The first line of what spatch says, which names OCaml's version, too.
versions=${SPATCH_VERSION:-$("$spatch" --version)}
versions=${versions%%"$newline"*}
mkdir -p "$out"
new=$(mktemp -d "$out/.new.XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM
stamp >"$new/.stamp"
for made; do
	cmp -s "$new/.stamp" "$made/resvlint/stamp" || continue
	[ "$made" != "$out" ] || exit 0
	rm "$new/.stamp"
	cp "$made"/resvlint/META "$made"/resvlint/stamp "$made"/resvlint/resvlint.* "$new/"
	break
done
[ -f "$new/stamp" ] || compile
chmod 755 "$new"
rm -rf "$out/resvlint"
mv "$new" "$out/resvlint"
