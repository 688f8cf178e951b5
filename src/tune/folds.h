/* The rows that trials learn from and are scored on: the parts of a training, and folds of them. */
#ifndef TUNE_FOLDS_H
#define TUNE_FOLDS_H

#include "train/portions.h"
#include "tune/halving.h"

typedef struct cr_folds {
  const cr_table *dev; /* the rows of dev are of this table; NULL: of the one to train on */
  cr_split whole;      /* as train shares out, but for the test part: it is not there */
  cr_split folds[CR_TUNE_MOST_FOLDS]; /* each with one fold as its dev part */
  size_t count;                       /* 1: none, `whole` alone */
} cr_folds;

/*
 * `portions` are those of a training, `asked` is the option: 0 chooses. The folds are drawn from
 * the rows of train and dev, each class shared out alike; a class of a single row is always learnt
 * from. CR_ERR_COMBINATION where there can be none.
 */
cr_status cr_folds_create(const cr_portions *portions, const cr_encoder *encoder, size_t asked,
                          uint64_t seed, cr_folds *out);
void cr_folds_free(cr_folds *folds);

#endif
