/*
 * Training: one call for a table, or create, step and epoch for those who want the loop.
 *
 * What a training hands out, texts too, lives as long as the training. An event, and what it points
 * to, lives for the time of the call.
 */
#ifndef CHAINRULE_TRAIN_H
#define CHAINRULE_TRAIN_H

#include <signal.h>

#include "chainrule/check.h"
#include "chainrule/data.h"
#include "chainrule/model.h"
#include "chainrule/net.h"

typedef struct cr_trainer cr_trainer;
typedef struct cr_training cr_training; /* what cr_train_table did: the model and its figures */

typedef enum cr_event_kind {
  CR_EVENT_START = 0,    /* a run begins: measured, before the first epoch */
  CR_EVENT_EPOCH = 1,    /* an epoch has ended and was evaluated */
  CR_EVENT_IMPROVED = 2, /* its weights are the best so far and were kept */
  CR_EVENT_BATCH = 3,    /* a batch has ended */
  CR_EVENT_STOP = 4,     /* the run is over; there was a START before */
} cr_event_kind;

typedef struct cr_event {
  cr_event_kind kind;
  size_t restart, restarts; /* which of the independent starts, from 0; and how many */
  size_t epoch, epochs;     /* epochs done, and the most there will be */
  size_t batch, batches;    /* batches done in this epoch, and all of one */
  double train_loss;        /* mean data loss over the epoch's batches, as they were trained */
  double dev_loss;          /* NAN without a dev part */
  double dev_score;         /* accuracy or R2 on it; NAN from cr_fit, which knows no task */
  double learning_rate;
  double train_score; /* accuracy on the epoch's batches, as they were trained; NAN for numbers */
  double seconds;     /* since the run began */
  /*
   * Lengths (L2) of the weights of each layer, of their gradient as it was computed, and of what
   * the step changed in them: (layers), in the last step of the last epoch; NULL before. Borrowed.
   */
  const double *gradient_norms, *weight_norms, *update_norms;
  size_t layers;
  size_t best_epoch;
  const char *reason; /* CR_EVENT_STOP: "patience", "epochs", "interrupted", "diverged" */
  /*
   * From cr_train_table: the training so far. Its model (not yet trained), options, rows, and what
   * the summary and the metrics can hold before the end. NULL from cr_fit. Borrowed.
   */
  struct cr_training *training;
} cr_event;

/* Called in the training thread, in order; must not change the trainer. */
typedef struct cr_listener {
  void (*on_event)(void *user, const cr_event *event);
  void *user;
} cr_listener;

/*
 * How to train; cr_train_options_init sets it up. 0 and NULL mean "choose for this task";
 * cr_training_options shows the choice, and docs/explanation/defaults.md the rules.
 */
typedef struct cr_train_options {
  size_t struct_size;
  /* the network */
  const char *layers;     /* hidden layers, as "64,32"; "" for none */
  const char *activation; /* one for all hidden layers, or one each: "relu,tanh" */
  const char *output;     /* activation of the last layer */
  const char *loss;
  const char *initializer;
  /* descent */
  const char *optimizer;
  const char *schedule;
  double learning_rate;
  double momentum, dampening;   /* momentum and nesterov: v <- momentum v + (1 - dampening) g */
  double beta1, beta2, epsilon; /* adam and its kin; beta2 is rmsprop's, too; outside the root */
  double weight_decay;          /* as each optimiser defines it */
  double clip;                  /* the longest gradient of all parameters together; 0: any */
  double warm_up;               /* share of the steps in which the rate climbs from 0 */
  double gamma;                 /* of the schedules that lower the rate by a factor */
  /* regularisation; 0: none. See cr_objective. l2: NAN (the default) chooses it by the rows */
  double l1, l2;
  double label_smoothing, dropout, input_dropout, input_noise;
  double max_norm; /* the longest vector of weights into a unit */
  size_t batch;    /* rows a step; 0: by size; SIZE_MAX: all rows */
  size_t epochs;
  /* when to stop and what to keep */
  size_t patience; /* epochs without progress on the dev part; 0: by schedule */
  /*
   * "last", or "best" (default): the epoch with the lowest loss on the dev part, or without one on
   * the training rows; where the schedule brings the rate down, of the epochs after it has come to
   * a half for good, if any of them is better than the network before its first step.
   */
  const char *keep;
  size_t restarts; /* independent starts of which the best is kept; 0: 1 */
  uint64_t seed;   /* at most 2^63 - 1 */
  size_t threads;  /* 0: as many as there are processors */
  /*
   * Stop once it is not 0, as a signal handler sets it; may be NULL. Looked at after each batch and
   * between the blocks of an evaluation. The best epoch so far is kept; if there is none, what was
   * learnt until then is evaluated first. The figures of the training part are then left out if
   * another part has some.
   */
  const volatile sig_atomic_t *stop;
  /*
   * Train a linear model too, on at most 10,000 of the training rows or 32,000 of the images, to
   * compare the network with: cr_training_linear. Not done for a network without hidden layers, nor
   * once it was stopped.
   */
  bool linear_baseline;
  const char *kernel; /* of cr_kernel_name(); NULL: see there. Last bits may depend on it */
  /*
   * Training images drawn anew in each epoch: "shift=2,rotate=10,scale=0.1,shear=0.1,elastic=34:4"
   * or some of these, "auto" for what suits their size; NULL: as they are. Each number is how far,
   * to either side: pixels, degrees, shares; elastic has a strength and a deviation in pixels.
   */
  const char *augment;
} cr_train_options;

CR_BEGIN

/* Everything chosen for the task, seed 1. */
CR_API void cr_train_options_init_sized(cr_train_options *options, size_t size);
static inline void cr_train_options_init(cr_train_options *options) {
  cr_train_options_init_sized(options, sizeof *options);
}

/*
 * The whole way from a table to a model: shares out and prepares the rows, chooses what was left
 * open, trains, keeps the best weights, and measures each part. `dev` and `test` may be NULL; a
 * part given here is not taken from `table`. `prepare` and `options` may be NULL: everything open.
 * Returns CR_OK with *out; on CR_ERR_DIVERGED and CR_ERR_INTERRUPTED *out is set too, with the best
 * weights there were: those of the start where best_epoch is 0. Otherwise *out is NULL.
 */
CR_API cr_status cr_train_table(const cr_table *table, const cr_table *dev, const cr_table *test,
                                const cr_prepare_options *prepare, const cr_train_options *options,
                                const cr_listener *listeners, size_t listener_count,
                                cr_training **out);
CR_API void cr_training_destroy(cr_training *training);

/* The model, which stays the training's; NULL once it was taken. */
CR_API cr_model *cr_training_model(cr_training *training);

/*
 * The model, which is the caller's from now on and outlives the training; NULL once it was taken,
 * and for a listener, while the training still needs it.
 */
CR_API cr_model *cr_training_take_model(cr_training *training);

/* The options as they were resolved. */
CR_API const cr_train_options *cr_training_options(const cr_training *training);

/*
 * Figures of the model on a cr_portion; NULL past the last of them. n is 0 for one that is not
 * there, and for the training part if it was not measured any more (see cr_train_options.stop).
 */
CR_API const cr_metrics *cr_training_metrics(const cr_training *training, size_t portion);

/* The same of the linear model that was trained to compare with; n is 0 if there is none. */
CR_API const cr_metrics *cr_training_linear(const cr_training *training, size_t portion);

/* Rows of `table` in a cr_portion, ascending; NULL and 0 if it is of another table. */
CR_API const size_t *cr_training_rows(const cr_training *training, size_t portion, size_t *count);

typedef struct cr_training_summary {
  size_t epochs_run, best_epoch;
  size_t restarts, restarts_learned; /* starts, and those that ended as good as the best one */
  size_t skipped_rows;               /* left out by skip_bad_rows */
  bool same_rows;                    /* train and test are the same rows: nothing was held out */
  double seconds;
  /* Before the first step, over at most 10,000 training rows; the second NAN if not known. */
  double start_loss, expected_start_loss;
  const char *reason;  /* why it stopped */
  double shares[3];    /* of the rows of `table`, by cr_portion; 0 for a part of its own */
  uint64_t disk_bytes; /* of rows on disk, where they do not fit into memory; 0: all were in it */
  double waited; /* share of the time, from the first step to the figures, waited for these rows */
  uint64_t memory; /* what tables on disk might take (cr_read_options); 0: all were in memory */
} cr_training_summary;
CR_API const cr_training_summary *cr_training_get_summary(const cr_training *training);
CR_API const char *cr_training_warning(const cr_training *training, size_t index);

/* What it made of a column of `table`; CR_USE_DROPPED past the last one. */
CR_API cr_column_use cr_training_column_use(const cr_training *training, size_t column);

/*
 * The loop for those who have samples: a trainer borrows the network, the objective and the
 * samples and changes the network's parameters. An option that is open is chosen by the samples;
 * those of the network are not looked at, and those of regularisation are the objective's, but for
 * max_norm. What the objective draws is drawn anew in each step, from the trainer's seed. Rows
 * count as the samples say; row_weights of the objective are not looked at.
 */
CR_API cr_status cr_trainer_create(cr_net *net, const cr_objective *objective,
                                   const cr_train_options *options, const cr_samples *train,
                                   cr_trainer **out);
CR_API void cr_trainer_destroy(cr_trainer *trainer); /* NULL is fine */

/*
 * One batch; *cost is that before the step. CR_ERR_DIVERGED if it is not finite; the parameters are
 * then as before.
 */
CR_API cr_status cr_trainer_step(cr_trainer *trainer, double *cost);

/*
 * The rest of the current epoch; *loss is the mean data loss of its batches. Goes on past the
 * epochs of the options, and after cr_fit from the weights it kept, at the schedule's last rate.
 * CR_ERR_INTERRUPTED within an epoch leaves it where it is: the next call does the rest.
 */
CR_API cr_status cr_trainer_epoch(cr_trainer *trainer, double *loss);
CR_API size_t cr_trainer_epochs_done(const cr_trainer *trainer);

/*
 * Steps and epochs until the epochs are over or the patience with `dev` is, and leaves the network
 * with the weights to keep. dev NULL: no patience, and the training rows say which epoch is the
 * best. CR_ERR_DIVERGED and CR_ERR_INTERRUPTED leave the best weights, too. Called again, it goes
 * on with the epochs that are left; where none are, it changes nothing.
 */
CR_API cr_status cr_fit(cr_trainer *trainer, const cr_samples *dev, const cr_listener *listeners,
                        size_t listener_count);

CR_END
#endif
