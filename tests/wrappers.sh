#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Functions that take, try, assert or drop a lock for their caller are known by their bodies, in any file.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# kernel: makes this directory look like a kernel tree.
kernel() {
	make_kernel drivers/a include
}

# wrapper NAME CALL: a function that does this with the lock of its argument.
wrapper() {
	defines "${3:+$3 }void $1(struct my_bo *bo)" "$2"
	echo
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

# A flag is passed on from file to file.
by_values() {
	kernel
	mkdir -p drivers/b
	cat >drivers/b/sync.c <<-'END'
		int my_sync(struct drm_gem_object *obj, unsigned int flags)
		{
			if (flags & MY_UNLOCKED)
				dma_resv_lock(obj->resv, NULL);
			my_flush(obj);
			if (flags & MY_UNLOCKED)
				dma_resv_unlock(obj->resv);
			return 0;
		}
	END
	cat >drivers/b/prepare.c <<-'END'
		int my_prepare(struct my *my, struct my_bo *bo, unsigned int flags)
		{
			return my_sync(&bo->base, flags);
		}
	END
	cat >drivers/a/hold.c <<-'END'
		void my_hold(struct my_bo *bo)
		{
			dma_resv_lock(bo->base.resv, NULL);
			my_prepare(bo->my, bo, 0);
			my_prepare(bo->my, bo, MY_NOWAIT);
			my_prepare(bo->my, bo, bo->flags);
			my_prepare(bo->my, bo, MY_NOWAIT | MY_UNLOCKED);
			dma_resv_unlock(bo->base.resv);
			my_prepare(bo->my, bo, MY_UNLOCKED);
		}
	END
	run 1 check --confidence low .
	warnings 1
	prints 'drivers/a/hold.c:7:1: warning: my_prepare() takes a reservation lock that is held already' \
		'my_prepare() calls my_sync() at drivers/b/prepare.c:3'
}

# And a pointer that says whether there is a transaction, as does what is released and taken.
by_null() {
	kernel
	mkdir -p drivers/b
	cat >drivers/b/lock.c <<-'END'
		int my_get(struct my_bo *bo, struct my_job *job)
		{
			if (!job)
				dma_resv_lock(bo->base.resv, NULL);
			my_ref(bo);
			return 0;
		}

		void my_put(struct my_bo *bo, struct my_job *job)
		{
			my_unref(bo);
			if (!job)
				dma_resv_unlock(bo->base.resv);
		}

		void my_check(struct my_bo *bo, bool locked)
		{
			if (locked)
				dma_resv_assert_held(bo->base.resv);
			my_look(bo);
		}
	END
	cat >drivers/a/use.c <<-'END'
		int my_use(struct my_bo *bo)
		{
			my_get(bo, NULL);
			my_check(bo, true);
			if (bo->bad)
				return -EINVAL;
			my_put(bo, NULL);
			my_check(bo, false);
			my_check(bo, true);
			return 0;
		}

		int my_use_in_job(struct my_bo *bo)
		{
			my_get(bo, &bo->job);
			if (bo->bad)
				return -EINVAL;
			my_put(bo, &bo->job);
			return 0;
		}
	END
	run 1 check --confidence low .
	warnings 2
	prints 'drivers/a/use.c:6:1: warning: return -EINVAL with the reservation lock held' \
		'drivers/a/use.c:9:1: warning: my_check() without the reservation lock'
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

# What a header says of functions counts in all files: where they are defined, and where they are called.
says_a_header() {
	kernel
	cat >include/my_bo.h <<-'END'
		int my_pin(struct my_bo *bo) __must_hold(&bo->base.resv->lock);
		int my_lock(struct my_bo *bo) __cond_acquires(0, &bo->base.resv->lock);
		void my_unlock(struct my_bo *bo) __releases(&bo->base.resv->lock);
		int my_drain(struct my_bo *bo) __must_not_hold(&bo->base.resv->lock);
		int my_other(struct my_bo *bo) __must_hold(&bo->mutex);
	END
	cat >drivers/a/bo.c <<-'END'
		#include <my_bo.h>

		int my_pin(struct my_bo *buffer)
		{
			return dma_buf_pin(buffer->base.import_attach);
		}

		int my_lock(struct my_bo *bo)
		{
			return my_firmware(bo, LOCK);
		}

		void my_unlock(struct my_bo *bo)
		{
			my_firmware(bo, UNLOCK);
		}
	END
	cat >drivers/a/use.c <<-'END'
		int my_use(struct my_bo *bo)
		{
			int ret = my_lock(bo);

			if (ret)
				return ret;
			ret = my_pin(bo);
			my_drain(bo);
			my_other(bo);
			my_unlock(bo);
			return ret ? ret : my_pin(bo);
		}

		int my_leak(struct my_bo *bo)
		{
			int ret = my_lock(bo);

			if (ret)
				return ret;
			ret = my_pin(bo);
			if (ret)
				return ret;
			my_unlock(bo);
			return 0;
		}
	END
	run 1 check -v .
	says 'inferred: my_pin() says-must-hold, parameter 1, include/my_bo.h:1' \
		'inferred: my_lock() says-acquire, parameter 1, include/my_bo.h:2'
	prints 'my_pin() is declared __must_hold()' 'drivers/a/use.c:8:1: warning: my_drain() with the reservation lock held' \
		'drivers/a/use.c:11:20: warning: my_pin() without the reservation lock' \
		'drivers/a/use.c:22:1: warning: return ret with the reservation lock held'
	warnings 3
	run 1 check drivers/a/use.c
	warnings 3
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

# What a PATH needs to know of the rest of the tree, also two directories on.
outside_of_the_path() {
	kernel
	mkdir -p drivers/b drivers/c
	{
		wrapper my_lock 'my_bo_lock(bo)'
		wrapper my_unlock 'my_bo_unlock(bo)'
		wrapper my_assert 'dma_resv_assert_held(bo->resv)'
	} >drivers/b/lock.c
	{
		wrapper my_bo_lock 'dma_resv_lock(bo->resv, NULL)'
		wrapper my_bo_unlock 'dma_resv_unlock(bo->resv)'
		wrapper not_named 'dma_resv_lock(bo->resv, NULL)'
	} >drivers/c/bo.c
	wrapper far_lock 'dma_resv_lock(bo->resv, NULL)' >drivers/c/far.c
	maps my_lock my_unlock >drivers/a/map.c
	for path in . drivers/a drivers/a/map.c; do
		run 0 check -v "$path"
		says 'inferred: my_lock() acquire' 'inferred: my_bo_lock() acquire'
		case $path in
		.) says 'inferred: far_lock()' ;;
		*) says_not 'inferred: far_lock()' ;;
		esac
	done
	maps my_unlock my_lock >drivers/a/map.c
	run 1 check drivers/a
	prints 'drivers/a/map.c:7:7: warning: dma_buf_map_attachment() without' 'bo released in line 6'
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

# deep: a callback that is entered with the lock held, and what takes it, two files further down.
deep() {
	kernel
	mkdir -p drivers/b
	cat >drivers/a/ops.c <<-'END'
		static int my_pin(struct dma_buf_attachment *attach)
		{
			struct my_bo *bo = attach->dmabuf->priv;

			return my_prepare(bo->my, &bo->base);
		}

		static const struct dma_buf_ops my_ops = { .pin = my_pin };
	END
	cat >drivers/b/prepare.c <<-'END'
		int my_prepare(struct my_device *my, struct drm_gem_object *obj)
		{
			return my_sync(to_my_bo(obj));
		}
	END
	cat >drivers/b/sync.c <<-'END'
		int my_sync(struct my_bo *bo)
		{
			int ret = dma_resv_lock_interruptible(bo->base.resv, NULL);

			if (ret)
				return ret;
			my_flush(bo);
			dma_resv_unlock(bo->base.resv);
			return 0;
		}
	END
}

taken_inside() {
	deep
	run 1 check .
	cat >wanted <<-'END'
		drivers/a/ops.c:5:8: warning: my_prepare() in dma_buf_ops.pin takes the reservation lock again [exporter-locked]
		    in my_pin(): my_pin() is the pin callback of my_ops, which is invoked with the lock held
		    my_prepare() calls my_sync() at drivers/b/prepare.c:3
		    my_sync() calls dma_resv_lock_interruptible() at drivers/b/sync.c:3
		    rely on the caller's lock: dma_resv_assert_held()
	END
	same wanted .out
	run 1 check --format json .
	prints '"function": "my_pin"' '"call": "my_prepare"' '"call": "my_sync"' '"call": "dma_resv_lock_interruptible"'
	cp .out one
	run 1 check --format json --jobs 7 .
	same one .out
	cat >drivers/a/hold.c <<-'END'
		void my_hold(struct my_bo *bo)
		{
			dma_resv_lock(bo->base.resv, NULL);
			my_prepare(bo->my, &bo->base);
			dma_resv_unlock(bo->base.resv);
		}
	END
	run 1 check --rule resv-balance .
	prints 'drivers/a/hold.c:4:1: warning: my_prepare() takes a reservation lock that is held already' \
		'my_sync() calls dma_resv_lock_interruptible() at drivers/b/sync.c:3'
	sed 's/&bo->base)/\&other->base)/' drivers/a/hold.c >drivers/a/x.c
	mv drivers/a/x.c drivers/a/hold.c
	run 0 check --rule resv-balance --confidence low .
}

# A function of the same name in the caller's file, another object on the way, a lock that was dropped before, a
# flag that goes around the lock.
not_taken_inside() {
	deep
	cp drivers/a/ops.c kept
	{ printf 'static int my_prepare(struct my_device *my, struct drm_gem_object *obj)\n{\n\treturn 0;\n}\n\n'; cat kept; } >drivers/a/ops.c
	run 0 check .
	cp kept drivers/a/ops.c
	for argument in 'obj->parent' 'my->scratch' 'my_find(obj)'; do
		printf 'int my_prepare(struct my_device *my, struct drm_gem_object *obj)\n{\n\treturn my_sync(%s);\n}\n' "$argument" >drivers/b/prepare.c
		run 0 check --confidence low .
	done
	printf 'int my_prepare(struct my_device *my, struct drm_gem_object *obj)\n{\n\tdma_resv_unlock(obj->resv);\n\tmy_sync(to_my_bo(obj));\n\tdma_resv_lock(obj->resv, NULL);\n\treturn 0;\n}\n' >drivers/b/prepare.c
	run 0 check --confidence low .
	printf 'int my_prepare(bool held, struct drm_gem_object *obj)\n{\n\tif (held)\n\t\treturn 0;\n\treturn my_sync(to_my_bo(obj));\n}\n' >drivers/b/prepare.c
	run 0 check --confidence low .
	printf 'int my_prepare(bool held, struct drm_gem_object *obj)\n{\n\tif (!obj)\n\t\treturn 0;\n\treturn my_sync(to_my_bo(obj));\n}\n' >drivers/b/prepare.c
	run 1 check .
}

# must_not_hold CALL: what must be called without the lock, two files down from a region that holds it.
must_not_hold() {
	kernel
	mkdir -p drivers/b
	cat >drivers/a/hold.c <<-END
		void my_close(struct my_device *my, struct my_bo *bo)
		{
			dma_resv_lock(bo->base.resv, NULL);
			$1;
			dma_resv_unlock(bo->base.resv);
			my_release(my, &bo->base);
		}
	END
	printf 'void my_release(struct my_device *my, struct drm_gem_object *obj)\n{\n\tmy_put(obj->%s);\n}\n' "${2:-dma_buf}" >drivers/b/release.c
	printf 'void my_put(struct dma_buf *buf)\n{\n\tif (buf)\n\t\tdma_buf_put(buf);\n}\n' >drivers/b/put.c
}

wanted_free_inside() {
	must_not_hold 'my_release(my, &bo->base)'
	run 1 check .
	cat >wanted <<-'END'
		drivers/a/hold.c:4:1: warning: my_release() with the reservation lock held [importer-unlocked]
		    in my_close(): bo->base.resv taken in line 3 and still held
		    my_release() calls my_put() at drivers/b/release.c:3
		    my_put() calls dma_buf_put() at drivers/b/put.c:4
		    drop the lock before this call
	END
	same wanted .out
	# With another lock beside it.
	sed -i 's/^\tdma_resv_lock(bo->base.resv, NULL);/&\n\tdma_resv_lock(other->resv, NULL);/' drivers/a/hold.c
	run 1 check .
	prints 'my_release() with the reservation lock held [importer-unlocked]'
	must_not_hold 'my_release(my, &bo->base)' 'import_attach->dmabuf'
	run 1 check .
	warnings 1
	cat >drivers/a/ops.c <<-'END'
		static int my_pin(struct dma_buf_attachment *attach)
		{
			my_release(NULL, attach->dmabuf->priv);
			return 0;
		}

		static const struct dma_buf_ops my_ops = { .pin = my_pin };
	END
	run 1 check .
	warnings 1
	must_not_hold 'my_free(my, bo)'
	run 1 check .
	warnings 1
	prints 'drivers/a/ops.c:3:1: warning: my_release() in dma_buf_ops.pin, under the reservation lock' \
		'my_put() calls dma_buf_put() at drivers/b/put.c:4'
}

not_wanted_free_inside() {
	for call in 'my_release(my, &other->base)' 'my_release(my, bo->parent)' 'my_touch(bo)'; do
		must_not_hold "$call"
		run 0 check .
	done
	must_not_hold 'my_release(my, &bo->base)' 'parent->dma_buf'
	run 0 check --confidence low .
	must_not_hold 'my_release(my, &bo->base)'
	{ printf 'static void my_release(struct my_device *my, struct drm_gem_object *obj)\n{\n}\n\n'; cat drivers/a/hold.c; } >drivers/a/x.c
	mv drivers/a/x.c drivers/a/hold.c
	run 0 check --confidence low .
}

# What asserts the lock, two calls down from a callback that is entered without it.
asserted_inside() {
	kernel
	cat >drivers/a/ops.c <<-'END'
		static int my_sync(struct my_bo *bo)
		{
			return my_sync_locked(bo);
		}

		static int my_begin(struct dma_buf *dmabuf, enum dma_data_direction dir)
		{
			return my_sync(dmabuf->priv);
		}

		static const struct dma_buf_ops my_ops = { .begin_cpu_access = my_begin };
	END
	cat >drivers/a/sync.c <<-'END'
		int my_sync_locked(struct my_bo *bo)
		{
			dma_resv_assert_held(bo->base.resv);
			return my_flush(bo);
		}
	END
	run 1 check .
	warnings 1
	prints 'drivers/a/ops.c:3:8: warning: my_sync_locked() without the reservation lock [resv-asserted]' \
		'called by my_begin() at drivers/a/ops.c:8' \
		'my_begin() is dma_buf_ops.begin_cpu_access, which is entered without the lock'
	sed 's/\.begin_cpu_access/.pin/' drivers/a/ops.c >drivers/a/x.c
	mv drivers/a/x.c drivers/a/ops.c
	run 0 check .
	sed 's/\.pin/.begin_cpu_access/; s/return my_sync_locked(bo)/my_lock(bo); my_sync_locked(bo); my_unlock(bo)/' drivers/a/ops.c >drivers/a/x.c
	mv drivers/a/x.c drivers/a/ops.c
	{
		wrapper my_lock 'dma_resv_lock(bo->base.resv, NULL)'
		wrapper my_unlock 'dma_resv_unlock(bo->base.resv)'
	} >drivers/a/lock.c
	run 0 check .
}

# A lock that a function takes unless there is but one object may be held after it: nothing is sure then.
# foo_init() takes the lock if it is given none; what calls it drops it under that condition.
given_nothing() {
	kernel
	cat >drivers/a/lock.c <<-'END'
		int my_init(struct my_bo *bo, struct dma_resv *resv)
		{
			if (resv)
				bo->resv = resv;
			else
				bo->resv = &bo->_resv;
			dma_resv_lock(bo->resv, NULL);
			return 0;
		}

		int my_create(struct my_param *bp)
		{
			int ret = my_init(bp->bo, bp->resv);

			if (ret)
				return ret;
			if (!bp->resv)
				dma_resv_unlock(bp->bo->resv);
			return 0;
		}
	END
	cat >>drivers/a/lock.c <<-'END'

		int my_create_fast(struct my_param *bp)
		{
			int ret;

			if (bp->fast) {
				ret = my_init(bp->bo, bp->resv);
				if (ret)
					return ret;
				if (!bp->resv)
					dma_resv_unlock(bp->bo->resv);
			}
			return 0;
		}
	END
	run 0 check -v .
	says 'inferred: my_init() acquire, parameter 1'
	says_not 'my_create()' 'my_create_fast()'
	sed -i 's/if (!bp->resv)/if (!bp->other)/' drivers/a/lock.c
	run 0 check -v .
	says 'my_create() may-acquire'
}

# What is returned without the lock, and may be an error or not, is one where another way shows what success is.
one_success_shows() {
	kernel
	cat >drivers/a/lock.c <<-'END'
		int my_lock(struct my_bo *bo)
		{
			if (bo->dead)
				return my_error(bo);
			dma_resv_lock(bo->resv, NULL);
			if (bo->old)
				return my_refresh(bo);
			return 0;
		}

		int my_lock_or_not(struct my_bo *bo)
		{
			if (bo->dead)
				return my_error(bo);
			dma_resv_lock(bo->resv, NULL);
			return my_refresh(bo);
		}
	END
	run 0 check -v .
	says 'inferred: my_lock() acquire' 'inferred: my_lock_or_not() may-acquire'
}

all_of_a_context() {
	kernel
	printf 'void my_fini(struct drm_exec *exec)\n{\n\tdrm_exec_fini(exec);\n}\n' >drivers/a/fini.c
	run 0 check -v .
	says 'inferred: my_fini() release-all, drivers/a/fini.c:1'
}

# finds LOOK: a driver that gets a locked object by a function of another file, and looks at what it got so.
finds() {
	cat >drivers/a/map.c <<-END
		int my_map(struct my_file *file)
		{
			struct my_bo *bo = my_find(file);
			int ret;

			if ($1)
				return -ENOENT;
			ret = dma_buf_pin(bo->attach);
			my_unlock(bo);
			return ret;
		}
	END
}

returned_locked() {
	kernel
	cat >drivers/a/find.c <<-'END'
		struct my_bo *my_find(struct my_file *file)
		{
			struct my_bo *bo = my_look(file);
			int ret;

			if (!bo)
				return ERR_PTR(-ENOENT);
			ret = dma_resv_lock_interruptible(bo->resv, NULL);
			if (ret)
				return ERR_PTR(ret);
			return bo;
		}

	END
	wrapper my_unlock 'dma_resv_unlock(bo->resv)' >>drivers/a/find.c
	finds 'IS_ERR(bo)'
	run 0 check -v .
	says 'inferred: my_find() acquire, what it returns, drivers/a/find.c:1'
	finds '!bo'
	run 1 check .
	prints 'drivers/a/map.c:8:7: warning: dma_buf_pin() without'
}

guard_of_a_header() {
	kernel
	echo 'DEFINE_GUARD(my_resv, struct dma_resv *, dma_resv_lock(_T, NULL), dma_resv_unlock(_T))' >include/my_resv.h
	cat >drivers/a/map.c <<-'END'
		int my_map(struct my_bo *bo)
		{
			guard(my_resv)(bo->resv);
			return dma_buf_pin(bo->attach);
		}
	END
	run 0 check -v .
	says 'inferred: my_resv() guard, parameter 1, include/my_resv.h:1'
	sed -i 's/dma_resv_lock(_T, NULL)/my_note(_T)/' include/my_resv.h
	run 1 check .
	prints 'drivers/a/map.c:4:8: warning: dma_buf_pin() without'
}

blocks_of_a_header() {
	kernel
	cat >include/my_bo.h <<-'END'
		#define my_with(bo) \
			for (int once = (dma_resv_lock((bo)->resv, NULL), 1); once; once = (dma_resv_unlock((bo)->resv), 0))
		#define my_for_each_map(map, bo) \
			for (dma_resv_assert_held((bo)->resv), map = (bo)->maps; map; map = map->next)
	END
	cat >drivers/a/map.c <<-'END'
		int my_map(struct my_bo *bo)
		{
			my_with(bo) {
				if (dma_buf_pin(bo->attach))
					return -EBUSY;
			}
			return dma_buf_pin(bo->attach);
		}

		void my_zap(struct my_bo *bo)
		{
			struct my_map *map;

			dma_resv_lock(bo->resv, NULL);
			dma_resv_unlock(bo->resv);
			my_for_each_map(map, bo)
				my_unmap(map);
		}
	END
	run 1 check -v .
	says 'inferred: my_with() block, include/my_bo.h:1' 'inferred: my_for_each_map() iterate, parameter 2, include/my_bo.h:3'
	prints 'drivers/a/map.c:5:1: warning: return -EBUSY with the reservation lock held' \
		'drivers/a/map.c:7:8: warning: dma_buf_pin() without the reservation lock' \
		'drivers/a/map.c:16:1: warning: my_for_each_map() without'
	warnings 3
}

classes_of_a_header() {
	kernel
	cat >include/my_resv.h <<-'END'
		DEFINE_LOCK_GUARD_1(my_bo, struct my_bo, dma_resv_lock(_T->lock->resv, NULL), dma_resv_unlock(_T->lock->resv))
		DEFINE_LOCK_GUARD_1_COND(my_bo, _try, dma_resv_trylock(_T->lock->resv))
		DEFINE_FREE(my_unlock, struct dma_resv *, if (_T) dma_resv_unlock(_T))
	END
	cat >drivers/a/map.c <<-'END'
		int my_map(struct my_bo *bo)
		{
			scoped_cond_guard(my_bo_try, return dma_buf_pin(bo->attach), bo)
				return dma_buf_pin(bo->attach);
			return 0;
		}

		int my_unmap(struct my_bo *bo)
		{
			struct dma_resv *resv __free(my_unlock) = NULL;

			dma_resv_lock(bo->resv, NULL);
			resv = bo->resv;
			dma_resv_lock(resv, NULL);
			return 0;
		}

		int my_balance(struct my_bo *bo)
		{
			int ret = my_unmap(bo);

			if (ret)
				return ret;
			return dma_buf_pin(bo->attach);
		}
	END
	run 1 check -v .
	says 'inferred: my_bo_try() guard-try, parameter 1, include/my_resv.h:2' 'inferred: my_unlock() free, parameter 1'
	prints 'drivers/a/map.c:3:37: warning: dma_buf_pin() without the reservation lock' \
		'drivers/a/map.c:14:1: warning: dma_resv_lock() takes a reservation lock that is held already' \
		'drivers/a/map.c:24:8: warning: dma_buf_pin() without'
	warnings 3
}

may_lock() {
	kernel
	cat >drivers/a/lock.c <<-'END'
		int my_lock_list(struct my_list *list)
		{
			if (list_is_singular(&list->bos))
				return 0;

			return my_lock_all(list);
		}

		static int my_lock_all(struct my_list *list)
		{
			int ret = dma_resv_lock_interruptible(list->first->resv, NULL);

			if (ret)
				return ret;

			list->locked = true;
			return 0;
		}
	END
	cat >drivers/a/map.c <<-'END'
		int my_map(struct my_list *list, struct my_bo *bo)
		{
			int ret = my_prepare(list);

			if (ret)
				return ret;

			bo->sgt = dma_buf_map_attachment(bo->attach, DMA_TO_DEVICE);
			return 0;
		}

		static int my_use(struct my_bo *bo)
		{
			bo->sgt = dma_buf_map_attachment(bo->attach, DMA_TO_DEVICE);
			return 0;
		}

		int my_submit(struct my_list *list, struct my_bo *bo)
		{
			my_prepare(list);
			return my_use(bo);
		}
	END
	run 1 check .
	warnings 2
	sed 's/my_prepare/my_lock_list/' drivers/a/map.c >drivers/a/x.c
	mv drivers/a/x.c drivers/a/map.c
	run 0 check .
	run 1 check -v --confidence low .
	warnings 1
	says 'inferred: my_lock_list() may-acquire, parameter 1, drivers/a/lock.c:1'
	prints 'map.c:8:11: warning: dma_buf_map_attachment()' 'my_lock_list() in line 3 may take list'
}

own_iterator() {
	kernel
	cat >drivers/a/sync.c <<-'END'
		#define my_for_each(cursor, bo, fence) dma_resv_for_each_fence(cursor, (bo)->resv, 0, fence)
		static int my_sync(struct my_bo *bo)
		{
			struct dma_resv_iter cursor;
			struct dma_fence *fence;

			my_for_each(&cursor, bo, fence)
				my_wait(fence);
			return 0;
		}

		int my_late(struct my_bo *bo)
		{
			dma_resv_lock(bo->resv, NULL);
			my_sync(bo);
			dma_resv_unlock(bo->resv);
			return my_sync(bo);
		}
	END
	run 1 check --rule resv-asserted .
	warnings 1
	prints 'sync.c:17:8: warning: my_sync() without the reservation lock'
}

# What is found later: my_drop() seems to drop its caller's lock, until my_take() turns out to be a lock function.
nothing_after_all() {
	kernel
	wrapper my_drop 'struct my_bo *x = bo->peer; my_take(x); my_touch(x); dma_resv_unlock(x->resv)' \
		>drivers/a/drop.c
	wrapper my_drop_it 'my_drop(bo)' >drivers/a/it.c
	run 0 check -v .
	says 'inferred: my_drop() release' 'inferred: my_drop_it() release'
	wrapper my_take 'dma_resv_lock(bo->resv, NULL)' >drivers/a/take.c
	run 0 check -v .
	says 'inferred: my_take() acquire'
	! grep 'inferred: my_drop.* release' .err || fail "what turned out to do nothing is still told of"
}

# Two functions of one name, of which one has nothing to do with locks: what the other does is not asked for ever.
twins_settle() {
	kernel
	wrapper my_unpin 'dma_resv_lock(bo->resv, NULL); my_touch(bo); dma_resv_unlock(bo->resv)' >drivers/a/one.c
	{
		wrapper my_unpin 'my_touch(bo)'
		wrapper my_drop 'my_unpin(bo)'
	} >drivers/a/other.c
	wrapper my_put 'my_unpin(bo); my_free(bo)' >drivers/a/put.c
	run 0 check -v .
	says 'inferred: my_unpin() acquire-inside, parameter 1, drivers/a/one.c:1' 'wrappers, round 3:'
	! grep 'wrappers, round 5:' .err || fail "the same is asked again and again"
}

# A function that asserts and calls what needs the lock needs it too, whichever of them is known first.
asserts_and_needs() {
	kernel
	cat >drivers/a/revoke.c <<-'END'
		void my_revoke_locked(struct my_bo *bo)
		{
			dma_resv_assert_held(bo->resv);
			my_unmap_pages(bo);
		}

		void my_unmap_pages(struct my_bo *bo)
		{
			dma_resv_assert_held(bo->resv);
			my_put_pages(bo);
		}

		void my_revoke(struct my_bo *bo)
		{
			dma_resv_lock(bo->resv, NULL);
			my_touch(bo);
			dma_resv_unlock(bo->resv);
			my_revoke_locked(bo);
		}
	END
	run 1 check .
	warnings 1
	prints 'revoke.c:18:1: warning: my_revoke_locked() without the reservation lock'
}

check "a wrapper in another file is known" in_another_file
check "what a flag makes a function do, two files down" by_values
check "what NULL makes functions do, and what one asserts under a flag" by_null
check "through other wrappers, too" through_others
check "and in a header, also one outside of the PATH" in_a_header
check "and in other directories than the PATH's" outside_of_the_path
check "a macro is a wrapper, too" a_macro
check "a static wrapper is one of its file alone" static_ones_are_their_files
check "a wrapper that locks only on success" only_on_success
check "a wrapper that tells success by true" true_on_success
check "what returns an object that it has locked" returned_locked
check "guard() of what a header defines" guard_of_a_header
check "macros of a header that stand before a block" blocks_of_a_header
check "what a header defines that may fail, or cleans up" classes_of_a_header
check "a wrapper that locks unless there is no need" may_lock
check "a wrapper of which one way shows what success is" one_success_shows
check "what releases all locks of a context" all_of_a_context
check "what locks if it is given nothing, and what drops that again" given_nothing
check "a driver's own name for a macro that goes over fences" own_iterator
check "what a header says of functions by annotations" says_a_header
check "what turns out to do nothing is forgotten, and what was built on it" nothing_after_all
check "two functions of one name" twins_settle
check "what asserts and calls what needs the lock needs it" asserts_and_needs
check "what locks and drops again is no wrapper" not_wrappers
check "the lock may be that of any argument" second_argument
check "the table of known wrappers can be left out" tables_can_be_left_out
check "a callback, and what takes the lock two files down" taken_inside
check "what is not known to take that lock" not_taken_inside
check "a region, and what wants the lock free two files down" wanted_free_inside
check "what is not known to want that lock free" not_wanted_free_inside
check "a callback entered without the lock, and what asserts it two calls down" asserted_inside
finish
