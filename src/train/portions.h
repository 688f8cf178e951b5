/* Which rows of which table make the train, dev and test parts, and their samples. */
#ifndef TRAIN_PORTIONS_H
#define TRAIN_PORTIONS_H

#include "data/encode.h"
#include "data/split.h"

typedef struct cr_portions {
  const cr_table *tables[CR_PORTION_COUNT]; /* where a part's rows are from; borrowed */
  cr_split rows;                            /* of each part, in its table */
  cr_samples *samples[CR_PORTION_COUNT];    /* NULL for a part without rows */
  double shares[CR_PORTION_COUNT];          /* of the table to train on */
  bool same_rows; /* too few rows, or all there are: nothing is held out */
  size_t skipped; /* rows left out for a bad value, of all tables */
} cr_portions;

/*
 * Shares out the rows. A part given as a table of its own is taken from there whole; then the
 * default is 80/20 for train and the other. Beside a test part of its own, fewer than 10,000 rows
 * are all for training, unless a dev part decides something: then 90/10. @xor and the like
 * (origin.complete), and tables of fewer than 10 rows, are not shared out unless the options say
 * how: train and test are the same.
 */
cr_status cr_portions_choose(const cr_table *table, const cr_table *dev, const cr_table *test,
                             const cr_prepare_options *prepare, const cr_encoder *encoder,
                             bool decides, cr_portions *out);

/* Rows chosen before, some for training; those of dev are of the table `dev` if there is one. */
cr_status cr_portions_take(const cr_table *table, const cr_table *dev, const cr_split *rows,
                           cr_portions *out);

/*
 * Makes the samples, with the encoder fitted on the training part, and the weights that the options
 * ask for, scaled by the training part: see cr_weighting_fit for what is refused. Those of a table
 * on disk lie on disk, too; `threads` encode them.
 */
cr_status cr_portions_encode(cr_portions *portions, const cr_encoder *encoder, size_t outputs,
                             const cr_prepare_options *prepare, size_t threads);

/* Does any of their samples lie on disk? */
bool cr_portions_are_large(const cr_portions *portions);

/*
 * Sentences on what the dev and test parts have and no training row had; see cr_encoder_warn_new.
 * Of parts from the same table both at once.
 */
cr_status cr_portions_warn_new(const cr_portions *portions, const cr_encoder *encoder,
                               cr_strlist *warnings);

/* Gives the samples back: they borrow from the tables; the rows stay. */
void cr_portions_drop_samples(cr_portions *portions);
void cr_portions_free(cr_portions *portions);

#endif
