#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Real kernels. KDIR names an unpacked tree; without it, 6.1 and 6.12 are unpacked in CORPUS where the
# project's neighbour that can do so is there.
#
# 6.1 is from before the convention: checked against 6.2, each call that the maintainers then converted to
# an _unlocked variant (facts/decisions-6.1.tsv) has to be reported, and `fix` has to make the same edit of all that
# it does not leave to a person. Of other trees, what is found is counted.
set -eu
LC_ALL=C
export LC_ALL
CDPATH=

top=$(cd "$(dirname "$0")/.." && pwd)
resvlint=${RESVLINT:-$top/resvlint}
get_linux=$top/../shared/corpus/get-linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
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

# check TREE ARGUMENT...: leaves findings in $work/findings, as lines `rule confidence file line operation fix`;
# the last is "-" where there is none.
check() {
	echo "# resvlint check $*" | sed "s|$1|${1##*/}|"
	(cd "$1" && shift && exec "$resvlint" check --format json --stats "$@") >"$work/json" 2>"$work/err" || {
		status=$?
		[ "$status" = 1 ] || [ "$status" = 3 ] || {
			cat "$work/err"
			return 1
		}
	}
	awk '
		/^      "/ {
			key = $1
			gsub(/[":]/, "", key)
			value = $0
			sub(/^[^:]*: "?/, "", value)
			sub(/"?,?$/, "", value)
			field[key] = value
		}
		/^    }/ && "rule" in field {
			print field["rule"], field["confidence"], field["file"], field["line"], field["operation"], field["fix"] == "null" ? "-" : "fix"
			split("", field)
		}
	' "$work/json" >"$work/findings"
	grep -E '^(wrappers:|select:|spatch:|callers:|peak memory|files scanned)|^resvlint: [0-9]+ finding' "$work/err" | sed 's/^/# /'
}

# reported FILE LINE CALLEE
reported() {
	grep -qE "^importer-locked [a-z]+ $1 $2 $3 " "$work/findings"
}

# How many findings by rule and confidence.
print_counts() {
	cut -d ' ' -f 1,2 "$work/findings" | sort | uniq -c | awk '{ print "# " $2 ", " $3 ": " $1 }'
	grep -c ': not analysed$' "$work/err" | sed 's/^/# functions and files not analysed: /'
}

# fixed FILE LINE CALLEE: is there a fix for the call?
fixed() {
	grep -qE "^importer-locked [a-z]+ $1 $2 $3 fix$" "$work/findings"
}

# Prints how many of the calls that were decided so are reported.
print_decided() {
	all=0
	found=0
	fixes=0
	while IFS='	' read -r file _ line callee decision _; do
		if [ "$decision" = "$1" ]; then
			all=$((all + 1))
			! reported "$file" "$line" "$callee" || found=$((found + 1))
			! fixed "$file" "$line" "$callee" || fixes=$((fixes + 1))
		fi
	done <"$top/tests/facts/decisions-6.1.tsv"
	echo "# $1: $found of $all reported, $fixes with a fix"
}

check_6_1() {
	check "$1" --kernel 6.2 || {
		test_one "6.1 is checked" false
		return 0
	}
	rows=0
	while IFS='	' read -r file _ line callee decision _; do
		case $decision,$callee in
		CONVERT,*_unlocked) ;;
		CONVERT,*)
			rows=$((rows + 1))
			test_one "6.1: $file:$line: $callee()" reported "$file" "$line" "$callee"
			;;
		esac
	done <"$top/tests/facts/decisions-6.1.tsv"
	test_one "6.1: these are 44 calls" [ "$rows" = 44 ]
	print_decided CONVERT
	print_decided KEEP
	test_one "6.1: none of the calls that were kept is reported" [ "$found" = 0 ]
	print_decided KEEP-NEEDS-LOCK
	test_one "6.1: none of the calls that need a lock has a fix" [ "$fixes" = 0 ]
	print_counts
}

# callee_at FILE LINE NAME: the function that stands there in the fixed tree, for NAME or its variant.
callee_at() {
	sed -n "$2p" "$work/fixed/$1" | grep -oE "\\<$3(_unlocked)?\\(" | tr -d '('
}

# The edits of `fix`, against what the maintainers made of each call.
compare_edits() {
	while IFS='	' read -r file _ line callee decision _ _ after _; do
		case $decision,$callee in
		CONVERT,*_unlocked | decision,*) continue ;;
		CONVERT,*) wanted=$after ;;
		*) wanted=$callee ;;
		esac
		is=$(callee_at "$file" "$line" "$callee")
		if [ "$is" = "$wanted" ]; then
			[ "$decision" != CONVERT ] || same=$((same + 1))
		else
			test_one "6.1: $file:$line: $callee() becomes $wanted()" false
		fi
	done <"$top/tests/facts/decisions-6.1.tsv"
}

# What the tree's own checkpatch.pl says of the series, other than that nobody has signed it.
checkpatch() {
	for patch in "$work"/series/*; do
		perl "$1/scripts/checkpatch.pl" --root "$1" --strict --terse --no-summary "$patch" || :
	done | grep -v 'Missing Signed-off-by'
}

# Fixes the files of facts/decisions-6.1.tsv, as a series that is applied to copies of them.
fix_6_1() {
	cut -f 1 "$top/tests/facts/decisions-6.1.tsv" | sed 1d | sort -u >"$work/files"
	echo "# resvlint fix --kernel 6.2 --force --series DIR \$(cut -f 1 tests/facts/decisions-6.1.tsv | sed 1d | sort -u)"
	export GIT_AUTHOR_NAME=tester GIT_AUTHOR_EMAIL=tester@example.org
	(cd "$1" && xargs "$resvlint" fix --kernel 6.2 --force --series "$work/series" <"$work/files" 2>"$work/err") || {
		status=$?
		[ "$status" = 123 ] || { # what xargs makes of 1: some are left
			test_one "6.1 is fixed" false
			cat "$work/err"
			return 0
		}
	}
	grep -E 'not fixed:|findings fixed' "$work/err" | sed 's/^/# /'
	mkdir "$work/fixed" "$work/patched"
	(cd "$1" && xargs tar cf - <"$work/files") | tar xf - -C "$work/fixed"
	cp -r "$work/fixed/." "$work/patched"
	for patch in "$work"/series/000[1-9]* "$work"/series/00[1-9][0-9]*; do
		[ -f "$patch" ] || continue
		test_one "6.1: patch takes ${patch##*/}" patch -s -d "$work/patched" -p1 --fuzz=0 -i "$patch"
	done
	git -C "$work/fixed" init -q
	git -C "$work/fixed" add -A
	git -C "$work/fixed" -c user.name=t -c user.email=t commit -q -m base
	test_one "6.1: git am takes the series" git -C "$work/fixed" -c user.name=t -c user.email=t am -q \
		"$work"/series/0*[1-9]-*
	test_one "6.1: git am and patch agree" diff -r -x .git "$work/fixed" "$work/patched"
	same=0
	compare_edits
	echo "# of the 44 calls, $same become what the maintainers made of them"
	test_one "6.1: the edits are the maintainers'" [ "$same" = 44 ]
	checkpatch "$1" >"$work/checkpatch" || :
	cat "$work/checkpatch"
	test_one "6.1: checkpatch finds nothing but the missing sign-off" [ ! -s "$work/checkpatch" ]
}

check_newer() {
	if check "$1" --confidence low; then
		test_one "$2 is checked" true
		print_counts
	else
		test_one "$2 is checked" false
	fi
}

# Wrappers that inference alone does not find, and why not.
not_inferred() {
	cat <<-END
		drm_exec_lock_obj, drm_exec_prepare_obj, drm_exec_prepare_array: may find the object locked before
		drm_exec_unlock_obj, drm_exec_fini: what is released depends on the objects that the context has
		drm_gpuvm_prepare_vm, drm_gpuvm_prepare_objects: call drm_exec_prepare_obj()
		drm_gpuvm_exec_lock, drm_gpuvm_exec_lock_array, drm_gpuvm_exec_lock_range: take what the context has
		drm_gpuvm_exec_unlock: calls drm_exec_fini()
		ttm_eu_reserve_buffers, ttm_eu_backoff_reservation, ttm_eu_fence_buffer_objects: the objects are on a list
		drm_gem_lock_reservations, virtio_gpu_array_lock_resv: lock again what was contended, behind a goto
		amdgpu_bo_create_reserved: the object is made by the function
	END
}

# wrapper_is KIND NAME: was it inferred as such?
wrapper_is() {
	grep -qE "^resvlint: inferred: $2\(\) ($1)[, ]" "$work/err"
}

# Without the table of wrappers, are they found by their bodies?
check_inference() {
	echo "# resvlint check --no-known-wrappers --rule exporter-move-notify"
	(cd "$1" && exec "$resvlint" check -v --no-known-wrappers --rule exporter-move-notify .) >"$work/out" 2>"$work/err" || :
	awk -F "\t" '
		BEGIN { kind[1] = "(acquire|try)"; kind[2] = "release(-all)?"; kind[3] = "assert" }
		NR > 1 {
			for (column = 1; column <= 3; column++) {
				count = split($column, names, ", *")
				for (i = 1; i <= count; i++)
					if (names[i] !~ /^dma_resv_/) print kind[column], names[i]
			}
		}' "$top/tests/facts/lock-wrappers.tsv" >"$work/wrappers"
	found=0
	while read -r kind name; do
		if wrapper_is "$kind" "$name"; then
			found=$((found + 1))
		elif ! not_inferred | grep -qE "(^|[ ,])${name}[,:]"; then
			test_one "$2: $name() is found by its body" false
		fi
	done <"$work/wrappers"
	echo "# inferred without the table: $found of $(wc -l <"$work/wrappers")"
	not_inferred | sed 's/^/# not inferred: /'
	test_one "$2: wrappers are found by their bodies" [ "$found" -ge 34 ]
}

# rows_in_force VERSION: the rows of the table of the kernel's functions that hold for it: function, does, object.
rows_in_force() {
	awk -F '\t' -v version="$1" '
		function number(text) { split(text, part, "."); return part[1] * 1000 + part[2] }
		NR > 1 && number($4) <= number(version) && ($5 == "-" || number(version) < number($5)) { print $1, $2, $3 }
	' "$top/cocci/tables/kernel.tsv" | sort
}

# The convention of the tree's text, if it has one, is that of the table.
convention_is_known() {
	"$resvlint" convention -v "$1" >/dev/null 2>"$work/err" || return 1
	! grep -E ': (does not list|[^ ]+ is in )' "$work/err"
}

# Its core calls no callback in another state than the table says.
core_agrees() {
	(cd "$1" && check "$1" --rule callback-called drivers/dma-buf drivers/gpu/drm/*.c drivers/gpu/drm/ttm \
		drivers/gpu/drm/scheduler) >"$work/log" || return 1
	[ ! -s "$work/findings" ] || {
		cat "$work/findings"
		return 1
	}
}

# check_tables DIR VERSION: what the tree says and the tables do not.
check_tables() {
	"$resvlint" facts -q "$1" | tail -n +2 | cut -f 1-3 | tr '\t' ' ' | sort >"$work/facts"
	rows_in_force "$2" >"$work/rows"
	test_one "$2: kernel.tsv tells of the exported functions what their bodies do" diff "$work/rows" "$work/facts"
	test_one "$2: convention.tsv says what the tree's text does" convention_is_known "$1"
	# Before 6.2 the core called callbacks as it liked.
	case $2 in
	6.1) ;;
	*) test_one "$2: contexts.tsv says how the core enters callbacks" core_agrees "$1" ;;
	esac
}

# unpack VERSION: prints where it is; the lists of packages may have to be fetched first.
unpack() {
	"$get_linux" "$1" "${CORPUS:-$top/build/corpus}" || {
		[ "$(id -u)" = 0 ] && apt-get -qq update >&2 &&
			"$get_linux" "$1" "${CORPUS:-$top/build/corpus}"
	}
}

# check_tree DIR
check_tree() {
	version=$(awk '$1 == "VERSION" { v = $3 } $1 == "PATCHLEVEL" { p = $3 } NR > 9 { exit } END { print v "." p }' \
		"$1/Makefile")
	check_tables "$1" "$version"
	case $version in
	6.1)
		check_6_1 "$1"
		fix_6_1 "$1"
		;;
	*)
		check_newer "$1" "$version"
		if [ "$version" = 6.12 ]; then
			check_inference "$1" "$version"
		fi
		;;
	esac
}

if [ -n "${KDIR:-}" ]; then
	if ! [ -f "$KDIR/Makefile" ]; then
		echo "corpus: $KDIR is no kernel tree" >&2
		exit 2
	fi
	check_tree "$(cd "$KDIR" && pwd)"
elif [ -x "$get_linux" ]; then
	for version in 6.1 6.12; do
		if tree=$(unpack "$version"); then
			check_tree "$(cd "$tree" && pwd)"
		else
			echo "not ok - Linux $version could not be unpacked"
			failed=$((failed + 1))
		fi
	done
else
	echo "skipped: no kernel to check: KDIR=/path/to/linux-6.1 names one"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
