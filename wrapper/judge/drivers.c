// SPDX-License-Identifier: GPL-2.0-only
#include "judge/drivers.h"

#include <stdlib.h>
#include <string.h>

static const char *file_of(const struct drivers *drivers, size_t source)
{
	return drivers->survey->selection->sources[source].file;
}

/* Where code is that drivers share: any of them may come through it. */
static bool is_shared(const char *file)
{
	static const char *const shared[] = { "drivers/dma-buf/", "drivers/gpu/drm/scheduler/",
					      "drivers/gpu/drm/ttm/", "drivers/gpu/drm/display/",
					      "include/drm/" };
	static const char drm[] = "drivers/gpu/drm/";

	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if (starts_with(file, shared[i]))
			return true;
	return starts_with(file, drm) && !strchr(file + strlen(drm), '/');
}

bool drivers_is_outside(const struct drivers *drivers, size_t source)
{
	const struct selection *selection = drivers->survey->selection;

	return !drivers->survey->tree->is_kernel ||
	       (selection->beside && !select_is_other(selection, source));
}

bool drivers_is_shared(const struct drivers *drivers, size_t source)
{
	return !drivers_is_outside(drivers, source) && is_shared(file_of(drivers, source));
}

/* The end of the first `count` directories of a file's name; all of them if there are fewer. */
static size_t directories(const char *file, size_t count)
{
	const char *end = file, *slash;

	while (count-- && (slash = strchr(end == file ? file : end + 1, '/')))
		end = slash;
	return (size_t)(end - file);
}

/* How much of a source's file is the directory of its driver. */
static size_t driver_length(const struct drivers *drivers, size_t source)
{
	const char *file = file_of(drivers, source);

	if (drivers_is_outside(drivers, source))
		return 0;
	return directories(file, starts_with(file, "drivers/gpu/") ? 4 : 3);
}

char *drivers_of(const struct drivers *drivers, size_t source)
{
	return xstrndup(file_of(drivers, source), driver_length(drivers, source));
}

bool drivers_is_sharing(const struct drivers *drivers, size_t source)
{
	char *own = drivers_of(drivers, source);
	bool found = names_has(&drivers->sharing, own);

	free(own);
	return found;
}

bool drivers_is_near(const struct drivers *drivers, const char *driver, size_t source)
{
	size_t length = driver_length(drivers, source);

	return (!strncmp(file_of(drivers, source), driver, length) && !driver[length]) ||
	       drivers_is_shared(drivers, source);
}

bool *drivers_near(const struct drivers *drivers, const struct names *some)
{
	size_t count = drivers->survey->selection->count;
	bool *near = xcalloc(count, sizeof(*near));

	for (size_t i = 0; i < count; i++) {
		char *own = drivers_of(drivers, i);

		near[i] = drivers_is_shared(drivers, i) || names_has(some, own);
		free(own);
	}
	return near;
}

bool drivers_is_chosen(const struct drivers *drivers, const char *driver)
{
	return !drivers->survey->selection->others || names_has(&drivers->chosen, driver);
}

bool drivers_is_near_chosen(const struct drivers *drivers, size_t source)
{
	bool found = !drivers->survey->selection->others || drivers->has_shared;

	for (size_t i = 0; i < drivers->chosen.count && !found; i++)
		found = drivers_is_near(drivers, drivers->chosen.names[i], source);
	return found;
}

bool drivers_is_wanted(const struct drivers *drivers, const char *driver)
{
	return drivers_is_chosen(drivers, driver) && names_has(&drivers->sharing, driver);
}

bool *drivers_wanted(const struct drivers *drivers)
{
	size_t count = drivers->survey->selection->count;
	bool *wanted = xcalloc(count, sizeof(*wanted));

	for (size_t i = 0; i < count; i++) {
		char *own = drivers_of(drivers, i);

		wanted[i] = drivers_is_wanted(drivers, own);
		free(own);
	}
	return wanted;
}

/* Marks a source in an array of flags. Threads call it, for several sources at a time. */
static int mark(void *context, size_t index, const char *text, size_t length, struct error *err)
{
	bool *marked = context;

	(void)text;
	(void)length;
	(void)err;
	marked[index] = true;
	return 0;
}

/* Finds the drivers that name fences, reservation objects, or what has such. */
static int find_sharing(struct drivers *drivers, struct error *err)
{
	static const char *const shared[] = {
		"dma_fence",       "dma_fence_wait", "dma_fence_wait_timeout",
		"dma_resv",        "dma_resv_lock",  "dma_resv_wait_timeout",
		"drm_sched_job",   "drm_gem_object", "ttm_buffer_object",
		"dma_fence_signal"
	};
	const struct survey *survey = drivers->survey;
	bool *marked = xcalloc(survey->selection->count, sizeof(*marked));
	struct names names = { 0 };
	struct words *words;
	int result;

	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		names_add(&names, shared[i]);
	words = words_of_names(&names, err);
	result = words ? select_find(survey->selection, survey->tree, words, NULL, survey->jobs,
				     survey->progress, mark, marked, err)
		       : -1;
	for (size_t i = 0; i < survey->selection->count && !result; i++) {
		char *driver = marked[i] ? drivers_of(drivers, i) : NULL;

		if (driver)
			names_add_once(&drivers->sharing, driver);
		free(driver);
	}
	words_free(words);
	names_free(&names);
	free(marked);
	return result;
}

void drivers_choose(struct drivers *drivers)
{
	const struct selection *selection = drivers->survey->selection;

	for (size_t i = 0; i < selection->count - selection->others && selection->others; i++) {
		char *driver = drivers_of(drivers, i);

		names_add_once(&drivers->chosen, driver);
		drivers->has_shared |= drivers_is_shared(drivers, i);
		free(driver);
	}
}

int drivers_find(struct drivers *drivers, struct error *err)
{
	drivers_choose(drivers);
	return find_sharing(drivers, err);
}

void drivers_free(struct drivers *drivers)
{
	names_free(&drivers->chosen);
	names_free(&drivers->sharing);
}
