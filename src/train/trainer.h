/*
 * The trainer inside: one step after another over shuffled batches. It knows of no epochs to stop
 * at, no dev part and no listeners: fit.c has those.
 */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include "chainrule/train.h"
#include "check/evaluate.h"
#include "net/network.h"
#include "parts/optimizer.h"
#include "parts/schedule.h"
#include "train/batches.h"
#include "train/norms.h"

struct cr_trainer {
  cr_net *net;               /* borrowed */
  const cr_samples *samples; /* borrowed */
  cr_target_function target;
  cr_train_options options; /* resolved; its texts are static, but for `augment` */
  const cr_optimizer *optimizer;
  const cr_schedule *schedule;
  cr_hyper hyper;
  cr_workspace *work;
  cr_arena arena;                           /* holds the arrays below */
  cr_batches batches;                       /* with room for the blocks of an evaluation, too */
  cr_augmenter *augmenter;                  /* of the batches; NULL: none */
  char *augment;                            /* what it does, of the options; or NULL */
  double *room_for_norms;                   /* (widest layer) */
  float *slots[CR_OPTIMIZER_MAX_SLOTS];     /* (parameters) each, as many as the optimizer has */
  double scalars[CR_OPTIMIZER_MAX_SCALARS]; /* its other state */
  uint64_t seed;
  size_t epoch, in_epoch; /* epochs done, batches done in the current one */
  uint64_t steps;         /* done since the start */
  size_t reductions;      /* of the rate, so far: fit.c sees when the loss gets no better */
  double loss_sum;        /* data loss over the rows of the current epoch */
  size_t loss_rows;
  size_t right;    /* of these rows, those whose class came out; 0 without classes */
  double waited;   /* seconds, for rows on disk while something was measured */
  cr_norms *norms; /* measured in the last step of each epoch; NULL: nobody asks. Borrowed */
};

/* Begins again, as after create but with this seed; the network's parameters stay as they are. */
void cr_trainer_restart(cr_trainer *trainer, uint64_t seed);

/* The learning rate of the next step: the options' rate times the schedule's factor. */
double cr_trainer_rate(const cr_trainer *trainer);

/* Has somebody asked for the end? */
bool cr_trainer_stopped(const cr_trainer *trainer);

/* Mean data loss and accuracy of the epoch so far; NAN before its first batch. The accuracy is NAN
 * for samples without classes, too. */
double cr_trainer_epoch_loss(const cr_trainer *trainer);
double cr_trainer_epoch_score(const cr_trainer *trainer);

/* Seconds waited for rows on disk since the trainer was made. */
double cr_trainer_waited(const cr_trainer *trainer);

/*
 * Figures of the network as it is, on any samples, but for the baseline. `encoder` and `stop` may
 * be NULL: see cr_measurement.
 */
cr_status cr_trainer_measure(cr_trainer *trainer, const cr_samples *samples,
                             const cr_encoder *encoder, const volatile sig_atomic_t *stop,
                             cr_metrics *out);

/*
 * Mean data loss of the network as it is over the training rows, at most 10,000 of them in even
 * steps. CR_ERR_INTERRUPTED.
 */
cr_status cr_trainer_start_loss(cr_trainer *trainer, double *loss);

/* CR_ERR_DIVERGED at an epoch and batch, both from 1; `what` says what was seen there. */
cr_status cr_trainer_diverged(const cr_trainer *trainer, size_t epoch, size_t batch,
                              const char *what);

#endif
