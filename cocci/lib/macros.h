/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros without which spatch loses the function around them, for --macro-file. Each becomes
 * something with the same control flow that spatch can parse.
 *
 * The body of drm_exec_until_all_locked() runs until all locks are held, so leaving the loop means that
 * they are: the loop's head is made an acquire of its own (resv.iso knows the name).
 */
#define drm_exec_until_all_locked(exec) while (resvlint_drm_exec_locked(exec))
#define with_intel_runtime_pm(rpm, wf) for ((wf) = intel_runtime_pm_get(rpm); (wf); (wf) = 0)
#define with_intel_runtime_pm_if_in_use(rpm, wf) if (intel_runtime_pm_get_if_in_use(rpm))
#define with_intel_runtime_pm_if_active(rpm, wf) if (intel_runtime_pm_get_if_active(rpm))
#define scoped_guard(...) if (1)
#define scoped_cond_guard(...) if (1)
#define __free(destroy)
