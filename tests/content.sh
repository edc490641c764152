#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What may stand in a tree besides good C: each is analysed, or named as not analysed, and harms no other.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

rule='--rule importer-locked'

# checked STATUS: runs one rule on everything here, and sees that the good neighbour was analysed.
checked() {
	bad_code neighbour >zz.c
	# shellcheck disable=SC2086 # two words
	run "$1" check $rule
	prints 'zz.c:3:9: '
}

links() {
	mkdir ../outside
	bad_code >../outside/a.c
	bad_code >real.c
	ln -s ../outside/a.c out.c
	ln -s ../outside out
	ln -s real.c inside.c
	ln -s loop loop
	ln -s missing.c dangling.c
	checked 1
	warnings 2
	prints 'real.c:3:9: '
	run 1 check --verbose
	says 'link not followed: out.c' 'link not followed: out' 'link not followed: dangling.c' '5 links not followed'
	run 1 check out
	prints 'out/a.c:3:9: '
	rm -r ../outside
}

fifo() {
	mkfifo x.c
	checked 3
	says 'x.c: not a regular file: not analysed'
	run 3 check x.c
}

device() {
	mknod x.c c 1 5 2>/dev/null || skip "no device can be made here"
	checked 3
	says 'x.c: not a regular file: not analysed'
}

directory_named_like_a_file() {
	mkdir x.c
	bad_code >x.c/y.c
	checked 1
	prints 'x.c/y.c:3:9: '
}

unreadable() {
	[ "$(id -u)" != 0 ] || skip "root may read everything"
	mkdir closed
	bad_code >closed/a.c
	bad_code >x.c
	chmod 000 x.c closed
	checked 3
	says 'x.c: Permission denied: not analysed' 'closed: Permission denied: not analysed'
}

empty_directory() {
	mkdir empty
	run 0 check empty
	says '0 findings in 0 files; 0 of 0 files analysed'
}

git_directory() {
	mkdir .git
	bad_code >.git/a.c
	run 0 check
	says '0 of 0 files'
}

empty_file() {
	: >x.c
	checked 1
	says '1 of 2 files analysed'
}

crlf() {
	bad_code | sed 's/$/\r/' >x.c
	checked 1
	prints 'x.c:3:9: '
}

no_last_newline() {
	printf '%s' "$(bad_code)" >x.c
	checked 1
	prints 'x.c:3:9: '
}

nul_bytes() {
	{ bad_code before; printf 'int a;\0\0int b;\n'; bad_code after; } >x.c
	bad_code neighbour >zz.c
	status=0
	# shellcheck disable=SC2086
	"$resvlint" check $rule >.out 2>.err || status=$?
	echo "$status" >.status
	prints 'zz.c:3:9: ' 'x.c:3:9: '
	# What comes behind the NUL is found, or said to be lost.
	grep -q '^x.c:8:9: ' .out || says 'x.c:'
}

nul_bytes_that_do_not_parse() {
	for name in x y; do
		printf 'static int %s_broken(struct dma_buf *b)\n{\n\tif (dma_buf_pin(b ] \0 {{\n}\n' "$name" >"$name.c"
	done
	checked 1
	says 'x.c:1: x_broken() did not parse' 'y.c:1: y_broken() did not parse'
}

binary_junk() {
	awk 'BEGIN { for (i = 0; i < 50000; i++) printf "%c", i * 7919 % 251 + 1 }' | tr -d "\"'/#*\\\\" >x.c
	printf '\n dma_buf_map_attachment(a, b) \n' >>x.c
	rule="$rule --timeout 10"
	checked 1
	says 'text did not parse: not analysed'
}

half_written() {
	cat >x.c <<-'END'
		static int half(struct dma_buf *buf)
		{
			if (dma_buf_pin(buf->attach
	END
	checked 1
	says 'x.c:1: half() did not parse: not analysed'
}

large() {
	bad_code first >x.c
	awk 'BEGIN { for (i = 0; i < 100000; i++) print "/* 50 bytes of comment: xxxxxxxxxxxxxxxxxxxxxxxxxx */" }' >>x.c
	bad_code last >>x.c
	[ "$(wc -c <x.c)" -gt 5000000 ] || fail "the file is too small"
	checked 1
	prints 'x.c:3:9: ' 'x.c:100007:9: '
}

large_and_slow() {
	bad_code first >x.c
	awk 'BEGIN { for (i = 0; i < 100000; i++) printf "static const int table_%d[] = { %d, %d, %d };\n", i, i, i, i }' >>x.c
	[ "$(wc -c <x.c)" -gt 5000000 ] || fail "the file is too small"
	rule="$rule --timeout 3"
	checked 3
	says 'x.c: spatch timed out after 3 s: not analysed'
}

too_large() {
	{ bad_code; awk 'BEGIN { for (i = 0; i < 300000; i++) print "/* 60 bytes of comment: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx */" }'; } >x.c
	checked 3
	says 'x.c: larger than 16 MiB: not analysed'
}

deeply_nested() {
	awk 'BEGIN {
		print "static struct sg_table *deep(struct dma_buf_attachment *a)\n{\n\tint x ="
		for (i = 0; i < 20000; i++) printf "("
		printf "1"
		for (i = 0; i < 20000; i++) printf ")"
		print ";\n\treturn dma_buf_map_attachment(a, x);\n}"
	}' >x.c
	bad_code neighbour >zz.c
	status=0
	# shellcheck disable=SC2086
	"$resvlint" check --timeout 4 $rule >.out 2>.err || status=$?
	echo "$status" >.status
	prints 'zz.c:3:9: '
	case $status in
	1) grep -q '^x.c:5:' .out || says 'x.c:1: deep()' ;;
	3) says 'x.c: ' ;;
	*) fail "status $status" ;;
	esac
}

deep_directories() {
	dir=.
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		dir=$dir/$(printf '%0200d' "$i")
	done
	mkdir -p "$dir"
	bad_code >"$dir/x.c"
	checked 1
	warnings 2
}

headers() {
	bad_code >x.h
	checked 1
	prints 'x.h:3:9: '
}

check "links out of the tree are not followed, but one that is named is" links
check "a FIFO called x.c" fifo
check "a device called x.c" device
check "a directory called x.c" directory_named_like_a_file
check "an unreadable file and directory" unreadable
check "an empty directory" empty_directory
check "a .git directory is left out" git_directory
check "an empty file" empty_file
check "CRLF" crlf
check "no newline at the end" no_last_newline
check "NUL bytes" nul_bytes
check "NUL bytes in code that does not parse" nul_bytes_that_do_not_parse
check "binary junk" binary_junk
check "half-written code" half_written
check "a file of 5 MB" large
check "a file of 5 MB that takes too long" large_and_slow
check "a file of more than 16 MiB" too_large
check "an expression nested 20000 deep" deeply_nested
check "a path of 3000 bytes" deep_directories
check "a header" headers

finish
