#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Code outside of any kernel tree: what the kernel's own functions do to locks comes from the table, or from
# the tree that --tree names. `facts` makes the table.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# kernel DIR VERSION PATCHLEVEL: makes a directory look like a kernel tree, with the beginnings of a GEM core.
kernel() {
	mkdir -p "$1/drivers/gpu/drm" "$1/drivers/gpu/drm/lamp" "$1/include/drm"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 0\n' "$2" "$3" >"$1/Makefile"
	: >"$1/Kconfig"
	cat >"$1/drivers/gpu/drm/core.c" <<-'END'
		int core_show(struct drm_gem_object *obj)
		{
			dma_resv_assert_held(obj->resv);
			return show(obj);
		}
		EXPORT_SYMBOL_GPL(core_show);

		int core_show_unlocked(struct drm_gem_object *obj)
		{
			int ret;

			dma_resv_lock(obj->resv, NULL);
			ret = core_show(obj);
			dma_resv_unlock(obj->resv);
			return ret;
		}
		EXPORT_SYMBOL(core_show_unlocked);

		int core_hide(struct drm_gem_object *obj)
		{
			dma_resv_assert_held(obj->resv);
			return hide(obj);
		}
	END
	cat >"$1/include/drm/core.h" <<-'END'
		static inline void core_wash(struct drm_gem_object *obj)
		{
			dma_resv_assert_held(obj->resv);
			wash(obj);
		}
	END
}

# driver FUNCTION: calls a function of the kernel with an object that nobody has locked, in line 6.
driver() {
	cat <<-END
		int lamp_set(struct lamp *lamp)
		{
			struct drm_gem_object *obj = lamp->obj;

			dma_resv_lock(obj->resv, NULL), dma_resv_unlock(obj->resv);
			return $1(obj);
		}
	END
}

# under_lock FUNCTION: calls it with the lock held, in line 7.
under_lock() {
	cat <<-END
		int lamp_set(struct lamp *lamp)
		{
			struct drm_gem_object *obj = lamp->obj;
			int ret;

			dma_resv_lock(obj->resv, NULL);
			ret = $1(obj);
			dma_resv_unlock(obj->resv);
			return ret;
		}
	END
}

# In callbacks of which the table tells how they are entered.
pins() {
	cat <<-END
		static int lamp_pin(struct drm_gem_object *obj)
		{
			return $1(obj);
		}

		static const struct drm_gem_object_funcs lamp_funcs = {
			.pin = lamp_pin,
		};
	END
}

asserts_by_the_table() {
	driver drm_gem_vram_vmap >lamp.c
	run 1 check --kernel 6.12
	prints 'lamp.c:6:8: warning: drm_gem_vram_vmap() without the reservation lock [resv-asserted]'
	under_lock drm_gem_vram_vmap >lamp.c
	run 0 check --kernel 6.12
}

takes_by_the_table() {
	pins drm_gem_shmem_pin >lamp.c
	run 1 check --kernel 6.12
	prints 'lamp.c:3:8: warning: drm_gem_shmem_pin() in drm_gem_object_funcs.pin takes the reservation lock again' \
		"drm_gem_shmem_pin() calls dma_resv_lock_interruptible() in the kernel's drivers/gpu/drm/drm_gem_shmem_helper.c"
	pins drm_gem_shmem_pin_locked >lamp.c
	run 0 check --kernel 6.12
}

json() {
	pins drm_gem_shmem_pin >lamp.c
	run 1 check --kernel 6.12 --format json
	tr -d ' \n' <.out >line
	grep -qF '"file":"drivers/gpu/drm/drm_gem_shmem_helper.c","line":null,"function":"drm_gem_shmem_pin"' line ||
		fail "no link into the kernel"
}

acquired_by_the_table() {
	cat >lamp.c <<-'END'
		vm_fault_t lamp_fault(struct vm_fault *vmf)
		{
			struct ttm_buffer_object *bo = vmf->vma->vm_private_data;
			vm_fault_t ret = ttm_bo_vm_reserve(bo, vmf);

			if (ret)
				return ret;
			if (lamp_map(bo))
				return VM_FAULT_SIGBUS;
			ttm_bo_unreserve(bo);
			return VM_FAULT_NOPAGE;
		}
	END
	run 1 check --kernel 6.12
	warnings 1
	prints 'lamp.c:9:1: warning: return VM_FAULT_SIGBUS with the reservation lock held'
}

versions_of_the_table() {
	under_lock drm_gem_vmap >held.c
	driver drm_gem_vmap >free.c
	run 1 check --kernel 6.12
	warnings 1
	prints 'free.c:6:8: warning: drm_gem_vmap() without the reservation lock [resv-asserted]'
	run 1 check --kernel 7.2
	warnings 1
	prints 'held.c:7:7: warning: drm_gem_vmap() takes a reservation lock that is held already [resv-balance]'
}

# Where no version is known: the newest, and of what was otherwise before with low confidence.
no_version() {
	driver drm_gem_vmap >free.c
	run 0 check
	run 1 check --confidence low
	prints 'free.c:6:8: warning: drm_gem_vmap() without the reservation lock [resv-asserted]' \
		'drm_gem_vmap() asserts the lock of obj: --kernel names the kernel to check for'
	# No kernel of today has it any more.
	pins drm_gem_vmap_unlocked >free.c
	run 1 check
	prints 'free.c:3:8: warning: drm_gem_vmap_unlocked() in drm_gem_object_funcs.pin takes the reservation lock again'
}

own_functions() {
	driver drm_gem_vram_vmap >lamp.c
	printf 'int drm_gem_vram_vmap(struct drm_gem_object *obj)\n{\n\treturn touch(obj);\n}\n' >own.c
	run 0 check --confidence low --kernel 6.12
	{
		echo 'static int drm_gem_vram_vmap(struct drm_gem_object *obj) { return touch(obj); }'
		cat lamp.c
	} >both.c
	rm own.c
	run 1 check --kernel 6.12
	warnings 1
	prints 'lamp.c:6:8: '
}

no_table() {
	driver drm_gem_vram_vmap >lamp.c
	run 0 check --kernel 6.12 --confidence low --no-known-wrappers
	cp -r "${RESVLINT_RULES:-$top/cocci}" rules
	printf 'function\tdoes\n' >rules/tables/kernel.tsv
	run 2 check --rules rules lamp.c
	says 'rules/tables/kernel.tsv:1: the first line must name function, does, object, since, until, calls, file, with one tab between'
	rm rules/tables/kernel.tsv
	run 2 check --rules rules lamp.c
	says 'rules/tables/kernel.tsv'
}

tree() {
	kernel linux 6 12
	mkdir lamp
	driver core_show >lamp/show.c
	driver core_wash >lamp/wash.c
	pins core_show_unlocked >lamp/pin.c
	run 0 check lamp --confidence low
	run 1 check --tree linux lamp
	warnings 3
	prints 'lamp/show.c:6:8: warning: core_show() without the reservation lock [resv-asserted]' \
		'lamp/wash.c:6:8: warning: core_wash() without the reservation lock [resv-asserted]' \
		'lamp/pin.c:3:8: warning: core_show_unlocked() in drm_gem_object_funcs.pin takes the reservation lock again' \
		"core_show_unlocked() calls dma_resv_lock() at $PWD/linux/drivers/gpu/drm/core.c:12"
	says '3 of 3 files analysed'
	(cd lamp && "$resvlint" check --tree ../linux . >../here 2>/dev/null) || :
	grep -q '^show.c:6:8: warning' here || fail "not from the driver's directory"
}

nothing_of_the_tree() {
	kernel linux 6 12
	bad_code >linux/drivers/gpu/drm/bad.c
	good_code >lamp.c
	run 0 check --tree linux --confidence low lamp.c
	says '1 of 1 file analysed'
}

# Its version, and its callers.
version_of_the_tree() {
	kernel old 6 1
	kernel new 6 12
	pins pin_it >lamp.c
	printf 'int pin_it(struct drm_gem_object *obj)\n{\n\tdma_resv_lock(obj->resv, NULL);\n' >>lamp.c
	printf '\ttouch(obj);\n\tdma_resv_unlock(obj->resv);\n\treturn 0;\n}\n' >>lamp.c
	run 0 check --tree old --rule exporter-locked lamp.c
	run 1 check --tree new --rule exporter-locked lamp.c
	run 0 check --tree new --kernel 6.2 --rule exporter-locked lamp.c
}

callers_in_the_tree() {
	kernel linux 6 12
	mkdir lamp
	bad_code lamp_map | sed 's/^static //' >lamp/map.c
	run 1 check --tree linux lamp
	printf 'void f(struct dma_buf_attachment *a)\n{\n\tdma_resv_lock(a->dmabuf->resv, NULL);\n' \
		>linux/drivers/gpu/drm/user.c
	printf '\tlamp_map(a);\n\tdma_resv_unlock(a->dmabuf->resv);\n}\n' >>linux/drivers/gpu/drm/user.c
	run 0 check --tree linux lamp
}

# The tree has the driver, too, and does otherwise: what is checked stands for it.
driver_of_the_tree() {
	kernel linux 6 12
	mkdir lamp
	printf 'void lamp_lock(struct drm_gem_object *obj)\n{\n\tdma_resv_lock(obj->resv, NULL);\n}\n' >lamp/lock.c
	printf 'void lamp_lock(struct drm_gem_object *obj)\n{\n\tmutex_lock(&obj->lock);\n}\n' \
		>linux/drivers/gpu/drm/lamp/lock.c
	printf 'void lamp_unlock(struct drm_gem_object *obj)\n{\n\tdma_resv_unlock(obj->resv);\n}\n' >lamp/unlock.c
	cp lamp/unlock.c linux/drivers/gpu/drm/lamp/
	cat >lamp/use.c <<-'END'
		int lamp_use(struct drm_gem_object *obj)
		{
			lamp_lock(obj);
			if (touch(obj))
				return -EIO;
			lamp_unlock(obj);
			return 0;
		}
	END
	run 1 check --tree linux lamp
	warnings 1
	prints 'lamp/use.c:5:1: warning: return -EIO with the reservation lock held'
}

wrong_trees() {
	kernel linux 6 12
	kernel other 6 12
	mkdir lamp
	good_code >lamp/lamp.c
	run 2 check --tree nowhere lamp
	says "cannot check 'nowhere': No such file or directory"
	run 2 check --tree lamp lamp
	says "--tree wants the top of a kernel tree, and 'lamp' is none"
	run 2 check --tree linux/drivers lamp
	says "--tree wants the top of a kernel tree, and 'linux/drivers' is none"
	run 2 check --tree linux other/drivers
	says "--tree is for code outside of kernel trees, and the paths are in one: $PWD/other"
	run 2 check --tree linux .
	says "the kernel tree 'linux' is in what is to be checked, '.': name the driver's own files or directory"
}

# table_of KERNEL...: the table that they make, without calls and files.
table_of() {
	run 0 facts -q "$@"
	silent
	cut -f 1-5 .out
}

facts() {
	kernel linux 6 12
	run 0 facts linux
	tr '\t' ' ' <.out >table
	cat >wanted <<-'END'
		function does object since until calls file
		core_show must-hold 1 6.12 - - drivers/gpu/drm/core.c
		core_show_unlocked acquire-inside 1 6.12 - dma_resv_lock drivers/gpu/drm/core.c
		core_wash must-hold 1 6.12 - - include/drm/core.h
	END
	same wanted table
	(cd linux && "$resvlint" facts -q . >../here)
	same .out here
}

facts_of_several() {
	kernel old 6 1
	kernel middle 6 12
	kernel new 7 2
	sed -i 's/core_show_unlocked/core_show_locking/' new/drivers/gpu/drm/core.c
	sed -i '1,6s/dma_resv_assert_held(obj->resv);//' old/drivers/gpu/drm/core.c
	table_of new old middle | tr '\t' ' ' >table
	cat >wanted <<-'END'
		function does object since until
		core_show must-hold 1 6.12 -
		core_show_locking acquire-inside 1 7.2 -
		core_show_unlocked acquire-inside 1 6.1 6.13
		core_wash must-hold 1 6.1 -
	END
	same wanted table
}

# What it prints is a table that serves.
facts_as_table() {
	kernel linux 6 12
	cp -r "${RESVLINT_RULES:-$top/cocci}" rules
	"$resvlint" facts -q linux >rules/tables/kernel.tsv
	mkdir lamp
	driver core_show >lamp/lamp.c
	run 1 check --rules rules lamp
	prints 'lamp/lamp.c:6:8: warning: core_show() without the reservation lock [resv-asserted]'
	run 0 check --rules rules --kernel 6.11 lamp
}

no_facts() {
	kernel linux 6 12
	mkdir lamp
	run 2 facts
	says 'facts takes the TREE of a kernel, or several'
	run 2 facts lamp
	says "'lamp' is not the top of a kernel tree"
	run 2 facts linux linux/drivers
	says "'linux/drivers' is not the top of a kernel tree"
	run 2 facts nowhere
	says "cannot check 'nowhere': No such file or directory"
}

check "the table tells what asserts the lock" asserts_by_the_table
check "the table tells what takes it inside, and by which call" takes_by_the_table
check "the table tells what takes it for the caller" acquired_by_the_table
check "a link into the kernel has no line in JSON" json
check "the table tells it for the kernel's version" versions_of_the_table
check "without a version, an assertion of older kernels is of low confidence" no_version
check "what the sources define themselves, the table does not tell" own_functions
check "the table is not asked with --no-known-wrappers, and a bad one is an error" no_table
check "--tree: bodies in the kernel answer" tree
check "--tree: nothing of the kernel is reported" nothing_of_the_tree
check "--tree: the kernel's version counts" version_of_the_tree
check "--tree: its callers count" callers_in_the_tree
check "--tree: what is checked stands for the same driver in the kernel" driver_of_the_tree
check "--tree: what is no kernel, or not beside the paths, is an error" wrong_trees
check "facts: what is exported, or in a header of include/" facts
check "facts: several kernels make one table" facts_of_several
check "facts: the table serves" facts_as_table
check "facts: wants kernel trees" no_facts
finish
