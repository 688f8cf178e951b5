/* The loop over a trainer's steps: evaluates epochs, keeps the best weights, tells listeners. */
#ifndef TRAIN_FIT_H
#define TRAIN_FIT_H

#include "train/trainer.h"

typedef struct cr_fit_plan {
  const cr_samples *dev;     /* NULL: none; the training rows then say which epoch is the best */
  const cr_encoder *encoder; /* for the dev score; may be NULL */
  const cr_listener *listeners;
  size_t listener_count;
  size_t restart, restarts;     /* for the events, */
  struct cr_training *training; /* and this too; NULL from cr_fit */
} cr_fit_plan;

typedef struct cr_fit_result {
  size_t epochs_run, best_epoch; /* best_epoch: whose weights the network has now */
  double start_loss;             /* of training rows, before the first step; NAN: not known */
  double loss;                   /* of these weights, as they were evaluated; INFINITY: never */
  const char *reason;            /* as in CR_EVENT_STOP */
} cr_fit_result;

/*
 * Trains until the epochs are over, the patience is, or somebody stops it. The network is left with
 * the weights to keep, also on CR_ERR_DIVERGED and CR_ERR_INTERRUPTED.
 *
 * Once somebody stops it, nothing more is evaluated, and the best epoch so far is kept; but as long
 * as there is none, what was learnt until then is evaluated in full: it is all there is.
 */
cr_status cr_fit_run(cr_trainer *trainer, const cr_fit_plan *plan, cr_fit_result *out);

#endif
