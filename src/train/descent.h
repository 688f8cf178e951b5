/* From a batch to new parameters: the gradient, and what the optimiser makes of it. */
#ifndef TRAIN_DESCENT_H
#define TRAIN_DESCENT_H

#include "train/trainer.h"

/*
 * One step over the batch; the objective is the trainer's with this batch's draws and weights.
 * Where nothing asks for the whole gradient, a part of it is stepped on as soon as it is known and
 * still in the cache. A cost that is not finite changes no parameter.
 */
cr_pass_cost cr_descend(cr_trainer *trainer, const cr_batch *batch);

#endif
