#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The command line: what it takes, what it refuses, and what the exit status says.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

refused() {
	message=$1
	shift
	fake_spatch
	bad_code >a.c
	run 2 "$@"
	says "$message"
	[ "$(wc -l <.err)" = 1 ] || fail "not one line on stderr"
	case $(cat .err) in
	'resvlint: '*) ;;
	*) fail "does not begin with 'resvlint: '" ;;
	esac
}

check "no command" refused 'no command given'
check "an unknown command" refused "no command 'chekc'" chekc
check "an unknown option" refused "no option '--nonsense'" check --nonsense
check "an unknown short option" refused "no option '-z'" check -z
check "an option without its value" refused 'wants a value' check --rule
check "--jobs 0" refused '--jobs wants a number' check --jobs 0
check "--jobs -1" refused '--jobs wants a number' check --jobs -1
check "--jobs two" refused '--jobs wants a number' check --jobs two
check "--jobs with trailing text" refused '--jobs wants a number' check --jobs 2x
check "--timeout that overflows" refused '--timeout wants a number' check --timeout 99999999999999999999
check "--memory without a number" refused '--memory wants a number' check --memory ''
check "--confidence of no level" refused '--confidence wants low, medium or high' check --confidence sure
check "--format that there is not" refused '--format wants text or json' check --format xml
check "--color that there is not" refused '--color wants auto, always or never' check --color red
check "--kernel that is no version" refused 'latest' check --kernel latest
check "-D without a name" refused "-D wants the name of a macro, as NAME or NAME=VALUE, not '=1'" check -D =1
check "-D of what is no name" refused "-D wants the name of a macro" check -D "HAVE-X"
check "-U of a value" refused "-U wants the name of a macro, not 'HAVE_X=1'" check -U HAVE_X=1
check "-U without its value" refused "wants a value" check -U
check "an unknown rule; the known ones are named" refused importer-locked check --rule importer-lock
check "an unknown rule among others" refused resv-balance check --rule importer-locked,nope
check "a path that does not exist" refused "cannot check 'missing'" check missing
check "a missing path after a good one" refused "cannot check 'missing'" check a.c missing
check "a file that is no C source" refused "spatch" check spatch
check "explain without a rule" refused 'explain takes the id of one rule' explain
check "explain of two rules" refused 'explain takes the id of one rule' explain importer-locked resv-balance
check "explain of an unknown rule" refused importer-locked explain importer-lock
check "rules with an operand" refused 'rules takes no operand' rules a.c

help_and_version() {
	run 0 --help
	prints 'usage: resvlint check' 'resvlint convention [TREE]' '--contexts FILE' 'Exit status:'
	silent
	run 0 check --help
	prints 'usage: resvlint check'
	run 0 --version
	prints 'resvlint '
	silent
}

rules_are_listed() {
	SPATCH=/nonexistent run 0 rules
	silent
	for rule in "$top"/cocci/dma-*/*.cocci; do
		grep -qE "^$(basename "$rule" .cocci) +[a-z0-9-]+ +(high|medium|low) +[A-Z]" .out ||
			fail "no line for $rule"
	done
	[ "$(wc -l <.out)" = "$(find "$top"/cocci/dma-* -name '*.cocci' | wc -l)" ] || fail "not one line a rule"
}

each_rule_is_explained() {
	for rule in "$top"/cocci/dma-*/*.cocci; do
		run 0 explain "$(basename "$rule" .cocci)"
		prints "$(basename "$rule" .cocci): " Wrong Right Remedy 'When this is wrong:'
		silent
	done
}

check "--help and --version" help_and_version
check "rules prints a line for each rule, without spatch" rules_are_listed
check "explain has a wrong and a right example of each rule" each_rule_is_explained

nothing_found() {
	fake_spatch
	good_code >a.c
	run 0 check
	says '0 findings'
	[ ! -s .out ] || fail "something on stdout"
}

findings() {
	fake_spatch
	bad_code >a.c
	run 1 check
	warnings 1
	prints 'a.c:3:9: warning: '
}

a_file_not_analysed() {
	fake_spatch
	bad_code >a.c
	{ bad_code; echo '/* FAIL */'; } >b.c
	run 3 check --rule importer-locked
	prints 'a.c:3:9: warning: '
	says 'b.c: '
}

strict() {
	bad_code >a.c
	printf '\nint broken(struct dma_buf *b)\n{\n\tif (dma_buf_pin(b) ] {{\n}\n\n' >>a.c
	good_code next >>a.c
	run 1 check --rule importer-locked
	says 'broken() did not parse: not analysed' '1 function and 0 files not analysed'
	run 3 check --rule importer-locked --strict
	warnings 1
}

default_path() {
	fake_spatch
	mkdir sub
	bad_code >sub/a.c
	run 1 check --rule importer-locked
	prints 'sub/a.c:3:9: '
	prints_not './sub'
}

given_paths() {
	fake_spatch
	mkdir -p sub/deep
	bad_code >sub/deep/a.c
	run 1 check sub
	prints 'sub/deep/a.c:3:9: '
	run 1 check ./sub/
	prints './sub/deep/a.c:3:9: '
	run 1 check "$PWD"
	prints "$PWD/sub/deep/a.c:3:9: "
	run 1 check sub/deep/a.c sub "$PWD"
	warnings 1
}

rules_are_chosen() {
	cp -R "$top/fixtures/sample" .
	run 1 check --rule exporter-locked,importer-unlocked sample
	warnings 2
	prints '[exporter-locked]' '[importer-unlocked]'
}

confidence_filters() {
	fake_spatch
	sed 's/\\thigh/\\tlow/' spatch >low
	cat low >spatch
	bad_code >a.c
	run 0 check
	run 0 check --confidence high
	run 1 check --confidence low
	warnings 1
}

quiet_and_verbose() {
	fake_spatch
	bad_code >a.c
	run 1 check --quiet
	silent
	run 1 check --verbose
	says 'selected a.c'
	{ bad_code; echo '/* FAIL */'; } >b.c
	run 3 check --quiet
	says 'b.c: '
}

stats() {
	fake_spatch
	bad_code >a.c
	run 1 check --stats
	says 'files scanned: 1 ' 'selected for importer-locked: 1' 'spatch processes: ' 'peak memory: '
}

check "status 0 when nothing is found" nothing_found
check "status 1 when something is" findings
check "status 3 when a file was not analysed; the others' findings are printed" a_file_not_analysed
check "a function that does not parse is named, and status 3 with --strict" strict
check "the path is . if none is given" default_path
check "paths are printed as they are given, and overlapping ones give a file once" given_paths
check "--rule chooses rules" rules_are_chosen
check "--confidence leaves out what is below" confidence_filters
check "--quiet and --verbose" quiet_and_verbose
check "--stats" stats

two_trees() {
	fake_spatch
	for tree in one two; do
		mkdir "$tree"
		printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n' >"$tree/Makefile"
		touch "$tree/Kconfig"
		bad_code >"$tree/a.c"
	done
	run 2 check one two
	says 'check them one at a time'
}

kernel_without_convention() {
	fake_spatch
	bad_code >a.c
	run 1 check --kernel 5.10
	says 6.2
}

check "paths in two trees are refused" two_trees
check "a kernel before the convention is told of" kernel_without_convention

finish
