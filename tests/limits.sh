#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Limits: a file that spatch cannot cope with is named, the others are not lost; a full disk is told of.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# others_are_done MESSAGE SECONDS: ten files and a bad one among them, with one process; each may take so long.
others_are_done() {
	for i in 1 2 3 4 5 6 7 8 9; do
		bad_code >"a$i.c"
	done
	run 3 check --rule importer-locked --jobs 1 --timeout "$2" --memory 256
	warnings 9
	says "$1" '1 file not analysed' '9 of 10 files analysed'
	[ "$(grep -c 'not analysed$' .err)" = 2 ] || fail "more than one file is named"
}

bad_file() {
	fake_spatch
	{ bad_code; echo "/* $1 */"; } >a5b.c
	others_are_done "$2" "${3-60}"
}

two_bad_files() {
	fake_spatch
	{ bad_code; echo '/* CRASH */'; } >a1.c
	{ bad_code; echo '/* HANG */'; } >a2.c
	bad_code >a3.c
	bad_code >a4.c
	run 3 check --timeout 1
	warnings 2
	says 'a1.c: spatch was killed by signal 11' 'a2.c: spatch timed out after 1 s' '2 files not analysed'
}

all_crash() {
	fake_spatch
	for i in 1 2 3; do
		echo '/* CRASH dma_buf_map_attachment */' >"a$i.c"
	done
	run 3 check
	says 'a1.c: ' 'a2.c: ' 'a3.c: ' '3 files not analysed'
	warnings 0
}

# A child that spatch leaves behind does not keep the run.
children_of_children() {
	hanging_spatch
	bad_code >a.c
	run 3 check --timeout 1 --rule importer-locked
	says 'a.c: spatch timed out after 1 s'
	all_ended
}

real_timeout() {
	slow_code >a.c
	bad_code >b.c
	run 3 check --rule importer-locked --timeout 2
	says 'a.c: spatch timed out after 2 s: not analysed'
	warnings 1
}

real_memory() {
	bad_code >a.c
	run 3 check --rule importer-locked --memory 40
	says 'a.c: spatch '
}

full_stdout() {
	[ -c /dev/full ] || skip "no /dev/full"
	fake_spatch
	bad_code >a.c
	for format in text json; do
		status=0
		"$resvlint" check --format "$format" >/dev/full 2>.err || status=$?
		[ "$status" = 2 ] || fail "status $status"
		says 'cannot write to stdout: No space left on device'
	done
	for command in rules '--help' '--version' 'explain importer-locked'; do
		status=0
		# shellcheck disable=SC2086 # a command and its operand
		"$resvlint" $command >/dev/full 2>.err || status=$?
		[ "$status" = 2 ] || fail "status $status: $command"
		says 'cannot write to stdout'
	done
}

closed_pipe() {
	fake_spatch
	bad_code >a.c
	{
		status=0
		"$resvlint" check 2>.err || status=$?
		echo "$status" >.status
	} | :
	case $(cat .status) in
	1 | 2 | 141) ;;
	*) fail "status" ;;
	esac
}

full_disk() {
	fake_spatch
	awk 'BEGIN { print "/* dma_buf_map_attachment */"; for (i = 0; i < 30000; i++) print "/* 60 bytes of comment: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx */" }' >a.c
	mkdir small
	mount -t tmpfs -o size=1m none small 2>/dev/null || skip "nothing can be mounted here"
	trap 'umount small' EXIT
	TMPDIR=$PWD/small run 2 check
	says "$PWD/small" 'No space left on device' TMPDIR
	[ -z "$(ls -A small)" ] || fail "the staging directory is still there"
}

no_temporary_directory() {
	fake_spatch
	bad_code >a.c
	TMPDIR=$PWD/missing run 2 check
	says "$PWD/missing" TMPDIR
}

nothing_stays() {
	fake_spatch
	{ bad_code; echo '/* CRASH */'; } >a.c
	bad_code >b.c
	mkdir tmp
	TMPDIR=$PWD/tmp run 3 check
	TMPDIR=$PWD/tmp run 3 check --format json
	[ -z "$(ls -A tmp)" ] || fail "something stayed in TMPDIR"
}

check "a file on which spatch hangs" bad_file HANG 'a5b.c: spatch timed out after 1 s: not analysed' 1
check "a file on which spatch crashes" bad_file CRASH 'a5b.c: spatch was killed by signal 11: not analysed'
check "a file on which spatch eats memory" bad_file EAT 'a5b.c: spatch needed more than 256 MB: not analysed'
check "a file on which spatch gives up" bad_file FAIL 'a5b.c: spatch failed: '
check "two such files, each with its reason" two_bad_files
check "all files are such" all_crash
check "what spatch started ends with it" children_of_children
check "a file that takes the real spatch too long" real_timeout
check "too little memory for the real spatch" real_memory
check "stdout is full" full_stdout
check "stdout is closed" closed_pipe
check "no space for staging" full_disk
check "TMPDIR is not there" no_temporary_directory
check "nothing stays in TMPDIR" nothing_stays

finish
