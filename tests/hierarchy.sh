#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What takes mmap_lock, or may, below code that holds a reservation lock: through files and parts of a tree.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

lamp=drivers/gpu/drm/lamp

# kernel: makes this directory look like a kernel tree, with a driver.
kernel() {
	make_kernel "$lamp"/hw drivers/gpu/drm/torch
}

# reports NAME [CALL]: a function that touches user memory, in line 3; an extern one.
reports() {
	defines "int $1(struct lamp *lamp, u32 __user *user)" "return ${2:-put_user(1, user)}"
}

# passes_on NAME CALLEE: a function that only calls another, in line 3.
passes_on() {
	reports "$1" "$2(lamp, user)"
}

# locks NAME CALL: a function with the lock of an object of its own held around a call, in line 5.
locks() {
	defines "int $1(struct lamp *lamp, struct drm_gem_object *obj, u32 __user *user)" 'int ret' \
		'dma_resv_lock(obj->resv, NULL)' "ret = $2" 'dma_resv_unlock(obj->resv)' 'return ret'
}

# ioctl NAME CALL: a function that calls it without, and is entered from user space.
ioctl() {
	defines "static int $1(struct drm_device *dev, void *data, struct drm_file *file)" "return $2"
	printf 'static const struct drm_ioctl_desc %s_table[] = { DRM_IOCTL_DEF_DRV(X, %s, 0) };\n' "$1" "$1"
}

rules=resv-hierarchy

four_calls() {
	kernel
	locks lamp_submit 'one(lamp, user)' >"$lamp"/submit.c
	passes_on one two >"$lamp"/one.c
	passes_on two three >"$lamp"/hw/two.c
	passes_on three four >"$lamp"/three.c
	reports four >"$lamp"/four.c
	checked 1
	warnings 1
	prints "$lamp/four.c:3:9: warning: put_user() with the reservation lock held [resv-hierarchy]" \
		"called by three() at $lamp/three.c:3" "called by two() at $lamp/hw/two.c:3" \
		"called by one() at $lamp/one.c:3" "called by lamp_submit() at $lamp/submit.c:5, with obj->resv held"
	sed -i '/dma_resv_lock/d' "$lamp"/submit.c
	checked 0
}

callers_at_fault() {
	kernel
	{ locks lamp_submit 'one(lamp, user)'; locks lamp_wait 'one(lamp, user)'; } >"$lamp"/submit.c
	ioctl lamp_query 'one(lamp, user)' >"$lamp"/ioctl.c
	passes_on one two >"$lamp"/one.c
	reports two >"$lamp"/two.c
	checked 1
	warnings 2
	prints "$lamp/submit.c:5:8: warning: one() with the reservation lock held [resv-hierarchy]" \
		"one() calls two() at $lamp/one.c:3" "two() calls put_user() at $lamp/two.c:3" "$lamp/submit.c:13:8: "
}

# What is asked of a part of the tree is what the whole tells of it.
a_part_of_the_tree() {
	kernel
	callers_at_fault
	grep warning .out >whole
	for path in "$lamp" "$lamp"/submit.c; do
		checked 1 "$path"
		grep warning .out >part
		same whole part
	done
	says '1 of 1 file analysed'
	for path in "$lamp"/one.c "$lamp"/ioctl.c; do
		checked 0 "$path"
	done
	# Those who hold the lock are not asked to change.
	checked 1 "$lamp"/two.c
	prints "$lamp/two.c:3:9: " "called by lamp_submit() at "
	rm "$lamp"/ioctl.c
	checked 1
	prints "$lamp/two.c:3:9: "
	checked 1 "$lamp"/two.c
	prints "$lamp/two.c:3:9: "
	checked 0 "$lamp"/submit.c
}

shared_helpers() {
	kernel
	reports drm_helper >drivers/gpu/drm/drm_helper.c
	echo 'struct dma_resv;' >>drivers/gpu/drm/drm_helper.c
	locks torch_submit 'drm_helper(lamp, user)' >drivers/gpu/drm/torch/submit.c
	ioctl lamp_query 'drm_helper(lamp, user)' >"$lamp"/ioctl.c
	checked 1
	warnings 1
	prints 'drivers/gpu/drm/torch/submit.c:5:8: warning: drm_helper() with the reservation lock held'
	checked 1 drivers/gpu/drm/torch
	warnings 1
	checked 0 "$lamp"
}

drivers_without_locks() {
	kernel
	mkdir -p fs/nest
	reports nest_read >fs/nest/read.c
	passes_on nest_show nest_read >fs/nest/show.c
	checked 0
	says '0 of 2 files analysed'
	locks lamp_submit 'nest_show(lamp, user)' >fs/nest/submit.c
	checked 1
	warnings 1
}

tables_of_callbacks() {
	kernel
	cat >"$lamp"/lamp.h <<-'END'
		struct lamp_ops {
			int (*report)(struct lamp *lamp, u32 __user *user);
		};
		struct lamp {
			const struct lamp_ops *ops;
		};
	END
	{
		reports lamp_report
		echo 'const struct lamp_ops lamp_ops = { .report = lamp_report };'
	} >"$lamp"/report.c
	locks lamp_submit 'lamp->ops->report(lamp, user)' >"$lamp"/submit.c
	checked 1
	warnings 1
	prints "$lamp/report.c:3:9: warning: put_user() with the reservation lock held" \
		"called by lamp_submit() at $lamp/submit.c:5, with obj->resv held"
	sed -i 's/lamp_report };/NULL };/' "$lamp"/report.c
	checked 0
}

values_of_parameters() {
	kernel
	cat >"$lamp"/pin.c <<-'END'
		int lamp_pin(struct lamp *lamp, bool mmap_locked)
		{
			if (!mmap_locked)
				mmap_read_lock(lamp->mm);
			return 0;
		}
	END
	printf 'int lamp_get(struct lamp *lamp)\n{\n\treturn lamp_pin(lamp, true);\n}\n' >"$lamp"/get.c
	locks lamp_submit 'lamp_pin(lamp, true)' >"$lamp"/submit.c
	locks lamp_wait 'lamp_get(lamp)' >"$lamp"/wait.c
	checked 0
	sed -i 's/true/false/' "$lamp"/get.c
	checked 1
	prints "$lamp/pin.c:4:1: " "called by lamp_wait() at $lamp/wait.c:5, with obj->resv held"
}

no_faults() {
	kernel
	passes_on one two >"$lamp"/one.c
	reports two '__put_user(1, user)' >"$lamp"/two.c
	cat >"$lamp"/submit.c <<-'END'
		int lamp_submit(struct lamp *lamp, struct drm_gem_object *obj, u32 __user *user)
		{
			int ret;
			dma_resv_lock(obj->resv, NULL);
			pagefault_disable();
			ret = one(lamp, user);
			pagefault_enable();
			dma_resv_unlock(obj->resv);
			return ret;
		}
	END
	checked 0
	sed -i 's/__put_user(1, user)/mmap_read_lock(lamp->mm)/' "$lamp"/two.c
	checked 1
	sed -i 's/mmap_read_lock(lamp->mm)/__put_user(1, user)/' "$lamp"/two.c
	sed -i '/pagefault/d' "$lamp"/submit.c
	checked 1
}

without_contexts() {
	kernel
	locks lamp_submit 'put_user(1, user)' >"$lamp"/submit.c
	locks lamp_wait 'one(lamp, user)' >"$lamp"/wait.c
	reports one >"$lamp"/one.c
	checked 1 --no-contexts
	warnings 1
	prints "$lamp/submit.c:5:8: "
	checked 1
	warnings 2
}

outside_of_a_kernel() {
	mkdir linux
	(cd linux && kernel)
	mkdir mine
	locks mine_submit 'one(lamp, user)' >mine/submit.c
	passes_on one two >mine/one.c
	reports two >mine/two.c
	checked 1 mine
	warnings 1
	prints 'mine/two.c:3:9: '
	checked 1 --tree linux mine
	warnings 1
	reports drm_helper >linux/drivers/gpu/drm/drm_helper.c
	echo 'struct dma_resv;' >>linux/drivers/gpu/drm/drm_helper.c
	ioctl torch_query 'drm_helper(lamp, user)' >linux/drivers/gpu/drm/torch/ioctl.c
	locks mine_submit 'drm_helper(lamp, user)' >mine/submit.c
	checked 1 --tree linux mine
	prints 'mine/submit.c:5:8: warning: drm_helper() with the reservation lock held'
}

check "four calls, through files" four_calls
check "each caller at fault is told, with what it calls" callers_at_fault
check "a part of a tree gives what the whole does for it" a_part_of_the_tree
check "what shared code does, under a driver's lock" shared_helpers
check "drivers without locks are not analysed" drivers_without_locks
check "what stands in a driver's own table, called through with the lock held" tables_of_callbacks
check "parameters that rule a way out" values_of_parameters
check "callers under whom no page fault is served" no_faults
check "--no-contexts asks nobody" without_contexts
check "code outside of a kernel" outside_of_a_kernel
finish
