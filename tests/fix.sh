#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016 # what looks like expansions is text
# fix: what is mended and what is left, what it looks like, that it proves itself, and that nothing is lost
# whatever happens. What single edits look like is for the fixtures.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

newline='
'

# Git knows this user, and no other's configuration.
HOME=$scratch
XDG_CONFIG_HOME=$scratch
GIT_CONFIG_GLOBAL=/dev/null
GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME='A Developer'
GIT_AUTHOR_EMAIL=dev@example.org
GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME
GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
export HOME XDG_CONFIG_HOME GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

# header: include/linux/dma-buf.h as it is since 6.2.
header() {
	mkdir -p include/linux
	for name in map_attachment unmap_attachment vmap vunmap; do
		printf 'int dma_buf_%s(struct dma_buf *buf);\n' "$name"
		printf 'int dma_buf_%s_unlocked(struct dma_buf *buf);\n' "$name"
	done >include/linux/dma-buf.h
}

# kernel: makes this directory look like a kernel tree.
kernel() {
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n' >Makefile
	: >Kconfig
	header
	mkdir -p drivers/a drivers/b
}

# releases NAME: a function that the kernel calls without the lock, with two calls to mend, and one that has no
# variant. They are in the lines 5, 6 and 8.
releases() {
	sed "s/NAME/$1/g" <<'END'
static int NAME_release(struct inode *inode, struct file *file)
{
	struct NAME *x = file->private_data;

	dma_buf_vunmap(x->buf, &x->map);
	dma_buf_unmap_attachment(x->attach,
				 x->sgt, DMA_TO_DEVICE);
	dma_buf_unpin(x->attach);
	return 0;
}

static const struct file_operations NAME_fops = { .release = NAME_release };
END
}

# released NAME: the same, mended.
released() {
	releases "$1" | sed -e "s/dma_buf_vunmap/&_unlocked/" -e "s/dma_buf_unmap_attachment/&_unlocked/" \
		-e "s/^\t\t\t\t x->/\t\t\t\t\t  x->/"
}

# opens NAME: likewise, with one call to mend, and none that is left.
opens() {
	printf 'static int %s_open(struct inode *inode, struct file *file)\n{\n' "$1"
	printf '\tstruct %s *x = file->private_data;\n\n\treturn dma_buf_vmap(x->buf, &x->map);\n}\n\n' "$1"
	printf 'static const struct file_operations %s_fops = { .open = %s_open };\n' "$1" "$1"
}

opened() {
	opens "$1" | sed 's/dma_buf_vmap/&_unlocked/'
}

# commit: a git tree of all that is here but for what the tests leave.
commit() {
	git init -q .
	printf "%s\n" ".*" spatch >.git/info/exclude
	git add -A
	git commit -q -m 'Begin'
}

# fixed STATUS [OPTION...]: a run whose files are known not to have changed.
fixed() {
	wanted=$1
	shift
	run "$wanted" fix "$@"
}

# unchanged FILE TEXT-FILE: it is as it was, and nothing lies beside it.
unchanged() {
	same "$2" "$1"
	nothing_beside
}

nothing_beside() {
	beside=$(find . -name '.*resvlint-*')
	[ -z "$beside" ] || fail "this is left: $beside"
}

# patch_gives DIR: the last run's diff, applied in a copy of the tree `before`, gives the tree in DIR.
patch_gives() {
	cp .out diff
	rm -rf by-patch by-git
	cp -Rp before by-patch
	cp -Rp before by-git
	(cd by-patch && patch -s -p1 --fuzz=0 <../diff) || fail "patch does not take the diff"
	(cd by-git && GIT_CEILING_DIRECTORIES=$(dirname "$PWD") git apply --whitespace=nowarn ../diff) ||
		fail "git apply does not take the diff"
	diff -r by-patch "$1" || fail "patch makes something else of it"
	diff -r by-git "$1" || fail "git apply makes something else of it"
}

diff_and_in_place() {
	mkdir before
	(
		cd before
		kernel
		releases a >drivers/a/a.c
		opens b >drivers/b/b.c
		opens crlf | sed 's/$/\r/' >drivers/b/crlf.c
		opens cut | head -c -1 >drivers/b/cut.c
		chmod 755 drivers/a/a.c
		chmod 600 drivers/b/b.c
	)
	cp -Rp before after
	fixed 1 --in-place after
	[ ! -s .out ] || fail "something on stdout"
	says 'after/drivers/a/a.c:8:2: not fixed: dma_buf_unpin() without the reservation lock [importer-locked]: ' \
		'hold x->attach->dmabuf->resv: there is no _unlocked variant' '5 findings fixed in 4 files, 1 left'
	released a | cmp - after/drivers/a/a.c || fail "a.c"
	opened b | cmp - after/drivers/b/b.c || fail "b.c"
	opened crlf | sed 's/$/\r/' | cmp - after/drivers/b/crlf.c || fail "crlf.c"
	opened cut | head -c -1 | cmp - after/drivers/b/cut.c || fail "cut.c"
	[ "$(stat -c %a after/drivers/a/a.c after/drivers/b/b.c | tr '\n' ' ')" = '755 600 ' ] || fail "modes"
	nothing_beside
	fixed 1 before
	prints 'diff --git a/drivers/a/a.c b/drivers/a/a.c' ' 100755' '--- a/drivers/a/a.c' '+++ b/drivers/b/b.c'
	patch_gives after
	fixed 1 before/drivers/b ./before/drivers/../drivers/a before/drivers/a/a.c
	same diff .out
	fixed 1 --jobs 7 before
	same diff .out
	(
		cd before/drivers/b
		fixed 1 ../a .
		same ../../../diff .out
		rm .out .err .status
	)
	fixed 1 after
	[ ! -s .out ] || fail "fixing again changes something"
	says '0 findings fixed in 0 files, 1 left'
}

nothing_to_fix() {
	kernel
	opened a >drivers/a/a.c
	fixed 0
	[ ! -s .out ] || fail "a diff"
	commit
	fixed 0 --in-place
	fixed 0 --series out
	[ ! -e out ] || fail "a series of nothing"
	opens a >drivers/a/a.c
	fixed 0 --quiet
	prints '+	return dma_buf_vmap_unlocked(x->buf, &x->map);'
	prints_not 'resvlint'
}

options_that_do_not_go_together() {
	opens a >a.c
	for options in '--in-place --series out' '--force' '--format json' '--series=' \
		'--in-place=yes' '--confidence sure'; do
		# shellcheck disable=SC2086 # words
		fixed 2 $options
	done
	for option in --in-place --force '--series out'; do
		# shellcheck disable=SC2086 # words
		run 2 check $option
		says '--in-place, --series and --force are for fix'
	done
	fixed 2 --rule no-such-rule
	fixed 2 not/there
	[ ! -e out ] || fail "something was written"
	opens a | cmp - a.c || fail "a.c has changed"
}

not_analysed() {
	kernel
	opens a >drivers/a/a.c
	opens b >drivers/a/b.c
	ln -s nowhere drivers/a/c.c
	printf "int x(\\n{ dma_buf_vmap(x, y) }}} (;\\n" >drivers/a/broken.c
	fixed 0
	says 'drivers/a/broken.c:1: '
	prints '+++ b/drivers/a/a.c' '+++ b/drivers/a/b.c'
	fixed 3 --strict
	prints '+++ b/drivers/a/a.c' '+++ b/drivers/a/b.c'
}

file_not_analysed() {
	mending_spatch
	bad_code >a.c
	{ bad_code; echo "/* FAIL */"; } >b.c
	fixed 3 --rule importer-locked --no-contexts
	prints '+++ b/a.c'
	prints_not 'b/b.c'
	says 'b.c: '
}

rules_and_confidence() {
	kernel
	releases a >drivers/a/a.c
	opens b >drivers/b/b.c
	fixed 0 --rule importer-unlocked
	[ ! -s .out ] || fail "another rule's finding is mended"
	fixed 1 --rule importer-unlocked,importer-locked
	prints 'drivers/a/a.c' 'drivers/b/b.c'
	# Who maps is called by somebody who has just dropped the lock: that is certain.
	cat >drivers/b/b.c <<'END'
static int b_map(struct b *b)
{
	return dma_buf_vmap(b->buf, &b->map);
}
int b_start(struct b *b)
{
	dma_resv_lock(b->buf->resv, NULL);
	b_touch(b);
	dma_resv_unlock(b->buf->resv);
	return b_map(b);
}
END
	fixed 0 --confidence high
	prints 'drivers/b/b.c'
	prints_not 'drivers/a/a.c'
	fixed 1 --confidence low
	prints 'drivers/a/a.c' 'drivers/b/b.c'
}

lacks_the_variant() {
	kernel
	releases a >drivers/a/a.c
	releases a >a.c
	fixed 1 --quiet drivers/a
	cp .out diff
	sed -i '/_unlocked/d' include/linux/dma-buf.h
	sed -i '1i /* dma_buf_vunmap_unlocked() and dma_buf_unmap_attachment_unlocked() are to come. */' \
		include/linux/dma-buf.h
	fixed 1 drivers/a
	[ ! -s .out ] || fail "something is mended"
	says 'drivers/a/a.c:5:2: not fixed: ' 'this tree has no dma_buf_vunmap_unlocked()' \
		'this tree has no dma_buf_unmap_attachment_unlocked()' '0 findings fixed in 0 files, 3 left'
	fixed 1 --in-place --force drivers/a
	unchanged drivers/a/a.c a.c
	fixed 1 --kernel 6.2 drivers/a
	same diff .out
	rm include/linux/dma-buf.h
	fixed 1 drivers/a
	[ ! -s .out ] || fail "something is mended without the header"
	says "include/linux/dma-buf.h"
	fixed 1 --kernel 6.2 drivers/a
	same diff .out
}

version_without_the_variant() {
	opens a >a.c
	fixed 1 --kernel 6.1
	[ ! -s .out ] || fail "something is mended"
	says '6.1 has no dma_buf_vmap_unlocked()'
	fixed 0 --kernel 6.2
	opened a | diff a.c - | sed -n 's/^[<>]//p' >wanted
	sed -n -e '/^[-+][-+]/d' -e 's/^[-+]/ /p' .out | diff wanted - || fail "another edit"
	kernel
	fixed 1 --kernel 5.15.3 a.c
	[ ! -s .out ] || fail "something is mended"
	says '5.15.3 has no dma_buf_vmap_unlocked()'
}

out_of_tree() {
	mkdir driver
	cat >driver/a.c <<'END'
#include <linux/version.h>

static int a_open(struct inode *inode, struct file *file)
{
	struct a *x = file->private_data;

#if LINUX_VERSION_CODE < KERNEL_VERSION(6,2,0)
	return dma_buf_vmap(x->buf, &x->map);
#else
	return dma_buf_vmap(x->buf, &x->map);
#endif
}

static const struct file_operations a_fops = { .open = a_open };
END
	sed '10s/dma_buf_vmap/&_unlocked/' driver/a.c >wanted
	fixed 0 --kernel 6.2 --in-place driver
	same wanted driver/a.c
	fixed 0 driver
	[ ! -s .out ] || fail "fixing again changes something"
	fixed 1 --kernel 6.1 driver
	[ ! -s .out ] || fail "an older branch is mended"
}

disagree() {
	kernel
	cat >drivers/a/a.c <<'END'
int a_map(struct dma_buf_attachment *attach)
{
	return PTR_ERR_OR_ZERO(dma_buf_map_attachment(attach, DMA_TO_DEVICE));
}
int a_held(struct dma_buf_attachment *attach)
{
	int ret;

	dma_resv_lock(attach->dmabuf->resv, NULL);
	ret = a_map(attach);
	dma_resv_unlock(attach->dmabuf->resv);
	return ret;
}
int a_free(struct dma_buf_attachment *attach)
{
	dma_resv_lock(attach->dmabuf->resv, NULL);
	a_touch(attach);
	dma_resv_unlock(attach->dmabuf->resv);
	return a_map(attach);
}
END
	fixed 1
	[ ! -s .out ] || fail "something is mended"
	says 'drivers/a/a.c:3:25: not fixed: ' 'ways to it disagree: some hold the lock, some do not'
	sed '/^int a_held/,/^}/d' drivers/a/a.c >x
	mv x drivers/a/a.c
	fixed 0
	prints '+	return PTR_ERR_OR_ZERO(dma_buf_map_attachment_unlocked(attach, DMA_TO_DEVICE));'
	sed '/^int a_free/,/^}/d' drivers/a/a.c >x
	mv x drivers/a/a.c
	fixed 1 --no-contexts
	fixed 1
	[ ! -s .out ] || fail "something is mended"
	says 'drivers/a/a.c:3:25: not fixed: ' \
		'the lock is only presumed not to be held: nobody is known to call a_map()'
	# One way is certain, but there is another of which nothing is known.
	cat >>drivers/a/a.c <<'END'
int a_start(struct dma_buf_attachment *attach)
{
	return a_map(attach);
}
int a_free(struct dma_buf_attachment *attach)
{
	dma_resv_lock(attach->dmabuf->resv, NULL);
	a_touch(attach);
	dma_resv_unlock(attach->dmabuf->resv);
	return a_map(attach);
}
END
	fixed 1
	[ ! -s .out ] || fail "something is mended"
	says 'the lock is only presumed not to be held'
}

# The function moves no lock to another one, and nothing that has no counterpart is made.
left_to_a_person() {
	mkdir tree
	cd tree
	kernel
	cat >drivers/a/a.c <<'END'
static int a_pin(struct dma_buf_attachment *attach)
{
	int ret;

	ret = dma_resv_lock_interruptible(attach->dmabuf->resv, NULL);
	if (ret)
		return ret;
	ret = a_move(attach);
	dma_resv_unlock(attach->dmabuf->resv);
	return ret;
}
static void a_unpin(struct dma_buf_attachment *attach)
{
	struct dma_buf *other = a_other(attach);

	dma_resv_lock(other->resv, NULL);
	a_move(attach);
	dma_resv_unlock(other->resv);
}
static int a_attach(struct dma_buf *buf, struct dma_buf_attachment *attach)
{
	a_touch(buf);
	dma_resv_unlock(buf->resv);
	a_wait(buf);
	dma_resv_lock(buf->resv, NULL);
	return 0;
}
int a_put(struct dma_buf *buf)
{
	dma_resv_lock(buf->resv, NULL);
	dma_buf_put(buf);
	dma_resv_unlock(buf->resv);
	return 0;
}
static int a_vmap(struct dma_buf *buf, struct iosys_map *map)
{
	dma_resv_lock(buf->resv, NULL);
	a_touch(buf);
	dma_resv_unlock(buf->resv);
	return 0;
}
int a_use(struct dma_buf *buf, struct iosys_map *map)
{
	return a_vmap(buf, map);
}
void a_vunmap(struct dma_buf *buf, struct iosys_map *map)
{
	dma_resv_lock(buf->resv, NULL);
	a_touch(buf);
	dma_resv_unlock(buf->resv);
}
static const struct dma_buf_ops a_ops = {
	.pin = a_pin,
	.unpin = a_unpin,
	.attach = a_attach,
	.vmap = a_vmap,
	.vunmap = a_vunmap,
};
END
	cp drivers/a/a.c ../a.c
	fixed 1 --confidence low
	[ ! -s .out ] || fail "something is mended"
	says 'drivers/a/a.c:5:8: not fixed: ' 'drivers/a/a.c:16:2: not fixed: ' 'drivers/a/a.c:23:2: not fixed: ' \
		'drivers/a/a.c:37:2: not fixed: ' 'drivers/a/a.c:48:2: not fixed: ' \
		'drivers/a/a.c:31:2: not fixed: dma_buf_put() with the reservation lock held [importer-unlocked]: '
	fixed 1 --in-place --force --confidence low
	unchanged drivers/a/a.c ../a.c
}

another_lock() {
	cat >a.c <<'END'
int a_map(struct a *x)
{
	int ret;

	dma_resv_lock(x->exported->resv, NULL);
	ret = dma_buf_vmap_unlocked(x->imported, &x->map);
	dma_resv_unlock(x->exported->resv);
	return ret;
}

int a_map_all(struct a *x)
{
	int ret;

	dma_resv_lock(x->buf->resv, NULL);
	ret = dma_buf_vmap_unlocked((x->buf), &x->map);
	if (!ret)
		x->sgt = dma_buf_map_attachment_unlocked(x->attach, DMA_TO_DEVICE);
	dma_resv_unlock(x->buf->resv);
	return ret;
}

static int a_pin(struct dma_buf_attachment *attach)
{
	struct ww_acquire_ctx ctx;

	ww_acquire_init(&ctx, &reservation_ww_class);
	dma_resv_lock(attach->dmabuf->resv, &ctx);
	a_move(attach->dmabuf->priv);
	dma_resv_unlock(attach->dmabuf->resv);
	ww_acquire_fini(&ctx);
	return 0;
}

static const struct dma_buf_ops a_ops = { .pin = a_pin };
END
	sed -e '/(x->buf)/s/_unlocked//' -e '/x->attach/s/_unlocked//' a.c >wanted
	fixed 1 --in-place
	same wanted a.c
	says 'a.c:6:8: not fixed: ' 'the lock that is held, x->exported->resv, may be another'"'"'s than that of x->imported' \
		'a.c:28:2: not fixed: '
}

links() {
	kernel
	opens a >drivers/a/a.c
	opens b >drivers/b/b.c
	ln drivers/b/b.c hard
	ln -s ../a/a.c drivers/b/link.c
	ln -s a drivers/way
	fixed 0 drivers/b/link.c drivers/a/a.c
	[ "$(grep -c '^diff' .out)" = 1 ] || fail "not one file"
	prints 'diff --git a/drivers/a/a.c b/drivers/a/a.c'
	fixed 0 --in-place drivers/b/link.c
	opened a | cmp - drivers/a/a.c || fail "a.c is not mended"
	[ "$(readlink drivers/b/link.c)" = ../a/a.c ] || fail "the link is gone"
	opens a >drivers/a/a.c
	fixed 0 --in-place drivers/way
	opened a | cmp - drivers/a/a.c || fail "a.c is not mended"
	fixed 0 --in-place drivers/b
	opened b | cmp - drivers/b/b.c || fail "b.c is not mended"
	opens b | cmp - hard || fail "another name of the file has changed"
	nothing_beside
}

# mending_spatch [COMMAND [FINDS [FAILS]]]: makes ./spatch, and has resvlint use it. It mends bad_code. The command
# is run with each analysis; .runs has a line for each of these, the one in a proof is the second. A line that
# matches FINDS is reported, a file with one that matches FAILS is not analysed: they are patterns of the shell, which
# starts no process for a file.
mending_spatch() {
	finds=${2:-'*dma_buf_map_attachment\(*'} fails=${3:-'*FAIL*'}
	cat >spatch <<-END
		#!/bin/sh
		here='$PWD'
		act() {
			cd "\$here" && { ${1:-:}; }
		}
		# Sets numbers to those of the lines in \$file that are found.
		look() {
			numbers='' number=0
			while IFS= read -r line || [ -n "\$line" ]; do
				number=\$((number + 1))
				case \$line in
				$fails) return 1 ;;
				$finds) numbers="\$numbers \$number" ;;
				esac
			done <"\$file"
		}
	END
	cat >>spatch <<-'END'
		if [ "$1" = --version ]; then
			echo "spatch version 1.1.1 compiled with OCaml version 4.13.1"
			exit 0
		fi
		printf 'resvlint\tready\n'
		while read -r verb file rules; do
			case $verb in
			know | enter | ask | load) continue ;;
			rules)
				if ! [ -d analysis ] && mkdir analysis 2>/dev/null; then
					echo >>"$here/.runs"
					(act)
				fi
				;;
			esac
			if ! look; then
				printf 'resvlint\tfailed\tFailure("oops")\n'
				continue
			fi
			case $verb,$rules in
			rules,*importer-locked*)
				for number in $numbers; do
					printf 'resvlint\tfinding\timporter-locked\thigh\tnot held\t%s\t%s\t8\t%s\t30\t' \
						"$file" "$number" "$number"
					printf 'probe\tdma_buf_map_attachment\tattach\t\t0\t'
					printf 'dma_buf_map_attachment() without the reservation lock\tno lock taken\tuse it unlocked\t'
					printf 'dma_buf_map_attachment\tdma_buf_map_attachment_unlocked\n'
				done
				;;
			esac
			printf 'resvlint\tdone\t0\t0\n'
		done
	END
	chmod +x spatch
	SPATCH=$PWD/spatch
	export SPATCH
	rm -f .runs
}

# wrong_code: bad_code that is still looked at when it is mended, for the words in the comment; right_code: that.
wrong_code() {
	bad_code
	echo '/* dma_buf_vmap() */'
}

right_code() {
	good_code
	echo '/* dma_buf_vmap() */'
}

# In the first run, the file is not what was analysed; in the second one, it is not what the diff was made for.
changed_meanwhile() {
	for run in 1 2; do
		for change in 'echo "/* mine */" >>b.c' 'rm b.c' 'rm b.c; mkdir b.c' 'rm b.c; ln -s c.c b.c'; do
			rm -rf [abc].c
			wrong_code >a.c
			cp a.c b.c
			{ wrong_code; echo '/* mine */'; } >c
			cp c c.c
			mending_spatch "[ \$(wc -l <.runs) != $run ] || { $change; }"
			fixed 2 --rule importer-locked --in-place --no-contexts --jobs 1 a.c b.c
			[ "$(wc -l <.runs)" = "$run" ] || fail "not $run runs"
			says b.c
			case $change in
			echo*) same c b.c ;;
			*mkdir*) [ -d b.c ] || fail "the directory is gone" ;;
			*ln*) [ -L b.c ] || fail "the link is gone" ;;
			*) [ ! -e b.c ] || fail "the file is there again" ;;
			esac
			same c c.c
			nothing_beside
			if grep -q unlocked a.c; then right_code; else wrong_code; fi | cmp - a.c || fail "a.c is lost"
		done
	done
}

cannot_be_written() {
	mkdir a b
	wrong_code >a/a.c
	wrong_code >b/b.c
	mending_spatch '[ $(wc -l <.runs) = 1 ] || { mkdir gone; mv b/b.c gone/; rmdir b; }'
	fixed 2 --rule importer-locked --in-place --no-contexts --jobs 1 a b
	says b/b.c '0 of 2 files are fixed'
	wrong_code | cmp - a/a.c || fail "a.c has changed"
	wrong_code | cmp - gone/b.c || fail "b.c has changed"
	nothing_beside
}

read_only_directory() {
	[ "$(id -u)" != 0 ] || skip "root can write everywhere"
	mkdir a b
	bad_code >a/a.c
	bad_code >b/b.c
	chmod a-w b
	mending_spatch
	fixed 2 --rule importer-locked --in-place --no-contexts a b
	says "b/b.c"
	bad_code | cmp - a/a.c || fail "a.c has changed"
	nothing_beside
}

full_disk() {
	mkdir small
	mount -t tmpfs -o size=64k none small 2>/dev/null || skip "no file system can be mounted here"
	# Not to be left behind, whatever happens.
	trap 'umount small' EXIT
	for i in 1 2 3; do
		{ bad_code; head -c 12000 /dev/zero | tr '\0' ' '; } >small/a"$i".c
	done
	cp small/a1.c wanted
	mending_spatch
	fixed 2 --rule importer-locked --in-place --no-contexts small
	says 'No space left on device'
	for i in 1 2 3; do
		unchanged small/a"$i".c wanted
	done
	[ -z "$(find small -name '.*')" ] || fail "something is left"
}

file_size_limit() {
	bad_code | cat - /dev/zero | tr '\0' '\n' | head -c 4096 >a.c
	cp a.c wanted
	mending_spatch
	status=0
	(
		trap '' XFSZ
		ulimit -f 8
		exec "$resvlint" fix --rule importer-locked --in-place --no-contexts a.c
	) >.out 2>.err </dev/null || status=$?
	[ "$status" = 2 ] || fail "status $status"
	says 'File too large'
	unchanged a.c wanted
}

dirty_tree() {
	kernel
	opens a >drivers/a/a.c
	opens b >drivers/b/b.c
	commit
	echo '/* not known to git */' >drivers/b/new.c
	fixed 0 --in-place drivers/a
	opened a | cmp - drivers/a/a.c || fail "a.c is not mended"
	mending_spatch
	fixed 2 --in-place drivers/b
	says 'drivers/a/a.c is changed, and not committed' '--force'
	[ ! -e .runs ] || fail "spatch ran"
	unset SPATCH
	opens b | cmp - drivers/b/b.c || fail "b.c has changed"
	git add -A
	fixed 2 --in-place drivers/b
	fixed 0 drivers/b
	git rm -q --cached Kconfig
	git commit -q -m 'Go on'
	fixed 0 --in-place drivers/b
	git checkout -q .
	rm Makefile
	fixed 2 --in-place drivers/b
	git checkout -q .
	: >>Makefile
	echo '# more' >>Makefile
	fixed 0 --in-place --force drivers/b
	opened b | cmp - drivers/b/b.c || fail "b.c is not mended"
}

# Whatever the rule finds in the result, it is not what it should be.
proof() {
	wrong_code >a.c
	cp a.c before
	mending_spatch : '*dma_buf_map_attachment\(* | *dma_buf_map_attachment_unlocked\(*'
	for options in '' --in-place '--series out'; do
		# shellcheck disable=SC2086 # words
		fixed 2 --rule importer-locked --no-contexts $options
		says 'not fixed: in the result, a.c:3 has dma_buf_map_attachment() without the reservation lock [importer-locked]'
		same before a.c
		[ ! -e out ] || fail "a series"
	done
	mending_spatch : '' '*_unlocked\(*'
	for options in '' --in-place '--series out'; do
		# shellcheck disable=SC2086 # words
		fixed 2 --rule importer-locked --no-contexts $options
		says 'not fixed: parts of the result cannot be analysed'
		same before a.c
		[ ! -e out ] || fail "a series"
	done
	mending_spatch
	fixed 0 --rule importer-locked --no-contexts
	prints '+	return dma_buf_map_attachment_unlocked('
}

# many: hundreds of files, and what they are to become.
many() {
	bad_code >bad
	good_code >good
	mkdir -p tree tmp
	files=''
	i=0
	while [ "$i" -lt 400 ]; do
		files="$files tree/a$i.c"
		i=$((i + 1))
	done
	make_bad
}

make_bad() {
	# shellcheck disable=SC2086 # names
	tee $files <bad >/dev/null
}

# all_whole: each file is as it was or fully fixed. $old and $new get how many.
all_whole() {
	# shellcheck disable=SC2086 # names
	cksum bad good $files | awk '
		{ sum = $1 " " $2 }
		NR == 1 { bad = sum; next }
		NR == 2 { good = sum; next }
		sum == bad { old++; next }
		sum == good { new++; next }
		{ print $3 " is neither old nor new" >"strange" }
		END { print old + 0, new + 0 }' >counts
	[ ! -e strange ] || fail "$(cat strange)"
	read -r old new <counts
	[ $((old + new)) = 400 ] || fail "files are missing"
}

# writes: has the writing in ./tree begun? What is written first has a name that begins with a dot.
writes() {
	for file in tree/.[!.]*; do
		[ ! -e "$file" ] || return 0
	done
	return 1
}

# killed SIGNAL: a run in place over many files, killed when the writing has begun, or a little later.
killed() {
	signal=$1
	many
	mending_spatch
	among=0
	for pause in 0 0.002 0.01 0.03; do
		status=0
		TMPDIR=$PWD/tmp "$resvlint" fix --rule importer-locked --no-contexts --in-place tree >.out 2>.err </dev/null &
		run=$!
		until writes; do
			kill -0 "$run" 2>/dev/null || break
		done
		sleep "$pause"
		kill -s "$signal" "$run" 2>/dev/null || :
		wait "$run" || status=$?
		echo "$status" >.status
		case $signal$status in
		KILL137 | INT130 | TERM143) among=$((among + 1)) ;;
		*0) ;;
		*) fail "ended with $status" ;;
		esac
		all_whole
		[ "$status" != 0 ] || [ "$old" = 0 ] || fail "success, and $old files are not fixed"
		if [ "$signal" != KILL ]; then
			nothing_beside
			[ -z "$(ls -A tmp)" ] || fail "the staging directory is still there"
		fi
		find tree -name '.*resvlint-*' -exec rm {} +
		# Another run does the rest.
		if [ "$old" != 0 ]; then
			run 0 fix --rule importer-locked --no-contexts --in-place tree
			all_whole
			[ "$old" = 0 ] || fail "$old files are not fixed by another run"
		fi
		make_bad
	done
	[ "$among" != 0 ] || fail "no run was killed before its end"
}

names() {
	names="a space.c${newline}-D.c${newline}--help.c${newline}\$(touch PWNED).c${newline}\`touch PWNED\`.c${newline}"
	names="$names;touch PWNED;.c${newline}quote'.c${newline}double\".c${newline}back\\slash.c${newline}ü.c"
	mkdir before
	printf '%s\n' "$names" | while read -r name; do
		:
		bad_code >"before/$name"
	done
	bad_code >"before/new${newline}line.c"
	bad_code >"before/$(printf 'tab\t.c')"
	count=$(find before -name '*.c' -print0 | tr -dc '\0' | wc -c)
	mending_spatch
	fixed 0 --rule importer-locked --no-contexts before
	says "$count findings fixed in $count files, 0 left"
	cp -R before after
	cp .out names.diff
	fixed 0 --rule importer-locked --no-contexts --in-place -- after
	good_code >wanted
	find after -name '*.c' -exec cmp wanted {} \; >differ 2>&1
	[ ! -s differ ] || fail "$(cat differ)"
	cp names.diff .out
	patch_gives after
	(
		cd after
		rm -- ./*
		bad_code >-D.c
		bad_code >--help.c
		fixed 0 --rule importer-locked --no-contexts --in-place -- -D.c --help.c
		same ../wanted ./-D.c
		same ../wanted ./--help.c
	)
	[ -z "$(find . -name 'PWNED*')" ] || fail "a name was executed"
}

series() {
	mkdir tree
	cd tree
	kernel
	releases a >drivers/a/a.c
	opens a2 >drivers/a/a2.c
	opens b >drivers/b/b.c
	commit
	git branch begin
	cp -Rp . ../before
	fixed 1 --series ../out/mails
	[ ! -s .out ] || fail "something on stdout"
	[ -z "$(git status --porcelain --untracked-files=no)" ] || fail "the tree has changed"
	set -- ../out/mails/*
	[ $# = 3 ] || fail "not three mails: $*"
	[ "${1##*/}" = 0000-cover-letter.patch ] || fail "no cover letter: $1"
	grep -q '^Subject: \[PATCH 0/2\] ' "$1" || fail "no subject"
	grep -q '^Importers must hold the reservation lock' "$1" || fail "not the rule's demand"
	grep -q '^From: A Developer <dev@example.org>$' "$1" || fail "no sender"
	grep -q '^Subject: \[PATCH 1/2\] ' "$2" || fail "not the first"
	git am -q ../out/mails/000[1-9]*
	[ "$(git rev-list --count begin..HEAD)" = 2 ] || fail "not two commits"
	[ "$(git diff --name-only HEAD~1)" = drivers/b/b.c ] || fail "not one patch for each driver"
	mkdir ../clone
	git archive begin | tar x -C ../clone
	fixed 1 --in-place --force ../clone
	git archive HEAD | tar x -C ../before
	diff -r ../before/drivers ../clone/drivers || fail "the series makes something else of it"
	git checkout -q begin
	mending_spatch
	fixed 2 --series ../out/mails
	says "../out/mails"
	[ ! -e .runs ] || fail "spatch ran"
	unset GIT_AUTHOR_NAME
	fixed 2 --series ../other
	says 'a series needs a sender'
	[ ! -e .runs ] || fail "spatch ran"
	[ ! -e ../other ] || fail "a directory was made"
}

# A series is for what is committed.
series_of_a_dirty_tree() {
	mkdir tree
	cd tree
	kernel
	opens a >drivers/a/a.c
	opens b >drivers/b/b.c
	commit
	sed -i 's|private_data;|& /* mine */|' drivers/b/b.c
	cp drivers/b/b.c ../b.c
	mending_spatch
	fixed 2 --series ../out drivers/a
	says 'git am may not take the series: drivers/b/b.c is changed, and not committed: ' \
		'commit or stash first, or use --force'
	git add drivers/b/b.c
	fixed 2 --series ../out
	[ ! -e .runs ] || fail "spatch ran"
	[ ! -e ../out ] || fail "a directory was made"
	unset SPATCH
	fixed 0 --series ../forced --force
	same ../b.c drivers/b/b.c
	git commit -q -m 'Mine'
	echo '/* not known to git */' >drivers/b/new.c
	fixed 0 --series ../out
	diff -r -I '^Date: ' ../forced ../out || fail "another series by force"
	git am -q ../out/000[1-9]* || fail "git am does not take the series"
	# Where nothing can be committed, there is nothing to see to.
	cp ../b.c drivers/b/b.c
	rm -r .git
	fixed 0 --series ../without
}

# A driver's sources may be a part of its git tree.
series_of_a_part() {
	mkdir -p repo/src/driver
	opens a >repo/src/driver/a.c
	(cd repo && commit)
	fixed 0 --series out repo/src
	(cd repo && git am -q ../out/0001*) || fail "git am does not take it"
	opened a | cmp - repo/src/driver/a.c || fail "a.c"
	(cd repo && git reset -q --hard HEAD~1)
	fixed 0 repo/src/driver/a.c
	prints '--- a/src/driver/a.c'
	says "patch -p1" "$PWD/repo"
	(cd repo && git apply) <.out || fail "git apply does not take it"
	opened a | cmp - repo/src/driver/a.c || fail "a.c"
}

check "the diff and --in-place give the same; modes and line ends stay; again changes nothing" diff_and_in_place
check "nothing to fix" nothing_to_fix
check "options that exclude each other" options_that_do_not_go_together
check "what cannot be analysed is told, and --strict" not_analysed
check "a file that is not analysed" file_not_analysed
check "--rule and --confidence select" rules_and_confidence
check "a kernel tree without the variant" lacks_the_variant
check "--kernel names a version without the variant" version_without_the_variant
check "branches for an older kernel are not touched" out_of_tree
check "callers that disagree, and what is only presumed" disagree
check "what a person has to decide is left" left_to_a_person
check "a lock that may be another's, or has a context" another_lock
check "symbolic and hard links" links
check "a file that changes during the run is not overwritten" changed_meanwhile
check "a file that cannot be written" cannot_be_written
check "a directory that cannot be written" read_only_directory
check "a full disk" full_disk
check "a limit for the size of files" file_size_limit
check "a git tree that is not clean" dirty_tree
check "a result that does not hold is refused" proof
check "SIGTERM while files are written" killed TERM
check "SIGINT while files are written" killed INT
check "SIGKILL while files are written" killed KILL
check "names of files" names
check "a series" series
check "a series of a git tree that is not clean" series_of_a_dirty_tree
check "a series, or diff, of a part of a git tree" series_of_a_part

finish
