#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# bench.sh: on the whole kernel tree KDIR, in one run, how resvlint's time compares with a floor: spatch with a rule
# that does nothing, over the files that resvlint selects of the tree for the locking convention, in as many processes;
# and how the time for both documents compares with that for the locking convention alone. All run in turn, and what is
# told is the median of the ratios of each turn.
#
# J: processes; BENCH_TURNS: how often (5).
set -eu
LC_ALL=C
export LC_ALL
CDPATH=

top=$(cd "$(dirname "$0")/.." && pwd)
resvlint=${RESVLINT:-$top/resvlint}
spatch=${SPATCH:-spatch}
jobs=${J:-$(nproc)}
turns=${BENCH_TURNS:-5}
part=drivers/gpu/drm/tegra
if ! [ -d "${KDIR:-}/$part" ]; then
	echo "bench: KDIR=/path/to/linux has to name a whole kernel tree" >&2
	exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$KDIR"

# measure NAME COMMAND...: adds a line `NAME SECONDS MB` to $work/times; MB is of the largest process.
measure() {
	name=$1 status=0
	shift
	/usr/bin/time -o "$work/time" -f '%e %M' "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	if [ "$status" = 2 ] || [ "$status" -gt 3 ]; then
		cat "$work/err" >&2
		exit 1
	fi
	tail -n 1 "$work/time" | awk -v name="$name" '{ print name, $1, int($2 / 1024) }' >>"$work/times"
}

locking=$(printf '%s\n' "$top"/cocci/dma-buf/*.cocci | sed 's|.*/||; s|\.cocci$||' | paste -s -d ,)

# The files that resvlint selects, cut into a list for each process, each a group of its own.
"$resvlint" check -v --rule "$locking" --jobs "$jobs" . 2>&1 >/dev/null | sed -n 's/^resvlint: selected //p' >"$work/selected"
xargs -d '\n' ls -S <"$work/selected" | awk -v jobs="$jobs" -v work="$work" '
	{
		turn = int((NR - 1) / jobs) % 2
		at = (NR - 1) % jobs
		print $0 "\n" >(work "/groups." (turn ? jobs - 1 - at : at))
	}'
cat >"$work/nothing.cocci" <<-'END'
	@@
	identifier f =~ "^$";
	@@
	- f(...);
END
cat >"$work/floor" <<-END
	ulimit -s unlimited 2>/dev/null || :
	for groups in '$work'/groups.*; do
		'$spatch' --very-quiet --no-includes --no-show-diff --macro-file '$top/cocci/lib/macros.h' \\
			--cocci-file '$work/nothing.cocci' --file-groups "\$groups" >/dev/null 2>&1 &
	done
	wait
END
cat >"$work/alone.c" <<-'END'
	struct sg_table *alone(struct dma_buf_attachment *attach)
	{
		return dma_buf_map_attachment(attach, DMA_TO_DEVICE);
	}
END

turn=0
while [ "$turn" -lt "$turns" ]; do
	turn=$((turn + 1))
	measure floor bash "$work/floor"
	measure locking "$resvlint" check --rule "$locking" --jobs "$jobs" .
	measure whole "$resvlint" check --jobs "$jobs" .
	measure part "$resvlint" check --jobs "$jobs" "$part"
	measure file "$resvlint" check --jobs "$jobs" "$part/gem.c"
	measure alone "$resvlint" check --jobs "$jobs" "$work/alone.c"
done
"$resvlint" check --stats --jobs "$jobs" . 2>&1 >/dev/null |
	grep -E '^(spatch processes|functions parsed|peak memory|wrappers|select|spatch|callers)' >"$work/stats" || :

echo "$jobs processes on $(nproc) processors, $turns turns, ${KDIR##*/}: $(find . -name '*.[ch]' | wc -l) files"
echo "floor: $(wc -l <"$work/selected") files, $(xargs -d '\n' cat <"$work/selected" | wc -l) lines"
awk '
	function median(name, values, count,   i, j, x) {
		for (i = 2; i <= count; i++) {
			x = values[name, i]
			for (j = i - 1; j && values[name, j] > x; j--)
				values[name, j + 1] = values[name, j]
			values[name, j + 1] = x
		}
		return values[name, int((count + 1) / 2)]
	}
	function line(name, what, limit, of) {
		printf "%-32s %6.2f s", what, median(name, seconds, turns[name])
		if (name != "floor")
			printf "  %5.2f of the %s", median(name, ratio, turns[name]), of ? of : "floor"
		if (limit)
			printf "  (at most %s)", limit
		print ""
	}
	{
		last[$1] = $2
		turn = ++turns[$1]
		seconds[$1, turn] = $2
		ratio[$1, turn] = $2 / last[$1 == "whole" ? "locking" : "floor"]
	}
	END {
		line("floor", "spatch that does nothing", "")
		line("locking", "the whole tree, dma-buf rules", "2")
		line("whole", "the whole tree, all rules", "1.5", "dma-buf rules")
		line("part", "drivers/gpu/drm/tegra", "0.5")
		line("file", "one file of it", "0.5")
		line("alone", "a file outside of any tree", "")
	}' "$work/times"
sed 's/^/    /' "$work/stats"
