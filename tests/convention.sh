#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The locking convention in force: the tree's own text, or the built-in table, and where the two differ.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

source=drivers/dma-buf/dma-buf.c

# kernel VERSION: makes this directory look like a kernel tree.
kernel() {
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 1\n' "${1%.*}" "${1#*.}" >Makefile
	: >Kconfig
	mkdir -p drivers/dma-buf drivers/a
}

# items CLAUSE [VERSION]: the list of a clause as the kernel writes it, from the built-in table.
items() {
	awk -F '\t' -v clause="$1" -v version="${2:-6.12}" '
		function number(text) { split(text, part, "."); return part[1] * 1000 + part[2] }
		$1 == clause && number(version) >= number($3) && ($4 == "-" || number(version) < number($4)) {
			printf " *     - %s%s()\n", $2 ~ /\./ ? "&" : "", $2
		}' "$top/cocci/lib/convention.tsv"
	echo ' *'
}

# document [VERSION]: the text of that kernel.
document() {
	cat <<-'END'
		// SPDX-License-Identifier: GPL-2.0-only
		/**
		 * DOC: locking convention
		 *
		 * In order to avoid deadlock situations between dma-buf exports and importers,
		 * all dma-buf API users must follow the common dma-buf locking convention.
		 *
		 * Convention for importers
		 *
		 * 1. Importers must hold the dma-buf reservation lock when calling these
		 *    functions:
		 *
	END
	items importer-1 "$@"
	printf ' * 2. Importers must not hold the dma-buf reservation lock when calling these\n *    functions:\n *\n'
	items importer-2 "$@"
	printf ' * Convention for exporters\n *\n'
	printf ' * 1. These &dma_buf_ops callbacks are invoked with unlocked dma-buf\n'
	printf ' *    reservation and exporter can take the lock:\n *\n'
	items exporter-1 "$@"
	printf ' * 2. These &dma_buf_ops callbacks are invoked with locked dma-buf\n'
	printf " *    reservation and exporter can't take the lock:\n *\n"
	items exporter-2 "$@"
	printf ' * 3. Exporters must hold the dma-buf reservation lock when calling these\n *    functions:\n *\n'
	items exporter-3 "$@"
	printf ' */\n\nint dma_buf_debug;\n'
}

# line_of TEXT: the first line with it in the tree's dma-buf.c.
line_of() {
	grep -nF -e "$1" "$source" | head -n 1 | cut -d : -f 1
}

# Prints the table of the last run without its heading, and its columns with one space between; the contract is behind it.
rows() {
	sed -e 1,2d -e '/^$/,$d' -e 's/  */ /g' .out
}

# row CLAUSE API VARIANT FROM...: the last run printed this row.
row() {
	rows | grep -qxF -e "$*" || fail "no row: $*"
}

# What the table of a version is to be, without where its rows come from.
wanted_rows() {
	for clause in importer-1 importer-2 exporter-1 exporter-2 exporter-3; do
		items "$clause" "$1" | sed -n "s/^ .*- &*\\([^(]*\\).*/$clause \\1/p"
	done | sort
}

# same_rows VERSION [ROW]: the last run printed the table of a version, and a row besides.
same_rows() {
	wanted_rows "$1" >wanted
	[ "$(wc -l <wanted)" = 33 ] || fail "the table for $1 has not 33 rows"
	if [ "${2-}" ]; then
		echo "$2" >>wanted
		sort -o wanted wanted
	fi
	rows | cut -d ' ' -f 1,2 | sort >found
	same wanted found
}

built_in() {
	mkdir driver
	run 0 convention driver
	silent
	[ "$(head -n 1 .out)" = 'locking convention of 7.1 and later, from the built-in table' ] || fail "heading"
	[ "$(sed -n 2p .out | tr -s ' ')" = 'clause api variant from' ] || fail "columns"
	same_rows 7.1 'exporter-3 dma_buf_move_notify'
	row importer-1 dma_buf_pin - built-in, since 6.2
	row importer-1 dma_buf_vmap dma_buf_vmap_unlocked built-in, since 6.2
	row exporter-1 dma_buf_ops.mmap - built-in, since 6.6
	cp .out newest
	run 0 convention
	same newest .out
}

built_in_by_version() {
	run 0 convention --kernel 6.5
	silent
	prints 'locking convention of 6.5, from the built-in table'
	same_rows 6.5
	row exporter-2 dma_buf_ops.mmap - built-in, since 6.2, until 6.6
	run 0 convention --kernel 6.6.3
	prints 'locking convention of 6.6, '
	same_rows 6.6
	run 0 convention --kernel 5.10
	prints 'locking convention of 6.2, '
	says 'no locking convention was in force in 5.10: checking against that of 6.2'
	run 2 convention --kernel six
	says "--kernel wants a version such as 6.12, not 'six'"
}

own_text() {
	kernel 6.12
	document >"$source"
	run 0 convention
	silent
	[ "$(head -n 1 .out)" = "locking convention of 6.12.1, from $PWD" ] || fail "heading"
	same_rows 6.12
	row importer-1 dma_buf_pin - "$source:$(line_of 'dma_buf_pin()')"
	row importer-1 dma_buf_vmap dma_buf_vmap_unlocked "$source:$(line_of 'dma_buf_vmap()')"
	row exporter-1 dma_buf_ops.mmap - "$source:$(line_of 'ops.mmap()')"
	if rows | grep built-in; then
		fail "a row of the built-in table"
	fi
	cp .out here
	cd drivers/a
	run 0 convention
	same ../../here .out
	run 0 convention ../../"$source"
	same ../../here .out
	run 0 convention --kernel 6.3 ../..
	prints 'locking convention of 6.3, from the built-in table'
	row exporter-2 dma_buf_ops.mmap - built-in, since 6.2, until 6.6
}

json() {
	kernel 6.12
	document >"$source"
	run 0 convention --format json
	line=$(line_of 'dma_buf_vmap()')
	prints "\"tree\": \"$PWD\"" '"version": "6.12.1"' '"convention": "tree"'
	grep -A 6 '"api": "dma_buf_vmap",' .out | tr -d ' \n' >found
	printf '"api":"dma_buf_vmap","variant":"dma_buf_vmap_unlocked","file":"%s","line":%s,"since":null,"until":null},' \
		"$source" "$line" >wanted
	same wanted found
	[ "$(grep -c '"api"' .out)" = 33 ] || fail "not 33 rows"
	run 0 convention --format json --kernel 6.2
	prints '"version": "6.2"' '"convention": "built-in"'
	grep -A 6 '"api": "dma_buf_ops.mmap",' .out | tr -d ' \n' >found
	printf '"api":"dma_buf_ops.mmap","variant":null,"file":null,"line":null,"since":"6.2","until":"6.6"},' >wanted
	same wanted found
}

# The contract is told by its sentences, which are somewhere in the tree's own text.
contract() {
	kernel 6.12
	document >"$source"
	fences=drivers/dma-buf/dma-fence.c
	run 0 convention
	prints "fence cross-driver contract, from the built-in table"
	cat >"$fences" <<-'END'
		/**
		 * DOC: fence cross-driver contract
		 *
		 * * Fences must complete in a reasonable
		 *   time. They do.
		 *
		 * * This means any code required for fence completion cannot acquire a
		 *   &dma_resv lock. Note that.
		 */
	END
	run 0 convention
	sed '1,/^$/d' .out | tr -s ' ' >found
	prints "fence cross-driver contract, from $PWD"
	for row in "contract-1 fence-timeout $fences:4 Fences must complete in a reasonable time." \
		"contract-4 fence-resv,fence-lock-taint $fences:7 any code required for fence completion cannot acquire" \
		"contract-5 fence-alloc,fence-lock-taint,fence-workqueue not in the tree's text any code required"; do
		grep -qF -e "$row" found || fail "no row: $row"
	done
	run 0 convention --format json
	tr -d ' \n' <.out >line
	for text in '"rules":["fence-timeout"],"sentence":"Fencesmustcompleteinareasonabletime.","file":"drivers/dma-buf/dma-fence.c","line":4' \
		'"clause":"contract-7","rules":["fence-wait-context"]'; do
		grep -qF -e "$text" line || fail "no $text"
	done
	run 0 convention --kernel 6.12
	prints "fence cross-driver contract, from the built-in table"
	run 0 rules
	cut -f 2 "$top"/cocci/tables/contract.tsv | sed 1d | tr , '\n' | sort -u | while read -r rule; do
		grep -q "^$rule " .out || fail "no rule $rule"
	done
}

missing_text() {
	kernel 6.5
	printf 'int dma_buf_debug;\n' >"$source"
	run 0 convention
	says "resvlint: $PWD/$source: has no 'DOC: locking convention': using the built-in table for 6.5 "
	prints 'locking convention of 6.5, from the built-in table'
	same_rows 6.5
	rm "$source"
	run 0 convention
	says "cannot read $PWD/$source: No such file or directory: using the built-in table for 6.5 "
	run 0 convention --quiet
	silent
	run 0 convention --kernel 6.5
	silent
}

text_older_than_the_convention() {
	kernel 6.1
	printf 'int dma_buf_debug;\n' >"$source"
	run 0 convention
	says 'using the built-in table for 7.1 and later (--kernel names another version)'
	same_rows 7.1 'exporter-3 dma_buf_move_notify'
}

malformed_text() {
	kernel 6.5
	document 6.5 | sed 's/must hold/should hold/' >"$source"
	run 0 convention
	says "resvlint: $PWD/$source:3: cannot make out the lists of its locking convention: using the built-in table for 6.5 "
	same_rows 6.5
	row exporter-2 dma_buf_ops.mmap - built-in, since 6.2, until 6.6
	document 6.5 | sed '/\*\//,$d' >"$source"
	run 0 convention
	says 'cannot make out the lists of its locking convention'
	same_rows 6.5
}

# A run of check says so, too, and checks against the table.
malformed_text_is_checked_all_the_same() {
	fake_spatch
	kernel 6.5
	document 6.5 | sed '/Convention for exporters/d' >"$source"
	bad_code >drivers/a/a.c
	run 1 check --rule importer-locked drivers/a
	says 'cannot make out the lists of its locking convention: using the built-in table for 6.5 '
	warnings 1
	run 1 check --rule importer-locked --quiet drivers/a
	silent
}

item_left_out() {
	kernel 6.12
	document | sed 's/^ .*- dma_buf_pin()/& and\n *     - whatever else pins it/' >"$source"
	line=$(line_of 'whatever')
	run 0 convention
	says "$PWD/$source:$line: cannot make out this item of the locking convention: not checked (1 such)"
	same_rows 6.12
}

no_differences() {
	fake_spatch
	kernel 6.12
	document >"$source"
	run 0 check drivers/a
	prints_not .
	if grep built-in .err; then
		fail "the table is told of without --verbose"
	fi
	run 0 check --verbose drivers/a
	says "resvlint: $source: says what the built-in table for 6.12 does"
	run 0 convention -v
	says "resvlint: $source: says what the built-in table for 6.12 does"
	run 0 check -v --kernel 6.12 drivers/a
	if grep 'built-in' .err; then
		fail "the tree's text is told of, which is not in force"
	fi
}

differences() {
	fake_spatch
	kernel 6.12
	document 6.2 | sed -e '/dma_buf_unpin()/d' -e 's/^ .*- dma_buf_pin()/&\n *     - dma_buf_frob()/' >"$source"
	run 0 check --verbose drivers/a
	frob=$(line_of 'dma_buf_frob') mmap=$(line_of 'ops.mmap')
	grep built-in .err >found
	cat >wanted <<-END
		resvlint: $source:$frob: dma_buf_frob is in importer-1, and not in the built-in table for 6.12
		resvlint: $source:$mmap: dma_buf_ops.mmap is in exporter-2, in the built-in table for 6.12 in exporter-1
		resvlint: $source: does not list dma_buf_unpin, in the built-in table for 6.12 in importer-1
	END
	same wanted found
	run 0 convention -v
	same wanted .err
	run 0 convention
	silent
}

# frobs NAME: a function that calls this, without the lock, in line 3.
frobs() {
	printf 'int probe(struct dma_buf *buf)\n{\n\treturn %s(buf);\n}\n' "$1"
}

new_functions_are_checked() {
	kernel 6.12
	document | sed -e 's/^ .*- dma_buf_pin()/&\n *     - dma_buf_frob()/' \
		-e 's/^ .*- dma_buf_get()/&\n *     - dma_buf_frob_unlocked()\n *     - dma_buf_grab()/' \
		-e 's/^ .*- dma_buf_move_notify()/&\n *     - dma_buf_shout()/' \
		-e 's/^ .*ops.pin()/&\n *     - \&dma_buf_ops.frob()/' \
		-e 's/^ .*ops.attach()/&\n *     - \&dma_buf_ops.grab()/' >"$source"
	run 0 convention
	row importer-1 dma_buf_frob dma_buf_frob_unlocked "$source:$(line_of 'frob()')"
	frobs dma_buf_frob >drivers/a/frob.c
	frobs dma_buf_shout >drivers/a/shout.c
	{
		printf 'int probe(struct dma_buf *buf)\n{\n\tdma_resv_lock(buf->resv, NULL);\n\tdma_buf_grab(buf);\n'
		printf '\tdma_resv_unlock(buf->resv);\n\treturn 0;\n}\n'
	} >drivers/a/grab.c
	{
		printf 'static int frob(struct dma_buf *buf)\n{\n\tdma_resv_lock(buf->resv, NULL);\n'
		printf '\tdma_resv_unlock(buf->resv);\n\treturn 0;\n}\n'
		printf 'static int grab(struct dma_buf *buf)\n{\n\tdma_resv_assert_held(buf->resv);\n\treturn 0;\n}\n'
		printf 'static const struct dma_buf_ops ops = { .frob = frob, .grab = grab };\n'
	} >drivers/a/ops.c
	run 1 check
	warnings 5
	prints 'drivers/a/frob.c:3:9: warning: dma_buf_frob() without the reservation lock [importer-locked]' \
		'use dma_buf_frob_unlocked()' \
		'drivers/a/grab.c:4:2: warning: dma_buf_grab() with the reservation lock held [importer-unlocked]'
	for line in 'shout.c:3:.*exporter-move-notify' 'ops.c:3:.*exporter-locked' 'ops.c:9:.*exporter-unlocked'; do
		grep -q "drivers/a/$line" .out || fail "no finding: $line"
	done
	run 0 check --kernel 6.12
	says '0 findings'
}

# The text is somebody else's: no size of it may hold up the run, or break it.
hostile_text() {
	kernel 6.12
	frobs dma_buf_pin >drivers/a/a.c
	long=$(printf '%099d' 0 | tr 0 a)
	document | sed "s/^ .*- dma_buf_pin()/&\\n * - ${long}()\\n * - ${long}b()\\n * - ${long}bc()/" >"$source"
	run 1 check drivers/a
	warnings 1
	says 'not checked (1 such)'
	{
		document | sed '/dma_buf_pin()/q'
		yes ' * - dma_buf_x()' | head -n 500000
		document | sed '1,/dma_buf_pin()/d'
	} >"$source"
	run 1 check --rule importer-locked drivers/a
	says 'cannot make out the lists'
	warnings 1
	rm "$source"
	mkfifo "$source"
	run 0 convention
	says "cannot read $PWD/$source: it is no regular file: using the built-in table for 6.12 "
}

full_disk() {
	[ -e /dev/full ] || skip "no /dev/full"
	status=0
	"$resvlint" convention >/dev/full 2>.err || status=$?
	[ "$status" = 2 ] || fail "status $status"
	says 'cannot write to stdout'
}

wrong_operands() {
	run 2 convention a b
	says 'convention takes one TREE'
	run 2 convention missing
	says "cannot check 'missing': No such file or directory"
	mkdir rules
	run 2 convention --rules rules
	says 'resvlint: '
}

check "the built-in table, with the versions of each row" built_in
check "the built-in table of a version" built_in_by_version
check "the tree's own text, with the line of each row" own_text
check "the convention as JSON" json
check "the contract, by its sentences in the tree's text" contract
check "a tree without the text: the table of its version, with a warning" missing_text
check "a tree from before the convention: the newest table, with a warning" text_older_than_the_convention
check "a text that is not understood: the table, with a warning" malformed_text
check "check warns of such a text, too" malformed_text_is_checked_all_the_same
check "an item that is not understood is told" item_left_out
check "--verbose says that tree and table agree" no_differences
check "--verbose says where tree and table differ" differences
check "functions that only the tree's text names are checked" new_functions_are_checked
check "a text that is meant to do harm does none" hostile_text
check "convention notices that stdout is full" full_disk
check "convention refuses wrong operands" wrong_operands

finish
