#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The same code with one thing changed gives the opposite answer. KDIR names an unpacked Linux 6.12; without
# it, one is unpacked in CORPUS where the project's neighbour that can do so is there.
#
# In functions of 6.12, which are right, one thing is changed that makes them wrong:
#
#   plain      an _unlocked call becomes the plain one
#   unlocked   a plain call under a lock becomes the _unlocked one
#   no lock    the acquire and the releases that go with it are deleted
#   before     the call is moved before the acquire
#   inside     a call that must be made without the lock is moved from behind the release to before it
#
# "itself": in the function that makes the call, "caller": in one that calls this function. What to change is
# found by mutation.awk, not listed. In each round the changes are made in a copy of the tree, at most one in a
# function, and the copy is checked: the whole of it in the first rounds, which have nearly all changes, then
# the files that the round is about. A change is reported if there is a finding of its rule at the call, or at a
# caller and leading to the call, that the unchanged tree does not have. Where the caller was changed, a way through
# the caller that the finding did not have does, or one of resv-asserted at the caller's call: what asserts the lock
# is not asked itself. How many there are to be of each kind, and how many of them may go unreported, is in
# facts/mutation-6.12.tsv: as measured.
set -eu
LC_ALL=C
export LC_ALL
CDPATH=

top=$(cd "$(dirname "$0")/.." && pwd)
resvlint=${RESVLINT:-$top/resvlint}
get_linux=$top/../shared/corpus/get-linux
rules=importer-locked,importer-unlocked,exporter-move-notify
whole_rounds=2
api='dma_buf_([a-z_]*(attach|attachment|vmap|vunmap|mmap|access)(_unlocked)?|detach|export|fd|get|put|pin|unpin|move_notify|invalidate_mappings)'
work=$(mktemp -d "${TMPDIR:-/tmp}/resvlint-mutation.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
copy=$work/tree
passed=0
failed=0

# test_one DESCRIPTION COMMAND...
test_one() {
	description=$1
	shift
	if "$@"; then
		echo "ok - $description"
		passed=$((passed + 1))
	else
		echo "not ok - $description"
		failed=$((failed + 1))
	fi
}

# stop WHY: nothing more can be tested.
stop() {
	echo "not ok - $1"
	echo "$passed passed, $((failed + 1)) failed"
	exit 1
}

# version TREE
version() {
	awk '$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { p = $3 } NR > 9 { exit } END { print v "." p }' "$1/Makefile"
}

# find_in PATTERN: the C files of the tree that have it, in an order that is always the same.
find_in() {
	(cd "$tree" && grep -rlE --include='*.c' "$1" .) | sed 's|^\./||' | sort
}

# look_for FILES [INHERITED]: what mutation.awk finds in these files.
look_for() {
	(cd "$tree" && xargs awk -v mode=sites -v inherited="${2:-}" -f "$top/tests/mutation.awk" \
		"$top/cocci/lib/lock-functions.tsv" <"$1")
}

# alone: how many calls there are that nothing was found for.
alone() {
	awk -F "\t" '
		$1 == "change" { changed[$5, $6] = 1 }
		$1 == "inherited" { call[++n] = $2 SUBSEP $3 }
		END { for (i = 1; i <= n; i++) count += !(call[i] in changed); print count + 0 }
	' "$work/sites"
}

# Leaves the changes in $work/changes, each with its round before it.
find_changes() {
	find_in "\\<$api\\(" >"$work/files"
	[ -s "$work/files" ] || stop "no file calls the API: $tree"
	look_for "$work/files" >"$work/sites"
	grep '^inherited' "$work/sites" >"$work/inherited" || :
	if [ -s "$work/inherited" ]; then
		find_in "\\<($(cut -f 3 "$work/inherited" | sort -u | paste -s -d '|'))\\>" >"$work/files"
		look_for "$work/files" "$work/inherited" >>"$work/sites"
	fi
	echo "# $(alone) calls inherit the lock, and no function that calls theirs takes it: not changed"
	# The first round in which nobody changes anything in these functions; for callers, after those of the whole tree.
	awk -F '\t' -v OFS='\t' -v whole="$whole_rounds" '
		$1 == "change" {
			round = $3 == "caller" ? whole + 1 : 1
			for (; (round, $5, $6) in taken || (round, $9, $10) in taken; round++)
				;
			taken[round, $5, $6] = taken[round, $9, $10] = 1
			$1 = round
			print
		}
	' "$work/sites" >"$work/changes"
}

# check NAME RULES [FILE...]: checks these files of the copy, or all, and leaves in $work/NAME lines
# `file:line rule operation`, for where a finding is and for the calls that lead to it or from it, and one with a
# function behind for each that a way without the lock leads through.
check() {
	name=$1
	in_force=$2
	shift 2
	status=0
	(cd "$copy" && exec "$resvlint" check --format json --rule "$in_force" ${J:+--jobs "$J"} "$@") \
		>"$work/out" 2>"$work/err" </dev/null || status=$?
	case $status in
	0 | 1 | 3) ;;
	*)
		cat "$work/err"
		stop "resvlint ended with $status"
		;;
	esac
	jq -r '
		.findings[] | .rule as $rule | "\(.file):\(.line) \($rule) \(.operation)" as $finding | $finding,
		(.chain[] | "\(.file):\(.line) \($rule) \(.call)"),
		(.chain | group_by(.way)[] | select(.[0].state == "not held")[] | "\($finding) \(.function)", "\($finding) \(.call)")
	' "$work/out" | sort -u >"$work/$name"
}

# check_round ROUND: what the round is about, to $work/found.
check_round() {
	if [ "$1" -le "$whole_rounds" ]; then
		check found "$rules"
		return
	fi
	in_force=$rules
	! grep -q "^$1	[a-z ]*	caller	" "$work/changes" || in_force=$rules,resv-asserted
	# shellcheck disable=SC2046 # no file of a kernel has blanks in its name
	check found "$in_force" $(awk -F '\t' -v round="$1" '$1 == round { print $5; print $9 }' "$work/changes" | sort -u)
}

# make_changes ROUND
make_changes() {
	awk -F '\t' -v round="$1" '$1 == round { print $9 }' "$work/changes" | sort -u >"$work/changed"
	while read -r file; do
		awk -F '\t' -v round="$1" -v file="$file" '
			$1 == round && $9 == file {
				gsub(/;/, "\n", $11)
				print $11
			}
		' "$work/changes" >"$work/edits"
		# The copy's files are the tree's own, by another name: they are replaced, never written to.
		awk -v mode=apply -f "$top/tests/mutation.awk" "$work/edits" "$tree/$file" >"$work/new"
		rm -f "$copy/$file"
		mv "$work/new" "$copy/$file"
	done <"$work/changed"
}

take_back_changes() {
	while read -r file; do
		rm -f "$copy/$file"
		cp -pl "$tree/$file" "$copy/$file" 2>/dev/null || cp -p "$tree/$file" "$copy/$file"
	done <"$work/changed"
}

# judge ROUND: adds to $work/verdicts a line `kind place reported file:line function operation` for each of its changes.
judge() {
	awk -F '\t' -v OFS='\t' -v round="$1" '
		function verdict(finding) {
			return !(finding in after) ? "no" : finding in before ? "before, too" : "yes"
		}
		FILENAME == ARGV[1] { before[$0] = 1; next }
		FILENAME == ARGV[2] { after[$0] = 1; next }
		$1 == round {
			at = $5 ":" $7
			reported = verdict(at " " $4 " " $8)
			if (reported == "before, too" && $3 == "caller")
				reported = verdict(at " " $4 " " $8 " " $10)
			if (reported != "yes" && $12)
				reported = verdict($9 ":" $12 " resv-asserted " $6)
			where = $3 == "caller" && $10 != $6 ? ", changed " $10 "() in " $9 : ""
			print $2, $3, reported, at, $6 "()" where, $8 "()"
		}
	' "$work/unchanged" "$work/found" "$work/changes" >>"$work/verdicts"
}

# sums: lines `kind place made reported`.
sums() {
	awk -F '\t' -v OFS='\t' '
		{ made[$1 OFS $2]++; reported[$1 OFS $2] += $3 == "yes" }
		END { for (key in made) print key, made[key], reported[key] }
	' "$work/verdicts" | sort
}

# checksums: of all files that are changed in the copy.
checksums() {
	cut -f 9 "$work/changes" | sort -u | (cd "$tree" && xargs cksum)
}

# enough KIND PLACE MADE MISSED: there are so many changes, and all but so many of them are reported.
enough() {
	awk -F '\t' -v kind="$1" -v place="$2" -v made="$3" -v missed="$4" '
		$1 == kind && $2 == place { good = $3 >= made && $3 - $4 <= missed }
		END { exit !good }
	' "$work/sums"
}

if [ -n "${KDIR:-}" ]; then
	if ! [ -f "$KDIR/Makefile" ]; then
		echo "mutation: $KDIR is no kernel tree" >&2
		exit 2
	fi
	tree=$KDIR
elif [ -x "$get_linux" ]; then
	tree=$("$get_linux" 6.12 "${CORPUS:-$top/build/corpus}") || {
		[ "$(id -u)" = 0 ] && apt-get -qq update >&2 &&
			tree=$("$get_linux" 6.12 "${CORPUS:-$top/build/corpus}")
	} || stop "Linux 6.12 could not be unpacked"
else
	tree=
fi
if [ -z "$tree" ]; then
	echo "skipped: no kernel to change: KDIR=/path/to/linux-6.12 names one"
	echo "0 passed, 0 failed"
	exit 0
fi
tree=$(cd "$tree" && pwd)
if [ "$(version "$tree")" != 6.12 ]; then
	echo "skipped: $tree is Linux $(version "$tree"), what to expect is known for 6.12"
	echo "0 passed, 0 failed"
	exit 0
fi

find_changes
rounds=$(cut -f 1 "$work/changes" | sort -n | tail -n 1)
[ -n "$rounds" ] || stop "nothing to change was found in $tree"
checksums >"$work/checksums"
# On another file system, it is a copy in earnest.
cp -al "$tree" "$copy" 2>/dev/null || {
	rm -rf "$copy"
	cp -a "$tree" "$copy"
}

echo "# without a change"
check unchanged "$rules"
# shellcheck disable=SC2046 # no file of a kernel has blanks in its name
check asserted resv-asserted $(awk -F '\t' '$12 { print $5; print $9 }' "$work/changes" | sort -u)
cat "$work/asserted" >>"$work/unchanged"
: >"$work/verdicts"
round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	echo "# round $round of $rounds: $(grep -c "^$round	" "$work/changes") changes"
	make_changes "$round"
	check_round "$round"
	judge "$round"
	take_back_changes
done
sums >"$work/sums"

echo "# kind, place: made, reported"
awk -F '\t' '{ printf "# %s, %s: %s, %s\n", $1, $2, $3, $4; made += $3; reported += $4 }
	END { printf "# all: %d, %d\n", made, reported }' "$work/sums"
sort "$work/verdicts" | awk -F '\t' '$3 != "yes" {
	printf "# not reported: %s %s, %s: %s in %s%s\n", $4, $1, $2, $6, $5, $3 == "no" ? "" : " (" $3 ")"
}'
while IFS='	' read -r kind place made missed _; do
	[ "$kind" = kind ] ||
		test_one "$kind, $place: of at least $made changes, at most $missed are not reported" \
			enough "$kind" "$place" "$made" "$missed"
done <"$top/tests/facts/mutation-6.12.tsv"
checksums >"$work/checksums-after"
test_one "the tree is as it was" cmp -s "$work/checksums" "$work/checksums-after"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
