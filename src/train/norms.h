/* How long the gradient, the weights and the update of each layer were in a step. */
#ifndef TRAIN_NORMS_H
#define TRAIN_NORMS_H

#include "net/network.h"

typedef struct cr_norms {
  cr_arena arena; /* holds the arrays */
  size_t layers;
  double *gradient, *weight, *update; /* (layers) */
  float *before;                      /* (weights) before the step */
  bool known;                         /* was there a step yet? */
} cr_norms;

cr_status cr_norms_create(const cr_net *net, cr_norms *out);
void cr_norms_free(cr_norms *norms);

/* Before a step, with its gradient as it was computed; and after it. */
void cr_norms_before(cr_norms *norms, const cr_net *net, const float *gradient);
void cr_norms_after(cr_norms *norms, const cr_net *net);

#endif
