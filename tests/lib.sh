# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# What the tests share. A test is a function that `check` runs in an empty directory of its own, in a
# shell of its own: it passes unless it calls fail, or a command fails that nobody looks at.
set -eu
LC_ALL=C
export LC_ALL

top=$(cd "$(dirname "$0")/.." && pwd)
resvlint=${RESVLINT:-$top/resvlint}
passed=0
failed=0
rules=''
scratch=$(mktemp -d "${TMPDIR:-/tmp}/resvlint-test.XXXXXX")
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# fail WHY...: ends the test.
fail() {
	printf '%s\n' "$*"
	if [ -f .status ]; then
		printf 'resvlint ended with %s\n' "$(cat .status)"
		sed 's/^/stdout: /' .out | head -n 20
		sed 's/^/stderr: /' .err | head -n 20
	fi
	exit 1
}

# skip WHY...: ends the test without a verdict.
skip() {
	printf '%s\n' "$*"
	exit 77
}

# check DESCRIPTION FUNCTION [ARGUMENT...]
check() {
	description=$1
	shift
	dir=$scratch/test
	mkdir "$dir"
	status=0
	# Not in a condition, where `set -e` would be off.
	set +e
	(
		set -e
		cd "$dir"
		"$@"
	) >"$scratch/log" 2>&1
	status=$?
	set -e
	case $status in
	0)
		echo "ok - $description"
		passed=$((passed + 1))
		;;
	77)
		echo "ok - $description # SKIP $(cat "$scratch/log")"
		;;
	*)
		echo "not ok - $description"
		sed 's/^/#   /' "$scratch/log"
		failed=$((failed + 1))
		;;
	esac
	rm -rf "$dir" 2>/dev/null || {
		chmod -R u+rwx "$dir"
		rm -rf "$dir"
	}
}

# finish: the sum, and the exit status.
finish() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}

# run STATUS ARGUMENT...: runs resvlint and wants this exit status; its output is in .out and .err.
run() {
	wanted=$1
	shift
	status=0
	"$resvlint" "$@" >.out 2>.err </dev/null || status=$?
	echo "$status" >.status
	[ "$status" = "$wanted" ] || fail "wanted exit status $wanted: resvlint $*"
	if [ "$status" = 2 ] && [ -s .out ]; then
		fail "status 2, and something on stdout: resvlint $*"
	fi
}

# has FILE TEXT: one process, however many texts are looked for in the file.
has() {
	[ "$1" = "$read" ] || content=$(cat "$1") read=$1
	case $content in
	*"$2"*) ;;
	*) return 1 ;;
	esac
}

# says TEXT...: each text is in the last run's messages.
says() {
	read=''
	for text; do
		has .err "$text" || fail "stderr does not say: $text"
	done
}

# says_not TEXT...: none of the texts is.
says_not() {
	read=''
	for text; do
		! has .err "$text" || fail "stderr says: $text"
	done
}

# silent: the last run said nothing on stderr.
silent() {
	[ ! -s .err ] || fail "stderr is not empty"
}

# prints TEXT...: each text is in what the last run printed.
prints() {
	read=''
	for text; do
		has .out "$text" || fail "stdout has not: $text"
	done
}

# prints_not TEXT...: none of the texts is.
prints_not() {
	read=''
	for text; do
		! has .out "$text" || fail "stdout has: $text"
	done
}

# warnings NUMBER: the last run printed so many.
warnings() {
	count=$(grep -c ': warning: ' .out) || :
	[ "$count" = "$1" ] || fail "wanted $1 warnings, got $count"
}

# same FILE FILE
same() {
	cmp -s "$1" "$2" || {
		diff -u "$1" "$2" || :
		fail "$1 and $2 differ"
	}
}

# bad_code [FUNCTION]: a function with one violation, of importer-locked, in its third line.
bad_code() {
	printf 'static struct sg_table *%s(struct dma_buf_attachment *attach)\n{\n' "${1:-probe}"
	printf '\treturn dma_buf_map_attachment(attach, DMA_TO_DEVICE);\n}\n'
}

# good_code [FUNCTION]: the same, put right.
good_code() {
	bad_code "${1:-probe}" | sed 's/dma_buf_map_attachment/&_unlocked/'
}

# make_kernel DIR...: makes this directory look like a kernel tree that has these.
make_kernel() {
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n' >Makefile
	: >Kconfig
	mkdir -p "$@"
}

# defines HEAD STATEMENT...: a function with these statements, the first in its line 3.
defines() {
	printf '%s\n{\n' "$1"
	shift
	printf '\t%s;\n' "$@"
	printf '}\n'
}

# in_table TYPE NAME MEMBER FUNCTION: a table of callbacks that has one.
in_table() {
	printf 'static const struct %s %s = {\n\t.%s = %s,\n};\n' "$@"
}

# sched NAME CALL [MEMBER]: a scheduler's table with a callback, NAME_run(), that makes a call in line 3.
sched() {
	defines "static struct dma_fence *$1_run(struct drm_sched_job *job)" "$2" 'return NULL'
	in_table drm_sched_backend_ops "$1_ops" "${3:-run_job}" "$1_run"
}

# checked STATUS [OPTION...]: checks with the rules of $rules.
checked() {
	wanted=$1
	shift
	run "$wanted" check --rule "$rules" "$@"
}

# slow_code: prints a source that takes spatch longer than anybody waits.
slow_code() {
	awk 'BEGIN {
		print "static struct sg_table *slow(struct dma_buf_attachment *a)\n{"
		for (i = 0; i < 200000; i++) printf "\tf(a, %d);\n", i
		print "\treturn dma_buf_map_attachment(a, DMA_TO_DEVICE);\n}"
	}'
}

# fake_spatch: makes ./spatch, and has resvlint use it. It finds what importer-locked would find in
# bad_code; a file that contains HANG, CRASH, EAT or FAIL makes it do so.
fake_spatch() {
	cat >spatch <<-'END'
		#!/bin/sh
		if [ "$1" = --version ]; then
			echo "spatch version 1.1.1 compiled with OCaml version 4.13.1"
			echo "OCaml scripting support: yes"
			exit 0
		fi
		printf 'resvlint\tready\n'
		while read -r verb file rules; do
			case $verb in
			know | enter | ask | load) continue ;;
			rules) ;;
			*)
				printf 'resvlint\tdone\t0\t0\n'
				continue
				;;
			esac
			case $(cat "$file") in
			*HANG*) sleep 1000 ;;
			*CRASH*) kill -SEGV $$ ;;
			*EAT*) awk 'BEGIN { x = "x"; while (1) x = x x }' || { echo "out of memory" >&2; exit 2; } ;;
			*FAIL*)
				printf 'resvlint\tfailed\tFailure("oops")\n'
				continue
				;;
			esac
			grep -n 'dma_buf_map_attachment(' "$file" | sed 's/:.*//' | while read -r line; do
				printf 'resvlint\tfinding\timporter-locked\thigh\tnot held\t%s\t%s\t8\t%s\t30\tprobe\tdma_buf_map_attachment\tattach\t\t0\tdma_buf_map_attachment() without the reservation lock\tno lock taken\tuse it unlocked\t\t\n' "$file" "$line" "$line"
			done
			printf 'resvlint\tdone\t0\t0\n'
		done
	END
	chmod +x spatch
	SPATCH=$PWD/spatch
	export SPATCH
}

# hanging_spatch: makes ./spatch, and has resvlint use it. It hangs, and so does a child of its own that
# ignores signals; their ids are in ./pids.
hanging_spatch() {
	fake_spatch
	cat >spatch <<-END
		#!/bin/sh
		if [ "\$1" = --version ]; then
			echo "spatch version 1.1.1 compiled with OCaml version 4.13.1"
			exit 0
		fi
		(trap '' INT TERM HUP; exec sleep 1000) &
		echo \$\$ \$! >>'$PWD/pids'
		wait
	END
}

# all_ended: none of the processes in ./pids is left, some time after the run.
all_ended() {
	[ -s pids ] || fail "spatch did not run"
	for pid in $(tr "\n" " " <pids); do
		for wait in 0.1 0.1 0.3 0.5 1 1; do
			kill -0 "$pid" 2>/dev/null || break
			sleep "$wait"
		done
		if kill -0 "$pid" 2>/dev/null && ! grep -qs '^State:.*zombie' "/proc/$pid/status"; then
			fail "process $pid is left"
		fi
	done
}
