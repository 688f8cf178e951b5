/* Optimisers: one pass over flat arrays. One file each, ending in one const object. */
#ifndef PARTS_OPTIMIZER_H
#define PARTS_OPTIMIZER_H

#include "base/fail.h"
#include "chainrule/parts.h"

#define CR_OPTIMIZER_MAX_SLOTS 2

typedef struct cr_hyper {
  double learning_rate;
  double momentum;              /* momentum */
  double beta1, beta2, epsilon; /* adam; epsilon is outside the root */
} cr_hyper;

typedef struct cr_optimizer {
  cr_part part;         /* its name and texts */
  size_t slots;         /* arrays of state, each of the parameters' size, zero at the start */
  double learning_rate; /* a rate that is a fair first try */
  /* One step; t counts from 1. w, g, slot[i]: n values. */
  void (*step)(float *w, float *const *slot, const float *g, size_t n, const cr_hyper *hyper,
               uint64_t t);
  void (*step_ref)(double *w, double *const *slot, const double *g, size_t n, const cr_hyper *hyper,
                   uint64_t t);
} cr_optimizer;

/* momentum 0.9, beta 0.9 and 0.999, epsilon 1e-8, the optimiser's own rate. */
void cr_hyper_init(cr_hyper *hyper, const cr_optimizer *optimizer);

const cr_optimizer *cr_optimizer_at(size_t index);
cr_status cr_optimizer_find(const char *name, const cr_optimizer **out);

#endif
