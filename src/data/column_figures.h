/* The figures of a column of numbers that comes in pieces, in the order of its rows. */
#ifndef DATA_COLUMN_FIGURES_H
#define DATA_COLUMN_FIGURES_H

#include "chainrule/data.h"
#include "data/hashset.h"
#include "data/spread.h"

typedef struct cr_figures {
  cr_spread spread;
  cr_hashset seen; /* of the different values, as far as they are counted */
  double *values;  /* (seen.count) */
  size_t zeros;    /* that come with them */
  size_t capacity;
} cr_figures;

void cr_figures_start(cr_figures *figures);

/* NAN where there is no value. CR_ERR_MEMORY. */
cr_status cr_figures_add(cr_figures *figures, const double *numbers, size_t count);

/* So many zeros, where no 0 is added. See cr_spread_add_zeros. */
void cr_figures_add_zeros(cr_figures *figures, size_t count);

/* To a column: its range, mean, deviation, different values, and whether all are whole. */
cr_status cr_figures_finish(cr_figures *figures, cr_column *out);
void cr_figures_free(cr_figures *figures);

#endif
