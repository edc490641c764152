#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Drivers with code for many kernels: what is checked is the code for one of them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

rule='--rule importer-locked'

# probe CONDITION [ELIF-CONDITION]: a function whose call, in line 4, is right for the newer kernels, and
# for the others, behind `#else`, is not. Between them comes another wrong one, if there is `#elif`.
probe() {
	printf 'static void probe(struct dma_buf_attachment *attach, struct sg_table *sgt)\n{\n'
	printf '#if %s\n\tsgt = dma_buf_map_attachment_unlocked(attach, DMA_TO_DEVICE);\n' "$1"
	[ -z "${2-}" ] || printf '#elif %s\n    sgt = dma_buf_map_attachment(attach, DMA_TO_DEVICE);\n' "$2"
	printf '#else\n\tsgt = dma_buf_map_attachment(attach, DMA_TO_DEVICE);\n#endif\n}\n'
}

# found STATUS PLACES [OPTION...]: checks all that is here, and wants findings at just these places.
found() {
	status=$1
	places=$2
	shift 2
	# shellcheck disable=SC2086 # two words
	run "$status" check $rule "$@"
	sed -n 's/: warning: .*//p' .out | paste -s -d ' ' - >places
	[ "$(cat places)" = "$places" ] || fail "wanted findings at '$places', got '$(cat places)'"
}

version_given() {
	probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0)' >a.c
	found 0 '' --kernel 6.2
	found 0 '' --kernel 6.12.3
	found 1 'a.c:6:8' --kernel 6.1
	found 1 'a.c:6:8' --kernel 6.1.255
	probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 9)' >a.c
	found 1 'a.c:6:8' --kernel 6.2
	found 0 '' --kernel 6.2.9
}

# kernel VERSION PATCHLEVEL SUBLEVEL: makes this directory a kernel tree.
kernel() {
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "$@" >Makefile
	touch Kconfig
}

version_of_the_tree() {
	probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,4,7)' >a.c
	kernel 6 4 7
	found 0 ''
	kernel 6 4 6
	found 1 'a.c:6:8'
	found 0 '' --kernel 6.5
}

newest_version() {
	probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(99,0,0)' >a.c
	found 0 ''
	probe 'LINUX_VERSION_CODE < KERNEL_VERSION(99,0,0)' >a.c
	found 1 'a.c:6:8'
}

unknown_macro() {
	for condition in 'defined(HAVE_UNLOCKED)' 'RHEL_RELEASE_CODE >= RHEL_RELEASE_VERSION(9, 2)' '1 && X' '0 || X'; do
		probe "$condition" >a.c
		found 1 'a.c:6:8'
		# The other branch, too: here it is the one that is wrong.
		probe "$condition" | sed -e 's/map_attachment(/map_x(/' -e 's/attachment_unlocked/attachment/' >a.c
		found 1 'a.c:4:8'
	done
}

macros_decided() {
	probe 'defined(HAVE_UNLOCKED)' >a.c
	found 0 '' -D HAVE_UNLOCKED
	found 1 'a.c:6:8' -U HAVE_UNLOCKED
	found 0 '' -UHAVE_UNLOCKED -DHAVE_UNLOCKED=0
	found 1 'a.c:6:8' -D HAVE_UNLOCKED -U HAVE_UNLOCKED
	found 1 'a.c:6:8' -D HAVE_UNLOCKED_TOO
	probe 'HAVE_API > 2' >a.c
	found 0 '' -D HAVE_API=3
	found 1 'a.c:6:8' -D HAVE_API
	found 1 'a.c:6:8' -D HAVE_API=1 -D HAVE_API=word
	probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0) || RHEL_RELEASE_CODE >= 0x902' >a.c
	found 0 '' --kernel 5.14 -D RHEL_RELEASE_CODE=2306
	found 1 'a.c:6:8' --kernel 5.14 -D RHEL_RELEASE_CODE=2305
	found 0 '' --kernel 6.2
}

ifdef() {
	probe X | sed 's/#if X/#ifdef HAVE_UNLOCKED/' >a.c
	found 1 'a.c:6:8'
	found 0 '' -D HAVE_UNLOCKED
	probe X | sed 's/#if X/#ifndef HAVE_LOCKED/' >a.c
	found 0 '' -U HAVE_LOCKED
	found 1 'a.c:6:8' -D HAVE_LOCKED
}

chain() {
	probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0)' 'defined(HAVE_OLD)' >a.c
	found 0 '' --kernel 6.2
	found 1 'a.c:6:11 a.c:8:8' --kernel 6.1
	found 1 'a.c:6:11' --kernel 6.1 -D HAVE_OLD
	found 1 'a.c:8:8' --kernel 6.1 -U HAVE_OLD
	probe 'defined(HAVE_NEW)' 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0)' >a.c
	found 1 'a.c:6:11' --kernel 6.2
	found 1 'a.c:8:8' --kernel 6.1
}

# spatch itself loses what is behind `#if 0` and is not `#else`.
behind_if_0() {
	probe 0 X >a.c
	found 1 'a.c:6:11 a.c:8:8'
	probe 1 X >a.c
	found 0 ''
}

nested() {
	{
		echo '#if LINUX_VERSION_CODE < KERNEL_VERSION(6,0,0)'
		bad_code old
		echo '#else'
		probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0)'
		echo '#if X'
		bad_code other
		echo '#endif'
		echo '#endif /* 6.0 */'
	} >a.c
	found 1 'a.c:18:9' --kernel 6.2
	found 1 'a.c:12:8 a.c:18:9' --kernel 6.1
	found 1 'a.c:4:9' --kernel 5.10
}

# With all of these branches, spatch cannot parse the function, and what is in it is lost.
braces_in_branches() {
	{
		echo 'static void probe(struct dma_buf_attachment *attach, int a, int b)'
		echo '{'
		echo '#if LINUX_VERSION_CODE < KERNEL_VERSION(5,0,0)'
		echo '	b = 0;'
		echo '#elif LINUX_VERSION_CODE < KERNEL_VERSION(6,2,0)'
		echo '	if (a && b) {'
		echo '#else'
		echo '	if (a) {'
		echo '#endif'
		echo '	dma_buf_map_attachment(attach, DMA_TO_DEVICE);'
		echo '#if LINUX_VERSION_CODE >= KERNEL_VERSION(5,0,0)'
		echo '	}'
		echo '#endif'
		echo '}'
	} >a.c
	for version in 4.19 5.15 6.2; do
		found 1 'a.c:10:2' --kernel "$version" --strict
		says '; 0 functions and 0 files not analysed'
	done
}

crlf() {
	probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0) || \
		0' | sed 's/$/\r/' >a.c
	found 0 '' --kernel 6.2
	found 1 'a.c:7:8' --kernel 6.1
}

comments_and_strings() {
	{
		printf '/*\n#if 0\n*/\nstatic const char *text = "/*";\n'
		probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0) /* the convention'
		printf '/* is in force since then */\n'
	} | sed 's/the convention$/the\nconvention *\//' >a.c
	found 0 '' --kernel 6.2
	found 1 'a.c:11:8' --kernel 6.1
}

unterminated() {
	bad_code before >a.c
	echo '#if LINUX_VERSION_CODE < KERNEL_VERSION(6,0,0)' >>a.c
	bad_code behind >>a.c
	bad_code neighbour >b.c
	found 1 'a.c:3:9 a.c:8:9 b.c:3:9'
}

# A file that would only matter for another kernel is not looked at.
not_selected() {
	fake_spatch
	probe 'LINUX_VERSION_CODE < KERNEL_VERSION(6,2,0)' | sed 's/#else/#elif 0/; s/_unlocked//' >a.c
	found 0 '' --kernel 6.2
	says '0 of 1 file analysed'
	found 1 'a.c:4:9' --kernel 6.1
	says '1 of 1 file analysed'
}

# Callers count as little as calls if they are not compiled.
callers() {
	bad_code probe | sed 's/^static //' >a.c
	{
		echo '#if LINUX_VERSION_CODE < KERNEL_VERSION(6,2,0)'
		printf 'int old(struct dma_buf_attachment *attach)\n{\n\tprobe(attach);\n\treturn 0;\n}\n'
		echo '#else'
		printf 'int new(struct dma_buf_attachment *attach)\n{\n\tdma_resv_lock(attach->dmabuf->resv, NULL);\n'
		printf '\tprobe(attach);\n\tdma_resv_unlock(attach->dmabuf->resv);\n\treturn 0;\n}\n#endif\n'
	} >b.c
	kernel 6 2 0
	found 0 '' a.c
	kernel 6 1 0
	found 1 'a.c:3:9' a.c
}

unparsed() {
	{
		printf '#if LINUX_VERSION_CODE < KERNEL_VERSION(6,2,0)\n'
		printf 'int old(struct dma_buf *b)\n{\n\tif (dma_buf_pin(b) ] {{\n}\n#endif\n\n'
		printf 'int new(struct dma_buf *b)\n{\n\tif (dma_buf_pin(b) ] {{\n}\n\n'
		bad_code behind
	} >a.c
	found 1 'a.c:15:9' --kernel 6.2
	says 'a.c:8: new() did not parse' '1 function and 0 files not analysed'
}

same_bytes() {
	for i in 1 2 3 4 5 6; do
		probe 'LINUX_VERSION_CODE >= KERNEL_VERSION(6,2,0)' >"$i.c"
	done
	found 1 '1.c:6:8 2.c:6:8 3.c:6:8 4.c:6:8 5.c:6:8 6.c:6:8' --kernel 6.1 --jobs 1
	mv .out one
	found 1 '1.c:6:8 2.c:6:8 3.c:6:8 4.c:6:8 5.c:6:8 6.c:6:8' --kernel 6.1 --jobs 4
	same one .out
}

check "--kernel decides conditions on LINUX_VERSION_CODE" version_given
check "without it, the tree's version does" version_of_the_tree
check "without a tree, a version newer than any does" newest_version
check "a condition on anything else keeps both branches" unknown_macro
check "-D and -U decide further macros, and the last one counts" macros_decided
check "#ifdef and #ifndef" ifdef
check "#elif" chain
check "what is behind #if 0 is looked at" behind_if_0
check "conditionals in conditionals" nested
check "a function parses that begins a block in each branch" braces_in_branches
check "CRLF, and a condition of two lines" crlf
check "directives in comments, comments in directives" comments_and_strings
check "an #if without its end takes no code away" unterminated
check "a file that only matters for another kernel is not selected" not_selected
check "a caller that is not compiled does not count" callers
check "a function that does not parse is told of if it is compiled, in its own line" unparsed
check "the output does not depend on --jobs" same_bytes

finish
