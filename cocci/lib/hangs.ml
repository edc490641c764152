(* SPDX-License-Identifier: GPL-2.0-only *)
open Syntax

(* Functions of the kernel's own that start no timer of a driver's: by their names, and by how these begin. *)
let harmless = [
	"read_lock"; "read_unlock"; "write_lock"; "write_unlock"; "up"; "down"; "complete"; "complete_all"; "printk"; "kfree"; "kvfree"; "kmalloc";
	"kzalloc"; "kcalloc"; "kvmalloc"; "kvzalloc"; "kmemdup"; "memcpy"; "memset"; "memmove"; "memcpy_toio"; "memcpy_fromio"; "memset_io"; "udelay"; "ndelay";
	"mdelay"; "msleep"; "usleep_range"; "fsleep"; "schedule"; "cond_resched"; "cpu_relax"; "mb"; "wmb"; "rmb"; "dma_wmb"; "dma_rmb"; "dma_mb"; "barrier";
	"set_bit"; "clear_bit"; "test_bit"; "__set_bit"; "__clear_bit"; "assign_bit"; "change_bit"; "lower_32_bits"; "upper_32_bits"; "min"; "max"; "min_t"; "max_t";
	"clamp"; "clamp_t"; "from_timer"; "timer_container_of"; "round_up"; "round_down"; "roundup"; "rounddown"; "swap"; "likely"; "unlikely"; "container_of"; "sizeof"; "offsetof"; "typeof";
	"struct_size"; "array_size"; "ktime_get"; "ktime_get_ns"; "ktime_sub"; "ktime_add"; "ktime_to_ns"; "get_jiffies_64"; "msecs_to_jiffies"; "usecs_to_jiffies";
	"jiffies_to_msecs"; "time_after"; "time_before"; "del_timer"; "timer_delete"; "writeb"; "writew"; "writel"; "writeq";
	"writel_relaxed"; "writeq_relaxed"; "readb"; "readw"; "readl"; "readq"; "readl_relaxed"; "readq_relaxed"; "iowrite8"; "iowrite16"; "iowrite32"; "iowrite64";
	"ioread8"; "ioread16"; "ioread32"; "ioread64"; "cpu_to_le16"; "cpu_to_le32"; "cpu_to_le64"; "le16_to_cpu"; "le32_to_cpu"; "le64_to_cpu"; "cpu_to_be32"; "be32_to_cpu" ]
let harmless_beginnings = [
	"dma_fence_"; "dma_resv_"; "drm_sched_"; "drm_gem_"; "drm_syncobj_"; "drm_dbg"; "drm_err"; "drm_info"; "drm_warn"; "drm_WARN"; "mutex_"; "spin_"; "raw_spin_";
	"atomic_"; "atomic64_"; "refcount_"; "kref_"; "list_"; "hlist_"; "llist_"; "xa_"; "idr_"; "ida_"; "rcu_"; "srcu_"; "pm_runtime_"; "trace_"; "dev_"; "pr_"; "lockdep_";
	"might_sleep"; "might_fault"; "wait_event"; "wake_up"; "wait_for_completion"; "init_completion"; "reinit_completion"; "kmem_cache_"; "smp_"; "test_and_";
	"find_first_"; "find_next_"; "local_irq_"; "down_read"; "down_write"; "up_read"; "up_write"; "dma_sync_"; "regmap_" ]
let is_harmless name =
	Names.is_capital name || List.mem name harmless || List.exists (fun start -> Names.begins_with start name) harmless_beginnings
let is_conversion call =
	let name = callee call in
	(Names.begins_with "to_" name || Names.contains "_to_" name) && List.length (arguments_of call) = 1

(* What hands a job to another thread, which may do all of it. *)
let handers = [
	"queue_work"; "queue_work_on"; "queue_work_node"; "schedule_work"; "schedule_work_on"; "queue_rcu_work"; "kthread_queue_work";
	"irq_work_queue"; "wake_up_process"; "tasklet_schedule" ]

(* Functions by which a driver recovers from a hang: a handler that comes to none, nor to anything that is not known, is for something else. *)
let recoveries = [
	"dma_fence_set_error"; "drm_sched_fault"; "drm_sched_tdr_queue_imm"; "drm_sched_stop"; "drm_sched_start"; "drm_sched_resubmit_jobs";
	"drm_sched_increase_karma"; "drm_sched_wqueue_stop"; "drm_sched_wqueue_start" ]
let reports_hang = [ "drm_sched_fault"; "drm_sched_tdr_queue_imm" ]
let is_write name = List.exists (fun start -> Names.begins_with start name) [ "write"; "iowrite"; "regmap_" ]

let is_foreign (f : func) call =
	let name = callee call in
	Program.find f.source name = None && not (is_harmless name || is_conversion call)

(* Can a handler recover from a hang, itself or by work that it queues? *)
let may_recover works (handler : func) =
	let rec look seen = function
		| [] -> false
		| f :: rest when List.exists (Values.is_same f) seen -> look seen rest
		| f :: rest ->
			let calls = Values.calls_in f in
			Program.look_into f;
			let recovers call =
				let name = callee call in
				Fences.is_signal name || List.mem name recoveries || is_write name || Names.is_capital name
				|| is_foreign f call && Works.queued call = None && Works.started call = None && Works.handed call = None in
			let queued = List.filter_map (fun call -> match Works.queued call with
				| Some (_, work) -> Some work
				| None -> Works.handed call) calls in
			let run = List.map (fun work -> Works.bound works (Values.origins_in f work)) queued in
			if List.exists recovers calls || List.mem [] run then true
			else
				let called = List.filter_map (fun call -> Program.find f.source (callee call)) calls in
				look (f :: seen) (List.concat [ called; List.map (fun b -> b.Works.runs) (List.concat run); rest ]) in
	look [] [ handler ]

type detection = Found | Perhaps of func * expr * string | None_found
let detection sources functions =
	let timers = Works.timers () and works = List.append (Works.bindings ()) (Works.of_threads ()) in
	let calls_of f = List.map (fun call -> (f, call)) (Values.calls_in f) in
	let calls = List.concat_map calls_of functions in
	let is_start (f, call) =
		List.mem (callee call) reports_hang
		|| match Works.started call with
		   | Some timer ->
			let bound = Works.bound timers (Values.origins_in f timer) in
			bound = [] || List.exists (fun b -> may_recover works b.Works.runs) bound
		   | None -> false in
	let is_handed (_, call) = List.mem (callee call) handers in
	let is_unknown (f, call) = is_foreign f call && Works.started call = None in
	if List.exists is_start calls then Found
	else begin
		List.iter (fun (f, call) -> if is_unknown (f, call) then Program.want [ "defines"; callee call ]) calls;
		match List.find_opt is_handed calls, List.find_opt is_unknown calls with
		| Some (f, call), _ -> Perhaps (f, call, "may have the job done by a thread")
		| None, Some (f, call) -> Perhaps (f, call, "may start a timer")
		| None, None ->
			let is_here (f : func) = List.mem f.source sources in
			match List.find_opt is_start (List.concat_map calls_of (List.filter is_here (Program.functions ()))) with
			| Some (f, call) -> Perhaps (f, call, "may be for that")
			| None -> None_found
	end
