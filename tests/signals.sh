#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Code that a signal of a fence comes after, through files, in workers.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# kernel: makes this directory look like a kernel tree, with two drivers.
kernel() {
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n' >Makefile
	: >Kconfig
	mkdir -p include/drm drivers/gpu/drm/kiln drivers/gpu/drm/mill
}

kiln=drivers/gpu/drm/kiln

# work CALL...: a worker that is bound to a member; the calls are in its line 3 and those after it.
work() {
	printf 'void kiln_work(struct work_struct *work)\n{\n'
	printf '\t%s;\n' "$@"
	printf '}\n'
}

# binds MEMBER FUNCTION: where work gets its function.
binds() {
	printf 'void kiln_bind_%s(struct kiln *kiln)\n{\n\tINIT_WORK(&kiln->%s, %s);\n}\n' "$1" "$1" "$2"
}

# calls NAME CALL...: a function that makes the calls in line 3 and those after it.
calls() {
	printf 'void %s(struct kiln *kiln)\n{\n' "$1"
	shift
	printf '\t%s;\n' "$@"
	printf '}\n'
}

# callback CALL: a scheduler's callback that makes a call in line 3.
callback() {
	printf 'static struct dma_fence *kiln_run(struct drm_sched_job *job)\n{\n\t%s;\n\treturn NULL;\n}\n' "$1"
	printf 'static const struct drm_sched_backend_ops kiln_sched = {\n\t.run_job = kiln_run,\n};\n'
}

structures() {
	printf 'struct kiln {\n\tstruct work_struct fire;\n\tstruct work_struct idle;\n\tstruct workqueue_struct *wq;\n\tstruct mutex lock;\n};\n'
	printf 'struct oven {\n\tstruct work_struct fire;\n\tstruct workqueue_struct *wq;\n};\n'
}

# checked STATUS [OPTION...]
checked() {
	wanted=$1
	shift
	run "$wanted" check --rule fence-alloc,fence-resv,fence-lock-taint "$@"
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

check "a worker, what it does before its signal, and the signal in three files" worker
check "a signal of another driver" other_drivers
check "a lock that only workers wait for is of low confidence" locks
check "what is certain comes first" several_roots
finish
