#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # what looks like expansions is text
# What can be wrong with the machine: each is told at once, with what to do, and status 2.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

no_spatch() {
	bad_code >a.c
	mkdir bin
	PATH=$PWD/bin run 2 check
	says 'no spatch' 'apt install coccinelle' SPATCH
}

SPATCH_missing() {
	bad_code >a.c
	SPATCH=$PWD/nothing run 2 check
	says "no spatch ('$PWD/nothing')"
}

SPATCH_not_executable() {
	bad_code >a.c
	: >plain
	SPATCH=./plain run 2 check
	says "no spatch ('./plain')"
}

SPATCH_is_used() {
	fake_spatch
	mv spatch other
	bad_code >a.c
	SPATCH=./other run 1 check
	warnings 1
}

# version TEXT MESSAGE...: what spatch --version prints, and what is said of it.
version() {
	printf '#!/bin/sh\ncat <<END\n%s\nEND\n' "$1" >old
	shift
	chmod +x old
	bad_code >a.c
	SPATCH=./old run 2 check
	says "$@"
}

version_that_hangs() {
	printf '#!/bin/sh\nsleep 1000\n' >slow
	chmod +x slow
	bad_code >a.c
	SPATCH=./slow run 2 check
	says 'does not tell its version'
}

# The real one says so only when it is run.
no_compiler() {
	fake_spatch
	awk '/ready/ { print "echo \"No OCaml compiler found! Install either ocamlc or ocamlopt\" >&2; exit 255" } { print }' \
		spatch >other
	chmod +x other
	bad_code >a.c
	SPATCH=./other run 2 check
	says 'OCaml compiler' 'apt install ocaml'
}

no_compiler_for_real() {
	bad_code >a.c
	mkdir bin
	for program in sh dash diff rm cp mv cat; do
		ln -s "$(command -v "$program")" bin/
	done
	SPATCH=$(command -v "${SPATCH:-spatch}") PATH=$PWD/bin run 2 check
	says 'OCaml compiler' 'apt install ocaml'
}

no_rules_directory() {
	fake_spatch
	bad_code >a.c
	run 2 check --rules missing
	says missing
	mkdir empty
	run 2 check --rules empty
	says empty
	run 2 rules --rules a.c
	says a.c
}

rules_from_the_environment() {
	cp -R "$top/cocci" mine
	mv mine/dma-buf/importer-locked.cocci mine/dma-buf/mine.cocci
	RESVLINT_RULES=$PWD/mine run 0 rules
	prints 'mine '
	RESVLINT_RULES=$PWD/missing run 0 rules --rules mine
	prints 'mine '
}

rules_beside_the_program() {
	cp "$resvlint" .
	cp -R "$top/cocci" cocci
	unset RESVLINT_RULES
	mkdir elsewhere
	ln -s ../resvlint elsewhere/link
	cd elsewhere
	resvlint=./link
	run 0 rules
	prints 'importer-locked '
}

no_library() {
	mkdir -p mine/g
	cp "$top/cocci/dma-buf/importer-locked.cocci" mine/g/
	fake_spatch
	bad_code >a.c
	run 2 check --rules mine
	says mine
}

two_of_one_id() {
	cp -R "$top/cocci" mine
	mkdir mine/other
	cp mine/dma-buf/importer-locked.cocci mine/other/
	run 2 rules --rules mine
	says importer-locked
}

no_header() {
	cp -R "$top/cocci" mine
	sed -i '/^\/\/\//d' mine/dma-buf/importer-locked.cocci
	run 2 rules --rules mine
	says importer-locked.cocci
	cp -R "$top/cocci" tokens
	sed -i '/^\/\/ Tokens:/d' tokens/dma-buf/importer-locked.cocci
	run 2 check --rules tokens
	says importer-locked.cocci
}

# All rules are one package: that one of them cannot be compiled is told whichever is asked for.
broken() {
	cp -R "$top/cocci" mine
	bad_code >a.c
	sed -i 's/^let rule = .*/let rule = 1 + "x"/' mine/dma-buf/importer-locked.cocci
	run 2 check --rules mine
	says 'dma-buf/importer-locked.cocci'
	run 2 check --rules mine --rule importer-unlocked
	says 'dma-buf/importer-locked.cocci'
}

# What only a rule alone has is not read.
semantic_patch() {
	cp -R "$top/cocci" mine
	bad_code >a.c
	echo '@@@' >>mine/dma-buf/importer-locked.cocci
	run 1 check --rules mine --rule importer-locked
	warnings 1
}

check "no spatch in PATH" no_spatch
check "SPATCH names nothing" SPATCH_missing
check "SPATCH names no program" SPATCH_not_executable
check "SPATCH is used" SPATCH_is_used
check "a spatch that is too old" version "spatch version 1.1.0 compiled with OCaml version 4.13.1
OCaml scripting support: yes" 'is version 1.1.0, and 1.1.1 or newer is needed'
check "a spatch of another century" version "spatch version 0.9" 'is version 0.9.0'
check "a spatch without OCaml scripting" version "spatch version 1.3.0 compiled with OCaml version 4.14.1
OCaml scripting support: no" 'built without OCaml scripting'
check "something that is no spatch" version "cat (GNU coreutils) 9.1" 'does not tell its version'
check "a spatch whose --version hangs" version_that_hangs
check "no OCaml compiler" no_compiler
check "no OCaml compiler, with the real spatch" no_compiler_for_real
check "no rules directory, an empty one, a file" no_rules_directory
check "RESVLINT_RULES, and --rules before it" rules_from_the_environment
check "rules beside the program, which may be reached by a link" rules_beside_the_program
check "rules without their library" no_library
check "two rules of one id" two_of_one_id
check "a rule without its header" no_header
check "a rule whose OCaml does not compile" broken
check "a rule's semantic patch matters where it runs alone" semantic_patch

finish
