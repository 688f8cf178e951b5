/* The linear model a network is compared with: what its hidden layers have to beat. */
#ifndef TRAIN_LINEAR_H
#define TRAIN_LINEAR_H

#include "train/plan.h"
#include "train/portions.h"

/* What it is trained and measured on: that of the network. All is borrowed. */
typedef struct cr_linear_task {
  const cr_encoder *encoder;
  const cr_portions *portions;     /* with their samples */
  const cr_plan *plan;             /* of the network */
  const cr_train_options *options; /* resolved: threads, seed and stop are looked at */
} cr_linear_task;

/*
 * Trains a network without hidden layers on at most 10,000 training rows or 32,000 images, evenly
 * spaced, and measures it on every part, out: (CR_PORTION_COUNT). The parts are left alone if the
 * network itself is linear, if it is stopped, or if the linear model diverges.
 */
cr_status cr_linear_baseline(const cr_linear_task *task, cr_metrics *out);

#endif
