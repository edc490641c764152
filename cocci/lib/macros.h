/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros without which spatch loses the function around them, for --macro-file. Those that stand before
 * a block are named as iterators in state.cocci instead.
 */
#define __free(destroy)
