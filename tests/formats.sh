#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Text and JSON: their form, and that nothing in them depends on time or on the number of jobs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

text_form() {
	fake_spatch
	bad_code >a.c
	run 1 check
	cat >wanted <<-'END'
		a.c:3:9: warning: dma_buf_map_attachment() without the reservation lock [importer-locked]
		    in probe(): no lock taken
		    use it unlocked
	END
	same wanted .out
}

colour() {
	fake_spatch
	bad_code >a.c
	escape=$(printf '\033')
	run 1 check --color auto
	prints_not "$escape"
	run 1 check --color never
	prints_not "$escape"
	run 1 check --color always
	prints "$escape"
}

json_keys() {
	fake_spatch
	bad_code >a.c
	{ bad_code; echo '/* FAIL */'; } >b.c
	run 3 check --format json
	sed -n 's/^ *"\([a-z_-]*\)":.*/\1/p' .out | tr '\n' ' ' >found
	echo 'tool name version tree kernel convention findings rule clause confidence file line column' \
		'end_column function operation state lock message chain fix fingerprint not_analysed' \
		'file line function reason summary files selected findings not_analysed by_rule importer-locked' |
		tr '\n' ' ' >wanted
	same wanted found
	prints "\"tree\": \"$PWD\"" '"kernel": null' '"convention": "built-in"' '"file": "a.c"' '"line": 3,' \
		'"column": 9,' '"state": "not held"' '"lock": null' '"chain": []' '"fix": null'
}

json_of_nothing() {
	fake_spatch
	good_code >a.c
	run 0 check --format json
	prints '"findings": []' '"not_analysed": []' '"by_rule": {}'
}

json_of_a_tree() {
	fake_spatch
	mkdir -p linux/drivers/gpu
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n' >linux/Makefile
	touch linux/Kconfig
	bad_code >linux/drivers/gpu/a.c
	run 1 check --format json linux/drivers/gpu
	prints "\"tree\": \"$PWD/linux\"" '"kernel": "6.12.3"' '"file": "drivers/gpu/a.c"'
}

real_fix() {
	bad_code >a.c
	run 1 check --format json --rule importer-locked
	prints '"replace": "dma_buf_map_attachment"' '"with": "dma_buf_map_attachment_unlocked"'
}

# The fingerprint lines of the last run.
fingerprints() {
	grep '"fingerprint"' .out
}

fingerprint_stays() {
	fake_spatch
	bad_code >a.c
	run 1 check --format json
	fingerprints >before
	{ printf '\n\n\n'; bad_code; } >a.c
	run 1 check --format json
	prints '"line": 6,'
	fingerprints >after
	same before after
	bad_code other | sed 's/attach(/x(/' >>a.c
	run 1 check --format json
	[ "$(fingerprints | sort -u | wc -l)" = 2 ] || fail "two findings, not two fingerprints"
}

# Many files, some in a row of which spatch fails on one.
many() {
	for i in 1 2 3 4 5 6 7 8 9; do
		for j in 1 2 3 4; do
			bad_code "f$i$j" >"a$i-$j.c"
		done
	done
	{ bad_code; echo '/* FAIL */'; } >z.c
}

same_bytes() {
	fake_spatch
	many
	for format in text json; do
		for jobs in 1 1 2 7; do
			run 3 check --format "$format" --jobs "$jobs"
			[ -f "first.$format" ] || cp .out "first.$format"
			same "first.$format" .out
			[ -f err ] || cp .err err
			same err .err
		done
	done
	[ "$(grep -c ': warning: ' first.text)" = 36 ] || fail "not 36 findings"
}

same_bytes_for_real() {
	cp -R "$top/fixtures/sample" .
	run 1 check --format json --jobs 1 sample
	cp .out first
	run 1 check --format json --jobs 3 sample
	same first .out
}

sorted() {
	fake_spatch
	mkdir b
	bad_code one >b.c
	{ bad_code two; bad_code three; } >b/a.c
	bad_code four >a.c
	run 1 check
	sed -n 's/: warning:.*//p' .out >found
	printf '%s\n' a.c:3:9 b.c:3:9 b/a.c:3:9 b/a.c:7:9 >wanted
	same wanted found
}

check "the form of text" text_form
check "--color" colour
check "JSON has its keys, in their order" json_keys
check "JSON when nothing is found" json_of_nothing
check "JSON names files from the top of the kernel tree" json_of_a_tree
check "JSON gives the fix" real_fix
check "a fingerprint does not depend on lines, and is one finding's alone" fingerprint_stays
check "the same bytes whatever --jobs is" same_bytes
check "the same bytes whatever --jobs is, with the real spatch" same_bytes_for_real
check "findings are in order of file and line" sorted

finish
