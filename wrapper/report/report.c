// SPDX-License-Identifier: GPL-2.0-only
#include "report/report.h"

size_t report_scanned(const struct report *report)
{
	return report->selection->count - report->selection->others;
}

size_t report_selected(const struct report *report)
{
	const struct selection *selection = report->selection;
	size_t count = 0;

	for (size_t i = 0; i < selection->count; i++)
		count += selection->sources[i].rules != 0;
	return count;
}
