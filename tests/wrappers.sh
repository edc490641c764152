#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Functions that take, try, assert or drop a lock for their caller are known by their bodies, in any file.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# kernel: makes this directory look like a kernel tree.
kernel() {
	printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n' >Makefile
	: >Kconfig
	mkdir -p drivers/a include
}

# wrapper NAME CALL: a function that does this with the lock of its argument.
wrapper() {
	printf '%svoid %s(struct my_bo *bo)\n{\n\t%s;\n}\n\n' "${3:+$3 }" "$1" "$2"
}

# maps LOCK UNLOCK: maps an attachment between the two; the call is in line 7.
maps() {
	cat <<-END
		int my_map(struct my_bo *bo)
		{
			struct sg_table *sgt;
			int ret = 0;

			$1(bo);
			sgt = dma_buf_map_attachment(bo->attach, DMA_TO_DEVICE);
			if (IS_ERR(sgt))
				ret = PTR_ERR(sgt);
			$2(bo);
			return ret;
		}
	END
}

in_another_file() {
	kernel
	{
		wrapper my_lock 'dma_resv_lock(bo->resv, NULL)'
		wrapper my_unlock 'dma_resv_unlock(bo->resv)'
	} >drivers/a/lock.c
	maps my_lock my_unlock >drivers/a/map.c
	run 0 check -v .
	says 'inferred: my_lock() acquire, parameter 1, drivers/a/lock.c:1' \
		'inferred: my_unlock() release, parameter 1, drivers/a/lock.c:6'
	maps my_unlock my_lock >drivers/a/map.c
	run 1 check .
	prints 'drivers/a/map.c:7:7: warning: dma_buf_map_attachment() without' 'bo released in line 6'
}

through_others() {
	kernel
	{
		wrapper my_lock0 'dma_resv_lock(bo->resv, NULL)'
		wrapper my_unlock0 'dma_resv_unlock(bo->resv)'
	} >drivers/a/0.c
	for level in 1 2 3; do
		{
			wrapper my_lock"$level" "my_lock$((level - 1))(bo)"
			wrapper my_unlock"$level" "my_unlock$((level - 1))(bo)"
		} >drivers/a/"$level".c
	done
	maps my_lock3 my_unlock3 >drivers/a/map.c
	run 0 check -v .
	says 'inferred: my_lock3() acquire'
}

in_a_header() {
	kernel
	{
		wrapper my_lock 'dma_resv_lock(bo->resv, NULL)' 'static inline'
		wrapper my_unlock 'dma_resv_unlock(bo->resv)' 'static inline'
	} >include/my_bo.h
	maps my_lock my_unlock >drivers/a/map.c
	run 0 check .
	run 0 check drivers/a
	rm include/my_bo.h
	run 1 check .
}

static_ones_are_their_files() {
	kernel
	wrapper my_lock 'dma_resv_lock(bo->resv, NULL)' static >drivers/a/lock.c
	wrapper my_lock 'mutex_lock(&bo->mutex)' >drivers/a/other.c
	maps my_lock my_done >drivers/a/map.c
	run 1 check .
	prints 'no lock taken between entry and this call'
}

only_on_success() {
	kernel
	cat >drivers/a/lock.c <<-'END'
		int my_lock(struct my_bo *bo)
		{
			int ret = dma_resv_lock_interruptible(bo->resv, NULL);

			if (ret)
				return ret;
			if (!bo->pages) {
				dma_resv_unlock(bo->resv);
				return -EINVAL;
			}
			return 0;
		}
	END
	cat >drivers/a/map.c <<-'END'
		int my_map(struct my_bo *bo)
		{
			int ret = my_lock(bo);

			if (ret) {
				dma_buf_unmap_attachment(bo->attach, bo->sgt, DMA_TO_DEVICE);
				return ret;
			}
			bo->sgt = dma_buf_map_attachment(bo->attach, DMA_TO_DEVICE);
			dma_resv_unlock(bo->resv);
			return 0;
		}
	END
	run 1 check .
	warnings 1
	prints 'map.c:6:1: warning: dma_buf_unmap_attachment()' 'bo not taken: the attempt in line 3 failed'
}

true_on_success() {
	kernel
	cat >drivers/a/lock.c <<-'END'
		bool my_trylock(struct my_bo *bo)
		{
			if (!dma_resv_trylock(bo->resv))
				return false;
			bo->users++;
			return true;
		}
	END
	cat >drivers/a/map.c <<-'END'
		int my_map(struct my_bo *bo)
		{
			if (!my_trylock(bo)) {
				dma_buf_unmap_attachment(bo->attach, bo->sgt, DMA_TO_DEVICE);
				return -EBUSY;
			}
			bo->sgt = dma_buf_map_attachment(bo->attach, DMA_TO_DEVICE);
			dma_resv_unlock(bo->resv);
			return 0;
		}
	END
	run 1 check -v .
	warnings 1
	prints 'map.c:4:1: warning: dma_buf_unmap_attachment()'
	says 'inferred: my_trylock() try, parameter 1'
}

# Lock and release under one condition, a lock that somebody else drops, a lock in one branch.
not_wrappers() {
	kernel
	cat >drivers/a/lock.c <<-'END'
		void my_sync(struct my_bo *bo, bool locked)
		{
			if (!locked)
				dma_resv_lock(bo->resv, NULL);
			my_flush(bo);
			if (!locked)
				dma_resv_unlock(bo->resv);
		}

		int my_pull(struct my_bo *bo)
		{
			int ret = dma_resv_lock_interruptible(bo->resv, NULL);

			if (ret)
				goto out;
			ret = my_flush(bo);
			dma_resv_unlock(bo->resv);
		out:
			return ret;
		}
	END
	for name in my_sync my_pull; do
		maps "$name" my_done >drivers/a/map.c
		run 1 check .
		prints 'map.c:7:7: warning: dma_buf_map_attachment()' 'no lock taken between entry'
	done
}

second_argument() {
	kernel
	cat >drivers/a/lock.c <<-'END'
		void my_lock(struct my_device *my, struct my_bo *bo)
		{
			dma_resv_lock(bo->resv, NULL);
		}
	END
	cat >drivers/a/map.c <<-'END'
		int my_map(struct my_device *my, struct my_bo *bo)
		{
			my_lock(my, bo);
			dma_buf_end_cpu_access(bo->dmabuf, DMA_TO_DEVICE);
			dma_resv_unlock(bo->resv);
			return 0;
		}
	END
	run 1 check .
	prints 'dma_buf_end_cpu_access() with the reservation lock held' 'bo taken in line 3'
}

tables_can_be_left_out() {
	kernel
	{
		printf 'static inline int ttm_bo_reserve(struct ttm_buffer_object *bo, bool a, bool b, struct ww_acquire_ctx *ctx)\n'
		printf '{\n\treturn dma_resv_lock(bo->base.resv, ctx);\n}\n\n'
		printf 'static inline void ttm_bo_unreserve(struct ttm_buffer_object *bo)\n{\n\tdma_resv_unlock(bo->base.resv);\n}\n'
	} >include/ttm_bo.h
	cat >drivers/a/map.c <<-'END'
		void my_put(struct my_bo *bo)
		{
			ttm_bo_reserve(&bo->tbo, false, false, NULL);
			dma_buf_put(bo->tbo.dmabuf);
			ttm_bo_unreserve(&bo->tbo);
		}
	END
	run 1 check --no-known-wrappers .
	prints 'map.c:4:1: warning: dma_buf_put() with the reservation lock held'
	rm include/ttm_bo.h
	run 0 check --no-known-wrappers .
	run 1 check .
}

a_macro() {
	kernel
	cat >include/my_bo.h <<-'END'
		#define my_lock(bo) dma_resv_lock((bo)->resv, NULL)
		#define my_unlock(bo) \
			dma_resv_unlock((bo)->resv)
	END
	maps my_lock my_unlock >drivers/a/map.c
	run 0 check -v .
	says "inferred: my_lock() acquire, parameter 1, include/my_bo.h:1"
	rm include/my_bo.h
	run 1 check .
}

check "a wrapper in another file is known" in_another_file
check "through other wrappers, too" through_others
check "and in a header, also one outside of the PATH" in_a_header
check "a macro is a wrapper, too" a_macro
check "a static wrapper is one of its file alone" static_ones_are_their_files
check "a wrapper that locks only on success" only_on_success
check "a wrapper that tells success by true" true_on_success
check "what locks and drops again is no wrapper" not_wrappers
check "the lock may be that of any argument" second_argument
check "the table of known wrappers can be left out" tables_can_be_left_out
finish
