#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# sample.sh [--update]: what a first-time user reads. --update lets expected/sample.txt be what is printed now.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

expected=$top/expected/sample.txt
if [ "${1:-}" = --update ]; then
	cd "$top"
	"$resvlint" check fixtures/sample >"$scratch/sample.txt" || [ $? = 1 ]
	cp "$scratch/sample.txt" "$expected"
	exit 0
fi

prints_what_is_expected() {
	mkdir fixtures
	cp -R "$top/fixtures/sample" fixtures/
	run 1 check fixtures/sample
	same "$expected" .out
	says '6 findings in 2 files'
}

# The truth, independent of what is printed.
finds_the_six() {
	cat >wanted <<-END
		exporter-locked vpool_map
		exporter-move-notify vpool_suspend
		exporter-unlocked vpool_begin_cpu_access
		importer-locked vpool_frame_import
		importer-unlocked vpool_frame_read_header
		resv-balance vpool_frame_show
	END
	awk '
		/: warning: / { rule = $NF; gsub(/[][]/, "", rule) }
		rule && $1 == "in" { sub(/\(\):$/, "", $2); print rule, $2; rule = "" }
	' "$expected" | sort >found
	same wanted found
}

finds_no_more_with_low_confidence() {
	run 1 check --confidence low "$top/fixtures/sample"
	warnings 6
}

finds_nothing_in_a_mended_importer() {
	cp -R "$top/fixtures/sample" .
	sed -i -e '/vpool_frame_import(/,/^}/s/dma_buf_map_attachment/&_unlocked/' \
		-e 's/dma_buf_vmap_unlocked/dma_buf_vmap/' \
		-e 's/if (left <= 0)/& { dma_resv_unlock(resv);/' \
		-e 's/return -ETIMEDOUT;/& }/' sample/vpool_import.c
	run 0 check sample/vpool_import.c
}

check "the sample's findings are the ones in expected/sample.txt" prints_what_is_expected
check "they are the six that are there, one of each rule" finds_the_six
check "low confidence adds nothing" finds_no_more_with_low_confidence
check "nothing is found where what is wrong is put right" finds_nothing_in_a_mended_importer

finish
