#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What holds on entry to a function: callers and slots anywhere in the tree decide.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# kernel: makes this directory look like a kernel tree.
kernel() {
	make_kernel drivers/a drivers/b
}

# maps NAME [STORAGE]: a function that maps an attachment, in the state of its caller; the call is in line 3.
maps() {
	defines "${2:+$2 }int $1(struct dma_buf_attachment *attach)" \
		'return PTR_ERR_OR_ZERO(dma_buf_map_attachment(attach, DMA_TO_DEVICE))'
}

# calls NAME CALLEE [STORAGE]: a function that passes its argument on; the call is in line 3.
calls() {
	defines "${3:+$3 }int $1(struct dma_buf_attachment *attach)" "return $2(attach)"
}

# locks NAME CALLEE: likewise, with the lock held; the call is in line 5.
locks() {
	defines "int $1(struct dma_buf_attachment *attach)" 'int ret' 'dma_resv_lock(attach->dmabuf->resv, NULL)' \
		"ret = $2(attach)" 'dma_resv_unlock(attach->dmabuf->resv)' 'return ret'
}

# releases NAME CALLEE: likewise, with the lock released before the call, in line 6.
releases() {
	defines "int $1(struct dma_buf_attachment *attach)" 'dma_resv_lock(attach->dmabuf->resv, NULL)' 'touch(attach)' \
		'dma_resv_unlock(attach->dmabuf->resv)' "return $2(attach)"
}

rules=importer-locked
unlocked='--rule importer-unlocked'

all_callers_hold_it() {
	kernel
	maps map_it >drivers/a/map.c
	locks one map_it >drivers/a/one.c
	locks two map_it >drivers/b/two.c
	checked 0
	checked 1 --no-contexts
	warnings 1
}

callers_outside_of_the_path() {
	kernel
	maps map_it >drivers/a/map.c
	locks one map_it >drivers/b/one.c
	checked 0 drivers/a
	says '1 of 1 file analysed'
	releases one map_it >drivers/b/one.c
	checked 1 drivers/a/map.c
	prints 'drivers/a/map.c:3:25: warning: ' "called by one() at $PWD/drivers/b/one.c:6, without the lock"
}

static_twin() {
	kernel
	{ maps map_it static; locks one map_it; } >drivers/a/one.c
	{ maps map_it static; releases two map_it; } >drivers/b/two.c
	checked 1
	warnings 1
	prints 'drivers/b/two.c:3:25: ' 'called by two() at drivers/b/two.c:10, without the lock'
}

# six LAST: a chain of six calls, through files, which LAST begins.
six() {
	kernel
	maps f0 >drivers/a/f0.c
	for i in 1 2 3 4 5; do
		calls "f$i" "f$((i - 1))" >"drivers/b/f$i.c"
	done
	"$1" f6 f5 >drivers/a/f6.c
}

six_calls() {
	six locks
	checked 0 -v
	says 'callers, round 1: 1 names asked in 1 files' 'callers, round 7: 1 names asked in 2 files'
	six releases
	checked 1
	cat >wanted <<-'END'
		drivers/a/f0.c:3:25: warning: dma_buf_map_attachment() without the reservation lock [importer-locked]
		    in f0(): no lock taken between entry and this call
		    called by f1() at drivers/b/f1.c:3
		    called by f2() at drivers/b/f2.c:3
		    called by f3() at drivers/b/f3.c:3
		    called by f4() at drivers/b/f4.c:3
		    called by f5() at drivers/b/f5.c:3
		    called by f6() at drivers/a/f6.c:6, without the lock
		    use dma_buf_map_attachment_unlocked(), or hold attach->dmabuf->resv
	END
	same wanted .out
	checked 1 --format json
	prints '"confidence": "high"' '"state": "not held"' '"function": "f6"' '"call": "dma_buf_map_attachment"'
	cp .out one
	checked 1 --format json --jobs 7
	same one .out
}

recursive() {
	kernel
	{
		printf 'int again(struct dma_buf_attachment *attach);\n'
		calls step again static
		printf 'int again(struct dma_buf_attachment *attach)\n{\n\tif (step(attach))\n\t\treturn again(attach);\n'
		printf '\treturn PTR_ERR_OR_ZERO(dma_buf_map_attachment(attach, DMA_TO_DEVICE));\n}\n'
		locks enter again
	} >drivers/a/again.c
	checked 0
	sed '/dma_resv_/d' drivers/a/again.c >drivers/a/x.c
	mv drivers/a/x.c drivers/a/again.c
	checked 1
	warnings 1
	prints_not 'called by'
}

callback() {
	kernel
	maps pin static >drivers/a/pin.c
	printf 'static const struct dma_buf_ops ops = { .pin = pin };\n' >>drivers/a/pin.c
	checked 0
	releases direct pin >>drivers/a/pin.c
	checked 1
	prints 'called by direct() at drivers/a/pin.c:11, without the lock' \
		'also pin() is dma_buf_ops.pin, which is entered with the lock'
	checked 1 --format json
	prints '"confidence": "medium"' '"fix": null'
}

# Where one caller holds the lock, each that does not is at fault; where none does, the function itself.
each_caller_at_fault() {
	kernel
	maps map_it >drivers/a/map.c
	locks held map_it >drivers/a/held.c
	releases one map_it >drivers/a/one.c
	calls two map_it >drivers/b/two.c
	printf 'static const struct file_operations ops = { .release = two };\n' >>drivers/b/two.c
	checked 1
	warnings 1
	prints 'called by one() at drivers/a/one.c:6, without the lock' \
		'also without the lock, called by two() at drivers/b/two.c:3' \
		'also called by held() at drivers/a/held.c:5, with attach->dmabuf->resv held'
	rm drivers/a/held.c
	checked 1
	prints 'called by one() at drivers/a/one.c:6, without the lock'
	prints_not 'two()'
}

# Of many, the text shows the first ones; JSON has each.
many_callers_at_fault() {
	kernel
	maps map_it >drivers/a/map.c
	locks held map_it >drivers/a/held.c
	for i in 1 2 3 4 5 6; do
		releases "free$i" map_it >"drivers/b/free$i.c"
	done
	checked 1
	prints 'called by free4() at drivers/b/free4.c:6' 'also without the lock on 2 more ways' \
		'also called by held() at drivers/a/held.c:5'
	prints_not 'free5()'
	rm drivers/b/free6.c
	checked 1
	prints 'also without the lock on 1 more way'
	checked 1 --format json
	prints '"function": "free5"'
}

unlocked_callback() {
	kernel
	maps close_it static >drivers/a/x.c
	printf 'static const struct file_operations ops = { .release = close_it };\n' >>drivers/a/x.c
	checked 1
	prints 'close_it() is file_operations.release, which is entered without the lock'
}

kref() {
	kernel
	{
		maps release static
		printf 'int put(struct dma_buf_attachment *attach)\n{\n\tdma_resv_lock(attach->dmabuf->resv, NULL);\n'
		printf '\tkref_put(&attach->ref, release);\n\tdma_resv_unlock(attach->dmabuf->resv);\n\treturn 0;\n}\n'
	} >drivers/a/x.c
	checked 0
	sed '/dma_resv_lock/d' drivers/a/x.c >drivers/a/y.c
	mv drivers/a/y.c drivers/a/x.c
	checked 1
}


# entered_by LINE...: maps() of x.c and these lines below it.
entered_by() {
	kernel
	maps map_it static >drivers/a/x.c
	printf '%s\n' "$@" >>drivers/a/x.c
}

passed_to_the_kernel() {
	for call in 'INIT_WORK(&x->work, map_it)' 'kthread_run(map_it, x, "x")' 'timer_setup(&x->timer, map_it, 0)' \
		'call_rcu(&x->rcu, map_it)' 'request_threaded_irq(x->irq, NULL, map_it, 0, "x", x)' \
		'devm_request_irq(x->dev, x->irq, &map_it, 0, "x", x)'; do
		entered_by 'void set(struct x *x)' '{' "	$call;" '}'
		checked 1 --format json
		prints '"state": "not held"' '"confidence": "medium"' "\"function\": \"${call%%(*}()\""
	done
	entered_by 'module_init(map_it);'
	checked 1
	prints 'map_it() is passed to module_init(), and is entered without the lock'
	entered_by 'void set(struct x *x)' '{' '	my_register(x, map_it);' '}'
	checked 1 --format json
	prints '"state": "inherited"' '"chain": []'
	table 'my_register () held - - mine' >mine
	checked 0 --contexts mine
}

typed_slots() {
	entered_by 'void set(struct vm_operations_struct *ops)' '{' '	ops->open = map_it;' '}'
	checked 1
	prints 'map_it() is vm_operations_struct.open, which is entered without the lock'
	entered_by 'void set(struct dma_buf_ops *ops)' '{' '	ops->pin = map_it;' '}'
	checked 0
	entered_by 'void set(struct x *x)' '{' '	x->ops.pin = map_it;' '}'
	checked 1
	prints_not 'which is entered'
	entered_by 'static struct dma_buf_ops ops[] = { [2] = { .pin = map_it }, };'
	checked 0
}

# A macro that fills in members of a structure, through another one.
slots_in_macros() {
	kernel
	mkdir include
	maps map_it >drivers/a/x.c
	{
		printf '#define MY_OPS_WITH(first) \\\n\t.open = (first), \\\n\t.import = map_it\n'
		printf '#define MY_OPS MY_OPS_WITH(my_open)\n'
	} >include/my.h
	checked 1
	prints_not 'called by'
	printf 'static const struct drm_driver my_driver = {\n\t.fops = &my_fops,\n\tMY_OPS,\n};\n' >drivers/b/y.c
	checked 1
	prints 'map_it() is drm_driver.import, which is entered without the lock'
	sed 's/drm_driver/my_own/' drivers/b/y.c >drivers/b/z.c
	rm drivers/b/y.c
	checked 1
	prints_not 'is entered'
	table 'my_own * held - - mine' >mine
	checked 0 --contexts mine
	maps map_it static >drivers/a/x.c
	printf 'static const struct drm_driver my_driver = {\n\t.fops = &my_fops,\n\tOTHER_OPS(map_it),\n};\n' >>drivers/a/x.c
	checked 1
	prints 'map_it() is drm_driver.*, which is entered without the lock'
}

# through DECLARATION CALL: calls map_it() so, with the lock held and without it.
through() {
	lock='dma_resv_lock(attach->dmabuf->resv, NULL)' unlock='dma_resv_unlock(attach->dmabuf->resv)'
	entered_by 'int all(struct dma_buf_attachment *attach, int i)' '{' "	$1;" "	$lock;" "	$2;" "	$unlock;" '}'
	checked 0
	entered_by 'int all(struct dma_buf_attachment *attach, int i)' '{' "	$1;" "	$lock;" "	$unlock;" "	$2;" '}'
	checked 1
	prints 'called by all() at drivers/a/x.c:10, without the lock'
}

function_pointers() {
	type='(struct dma_buf_attachment *attach)'
	through "int (*steps[])$type = { other, map_it }" 'steps[i](attach)'
	through "static int (*const steps[])$type = { [3] = &map_it }" '(*steps[i])(attach)'
	through "int (*step)$type = map_it" 'step(attach)'
	through "int (*step)$type; step = &map_it" '(*step)(attach)'
	entered_by "static int (*const steps[])$type = { map_it };" \
		'int all(struct dma_buf_attachment *attach, int i)' '{' '	return steps[i](attach);' '}'
	checked 1
	prints 'drivers/a/x.c:3:25: '
	entered_by "int one$type" '{' "	int (*step)$type = map_it;" '	keep(&step);' '}' \
		"int two$type" '{' '	dma_resv_lock(attach->dmabuf->resv, NULL);' '	step(attach);' '}'
	checked 1
	prints_not 'called by'
}

# own_member CALL [HEADER]: map_it() is a member of a driver's own structure, which HEADER defines; in another
# file there is a function that makes the CALL without the lock, in line 6, and one with it.
own_member() {
	kernel
	mkdir -p include/linux
	printf 'struct my_ops {\n\tint (*map)(struct dma_buf_attachment *attach);\n\tint (*unmap)(struct x *x);\n};\n' >"${2-drivers/a/my.h}"
	printf 'struct my_dev {\n\tint n;\n\tunion {\n\t\tconst struct my_ops *in_union;\n\t};\n' >drivers/a/dev.h
	printf '\tconst struct my_ops *ops;\n\tstruct my_ops own[2];\n\tstruct my_other *other;\n};\n' >>drivers/a/dev.h
	{
		maps map_it static
		printf 'const struct my_ops my_ops = {\n\t.map = map_it,\n};\n'
	} >drivers/a/x.c
	{
		printf 'int free(struct my_dev *d, struct my_ops *ops, struct dma_buf_attachment *attach)\n{\n'
		printf '\tdma_resv_lock(attach->dmabuf->resv, NULL);\n\ttouch(d);\n\tdma_resv_unlock(attach->dmabuf->resv);\n'
		printf '\treturn %s;\n}\n' "$1"
	} >.free
	{
		printf 'int held(struct my_dev *d, struct my_ops *ops, struct dma_buf_attachment *attach)\n{\n\tint ret;\n\n'
		printf '\tdma_resv_lock(attach->dmabuf->resv, NULL);\n\tret = %s;\n' "$1"
		printf '\tdma_resv_unlock(attach->dmabuf->resv);\n\treturn ret;\n}\n'
	} >.held
}

through_own_members() {
	for call in 'd->ops->map(attach)' '(*d->ops->map)(attach)' 'to_dev(d->n)->ops->map(attach)' 'd->in_union->map(attach)' \
		'd->own[1].map(attach)' 'ops->map(attach)'; do
		own_member "$call"
		cp .free drivers/b/y.c
		checked 1
		prints 'map_it() is my_ops.map' 'called by free() at drivers/b/y.c:6, without the lock' 'use dma_buf_map_attachment_unlocked()'
		checked 1 --format json
		prints '"with": "dma_buf_map_attachment_unlocked"'
		cp .held drivers/b/y.c
		checked 0
		cat .free .held >drivers/b/y.c
		checked 1 --format json
		prints '"call": "my_ops.map"' '"fix": null'
	done
}

# What calls through another member, or another structure, or through what an include/ defines, tells nothing.
through_other_members() {
	for call in 'd->other->map(attach)' 'd->ops->unmap(attach)' 'map(attach)'; do
		own_member "$call"
		cp .held drivers/b/y.c
		checked 1 --format json
		prints '"chain": []' '"fix": null'
	done
	own_member 'd->ops->map(attach)' include/linux/my.h
	rm -f drivers/a/my.h
	cp .held drivers/b/y.c
	checked 1 --format json
	prints '"chain": []' '"fix": null'
	table 'my_ops map held - - mine' >mine
	checked 0 --contexts mine
}

# other_callbacks STRUCT MEMBER [LOCK [CONTEXT]]: a callback that takes the lock of the object, or LOCK.
other_callbacks() {
	kernel
	{
		printf 'static int x_vmap(struct drm_gem_object *obj, struct iosys_map *map)\n{\n\tdma_resv_lock(%s, %s);\n' "${3-obj->resv}" "${4-NULL}"
		printf '\tx_map(obj, map);\n\tdma_resv_unlock(%s);\n\treturn 0;\n}\n' "${3-obj->resv}"
		printf 'static const struct %s x_funcs = {\n\t.open = x_open,\n\t.%s = x_vmap,\n};\n' "$1" "$2"
	} >drivers/a/x.c
}

# The functions stand in one file, and the table that names them in another.
tables_in_other_files() {
	kernel
	printf 'int x_vmap(struct dma_buf *buf, struct iosys_map *map)\n{\n\tdma_resv_lock(buf->resv, NULL);\n\tx_map(buf, map);\n\tdma_resv_unlock(buf->resv);\n\treturn 0;\n}\n' >drivers/a/x.c
	printf 'int x_begin(struct dma_buf *buf, enum dma_data_direction dir)\n{\n\tdma_resv_assert_held(buf->resv);\n\treturn 0;\n}\n' >>drivers/a/x.c
	printf 'static int x_pin(struct dma_buf_attachment *attach)\n{\n\tdma_resv_lock(attach->dmabuf->resv, NULL);\n\tdma_resv_unlock(attach->dmabuf->resv);\n\treturn 0;\n}\n' >drivers/b/x.c
	printf 'const struct dma_buf_ops x_ops = {\n\t.pin = x_pin,\n\t.unpin = NULL,\n\t.vmap = x_vmap,\n\t.begin_cpu_access = x_begin,\n};\n' >drivers/b/y.c
	for path in . drivers/a drivers/a/x.c; do
		run 1 check "$path"
		prints 'drivers/a/x.c:3:2: warning: dma_resv_lock() in dma_buf_ops.vmap takes the reservation lock again [exporter-locked]' \
			'x_vmap() is the vmap callback of x_ops, which is invoked with the lock held' \
			'drivers/a/x.c:10:2: warning: dma_resv_assert_held() in dma_buf_ops.begin_cpu_access asserts the reservation lock, which is not held [exporter-unlocked]'
		prints_not 'drivers/b'
	done
	run 0 check --no-contexts .
}

entered_with_the_lock() {
	other_callbacks drm_gem_object_funcs vmap
	run 1 check --rule exporter-locked
	prints 'drivers/a/x.c:3:2: warning: dma_resv_lock() in drm_gem_object_funcs.vmap takes the reservation lock again' \
		'x_vmap() is the vmap callback of x_funcs, which is invoked with the lock held'
	run 0 check --rule exporter-locked --kernel 6.1
	# What is taken with a ww_acquire_ctx is another lock, if it is not plainly this one.
	other_callbacks drm_gem_object_funcs vmap 'to_x(obj)->vm->root->resv'
	run 1 check --rule exporter-locked
	other_callbacks drm_gem_object_funcs vmap 'to_x(obj)->vm->root->resv' ticket
	run 0 check --rule exporter-locked
	other_callbacks drm_gem_object_funcs vmap 'obj->resv' ticket
	run 1 check --rule exporter-locked
	other_callbacks drm_gem_object_funcs mmap
	run 0 check --rule exporter-locked
	other_callbacks my_ops map
	run 0 check --rule exporter-locked
	table 'my_ops map held - - mine' >mine
	run 1 check --rule exporter-locked --contexts mine
	prints 'dma_resv_lock() in my_ops.map takes'
	table 'my_ops * held - - mine' >mine
	run 1 check --rule exporter-locked --contexts mine
	prints 'dma_resv_lock() in my_ops.map takes'
	table 'my_ops map not~held - - mine' >mine
	run 0 check --rule exporter-locked --contexts mine
}

# map_and RELATIVE: maps an attachment in line 5, with a call in the line before and one behind.
map_and() {
	printf 'int map_it(struct dma_buf *buf, struct dma_buf_attachment *attach, struct x *x)\n{\n\tstruct sg_table *sgt;\n'
	printf '\t%s;\n\tsgt = dma_buf_map_attachment(attach, DMA_TO_DEVICE);\n\t%s;\n\treturn PTR_ERR_OR_ZERO(sgt);\n}\n' "$1" "$2"
}

# Where nothing is known of the callers, what the function does itself may tell.
shown_by_the_function() {
	kernel
	map_and 'attach = dma_buf_attach(buf, x->dev)' 'use(sgt)' >drivers/a/x.c
	checked 1 --format json
	prints '"state": "not held"' '"confidence": "high"'
	checked 1
	prints 'dma_buf_attach() in line 4 wants the lock free, and nothing between takes or drops it'
	map_and 'prepare(x)' 'dma_buf_detach(buf, attach)' >drivers/a/x.c
	checked 1 --confidence high
	prints 'dma_buf_detach() in line 6 wants the lock free'
	for call in 'dma_buf_detach(x->other, x->third)' 'unlock_it(buf); dma_buf_detach(buf, attach)' \
		'dma_resv_unlock(buf->resv); dma_buf_detach(buf, attach)'; do
		{
			printf 'static void unlock_it(struct dma_buf *buf)\n{\n\tdma_resv_unlock(buf->resv);\n}\n'
			map_and 'prepare(x)' "$call"
		} >drivers/a/x.c
		run 0 check --rule importer-locked --confidence high
	done
	{
		map_and 'prepare(x)' 'dma_buf_detach(buf, attach)'
		printf 'int all(struct dma_buf *buf, struct dma_buf_attachment *attach, struct x *x)\n{\n\tint ret;\n'
		printf '\tdma_resv_lock(buf->resv, NULL);\n\tret = map_it(buf, attach, x);\n\tdma_resv_unlock(buf->resv);\n'
		printf '\treturn ret;\n}\n'
	} >drivers/a/x.c
	checked 0
}

# What is dropped behind a call, though nobody is seen to take it, is held there.
dropped_behind() {
	kernel
	{
		maps map_it static
		printf 'static void drop(struct dma_buf_attachment *attach)\n{\n\tdma_resv_unlock(attach->dmabuf->resv);\n}\n'
		printf 'static long ioctl(struct dma_buf_attachment *attach)\n{\n\tlong ret;\n\n\ttake_them(attach);\n'
		printf '\tret = map_it(attach);\n\t%s;\n\treturn ret;\n}\n' "$1"
		printf 'static const struct file_operations fops = { .unlocked_ioctl = ioctl };\n'
	} >drivers/a/x.c
}

dropped_behind_a_call() {
	dropped_behind 'drop(attach)'
	checked 0
	for line in 'dma_resv_lock(attach->dmabuf->resv, NULL); drop(attach)' 'drop(global)' 'done(attach)' \
		'dma_resv_unlock(attach->dmabuf->resv)'; do
		dropped_behind "$line"
		checked 1
		prints 'ioctl() is file_operations.unlocked_ioctl, which is entered without the lock'
	done
}

# exports PASSED: a callback with the lock held, and one without it, call what maps x->import.
exports() {
	kernel
	{
		printf 'static int map_it(struct x *x)\n{\n'
		printf '\treturn PTR_ERR_OR_ZERO(dma_buf_map_attachment(x->import, DMA_TO_DEVICE));\n}\n'
		printf 'static int pin(struct dma_buf_attachment *attach)\n{\n\tstruct x *x = attach->dmabuf->priv;\n'
		printf '\treturn map_it(%s);\n}\nstatic const struct dma_buf_ops ops = { .pin = pin };\n' "$1"
		printf 'static int open(struct x *x)\n{\n\treturn map_it(x);\n}\n'
		printf 'static const struct file_operations fops = { .open = open };\n'
	} >drivers/a/x.c
	checked 1 --format json
	prints '"state": "not held"' '"function": "dma_buf_ops.pin"'
}

# passes HELD: one file passes the function to another, which calls its parameter; the third has the function.
passes() {
	type='(struct dma_buf_attachment *attach)'
	kernel
	maps map_it >drivers/a/map.c
	if [ "$1" = inside ]; then
		locks with fn
	else
		calls with fn
	fi | sed "s/attach)$/attach, int (*fn)$type)/" >drivers/a/with.c
	if [ "$1" = outside ]; then
		locks all with
	else
		calls all with
	fi | sed 's/with(attach)/with(attach, map_it)/' >drivers/b/all.c
	printf 'static const struct file_operations fops = {\n\t.unlocked_ioctl = all,\n};\n' >>drivers/b/all.c
}

passed_on() {
	passes inside
	checked 0
	passes outside
	checked 0
	passes nowhere
	checked 1
	prints 'drivers/a/map.c:3:25: warning: ' 'called by with() at drivers/a/with.c:3' 'called by all() at drivers/b/all.c:3' \
		'all() is file_operations.unlocked_ioctl, which is entered without the lock'
	run 1 check --rule importer-locked --format json .
	prints '"call": "with"' '"call": "map_it"'
	# A function of that name in another file, which calls nothing.
	passes inside
	printf 'static int with(void *data, int number)\n{\n\treturn other(number);\n}\nint no(void)\n{\n\treturn with(0, 1);\n}\n' >drivers/b/with.c
	checked 0
}

exporter_of_another_buffer() {
	exports x
	prints '"with": "dma_buf_map_attachment_unlocked"'
	exports 'to_x(attach)'
	prints '"with": "dma_buf_map_attachment_unlocked"'
	exports 'attach->dmabuf'
	prints '"fix": null'
	exports attach
	prints '"fix": null'
}

# Nobody calls map_it(): what it says of itself lowers the confidence, and no more than that.
hints() {
	kernel
	maps map_it_locked >drivers/a/x.c
	checked 0
	checked 1 --confidence low
	prints 'map_it_locked() says that its caller holds the lock'
	releases all map_it_locked >>drivers/a/x.c
	checked 1
	for comment in '/* Caller must hold the reservation lock. */' '/**\n * map_it - maps\n *\n * Called with dma-resv held.\n */'; do
		# shellcheck disable=SC2059 # the lines of the comment
		{ printf "$comment\n"; maps map_it; } >drivers/a/x.c
		checked 0
		checked 1 --confidence low
	done
	for comment in '/* Caller must not hold the reservation lock. */' '/* Caller must hold the mutex. */' \
		'/* Caller holds resv. */\nint x;'; do
		# shellcheck disable=SC2059
		{ printf "$comment\n\n"; maps map_it; } >drivers/a/x.c
		checked 1
	done
}

address_taken() {
	kernel
	maps never static >drivers/a/x.c
	printf 'void set(struct x *x)\n{\n\tx->hook = never;\n}\n' >>drivers/a/x.c
	checked 1 --format json
	prints '"state": "inherited"' '"confidence": "medium"' '"chain": []'
}

must_not_be_held() {
	kernel
	{
		printf 'static void drop(struct dma_buf *buf)\n{\n\tdma_buf_put(buf);\n}\n'
		printf 'void all(struct dma_buf *buf)\n{\n\tdma_resv_lock(buf->resv, NULL);\n\tdrop(buf);\n'
		printf '\tdma_resv_unlock(buf->resv);\n}\n'
	} >drivers/a/x.c
	# shellcheck disable=SC2086 # two words
	run 1 check $unlocked
	prints 'drivers/a/x.c:3:2: warning: dma_buf_put() with the reservation lock held [importer-unlocked]' \
		'called by all() at drivers/a/x.c:8, with buf->resv held' 'drop the lock before this call'
	sed 's/drop(buf);$/drop(other);/' drivers/a/x.c >drivers/a/y.c
	mv drivers/a/y.c drivers/a/x.c
	# shellcheck disable=SC2086
	run 0 check $unlocked
	# shellcheck disable=SC2086
	run 1 check $unlocked --confidence low
	sed '/dma_resv_/d' drivers/a/x.c >drivers/a/y.c
	mv drivers/a/y.c drivers/a/x.c
	# shellcheck disable=SC2086
	run 0 check $unlocked --confidence low
}

caller_that_does_not_parse() {
	kernel
	maps map_it >drivers/a/map.c
	locks one map_it >drivers/a/one.c
	printf 'int fine(void)\n{\n\tif (x ] {{\n}\n' >drivers/b/other.c
	printf '\nint broken(struct dma_buf_attachment *a)\n{\n\tif (map_it(a ] {{\n}\n' >>drivers/b/other.c
	checked 0
	says 'drivers/b/other.c:6: broken() did not parse: not analysed' '; 1 function and 0 files not analysed'
}

# A file that told of a caller, and fails when that caller's callers are asked for.
caller_file_that_fails() {
	kernel
	maps f0 >drivers/a/f0.c
	calls f1 f0 >drivers/a/f1.c
	releases f2 f1 >drivers/a/f2.c
	real=$(command -v "${SPATCH:-spatch}")
	cat >spatch <<-END
		#!/bin/sh
		[ "\$1" != --version ] || exec '$real' --version
		exec 3>&1
		while IFS= read -r request; do
			if [ "\$request" = 'callers f/000001.c' ] && [ "\$(head -n 1 ask)" = f1 ]; then
				printf 'resvlint\\tfailed\\tFailure("oops")\\n' >&3
			else
				printf '%s\\n' "\$request"
			fi
		done | '$real' "\$@"
	END
	chmod +x spatch
	SPATCH=$PWD/spatch
	export SPATCH
	checked 3 --jobs 1
	says 'drivers/a/f1.c: spatch failed: Failure("oops") (callers): not analysed'
}

# table ROW...: a table for --contexts, with a space for each tab and ~ for a space in ROW.
table() {
	printf 'struct\tmember\tstate\tsince\tuntil\tevidence\n'
	for row; do
		printf '%s\n' "$row" | tr ' ~' '\t '
	done
}

# own_ops: a driver with operations of its own, and one with a callback of dma-buf.
own_ops() {
	kernel
	maps map static >drivers/a/own.c
	printf 'static const struct myops ops = { .map = map };\n' >>drivers/a/own.c
	maps pin static >drivers/b/pin.c
	printf 'static const struct dma_buf_ops ops = { .pin = pin };\n' >>drivers/b/pin.c
}

own_table() {
	own_ops
	checked 1
	warnings 1
	prints 'drivers/a/own.c:3:25: '
	prints_not 'myops.map'
	table 'myops map held - - mine' >held
	checked 0 --contexts held
	table 'myops * not~held - - mine' >free
	checked 1 --contexts free
	warnings 1
	prints 'map() is myops.map, which is entered without the lock'
	checked 0 --contexts free --contexts held
	checked 0 --contexts held --contexts free
	table 'myops map not~held - - mine' >free
	checked 0 --contexts free --contexts held
	checked 1 --contexts held --contexts free
	table 'myops map held 6.13 - newer' 'myops map not~held - 6.13 older' >both
	checked 1 --contexts both
	prints 'myops.map, which is entered without the lock'
	checked 0 --contexts both --kernel 6.13
	checked 1 --contexts held --no-contexts drivers/a
}

own_table_wins() {
	own_ops
	table 'dma_buf_ops pin not~held - - mine' 'myops map held - - mine' >mine
	checked 1 --contexts mine
	warnings 1
	prints 'drivers/b/pin.c:3:25: ' 'pin() is dma_buf_ops.pin, which is entered without the lock'
	table 'dma_buf_ops * not~held - - mine' 'myops map held - - mine' >mine
	checked 0 --contexts mine
	table 'dma_buf_ops pin not~held 6.13 - mine' 'myops map held - - mine' >mine
	checked 0 --contexts mine
}

# refused MESSAGE [OPTION...]: the table `mine` is, before spatch runs and whatever else is asked for.
refused() {
	for option in --verbose --no-contexts; do
		run 2 check --quiet "$option" --contexts good --contexts mine
		says "resvlint: $1"
		[ "$(wc -l <.err)" = 1 ] || fail "not one line on stderr"
		[ ! -e ran ] || fail "spatch ran"
	done
}

bad_tables() {
	kernel
	maps map_it >drivers/a/map.c
	cat >spatch <<-END
		#!/bin/sh
		[ "\$1" != --version ] || exec echo 'spatch version 1.1.1 compiled'
		touch '$PWD/ran'
	END
	chmod +x spatch
	SPATCH=$PWD/spatch
	export SPATCH
	table 'myops map held - - mine' >good
	refused "cannot read 'mine': No such file or directory"
	mkdir mine
	refused "cannot read 'mine': it is no regular file"
	rmdir mine
	: >mine
	refused 'mine:1: the first line must name struct, member, state, since, until, evidence'
	table 'myops map held - - mine' | tr '\t' ' ' >mine
	refused 'mine:1: the first line must name'
	table 'myops map held - - mine' 'myops unmap held -' >mine
	refused 'mine:3: 4 columns: 6 are wanted, with one tab between: struct, member, state'
	table 'myops map held - - mine and more' >mine
	refused 'mine:2: more than 6 columns: 6 are wanted'
	table 'myops map  - - mine' >mine
	refused 'mine:2: an empty column: 6 are wanted'
	table 'struct~myops map held - - mine' >mine
	refused "mine:2: 'struct myops' is no name of a structure"
	table 'myops map() held - - mine' >mine
	refused "mine:2: 'map()' is no name of a member, nor * or ()"
	table 'myops map locked - - mine' >mine
	refused "mine:2: no state 'locked': it is held, not held or inherited"
	table 'myops map held v6.2 - mine' >mine
	refused "mine:2: 'v6.2' is no version such as 6.12, nor -"
	table 'myops map held 6.6 6.2 mine' >mine
	refused 'mine:2: until, 6.2, is not after since, 6.6'
	table 'myops map held - - mine' 'myops map not~held 6.6 - mine' >mine
	refused 'mine:3: myops.map has a state for these versions in line 2 already'
	{ table 'myops map held - - mine'; printf 'a\000b\n'; } >mine
	refused 'mine:3: a NUL byte: this is no table'
	head -c 3000 /dev/zero | tr '\000' '\377' >mine
	refused 'mine:1: longer than 1000 bytes: this is no table'
	{ table; printf '\033[31mmyops\tmap\theld\t-\t-\tmine\n'; } >mine
	refused "mine:2: '\\x1b[31mmyops' is no name of a structure"
	table 'myops map held - - mine' >mine
	status=0
	"$resvlint" check --contexts good --contexts mine >.out 2>.err || status=$?
	[ -e ran ] || fail "spatch did not run: $status"
}

check "the finding goes if all callers hold the lock" all_callers_hold_it
check "callers outside of the PATH count" callers_outside_of_the_path
check "static functions of one name are two" static_twin
check "a chain of six calls" six_calls
check "a recursive function" recursive
check "a callback that the core calls, and the driver directly" callback
check "each caller that is at fault, where one holds the lock" each_caller_at_fault
check "of many callers at fault the text shows the first" many_callers_at_fault
check "a callback that is entered without the lock" unlocked_callback
check "kref_put() calls in the state of its caller" kref
check "functions that are passed to the kernel" passed_to_the_kernel
check "slots that are filled in at run time" typed_slots
check "slots that a macro fills in" slots_in_macros
check "calls through variables and arrays" function_pointers
check "a function that is passed to another, in any file" passed_on
check "calls through members of a driver's own structures" through_own_members
check "other members tell nothing" through_other_members
check "other callbacks that are entered with the lock held" entered_with_the_lock
check "callbacks that a table in another file names" tables_in_other_files
check "what a function says of itself lowers the confidence" hints
check "a function that shows itself that the lock is free" shown_by_the_function
check "a lock that is dropped behind a call" dropped_behind_a_call
check "an exporter that imports, too" exporter_of_another_buffer
check "a function whose address is taken, but that nobody calls" address_taken
check "a function that must not be called with the lock held" must_not_be_held
check "a file of a caller that fails is named, and harms no other" caller_file_that_fails
check "a caller that does not parse is named" caller_that_does_not_parse
check "--contexts says what holds on entry to a project's own callbacks" own_table
check "--contexts wins over the built-in table" own_table_wins
check "a table for --contexts that is wrong is refused before anything runs" bad_tables

finish
