#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run.sh [UNIT-TEST...]: all tests that need no kernel, and the sum of them. RESVLINT names the program. As
# many parts run at a time as there are processors, the longest first; what they print comes in their order.
set -eu
cd "$(dirname "$0")/.."

# What a sanitizer says must not pass for a status of resvlint's own.
ASAN_OPTIONS=exitcode=99
UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS

passed=0
failed=0
logs=$(mktemp -d)
export logs
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM

# Adds the sum that the part $1 ended with, and status $2: a script's, or a unit test's.
add() {
	sum=$(sed -n \
		-e 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' \
		-e 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' \
		"$logs/${1##*/}" | tail -n 1)
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

# No sanitized program runs in rules.sh: it is about spatch.
case ${RESVLINT-} in
*/san/*) without=tests/rules.sh ;;
*) without= ;;
esac
longest='tests/rules.sh tests/fix.sh tests/fixtures.sh tests/contexts.sh tests/make.sh tests/wrappers.sh'
{
	# shellcheck disable=SC2086 # words
	printf '%s\n' $longest | grep -vxF -e "$without"
	for test in tests/*.sh; do
		case " $longest " in
		*" $test "*) continue ;;
		esac
		case $test in
		*/run.sh | */lib.sh | */corpus.sh | */mutation.sh | */bench.sh) ;;
		*) echo "$test" ;;
		esac
	done
	for test; do
		echo "$test"
	done
} >"$logs/parts"

# Each part leaves what it prints in a file of its name, and its status when it has ended.
# shellcheck disable=SC2016 # for the inner shell
xargs -P "$(nproc)" -I '{}' sh -c '
	log=$logs/${1##*/} status=0
	"$1" >"$log" 2>&1 </dev/null || status=$?
	echo "$status" >"$log.new"
	mv "$log.new" "$log.status"' part '{}' <"$logs/parts" &
while read -r test; do
	until [ -e "$logs/${test##*/}.status" ]; do
		sleep 0.2
	done
	echo "# $test"
	cat "$logs/${test##*/}"
	add "$test" "$(cat "$logs/${test##*/}.status")"
done <"$logs/parts"
wait
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
