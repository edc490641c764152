/* SPDX-License-Identifier: GPL-2.0-only */
/* terms: the words that rules, findings and options share. */
#ifndef RESVLINT_TERMS_H
#define RESVLINT_TERMS_H

#include <stdbool.h>

/* The clauses: document.c tells them by the kernel's wording, tables and rules name them so. */
#define IMPORTER_HELD "importer-1"  /* functions to be called with the lock held */
#define IMPORTER_FREE "importer-2"  /* and without it */
#define EXPORTER_FREE "exporter-1"  /* callbacks that are invoked without the lock */
#define EXPORTER_HELD "exporter-2"  /* and with it held */
#define EXPORTER_CALLS "exporter-3" /* functions to be called with the lock held */

/* What the callbacks of these clauses begin with. */
#define EXPORTER_CALLBACK "dma_buf_ops."

/* How sure a finding is, weakest first. */
enum confidence {
	CONFIDENCE_LOW,
	CONFIDENCE_MEDIUM,
	CONFIDENCE_HIGH,
};

/* What is known of the reservation lock at a point, weakest claim first. */
enum lock_state {
	STATE_INHERITED, /* nothing in the function touched it: the callers decide */
	STATE_HELD,
	STATE_NOT_HELD,
};

/* "low", "medium", "high" */
const char *confidence_name(enum confidence confidence);

/* "inherited", "held", "not held" */
const char *lock_state_name(enum lock_state state);

/* Reads such a name. Returns whether it is one. */
bool confidence_parse(const char *name, enum confidence *confidence);
bool lock_state_parse(const char *name, enum lock_state *state);

#endif
