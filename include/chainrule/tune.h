/*
 * Searching settings: random search with successive halving, and the rate-range test.
 *
 * What a tuning or a range hands out, texts too, lives as long as it does. An event, and what it
 * points to, lives for the time of the call.
 */
#ifndef CHAINRULE_TUNE_H
#define CHAINRULE_TUNE_H

#include "chainrule/train.h"

typedef struct cr_tuning cr_tuning;
typedef struct cr_rate_range cr_rate_range;

/* How to search; cr_tune_options_init sets it up. docs/explanation/tuning.md has the reasons. */
typedef struct cr_tune_options {
  size_t struct_size;
  double seconds; /* after which it ends; 0: no limit, or 60 if there is none for trials either */
  size_t trials;  /* settings to try, those of train among them; 0: no limit */
  size_t folds;   /* of a cross-validation; 1: the dev part scores; 0: 5 below 1,000 rows, else 1 */
  /*
   * What to search of "layers", "activation", "lr", "batch", "l2" and "dropout", with commas.
   * NULL: all of them that the options of the training leave open.
   */
  const char *search;
  const char *log; /* file of the trials, which is gone on with if it is there; NULL: none */
} cr_tune_options;

/* Settings that were tried, and how good they are. */
typedef struct cr_trial {
  size_t number; /* counted from 0: the settings that train chooses */
  const char *layers, *activation;
  double learning_rate;
  size_t batch;
  double l2, dropout;
  size_t epochs; /* of its longest run */
  bool complete; /* that one was as long as a training is */
  bool diverged; /* it is out */
  double loss;   /* data loss on the dev part, or the mean over the folds; what is compared */
  double score;  /* accuracy or R2 there */
  double loss_error, score_error; /* standard errors of the means; NAN without folds */
  double seconds;                 /* of all its runs */
} cr_trial;

typedef struct cr_tuning_summary {
  size_t trials, runs;  /* settings tried, and how often one was trained: each a line of the log */
  size_t recalled;      /* runs that the log had already */
  size_t folds;         /* 1: none */
  size_t train_rows;    /* a training learns from, */
  size_t dev_rows;      /* and is scored by; 0: by the rows it learns from */
  bool classes;         /* scores are accuracies; else R2 */
  const char *searched; /* "layers,lr" */
  const char *reason;   /* why it ended: "time", "trials", "exhausted", "interrupted" */
  double seconds;       /* of this call */
  bool improved;        /* the best is better than what train chooses */
  double gain;          /* by so much less is its loss; 0 if not improved */
  double gain_error;    /* standard error of that over the folds; NAN without */
} cr_tuning_summary;

typedef enum cr_tune_event_kind {
  CR_TUNE_EVENT_START = 0, /* rows and settings are chosen, the log is read */
  CR_TUNE_EVENT_STEP = 1,  /* a batch of a run has ended */
  CR_TUNE_EVENT_RUN = 2,   /* a run has ended and was noted */
} cr_tune_event_kind;

typedef struct cr_tune_event {
  cr_tune_event_kind kind;
  const cr_trial *trial;    /* at work; NULL at the start */
  size_t rung, rungs;       /* length of its run, from 0; the last is that of a training */
  size_t epochs;            /* of its run */
  double share;             /* of its run that is done */
  const cr_trial *best;     /* NULL as long as no run was complete */
  const cr_trial *defaults; /* what train chooses */
  bool improved;            /* this run made `trial` the best */
  double seconds, limit;    /* since the start, and of the options; 0: none */
  size_t most;              /* trials of the options; 0: no limit */
  const cr_tuning_summary *summary;
} cr_tune_event;

/* Called in the training thread, in order. */
typedef struct cr_tune_listener {
  void (*on_event)(void *user, const cr_tune_event *event);
  void *user;
} cr_tune_listener;

/* One step of a rate-range test. */
typedef struct cr_rate_point {
  double rate;
  double loss; /* mean data loss after it, of up to 512 rows: the same ones at every step */
} cr_rate_point;

typedef struct cr_rate_summary {
  double suggested; /* the chosen one, or the nearest that the curve has nothing against; NAN */
  double steepest;  /* where the loss falls steepest; NAN: it never fell */
  double lowest;    /* where it is lowest, close before it rises; NAN */
  double chosen;    /* what train takes, or was given */
  bool exploded;    /* it ended because the loss grew past all sense */
  size_t batch;     /* rows a step */
  const char *optimizer;
} cr_rate_summary;

CR_BEGIN

/* No limit but 60 seconds, folds by size, everything that is open, no log. */
CR_API void cr_tune_options_init_sized(cr_tune_options *options, size_t size);
static inline void cr_tune_options_init(cr_tune_options *options) {
  cr_tune_options_init_sized(options, sizeof *options);
}

/*
 * Searches the settings with which cr_train_table learns best from these tables. What `train` sets
 * is not searched; it also has the seed, the threads, and the flag that stops. The test part is
 * measured once, at the end, with the model of the best settings: the model that cr_train_table
 * makes of them. `prepare`, `train`, `options` and `listener` may be NULL.
 *
 * Returns CR_OK with *out; when stopped, CR_ERR_INTERRUPTED with the best so far, or *out NULL if
 * nothing was learnt. CR_ERR_DIVERGED if all settings diverge; CR_ERR_COMBINATION for a log of
 * other data or options, CR_ERR_FORMAT for one that is damaged, CR_ERR_BUSY if it is in use.
 */
CR_API cr_status cr_tune(const cr_table *table, const cr_table *dev, const cr_table *test,
                         const cr_prepare_options *prepare, const cr_train_options *train,
                         const cr_tune_options *options, const cr_tune_listener *listener,
                         cr_tuning **out);
CR_API void cr_tuning_destroy(cr_tuning *tuning); /* NULL is fine */

CR_API const cr_tuning_summary *cr_tuning_get_summary(const cr_tuning *tuning);

/* Trial `index`, counted from 0: what train chooses; NULL past the last one. */
CR_API const cr_trial *cr_tuning_trial(const cr_tuning *tuning, size_t index);

/* The best of the complete ones; trial 0 if none is better. */
CR_API const cr_trial *cr_tuning_best(const cr_tuning *tuning);

/* Its training, with the model and the figures of all parts. Stays the tuning's. */
CR_API cr_training *cr_tuning_training(cr_tuning *tuning);

/* The same, but the caller's from now on; NULL once it was taken. */
CR_API cr_training *cr_tuning_take_training(cr_tuning *tuning);

/*
 * The rate-range test (Smith 2017): a mock training whose rate climbs from 1e-7 to 10 in 100 steps,
 * ended when the loss explodes. Nothing is kept of it but the curve. CR_ERR_INTERRUPTED if stopped.
 */
CR_API cr_status cr_rate_range_run(const cr_table *table, const cr_table *dev, const cr_table *test,
                                   const cr_prepare_options *prepare, const cr_train_options *train,
                                   cr_rate_range **out);
CR_API void cr_rate_range_destroy(cr_rate_range *range); /* NULL is fine */

/* Step `index`, counted from 0; NULL past the last one. */
CR_API const cr_rate_point *cr_rate_range_at(const cr_rate_range *range, size_t index);
CR_API const cr_rate_summary *cr_rate_range_get_summary(const cr_rate_range *range);

CR_END
#endif
