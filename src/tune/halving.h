/*
 * Which run comes next: successive halving in its asynchronous form (Li and others 2020), one run
 * at a time. It depends on the runs before it alone, so that a search can be gone on with from its
 * log, and a longer search begins with the runs of a shorter one.
 */
#ifndef TUNE_HALVING_H
#define TUNE_HALVING_H

#include "tune/space.h"

enum {
  CR_HALVING_RATE = 3,  /* of so many trials one is trained longer, so many times as long */
  CR_HALVING_RUNGS = 3, /* lengths: a ninth, a third, the whole */
  CR_TUNE_MOST_FOLDS = 20,
};

/* What a run found: figures of each fold, or of the dev part alone. */
typedef struct cr_run_result {
  size_t count;
  double losses[CR_TUNE_MOST_FOLDS]; /* (count) INFINITY where it diverged */
  double scores[CR_TUNE_MOST_FOLDS]; /* (count) accuracy or R2; NAN where there is none */
  double score_error;                /* of the score, if count is 1; NAN: not known */
  double seconds;
} cr_run_result;

typedef struct cr_contestant {
  cr_trial trial; /* what is shown; its texts are those of the settings */
  cr_settings settings;
  cr_run_result last; /* of its longest run */
  size_t rungs_done;  /* its longest run was of this length, from 1; 0: none yet */
  double losses[CR_HALVING_RUNGS];
} cr_contestant;

typedef struct cr_halving {
  const cr_space *space;
  size_t rungs;                /* 1 where a run is too short to be shortened */
  size_t epochs;               /* of a whole training if the options say so, else 0: by the batch */
  size_t rows;                 /* training rows */
  cr_contestant **contestants; /* owned; the first has the settings that train chooses */
  size_t count, capacity;
  size_t runs;
} cr_halving;

/* A run to be done. */
typedef struct cr_run {
  cr_contestant *contestant;
  size_t rung, epochs;
} cr_run;

/* `epochs` as in cr_train_options. The space is borrowed. */
void cr_halving_create(const cr_space *space, size_t epochs, size_t rows, cr_halving *out);
void cr_halving_free(cr_halving *halving);

/*
 * The next run: first the whole training of what train chooses; then whoever of a rung's best third
 * has not run longer yet, from the longest rung down; else new settings, as long as there are less
 * than `most` trials. out->contestant is NULL where nothing is left: *exhausted says that this is
 * for want of settings that are new.
 */
cr_status cr_halving_next(cr_halving *halving, size_t most, cr_run *out, bool *exhausted);

/* Notes what a run found. */
void cr_halving_note(cr_halving *halving, const cr_run *run, const cr_run_result *result);

/* Takes the last contestant out again if its first run was not noted. */
void cr_halving_forget_unrun(cr_halving *halving);

/* The complete contestant with the lowest loss; NULL if there is none that has not diverged. */
cr_contestant *cr_halving_best(const cr_halving *halving);

/* Mean of values[0..count), and its standard error: NAN for one value. */
void cr_mean(const double *values, size_t count, double *mean, double *error);

#endif
