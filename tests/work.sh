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
check "the last reference to an object" last_references
check "a worker, what it does before its signal, and the signal in three files" worker
check "a signal of another driver" other_drivers
check "a lock that only workers wait for is of low confidence" locks
check "what is certain comes first" several_roots
finish
