#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Sources of a driver that are looked at together: a queue, a timeout, a table or work that one makes and another uses.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

lamp=drivers/gpu/drm/lamp
mill=drivers/gpu/drm/mill

# kernel: makes this directory look like a kernel tree, with two drivers.
kernel() {
	make_kernel "$lamp" "$mill"
}

# header: the structures of the driver.
header() {
	cat <<-'END'
		#define LAMP_TIMEOUT LONG_MAX
		#define LAMP_TIMEOUT_MS 500
		#define LAMP_WQ_FLAGS WQ_UNBOUND

		struct lamp_device {
			struct drm_device drm;
			long timeout;
			struct {
				struct workqueue_struct *wq;
				struct work_struct work;
			} reset;
			struct lamp_bank *bank;
		};

		struct lamp_bank {
			struct workqueue_struct *wq;
		};

		struct lamp_queue {
			struct lamp_device *ldev;
			struct drm_gpu_scheduler sched;
		};

		struct lamp_job {
			struct drm_sched_job base;
			struct lamp_device *ldev;
			struct work_struct done_work;
			struct dma_fence *fence;
		};
	END
}

# makes QUEUE [FLAGS]: a function that makes a queue in line 3.
makes() {
	defines 'int lamp_device_init(struct lamp_device *ldev)' "$1 = alloc_ordered_workqueue(\"lamp\", ${2:-0})" "return $1 ? 0 : -ENOMEM"
}

# schedules WQ [MEMBER]: a function that gives an expression to a scheduler, by drm_sched_init() in line 8.
schedules() {
	cat <<-END
		static int lamp_queue_init(struct lamp_queue *queue)
		{
			struct lamp_device *ldev = queue->ldev;
			struct drm_sched_init_args args = {
				.ops = &lamp_sched_ops,
				.${2:-timeout_wq} = $1,
			};
			return drm_sched_init(&queue->sched, &args);
		}
	END
}

# calls NAME CALL [static]: a function that makes a call in line 3.
calls() {
	defines "${3:+$3 }void $1(struct lamp_job *job)" "$2"
}

# worker CALL: a function of work that makes a call in line 4.
worker() {
	defines 'void lamp_done(struct work_struct *work)' \
		'struct lamp_job *job = container_of(work, struct lamp_job, done_work)' "$1"
}

rules=fence-workqueue,fence-timeout

made_elsewhere() {
	kernel
	header >"$lamp"/lamp.h
	makes ldev-\>reset.wq >"$lamp"/device.c
	schedules queue-\>ldev-\>reset.wq >"$lamp"/sched.c
	checked 1
	warnings 1
	prints "$lamp/device.c:3:19: warning: alloc_ordered_workqueue() without WQ_MEM_RECLAIM, for work that fences need [fence-workqueue]" \
		'    in lamp_device_init(): it is the timeout_wq of a scheduler' \
		"    lamp_queue_init() calls drm_sched_init() at $lamp/sched.c:8"
	makes ldev-\>reset.wq LAMP_WQ_FLAGS >"$lamp"/device.c
	checked 1
	makes ldev-\>reset.wq 'LAMP_WQ_FLAGS | WQ_MEM_RECLAIM' >"$lamp"/device.c
	checked 0
	makes ldev-\>other.wq >"$lamp"/device.c
	checked 0
}

# Only the header tells that a member of one structure is one of another.
through_structures() {
	kernel
	header >"$lamp"/lamp.h
	printf 'int lamp_bank_init(struct lamp_bank *bank)\n{\n\tbank->wq = alloc_workqueue("bank", 0, 1);\n\treturn 0;\n}\n' >"$lamp"/bank.c
	schedules ldev-\>bank-\>wq submit_wq >"$lamp"/sched.c
	checked 1
	warnings 1
	prints "$lamp/bank.c:3:13: warning: alloc_workqueue() without WQ_MEM_RECLAIM"
}

# What stands between: a copy in another member, what a function returns, and a parameter.
by_other_ways() {
	kernel
	header >"$lamp"/lamp.h
	printf 'struct workqueue_struct *lamp_make(void)\n{\n\treturn alloc_workqueue("lamp", WQ_HIGHPRI, 0);\n}\n' >"$lamp"/make.c
	schedules 'lamp_make()' submit_wq >"$lamp"/sched.c
	checked 1
	warnings 1
	prints "$lamp/make.c:3:9: warning: alloc_workqueue() without"
	printf 'int lamp_copy(struct lamp_device *ldev)\n{\n\tldev->reset.wq = lamp_make();\n\treturn 0;\n}\n' >"$lamp"/copy.c
	schedules ldev-\>reset.wq submit_wq >"$lamp"/sched.c
	checked 1
	prints "$lamp/make.c:3:9: warning: alloc_workqueue() without"
	cat >"$lamp"/sched.c <<-'END'
		int lamp_sched_init(struct lamp_queue *queue, struct workqueue_struct *wq)
		{
			struct drm_sched_init_args args = { .ops = &lamp_sched_ops, .submit_wq = wq };

			return drm_sched_init(&queue->sched, &args);
		}
	END
	rm "$lamp"/copy.c "$lamp"/make.c
	cat >"$lamp"/queue.c <<-'END'
		int lamp_queue_init(struct lamp_queue *queue)
		{
			struct workqueue_struct *wq = alloc_workqueue("queue", 0, 0);

			return lamp_sched_init(queue, wq);
		}
	END
	checked 1
	prints "$lamp/queue.c:3:31: warning: alloc_workqueue() without WQ_MEM_RECLAIM" \
		"lamp_sched_init() calls drm_sched_init() at $lamp/sched.c:5"
}

# CALLS functions between that of the work and dma_fence_signal(), each in a source of its own.
chain() {
	kernel
	header >"$lamp"/lamp.h
	makes ldev-\>reset.wq >"$lamp"/device.c
	calls lamp_job_init 'INIT_WORK(&job->done_work, lamp_done)' >"$lamp"/job.c
	calls lamp_irq 'queue_work(job->ldev->reset.wq, &job->done_work)' >"$lamp"/irq.c
	next='dma_fence_signal(job->fence)' number=$1
	while [ "$number" -gt 0 ]; do
		calls "lamp_$number" "$next" >"$lamp/$number.c"
		next="lamp_$number(job)" number=$((number - 1))
	done
	worker "$next" >"$lamp"/worker.c
}

signalled_elsewhere() {
	chain "$1"
	checked 1
	warnings 1
	prints "$lamp/device.c:3:19: warning: alloc_ordered_workqueue() without WQ_MEM_RECLAIM" \
		'    in lamp_device_init(): lamp_done(), which queue_work() queues, signals a fence' \
		"    lamp_irq() calls queue_work() at $lamp/irq.c:3" "calls dma_fence_signal() at"
	sed -i 's/"lamp", 0/"lamp", WQ_MEM_RECLAIM/' "$lamp"/device.c
	checked 0
	chain "$1"
	sed -i 's/dma_fence_signal(/dma_fence_put(/' "$lamp"/*.c
	checked 0
}

# Functions of other sources, and macros of headers, that queue what they are given.
queued_elsewhere() {
	chain 1
	calls lamp_irq 'lamp_queue(job->ldev->reset.wq, &job->done_work)' >"$lamp"/irq.c
	printf 'void lamp_queue(struct workqueue_struct *wq, struct work_struct *work)\n{\n\tqueue_work(wq, work);\n}\n' >"$lamp"/queue.c
	checked 1
	warnings 1
	prints "$lamp/device.c:3:19: warning: alloc_ordered_workqueue() without" "lamp_queue() calls queue_work() at $lamp/queue.c:3"
	rm "$lamp"/queue.c
	checked 0
	printf '#define lamp_queue(wq, work) queue_work(wq, work)\n' >>"$lamp"/lamp.h
	checked 1
	warnings 1
	prints "lamp_irq() calls queue_work() at $lamp/irq.c:3"
}

# What nine functions call is nothing that work is for.
called_by_many() {
	chain 2
	for number in 1 2 3 4 5 6 7 8 9; do
		calls "lamp_other_$number" 'lamp_2(job)' >>"$lamp"/others.c
	done
	checked 0
}

system_queues() {
	chain 1
	sed -i 's/job->ldev->reset.wq/system_wq/' "$lamp"/irq.c
	checked 0
	checked 1 --confidence low
	prints "$lamp/irq.c:3:2: warning: queue_work() of work that signals a fence, on a queue of the system's"
}

# What drivers share signals for them; no driver is told of another's.
shared_code() {
	chain 1
	sed -i 's/lamp_1/drm_lamp_done/' "$lamp"/*.c
	mv "$lamp"/1.c drivers/gpu/drm/drm_lamp.c
	checked 1
	warnings 1
	prints "drm_lamp_done() calls dma_fence_signal() at drivers/gpu/drm/drm_lamp.c:3"
	checked 1 "$lamp"
	warnings 1
	mv "$lamp"/device.c "$mill"
	checked 0
}

# Structures of sources themselves are no others' by the same name.
own_structures() {
	kernel
	{
		printf 'struct lamp_device {\n\tstruct workqueue_struct *wq;\n};\n'
		makes ldev-\>wq
	} >"$lamp"/device.c
	{
		printf 'struct lamp_device {\n\tstruct workqueue_struct *wq;\n};\nstruct lamp_queue {\n\tstruct lamp_device *ldev;\n};\n'
		schedules queue-\>ldev-\>wq
	} >"$lamp"/sched.c
	checked 0
	printf 'static struct workqueue_struct *lamp_wq;\n' >"$lamp"/device.c
	makes lamp_wq >>"$lamp"/device.c
	printf 'static struct workqueue_struct *lamp_wq;\n' >"$lamp"/sched.c
	schedules lamp_wq >>"$lamp"/sched.c
	checked 0
	sed -i 's/^static struct work/struct work/' "$lamp"/device.c
	sed -i 's/^static struct work/extern struct work/' "$lamp"/sched.c
	checked 1
}

timeouts() {
	kernel
	header >"$lamp"/lamp.h
	cat >"$lamp"/ops.c <<-'END'
		static struct dma_fence *lamp_run_job(struct drm_sched_job *job)
		{
			return lamp_submit(job);
		}

		const struct drm_sched_backend_ops lamp_sched_ops = {
			.run_job = lamp_run_job,
		};
	END
	schedules LAMP_TIMEOUT timeout >"$lamp"/sched.c
	cat >"$lamp"/submit.c <<-'END'
		struct dma_fence *lamp_submit(struct drm_sched_job *job)
		{
			writel(1, to_lamp(job)->doorbell);
			return dma_fence_get(to_lamp(job)->fence);
		}
	END
	checked 1
	warnings 1
	prints "$lamp/sched.c:8:8: warning: drm_sched_init() sets up a scheduler that never times out [fence-timeout]" \
		'the timeout of the scheduler with lamp_sched_ops is infinite'
	sed -i 's/writel/mod_timer(\&to_lamp(job)->hangcheck, jiffies + HZ);\n\twritel/' "$lamp"/submit.c
	checked 0 --confidence low
	sed -i '/mod_timer/d; s/return .*/return NULL;/' "$lamp"/submit.c
	checked 0 --confidence low
	schedules 'msecs_to_jiffies(LAMP_TIMEOUT_MS)' timeout >"$lamp"/sched.c
	sed -i 's/return NULL/return to_lamp(job)->fence/' "$lamp"/submit.c
	checked 1
	prints "$lamp/sched.c:8:8: warning: drm_sched_init() sets up a scheduler that times out, and has no timedout_job"
	sed -i 's/\.run_job/.timedout_job = lamp_timedout_job,\n\t&/' "$lamp"/ops.c
	checked 0
}

# A member that another source sets.
timeout_in_a_member() {
	kernel
	header >"$lamp"/lamp.h
	cat >"$lamp"/sched.c <<-'END'
		static struct dma_fence *lamp_run_job(struct drm_sched_job *job)
		{
			return to_lamp(job)->fence;
		}

		static const struct drm_sched_backend_ops lamp_sched_ops = {
			.run_job = lamp_run_job,
		};
	END
	schedules ldev-\>timeout timeout >>"$lamp"/sched.c
	makes ldev-\>timeout >"$lamp"/device.c
	checked 0
	sed -i 's/= alloc.*/= MAX_SCHEDULE_TIMEOUT;/' "$lamp"/device.c
	checked 1
	warnings 1
	prints 'drm_sched_init() sets up a scheduler that never times out'
	sed -i 's/= MAX_SCHEDULE_TIMEOUT/= msecs_to_jiffies(500)/' "$lamp"/device.c
	checked 1
	prints 'has no timedout_job'
	printf 'void lamp_tune(struct lamp_device *ldev)\n{\n\tlamp_read(&ldev->timeout);\n}\n' >"$lamp"/tune.c
	checked 0
}

a_part_of_the_tree() {
	chain 2
	checked 1
	grep warning .out >whole
	for path in "$lamp" "$lamp"/device.c; do
		checked 1 "$path"
		grep warning .out >part
		same whole part
	done
	checked 0 "$lamp"/irq.c
	checked 0 --no-contexts
	header >"$lamp"/lamp.h
	makes ldev-\>reset.wq >"$lamp"/device.c
	schedules queue-\>ldev-\>reset.wq >"$lamp"/sched.c
	checked 1 "$lamp"/device.c
	warnings 1
}

outside_of_a_kernel() {
	chain 4
	mv "$lamp" lamp
	rm -r drivers Makefile Kconfig
	checked 1 lamp
	warnings 1
	prints 'lamp/device.c:3:19: warning: alloc_ordered_workqueue() without WQ_MEM_RECLAIM'
}

fixed() {
	chain 1
	run 0 fix --rule fence-workqueue
	grep -q '^+.*ldev->reset.wq = alloc_ordered_workqueue("lamp", WQ_MEM_RECLAIM);' .out || fail "no fix"
	chain 1
	worker 'flush_work(&job->other_work), lamp_1(job)' >"$lamp"/worker.c
	run 1 fix --rule fence-workqueue
}

json() {
	chain 1
	checked 1 --format json
	tr -d ' \n' <.out >line
	for text in '"file":"drivers/gpu/drm/lamp/irq.c","line":3,"function":"lamp_irq","call":"queue_work","way":null' \
		'"function":"lamp_1","call":"dma_fence_signal"'; do
		grep -qF "$text" line || fail "no $text"
	done
	cp .out first
	checked 1 --format json --jobs 3
	same first .out
}

# What cannot be analysed with others stands as it is by itself.
not_parsed() {
	chain 2
	printf 'void lamp_odd(struct lamp_job *job)\n{\n\tif (lamp_1(job)) ) (;\n}\n' >"$lamp"/odd.c
	checked 1
	warnings 1
}

check "a queue that another source makes" made_elsewhere
check "a queue in another structure, by the header" through_structures
check "a queue that a function returns, a member has a copy of, or a parameter is" by_other_ways
for calls in 0 1 4; do
	check "work whose fence is signalled $calls calls down, through files" signalled_elsewhere "$calls"
done
check "work that functions of other sources queue" queued_elsewhere
check "what many call is no part of what work is for" called_by_many
check "queues of the system" system_queues
check "what drivers share signals the fence" shared_code
check "structures and variables of one source" own_structures
check "timeouts, tables and callbacks in other sources" timeouts
check "a timeout in a member that another source sets" timeout_in_a_member
check "a part of a tree gives what the whole does for it" a_part_of_the_tree
check "outside of a kernel" outside_of_a_kernel
check "a fix of a queue that another source uses" fixed
check "JSON tells the calls in other sources, and is the same each time" json
check "functions that do not parse" not_parsed
finish
