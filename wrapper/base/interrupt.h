/* SPDX-License-Identifier: GPL-2.0-only */
/* interrupt: SIGINT, SIGTERM and SIGHUP become a flag that the long stages look at. */
#ifndef RESVLINT_INTERRUPT_H
#define RESVLINT_INTERRUPT_H

/* From now on these signals set the flag instead of ending the program. */
void interrupt_catch(void);

/* The signal that came, 0 if none did. Any thread may ask. */
int interrupt_signal(void);

/* Ends the program by the signal that came, as its parent expects; returns if none did. */
void interrupt_die(void);

#endif
