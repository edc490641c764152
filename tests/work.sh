#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Through files: work that is waited for, code that a signal comes after in workers, and the last reference to an object.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# kernel: makes this directory look like a kernel tree, with two drivers.
kernel() {
	make_kernel include/drm drivers/gpu/drm/kiln drivers/gpu/drm/mill
}

kiln=drivers/gpu/drm/kiln

# work CALL...: a worker that is bound to a member; the calls are in its line 3 and those after it.
work() {
	defines 'void kiln_work(struct work_struct *work)' "$@"
}

# binds MEMBER FUNCTION: where work gets its function.
binds() {
	defines "void kiln_bind_$1(struct kiln *kiln)" "INIT_WORK(&kiln->$1, $2)"
}

# calls NAME CALL...: a function that makes the calls in line 3 and those after it.
calls() {
	name=$1
	shift
	defines "void $name(struct kiln *kiln)" "$@"
}

# callback CALL: a scheduler's callback that makes a call in line 3.
callback() {
	sched kiln "$1"
}

structures() {
	printf 'struct kiln {\n\tstruct work_struct fire;\n\tstruct work_struct idle;\n\tstruct workqueue_struct *wq;\n\tstruct mutex lock;\n};\n'
	printf 'struct oven {\n\tstruct work_struct fire;\n\tstruct workqueue_struct *wq;\n};\n'
}

rules=fence-alloc,fence-resv,fence-lock-taint

# Work is told by the structure that its member is of.
waits_for_work() {
	kernel
	structures >"$kiln"/kiln.h
	binds fire kiln_work >"$kiln"/init.c
	work 'kmalloc(1, GFP_KERNEL)' >"$kiln"/work.c
	callback 'kiln_stop(job->kiln)' >"$kiln"/sched.c
	for wait in flush_work cancel_work_sync disable_work_sync; do
		calls kiln_stop "$wait(&kiln->fire)" >"$kiln"/stop.c
		checked 1
		warnings 1
		prints "$kiln/work.c:3:2: warning: kmalloc()" "waited for by kiln_stop() at $kiln/stop.c:3" \
			"called by kiln_run() at $kiln/sched.c:3"
	done
	for other in 'queue_work(kiln->wq, &kiln->fire)' 'cancel_work(&kiln->fire)' 'flush_work(&kiln->idle)'; do
		calls kiln_stop "$other" >"$kiln"/stop.c
		checked 0
	done
	printf 'void kiln_stop(struct oven *oven)\n{\n\tflush_work(&oven->fire);\n}\n' >"$kiln"/stop.c
	checked 0
}

# Work that a declaration makes is known by its name: static work in one source, other work in all.
declared_work() {
	kernel
	work 'kmalloc(1, GFP_KERNEL)' >"$kiln"/work.c
	callback 'kiln_stop(job->kiln)' >"$kiln"/sched.c
	printf 'static DECLARE_WORK(kiln_spark, kiln_work);\n\n' >"$kiln"/stop.c
	calls kiln_stop 'flush_work(&kiln_spark)' >>"$kiln"/stop.c
	checked 1
	warnings 1
	prints "$kiln/work.c:3:2: warning: kmalloc()" "waited for by kiln_stop() at $kiln/stop.c:5"
	sed -i 's/(&kiln_spark)/(\&kiln_ember)/' "$kiln"/stop.c
	checked 0
	printf 'static DECLARE_DELAYED_WORK(kiln_ember, kiln_work);\n' >"$kiln"/ember.c
	checked 0
	sed -i 's/static //' "$kiln"/ember.c
	checked 1
	prints "waited for by kiln_stop() at $kiln/stop.c:5"
	# A worker that signals is one, however it is declared.
	work 'kmalloc(1, GFP_KERNEL)' 'dma_fence_signal(kiln->fence)' >"$kiln"/work.c
	rm "$kiln"/sched.c
	checked 1
	prints 'kiln_work() is passed to DECLARE_DELAYED_WORK()'
}

# Delayed work is the work in it, too.
delayed_work() {
	kernel
	printf 'struct kiln {\n\tstruct delayed_work slow;\n\tstruct delayed_work fast;\n};\n' >"$kiln"/kiln.h
	binds slow kiln_work >"$kiln"/init.c
	sed -i 's/INIT_WORK/INIT_DELAYED_WORK/' "$kiln"/init.c
	work 'kmalloc(1, GFP_KERNEL)' >"$kiln"/work.c
	callback 'kiln_stop(job->kiln)' >"$kiln"/sched.c
	for wait in 'cancel_delayed_work_sync(&kiln->slow)' 'flush_work(&kiln->slow.work)'; do
		calls kiln_stop "$wait" >"$kiln"/stop.c
		checked 1
		warnings 1
	done
	calls kiln_stop 'flush_work(&kiln->fast.work)' >"$kiln"/stop.c
	checked 0
}

# What a last reference releases may be somebody else's.
last_references() {
	kernel
	cat >include/drm/drm_gem.h <<-'END'
		struct drm_gem_object_funcs {
			void (*free)(struct drm_gem_object *obj);
		};
		struct drm_gem_object {
			const struct drm_gem_object_funcs *funcs;
		};
		static inline void drm_gem_object_put(struct drm_gem_object *obj)
		{
			__drm_gem_object_put(obj);
		}
		static inline void __drm_gem_object_put(struct drm_gem_object *obj)
		{
			kref_put(&obj->refcount, drm_gem_object_free);
		}
	END
	cat >drivers/gpu/drm/drm_gem.c <<-'END'
		void drm_gem_object_free(struct kref *kref)
		{
			struct drm_gem_object *obj = container_of(kref, struct drm_gem_object, refcount);

			obj->funcs->free(obj);
		}

		void drm_gem_close(struct drm_gem_object *obj)
		{
			drm_gem_object_put(obj);
		}
	END
	cat >"$kiln"/gem.c <<-'END'
		static void kiln_unmap(struct drm_gem_object *obj)
		{
			dma_resv_lock(obj->resv, NULL);
		}

		static void kiln_free(struct drm_gem_object *obj)
		{
			kiln_unmap(obj);
		}

		static const struct drm_gem_object_funcs kiln_funcs = {
			.free = kiln_free,
		};
	END
	callback 'drm_gem_object_put(job->obj)' >"$kiln"/sched.c
	checked 0
	checked 1 --confidence low
	prints "$kiln/gem.c:3:1: warning: dma_resv_lock() takes a reservation lock" "called by kiln_run() at $kiln/sched.c:3"
}

# Where the last reference goes, a function of another file is called, in the next line of the call.
releases_elsewhere() {
	kernel
	printf 'static void kiln_forget(struct kiln *kiln)\n{\n\tkref_put(&kiln->ref,\n\t\t kiln_release);\n}\n' >"$kiln"/sched.c
	callback 'kiln_forget(job->kiln)' >>"$kiln"/sched.c
	printf 'void kiln_release(struct kref *ref)\n{\n\tkmalloc(1, GFP_KERNEL);\n}\n' >"$kiln"/release.c
	checked 0
	checked 1 --confidence low
	prints "$kiln/release.c:3:2: warning: kmalloc()" "called by kiln_forget() at $kiln/sched.c:3"
}

# resumes NAME: what the driver core calls to resume a device, in line 3.
resumes() {
	printf 'int %s(struct device *dev)\n{\n\tkmalloc(1, GFP_KERNEL);\n\treturn 0;\n}\n' "$1"
}

# pm_ops MEMBER...: a table of it.
pm_ops() {
	printf 'static const struct dev_pm_ops kiln_pm_ops = {\n'
	printf '\t%s,\n' "$@"
	printf '};\n'
}

# Resuming a device calls what its driver has for that.
resumed_devices() {
	kernel
	callback 'kiln_wake(job->kiln)' >"$kiln"/sched.c
	resumes kiln_resume >"$kiln"/power.c
	sed -i 's/return 0;/return kiln_start(to_kiln(dev));/' "$kiln"/power.c
	calls kiln_start 'start()' >"$kiln"/start.c
	pm_ops '.runtime_resume = kiln_resume' >"$kiln"/probe.c
	for wake in pm_runtime_get_sync pm_runtime_resume_and_get pm_runtime_resume; do
		calls kiln_wake "$wake(kiln->dev)" >"$kiln"/wake.c
		checked 1
		warnings 1
		prints "$kiln/power.c:3:2: warning: kmalloc()" "called by kiln_wake() at $kiln/wake.c:3"
	done
	for ops in 'SET_RUNTIME_PM_OPS(kiln_suspend, kiln_resume, NULL)' 'RUNTIME_PM_OPS(kiln_suspend, pm_ptr(kiln_resume), NULL)'; do
		pm_ops "$ops" >"$kiln"/probe.c
		checked 1
		warnings 1
	done
	for ops in DEFINE_RUNTIME_DEV_PM_OPS UNIVERSAL_DEV_PM_OPS; do
		printf 'static %s(kiln_pm_ops, kiln_suspend, kiln_resume, NULL);\n' "$ops" >"$kiln"/probe.c
		checked 1
		warnings 1
	done
	{
		printf 'EXPORT_GPL_DEV_PM_OPS(kiln_pm_ops) = {\n'
		printf '\tRUNTIME_PM_OPS(kiln_suspend, kiln_resume, NULL),\n};\n'
	} >"$kiln"/probe.c
	checked 1
	for ops in '.runtime_suspend = kiln_resume' '.resume = kiln_resume' 'RUNTIME_PM_OPS(kiln_resume, kiln_wake_up, NULL)'; do
		pm_ops "$ops" >"$kiln"/probe.c
		checked 0
	done
	pm_ops '.runtime_resume = kiln_resume' >"$kiln"/probe.c
	for other in 'pm_runtime_get(kiln->dev)' 'pm_runtime_get_noresume(kiln->dev)' 'pm_runtime_put_sync(kiln->dev)'; do
		calls kiln_wake "$other" >"$kiln"/wake.c
		checked 0
	done
	calls kiln_wake 'pm_runtime_get_sync(kiln->dev)' >"$kiln"/wake.c
	mv "$kiln"/probe.c "$kiln"/power.c drivers/gpu/drm/mill
	checked 0 --confidence low
}

# Of several devices of a driver, the one is resumed whose structure the call finds it in.
one_of_several_devices() {
	kernel
	printf 'struct kiln {\n\tstruct device *dev;\n\tstruct fan *fan;\n};\n' >"$kiln"/kiln.h
	printf 'struct fan {\n\tstruct device *dev;\n\tstruct clk *clk;\n};\n' >"$kiln"/fan.h
	callback 'kiln_wake(job->kiln)' >"$kiln"/sched.c
	resumes kiln_resume >"$kiln"/power.c
	sed -i 's/return 0;/return kiln_start(to_kiln(dev));/' "$kiln"/power.c
	pm_ops '.runtime_resume = kiln_resume' >>"$kiln"/power.c
	calls kiln_start 'start()' >"$kiln"/start.c
	resumes fan_resume >"$kiln"/fan.c
	sed -i 's/return 0;/return clk_enable(to_fan(dev)->clk);/; s/{$/{ struct fan *fan = to_fan(dev);/; s/to_fan(dev)->clk/fan->clk/' "$kiln"/fan.c
	pm_ops '.runtime_resume = fan_resume' | sed 's/kiln_pm_ops/fan_pm_ops/' >>"$kiln"/fan.c
	calls kiln_wake 'pm_runtime_get_sync(kiln->dev)' >"$kiln"/wake.c
	checked 1 --confidence low
	warnings 1
	prints "$kiln/power.c:3:2: warning: kmalloc()"
	calls kiln_wake 'pm_runtime_get_sync(find_fan(kiln)->dev)' 'struct fan *fan' 'pm_runtime_get_sync(fan->dev)' >"$kiln"/wake.c
	checked 1 --confidence low
	warnings 1
	prints "$kiln/fan.c:3:2: warning: kmalloc()"
	# A device of nobody knows what: it may be another driver's, but for the only one.
	calls kiln_wake 'pm_runtime_get_sync(dev)' >"$kiln"/wake.c
	checked 0 --confidence low
	rm "$kiln"/fan.c
	checked 0
	checked 1 --confidence low
	calls kiln_wake 'struct pci_dev *other' 'pm_runtime_get_sync(&other->dev)' >"$kiln"/wake.c
	checked 0 --confidence low
}

worker() {
	kernel
	structures >"$kiln"/kiln.h
	binds fire kiln_work >"$kiln"/init.c
	work 'kiln_log(kiln)' 'kiln_finish(kiln)' >"$kiln"/work.c
	calls kiln_log 'kmalloc(1, GFP_KERNEL)' >"$kiln"/log.c
	calls kiln_finish 'kiln_done(kiln)' >"$kiln"/finish.c
	calls kiln_done 'dma_fence_signal(kiln->fence)' 'kfree(kiln)' >"$kiln"/done.c
	checked 1
	warnings 1
	prints "$kiln/log.c:3:2: warning: kmalloc() with GFP_KERNEL in code that a fence needs to complete [fence-alloc]" \
		"called by kiln_work() at $kiln/work.c:3" 'kiln_work() is passed to INIT_WORK()' \
		"kiln_done() signals by dma_fence_signal() at $kiln/done.c:3"
	grep warning .out >whole
	for path in "$kiln" "$kiln"/log.c; do
		checked 1 "$path"
		grep warning .out >part
		same whole part
	done
	checked 1 --format json
	jq -r '.findings[0].chain[]|"\(.way) \(.function) \(.call)"' .out >ways
	printf '%s\n' 'null kiln_done dma_fence_signal' '1 INIT_WORK() kiln_work' '1 kiln_work kiln_log' '1 kiln_log kmalloc' >wanted
	same wanted ways
	work 'kiln_finish(kiln)' 'kiln_log(kiln)' >"$kiln"/work.c
	checked 0
}

# What another driver signals is no matter of this one.
other_drivers() {
	kernel
	binds fire kiln_work >"$kiln"/init.c
	work 'kmalloc(1, GFP_KERNEL)' 'kiln_done(kiln)' >"$kiln"/work.c
	calls kiln_done 'dma_fence_signal(kiln->fence)' >drivers/gpu/drm/mill/done.c
	checked 0
	mv drivers/gpu/drm/mill/done.c "$kiln"
	checked 1
}

# What is done with a lock that only a worker waits for is two steps from what is certain.
locks() {
	kernel
	structures >"$kiln"/kiln.h
	binds fire kiln_work >"$kiln"/init.c
	work 'kiln_show(kiln)' 'dma_fence_signal(kiln->fence)' >"$kiln"/work.c
	calls kiln_show 'mutex_lock(&kiln->lock)' 'mutex_unlock(&kiln->lock)' >"$kiln"/show.c
	calls kiln_add 'mutex_lock(&kiln->lock)' 'kmalloc(1, GFP_KERNEL)' 'mutex_unlock(&kiln->lock)' >"$kiln"/add.c
	checked 0
	checked 1 --confidence low
	prints "$kiln/show.c:3:2: warning: mutex_lock() waits for kiln.lock"
}

# A context that surely begins is named before one that may.
several_roots() {
	kernel
	binds fire kiln_work >"$kiln"/init.c
	work 'kiln_log(kiln)' 'dma_fence_signal(kiln->fence)' >"$kiln"/work.c
	callback 'kiln_more(job->kiln)' >"$kiln"/sched.c
	calls kiln_more 'kiln_log(kiln)' >"$kiln"/more.c
	calls kiln_log 'kmalloc(1, GFP_KERNEL)' >"$kiln"/log.c
	checked 1 --confidence high
	warnings 1
	prints "    called by kiln_more() at $kiln/more.c:3" "    also called by kiln_work() at $kiln/work.c:3"
}

check "flush_work() and its kind are calls of what the work does" waits_for_work
check "work that is declared" declared_work
check "delayed work, and the work in it" delayed_work
check "the last reference to an object" last_references
check "the last reference calls a function of another file" releases_elsewhere
check "resuming a device calls what its driver has for that" resumed_devices
check "of several devices the one is resumed that the call is about" one_of_several_devices
check "a worker, what it does before its signal, and the signal in three files" worker
check "a signal of another driver" other_drivers
check "a lock that only workers wait for is of low confidence" locks
check "what is certain comes first" several_roots
finish
