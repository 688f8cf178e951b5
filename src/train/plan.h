/* From the task and the options to a network and what it minimises. */
#ifndef TRAIN_PLAN_H
#define TRAIN_PLAN_H

#include "data/encode.h"
#include "train/defaults.h"

typedef struct cr_plan {
  char *layers, *activation, *spec; /* owned; spec as cr_net_create reads it */
  const char *output, *loss;        /* static */
  const char *initializer;          /* static; NULL: each layer's own */
  size_t outputs;                   /* of the network: 1 or one for each class */
} cr_plan;

/*
 * Chooses what the options leave open, for `rows` training rows prepared by `encoder`, and checks
 * that the parts go together: CR_ERR_COMBINATION says which do not, CR_ERR_ARGUMENT what cannot be
 * read.
 */
cr_status cr_plan_create(const cr_encoder *encoder, size_t rows, const cr_train_options *options,
                         cr_plan *out);
void cr_plan_free(cr_plan *plan);

/* The loss of a network that knows nothing yet; NAN where that depends on the data. */
double cr_plan_start_loss(const cr_plan *plan);

#endif
