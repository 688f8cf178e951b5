/* When to stop, and which weights to keep: those of the epoch with the lowest loss. */
#ifndef TRAIN_EARLY_STOP_H
#define TRAIN_EARLY_STOP_H

#include "base/fail.h"

/* Epoch 0 is the network before its first step. */
typedef struct cr_early_stop {
  size_t patience; /* epochs without progress that end a run; 0: any number */
  size_t count;    /* parameters */
  float *best;     /* (count) owned; those of best_epoch */
  size_t best_epoch;
  double best_loss;      /* INFINITY before the first epoch */
  double bar;            /* what the next loss must be below: best_loss, but for settle */
  size_t progress_epoch; /* the last epoch that was better by more than noise, */
  double progress_loss;  /* and its loss */
} cr_early_stop;

cr_status cr_early_stop_create(size_t count, size_t patience, cr_early_stop *out);
void cr_early_stop_free(cr_early_stop *stop);

/* Forgets what it has seen. */
void cr_early_stop_reset(cr_early_stop *stop);

/* Tells it the loss after an epoch; true if it is the lowest so far: the parameters are kept. */
bool cr_early_stop_update(cr_early_stop *stop, size_t epoch, double loss, const float *parameters);

/*
 * From now on only what is below `bar` counts, and what was lower before does not: an epoch at a
 * high rate may have been so by chance. What was kept stays until there is such an epoch.
 */
void cr_early_stop_settle(cr_early_stop *stop, double bar);

/* Has there been no progress for `patience` epochs? */
bool cr_early_stop_over(const cr_early_stop *stop, size_t epoch);

/* Puts the best parameters back, if there are any. */
void cr_early_stop_restore(const cr_early_stop *stop, float *parameters);

#endif
