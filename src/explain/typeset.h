/*
 * Formulas as pictures of characters: fractions over several lines, matrices in tall brackets. An
 * equation that is too wide is broken before "=", then before "+", "·" and the like.
 */
#ifndef EXPLAIN_TYPESET_H
#define EXPLAIN_TYPESET_H

#include "explain/document.h"
#include "explain/figures.h"

typedef struct cr_page {
  size_t width, digits;
  bool ascii;
  bool hide_results; /* the last matrix of an equation of a step is "?" */
  bool full;         /* matrices of up to CR_CORNER_MOST a side are shown whole */
} cr_page;

/* Appends an equation at an indent, its shapes at the right margin of the page, and its note. */
cr_status cr_typeset(const cr_block *equation, const cr_page *page, cr_strbuf *out);

/* Appends words broken at spaces to the page; every line begins at the indent. */
void cr_wrap(const char *text, size_t indent, const cr_page *page, cr_strbuf *out);

/* The most rows and columns shown of a matrix; the most of a full page. */
#define CR_CORNER_SIDE 6
#define CR_CORNER_MOST 100

/* What of a matrix is shown: all, or its corner. Every form shows the same. */
typedef struct cr_corner {
  size_t rows, cols; /* with dots after them where there are more */
  bool more_rows, more_cols;
} cr_corner;

cr_corner cr_corner_of(const cr_shown *matrix, bool full);

/* Too wide for one line of a page: then each matrix of a sum or product begins a line. */
bool cr_is_wide(const cr_block *equation, bool full);

/* How the numbers of the corner are written. */
cr_figures cr_corner_figures(const cr_shown *matrix, cr_corner corner, size_t digits);

#endif
