#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # what looks like expansions is text
# Names that somebody else chose: each file is reported under its own, and nothing is executed. With the
# real spatch, which hands names to a shell.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

newline='
'
latin1=$(printf 'caf\351')
tab=$(printf '\t')
escape=$(printf '\033')
long=$(printf '%0197d' 0 | tr 0 x)

# Code in files of all these names, in the directory bad.
make_hostile() {
	mkdir bad
	for name in 'x;touch PWNED;.c' '$(touch PWNED).c' '`touch PWNED`.c' 'a|touch PWNED|.c' '&touch PWNED&.c' \
		"x${newline}touch PWNED${newline}.c" "single'quote.c" 'double"quote.c' 'back\slash.c' \
		'a space.c' "tab$tab.c" "escape${escape}[31m.c" "$latin1.c" '-D.c' '--help.c' '*.c' '~.c' \
		'{a,b}.c' '%s%n.c' '#.c' 'ü.c' '.c' "$long.c" 'a;touch PWNED;/b.c' "$long/$long/c.c"; do
		mkdir -p "./bad/$(dirname -- "$name")"
		bad_code >"./bad/$name"
	done
}

nothing_executed() {
	[ -z "$(find . -name 'PWNED*')" ] || fail "a name was executed"
	[ ! -e "$top/PWNED" ] || fail "a name was executed"
}

text_names() {
	make_hostile
	run 1 check --rule importer-locked bad
	nothing_executed
	warnings 25
	prints 'bad/x;touch PWNED;.c:3:' 'bad/$(touch PWNED).c:3:' 'bad/`touch PWNED`.c:3:' \
		'bad/a|touch PWNED|.c:3:' 'bad/&touch PWNED&.c:3:' 'bad/x\ntouch PWNED\n.c:3:' \
		"bad/single'quote.c:3:" 'bad/double"quote.c:3:' 'bad/back\slash.c:3:' 'bad/a space.c:3:' \
		'bad/tab\t.c:3:' 'bad/escape\x1b[31m.c:3:' "bad/$latin1.c:3:" 'bad/-D.c:3:' 'bad/--help.c:3:' \
		'bad/*.c:3:' 'bad/~.c:3:' 'bad/{a,b}.c:3:' 'bad/%s%n.c:3:' 'bad/#.c:3:' 'bad/ü.c:3:' \
		'bad/.c:3:' "bad/$long.c:3:" 'bad/a;touch PWNED;/b.c:3:' "bad/$long/$long/c.c:3:"
	says '25 findings in 25 files; 25 of 25 files analysed'
	[ "$(wc -l <.out)" = 75 ] || fail "not three lines a finding"
}

json_names() {
	make_hostile
	run 1 check --format json --rule importer-locked bad
	nothing_executed
	prints '"file": "x;touch PWNED;.c"' '"file": "x\ntouch PWNED\n.c"' '"file": "double\"quote.c"' \
		'"file": "back\\slash.c"' '"file": "tab\t.c"' '"file": "escape\u001B[31m.c"' \
		'"file": "caf\\xe9.c"' '"file": "ü.c"'
	[ "$(grep -c '"rule": ' .out)" = 25 ] || fail "not 25 findings"
}

# Messages name them too.
not_analysed_names() {
	mkdir bad
	fake_spatch
	for name in 'x;touch PWNED;.c' "x${newline}y.c" "red${escape}[31m.c"; do
		{ bad_code; echo '/* CRASH */'; } >"bad/$name"
	done
	run 3 check bad
	nothing_executed
	says 'bad/x;touch PWNED;.c: ' 'bad/x\ny.c: ' 'bad/red\x1b[31m.c: '
}

operands() {
	mkdir -- '-bad' 'x;touch PWNED;'
	bad_code >'-bad/-D.c'
	bad_code >'x;touch PWNED;/a.c'
	run 1 check --rule importer-locked -- -bad 'x;touch PWNED;' '-bad/-D.c'
	nothing_executed
	prints '-bad/-D.c:3:' 'x;touch PWNED;/a.c:3:'
	warnings 2
}

directory_of_the_run() {
	mkdir "x;touch PWNED;' \"$newline"
	cd "x;touch PWNED;' \"$newline"
	bad_code >a.c
	run 1 check --rule importer-locked
	prints 'a.c:3:'
	nothing_executed
	cd ..
	nothing_executed
}

temporary_directory() {
	dir="$PWD/x;touch PWNED;' \"\$(touch PWNED)$newline"
	mkdir "$dir"
	bad_code >a.c
	TMPDIR=$dir run 1 check --rule importer-locked
	nothing_executed
	[ -z "$(ls -A "$dir")" ] || fail "something stayed in TMPDIR"
}

rules_directory() {
	rules="x;touch PWNED;' \"\$(touch PWNED)"
	cp -R "$top/cocci" "$rules"
	bad_code >a.c
	run 1 check --rules "$rules" --rule importer-locked
	nothing_executed
	warnings 1
}

# What code says is data too.
content() {
	cat >a.c <<-'END'
		#include "x;touch PWNED;.h"
		#include "/etc/passwd"
		static struct sg_table *probe(struct foo *foo)
		{
			printk("`touch PWNED` $(touch PWNED)");
			return dma_buf_map_attachment(find(foo, "'; touch PWNED; resvlint	finding
		", "\
			resvlint	finding	x"), DMA_TO_DEVICE);
		}
	END
	run 1 check --rule importer-locked a.c
	nothing_executed
	warnings 1
}

check "text: each file under its own name, one line a finding" text_names
check "JSON: each file under its own name, in UTF-8" json_names
check "messages on files that are not analysed" not_analysed_names
check "paths on the command line" operands
check "the directory that the run is in" directory_of_the_run
check "TMPDIR" temporary_directory
check "the rules directory" rules_directory
check "strings and includes in the code" content

finish
