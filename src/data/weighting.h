/* How often rows and classes count in training: a column of weights, and weights of classes. */
#ifndef DATA_WEIGHTING_H
#define DATA_WEIGHTING_H

#include "data/encode.h"

typedef struct cr_weighting {
  const char *column; /* its name, borrowed; NULL: every row counts once */
  double row_scale;   /* a row's weight is its value times this, 1 on average of training */
  double *classes;    /* (labels) owned, scaled likewise; NULL: all classes alike */
} cr_weighting;

/*
 * Rows whose weight can be used: rows[0..*count) that have one, finite and not below 0. With
 * `skip_bad_rows` others are left out, else the first of them is an error: CR_ERR_MISSING,
 * CR_ERR_NUMBER. A table without the column keeps all its rows.
 */
cr_status cr_weighting_usable(const char *column, const cr_table *table, bool skip_bad_rows,
                              size_t *rows, size_t *count);

/*
 * Works out the scales from the training part: rows[0..count) of `table`, and their samples.
 * CR_ERR_COMBINATION for weights of classes where there are none, CR_ERR_ARGUMENT for a list that
 * cannot be read or names no class, CR_ERR_NUMBER if every weight is 0. On failure there is nothing
 * to free.
 */
cr_status cr_weighting_fit(const cr_prepare_options *options, const cr_encoder *encoder,
                           const cr_table *table, const size_t *rows, const cr_samples *samples,
                           cr_weighting *out);
void cr_weighting_free(cr_weighting *weighting);

/* Sets the weights of the samples of some rows of a table; leaves them NULL if all are 1. */
cr_status cr_weighting_apply(const cr_weighting *weighting, const cr_table *table,
                             const size_t *rows, cr_samples *samples);

#endif
