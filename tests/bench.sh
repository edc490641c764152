#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh: on the whole kernel tree KDIR, in one run on one machine: time and memory of resvlint with all
# rules, of a search for the same words, and of plain spatch with one rule on drivers/gpu/drm alone.
# BENCH_LIMIT: seconds after which plain spatch is ended (default 3000). J: processes.
set -eu
LC_ALL=C
export LC_ALL
CDPATH=

top=$(cd "$(dirname "$0")/.." && pwd)
resvlint=${RESVLINT:-$top/resvlint}
jobs=${J:-$(nproc)}
limit=${BENCH_LIMIT:-3000}
if ! [ -d "${KDIR:-}/drivers/gpu/drm" ]; then
	echo "bench: KDIR=/path/to/linux has to name a whole kernel tree" >&2
	exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$KDIR"

# measure NAME COMMAND...: sets seconds, memory (MB, of the largest process) and status.
measure() {
	name=$1
	shift
	status=0
	/usr/bin/time -o "$work/time" -f '%e %M' "$@" >"$work/out" 2>"$work/err" || status=$?
	read -r seconds memory <<-END
		$(tail -n 1 "$work/time")
	END
	memory=$((memory / 1024))
	printf '%-58s %9s s %6s MB\n' "$name" "$seconds" "$memory"
}

# ratio A B
ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3g", a / b }'
}

# The words that a file must have to be selected, one of them, as the rules' headers say.
words() {
	awk 'NR > 1 && $2 !~ /^dma_buf_ops/ { print $2 }' "$top/cocci/lib/convention.tsv"
	echo dma_buf_ops
	awk 'NR > 1 && $5 != "common" { print $2 }' "$top/cocci/lib/lock-functions.tsv"
}

words | sort -u | tr '\n' '|' | sed 's/|$//' >"$work/words"
# What is measured first must not be the one to read the disk.
rg -l -w -g '*.[ch]' --no-ignore --hidden -f "$work/words" . >/dev/null
cores=$(nproc)
echo "$cores processors, --jobs $jobs, $(find . -name '*.[ch]' | wc -l) files"

measure "resvlint check, $(find "$top"/cocci/dma-* -name '*.cocci' | wc -l) rules, whole tree" \
	"$resvlint" check --kernel 6.2 --stats --jobs "$jobs" .
if [ "$status" = 2 ]; then
	cat "$work/err"
	exit 1
fi
ours=$seconds
own=$(sed -n 's/^peak memory: \([0-9]*\) MB.*/\1/p' "$work/err")
grep -E '^resvlint: [0-9]+ finding|^(wrappers|select|spatch|callers|peak memory):' "$work/err" | sed 's/^/    /'

measure "rg -l for the same words, whole tree" \
	rg -l -w -g '*.[ch]' --no-ignore --hidden -f "$work/words" .
search=$seconds
echo "    $(wc -l <"$work/out") files"

# It needs more stack than usual for some files, and ends with an error or crashes without.
# shellcheck disable=SC3045 # the shells that are used have it
ulimit -s unlimited 2>/dev/null || :
measure "spatch --jobs $jobs --dir drivers/gpu/drm, importer-locked" \
	env OCAMLPATH="$top/build/ocaml" timeout "$limit" "${SPATCH:-spatch}" -D report --very-quiet --no-includes --include-headers --no-show-diff \
	--macro-file "$top/cocci/lib/macros.h" --jobs "$jobs" \
	--cocci-file "$top/cocci/dma-buf/importer-locked.cocci" --dir drivers/gpu/drm
plain=$seconds
less=
if [ "$status" = 124 ]; then
	echo "    ended after $limit s, which was not enough"
	less='less than '
else
	if [ "$status" != 0 ]; then
		echo "    failed with status $status: $(tail -n 1 "$work/err")"
		less='less than '
	fi
	echo "    $(grep -c WARNING "$work/out" || :) findings"
fi

echo "resvlint / rg:     $(ratio "$ours" "$search")"
echo "resvlint / spatch: $less$(ratio "$ours" "$plain")"
echo "the front end needs $own MB"
