// SPDX-License-Identifier: GPL-2.0-only
#include "judge/descend.h"

#include "judge/below.h"
#include "judge/down.h"
#include "judge/holders.h"
#include "judge/roots.h"
#include "judge/waits.h"

/* What the rules were asked about in the PATHs is analysed for them. */
static void note_analysed(const struct descent *descent, rule_set rules)
{
	struct selection *selection = descent->survey->selection;

	for (size_t i = 0; i < descent->count; i++)
		if (!select_is_other(selection, descent->visits[i].source))
			selection->sources[descent->visits[i].source].rules |= rules;
}

int descend(struct survey *survey, const struct slots *slots, const struct drivers *drivers,
	    rule_set rules, enum confidence least, struct facts *facts, struct error *err)
{
	struct descent descent = {
		.survey = survey,
		.slots = slots,
		.facts = facts,
		.drivers = drivers,
		.least = least,
	};
	size_t first = facts->sites.count;
	int result;

	result = waits_load(&descent.waits, survey->catalogue->dir, slots, err) ||
				 resumes_load(&descent.resumes, survey->catalogue->dir, err) ||
				 roots_find(&descent, err) || down_go(&descent, err) ||
				 holders_find(&descent, first, err)
			 ? -1
			 : 0;
	note_analysed(&descent, rules);
	if (!result)
		below_find(&descent, first);
	descent_free(&descent);
	return result;
}
