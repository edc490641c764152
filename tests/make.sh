#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # what looks like expansions is text
# The Makefile: make coccicheck, its variables and what they may contain, dependencies, installation.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES KDIR M COCCI MODE KERNEL J STRICT V
RESVLINT=$resvlint
export RESVLINT

# cocci STATUS [VARIABLE=VALUE...]: make coccicheck, as run does it.
cocci() {
	wanted=$1
	shift
	status=0
	make -C "$top" --no-print-directory coccicheck "$@" >.out 2>.err </dev/null || status=$?
	echo "$status" >.status
	[ "$status" = "$wanted" ] || fail "wanted exit status $wanted: make coccicheck $*"
}

the_sample() {
	cocci 0
	same "$top/expected/sample.txt" .out
}

strict() {
	cocci 2 STRICT=1 COCCI=importer-locked
	warnings 1
	cocci 0 STRICT=1 COCCI=importer-locked M=fixtures/sample/vpool_export.c
}

# kernel DIR: something that looks like a kernel tree.
kernel() {
	mkdir -p -- "$1/drivers/a" "$1/drivers/b"
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n' >"$1/Makefile"
	touch -- "$1/Kconfig"
	bad_code >"$1/drivers/a/a.c"
	bad_code >"$1/drivers/b/b.c"
}

parts_of_a_tree() {
	kernel linux
	cocci 0 KDIR="$PWD/linux" COCCI=importer-locked
	warnings 2
	prints "$PWD/linux/drivers/a/a.c:3:9: "
	cocci 0 KDIR="$PWD/linux" M=drivers/b COCCI=importer-locked
	warnings 1
	prints "$PWD/linux/drivers/b/b.c:3:9: "
	mkdir outside
	bad_code >outside/c.c
	cocci 0 KDIR="$PWD/linux" M="$PWD/outside" COCCI=importer-locked
	warnings 1
	prints "$PWD/outside/c.c:3:9: "
	cocci 0 M="$PWD/outside/c.c" COCCI=importer-locked
	warnings 1
}

missing_paths() {
	kernel linux
	cocci 2 KDIR="$PWD/missing"
	says "$PWD/missing"
	cocci 2 KDIR="$PWD/linux" M=drivers/c
	says drivers/c
	cocci 2 KDIR="$PWD/linux" M=drivers/c MODE=patch
	says drivers/c
}

rules_by_id_and_path() {
	cocci 0 COCCI=exporter-locked
	warnings 1
	cocci 0 COCCI=cocci/dma-buf/exporter-locked.cocci
	warnings 1
	prints '[exporter-locked]'
	cocci 2 COCCI=exporter-lock
	says exporter-lock
	cocci 2 COCCI=exporter-lock MODE=org
	says exporter-lock
	cocci 2 COCCI=cocci/missing.cocci
	says cocci/missing.cocci
}

a_rule_of_ones_own() {
	cat >mine.cocci <<-'END'
		virtual report
		@@
		expression e;
		@@
		- dma_buf_put(e)
		+ mine(e)
	END
	sed -i '1a virtual patch' mine.cocci
	cocci 0 COCCI="$PWD/mine.cocci" MODE=patch
	prints '+	mine(dmabuf);'
	cocci 2 COCCI="$PWD/mine.cocci" MODE=patch STRICT=1
}

# Files that name neither dma-bufs nor reservation locks.
files_by_tokens() {
	mkdir src
	printf 'void f(struct foo *foo)\n{\n\tfrob(foo);\n}\n' >src/frob.c
	printf '// Tokens: callbacks\n//   frob\nvirtual patch\n@@\nexpression e;\n@@\n- frob(e)\n+ mine(e)\n' >mine.cocci
	cocci 0 COCCI="$PWD/mine.cocci" MODE=patch M="$PWD/src"
	prints '+	mine(foo);'
	sed -i '/frob$/d' mine.cocci
	cocci 0 COCCI="$PWD/mine.cocci" MODE=patch M="$PWD/src"
	prints_not .
}

files_by_tables() {
	mkdir src
	printf 'int f(struct drm_gem_object *obj)\n{\n\tdrm_gem_lock(obj);\n\tif (frob(obj))\n\t\treturn -1;\n' >src/lock.c
	printf '\tdrm_gem_unlock(obj);\n\treturn 0;\n}\n' >>src/lock.c
	cocci 0 COCCI=resv-balance MODE=org M="$PWD/src"
	prints 'lock.c'
}

modes() {
	cocci 0 MODE=org COCCI=importer-locked
	prints '* TODO [[view:fixtures/sample/vpool_import.c'
	cocci 0 MODE=context COCCI=importer-locked
	prints '-	frame->sgt = dma_buf_map_attachment(frame->attach, DMA_TO_DEVICE);'
	cocci 2 MODE=nonsense
	says 'MODE is report, context, org or patch'
}

patch_applies() {
	kernel linux
	cocci 0 KDIR="$PWD/linux" MODE=patch COCCI=importer-locked
	prints '--- a/drivers/a/a.c' '+++ b/drivers/b/b.c'
	patch -s -p1 -d linux <.out
	cocci 0 KDIR="$PWD/linux" MODE=patch COCCI=importer-locked J=2
	[ ! -s .out ] || fail "the second patch is not empty"
	cocci 0 KDIR="$PWD/linux" COCCI=importer-locked STRICT=1
}

other_variables() {
	kernel linux
	cocci 0 KDIR="$PWD/linux" KERNEL=5.10 J=1 V=1 COCCI=importer-locked
	says 6.2 'selected '
	cocci 2 KDIR="$PWD/linux" J=many
	says '--jobs'
}

not_analysed() {
	fake_spatch
	{ bad_code; echo '/* FAIL */'; } >a.c
	cocci 2 M="$PWD" COCCI=importer-locked
	says 'a.c: spatch failed'
}

nothing_executed() {
	for dir in . "$top"; do
		[ -z "$(find "$dir" -name .git -prune -o -name 'PWNED*' -print)" ] || fail "a name was executed"
	done
}

# hostile NAME: as a tree, as a part of one, as a rule.
hostile() {
	kernel "$1"
	for mode in report patch; do
		cocci 0 KDIR="$PWD/$1" MODE="$mode" COCCI=importer-locked
		[ -s .out ] || fail "nothing is found in $1"
		nothing_executed
	done
	kernel linux
	mkdir "linux/$1"
	bad_code >"linux/$1/c.c"
	for mode in report patch; do
		cocci 0 KDIR="$PWD/linux" M="$1" MODE="$mode" COCCI=importer-locked
		[ -s .out ] || fail "nothing is found in linux/$1"
		nothing_executed
	done
	cocci 2 COCCI="$1"
	nothing_executed
	cocci 2 COCCI="$1.cocci"
	nothing_executed
}

# In a mode in which spatch sees the names, those that a shell would not leave alone are not given to it.
hostile_file() {
	kernel linux
	bad_code >'linux/x;touch PWNED;.c'
	bad_code >'linux/$(touch PWNED).c'
	cocci 2 KDIR="$PWD/linux" MODE=patch COCCI=importer-locked
	nothing_executed
	says 'not checked' 'x;touch PWNED;.c' '$(touch PWNED).c'
	prints '--- a/drivers/a/a.c'
}

check "coccicheck prints the sample's findings, and does not fail" the_sample
check "STRICT=1" strict
check "KDIR and M" parts_of_a_tree
check "KDIR and M that do not exist" missing_paths
check "COCCI" rules_by_id_and_path
check "COCCI of a rule that is not one of these" a_rule_of_ones_own
check "a rule alone is run on the files that have one of its tokens" files_by_tokens
check "a rule alone is run on the files that name a function of the tables" files_by_tables
check "MODE" modes
check "MODE=patch gives a patch that applies, once" patch_applies
check "KERNEL, J, V" other_variables
check "a file that was not analysed makes it fail" not_analysed
check "names with quotes" hostile "it's \"quoted\""
check "names with a command" hostile 'x;touch PWNED;&touch PWNED'
check "names with a command in a shell's expansion" hostile '$(touch PWNED)`touch PWNED`'
check "names with a command in make's expansion" hostile '$(shell touch PWNED)'
check "names that look like an option" hostile '--help'
check "a file whose name would be executed" hostile_file

# stubs: a PATH without any of what is needed, in ./bin.
stubs() {
	mkdir bin
	for program in sh id cat echo; do
		ln -s "$(command -v "$program")" bin/
	done
}

# stub NAME TEXT
stub() {
	rm -f "bin/$1"
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
}

# deps STATUS WHAT...
deps() {
	wanted=$1
	shift
	status=0
	env -i PATH="$PWD/bin" "$top/.ci/deps" "$@" >.out 2>.err || status=$?
	echo "$status" >.status
	[ "$status" = "$wanted" ] || fail "wanted $wanted: deps $*"
}

deps_without_root() {
	stubs
	stub id 'echo 1000'
	stub apt-get 'echo apt-get was run >&2'
	deps 1 run check
	[ "$(wc -l <.err)" = 1 ] || fail "not one line"
	says 'apt-get install ' coccinelle ocaml gcc libuv1-dev libpcre2-dev libjansson-dev libxxhash-dev libgit2-dev check \
		patch shellcheck clang-format
	stub sudo 'exit 1'
	deps 1 run check
	says 'apt-get install ' coccinelle
}

deps_through_sudo() {
	stubs
	stub id 'echo 1000'
	stub apt-get 'echo "apt-get $*" >&2'
	stub sudo 'shift; "$@"'
	deps 0 run
	says 'apt-get update' 'apt-get install' coccinelle
}

deps_as_root() {
	stubs
	stub id 'echo 0'
	stub apt-get 'echo "apt-get $*" >&2'
	deps 0 run
	says 'apt-get update' 'apt-get install' coccinelle
	stub apt-get 'exit 100'
	deps 1 run
	says 'install these yourself'
}

deps_all_there() {
	mkdir bin
	for program in apt-get sudo; do
		stub "$program" 'echo "$0 was run"; exit 1'
	done
	PATH=$PWD/bin:$PATH make -C "$top" deps >.out 2>.err
	[ ! -s .err ] || fail "something is said: $(cat .err)"
	if grep -q 'was run' .out; then
		fail "something is run"
	fi
}

installs() {
	# Only what has the directory compiled in is compiled anew.
	[ ! -d "$top/build/wrapper" ] || { mkdir build && cp -Rp "$top/build/wrapper" build/; }
	make -C "$top" install CFLAGS=-O0 O="$PWD/build" PROGRAM="$PWD/resvlint" PREFIX="$PWD/usr" >.out 2>&1
	make -C "$top" install CFLAGS=-O0 O="$PWD/build" PROGRAM="$PWD/resvlint" PREFIX="$PWD/usr" \
		DESTDIR="$PWD/dest" >.out 2>&1
	[ -x "dest$PWD/usr/bin/resvlint" ] || fail "DESTDIR has no program"
	unset RESVLINT_RULES
	bad_code >a.c
	resvlint=usr/bin/resvlint
	run 0 rules
	prints importer-locked
	run 1 check --rule importer-locked a.c
	[ "$(find usr/share/resvlint/cocci -type f -perm 644 | wc -l)" -gt 10 ] || fail "rules are missing"
}

check "deps without root says in one line what to install" deps_without_root
check "deps through sudo" deps_through_sudo
check "deps as root" deps_as_root
check "deps does nothing where nothing is missing" deps_all_there
check "install, with PREFIX and DESTDIR" installs

finish
