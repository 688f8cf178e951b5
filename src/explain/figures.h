/* Numbers for people: so many decimals, the same for all that stand together. */
#ifndef EXPLAIN_FIGURES_H
#define EXPLAIN_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cr_figures {
  size_t decimals;
  bool scientific; /* "4.385677e−08" */
} cr_figures;

/* A number as text; room for all of them. The minus is U+2212. */
typedef struct cr_figure {
  char s[64];
} cr_figure;

/* What shows `largest`, the largest absolute value, and whatever stands with it. */
cr_figures cr_figures_for(double largest, size_t digits);

/* The fewest decimals that lose nothing of `value`, beyond those `figures` has already. */
void cr_figures_extend(cr_figures *figures, double value, size_t digits);

/* All of `count` numbers alike: exact ones in as few decimals as they need. */
cr_figures cr_figures_of(const double *values, size_t count, size_t digits);

cr_figure cr_figure_of(double value, cr_figures figures);

/* A number on its own. */
cr_figure cr_figure_alone(double value, size_t digits);

#endif
