#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Signals and terminals: an interrupted run leaves nothing behind; without a terminal nobody sees progress.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# wait_for FILE: until it is there.
wait_for() {
	for wait in 0.1 0.1 0.1 0.2 0.5 1 1 2 5 5 5; do
		[ -s "$1" ] && return
		sleep "$wait"
	done
	fail "$1 does not appear"
}

# ends STATUS SIGNAL: sends a signal to a run, process $run.
ends() {
	kill -s "$2" "$run"
	status=0
	wait "$run" || status=$?
	echo "$status" >.status
	[ "$status" = "$1" ] || fail "wanted status $1"
	[ ! -s .out ] || fail "something on stdout"
	[ -z "$(ls -A tmp)" ] || fail "the staging directory is still there"
}

# start ARGUMENT...: starts a run, process $run, which does not ignore what this script was started to ignore.
start() {
	mkdir -p tmp
	TMPDIR=$PWD/tmp env --default-signal=HUP,INT,TERM "$resvlint" "$@" >.out 2>.err </dev/null &
	run=$!
}

in_spatch() {
	hanging_spatch
	for i in 1 2 3 4; do
		bad_code >"a$i.c"
	done
	start check --jobs 2
	wait_for pids
	ends "$1" "$2"
	all_ended
}

# wait_for_spatch: until one is at work in ./tmp.
wait_for_spatch() {
	for wait in 0.1 0.1 0.1 0.2 0.5 1 1 2 5 5 5; do
		for dir in /proc/[0-9]*; do
			case $(readlink "$dir/cwd" 2>/dev/null) in
			"$PWD"/tmp/*) return ;;
			esac
		done
		sleep "$wait"
	done
	fail "spatch does not begin"
}

in_the_real_spatch() {
	slow_code >a.c
	slow_code >b.c
	start check --jobs 2
	wait_for_spatch
	ends 130 INT
	for dir in /proc/[0-9]*; do
		case $(readlink "$dir/cwd" 2>/dev/null) in
		"$PWD"/tmp/*) fail "a process is left: $(tr '\0' ' ' <"$dir/cmdline")" ;;
		esac
	done
}

nohup_is_obeyed() {
	hanging_spatch
	bad_code >a.c
	mkdir tmp
	(
		trap '' HUP
		TMPDIR=$PWD/tmp exec "$resvlint" check --timeout 1 >.out 2>.err
	) &
	run=$!
	wait_for pids
	kill -s HUP "$run"
	status=0
	wait "$run" || status=$?
	[ "$status" = 3 ] || fail "status $status"
}

# slow_spatch: one that takes three seconds.
slow_spatch() {
	fake_spatch
	sed 's/^while read.*/sleep 3; &/' spatch >slow
	chmod +x slow
	SPATCH=$PWD/slow
	bad_code >a.c
}

quiet_without_terminal() {
	slow_spatch
	run 1 check
	[ "$(wc -l <.err)" = 1 ] || fail "more than the summary"
	if grep -q "$(printf '[\r\033]')" .err; then
		fail "progress is shown"
	fi
}

progress_on_terminal() {
	script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no terminal can be had here"
	slow_spatch
	script -qec "'$resvlint' check 2>/dev/tty" /dev/null >.out </dev/null || :
	grep -q "$(printf '[\r\033]').*1" .out || fail "no progress is shown"
}

check "SIGINT: no child is left, nor the staging directory" in_spatch 130 INT
check "SIGTERM" in_spatch 143 TERM
check "SIGHUP" in_spatch 129 HUP
check "SIGHUP under nohup" nohup_is_obeyed
check "SIGINT with the real spatch" in_the_real_spatch
check "stderr is quiet without a terminal" quiet_without_terminal
check "progress is shown on a terminal" progress_on_terminal

finish
