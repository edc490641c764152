/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * expression: C expressions as a person writes them. spatch 1.1.1 prints `attach -> dmabuf -> resv`
 * where newer ones print `attach->dmabuf->resv`.
 */
#ifndef RESVLINT_EXPRESSION_H
#define RESVLINT_EXPRESSION_H

/* Takes out of an expression, in place, the spaces that the kernel's style does not have. */
void expression_tidy(char *expression);

/* Does so for each expression between ` and ` in a text, in place, and takes out the backquotes. */
void expression_tidy_quoted(char *text);

#endif
