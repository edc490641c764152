/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros without which spatch loses the function around them, for --macro-file.
 */
#define __free(destroy)

/* Attributes of functions that spatch 1.3 does not take for some. */
#define I915_SELFTEST_EXPORT
#define STATIC_IFN_KUNIT
#define VISIBLE_IF_KUNIT

/* A block of its own kind, at the end of which all its locks are released. */
#define xe_validation_guard(ctx, val, exec, flags, err) for_i915_gem_ww(ctx, err, true)

/* Macros that stand before a block. */
#define drm_exec_until_all_locked YACFE_ITERATOR
#define for_i915_gem_ww YACFE_ITERATOR
#define scoped_guard YACFE_ITERATOR
#define scoped_cond_guard YACFE_ITERATOR
#define with_intel_runtime_pm YACFE_ITERATOR
#define with_intel_runtime_pm_if_in_use YACFE_ITERATOR
#define with_intel_runtime_pm_if_active YACFE_ITERATOR
