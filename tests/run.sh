#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh [UNIT-TEST...]: all tests that need no kernel, and the sum of them. RESVLINT names the program.
set -eu
cd "$(dirname "$0")/.."

# What a sanitizer says must not pass for a status of resvlint's own.
ASAN_OPTIONS=exitcode=99
UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Adds the sum that a script ends with, or a unit test's.
add() {
	sum=$(sed -n \
		-e 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' \
		-e 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' \
		"$log" | tail -n 1)
	# shellcheck disable=SC2086 # two or three numbers, or none
	set -- "$1" "$2" $sum
	case $# in
	4) good=$3 bad=$4 ;;
	5) good=$(($3 - $4 - $5)) bad=$(($4 + $5)) ;;
	*) good=0 bad=0 ;;
	esac
	if [ "$bad" = 0 ] && { [ "$2" != 0 ] || [ $# = 2 ]; }; then
		echo "not ok - $1 ended with status $2 and no failure that it counted"
		bad=1
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
}

# Runs one part and shows what it prints.
part() {
	echo "# $1"
	status=0
	"$@" >"$log" 2>&1 || status=$?
	cat "$log"
	add "$1" "$status"
}

for test; do
	part "$test"
done
for test in tests/*.sh; do
	case $test in
	*/run.sh | */lib.sh | */corpus.sh | */mutation.sh | */bench.sh) ;;
	*) part "$test" ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
