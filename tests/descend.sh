#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Down from where a context begins, through files: what the front end does for the rules of dma-fence.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# kernel: makes this directory look like a kernel tree, with a driver and what drivers share.
kernel() {
	make_kernel drivers/gpu/drm/lamp/hw drivers/gpu/drm/mill drivers/misc/vat
}

lamp=drivers/gpu/drm/lamp

# allocates NAME [PARAMETERS] [FLAGS]: a function that allocates in line 3.
allocates() {
	defines "void *$1(${2:-void})" "return kmalloc(64, ${3:-GFP_KERNEL})"
}

# passes_on NAME CALL: a function that makes a call in line 3.
passes_on() {
	defines "void $1(struct lamp *lamp, gfp_t gfp)" "$2"
}

rules=fence-alloc,fence-resv,fence-mmap-lock,fence-lock-taint,reclaim-resv,fence-wait-context

four_calls() {
	kernel
	sched lamp 'one(job, GFP_KERNEL)' >"$lamp"/sched.c
	passes_on one 'two(lamp, gfp)' >"$lamp"/one.c
	passes_on two 'three(lamp, gfp)' >"$lamp"/hw/two.c
	passes_on three 'four(gfp)' >"$lamp"/three.c
	allocates four 'gfp_t gfp' gfp >"$lamp"/four.c
	checked 1
	warnings 1
	prints "$lamp/four.c:3:9: warning: kmalloc() with GFP_KERNEL in code that a fence needs to complete [fence-alloc]" \
		"called by three() at $lamp/three.c:3" "called by two() at $lamp/hw/two.c:3" \
		"called by one() at $lamp/one.c:3" "called by lamp_run() at $lamp/sched.c:3" \
		'lamp_run() is drm_sched_backend_ops.run_job'
	sed -i 's/GFP_KERNEL/GFP_NOWAIT/' "$lamp"/sched.c
	checked 0
}

# Behind a member of which two tables say what it is, one call further; and no further than that.
five_calls() {
	kernel
	sched lamp 'one(job, GFP_KERNEL)' >"$lamp"/sched.c
	passes_on one 'two(lamp, gfp)' >"$lamp"/one.c
	{
		printf 'struct lamp_funcs {\n\tvoid (*light)(struct lamp *lamp, gfp_t gfp);\n};\n'
		printf 'struct lamp {\n\tconst struct lamp_funcs *funcs;\n};\n'
		passes_on two 'lamp->funcs->light(lamp, gfp)'
		passes_on three 'four(lamp, gfp)'
		printf 'static const struct lamp_funcs old = { .light = three };\n'
		printf 'static void dim(struct lamp *lamp, gfp_t gfp)\n{\n}\n'
		printf 'static const struct lamp_funcs young = { .light = dim };\n'
	} >"$lamp"/two.c
	passes_on four 'five(gfp)' >"$lamp"/four.c
	allocates five 'gfp_t gfp' gfp >"$lamp"/five.c
	checked 1
	warnings 1
	prints "$lamp/five.c:3:9: warning: kmalloc() with GFP_KERNEL in code that a fence needs to complete [fence-alloc]"
	passes_on five 'six(gfp)' >"$lamp"/five.c
	allocates six 'gfp_t gfp' gfp >"$lamp"/six.c
	checked 0
}

# The short way is one that only the last reference goes, the long one is by name: what counts is the sure one.
sure_ways_first() {
	kernel
	allocates three 'void *lamp' >"$lamp"/sched.c
	sched lamp 'kref_put(&job->count, three); one(job)' >>"$lamp"/sched.c
	printf 'void one(struct lamp *lamp)\n{\n\ttwo(lamp);\n}\nvoid two(struct lamp *lamp)\n{\n\tthree(lamp);\n}\n' >"$lamp"/one.c
	checked 1
	warnings 1
	checked 1 --confidence high
	prints "$lamp/sched.c:3:9: warning: kmalloc() with GFP_KERNEL in code that a fence needs to complete [fence-alloc]" \
		"called by two() at $lamp/one.c:7"
	sed -i 's/; one(job)//' "$lamp"/sched.c
	checked 0
	checked 1 --confidence low
	prints "called by lamp_run() at $lamp/sched.c:7"
}

a_part_of_the_tree() {
	kernel
	sched lamp 'one(job, GFP_KERNEL)' >"$lamp"/sched.c
	passes_on one 'four(gfp)' >"$lamp"/one.c
	allocates four 'gfp_t gfp' gfp >"$lamp"/hw/four.c
	checked 1
	grep warning .out >whole
	for path in "$lamp" "$lamp"/hw "$lamp"/hw/four.c; do
		checked 1 "$path"
		grep warning .out >part
		same whole part
	done
	checked 0 "$lamp"/one.c
	(cd "$lamp" && "$resvlint" check --rule fence-alloc . >part 2>/dev/null) || :
	grep -q '^hw/four.c:3:9: warning' "$lamp"/part || fail "not from the driver's directory"
}

json() {
	kernel
	sched lamp 'four()' >"$lamp"/sched.c
	allocates four >"$lamp"/four.c
	checked 1 --format json
	tr -d ' \n' <.out >line
	for text in '"state":"signalling"' '"rule":"fence-alloc"' \
		'"function":"drm_sched_backend_ops.run_job","call":"lamp_run"' \
		'"function":"lamp_run","call":"four"'; do
		grep -qF "$text" line || fail "no $text"
	done
}

other_drivers() {
	kernel
	sched lamp 'start(job)' >"$lamp"/sched.c
	passes_on start 'stop(lamp)' >drivers/gpu/drm/mill/start.c
	allocates stop >>drivers/gpu/drm/mill/start.c
	checked 0
	mv drivers/gpu/drm/mill/start.c "$lamp"
	checked 1
}

# What drivers share does it: reported where the driver calls that, once a driver.
shared_code() {
	kernel
	sched lamp 'drm_lamp_show(job)' >"$lamp"/sched.c
	sched mill 'drm_lamp_show(job)' >drivers/gpu/drm/mill/sched.c
	passes_on drm_lamp_show 'drm_lamp_page()' >drivers/gpu/drm/drm_lamp.c
	allocates drm_lamp_page >>drivers/gpu/drm/drm_lamp.c
	checked 1
	warnings 2
	prints "$lamp/sched.c:3:2: warning: drm_lamp_show() allocates in a way that may wait for reclaim, in code that a fence needs" \
		"drm_lamp_show() calls drm_lamp_page() at drivers/gpu/drm/drm_lamp.c:3" \
		"drm_lamp_page() calls kmalloc() at drivers/gpu/drm/drm_lamp.c:7" \
		'drivers/gpu/drm/mill/sched.c:3:2: warning: drm_lamp_show()'
	checked 1 "$lamp"
	warnings 1
	sched lamp 'drm_lamp_show(job); drm_lamp_show(job)' >"$lamp"/sched.c
	checked 1 "$lamp"
	warnings 2
}

# A context that begins in shared code, as in the tests of the scheduler.
roots_in_shared_code() {
	kernel
	mkdir drivers/gpu/drm/scheduler
	sched mock 'four()' >drivers/gpu/drm/scheduler/mock.c
	allocates four >drivers/gpu/drm/scheduler/four.c
	checked 1
	warnings 1
	prints 'drivers/gpu/drm/scheduler/four.c:3:9: warning: kmalloc() with GFP_KERNEL' \
		'called by mock_run() at drivers/gpu/drm/scheduler/mock.c:3'
}

# What fills in a table is a macro of a shared header: of drivers that use it.
macros_of_shared_code() {
	kernel
	sched lamp 'drm_lamp_commit(plane)' >"$lamp"/sched.c
	cat >drivers/gpu/drm/drm_lamp.c <<-'END'
		void drm_lamp_commit(struct drm_lamp_plane *plane)
		{
			plane->funcs->end(plane);
		}

		void drm_shadow_end(struct drm_lamp_plane *plane)
		{
			kmalloc(1, GFP_KERNEL);
		}
	END
	mkdir -p include/drm
	printf '#define DRM_SHADOW_FUNCS \\\n\t.end = drm_shadow_end\n' >include/drm/drm_shadow.h
	printf 'struct drm_lamp_plane_funcs {\n\tvoid (*end)(struct drm_lamp_plane *plane);\n};\n' >include/drm/drm_lamp.h
	printf 'struct drm_lamp_plane {\n\tconst struct drm_lamp_plane_funcs *funcs;\n};\n' >>include/drm/drm_lamp.h
	printf 'static const struct drm_lamp_plane_funcs funcs = {\n\tDRM_SHADOW_FUNCS,\n\t.end = plane_end,\n};\n' >drivers/gpu/drm/mill/plane.c
	sched mill 'mill_show(job)' >>drivers/gpu/drm/mill/plane.c
	checked 0 --confidence low
	mv drivers/gpu/drm/mill/plane.c "$lamp"
	checked 1 --confidence low
	warnings 1
}

# What shared code puts behind a member is for the drivers that ask for it.
tables_of_shared_code() {
	kernel
	sched lamp 'drm_lamp_commit(plane)' >"$lamp"/sched.c
	cat >drivers/gpu/drm/drm_lamp.c <<-'END'
		void drm_lamp_commit(struct drm_lamp_plane *plane)
		{
			const struct drm_lamp_plane_funcs *funcs = plane->funcs;

			funcs->end(plane);
		}

		static void drm_shadow_end(struct drm_lamp_plane *plane)
		{
			kmalloc(1, GFP_KERNEL);
		}

		const struct drm_lamp_plane_funcs drm_shadow_funcs = {
			.end = drm_shadow_end,
		};
	END
	printf 'struct drm_lamp_plane_funcs {\n\tvoid (*end)(struct drm_lamp_plane *plane);\n};\n' >drivers/gpu/drm/drm_lamp.h
	printf 'struct drm_lamp_plane {\n\tconst struct drm_lamp_plane_funcs *funcs;\n};\n' >>drivers/gpu/drm/drm_lamp.h
	checked 0
	checked 1 --confidence low
	{
		sed 's/drm_shadow_end/lamp_end/; s/drm_shadow_funcs/lamp_funcs/' drivers/gpu/drm/drm_lamp.c | sed -n '8,$p'
	} >"$lamp"/plane.c
	checked 1
	prints "$lamp/plane.c:3:1: warning: kmalloc() with GFP_KERNEL"
}

# One place and many ways to it is one finding.
several_roots() {
	kernel
	sched lamp 'four()' >"$lamp"/sched.c
	sched bulb 'four()' timedout_job >"$lamp"/bulb.c
	allocates four >"$lamp"/four.c
	checked 1
	warnings 1
	prints "    called by lamp_run() at $lamp/sched.c:3" "    also called by bulb_run() at $lamp/bulb.c:3"
}

wrappers_of_sections() {
	kernel
	cat >"$lamp"/lamp.h <<-'END'
		static inline void lamp_lock(struct lamp *lamp)
		{
			mutex_lock(&lamp->lock);
			lamp->flags = memalloc_noreclaim_save();
		}

		static inline void lamp_unlock(struct lamp *lamp)
		{
			memalloc_noreclaim_restore(lamp->flags);
			mutex_unlock(&lamp->lock);
		}
	END
	sched lamp 'lamp_lock(lamp); lamp->log = kmalloc(1, GFP_KERNEL); lamp_unlock(lamp)' >"$lamp"/sched.c
	checked 0
	sched lamp 'lamp_lock(lamp); lamp_unlock(lamp); lamp->log = kmalloc(1, GFP_KERNEL)' >"$lamp"/sched.c
	checked 1
	warnings 1
}

only_outside_of_gpus() {
	kernel
	cat >drivers/misc/vat/vat.c <<-'END'
		static unsigned long vat_scan(struct shrinker *shrinker, struct shrink_control *sc)
		{
			return vat_wait(to_vat(shrinker)->fence);
		}

		static struct shrinker vat_shrinker = {
			.scan_objects = vat_scan,
		};
	END
	printf 'long vat_wait(struct dma_fence *fence)\n{\n\treturn dma_fence_wait(fence, false);\n}\n' >drivers/misc/vat/wait.c
	checked 1
	warnings 1
	prints 'drivers/misc/vat/wait.c:3:9: warning: dma_fence_wait() waits for a fence in a shrinker, outside of drivers/gpu' \
		'vat_scan() is shrinker.scan_objects'
	mv drivers/misc/vat/*.c "$lamp"
	checked 0
}

without_contexts() {
	kernel
	sched lamp 'kmalloc(1, GFP_KERNEL)' >"$lamp"/sched.c
	checked 0 --no-contexts
	checked 1
}

# Functions that call each other, and more of them than a pattern of words can have.
large_programs() {
	kernel
	sched lamp 'f1(job)' >"$lamp"/sched.c
	awk 'BEGIN {
		printf "void f1(struct lamp *lamp)\n{\n"
		for (i = 2; i <= 3000; i++) printf "\tf%d(lamp);\n", i
		printf "}\n"
		for (i = 2; i <= 3000; i++) printf "void f%d(struct lamp *lamp)\n{\n\tf%d(lamp);\n\tf1(lamp);\n}\n", i, i + 1
		printf "void f3001(struct lamp *lamp)\n{\n\tkmalloc(1, GFP_KERNEL);\n}\n"
	}' >"$lamp"/many.c
	checked 1
	warnings 1
}

# holds NAME CALL [MEMBER]: a function that makes a call in line 4, with the lock of a lamp held.
holds() {
	defines "void $1(struct lamp *lamp)" "mutex_lock(&lamp->${3:-lock})" "$2" "mutex_unlock(&lamp->${3:-lock})"
}

# A lock that the scheduler's callback waits for is held in another file, and what is done there in a third one.
locks_held_elsewhere() {
	kernel
	printf 'struct lamp {\n\tstruct mutex lock;\n\tstruct mutex other;\n};\n' >"$lamp"/lamp.h
	sched lamp 'show(to_lamp(job))' >"$lamp"/sched.c
	holds show 'write(lamp)' >"$lamp"/show.c
	holds add 'table(lamp)' >"$lamp"/add.c
	passes_on table 'page()' >"$lamp"/table.c
	allocates page >>"$lamp"/table.c
	checked 1
	warnings 1
	prints "$lamp/show.c:3:2: warning: mutex_lock() waits for lamp.lock in code that a fence needs to complete; add() holds that lock and allocates in a way that may wait for reclaim [fence-lock-taint]" \
		"called by lamp_run() at $lamp/sched.c:3" "add() calls mutex_lock() at $lamp/add.c:3" \
		"add() calls table() at $lamp/add.c:4" "page() calls kmalloc() at $lamp/table.c:7"
	grep warning .out >whole
	checked 1 "$lamp"/show.c
	grep warning .out >part
	same whole part
	holds add 'table(lamp)' other >"$lamp"/add.c
	checked 0
	mv "$lamp"/add.c drivers/gpu/drm/mill
	sed -i 's/other/lock/' drivers/gpu/drm/mill/add.c
	checked 0
}

# Functions that acquire and release the lock for their callers, elsewhere.
locks_held_for_callers() {
	kernel
	printf 'struct lamp {\n\tstruct mutex lock;\n};\n' >"$lamp"/lamp.h
	sched lamp 'show(to_lamp(job))' >"$lamp"/sched.c
	holds show 'write(lamp)' >"$lamp"/show.c
	printf 'void begin(struct lamp *lamp)\n{\n\tmutex_lock(&lamp->lock);\n}\n' >"$lamp"/lock.c
	printf 'void end(struct lamp *lamp)\n{\n\tmutex_unlock(&lamp->lock);\n}\n' >>"$lamp"/lock.c
	passes_on add 'begin(lamp); kmalloc(1, GFP_NOWAIT); end(lamp); kmalloc(1, GFP_KERNEL)' >"$lamp"/add.c
	checked 0
	passes_on add 'begin(lamp); kmalloc(1, GFP_KERNEL); end(lamp)' >"$lamp"/add.c
	checked 1
	prints "$lamp/show.c:3:2: warning: mutex_lock() waits for lamp.lock" "add() calls begin() at $lamp/add.c:3"
	# What a callback does itself is a finding of its own, and no reason for others to wait.
	sched lamp 'add(to_lamp(job)); show(to_lamp(job))' >"$lamp"/sched.c
	checked 1
	warnings 1
	prints "$lamp/add.c:3:15: warning: kmalloc() with GFP_KERNEL"
}

# A section of memalloc_noreclaim_save() is one of what is called there, too.
sections_of_callers() {
	kernel
	sched lamp 'show(to_lamp(job))' >"$lamp"/sched.c
	passes_on show 'unsigned int flags = memalloc_noreclaim_save(); one(lamp); memalloc_noreclaim_restore(flags)' >"$lamp"/show.c
	passes_on one 'page()' >"$lamp"/one.c
	allocates page >>"$lamp"/one.c
	checked 0
	sed -i 's/one(lamp); \(.*\)$/\1; one(lamp);/' "$lamp"/show.c
	checked 1
	prints "$lamp/one.c:7:9: warning: kmalloc()"
}

# fence_ops MEMBER CALL: a table of a fence; what the callback calls is in line 3.
fence_ops() {
	defines "static bool lamp_$1(struct dma_fence *fence)" "$2" 'return true'
	in_table dma_fence_ops lamp_fence_ops "$1" "lamp_$1"
}

# atomic STATUS [OPTION...]
atomic() {
	rules=fence-atomic
	checked "$@"
}

callbacks_of_fences() {
	kernel
	fence_ops enable_signaling 'one(fence, GFP_KERNEL)' >"$lamp"/fence.c
	passes_on one 'two(lamp, gfp)' >"$lamp"/one.c
	passes_on two 'three(lamp, gfp)' >"$lamp"/hw/two.c
	passes_on three 'four(gfp)' >"$lamp"/three.c
	allocates four 'gfp_t gfp' gfp >"$lamp"/four.c
	atomic 1
	warnings 1
	prints "$lamp/four.c:3:9: warning: kmalloc() with GFP_KERNEL may sleep in enable_signaling() of a fence [fence-atomic]" \
		"called by three() at $lamp/three.c:3" "called by two() at $lamp/hw/two.c:3" "called by one() at $lamp/one.c:3" \
		"called by lamp_enable_signaling() at $lamp/fence.c:3" 'lamp_enable_signaling() is dma_fence_ops.enable_signaling'
	grep warning .out >whole
	atomic 1 "$lamp"/four.c
	grep warning .out >part
	same whole part
	sed -i 's/GFP_KERNEL/GFP_ATOMIC/' "$lamp"/fence.c
	atomic 0
	fence_ops wait 'one(fence, GFP_KERNEL)' >"$lamp"/fence.c
	atomic 0
	fence_ops release 'one(fence, GFP_KERNEL)' >"$lamp"/fence.c
	atomic 0
	atomic 1 --confidence low
}

# Passed on from another file, by a parameter, and by a member.
callbacks_that_are_passed() {
	kernel
	printf 'void lamp_done(struct dma_fence *fence, struct dma_fence_cb *cb)\n{\n\tmutex_lock(&to_lamp(cb)->lock);\n}\n' >"$lamp"/done.c
	passes_on arm 'watch(lamp, lamp_done)' >"$lamp"/arm.c
	printf 'int watch(struct lamp *lamp, dma_fence_func_t func)\n{\n\treturn dma_fence_add_callback(lamp->fence, &lamp->cb, func);\n}\n' \
		>"$lamp"/watch.c
	atomic 1
	warnings 1
	prints "$lamp/done.c:3:2: warning: mutex_lock() sleeps in a callback of a fence [fence-atomic]" \
		'lamp_done() is passed to dma_fence_add_callback()'
	printf 'int watch(struct lamp *lamp, dma_fence_func_t func)\n{\n\treturn other_add(lamp->fence, &lamp->cb, func);\n}\n' \
		>"$lamp"/watch.c
	atomic 0
	passes_on arm 'lamp->wait.cb.func = lamp_done' >>"$lamp"/done.c
	printf 'struct lamp_wait {\n\tstruct dma_fence_cb cb;\n};\nstruct lamp {\n\tstruct lamp_wait wait;\n};\n' >"$lamp"/lamp.h
	atomic 1
	prints 'lamp_done() is dma_fence_cb.func'
	# Members of the same name are others.
	sed -i 's/dma_fence_cb/wait_queue_entry/' "$lamp"/lamp.h "$lamp"/done.c
	printf 'static struct dma_fence_cb spare;\n' >>"$lamp"/done.c
	atomic 0
}

# The fence itself, through files.
own_fences() {
	kernel
	fence_ops enable_signaling 'kick(to_lamp_fence(fence))' >"$lamp"/fence.c
	printf 'void kick(struct lamp_fence *lf)\n{\n\tdma_fence_signal(&lf->base);\n}\n' >"$lamp"/kick.c
	atomic 1
	warnings 1
	prints "$lamp/kick.c:3:2: warning: dma_fence_signal() takes the lock of the fence, which may be held, in enable_signaling() of a fence"
	fence_ops enable_signaling 'kick(to_lamp_fence(fence)->next)' >"$lamp"/fence.c
	atomic 0
}

# A spinlock that a callback takes is taken in another file with interrupts on.
spinlocks_held_elsewhere() {
	kernel
	printf 'struct lamp {\n\tspinlock_t lock;\n\tstruct xarray jobs;\n};\n' >"$lamp"/lamp.h
	printf 'static void lamp_done(struct dma_fence *fence, struct dma_fence_cb *cb)\n{\n\tclean(to_lamp(cb));\n}\n' >"$lamp"/arm.c
	passes_on arm 'dma_fence_add_callback(lamp->fence, &lamp->cb, lamp_done)' >>"$lamp"/arm.c
	passes_on clean 'xa_erase(&lamp->jobs, 1)' >"$lamp"/clean.c
	atomic 0
	passes_on add 'xa_alloc(&lamp->jobs, &lamp->id, lamp, xa_limit_32b, GFP_KERNEL)' >"$lamp"/add.c
	atomic 1
	warnings 1
	prints "$lamp/clean.c:3:2: warning: xa_erase() waits for lamp.jobs in a callback of a fence; add() holds that lock and leaves interrupts on" \
		"called by lamp_done() at $lamp/arm.c:3" "add() calls xa_alloc() at $lamp/add.c:3"
	# Another driver's, with interrupts off, and where that is not known.
	mv "$lamp"/add.c drivers/gpu/drm/mill
	atomic 0
	rm drivers/gpu/drm/mill/add.c
	passes_on add 'xa_alloc_irq(&lamp->jobs, &lamp->id, lamp, xa_limit_32b, GFP_KERNEL)' >"$lamp"/add.c
	atomic 0 --confidence low
	passes_on add 'xa_store(&lamp->jobs, 1, lamp, GFP_ATOMIC)' >"$lamp"/add.c
	atomic 0
	atomic 1 --confidence low
	passes_on other 'xa_erase_irq(&lamp->jobs, 1)' >"$lamp"/other.c
	atomic 0 --confidence low
	passes_on clean 'spin_lock(&lamp->lock)' >"$lamp"/clean.c
	passes_on add 'msleep(1); spin_lock(&lamp->lock); spin_unlock(&lamp->lock)' >"$lamp"/add.c
	atomic 1
	prints 'spin_lock() waits for lamp.lock'
	passes_on add 'msleep(1); spin_lock_irq(&lamp->lock); spin_unlock_irq(&lamp->lock)' >"$lamp"/add.c
	atomic 0 --confidence low
}

rules_by_pattern() {
	kernel
	sched lamp 'kmalloc(1, GFP_KERNEL)' >"$lamp"/sched.c
	bad_code >"$lamp"/bad.c
	run 1 check --rule 'fence-*'
	warnings 1
	run 1 check --rule 'importer-lock*,fence-*'
	warnings 2
	run 2 check --rule 'gate-*'
	says "no rule 'gate-*'"
}

check "--rule takes patterns" rules_by_pattern
check "four calls, through files, with flags that are passed down" four_calls
check "one call further, through what is likely behind a member" five_calls
check "the sure way counts, though a shorter one is not" sure_ways_first
check "a part of a tree gives what the whole does for it" a_part_of_the_tree
check "JSON tells the context, and the way" json
check "one driver does not call another's functions" other_drivers
check "what shared code does is reported where the driver calls it" shared_code
check "a context that begins in shared code is gone down from" roots_in_shared_code
check "what shared code puts behind a member is of low confidence" tables_of_shared_code
check "a macro of a shared header counts for drivers that use it" macros_of_shared_code
check "one place is one finding, with its beginnings" several_roots
check "functions that begin and end a section for their callers" wrappers_of_sections
check "a rule that says nothing of some directories" only_outside_of_gpus
check "a lock that is waited for is held in another file, where memory is allocated" locks_held_elsewhere
check "functions acquire and release such a lock for their callers" locks_held_for_callers
check "a section in which no allocation reclaims is one of what is called there" sections_of_callers
check "callbacks that come of a fence, through files" callbacks_of_fences
check "callbacks that are passed on" callbacks_that_are_passed
check "the fence whose callback it is" own_fences
check "a spinlock that is taken in another file with interrupts on" spinlocks_held_elsewhere
check "--no-contexts goes nowhere" without_contexts
check "thousands of functions that call each other" large_programs
finish
