/* Independent starts of a training, of which the best is kept. */
#ifndef TRAIN_STARTS_H
#define TRAIN_STARTS_H

#include "train/fit.h"

typedef struct cr_starts {
  cr_fit_result best;  /* of the start whose weights the network has now */
  size_t run, learned; /* starts, and those as good as the best one */
  size_t diverged;     /* starts that diverged */
} cr_starts;

/*
 * Runs options.restarts starts, each with a seed of its own; the first has the options' seed.
 * `plan` is that of each fit; its restart and restarts are set here. The best has the lowest loss
 * on the dev part, or on the training part without one. Starts that diverge count only when all do:
 * then CR_ERR_DIVERGED. The network is left with the best weights then, and on CR_ERR_INTERRUPTED.
 */
cr_status cr_starts_run(cr_trainer *trainer, const char *initializer, const cr_fit_plan *plan,
                        cr_starts *out);

#endif
